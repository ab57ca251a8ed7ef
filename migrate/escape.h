#ifndef MIGRATE_ESCAPE_H
#define MIGRATE_ESCAPE_H

/* Distinguished names: writing attribute values into them, and comparing them. */

#include <stdbool.h>
#include "base/arena.h"
#include "base/bv.h"

/*
 * Returns value escaped for an RDN (RFC 4514 2.4): the special characters with a backslash,
 * control characters and NUL as \HH, UTF-8 as it is.
 */
struct bv escape_value(struct arena *arena, struct bv value);

/* Returns "type=value" with the value escaped. */
struct bv escape_rdn(struct arena *arena, const char *type, struct bv value);

/* Returns "rdn,superior", or rdn alone when superior is empty. */
struct bv escape_join(struct arena *arena, struct bv rdn, struct bv superior);

/* Returns whether dn is a distinguished name that the LDAP library can read. */
bool escape_dn_ok(struct arena *arena, struct bv dn);

/*
 * Returns a form of dn in which equal names have equal bytes: types and values in lower case,
 * escapes resolved, the parts of a multi-valued RDN sorted. Text that is no name is returned
 * folded, so that it equals only itself.
 */
struct bv escape_dn_key(struct arena *arena, struct bv dn);

/*
 * Splits dn into its first type, the unescaped value of it, and the superior as text.
 * Returns whether dn has a first RDN of one part; the outputs are untouched when not.
 */
bool escape_first(struct arena *arena, struct bv dn, struct bv *type_out, struct bv *value_out,
    struct bv *up_out);

#endif
