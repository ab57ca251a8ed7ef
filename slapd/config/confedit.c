#include "config/confedit.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "config/confattr.h"
#include "config/confchange.h"
#include "config/confname.h"
#include "config/confnew.h"
#include "config/confplace.h"
#include "config/conftree.h"
#include "config/option.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/schema.h"
#include "wire/ldif.h"

/*
 * Add, modify, delete and rename in the tree. Each finds its entry, checks the shape of
 * the request, changes the tree, and leaves it complete: frontend and config databases
 * there, siblings numbered, operational attributes set.
 */

struct conf_tree *
confedit_copy(const struct conf_tree *t)
{
	return confplace_copy(t);
}

void
confedit_name_places(struct conf_tree *t)
{
	confplace_forget_files(t->root);
	confplace_name(t, t->root);
}

/* ---- names ---- */

static int
read_dn(const struct confedit_by *by, struct bv text, struct dn *out, struct errbuf *e)
{
	struct errbuf why;

	if (dn_parse(by->schema, by->scratch, text, out, &why) != 0)
		return err_set(e, LDAP_INVALID_DN_SYNTAX, "invalid DN: %s", why.text);
	return 0;
}

/* Walks from the top towards the entry; returns the deepest node on the way and how many RDNs it
 * took. */
static struct conf_node *
walk(const struct conf_tree *t, const struct dn *dn, size_t *depth_out)
{
	struct conf_node *at = NULL;
	size_t depth = 0;

	while (depth < dn->rdn_count) {
		const struct rdn *rdn = &dn->rdns[dn->rdn_count - 1 - depth];
		const struct ava *ava = &rdn->avas[0];
		struct conf_node *next =
		    confname_find(t, at, ava->desc->type->names[0], ava->value);
		if (next == NULL || rdn->ava_count > 1)
			break;
		at = next;
		depth++;
	}
	*depth_out = depth;
	return at;
}

struct bv
confedit_matched(const struct conf_tree *t, const struct confedit_by *by, struct bv dn)
{
	struct errbuf e;
	struct dn name;
	size_t depth;

	if (read_dn(by, dn, &name, &e) != 0)
		return BV_LIT("");
	const struct conf_node *n = walk(t, &name, &depth);
	return n == NULL ? BV_LIT("") : conftree_dn(n, by->scratch);
}

static int
no_entry(const struct dn *dn, struct errbuf *e)
{
	return err_set(e, LDAP_NO_SUCH_OBJECT, "there is no entry \"%.*s\"", BV(dn->pretty));
}

static int
find(const struct conf_tree *t, const struct confedit_by *by, struct bv text,
    struct conf_node **out, struct errbuf *e)
{
	struct dn dn;
	size_t depth;
	int code = read_dn(by, text, &dn, e);

	if (code != 0)
		return code;
	struct conf_node *n = walk(t, &dn, &depth);
	if (n == NULL || depth < dn.rdn_count)
		return no_entry(&dn, e);
	*out = n;
	return 0;
}

/* ---- operational attributes ---- */

static struct bv
who(struct conf_tree *t, const struct confedit_by *by)
{
	return by->dn.n == 0 ? BV_LIT("cn=config") : arena_dup(t->arena, by->dn);
}

static void
stamp(struct conf_tree *t, const struct confedit_by *by, struct conf_node *n)
{
	char csn[CLOCK_CSN_BYTES], now[CLOCK_GTIME_BYTES];

	n->stamp.csn = arena_dup(t->arena, clock_csn(by->server_id, csn));
	n->stamp.modifier = who(t, by);
	n->stamp.modified = arena_dup(t->arena, clock_gtime(now));
}

static void
stamp_new(struct conf_tree *t, const struct confedit_by *by, struct conf_node *n)
{
	char uuid[CLOCK_UUID_BYTES];

	stamp(t, by, n);
	n->stamp.uuid = arena_dup(t->arena, clock_uuid(uuid));
	n->stamp.creator = n->stamp.modifier;
	n->stamp.created = n->stamp.modified;
}

/* ---- add ---- */

static size_t
count_nodes(const struct conf_tree *t, const struct conf_node *parent)
{
	size_t count = 0;

	for (const struct conf_node *n = t->root; n != NULL; n = conftree_next(n))
		count += parent == NULL || n->parent == parent;
	return count;
}

