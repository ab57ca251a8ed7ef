#ifndef SLAPD_MODEL_RULE_TABLE_H
#define SLAPD_MODEL_RULE_TABLE_H

/* The built-in matching rules: one constant table, shared by every schema. */

#include <stddef.h>
#include "model/rule.h"

/* The normal forms that rules share. */
enum rule_family {
	FAMILY_IGNORE, /* prepared text, case folded */
	FAMILY_EXACT,  /* prepared text */
	FAMILY_NUMERIC,
	FAMILY_PHONE,
	FAMILY_LIST, /* lines of prepared, folded text, a line feed between */
	FAMILY_BOOLEAN,
	FAMILY_INTEGER, /* canonical decimal text */
	FAMILY_BITS,
	FAMILY_OCTETS,
	FAMILY_TIME, /* stamp_time's form */
	FAMILY_OID,  /* dotted decimal; a name that is not in the schema in lower case */
	FAMILY_OID_FIRST,
	FAMILY_INTEGER_FIRST,
	FAMILY_STRING_FIRST,
	FAMILY_DN,
	FAMILY_RDN,
	FAMILY_NAME_UID,
	FAMILY_UUID, /* 16 bytes */
	FAMILY_CSN,
	FAMILY_SID,
	FAMILY_CERTIFICATE, /* serial, "$", normal issuer */
	FAMILY_CRL,	    /* normal time, "$", normal issuer */
	FAMILY_AUTHZ,
	FAMILY_AUTH_PASSWORD,
	FAMILY_REFUSED, /* known by name, compares nothing */
};

/* Returns how many rules there are, in the order of definition. */
size_t rule_table_count(void);

/* Returns the one at index, below rule_table_count. */
const struct match_rule *rule_table_at(size_t index);

/* Returns the approximate rule that goes with an equality rule, or NULL. */
const struct match_rule *rule_table_approx(const struct match_rule *equality);

#endif
