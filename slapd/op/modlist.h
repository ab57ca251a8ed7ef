#ifndef SLAPD_OP_MODLIST_H
#define SLAPD_OP_MODLIST_H

/*
 * A list of modifications (RFC 4511 4.6, RFC 4525) applied to an entry in memory, and
 * the checks that any list of attributes from outside goes through. Shared by the
 * modify operation and slapmodify; results are LDAP result codes with their text.
 */

#include <stddef.h>
#include "base/bv.h"

struct arena;
struct attr_desc;
struct entry;
struct errbuf;
struct schema;
struct wire_attr;
struct wire_mod;

enum modlist_flag {
	MODLIST_PERMISSIVE = 1, /* the permissive modify control */
	MODLIST_RELAX = 2,	/* the relax rules control */
};

/* What every call needs. */
struct modlist {
	const struct schema *schema;
	struct arena *arena; /* lives at least as long as the entry changed */
	unsigned flags;	     /* enum modlist_flag */
	struct errbuf *text; /* diagnosticMessage of a code that is not 0 */
};

/*
 * Resolves an attribute description of a request. 0; 17 when the type or an option is unknown or
 * ;binary is missing or misplaced.
 */
int modlist_resolve(const struct modlist *m, struct bv text, const struct attr_desc **out)
    __attribute__((warn_unused_result));

/*
 * Checks that a client may set the attribute. 0; 19 when only the server may (RELAX excepts the
 * stamps: UUID, CSN, names and times) or when the attribute is obsolete (RELAX excepts it).
 */
int modlist_check_writable(const struct modlist *m, const struct attr_desc *d)
    __attribute__((warn_unused_result));

/*
 * Checks values about to be added under d. 0; 2 no values; 19 several for a single-valued type; 20
 * a value twice; 21 a value against the syntax, or an unknown object class.
 */
int modlist_check_values(const struct modlist *m, const struct attr_desc *d,
    const struct wire_attr *attr) __attribute__((warn_unused_result));

/* Checks what needs no schema: known operations, values where there must be some. 0 or 2. */
int modlist_check_form(const struct modlist *m, const struct wire_mod *mods, size_t count)
    __attribute__((warn_unused_result));

/*
 * Resolves the descriptions of modifications and checks their values, as far as the request alone
 * can tell. descs_out has room for count. Returns 0, 17, 19 (increment), 20 or 21.
 */
int modlist_check(const struct modlist *m, const struct wire_mod *mods, size_t count,
    const struct attr_desc **descs_out) __attribute__((warn_unused_result));

/*
 * Applies modifications that went through modlist_check, with the descriptions it gave, in order.
 * Returns 0 or 16, 18 to 21; e is then half changed: the caller works on a copy (entry_copy). The
 * complete entry is the caller's to check (entry_check).
 */
int modlist_change(const struct modlist *m, struct entry *e, const struct wire_mod *mods,
    const struct attr_desc *const *descs, size_t count) __attribute__((warn_unused_result));

/* Does all of the above, in this order. Returns 0 or 2, 16 to 21; e as for modlist_change. */
int modlist_apply(const struct modlist *m, struct entry *e, const struct wire_mod *mods,
    size_t count) __attribute__((warn_unused_result));

#endif