static int
check_room(const struct conf_tree *t, const struct conf_node *parent, struct errbuf *e)
{
	if (count_nodes(t, parent) < CONFNAME_MAX_SIBLINGS &&
	    count_nodes(t, NULL) < CONFNAME_MAX_NODES)
		return 0;
	return err_set(e, LDAP_ADMINLIMIT_EXCEEDED,
	    "cn=config has room for %d entries, %d below one", CONFNAME_MAX_NODES,
	    CONFNAME_MAX_SIBLINGS);
}

/* Refuses what exists already or may exist once only. */
static int
check_new(const struct conf_tree *t, const struct confname *name, bool there, struct errbuf *e)
{
	if (name->is_include)
		return err_set(e, LDAP_UNWILLING_TO_PERFORM,
		    "include entries are not supported: add what the file holds");
	if (name->kind == CONF_NODE_ROOT || name->is_schema_root)
		there = true;
	if (name->kind == CONF_NODE_DB && name->db_type != CONF_DB_MDB)
		there = conftree_db(t, name->db_type) != NULL;
	else if (name->kind == CONF_NODE_DB)
		there = false; /* {n} makes room for itself */
	for (const struct conf_node *n = t->root->first; n != NULL; n = n->next)
		there |= name->kind == CONF_NODE_BACKEND && n->kind == CONF_NODE_BACKEND;
	if (!there)
		return 0;
	if (name->kind == CONF_NODE_DB)
		return err_set(e, LDAP_ALREADY_EXISTS, "database %s is there already",
		    conftree_db_name(name->db_type));
	return err_set(e, LDAP_ALREADY_EXISTS, "entry %.*s is there already", BV(name->base));
}

/* Where a new entry goes. */
struct spot {
	struct conf_node *parent;
	struct confname name;
};

/* Reads the name of a new entry and finds its superior. */
static int
place(const struct conf_tree *t, const struct confedit_by *by, struct bv text, struct spot *out,
    struct errbuf *e)
{
	struct dn dn;
	size_t depth;
	int code = read_dn(by, text, &dn, e);

	if (code != 0)
		return code;
	struct conf_node *n = walk(t, &dn, &depth);
	if (n == NULL)
		return no_entry(&dn, e);
	bool there = depth == dn.rdn_count;
	if (depth + 1 < dn.rdn_count) {
		struct dn superior = dn_parent(&dn);
		return no_entry(&superior, e);
	}
	const struct rdn *rdn = &dn.rdns[0];
	if (rdn->ava_count > 1)
		return err_set(e, LDAP_NAMING_VIOLATION,
		    "\"%.*s\": entries of cn=config have one name attribute", BV(rdn->pretty));
	out->parent = there ? n->parent : n;
	code = confname_read(
	    out->parent, rdn->avas[0].desc->type->names[0], rdn->avas[0].value, &out->name, e);
	return code == 0 ? check_new(t, &out->name, there, e) : code;
}

int
confedit_add(struct conf_tree *t, const struct confedit_by *by, const struct wire_add *q,
    struct bv *dn_out, struct errbuf *e)
{
	struct spot spot = {.parent = NULL};
	int code = place(t, by, q->dn, &spot, e);

	if (code == 0)
		code = check_room(t, spot.parent, e);
	if (code != 0)
		return code;
	struct confname name = spot.name;
	int number = name.has_number ? name.number : -1;
	struct bv text = confname_text(t->arena, name.kind, name.base, 0);
	struct conf_node *n = conftree_add(t, spot.parent, name.kind, INT16_MAX, text);
	n->db_type = name.db_type;
	confplace_insert(t, n, number);
	struct confchange c = {t, by, n, e, (const char *)conftree_dn(n, t->arena).p};
	code = confnew_fill(&c, q);
	if (code != 0)
		return code;
	if (!by->restoring)
		stamp_new(t, by, n);
	confplace_name(t, n);
	conftree_complete(t);
	if (dn_out != NULL)
		*dn_out = conftree_dn(n, t->arena);
	return 0;
}

/* ---- modify ---- */

