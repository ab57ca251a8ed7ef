# Shared by migrate_all_online.sh and migrate_all_offline.sh: asks for what the environment does not
# say, and turns it into options of ldapmigrate. Sourced, not run; POSIX shell.

# Asks a question on the terminal. $1: variable, $2: question, $3: default. A set variable is not asked.
ask() {
	eval "value=\${$1-}"
	if [ -z "$value" ]; then
		printf '%s [%s]: ' "$2" "$3" >&2
		IFS= read -r value || value=
		[ -n "$value" ] || value=$3
	fi
	eval "$1=\$value"
}

# As ask, without a default and without an echo.
ask_secret() {
	eval "value=\${$1-}"
	if [ -z "$value" ]; then
		printf '%s: ' "$2" >&2
		[ -t 0 ] && stty -echo
		IFS= read -r value || value=
		[ -t 0 ] && stty echo
		printf '\n' >&2
	fi
	eval "$1=\$value"
}

# Finds ldapmigrate: $LDAPMIGRATE, the build beside this folder, or the search path.
find_ldapmigrate() {
	if [ -z "${LDAPMIGRATE-}" ]; then
		LDAPMIGRATE=$here/../build/bin/ldapmigrate
		[ -x "$LDAPMIGRATE" ] || LDAPMIGRATE=ldapmigrate
	fi
}

# Prints the naming context that this machine's domain suggests.
suggest_base() {
	domain=$(dnsdomainname 2>/dev/null || :)
	[ -n "$domain" ] && [ "$domain" != "(none)" ] || domain=example.com
	printf 'dc=%s' "$domain" | sed 's/\./,dc=/g'
}

# Prints the environment variable that names the file of a map.
variable_of() {
	printf 'ETC_%s' "$(printf '%s' "$1" | tr '[:lower:]' '[:upper:]')"
}

# Calls "$@" with one --file option more for every ETC_ variable that is set, and the mail domain.
with_files() {
	for map in passwd shadow group gshadow services protocols rpc networks hosts ethers netgroup aliases
	do
		eval "file=\${$(variable_of "$map")-}"
		[ -z "$file" ] || set -- "$@" --file "$map=$file"
	done
	[ -z "${ETC_FSTAB-}" ] || echo "ETC_FSTAB: mounts are not migrated" >&2
	[ -z "${LDAP_DEFAULT_MAIL_DOMAIN-}" ] || set -- "$@" --mail-domain "$LDAP_DEFAULT_MAIL_DOMAIN"
	"$@"
}
