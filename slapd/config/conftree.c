#include "config/conftree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "config/option.h"

/*
 * The cn=config tree in memory. Children are kept in a list, sorted once by
 * conftree_complete: modules, schema, backends, databases, each by number, which
 * is the order in which they take effect and in which slapd.d names them.
 */

struct conf_tree *
conftree_new(void)
{
	struct arena *a = arena_new(16384);
	struct conf_tree *t = arena_zalloc(a, 1, sizeof(*t));

	arena_set_secret(a);
	t->arena = a;
	t->root = conftree_add(t, NULL, CONF_NODE_ROOT, 0, BV_LIT("config"));
	t->schema = conftree_add(t, t->root, CONF_NODE_SCHEMA, 0, BV_LIT("schema"));
	return t;
}

void
conf_tree_free(struct conf_tree **t)
{
	if (*t == NULL)
		return;
	struct arena *a = (*t)->arena;
	*t = NULL;
	arena_free(&a);
}

struct conf_node *
conftree_add(struct conf_tree *t, struct conf_node *parent, enum conf_node_kind kind, int number,
    struct bv name)
{
	struct conf_node *n = arena_zalloc(t->arena, 1, sizeof(*n));

	n->kind = kind;
	n->number = number;
	n->name = arena_dup(t->arena, name);
	n->parent = parent;
	n->file = "";
	if (parent == NULL)
		return n;
	if (parent->last == NULL)
		parent->first = n;
	else
		parent->last->next = n;
	parent->last = n;
	return n;
}

static int
node_order(const void *x, const void *y)
{
	const struct conf_node *a = *(struct conf_node *const *)x;
	const struct conf_node *b = *(struct conf_node *const *)y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return bv_cmp(a->name, b->name);
}

void
conftree_sort(struct conf_tree *t, struct conf_node *parent)
{
	size_t count = 0, i = 0;

	for (struct conf_node *n = parent->first; n != NULL; n = n->next)
		count++;
	if (count < 2)
		return;
	struct conf_node **all = arena_zalloc(t->arena, count, sizeof(*all));
	for (struct conf_node *n = parent->first; n != NULL; n = n->next)
		all[i++] = n;
	qsort(all, count, sizeof(*all), node_order);
	for (i = 0; i < count; i++)
		all[i]->next = i + 1 < count ? all[i + 1] : NULL;
	parent->first = all[0];
	parent->last = all[count - 1];
}

/* Walks every node without const. */
static struct conf_node *
walk(struct conf_node *n)
{
	if (n->first != NULL)
		return n->first;
	while (n != NULL && n->next == NULL)
		n = n->parent;
	return n == NULL ? NULL : n->next;
}

const struct conf_node *
conftree_next(const struct conf_node *n)
{
	if (n->first != NULL)
		return n->first;
	while (n != NULL && n->next == NULL)
		n = n->parent;
	return n == NULL ? NULL : n->next;
}

/* Fills what a reader did not find; one moment for the whole tree. */
static void
complete_stamp(struct conf_tree *t, struct conf_node *n, struct bv now)
{
	char uuid[CLOCK_UUID_BYTES], csn[CLOCK_CSN_BYTES];
	struct conf_stamp *s = &n->stamp;

	if (s->uuid.n == 0)
		s->uuid = arena_dup(t->arena, clock_uuid(uuid));
	if (s->csn.n == 0)
		s->csn = arena_dup(t->arena, clock_csn(0, csn));
	if (s->creator.n == 0)
		s->creator = BV_LIT("cn=config");
	if (s->created.n == 0)
		s->created = now;
	if (s->modifier.n == 0)
		s->modifier = s->creator;
	if (s->modified.n == 0)
		s->modified = s->created;
}

