#include "rule_table.h"

#include <assert.h>
#include "model/rule_cert.h"
#include "model/rule_text.h"
#include "model/rule_value.h"
#include "model/syntax.h"
#include "model/syntax_name.h"

/*
 * The table of built-in matching rules, in the order of definition. Hidden rules
 * can be used by definitions and filters but are not published. The rules that
 * compare certificates by their parts (certificateMatch and its kin) are known by
 * name only: filters that use them are undefined.
 */

static const struct syntax *const DIRECTORY_LIKE[] = {
    &syntax_table[SYNTAX_COUNTRY],
    &syntax_table[SYNTAX_PHONE],
    &syntax_table[SYNTAX_PRINTABLE],
    NULL,
};
static const struct syntax *const DIRECTORY_ALL[] = {
    &syntax_table[SYNTAX_DIRECTORY_STRING],
    &syntax_table[SYNTAX_COUNTRY],
    &syntax_table[SYNTAX_PHONE],
    &syntax_table[SYNTAX_PRINTABLE],
    NULL,
};
static const struct syntax *const IA5_LIKE[] = {
    &syntax_table[SYNTAX_COUNTRY],
    NULL,
};
static const struct syntax *const NUMERIC_ONLY[] = {
    &syntax_table[SYNTAX_NUMERIC],
    NULL,
};
static const struct syntax *const POSTAL_ONLY[] = {
    &syntax_table[SYNTAX_POSTAL],
    NULL,
};
static const struct syntax *const PHONE_ONLY[] = {
    &syntax_table[SYNTAX_PHONE],
    NULL,
};
static const struct syntax *const STRUCTURE_RULES[] = {
    &syntax_table[SYNTAX_STRUCTURE_RULE],
    NULL,
};
static const struct syntax *const DESCRIPTIONS[] = {
    &syntax_table[SYNTAX_ATTR_TYPE],
    &syntax_table[SYNTAX_CONTENT_RULE],
    &syntax_table[SYNTAX_MATCH_RULE],
    &syntax_table[SYNTAX_MATCH_RULE_USE],
    &syntax_table[SYNTAX_NAME_FORM],
    &syntax_table[SYNTAX_OBJECT_CLASS],
    &syntax_table[SYNTAX_SYNTAX],
    NULL,
};
static const struct syntax *const CERTIFICATES[] = {
    &syntax_table[SYNTAX_CERTIFICATE],
    NULL,
};
static const struct syntax *const CERTIFICATE_LISTS[] = {
    &syntax_table[SYNTAX_CERTIFICATE_LIST],
    NULL,
};
static const struct syntax *const ATTRIBUTE_CERTIFICATES[] = {
    &syntax_table[SYNTAX_ATTRIBUTE_CERTIFICATE],
    NULL,
};
static const struct syntax *const CSNS[] = {
    &syntax_table[SYNTAX_CSN],
    NULL,
};

