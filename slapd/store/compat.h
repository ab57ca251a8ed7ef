#ifndef SLAPD_STORE_COMPAT_H
#define SLAPD_STORE_COMPAT_H

/* Whether stored entries and indexes mean the same under another schema. */

struct attr_type;
struct errbuf;
struct generation;
struct schema;
struct store_read;

/* Returns how fresh (NULL: gone) treats values otherwise than was, as a phrase such as "given
 * another syntax", or NULL when it does not. */
const char *compat_difference(const struct attr_type *was, const struct attr_type *fresh);

/*
 * Checks that fresh gives all entries the meaning that r's schema gives them. 0; ERR_CONFIG with a
 * text that names the definition and an entry; ERR_*. r's transaction is open.
 */
int compat_check(struct store_read *r, const struct schema *fresh, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Inside r's write transaction, when g's schema defines types that r's did not have though
 * entries hold them: starts the indexes of their superior types anew, which left those entries out.
 * 0 or ERR_*.
 */
int compat_restart(struct store_read *r, const struct generation *g)
    __attribute__((warn_unused_result));

#endif