/* Writing the classes there are is harmless; other classes would be another kind of entry. */
static int
modify_classes(const struct confchange *c, const struct wire_mod *mod)
{
	const char *classes[3];
	size_t count = conftree_classes(c->node, classes), same = 0;

	for (size_t i = 0; i < mod->attr.count; i++) {
		for (size_t k = 0; k < count; k++)
			same += bv_is(mod->attr.values[i], classes[k]);
	}
	if (mod->op == LDAP_MOD_OP_REPLACE && same == count && mod->attr.count == count)
		return 0;
	return err_set(c->e, LDAP_UNWILLING_TO_PERFORM,
	    "objectclass modification disallowed: the classes of %.*s follow from its kind",
	    BV(conftree_dn(c->node, c->by->scratch)));
}

static int
modify_one(const struct confchange *c, const struct wire_mod *mod)
{
	struct confattr attr;
	int code = confattr_find(c, mod->attr.desc, &attr);

	if (code != 0)
		return code;
	switch (attr.role) {
	case CONFATTR_CLASSES:
		return modify_classes(c, mod);
	case CONFATTR_NAME:
		return err_set(c->e, LDAP_NOT_ALLOWED_ON_RDN,
		    "Use modrdn to change the entry name: %s=%.*s", conftree_naming(c->node),
		    BV(c->node->name));
	case CONFATTR_OPTION:
		break;
	}
	return confchange_apply(c, &attr, mod);
}

/* Checks what a request leaves of the ordered attributes that it touched, each once. */
static int
check_order(const struct confchange *c, const struct wire_modify *q)
{
	size_t count;
	const struct option *rows = option_rows(&count);
	bool *seen = arena_zalloc(c->by->scratch, count, sizeof(*seen));
	struct confattr attr;
	int code = 0;

	for (size_t i = 0; code == 0 && i < q->count; i++) {
		if (confattr_find(c, q->mods[i].attr.desc, &attr) != 0 || attr.option == NULL ||
		    seen[attr.option - rows])
			continue;
		seen[attr.option - rows] = true;
		code = confchange_check_values(c, &attr);
	}
	return code;
}

int
confedit_modify(struct conf_tree *t, const struct confedit_by *by, const struct wire_modify *q,
    struct errbuf *e)
{
	struct confchange c = {t, by, NULL, e, ""};
	int code = find(t, by, q->dn, &c.node, e);

	if (code == 0)
		c.place = (const char *)conftree_dn(c.node, t->arena).p;
	for (size_t i = 0; code == 0 && i < q->count; i++)
		code = modify_one(&c, &q->mods[i]);
	if (code == 0)
		code = check_order(&c, q);
	if (code == 0)
		code = confchange_check(&c);
	if (code != 0)
		return code;
	stamp(t, by, c.node);
	conftree_complete(t);
	return 0;
}

/* ---- delete ---- */

int
confedit_delete(struct conf_tree *t, const struct confedit_by *by, struct bv dn, struct errbuf *e)
{
	struct conf_node *n;
	int code = find(t, by, dn, &n, e);

	if (code != 0)
		return code;
	if (n == t->root || n == t->schema)
		return err_set(e, LDAP_UNWILLING_TO_PERFORM,
		    "%.*s cannot be deleted: it belongs to every configuration",
		    BV(conftree_dn(n, by->scratch)));
	if (n->kind == CONF_NODE_DB && n->number <= 0)
		return err_set(e, LDAP_UNWILLING_TO_PERFORM,
		    "Cannot delete config or frontend database: every configuration has them");
	if (n->first != NULL)
		return err_set(e, LDAP_NOT_ALLOWED_ON_NONLEAF,
		    "%.*s has entries below it; delete those first",
		    BV(conftree_dn(n, by->scratch)));
	confplace_remove(t, n);
	return 0;
}

/* ---- rename ---- */

static int
check_renamed(const struct conf_node *n, const struct rdn *rdn, struct errbuf *e)
{
	if (!confname_is_numbered(n) || (n->kind == CONF_NODE_DB && n->number <= 0))
		return err_set(e, LDAP_UNWILLING_TO_PERFORM,
		    "renaming not allowed for this entry: %s=%.*s has this name in every "
		    "configuration",
		    conftree_naming(n), BV(n->name));
	if (rdn->ava_count > 1 || !bv_is(rdn->avas[0].desc->type->names[0], conftree_naming(n)))
		return err_set(e, LDAP_NAMING_VIOLATION, "\"%.*s\": the entry is named by %s alone",
		    BV(rdn->pretty), conftree_naming(n));
	return 0;
}

