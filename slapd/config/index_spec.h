#ifndef SLAPD_CONFIG_INDEX_SPEC_H
#define SLAPD_CONFIG_INDEX_SPEC_H

/* The shape of an index as configured (olcDbIndex): an attribute type and the kinds kept for it. */

struct attr_type;

enum index_kind {
	INDEX_PRES = 1,
	INDEX_EQ = 2, /* with an ordering rule also serves >= and <= */
	INDEX_SUB_INITIAL = 4,
	INDEX_SUB_ANY = 8,
	INDEX_SUB_FINAL = 16,
	INDEX_SUB = INDEX_SUB_INITIAL | INDEX_SUB_ANY | INDEX_SUB_FINAL,
	INDEX_APPROX = 32,
	INDEX_NO_LANG = 64,	 /* accepted: options without language tags */
	INDEX_NO_SUBTYPES = 128, /* only the type itself */
};

struct index_spec {
	const struct attr_type *type;
	unsigned kinds; /* enum index_kind bits */
};

#endif
