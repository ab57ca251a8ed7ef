#include "config/confname.h"

#include "base/arena.h"
#include "base/err.h"
#include "wire/ldap.h"

/*
 * One set of rules for the reader of slapd.d and for changes over LDAP. A name becomes
 * the name of a file, so only letters, digits and a few signs may be in it.
 */

static int
check_bytes(struct bv name, struct errbuf *e)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!conftree_name_byte(name.p[i]))
			return err_set(e, LDAP_NAMING_VIOLATION,
			    "entry name \"%.*s\" holds a character that is not a letter, digit, "
			    "'-', '_' or '.'",
			    BV(name));
	}
	if (name.n > 200)
		return err_set(e, LDAP_NAMING_VIOLATION, "the name is longer than 200 bytes");
	return name.n > 0 ? 0 : err_set(e, LDAP_NAMING_VIOLATION, "the entry has no name");
}

/* Splits "{n}rest". */
static void
cut_front(struct bv name, struct confname *out)
{
	out->number = 0;
	out->has_number = conftree_ordered(name, &out->number, &out->base);
}

/* Splits "rest{n}". */
static void
cut_back(struct bv name, struct confname *out)
{
	size_t brace = bv_find(name, 0, '{');
	struct bv rest;

	out->base = name;
	out->number = 0;
	if (brace == name.n || !conftree_ordered(bv_from(name, brace), &out->number, &rest))
		return;
	out->has_number = rest.n == 0 && out->number >= 0;
	if (out->has_number)
		out->base.n = brace;
}

static bool
has_brace(struct bv b)
{
	return bv_find(b, 0, '{') < b.n || bv_find(b, 0, '}') < b.n;
}

static int
read_cn(const struct conf_node *parent, struct bv name, struct confname *out, struct errbuf *e)
{
	if (parent->kind == CONF_NODE_SCHEMA && parent->parent->kind == CONF_NODE_ROOT) {
		out->kind = CONF_NODE_SCHEMA;
		cut_front(name, out);
	} else if (parent->kind != CONF_NODE_ROOT) {
		return err_set(e, LDAP_OBJECT_CLASS_VIOLATION,
		    "entry cn=%.*s is not known here: parts of the schema stand below cn=schema",
		    BV(name));
	} else if (bv_is(name, "schema")) {
		out->kind = CONF_NODE_SCHEMA;
		out->is_schema_root = true;
		out->base = name;
	} else {
		out->kind = CONF_NODE_MODULE;
		cut_back(name, out);
		out->is_include = bv_is(out->base, "include");
	}
	if (has_brace(out->base) || out->base.n == 0 || out->number < 0)
		return err_set(e, LDAP_NAMING_VIOLATION,
		    "cn=%.*s: expected cn=module{n}, or cn={n}name below cn=schema, n from 0 to %d",
		    BV(name), CONFNAME_MAX_NUMBER);
	return 0;
}

static int
read_database(struct bv name, struct confname *out, struct errbuf *e)
{
	out->kind = CONF_NODE_DB;
	cut_front(name, out);
	if (has_brace(out->base))
		return err_set(e, LDAP_NAMING_VIOLATION,
		    "olcDatabase=%.*s: expected {n} with a number from 1 to %d, or none", BV(name),
		    CONFNAME_MAX_NUMBER);
	if (conftree_db_type(out->base, &out->db_type, e) != 0)
		return LDAP_UNWILLING_TO_PERFORM;
	bool fits = out->number > 0;
	if (out->db_type == CONF_DB_FRONTEND)
		fits = out->number == -1;
	else if (out->db_type == CONF_DB_CONFIG)
		fits = out->number == 0;
	if (out->has_number && !fits)
		return err_set(e, LDAP_NAMING_VIOLATION,
		    "olcDatabase=%.*s: the frontend is {-1}, config {0}, all others {1} or higher",
		    BV(name));
	return 0;
}

static int
read_backend(struct bv name, struct confname *out, struct errbuf *e)
{
	out->kind = CONF_NODE_BACKEND;
	cut_front(name, out);
	if (!bv_is(out->base, "mdb"))
		return err_set(e, LDAP_UNWILLING_TO_PERFORM,
		    "backend %.*s is not built in; expected mdb", BV(out->base));
	if (out->number < 0)
		return err_set(e, LDAP_NAMING_VIOLATION,
		    "olcBackend=%.*s: expected {n} from 0, or none", BV(name));
	return 0;
}

static int
read_below(const struct conf_node *parent, struct bv type, struct bv value, struct confname *out,
    struct errbuf *e)
{
	if (bv_is(type, "olcOverlay"))
		return err_set(e, LDAP_UNWILLING_TO_PERFORM,
		    "overlay %.*s is not built in: this version has no overlays", BV(value));
	if (bv_is(type, "cn"))
		return read_cn(parent, value, out, e);
	if (bv_is(type, "olcDatabase") && parent->kind == CONF_NODE_ROOT)
		return read_database(value, out, e);
	if (bv_is(type, "olcBackend") && parent->kind == CONF_NODE_ROOT)
		return read_backend(value, out, e);
	return err_set(e, LDAP_OBJECT_CLASS_VIOLATION,
	    "entry %.*s=%.*s is not known here; below cn=config stand cn=module, cn=schema, "
	    "olcBackend and olcDatabase",
	    BV(type), BV(value));
}

int
confname_read(const struct conf_node *parent, struct bv type, struct bv value, struct confname *out,
    struct errbuf *e)
{
	struct confname name = {.kind = CONF_NODE_ROOT, .whole = value, .base = value};
	int code = check_bytes(value, e);

	if (code != 0)
		return code;
	if (parent != NULL)
		code = read_below(parent, type, value, &name, e);
	else if (!bv_is(type, "cn") || !bv_is(value, "config"))
		code = err_set(e, LDAP_NAMING_VIOLATION, "the entry is not cn=config");
	if (code == 0)
		*out = name;
	return code;
}

bool
confname_is_numbered(const struct conf_node *n)
{
	switch (n->kind) {
	case CONF_NODE_ROOT:
		return false;
	case CONF_NODE_SCHEMA:
		return n->parent->kind == CONF_NODE_SCHEMA;
	case CONF_NODE_MODULE:
	case CONF_NODE_BACKEND:
	case CONF_NODE_DB:
		break;
	}
	return true;
}

struct bv
confname_text(struct arena *a, enum conf_node_kind kind, struct bv base, int number)
{
	if (kind == CONF_NODE_MODULE)
		return arena_printf(a, "%.*s{%d}", BV(base), number);
	return arena_printf(a, "{%d}%.*s", number, BV(base));
}

struct bv
confname_base(const struct conf_node *n)
{
	struct confname name = {.base = n->name};

	if (!confname_is_numbered(n))
		return n->name;
	if (n->kind == CONF_NODE_MODULE)
		cut_back(n->name, &name);
	else
		cut_front(n->name, &name);
	return name.base;
}

struct conf_node *
confname_find(
    const struct conf_tree *t, const struct conf_node *parent, struct bv type, struct bv value)
{
	struct conf_node *n = parent == NULL ? t->root : parent->first;

	for (; n != NULL; n = n->next) {
		if (bv_is(type, conftree_naming(n)) && bv_eq_nocase(value, n->name))
			return n;
	}
	return NULL;
}
