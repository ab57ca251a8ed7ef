#!/bin/sh
# Writes this machine's maps as LDIF, to be loaded with slapadd while the server is down or with
# ldapadd later. Environment: LDAP_BASEDN, LDAP_PROFILE, LDAP_DEFAULT_MAIL_DOMAIN, ETC_PASSWD and so
# on as in migrate_all_online.sh, and LDIF, the file to write (default migrate.ldif, mode 0600).
# Arguments go to ldapmigrate. Exit status: ldapmigrate's.
set -u
umask 077
here=$(cd "$(dirname "$0")" && pwd)
. "$here/migrate_common.sh"

find_ldapmigrate
ask LDAP_BASEDN "Naming context to migrate into" "$(suggest_base)"
ask LDAP_PROFILE "Write a DUAConfigProfile (yes or no)" no
case $LDAP_PROFILE in
[Yy]*) set -- "$@" --profile ;;
esac

out=${LDIF:-migrate.ldif}
with_files "$LDAPMIGRATE" -b "$LDAP_BASEDN" -o "$out" "$@"
status=$?
[ $status -gt 1 ] || echo "$out: load it with: slapadd -l $out" >&2
exit $status