void
conftree_complete(struct conf_tree *t)
{
	const struct option *rootdn = option_by_keyword(BV_LIT("rootdn"));
	struct conf_value admin = {BV_LIT("cn=config"), "built in", 0};
	char now[CLOCK_GTIME_BYTES];
	struct bv stamp = arena_dup(t->arena, clock_gtime(now));

	conftree_db_need(t, CONF_DB_FRONTEND);
	struct conf_node *config = conftree_db_need(t, CONF_DB_CONFIG);
	if (conftree_find(config, rootdn) == NULL)
		conftree_put(t, config, rootdn, &admin);
	for (struct conf_node *n = t->root; n != NULL; n = walk(n))
		complete_stamp(t, n, stamp);
	for (struct conf_node *n = t->root; n != NULL; n = walk(n))
		conftree_sort(t, n);
}

struct conf_node *
conftree_db(const struct conf_tree *t, enum conf_db_type type)
{
	for (struct conf_node *n = t->root->first; n != NULL; n = n->next) {
		if (n->kind == CONF_NODE_DB && n->db_type == type)
			return n;
	}
	return NULL;
}

struct conf_node *
conftree_db_need(struct conf_tree *t, enum conf_db_type type)
{
	struct conf_node *n = conftree_db(t, type);
	bool front = type == CONF_DB_FRONTEND;

	if (n != NULL)
		return n;
	n = conftree_add(t, t->root, CONF_NODE_DB, front ? -1 : 0,
	    front ? BV_LIT("{-1}frontend") : BV_LIT("{0}config"));
	n->db_type = type;
	return n;
}

static const char *const db_names[] = {
    [CONF_DB_FRONTEND] = "frontend",
    [CONF_DB_CONFIG] = "config",
    [CONF_DB_MDB] = "mdb",
    [CONF_DB_MONITOR] = "monitor",
};

const char *
conftree_db_name(enum conf_db_type type)
{
	return db_names[type];
}

int
conftree_db_type(struct bv name, enum conf_db_type *out, struct errbuf *e)
{
	for (size_t i = 0; i < sizeof(db_names) / sizeof(db_names[0]); i++) {
		if (bv_is(name, db_names[i])) {
			*out = (enum conf_db_type)i;
			return 0;
		}
	}
	if (bv_is(name, "hdb") || bv_is(name, "bdb"))
		return err_set(e, ERR_CONFIG,
		    "database %.*s is not built in: use mdb, and move the data with slapcat and "
		    "slapadd",
		    BV(name));
	return err_set(e, ERR_CONFIG,
	    "database %.*s is not built in; expected mdb, monitor, config or frontend", BV(name));
}

struct conf_attr *
conftree_find(const struct conf_node *n, const struct option *o)
{
	for (size_t i = 0; i < n->count; i++) {
		if (n->attrs[i].option == o)
			return &n->attrs[i];
	}
	return NULL;
}

/* Returns the option's attribute, made when missing. */
static struct conf_attr *
attr_need(struct conf_tree *t, struct conf_node *n, const struct option *o)
{
	struct conf_attr *attr = conftree_find(n, o);

	if (attr != NULL)
		return attr;
	if (n->count == n->cap) {
		size_t cap = n->cap == 0 ? 8 : n->cap * 2;
		n->attrs = arena_grow(t->arena, n->attrs, n->cap, cap, sizeof(*n->attrs));
		n->cap = cap;
	}
	attr = &n->attrs[n->count++];
	*attr = (struct conf_attr){o, NULL, 0, 0};
	return attr;
}

void
conftree_put(
    struct conf_tree *t, struct conf_node *n, const struct option *o, const struct conf_value *v)
{
	struct conf_attr *attr = attr_need(t, n, o);

	if (attr->count == attr->cap) {
		size_t cap = attr->cap == 0 ? 1 : attr->cap * 2;
		attr->values =
		    arena_grow(t->arena, attr->values, attr->cap, cap, sizeof(*attr->values));
		attr->cap = cap;
	}
	attr->values[attr->count] = *v;
	attr->values[attr->count++].text = arena_dup(t->arena, v->text);
}

