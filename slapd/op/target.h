#ifndef SLAPD_OP_TARGET_H
#define SLAPD_OP_TARGET_H

/* Finding the entry a request names: backend, referrals, matchedDN (RFC 4511 4.1.9, 4.1.10; RFC
 * 3296). */

#include <stdbool.h>
#include <stdint.h>
#include "base/bv.h"
#include "store/record.h"

struct acl_entry;
struct acl_target;
struct dn;
struct op;
struct store_read;

/* Parses the request's DN into *out; 34 "invalid DN" when it is not one. */
int target_parse(struct op *op, struct bv text, struct dn *out);

/*
 * Refuses a write to the root DSE or the subschema, which are the server's own: 53 or 68. 0 for
 * every other name; nothing is looked up.
 */
int target_refuse_special(struct op *op, const struct dn *dn);

/*
 * Chooses op->be for a write to dn: 53 "no global superior knowledge" or a default referral when no
 * database holds it; read-only databases and special entries refuse.
 */
int target_backend_for_write(struct op *op, const struct dn *dn);

/*
 * Finds dn in op->be through r. 0 with *id_out and *rec_out; otherwise the code to answer: 32 with
 * matchedDN (disclosed only as access allows), or 10 with the referral at or above it, when it may
 * be disclosed. The base of a search must be open to search: else 50, or 32 when it is hidden.
 * Under ManageDsaIT referral entries are ordinary ones (RFC 3296 3), under domain scope there are
 * none. scope_suffix ("??sub" ...; may be "") is put behind rewritten referral URLs.
 */
int target_find(struct op *op, struct store_read *r, const struct dn *dn, const char *scope_suffix,
    uint64_t *id_out, struct record *rec_out);

/* Fills op->referrals from a referral entry, rewritten for the target (RFC 3296 5.5). Returns 10.
 */
int target_refer(struct op *op, struct store_read *r, const struct record *rec,
    const struct dn *target, const char *scope_suffix);

/* Returns the rewritten values of ref, in the op's arena. at: the referral entry's DN. */
size_t target_ref_urls(struct op *op, struct store_read *r, const struct record *rec,
    struct bv at_pretty, struct bv dn_pretty, const char *scope_suffix, struct bv **urls_out);

/* Answers with the default referral, scope_suffix as above, or code when there is none. */
int target_default_referral(struct op *op, struct bv dn_pretty, const char *scope_suffix, int code);

/* The answer for a database that holds nothing: 52 when a rescue left it out, else 32. */
int target_absent(struct op *op);

/*
 * Demands want on a target of the entry (access.h). 0; 50 with the text; or, when the entry's
 * existence may not be disclosed, what is answered for absent entries: 32 with the nearest
 * superior that may be seen.
 */
int target_demand(struct op *op, const struct acl_entry *e, const struct acl_target *t,
    unsigned want, const char *text);

/* Answers 50 with the text, or as for an absent entry when this one may not be disclosed. */
int target_refuse(struct op *op, const struct acl_entry *e, const char *text);

/* Answers for an entry that is hidden as for one that is absent. */
int target_hide(struct op *op, const struct acl_entry *e);

/* Returns whether a database glued under op->be lies at or below the target. */
bool target_has_glued(const struct op *op);

#endif
