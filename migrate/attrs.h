#ifndef MIGRATE_ATTRS_H
#define MIGRATE_ATTRS_H

/*
 * The attribute types that a migrated entry can hold: how each compares and how
 * a difference is treated. Names and rules follow RFC 2307, 4519, 4523 and 2798.
 */

#include "base/arena.h"
#include "base/bv.h"

enum attr_id {
	ATTR_OBJECTCLASS,
	ATTR_DC,
	ATTR_O,
	ATTR_OU,
	ATTR_CN,
	ATTR_SN,
	ATTR_GIVENNAME,
	ATTR_UID,
	ATTR_UIDNUMBER,
	ATTR_GIDNUMBER,
	ATTR_HOMEDIRECTORY,
	ATTR_LOGINSHELL,
	ATTR_GECOS,
	ATTR_MAIL,
	ATTR_ROOMNUMBER,
	ATTR_TELEPHONENUMBER,
	ATTR_HOMEPHONE,
	ATTR_DESCRIPTION,
	ATTR_USERPASSWORD,
	ATTR_SHADOWLASTCHANGE,
	ATTR_SHADOWMIN,
	ATTR_SHADOWMAX,
	ATTR_SHADOWWARNING,
	ATTR_SHADOWINACTIVE,
	ATTR_SHADOWEXPIRE,
	ATTR_SHADOWFLAG,
	ATTR_MEMBERUID,
	ATTR_MEMBER,
	ATTR_IPSERVICEPORT,
	ATTR_IPSERVICEPROTOCOL,
	ATTR_IPPROTOCOLNUMBER,
	ATTR_ONCRPCNUMBER,
	ATTR_IPNETWORKNUMBER,
	ATTR_IPHOSTNUMBER,
	ATTR_MACADDRESS,
	ATTR_NISNETGROUPTRIPLE,
	ATTR_MEMBERNISNETGROUP,
	ATTR_RFC822MAILMEMBER,
	ATTR_DEFAULTSERVERLIST,
	ATTR_DEFAULTSEARCHBASE,
	ATTR_DEFAULTSEARCHSCOPE,
	ATTR_AUTHENTICATIONMETHOD,
	ATTR_CREDENTIALLEVEL,
	ATTR_FOLLOWREFERRALS,
	ATTR_SEARCHTIMELIMIT,
	ATTR_BINDTIMELIMIT,
	ATTR_PROFILETTL,
	ATTR_SERVICESEARCHDESCRIPTOR,
	ATTR_COUNT
};

enum attr_match {
	ATTR_MATCH_EXACT,  /* byte for byte */
	ATTR_MATCH_IGNORE, /* letters without case, runs of spaces as one */
	ATTR_MATCH_DN,	   /* as distinguished names */
};

enum attr_flag {
	ATTR_SINGLE =
	    1, /* an entry has one value: another one is a replacement, never an addition */
	ATTR_CLASS = 2,	 /* allowed by the structural class only, not by the auxiliary one */
	ATTR_ANSWER = 4, /* a lookup answers with it: a value too many is a difference too */
	ATTR_SECRET = 8, /* never printed outside LDIF and receipts */
	ATTR_ASCII = 16, /* IA5 String syntax */
	ATTR_WHOLE = 32, /* has no equality rule: a server changes all values or none */
};

struct attr_type {
	const char *name;
	enum attr_match match;
	unsigned flags;
};

/* Returns the row of id; lives for ever. */
const struct attr_type *attrs_get(enum attr_id id) __attribute__((returns_nonnull));

/* Returns the row of the type called name (any case), or a row that compares exactly. */
const struct attr_type *attrs_find(struct bv name) __attribute__((returns_nonnull));

/* Returns the form of value in which two values of the type are equal when their bytes are. */
struct bv attrs_key(struct arena *arena, const struct attr_type *type, struct bv value);

#endif
