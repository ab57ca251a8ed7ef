#include "op/target.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/op.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/store.h"
#include "wire/ldap.h"
#include "wire/url.h"

/*
 * From a DN in a request to an entry in a database, or to the right refusal:
 * noSuchObject with the matched superior, or a referral (RFC 4511 4.1.9, RFC 3296 5).
 */

int
target_parse(struct op *op, struct bv text, struct dn *out)
{
	struct errbuf e;

	if (dn_parse(op->world->conf->schema, op->arena, text, out, &e) != 0)
		return op_fail(op, LDAP_INVALID_DN_SYNTAX, "invalid DN");
	return 0;
}

/* Names the nearest entry, from this one upwards, that may be disclosed. Hidden entries are passed
 * over like absent ones, or matchedDN would tell one from the other. */
static int
absent(struct op *op, struct store_read *r, uint64_t id)
{
	struct record rec;
	struct bv pretty, normal;
	struct errbuf e = {""};

	op->matched = BV_NONE;
	for (; id != 0; id = rec.parent) {
		int err = store_get(r, id, &rec, &e);
		if (err == 0)
			err = store_dn(r, &rec, op->arena, &pretty, &normal);
		if (err != 0)
			return op_store_error(op, err, e.text);
		struct acl_entry at = access_stored(r, id, &rec, normal);
		if (!access_entry(op, &at, ACL_B_DISCLOSE))
			continue;
		op->matched = pretty;
		break;
	}
	return op_code(op, LDAP_NO_SUCH_OBJECT);
}

int
target_hide(struct op *op, const struct acl_entry *e)
{
	op->text = BV_NONE;
	if (e->read == NULL)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	return absent(op, e->read, e->record->parent);
}

int
target_refuse(struct op *op, const struct acl_entry *e, const char *text)
{
	if (!access_entry(op, e, ACL_B_DISCLOSE))
		return target_hide(op, e);
	return op_fail(op, LDAP_INSUFFICIENT_ACCESS, "%s", text);
}

int
target_absent(struct op *op)
{
	if (op->be->conf->type != CONF_DB_MDB)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	return op_fail(op, LDAP_UNAVAILABLE,
	    "database %.*s could not be opened, so the rescue does not serve it; see the log",
	    BV(op->be->conf->name));
}

int
target_demand(struct op *op, const struct acl_entry *e, const struct acl_target *t, unsigned want,
    const char *text)
{
	return access_demand(op, e, t, want) ? 0 : target_refuse(op, e, text);
}

int
target_default_referral(struct op *op, struct bv dn_pretty, const char *scope_suffix, int code)
{
	const struct conf *c = op->world->conf;

	if (c->referral_count == 0)
		return code;
	op->referrals = arena_zalloc(op->arena, c->referral_count, sizeof(struct bv));
	for (size_t i = 0; i < c->referral_count; i++) {
		struct errbuf e;
		struct url u;
		op->referrals[i] = c->referrals[i];
		if (url_parse(op->arena, c->referrals[i], &u, &e) == 0 && !u.has_dn) {
			u.has_dn = dn_pretty.n > 0;
			u.dn = dn_pretty;
			op->referrals[i] = arena_printf(
			    op->arena, "%.*s%s", BV(url_print(op->arena, &u)), scope_suffix);
		}
	}
	op->referral_count = c->referral_count;
	op->text = BV_NONE;
	return op_code(op, LDAP_REFERRAL);
}

static int
refuse_root_dse(struct op *op)
{
	if (op->msg.tag == LDAP_REQ_ADD)
		return op_fail(op, LDAP_ALREADY_EXISTS, "root DSE already exists");
	if (op->msg.tag == LDAP_REQ_DELETE)
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "cannot delete the root DSE");
	if (op->msg.tag == LDAP_REQ_MODDN)
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "cannot rename the root DSE");
	return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "modify upon the root DSE not supported");
}

int
target_refuse_special(struct op *op, const struct dn *dn)
{
	if (dn->rdn_count == 0)
		return world_backend(op->world, dn->normal) == NULL ? refuse_root_dse(op) : 0;
	if (!bv_eq(dn->normal, op->world->subschema.entries[0].dn.normal))
		return 0;
	if (op->msg.tag == LDAP_REQ_ADD)
		return op_fail(op, LDAP_ALREADY_EXISTS, "subschema subentry already exists");
	if (op->msg.tag == LDAP_REQ_MODIFY)
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM,
		    "modification of subschema subentry not supported");
	return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "cannot %s subschema subentry",
	    op->msg.tag == LDAP_REQ_MODDN ? "rename" : "delete");
}