/* Only schema entries have a name of one's own. */
static int
check_new_name(const struct conf_node *n, const struct confname *name, struct errbuf *e)
{
	if (name->is_include || name->is_schema_root || name->kind != n->kind)
		return err_set(
		    e, LDAP_UNWILLING_TO_PERFORM, "the entry cannot become another kind");
	if (n->kind == CONF_NODE_DB && name->db_type != n->db_type)
		return err_set(e, LDAP_UNWILLING_TO_PERFORM,
		    "changing database/overlay type not allowed: %.*s stays a database %s",
		    BV(n->name), conftree_db_name(n->db_type));
	if (n->kind == CONF_NODE_SCHEMA && name->has_number && name->number != n->number)
		return err_set(e, LDAP_UNWILLING_TO_PERFORM,
		    "schema reordering not supported: later entries build on earlier ones; keep "
		    "the number {%d}, or delete the entry and add it again",
		    n->number);
	if (n->kind != CONF_NODE_SCHEMA && !name->has_number)
		return err_set(e, LDAP_NAMING_VIOLATION,
		    "new ordering index is required: {n} says where the entry goes");
	return 0;
}

static int
check_superior(const struct conf_tree *t, const struct confedit_by *by, const struct conf_node *n,
    struct bv superior, struct errbuf *e)
{
	struct conf_node *to;

	if (superior.p == NULL)
		return 0;
	int code = find(t, by, superior, &to, e);
	if (code != 0 || to == n->parent)
		return code;
	return err_set(e, LDAP_UNWILLING_TO_PERFORM,
	    "an entry of cn=config stays below its superior, %.*s",
	    BV(conftree_dn(n->parent, by->scratch)));
}

static void
move(struct conf_tree *t, struct conf_node *n, const struct confname *name)
{
	struct conf_node *parent = n->parent;
	int number = name->has_number ? name->number : n->number;

	confplace_remove(t, n);
	if (parent->last != NULL)
		parent->last->next = n;
	else
		parent->first = n;
	parent->last = n;
	n->name = confname_text(t->arena, n->kind, name->base, 0);
	n->number = INT16_MAX;
	confplace_insert(t, n, number);
	confplace_name(t, n);
}

int
confedit_rename(struct conf_tree *t, const struct confedit_by *by, const struct wire_moddn *q,
    struct bv *dn_out, struct errbuf *e)
{
	struct conf_node *n = NULL;
	struct confname name;
	struct errbuf why;
	struct rdn rdn;
	int code = find(t, by, q->dn, &n, e);

	if (code != 0)
		return code;
	if (dn_parse_rdn(by->schema, by->scratch, q->new_rdn, &rdn, &why) != 0)
		return err_set(e, LDAP_INVALID_DN_SYNTAX, "invalid new RDN: %s", why.text);
	code = check_renamed(n, &rdn, e);
	if (code == 0)
		code = check_superior(t, by, n, q->new_superior, e);
	if (code == 0)
		code = confname_read(
		    n->parent, rdn.avas[0].desc->type->names[0], rdn.avas[0].value, &name, e);
	if (code == 0)
		code = check_new_name(n, &name, e);
	if (code != 0)
		return code;
	move(t, n, &name);
	stamp(t, by, n);
	if (dn_out != NULL)
		*dn_out = conftree_dn(n, t->arena);
	return 0;
}

/* ---- LDIF ---- */

int
confedit_record(struct conf_tree *t, const struct confedit_by *by, const struct ldif_record *rec,
    struct errbuf *e)
{
	struct wire_add add = {rec->dn, rec->attrs, rec->attr_count};
	struct wire_modify modify = {rec->dn, rec->mods, rec->mod_count};

	switch (rec->change) {
	case LDIF_CONTENT:
	case LDIF_ADD:
		return confedit_add(t, by, &add, NULL, e);
	case LDIF_MODIFY:
		return confedit_modify(t, by, &modify, e);
	case LDIF_DELETE:
		return confedit_delete(t, by, rec->dn, e);
	case LDIF_MODRDN:
		break;
	}
	return confedit_rename(t, by, &rec->moddn, NULL, e);
}