/* clang-format off */
#define TEXT(s) {(const uint8_t *)("" s), sizeof(s) - 1}
#define RULE(number, text, sort, syntax_name, form, to_normal, others) \
	.oid = TEXT(number), .name = TEXT(text), .kind = RULE_##sort, \
	.assertion_syntax = &syntax_table[SYNTAX_##syntax_name], .also = others, \
	.family = FAMILY_##form, .normalize = to_normal

static const struct match_rule TABLE[] = {
	{ RULE("1.3.6.1.4.1.4203.666.4.4", "directoryStringApproxMatch", APPROX, DIRECTORY_STRING, IGNORE, rule_text_ignore, DIRECTORY_LIKE), .hidden = true, .matches = rule_text_sounds_like },
	{ RULE("1.3.6.1.4.1.4203.666.4.5", "IA5StringApproxMatch", APPROX, IA5, IGNORE, rule_text_ia5_ignore, NULL), .hidden = true, .matches = rule_text_sounds_like },
	{ RULE("2.5.13.0", "objectIdentifierMatch", EQUALITY, OID, OID, rule_value_oid, NULL), .normalize_assertion = rule_value_oid_asserted },
	{ RULE("2.5.13.1", "distinguishedNameMatch", EQUALITY, DN, DN, syntax_name_normal_dn, NULL) },
	{ RULE("1.3.6.1.4.1.4203.666.4.9", "dnSubtreeMatch", EXTENDED, DN, DN, syntax_name_normal_dn, NULL), .hidden = true, .matches = rule_value_dn_subtree },
	{ RULE("1.3.6.1.4.1.4203.666.4.8", "dnOneLevelMatch", EXTENDED, DN, DN, syntax_name_normal_dn, NULL), .hidden = true, .matches = rule_value_dn_one_level },
	{ RULE("1.3.6.1.4.1.4203.666.4.10", "dnSubordinateMatch", EXTENDED, DN, DN, syntax_name_normal_dn, NULL), .hidden = true, .matches = rule_value_dn_subordinate },
	{ RULE("1.3.6.1.4.1.4203.666.4.11", "dnSuperiorMatch", EXTENDED, DN, DN, syntax_name_normal_dn, NULL), .hidden = true, .matches = rule_value_dn_superior },
	{ RULE("1.2.36.79672281.1.13.3", "rdnMatch", EQUALITY, RDN, RDN, syntax_name_normal_rdn, NULL) },
	{ RULE("2.5.13.2", "caseIgnoreMatch", EQUALITY, DIRECTORY_STRING, IGNORE, rule_text_ignore, DIRECTORY_LIKE) },
	{ RULE("2.5.13.3", "caseIgnoreOrderingMatch", ORDERING, DIRECTORY_STRING, IGNORE, rule_text_ignore, DIRECTORY_LIKE) },
	{ RULE("2.5.13.4", "caseIgnoreSubstringsMatch", SUBSTRINGS, SUBSTRINGS, IGNORE, rule_text_ignore, DIRECTORY_ALL) },
	{ RULE("2.5.13.5", "caseExactMatch", EQUALITY, DIRECTORY_STRING, EXACT, rule_text_exact, DIRECTORY_LIKE) },
	{ RULE("2.5.13.6", "caseExactOrderingMatch", ORDERING, DIRECTORY_STRING, EXACT, rule_text_exact, DIRECTORY_LIKE) },
	{ RULE("2.5.13.7", "caseExactSubstringsMatch", SUBSTRINGS, SUBSTRINGS, EXACT, rule_text_exact, DIRECTORY_ALL) },
	{ RULE("2.5.13.8", "numericStringMatch", EQUALITY, NUMERIC, NUMERIC, rule_text_numeric, NULL) },
	{ RULE("2.5.13.9", "numericStringOrderingMatch", ORDERING, NUMERIC, NUMERIC, rule_text_numeric, NULL) },
	{ RULE("2.5.13.10", "numericStringSubstringsMatch", SUBSTRINGS, SUBSTRINGS, NUMERIC, rule_text_numeric, NUMERIC_ONLY) },
	{ RULE("2.5.13.11", "caseIgnoreListMatch", EQUALITY, POSTAL, LIST, rule_text_list, NULL) },
	{ RULE("2.5.13.12", "caseIgnoreListSubstringsMatch", SUBSTRINGS, SUBSTRINGS, LIST, rule_text_list, POSTAL_ONLY) },
	{ RULE("2.5.13.13", "booleanMatch", EQUALITY, BOOLEAN, BOOLEAN, rule_value_boolean, NULL) },
	{ RULE("2.5.13.14", "integerMatch", EQUALITY, INTEGER, INTEGER, rule_value_integer, NULL), .order_key = rule_value_integer_key },
	{ RULE("2.5.13.15", "integerOrderingMatch", ORDERING, INTEGER, INTEGER, rule_value_integer, NULL), .order_key = rule_value_integer_key },
	{ RULE("2.5.13.16", "bitStringMatch", EQUALITY, BIT_STRING, BITS, rule_value_bits, NULL) },
	{ RULE("2.5.13.17", "octetStringMatch", EQUALITY, OCTETS, OCTETS, rule_value_octets, NULL) },
	{ RULE("2.5.13.18", "octetStringOrderingMatch", ORDERING, OCTETS, OCTETS, rule_value_octets, NULL) },
	{ RULE("2.5.13.19", "octetStringSubstringsMatch", SUBSTRINGS, OCTETS, OCTETS, rule_value_octets, NULL) },
	{ RULE("2.5.13.20", "telephoneNumberMatch", EQUALITY, PHONE, PHONE, rule_text_phone, NULL) },
	{ RULE("2.5.13.21", "telephoneNumberSubstringsMatch", SUBSTRINGS, SUBSTRINGS, PHONE, rule_text_phone, PHONE_ONLY) },
	{ RULE("2.5.13.22", "presentationAddressMatch", EQUALITY, PRESENTATION, IGNORE, rule_text_ignore, NULL), .hidden = true },
	{ RULE("2.5.13.23", "uniqueMemberMatch", EQUALITY, NAME_UID, NAME_UID, syntax_name_normal_uid, NULL) },
	{ RULE("2.5.13.24", "protocolInformationMatch", EQUALITY, PROTOCOL, IGNORE, rule_text_ignore, NULL), .hidden = true },
	{ RULE("2.5.13.27", "generalizedTimeMatch", EQUALITY, TIME, TIME, rule_value_time, NULL), .order_key = rule_value_time_key },
	{ RULE("2.5.13.28", "generalizedTimeOrderingMatch", ORDERING, TIME, TIME, rule_value_time, NULL), .order_key = rule_value_time_key },
	{ RULE("2.5.13.29", "integerFirstComponentMatch", EQUALITY, INTEGER, INTEGER_FIRST, rule_value_integer_first, STRUCTURE_RULES), .normalize_assertion = rule_value_integer },
	{ RULE("2.5.13.30", "objectIdentifierFirstComponentMatch", EQUALITY, OID, OID_FIRST, rule_value_oid_first, DESCRIPTIONS), .normalize_assertion = rule_value_oid_asserted },
	{ RULE("2.5.13.31", "directoryStringFirstComponentMatch", EQUALITY, DIRECTORY_STRING, STRING_FIRST, rule_value_string_first, DIRECTORY_LIKE), .normalize_assertion = rule_text_ignore },
	{ RULE("2.5.13.32", "wordMatch", EXTENDED, DIRECTORY_STRING, IGNORE, rule_text_ignore, DIRECTORY_LIKE), .matches = rule_text_has_word },
	{ RULE("2.5.13.33", "keywordMatch", EXTENDED, DIRECTORY_STRING, IGNORE, rule_text_ignore, DIRECTORY_LIKE), .matches = rule_text_has_keyword },
	{ RULE("2.5.13.34", "certificateExactMatch", EQUALITY, CERT_EXACT, CERTIFICATE, rule_cert_normal, CERTIFICATES), .normalize_assertion = rule_cert_asserted },
	{ RULE("2.5.13.35", "certificateMatch", EXTENDED, CERT_ASSERTION, REFUSED, rule_value_refuse, CERTIFICATES), .hidden = true },
	{ RULE("2.5.13.38", "certificateListExactMatch", EQUALITY, CRL_EXACT, CRL, rule_cert_crl_normal, CERTIFICATE_LISTS), .normalize_assertion = rule_cert_crl_asserted },
	{ RULE("2.5.13.39", "certificateListMatch", EXTENDED, CRL_ASSERTION, REFUSED, rule_value_refuse, CERTIFICATE_LISTS), .hidden = true },
	{ RULE("2.5.13.45", "attributeCertificateExactMatch", EQUALITY, AC_EXACT, OCTETS, rule_value_octets, ATTRIBUTE_CERTIFICATES), .hidden = true },
	{ RULE("2.5.13.46", "attributeCertificateMatch", EXTENDED, AC_ASSERTION, REFUSED, rule_value_refuse, ATTRIBUTE_CERTIFICATES), .hidden = true },
	{ RULE("1.3.6.1.4.1.1466.109.114.1", "caseExactIA5Match", EQUALITY, IA5, EXACT, rule_text_ia5_exact, IA5_LIKE) },
	{ RULE("1.3.6.1.4.1.1466.109.114.2", "caseIgnoreIA5Match", EQUALITY, IA5, IGNORE, rule_text_ia5_ignore, IA5_LIKE) },
	{ RULE("1.3.6.1.4.1.1466.109.114.3", "caseIgnoreIA5SubstringsMatch", SUBSTRINGS, IA5, IGNORE, rule_text_ia5_ignore, IA5_LIKE) },
	{ RULE("1.3.6.1.4.1.4203.1.2.1", "caseExactIA5SubstringsMatch", SUBSTRINGS, IA5, EXACT, rule_text_ia5_exact, IA5_LIKE) },
	{ RULE("1.3.6.1.4.1.4203.1.2.2", "authPasswordExactMatch", EQUALITY, AUTH_PASSWORD, AUTH_PASSWORD, rule_text_auth_password, NULL) },
	{ RULE("1.2.840.113556.1.4.803", "integerBitAndMatch", EXTENDED, INTEGER, INTEGER, rule_value_integer, NULL), .matches = rule_value_bits_and },
	{ RULE("1.2.840.113556.1.4.804", "integerBitOrMatch", EXTENDED, INTEGER, INTEGER, rule_value_integer, NULL), .matches = rule_value_bits_or },
	{ RULE("1.3.6.1.1.16.2", "UUIDMatch", EQUALITY, UUID, UUID, rule_value_uuid, NULL) },
	{ RULE("1.3.6.1.1.16.3", "UUIDOrderingMatch", ORDERING, UUID, UUID, rule_value_uuid, NULL) },
	{ RULE("1.3.6.1.4.1.4203.666.11.2.2", "CSNMatch", EQUALITY, CSN, CSN, rule_value_csn, NULL) },
	{ RULE("1.3.6.1.4.1.4203.666.11.2.3", "CSNOrderingMatch", ORDERING, CSN, CSN, rule_value_csn, NULL) },
	{ RULE("1.3.6.1.4.1.4203.666.11.2.5", "CSNSIDMatch", EQUALITY, CSN_SID, SID, rule_value_csn_sid, CSNS), .normalize_assertion = rule_value_sid },
	{ RULE("1.3.6.1.4.1.4203.666.4.12", "authzMatch", EQUALITY, AUTHZ, AUTHZ, syntax_name_normal_authz, NULL), .hidden = true },
	{ RULE("1.3.6.1.4.1.4203.666.4.13", "privateKeyMatch", EQUALITY, PRIVATE_KEY, OCTETS, rule_value_octets, NULL), .hidden = true },
	{ RULE("1.3.6.1.4.1.4203.666.4.2", "OpenLDAPaciMatch", EQUALITY, ACI, OCTETS, rule_value_octets, NULL), .hidden = true },
};
/* clang-format on */

enum { COUNT = sizeof TABLE / sizeof *TABLE, DIRECTORY_APPROX = 0, IA5_APPROX = 1 };

size_t
rule_table_count(void)
{
	return COUNT;
}

const struct match_rule *
rule_table_at(size_t index)
{
	assert(index < COUNT);
	return &TABLE[index];
}

const struct match_rule *
rule_table_approx(const struct match_rule *equality)
{
	if (equality == NULL ||
	    (equality->family != FAMILY_IGNORE && equality->family != FAMILY_EXACT))
		return NULL;
	return &TABLE[equality->assertion_syntax == &syntax_table[SYNTAX_IA5] ? IA5_APPROX
									      : DIRECTORY_APPROX];
}
