#ifndef SLAPD_MODEL_ENTRY_H
#define SLAPD_MODEL_ENTRY_H

/*
 * An entry as it is built and changed: attributes in order, values in order, each
 * value with its normal form. Everything lives in the entry's arena or longer.
 * Reads of stored entries do not use this; they work on store/record views.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"
#include "model/dn.h"

struct arena;
struct attr_desc;
struct attr_type;
struct entry_set;
struct errbuf;
struct object_class;
struct schema;

/* Others read the arrays; only entry_* change them (set the rest to zero when making one). */
struct attr {
	const struct attr_desc *desc;
	struct bv *values;
	struct bv *normals; /* same count; normals[i] may be values[i] */
	size_t count;
	size_t cap;
	struct entry_set *set; /* of the normals, once searching by hand is too slow */
	size_t lookups;	       /* searches made without it */
	size_t holes;	       /* values that are gone; only between entry_defer and entry_settle */
};

struct entry {
	struct arena *arena;
	uint64_t id; /* 0 until stored */
	struct dn dn;
	struct attr *attrs; /* in order */
	size_t count;
	size_t cap;
	bool deferring; /* see entry_defer */
};

/* Makes an empty entry with the DN. */
void entry_init(struct entry *e, struct arena *a, const struct dn *dn);

/* Returns the attribute with exactly this description, or NULL. The pointer is valid until one is
 * added. */
struct attr *entry_find(const struct entry *e, const struct attr_desc *desc);

/* Returns the first attribute whose type is t or descends from it, any options; NULL when none. */
struct attr *entry_find_type(const struct entry *e, const struct attr_type *t);

/*
 * Adds values (copied into the arena) at the end of the attribute, which is made, last, when
 * missing. Values are validated against the syntax, brought to stored form, normalized and checked
 * for duplicates, in time linear in their number even when they come one by one. Returns an LDAP
 * result code (RFC 4511): 0; 21 invalid syntax ("mail: value #0 invalid per syntax"); 19 several
 * values given for a single-valued type ("uidNumber: multiple values provided"); 20 a value is
 * there already ("mail: value #0 already exists": put "modify/add" before it with err_prefix) or
 * given twice ("mail: value #0 provided more than once"); 11 too many attributes or values.
 * index_out (may be NULL) gets the number of the value for 20 and 21. The entry has not changed
 * when not 0. A type without equality rule is compared by bytes; that RFC 4512 2.5.1 forbids
 * adding to such an attribute (18) is for op/modify to check.
 */
int entry_add_values(const struct schema *s, struct entry *e, const struct attr_desc *desc,
    const struct bv *values, size_t count, size_t *index_out, struct errbuf *text)
    __attribute__((warn_unused_result));

/* Adds one value the caller vouches for (operational attributes); normal form computed. Never fails
 * on values of the server's own making; ERR_SYNTAX otherwise. */
int entry_put(const struct schema *s, struct entry *e, const struct attr_type *t, struct bv value)
    __attribute__((warn_unused_result));

/*
 * Removes values by equality match; count 0 removes the attribute; an attribute without values left
 * goes; a value given twice is fine. Returns 0; 16 (attribute or a value missing: "sn: no such
 * value"; put "modify/delete" before it with err_prefix); 18 (no equality rule and bytes differ);
 * 21. The entry has not changed when not 0.
 */
int entry_delete_values(const struct schema *s, struct entry *e, const struct attr_desc *desc,
    const struct bv *values, size_t count, struct errbuf *text) __attribute__((warn_unused_result));

/*
 * From entry_defer to entry_settle deleting leaves holes in the arrays of a large attribute, which
 * entry_* pass over, so that k deletions from n values cost O(k + n) even one by one. Who reads the
 * arrays settles first; pointers to attributes stay valid.
 */
void entry_defer(struct entry *e);
void entry_settle(struct entry *e);

/* Makes the next count calls of entry_attr_has on the attribute cheap. */
void entry_expect_lookups(struct entry *e, struct attr *a, size_t count);

/* Removes the attribute when there; returns whether it was. */
bool entry_remove(struct entry *e, const struct attr_desc *desc);

/* Returns whether the attribute holds the value with this normal form. */
bool entry_attr_has(const struct attr *a, struct bv normal);

/* Returns whether objectClass holds the class or a descendant of it. */
bool entry_is_class(const struct schema *s, const struct entry *e, const struct object_class *oc);

/* Returns a copy in arena a that shares values (which must outlive it) but not arrays. */
struct entry entry_copy(struct arena *a, const struct entry *e);

/* Checks what attributes show by themselves: single values, collective attributes, a ref or an
 * aliasedObjectName outside of its class. 0, 19 or 65. */
int entry_check_attrs(const struct schema *s, const struct entry *e, struct errbuf *text)
    __attribute__((warn_unused_result));

/*
 * Checks what RFC 4512 demands of a complete entry: single values, collective attributes, known
 * object classes, one structural class chain, naming attributes present, content rule, MUST and
 * MAY (with extensibleObject), abstract classes only as superiors, obsolete classes. Superclasses
 * need not be listed and are not added. Returns 0 or an LDAP result code (19, 64, 65) with the
 * text a client sees, for instance "object class 'person' requires attribute 'sn'".
 * structural_out: the structural class (may be NULL). manage (relax rules): obsolete is allowed.
 */
int entry_check(const struct schema *s, const struct entry *e, bool manage,
    const struct object_class **structural_out, struct errbuf *text)
    __attribute__((warn_unused_result));

/*
 * Checks whether a client may write the attribute at all: 0, or 19 for NO-USER-MODIFICATION
 * ("entryUUID: no user modification allowed") and obsolete types ("x: attribute is obsolete").
 * manage (relax rules) allows both.
 */
int entry_check_writable(const struct attr_desc *desc, bool manage, struct errbuf *text)
    __attribute__((warn_unused_result));

/* Checks a change of the structural class: 0, or 69 with the text unless manage. */
int entry_check_structural_change(const struct object_class *from, const struct object_class *to,
    bool manage, struct errbuf *text) __attribute__((warn_unused_result));

/* Finds the structural class that objectClass values imply: 0 or 65. As entry_check. */
int entry_structural(const struct schema *s, const struct attr *object_class,
    const struct object_class **out, struct errbuf *text) __attribute__((warn_unused_result));

#endif
