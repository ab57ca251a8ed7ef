#include "attrs.h"

#include "escape.h"
#include "text.h"

/*
 * The table behind attrs.h. userPassword is multi-valued in every schema but
 * counts as single here: adding a second password to an account would leave the
 * old one valid, which is never what a migration means.
 */

#define EXACT ATTR_MATCH_EXACT
#define IGNORE ATTR_MATCH_IGNORE
#define SHADOW (ATTR_SINGLE | ATTR_ANSWER)

static const struct attr_type rows[ATTR_COUNT] = {
    [ATTR_OBJECTCLASS] = {"objectClass", IGNORE, 0},
    [ATTR_DC] = {"dc", IGNORE, ATTR_SINGLE},
    [ATTR_O] = {"o", IGNORE, 0},
    [ATTR_OU] = {"ou", IGNORE, 0},
    [ATTR_CN] = {"cn", IGNORE, 0},
    [ATTR_SN] = {"sn", IGNORE, ATTR_CLASS},
    [ATTR_GIVENNAME] = {"givenName", IGNORE, ATTR_CLASS},
    [ATTR_UID] = {"uid", IGNORE, ATTR_ANSWER},
    [ATTR_UIDNUMBER] = {"uidNumber", EXACT, ATTR_SINGLE | ATTR_ANSWER},
    [ATTR_GIDNUMBER] = {"gidNumber", EXACT, ATTR_SINGLE | ATTR_ANSWER},
    [ATTR_HOMEDIRECTORY] = {"homeDirectory", EXACT, ATTR_SINGLE | ATTR_ANSWER | ATTR_ASCII},
    [ATTR_LOGINSHELL] = {"loginShell", EXACT, ATTR_SINGLE | ATTR_ANSWER | ATTR_ASCII},
    [ATTR_GECOS] = {"gecos", EXACT, ATTR_SINGLE | ATTR_ANSWER | ATTR_ASCII},
    [ATTR_MAIL] = {"mail", IGNORE, ATTR_CLASS | ATTR_ASCII},
    [ATTR_ROOMNUMBER] = {"roomNumber", IGNORE, ATTR_CLASS},
    [ATTR_TELEPHONENUMBER] = {"telephoneNumber", IGNORE, ATTR_CLASS},
    [ATTR_HOMEPHONE] = {"homePhone", IGNORE, ATTR_CLASS},
    [ATTR_DESCRIPTION] = {"description", IGNORE, 0},
    [ATTR_USERPASSWORD] = {"userPassword", EXACT, ATTR_SINGLE | ATTR_ANSWER | ATTR_SECRET},
    [ATTR_SHADOWLASTCHANGE] = {"shadowLastChange", EXACT, SHADOW},
    [ATTR_SHADOWMIN] = {"shadowMin", EXACT, SHADOW},
    [ATTR_SHADOWMAX] = {"shadowMax", EXACT, SHADOW},
    [ATTR_SHADOWWARNING] = {"shadowWarning", EXACT, SHADOW},
    [ATTR_SHADOWINACTIVE] = {"shadowInactive", EXACT, SHADOW},
    [ATTR_SHADOWEXPIRE] = {"shadowExpire", EXACT, SHADOW},
    [ATTR_SHADOWFLAG] = {"shadowFlag", EXACT, SHADOW},
    [ATTR_MEMBERUID] = {"memberUid", EXACT, ATTR_ANSWER | ATTR_ASCII},
    [ATTR_MEMBER] = {"member", ATTR_MATCH_DN, ATTR_CLASS | ATTR_ANSWER},
    [ATTR_IPSERVICEPORT] = {"ipServicePort", EXACT, ATTR_SINGLE | ATTR_ANSWER},
    [ATTR_IPSERVICEPROTOCOL] = {"ipServiceProtocol", IGNORE, ATTR_ANSWER},
    [ATTR_IPPROTOCOLNUMBER] = {"ipProtocolNumber", EXACT, ATTR_SINGLE | ATTR_ANSWER},
    [ATTR_ONCRPCNUMBER] = {"oncRpcNumber", EXACT, ATTR_SINGLE | ATTR_ANSWER},
    [ATTR_IPNETWORKNUMBER] = {"ipNetworkNumber", IGNORE, ATTR_SINGLE | ATTR_ANSWER},
    [ATTR_IPHOSTNUMBER] = {"ipHostNumber", IGNORE, ATTR_ANSWER | ATTR_ASCII},
    [ATTR_MACADDRESS] = {"macAddress", IGNORE, ATTR_ANSWER},
    [ATTR_NISNETGROUPTRIPLE] = {"nisNetgroupTriple", EXACT, ATTR_ANSWER | ATTR_ASCII | ATTR_WHOLE},
    [ATTR_MEMBERNISNETGROUP] = {"memberNisNetgroup", EXACT, ATTR_ANSWER | ATTR_ASCII},
    [ATTR_RFC822MAILMEMBER] = {"rfc822MailMember", IGNORE, ATTR_ANSWER | ATTR_ASCII},
    [ATTR_DEFAULTSERVERLIST] = {"defaultServerList", IGNORE, ATTR_SINGLE},
    [ATTR_DEFAULTSEARCHBASE] = {"defaultSearchBase", ATTR_MATCH_DN, ATTR_SINGLE},
    [ATTR_DEFAULTSEARCHSCOPE] = {"defaultSearchScope", IGNORE, ATTR_SINGLE},
    [ATTR_AUTHENTICATIONMETHOD] = {"authenticationMethod", IGNORE, ATTR_SINGLE},
    [ATTR_CREDENTIALLEVEL] = {"credentialLevel", IGNORE, ATTR_SINGLE},
    [ATTR_FOLLOWREFERRALS] = {"followReferrals", IGNORE, ATTR_SINGLE},
    [ATTR_SEARCHTIMELIMIT] = {"searchTimeLimit", EXACT, ATTR_SINGLE},
    [ATTR_BINDTIMELIMIT] = {"bindTimeLimit", EXACT, ATTR_SINGLE},
    [ATTR_PROFILETTL] = {"profileTTL", EXACT, ATTR_SINGLE},
    [ATTR_SERVICESEARCHDESCRIPTOR] = {"serviceSearchDescriptor", EXACT, 0},
};

static const struct attr_type other = {"", ATTR_MATCH_EXACT, 0};

const struct attr_type *
attrs_get(enum attr_id id)
{
	return &rows[id];
}

const struct attr_type *
attrs_find(struct bv name)
{
	for (size_t i = 0; i < ATTR_COUNT; i++) {
		if (bv_is(name, rows[i].name))
			return &rows[i];
	}
	return &other;
}

struct bv
attrs_key(struct arena *arena, const struct attr_type *type, struct bv value)
{
	switch (type->match) {
	case ATTR_MATCH_EXACT:
		return value;
	case ATTR_MATCH_IGNORE:
		return text_fold(arena, value);
	case ATTR_MATCH_DN:
		return escape_dn_key(arena, value);
	}
	return value;
}
