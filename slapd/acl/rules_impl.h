#ifndef SLAPD_ACL_RULES_IMPL_H
#define SLAPD_ACL_RULES_IMPL_H

/* What the parts of the compiler share: the access line being read, a word of it, the bounds. */

#include "acl/rules.h"
#include "base/near.h"
#include "config/conflex.h"

struct attr_type;

enum {
	RULES_MAX_RULES = 4096,		/* of one database */
	RULES_MAX_CLAUSES = 1024,	/* of one rule */
	RULES_MAX_ATTRS = 1024,		/* of one rule */
	RULES_MAX_PATTERN_BYTES = 2048, /* regular expressions and templates */
	RULES_MAX_REGEXES = 4096,	/* of one database */
	RULES_MAX_NODES = 4096,		/* of one expression, repetitions written out */
	RULES_MAX_FILLED_NODES = 65536, /* of one that is made for a decision */
	RULES_MAX_WORK = 1 << 26,	/* squares of the nodes of all of a database */
	RULES_MAX_LEVEL = 1000,
};

struct rules_reader {
	struct arena *arena;
	const struct schema *schema;
	struct conflex_words words;
	size_t at;		  /* the word read next */
	size_t regex_count;	  /* of the database so far */
	unsigned long regex_work; /* the squares of their sizes */
	struct errbuf *e;
};

/* The styles that the language has names for, as bits: which ones a field takes. */
enum rules_spelt {
	SPELT_NONE = 1, /* no style was given */
	SPELT_EXACT = 2,
	SPELT_ONE = 4,
	SPELT_SUBTREE = 8,
	SPELT_CHILDREN = 16,
	SPELT_REGEX = 32,
	SPELT_EXPAND = 64,
	SPELT_LEVEL = 128,
	SPELT_IP = 256,
	SPELT_IPV6 = 512,
	SPELT_PATH = 1024,
};

/* name[/options][.style[,expand]][=value] */
struct rules_word {
	struct bv whole;
	struct bv name;
	struct bv options; /* absent without "/" */
	enum rules_spelt style;
	int level;	 /* SPELT_LEVEL */
	bool expand;	 /* ",expand" */
	struct bv value; /* absent without "=" */
};

/* Takes a word apart. 0, or ERR_CONFIG for a style or modifier that is not one. */
int rules_word_read(struct rules_reader *r, struct bv text, struct rules_word *out)
    __attribute__((warn_unused_result));

/* Returns the part of a word before any of "/.=": what tells fields apart. */
struct bv rules_word_name(struct bv text);

/* 0, or ERR_CONFIG with the styles that the field takes when the word's is not among styles. */
int rules_word_styles(struct rules_reader *r, const struct rules_word *w, unsigned styles)
    __attribute__((warn_unused_result));

/* 0, or ERR_CONFIG when there is no value behind "=". */
int rules_word_needs_value(struct rules_reader *r, const struct rules_word *w)
    __attribute__((warn_unused_result));

/* Returns the next word, absent at the end. */
struct bv rules_word_next(const struct rules_reader *r);

/* Returns the words from..r->at joined, as an administrator would write them. */
struct bv rules_word_join(const struct rules_reader *r, size_t from);

/* Fails with: <what> "<word>" ...; did you mean "<near>"? */
int rules_unknown(struct rules_reader *r, const char *what, const struct near *n)
    __attribute__((warn_unused_result));

/* Fails as above; the near one is looked for among the names of attributes and, when classes, of
 * object classes. */
int rules_unknown_attr(struct rules_reader *r, struct bv name, bool attrs, bool classes)
    __attribute__((warn_unused_result));

/* 0, or ERR_CONFIG for a pattern that is too long. */
int rules_length_check(struct rules_reader *r, struct bv pattern)
    __attribute__((warn_unused_result));

/* Compiles a regular expression; it is freed with the arena. 0 or ERR_CONFIG. */
int rules_regex(struct rules_reader *r, struct bv pattern, regex_t **out)
    __attribute__((warn_unused_result));

/* Returns what every text that a well-formed pattern matches ends with, case aside; empty when that
 * is not plain to see. Borrowed from the pattern. */
struct bv rules_regex_tail(struct bv pattern);

/*
 * Reads a pattern or template in which $1, ${1}, ${d1} and ${v1} stand for what <what> matched and
 * $$ for a dollar. *expands_out: whether any is there. In a template every other "$" is refused;
 * in a regular expression it is the anchor it looks like. 0 or ERR_CONFIG.
 */
int rules_template_check(struct rules_reader *r, struct bv text, bool regex, bool *expands_out)
    __attribute__((warn_unused_result));

/* Compiles a <who> pattern: at once when it does not expand, else only as a trial. */
int rules_template_regex(struct rules_reader *r, struct bv text, bool *expand_out, regex_t **out)
    __attribute__((warn_unused_result));

/* Returns text with "$$" made "$", and each reference made "x". */
struct bv rules_template_trial(struct arena *a, struct bv text);

/* Returns the highest n of $n, and of ${vn}, in a template; -1: none. */
void rules_template_refs(struct bv text, int *dn_out, int *value_out);

/* Reads a fixed DN into dn's text and normal form. 0 or ERR_CONFIG. */
int rules_dn_fixed(struct rules_reader *r, struct bv text, struct rules_dn *dn)
    __attribute__((warn_unused_result));

/* Returns the style of DNs that is spelt so; EXACT for those that DNs do not have. */
enum rules_style rules_dn_style(enum rules_spelt spelt);

/* Reads the words after "to" up to "by" or the end. */
int rules_what_read(struct rules_reader *r, struct rules_what *out)
    __attribute__((warn_unused_result));

/* Reads the conditions after "by"; at least one must be there. */
int rules_who_read(struct rules_reader *r, const struct rules_who **out)
    __attribute__((warn_unused_result));

/* Each reads one condition of a <who>. */
int rules_group_read(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
    __attribute__((warn_unused_result));
int rules_peer_read(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
    __attribute__((warn_unused_result));
int rules_request_read(struct rules_reader *r, const struct rules_word *w, struct rules_who *who)
    __attribute__((warn_unused_result));

/* Returns whether text is an <access>; when it is, the clause gets it. */
bool rules_access_read(struct bv text, struct rules_by *by);

/* Returns whether text is a <control>; when it is, *out gets it. */
bool rules_control_read(struct bv text, enum rules_control *out);

#endif
