#include "tools/codes.h"

#include <stddef.h>
#include "wire/ldap.h"

/* The names of result codes (RFC 4511 4.1.9) that the tools print. */

const char *
codes_text(int code)
{
	static const struct {
		int code;
		const char *text;
	} texts[] = {
	    {LDAP_PROTOCOL_ERROR, "Protocol error"},
	    {LDAP_NO_SUCH_ATTRIBUTE, "No such attribute"},
	    {LDAP_UNDEFINED_TYPE, "Undefined attribute type"},
	    {LDAP_INAPPROPRIATE_MATCHING, "Inappropriate matching"},
	    {LDAP_CONSTRAINT_VIOLATION, "Constraint violation"},
	    {LDAP_TYPE_OR_VALUE_EXISTS, "Type or value exists"},
	    {LDAP_INVALID_SYNTAX, "Invalid syntax"},
	    {LDAP_NO_SUCH_OBJECT, "No such object"},
	    {LDAP_INVALID_DN_SYNTAX, "Invalid DN syntax"},
	    {LDAP_UNWILLING_TO_PERFORM, "Server is unwilling to perform"},
	    {LDAP_NAMING_VIOLATION, "Naming violation"},
	    {LDAP_OBJECT_CLASS_VIOLATION, "Object class violation"},
	    {LDAP_NOT_ALLOWED_ON_NONLEAF, "Operation not allowed on non-leaf"},
	    {LDAP_ALREADY_EXISTS, "Already exists"},
	    {LDAP_NO_OBJECT_CLASS_MODS, "Cannot modify object class"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].code == code)
			return texts[i].text;
	return "Other error";
}