static int
check_writable(struct op *op)
{
	const struct conf_db *db = op->be->conf;

	if (db->type == CONF_DB_MONITOR && op->msg.tag == LDAP_REQ_MODIFY)
		return 0;
	if (op->be->memory != NULL || op->be->store == NULL) {
		if (db->type == CONF_DB_MDB)
			return target_absent(op);
		if (!op_is_root(op, op->be))
			return op_code(op, LDAP_INSUFFICIENT_ACCESS);
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM,
		    "this part of the directory is changed in the server's configuration files");
	}
	if (db->readonly || op->be->writer == NULL) {
		if (db->update_ref_count > 0)
			return target_default_referral(op, op->target.pretty, "",
			    op_fail(op, LDAP_UNWILLING_TO_PERFORM, "operation restricted"));
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "operation restricted");
	}
	const char *broken = writer_failure(op->be->writer);
	if (broken != NULL)
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM,
		    "the database is read-only after a failed write; see the server's log");
	return 0;
}

int
target_backend_for_write(struct op *op, const struct dn *dn)
{
	int code = target_refuse_special(op, dn);

	if (code != 0)
		return code;
	op->be = world_backend(op->world, dn->normal);
	if (op->be == NULL || dn->rdn_count == 0)
		return target_default_referral(op, dn->pretty, "",
		    op_fail(op, LDAP_UNWILLING_TO_PERFORM, "no global superior knowledge"));
	return check_writable(op);
}

/* Puts the request's DN where the referral's stood: the part above at is exchanged for the URL's
 * DN. */
static struct bv
rewrite_dn(struct op *op, const struct url *u, struct bv at_pretty, struct bv dn_pretty)
{
	if (!u->has_dn || u->dn.n == 0)
		return dn_pretty;
	struct bv rest = dn_pretty;
	for (size_t n = dn_text_depth(dn_pretty); n > dn_text_depth(at_pretty); n--)
		rest = dn_text_parent(rest);
	struct bv head = bv_make(dn_pretty.p, (size_t)(rest.p - dn_pretty.p));
	return arena_printf(op->arena, "%.*s%.*s", BV(head), BV(u->dn));
}

static int
scope_of(const char *suffix)
{
	static const char *const suffixes[] = {
	    [LDAP_SCOPE_BASE_OBJECT] = "??base",
	    [LDAP_SCOPE_SINGLE_LEVEL] = "??one",
	    [LDAP_SCOPE_WHOLE_SUBTREE] = "??sub",
	    [LDAP_SCOPE_SUBORDINATES] = "??subordinate",
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(suffix, suffixes[i]) == 0)
			return (int)i;
	}
	return -1;
}

/* What else the URL says, a scope of its own above all, is the administrator's and stays. */
static struct bv
rewrite_url(struct op *op, struct bv ref, struct bv at, struct bv dn_pretty, const char *suffix)
{
	struct url u;
	struct errbuf e;

	/* A label may follow the URI (RFC 2079); only the URI is for clients. */
	ref.n = bv_find(ref, 0, ' ');
	/* Nothing to exchange and no scope to say: the URI stays as it was written. */
	if ((*suffix == 0 && dn_text_depth(at) == dn_text_depth(dn_pretty)) ||
	    url_parse(op->arena, ref, &u, &e) != 0)
		return ref;
	u.dn = rewrite_dn(op, &u, at, dn_pretty);
	u.has_dn = true;
	if (u.scope < 0)
		u.scope = scope_of(suffix);
	return url_print(op->arena, &u);
}

size_t
target_ref_urls(struct op *op, struct store_read *r, const struct record *rec, struct bv at_pretty,
    struct bv dn_pretty, const char *scope_suffix, struct bv **urls_out)
{
	const struct schema *s = op->world->conf->schema;
	const struct attr_map *map = store_read_map(r);
	struct record_attr ref;
	struct bv value, normal;
	size_t n = 0;

