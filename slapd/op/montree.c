#include "op/montree.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "model/entry.h"
#include "model/schema.h"
#include "op/counters.h"
#include "op/memory.h"
#include "op/op.h"
#include "wire/ldap.h"

/* Entries keep the order in which they are added: superiors first, as OpenLDAP lists them. */

static struct bv
gtime(struct arena *a, int64_t epoch_s)
{
	char text[CLOCK_GTIME_BYTES];

	return arena_dup(a, clock_gtime_at(epoch_s, text));
}

void
montree_begin(struct montree *t, struct op *op)
{
	const struct conf_db *db = op->be->conf;
	bool search = op->msg.tag == LDAP_REQ_SEARCH;
	int64_t scope = search ? op->msg.u.search.scope : LDAP_SCOPE_BASE_OBJECT;
	char now[CLOCK_GTIME_BYTES];

	*t = (struct montree){
	    .op = op,
	    .arena = op->arena,
	    .schema = op->world->conf->schema,
	    .base = op->target.normal,
	    .one_level = scope == LDAP_SCOPE_SINGLE_LEVEL,
	    .subtree = scope == LDAP_SCOPE_WHOLE_SUBTREE || scope == LDAP_SCOPE_SUBORDINATES,
	    .creator = db->has_rootdn ? db->rootdn.pretty : BV_LIT(""),
	    .start = gtime(op->arena, counters_start_s()),
	    .now = arena_dup(op->arena, clock_gtime(now)),
	};
}

bool
montree_reaches(const struct montree *t, struct bv text)
{
	struct dn dn;

	if (dn_parse(t->schema, t->arena, text, &dn, NULL) != 0)
		return false;
	if (!bv_eq(dn.normal, t->base) && dn_normal_is_under(t->base, dn.normal))
		return true;
	if (t->one_level)
		return bv_eq(dn.normal, t->base);
	return t->subtree && dn_normal_is_under(dn.normal, t->base);
}

bool
montree_wants(const struct montree *t, struct bv parent_normal, struct bv normal)
{
	bool beside = !bv_eq(t->base, parent_normal) && dn_normal_is_under(t->base, parent_normal);

	return !beside || dn_normal_is_under(t->base, normal);
}

void
montree_put(struct montree *t, struct entry *e, const char *name, struct bv value)
{
	const struct attr_type *type = schema_attr_type(t->schema, bv_str(name));

	if (type == NULL || entry_put(t->schema, e, type, value) != 0)
		log_error("internal: \"%s\" of %.*s cannot be shown", name, BV(e->dn.pretty));
}

void
montree_put_text(struct montree *t, struct entry *e, const char *name, const char *value)
{
	montree_put(t, e, name, bv_str(value));
}

void
montree_put_number(struct montree *t, struct entry *e, const char *name, uint64_t value)
{
	montree_put(t, e, name, arena_printf(t->arena, "%llu", (unsigned long long)value));
}

void
montree_put_bool(struct montree *t, struct entry *e, const char *name, bool value)
{
	montree_put(t, e, name, value ? BV_LIT("TRUE") : BV_LIT("FALSE"));
}

void
montree_put_time(struct montree *t, struct entry *e, const char *name, int64_t epoch_s)
{
	montree_put(t, e, name, gtime(t->arena, epoch_s));
}

struct entry *
montree_add(struct montree *t, struct bv parent, const char *class_name, struct bv cn, bool below)
{
	struct bv text = arena_printf(
	    t->arena, parent.n == 0 ? "cn=%.*s%.*s" : "cn=%.*s,%.*s", BV(cn), BV(parent));
	struct dn dn = {BV_LIT(""), BV_LIT(""), NULL, 0};

	if (t->count == t->cap) {
		size_t cap = t->cap * 2 + 128;
		t->entries = arena_grow(t->arena, t->entries, t->count, cap, sizeof(*t->entries));
		t->cap = cap;
	}
	if (dn_parse(t->schema, t->arena, text, &dn, NULL) != 0)
		log_error("internal: \"%.*s\" cannot be named", BV(text));
	struct entry *e = &t->entries[t->count++];
	entry_init(e, t->arena, &dn);
	montree_put_text(t, e, "objectClass", class_name);
	montree_put_text(t, e, "structuralObjectClass", class_name);
	montree_put(t, e, "cn", cn);
	montree_put(t, e, "creatorsName", t->creator);
	montree_put(t, e, "modifiersName", t->creator);
	montree_put(t, e, "createTimestamp", t->start);
	montree_put(t, e, "modifyTimestamp", t->start);
	montree_put_bool(t, e, "hasSubordinates", below);
	return e;
}

void
montree_add_counter(struct montree *t, struct bv parent, const char *cn, uint64_t value)
{
	struct entry *e = montree_add(t, parent, "monitorCounterObject", bv_str(cn), false);

	montree_put_number(t, e, "monitorCounter", value);
}

void
montree_add_info(
    struct montree *t, struct bv parent, const char *cn, struct bv info, const char *description)
{
	struct entry *e = montree_add(t, parent, "monitoredObject", bv_str(cn), false);

	if (info.n > 0)
		montree_put(t, e, "monitoredInfo", info);
	if (description != NULL)
		montree_put_text(t, e, "description", description);
}

struct bv
montree_add_container(struct montree *t, const char *cn, const char *description, bool below)
{
	struct entry *e =
	    montree_add(t, BV_LIT("cn=Monitor"), "monitorContainer", bv_str(cn), below);

	montree_put_text(t, e, "description", description);
	return e->dn.pretty;
}

const struct memory_db *
montree_end(struct montree *t)
{
	struct memory_db *db = arena_zalloc(t->arena, 1, sizeof(*db));

	memory_build(t->arena, t->schema, t->entries, t->count, db);
	return db;
}
