#!/bin/sh
# Migrates this machine's maps into a running directory, with the questions and the environment
# variables of PADL's script of this name: LDAP_BASEDN, LDAPHOST, LDAP_BINDDN, LDAP_BINDCRED,
# LDAP_PROFILE (yes or no), LDAP_DEFAULT_MAIL_DOMAIN and ETC_PASSWD, ETC_GROUP, ... for other files.
# Arguments go to ldapmigrate, as --system or --groups rfc2307bis. Exit status: ldapmigrate's.
set -u
umask 077
here=$(cd "$(dirname "$0")" && pwd)
. "$here/migrate_common.sh"

find_ldapmigrate
ask LDAP_BASEDN "Naming context to migrate into" "$(suggest_base)"
ask LDAPHOST "Host name or URI of the LDAP server" localhost
ask LDAP_BINDDN "DN of the manager" "cn=admin,$LDAP_BASEDN"
ask_secret LDAP_BINDCRED "Credentials to bind with"
ask LDAP_PROFILE "Write a DUAConfigProfile (yes or no)" no

case $LDAPHOST in
*://*) uri=$LDAPHOST ;;
*) uri=ldap://$LDAPHOST ;;
esac
case $LDAP_PROFILE in
[Yy]*) set -- "$@" --profile ;;
esac

# The password goes through a pipe from a shell builtin: it is in no argument list, in no file and,
# after the next line, in no environment.
password=$LDAP_BINDCRED
unset LDAP_BINDCRED
printf '%s' "$password" | with_files "$LDAPMIGRATE" --apply -b "$LDAP_BASEDN" -H "$uri" \
	-D "$LDAP_BINDDN" -y /dev/stdin "$@"