	uint32_t id = attr_map_id(map, desc_of_type(s, schema_known(s)->ref));
	if (id == 0 || !record_find(rec, id, &ref))
		return 0;
	*urls_out = arena_zalloc(op->arena, ref.count, sizeof(struct bv));
	struct record_values it = record_values_of(&ref);
	while (n < ref.count && record_next_value(&it, &value, &normal))
		(*urls_out)[n++] = rewrite_url(
		    op, arena_dup(op->arena, value), at_pretty, dn_pretty, scope_suffix);
	return n;
}

int
target_refer(struct op *op, struct store_read *r, const struct record *rec, const struct dn *target,
    const char *scope_suffix)
{
	struct bv at;

	op->access_asked = true;
	if (store_dn(r, rec, op->arena, &at, NULL) != 0)
		return op_store_error(op, ERR_CORRUPT, "");
	op->matched = at;
	op->referral_count =
	    target_ref_urls(op, r, rec, at, target->pretty, scope_suffix, &op->referrals);
	if (op->referral_count == 0)
		return op_fail(
		    op, LDAP_OTHER, "the referral entry \"%.*s\" has no usable ref value", BV(at));
	return op_code(op, LDAP_REFERRAL);
}

/* Whether a referral entry sends this operation elsewhere. */
static bool
refers(const struct op *op, const struct record *rec)
{
	return (rec->flags & RECORD_REFERRAL) != 0 &&
	       (op->ctl.given & (OP_CTL_MANAGE_DSA_IT | OP_CTL_DOMAIN_SCOPE)) == 0;
}

/* Under domain scope there are no referrals, and what a referral entry stands for is elsewhere. */
static bool
is_out_of_domain(const struct op *op, const struct record *rec)
{
	return (rec->flags & RECORD_REFERRAL) != 0 &&
	       (op->ctl.given & (OP_CTL_MANAGE_DSA_IT | OP_CTL_DOMAIN_SCOPE)) ==
		   OP_CTL_DOMAIN_SCOPE;
}

/* Whether the referral may be told of; for a search it is the base, too, that must be open. */
static int
check_found(struct op *op, const struct acl_entry *e, bool refers_away)
{
	const struct acl_target on_entry = access_on_entry();

	if (op->msg.tag == LDAP_REQ_SEARCH)
		return target_demand(op, e, &on_entry, ACL_B_SEARCH, "");
	if (refers_away && !access_entry(op, e, ACL_B_DISCLOSE))
		return target_hide(op, e);
	return 0;
}

static int
not_found(struct op *op, struct store_read *r, const struct dn *dn, const char *scope_suffix,
    uint64_t superior)
{
	struct record rec;
	struct errbuf e = {""};
	struct bv normal;

	op->access_asked = true;
	if (superior == 0)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	int err = store_get(r, superior, &rec, &e);
	if (err == 0)
		err = store_dn(r, &rec, op->arena, NULL, &normal);
	if (err != 0)
		return op_store_error(op, err, e.text);
	struct acl_entry at = access_stored(r, superior, &rec, normal);
	if (refers(op, &rec) && access_entry(op, &at, ACL_B_DISCLOSE))
		return target_refer(op, r, &rec, dn, scope_suffix);
	return absent(op, r, superior);
}

int
target_find(struct op *op, struct store_read *r, const struct dn *dn, const char *scope_suffix,
    uint64_t *id_out, struct record *rec_out)
{
	uint64_t id, superior = 0;
	struct errbuf e = {""};

	int err = store_find(r, dn, &id, &superior);
	if (err == ERR_NOT_FOUND)
		return not_found(op, r, dn, scope_suffix, superior);
	if (err == 0)
		err = store_get(r, id, rec_out, &e);
	if (err != 0)
		return op_store_error(op, err, e.text);
	if (is_out_of_domain(op, rec_out))
		return not_found(op, r, dn, scope_suffix, id);
	struct acl_entry at = access_stored(r, id, rec_out, dn->normal);
	int code = check_found(op, &at, refers(op, rec_out));
	if (code != 0)
		return code;
	if (refers(op, rec_out))
		return target_refer(op, r, rec_out, dn, scope_suffix);
	*id_out = id;
	return 0;
}

bool
target_has_glued(const struct op *op)
{
	const struct backend *sub;
	size_t from = 0;

	while ((sub = world_glued(op->world, op->be, &from)) != NULL) {
		if (dn_normal_is_under(sub->conf->suffixes[0].normal, op->target.normal))
			return true;
	}
	return false;
}