void
conftree_remove(struct conf_node *n, const struct option *o)
{
	struct conf_attr *attr = conftree_find(n, o);

	if (attr == NULL)
		return;
	size_t at = (size_t)(attr - n->attrs);
	memmove(attr, attr + 1, (n->count - at - 1) * sizeof(*attr));
	n->count--;
}

size_t
conftree_classes(const struct conf_node *n, const char *classes_out[3])
{
	static const char *const db[] = {
	    [CONF_DB_FRONTEND] = "olcFrontendConfig",
	    [CONF_DB_CONFIG] = NULL,
	    [CONF_DB_MDB] = "olcMdbConfig",
	    [CONF_DB_MONITOR] = "olcMonitorConfig",
	};
	static const char *const one[] = {
	    [CONF_NODE_ROOT] = "olcGlobal",
	    [CONF_NODE_MODULE] = "olcModuleList",
	    [CONF_NODE_SCHEMA] = "olcSchemaConfig",
	    [CONF_NODE_BACKEND] = "olcBackendConfig",
	    [CONF_NODE_DB] = "olcDatabaseConfig",
	};
	size_t count = 0;

	classes_out[count++] = one[n->kind];
	if (n->kind == CONF_NODE_BACKEND)
		classes_out[count++] = "olcMdbBkConfig";
	if (n->kind == CONF_NODE_DB && db[n->db_type] != NULL)
		classes_out[count++] = db[n->db_type];
	return count;
}

bool
conftree_name_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != 0 && strchr("-_.{}", c) != NULL);
}

const char *
conftree_naming(const struct conf_node *n)
{
	if (n->kind == CONF_NODE_DB)
		return "olcDatabase";
	return n->kind == CONF_NODE_BACKEND ? "olcBackend" : "cn";
}

struct bv
conftree_dn(const struct conf_node *n, struct arena *a)
{
	struct bv dn = arena_printf(a, "%s=%.*s", conftree_naming(n), BV(n->name));

	for (n = n->parent; n != NULL; n = n->parent)
		dn = arena_printf(a, "%.*s,%s=%.*s", BV(dn), conftree_naming(n), BV(n->name));
	return dn;
}

unsigned
conftree_scope(const struct conf_node *n)
{
	switch (n->kind) {
	case CONF_NODE_ROOT:
		return OPTION_GLOBAL | OPTION_SCHEMA;
	case CONF_NODE_MODULE:
		return OPTION_MODULE;
	case CONF_NODE_SCHEMA:
		return OPTION_SCHEMA;
	case CONF_NODE_BACKEND:
		return OPTION_BACKEND;
	case CONF_NODE_DB:
		break;
	}
	if (n->db_type == CONF_DB_FRONTEND)
		return OPTION_FRONTEND | OPTION_DB;
	return n->db_type == CONF_DB_MDB ? OPTION_DB | OPTION_MDB : OPTION_DB;
}

void
conftree_warn(struct conf_tree *t, const char *fmt, ...)
{
	struct conf_warning *w = arena_alloc(t->arena, sizeof(*w));
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_error("warning: %s", text);
	*w = (struct conf_warning){t->warnings, arena_dup(t->arena, bv_str(text))};
	t->warnings = w;
}

int
conftree_blame(const struct conf_value *v, struct errbuf *e, int code)
{
	if (v->line == 0)
		return err_prefix(e, code, "%s", v->file);
	return err_prefix(e, code, "%s:%lu", v->file, v->line);
}

bool
conftree_ordered(struct bv text, int *number_out, struct bv *rest_out)
{
	int64_t number;
	size_t end = bv_find(text, 0, '}');

	*rest_out = text;
	if (text.n < 3 || text.p[0] != '{' || end == text.n || end > 5)
		return false;
	if (!bv_to_i64(bv_make(text.p + 1, end - 1), &number) || number < -1)
		return false;
	*number_out = (int)number;
	*rest_out = bv_from(text, end + 1);
	return true;
}
