#ifndef TOOLS_CODES_H
#define TOOLS_CODES_H

/* Returns the text of an LDAP result code, as OpenLDAP's tools print it. */
const char *codes_text(int code);

#endif
