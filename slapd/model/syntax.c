#include "syntax.h"

#include "model/der.h"
#include "model/stamp.h"
#include "model/syntax_name.h"
#include "model/syntax_text.h"

/*
 * The table of built-in syntaxes, in the order of publication. Hidden rows can be
 * used by definitions but are not published. A syntax without a validator takes
 * any bytes.
 */

enum { HUMAN = 0, NOT_HUMAN = 1, BINARY = 2, HIDDEN = 4 };

/* clang-format off */
#define TEXT(s) {(const uint8_t *)("" s), sizeof(s) - 1}
#define ROW(number, name, flags, check, pretty_form) \
	{ .oid = TEXT(number), .desc = TEXT(name), .not_human_readable = ((flags) & NOT_HUMAN) != 0, \
	  .binary_transfer = ((flags) & BINARY) != 0, .hidden = ((flags) & HIDDEN) != 0, \
	  .validate = check, .pretty = pretty_form }

const struct syntax syntax_table[SYNTAX_COUNT] = {
	[SYNTAX_ACI_ITEM] = ROW("1.3.6.1.4.1.1466.115.121.1.1", "ACI Item", NOT_HUMAN | BINARY | HIDDEN, NULL, NULL),
	[SYNTAX_ACCESS_POINT] = ROW("1.3.6.1.4.1.1466.115.121.1.2", "Access Point", NOT_HUMAN | HIDDEN, NULL, NULL),
	[SYNTAX_ATTR_TYPE] = ROW("1.3.6.1.4.1.1466.115.121.1.3", "Attribute Type Description", HIDDEN, syntax_text_parens, NULL),
	[SYNTAX_AUDIO] = ROW("1.3.6.1.4.1.1466.115.121.1.4", "Audio", NOT_HUMAN, NULL, NULL),
	[SYNTAX_BINARY] = ROW("1.3.6.1.4.1.1466.115.121.1.5", "Binary", NOT_HUMAN, NULL, NULL),
	[SYNTAX_BIT_STRING] = ROW("1.3.6.1.4.1.1466.115.121.1.6", "Bit String", HUMAN, syntax_text_bits, NULL),
	[SYNTAX_BOOLEAN] = ROW("1.3.6.1.4.1.1466.115.121.1.7", "Boolean", HUMAN, syntax_text_boolean, NULL),
	[SYNTAX_CERTIFICATE] = ROW("1.3.6.1.4.1.1466.115.121.1.8", "Certificate", NOT_HUMAN | BINARY, der_check_certificate, NULL),
	[SYNTAX_CERTIFICATE_LIST] = ROW("1.3.6.1.4.1.1466.115.121.1.9", "Certificate List", NOT_HUMAN | BINARY, der_check_certificate_list, NULL),
	[SYNTAX_CERTIFICATE_PAIR] = ROW("1.3.6.1.4.1.1466.115.121.1.10", "Certificate Pair", NOT_HUMAN | BINARY, der_check_sequence, NULL),
	[SYNTAX_ATTRIBUTE_CERTIFICATE] = ROW("1.3.6.1.4.1.4203.666.11.10.2.1", "X.509 AttributeCertificate", NOT_HUMAN | BINARY, der_check_sequence, NULL),
	[SYNTAX_DN] = ROW("1.3.6.1.4.1.1466.115.121.1.12", "Distinguished Name", HUMAN, syntax_name_check_dn, syntax_name_pretty_dn),
	[SYNTAX_RDN] = ROW("1.2.36.79672281.1.5.0", "RDN", HUMAN, syntax_name_check_rdn, syntax_name_pretty_rdn),
	[SYNTAX_DATA_QUALITY] = ROW("1.3.6.1.4.1.1466.115.121.1.13", "Data Quality", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_DELIVERY_METHOD] = ROW("1.3.6.1.4.1.1466.115.121.1.14", "Delivery Method", HUMAN, syntax_text_delivery, NULL),
	[SYNTAX_DIRECTORY_STRING] = ROW("1.3.6.1.4.1.1466.115.121.1.15", "Directory String", HUMAN, syntax_text_directory, NULL),
	[SYNTAX_CONTENT_RULE] = ROW("1.3.6.1.4.1.1466.115.121.1.16", "DIT Content Rule Description", HIDDEN, syntax_text_parens, NULL),
	[SYNTAX_STRUCTURE_RULE] = ROW("1.3.6.1.4.1.1466.115.121.1.17", "DIT Structure Rule Description", HIDDEN, syntax_text_parens, NULL),
	[SYNTAX_DSA_QUALITY] = ROW("1.3.6.1.4.1.1466.115.121.1.19", "DSA Quality", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_DSE_TYPE] = ROW("1.3.6.1.4.1.1466.115.121.1.20", "DSE Type", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_ENHANCED_GUIDE] = ROW("1.3.6.1.4.1.1466.115.121.1.21", "Enhanced Guide", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_FACSIMILE_TELEPHONE_NUMBER] = ROW("1.3.6.1.4.1.1466.115.121.1.22", "Facsimile Telephone Number", HUMAN, syntax_text_fax_number, NULL),
	[SYNTAX_FAX] = ROW("1.3.6.1.4.1.1466.115.121.1.23", "Fax", NOT_HUMAN | HIDDEN, NULL, NULL),
	[SYNTAX_TIME] = ROW("1.3.6.1.4.1.1466.115.121.1.24", "Generalized Time", HUMAN, stamp_check_time, NULL),
	[SYNTAX_GUIDE] = ROW("1.3.6.1.4.1.1466.115.121.1.25", "Guide", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_IA5] = ROW("1.3.6.1.4.1.1466.115.121.1.26", "IA5 String", HUMAN, syntax_text_ia5, NULL),
	[SYNTAX_INTEGER] = ROW("1.3.6.1.4.1.1466.115.121.1.27", "Integer", HUMAN, syntax_text_integer, NULL),
	[SYNTAX_JPEG] = ROW("1.3.6.1.4.1.1466.115.121.1.28", "JPEG", NOT_HUMAN, NULL, NULL),
	[SYNTAX_MASTER_AND_SHADOW_ACCESS_POINTS] = ROW("1.3.6.1.4.1.1466.115.121.1.29", "Master And Shadow Access Points", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_MATCH_RULE] = ROW("1.3.6.1.4.1.1466.115.121.1.30", "Matching Rule Description", HIDDEN, syntax_text_parens, NULL),
	[SYNTAX_MATCH_RULE_USE] = ROW("1.3.6.1.4.1.1466.115.121.1.31", "Matching Rule Use Description", HIDDEN, syntax_text_parens, NULL),
	[SYNTAX_MAIL_PREFERENCE] = ROW("1.3.6.1.4.1.1466.115.121.1.32", "Mail Preference", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_MHS_OR_ADDRESS] = ROW("1.3.6.1.4.1.1466.115.121.1.33", "MHS OR Address", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_NAME_UID] = ROW("1.3.6.1.4.1.1466.115.121.1.34", "Name And Optional UID", HUMAN, syntax_name_check_uid, syntax_name_pretty_uid),
	[SYNTAX_NAME_FORM] = ROW("1.3.6.1.4.1.1466.115.121.1.35", "Name Form Description", HIDDEN, syntax_text_parens, NULL),
	[SYNTAX_NUMERIC] = ROW("1.3.6.1.4.1.1466.115.121.1.36", "Numeric String", HUMAN, syntax_text_numeric, NULL),
	[SYNTAX_OBJECT_CLASS] = ROW("1.3.6.1.4.1.1466.115.121.1.37", "Object Class Description", HIDDEN, syntax_text_parens, NULL),
	[SYNTAX_OID] = ROW("1.3.6.1.4.1.1466.115.121.1.38", "OID", HUMAN, syntax_text_oid, NULL),
	[SYNTAX_OTHER_MAILBOX] = ROW("1.3.6.1.4.1.1466.115.121.1.39", "Other Mailbox", HUMAN, syntax_text_mailbox, NULL),
	[SYNTAX_OCTETS] = ROW("1.3.6.1.4.1.1466.115.121.1.40", "Octet String", HUMAN, NULL, NULL),
	[SYNTAX_POSTAL] = ROW("1.3.6.1.4.1.1466.115.121.1.41", "Postal Address", HUMAN, syntax_text_postal, NULL),
	[SYNTAX_PROTOCOL] = ROW("1.3.6.1.4.1.1466.115.121.1.42", "Protocol Information", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_PRESENTATION] = ROW("1.3.6.1.4.1.1466.115.121.1.43", "Presentation Address", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_PRINTABLE] = ROW("1.3.6.1.4.1.1466.115.121.1.44", "Printable String", HUMAN, syntax_text_printable, NULL),
	[SYNTAX_COUNTRY] = ROW("1.3.6.1.4.1.1466.115.121.1.11", "Country String", HUMAN, syntax_text_country, NULL),
	[SYNTAX_SUBTREESPECIFICATION] = ROW("1.3.6.1.4.1.1466.115.121.1.45", "SubtreeSpecification", HUMAN, syntax_text_braces, NULL),
	[SYNTAX_SUPPORTED_ALGORITHM] = ROW("1.3.6.1.4.1.1466.115.121.1.49", "Supported Algorithm", NOT_HUMAN | BINARY, der_check_sequence, NULL),
	[SYNTAX_PHONE] = ROW("1.3.6.1.4.1.1466.115.121.1.50", "Telephone Number", HUMAN, syntax_text_printable, NULL),
	[SYNTAX_TELETEX_TERMINAL_IDENTIFIER] = ROW("1.3.6.1.4.1.1466.115.121.1.51", "Teletex Terminal Identifier", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_TELEX_NUMBER] = ROW("1.3.6.1.4.1.1466.115.121.1.52", "Telex Number", HUMAN, syntax_text_telex, NULL),
	[SYNTAX_UTC_TIME] = ROW("1.3.6.1.4.1.1466.115.121.1.53", "UTC Time", HUMAN, stamp_check_utc_time, NULL),
	[SYNTAX_SYNTAX] = ROW("1.3.6.1.4.1.1466.115.121.1.54", "LDAP Syntax Description", HIDDEN, syntax_text_parens, NULL),
	[SYNTAX_MODIFY_RIGHTS] = ROW("1.3.6.1.4.1.1466.115.121.1.55", "Modify Rights", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_LDAP_SCHEMA_DEFINITION] = ROW("1.3.6.1.4.1.1466.115.121.1.56", "LDAP Schema Definition", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_LDAP_SCHEMA_DESCRIPTION] = ROW("1.3.6.1.4.1.1466.115.121.1.57", "LDAP Schema Description", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_SUBSTRINGS] = ROW("1.3.6.1.4.1.1466.115.121.1.58", "Substring Assertion", HIDDEN, NULL, NULL),
	[SYNTAX_NIS_NETGROUP_TRIPLE] = ROW("1.3.6.1.1.1.0.0", "RFC2307 NIS Netgroup Triple", HUMAN, syntax_text_netgroup, NULL),
	[SYNTAX_BOOT_PARAMETER] = ROW("1.3.6.1.1.1.0.1", "RFC2307 Boot Parameter", HUMAN, syntax_text_boot_parameter, NULL),
	[SYNTAX_CERT_EXACT] = ROW("1.3.6.1.1.15.1", "Certificate Exact Assertion", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_CERT_ASSERTION] = ROW("1.3.6.1.1.15.2", "Certificate Assertion", HIDDEN, syntax_text_braces, NULL),
	[SYNTAX_CERTIFICATE_PAIR_EXACT_ASSERTION] = ROW("1.3.6.1.1.15.3", "Certificate Pair Exact Assertion", HIDDEN, syntax_text_braces, NULL),
	[SYNTAX_CERTIFICATE_PAIR_ASSERTION] = ROW("1.3.6.1.1.15.4", "Certificate Pair Assertion", HIDDEN, syntax_text_braces, NULL),
	[SYNTAX_CRL_EXACT] = ROW("1.3.6.1.1.15.5", "Certificate List Exact Assertion", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_CRL_ASSERTION] = ROW("1.3.6.1.1.15.6", "Certificate List Assertion", HIDDEN, syntax_text_braces, NULL),
	[SYNTAX_ALGORITHM_IDENTIFIER] = ROW("1.3.6.1.1.15.7", "Algorithm Identifier", HIDDEN, syntax_text_braces, NULL),
	[SYNTAX_AC_EXACT] = ROW("1.3.6.1.4.1.4203.666.11.10.2.2", "AttributeCertificate Exact Assertion", HIDDEN, syntax_text_utf8, NULL),
	[SYNTAX_AC_ASSERTION] = ROW("1.3.6.1.4.1.4203.666.11.10.2.3", "AttributeCertificate Assertion", HIDDEN, syntax_text_braces, NULL),
	[SYNTAX_UUID] = ROW("1.3.6.1.1.16.1", "UUID", HUMAN, stamp_check_uuid, NULL),
	[SYNTAX_CSN] = ROW("1.3.6.1.4.1.4203.666.11.2.1", "CSN", HUMAN, stamp_check_csn, NULL),
	[SYNTAX_CSN_SID] = ROW("1.3.6.1.4.1.4203.666.11.2.4", "CSN SID", HUMAN, stamp_check_sid, NULL),
	[SYNTAX_VOID] = ROW("1.3.6.1.4.1.4203.1.1.1", "OpenLDAP void", HIDDEN, syntax_text_never, NULL),
	[SYNTAX_AUTH_PASSWORD] = ROW("1.3.6.1.4.1.4203.1.1.2", "Authentication Password", HUMAN, syntax_text_auth_password, NULL),
	[SYNTAX_AUTHZ] = ROW("1.3.6.1.4.1.4203.666.2.7", "OpenLDAP authz", HIDDEN, syntax_text_directory, NULL),
	[SYNTAX_PRIVATE_KEY] = ROW("1.2.840.113549.1.8.1.1", "PKCS#8 PrivateKeyInfo", HUMAN, der_check_sequence, NULL),
	[SYNTAX_ACI] = ROW("1.3.6.1.4.1.4203.666.2.1", "OpenLDAP Experimental ACI", HIDDEN, syntax_text_directory, NULL),
};
/* clang-format on */
