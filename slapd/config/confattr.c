#include "config/confattr.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/confchange.h"
#include "config/confedit.h"
#include "config/conftree.h"
#include "config/option.h"
#include "model/schema.h"
#include "wire/ldap.h"

/*
 * A description is looked up in the schema, by name or OID, and leads to a row of the
 * option table; the row's scope says whether the entry may have it.
 */

enum { SHOWN_BYTES = 80 };

struct bv
confattr_show(const struct confchange *c, struct bv text)
{
	struct bv shown = text;

	if (shown.n > SHOWN_BYTES)
		shown.n = SHOWN_BYTES;
	char *copy = arena_str(c->by->scratch, shown);
	for (size_t i = 0; i < shown.n; i++) {
		if (shown.p[i] < 0x20 || shown.p[i] >= 0x7f)
			copy[i] = '?';
	}
	return text.n > SHOWN_BYTES ? arena_printf(c->by->scratch, "%s...", copy)
				    : bv_make(copy, shown.n);
}

static int
undefined(const struct confchange *c, struct bv name)
{
	const char *near = option_nearest_olc(name);
	struct bv shown = confattr_show(c, name);

	if (near == NULL)
		return err_set(
		    c->e, LDAP_UNDEFINED_TYPE, "%.*s: attribute type undefined", BV(shown));
	return err_set(c->e, LDAP_UNDEFINED_TYPE,
	    "%.*s: attribute type undefined; did you mean %s?", BV(shown), near);
}

/* Returns where an option belongs, for a text. */
static const char *
home_of(const struct option *o)
{
	static const struct {
		unsigned scope;
		const char *where;
	} homes[] = {
	    {OPTION_GLOBAL, "cn=config"},
	    {OPTION_FRONTEND, "olcDatabase={-1}frontend,cn=config"},
	    {OPTION_DB, "a database (olcDatabase={n}...,cn=config)"},
	    {OPTION_MDB, "a database of type mdb"},
	    {OPTION_MODULE, "cn=module{n},cn=config"},
	    {OPTION_SCHEMA, "an entry below cn=schema,cn=config"},
	    {OPTION_BACKEND, "olcBackend={n}mdb,cn=config"},
	};

	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++) {
		if ((o->scope & homes[i].scope) != 0)
			return homes[i].where;
	}
	return "slapd.conf";
}

static int
not_allowed(const struct confchange *c, struct bv name, const struct option *o)
{
	struct bv dn = conftree_dn(c->node, c->by->scratch);

	if (o == NULL)
		return err_set(c->e, LDAP_OBJECT_CLASS_VIOLATION,
		    "attribute '%.*s' not allowed in %.*s: it is no option of the server", BV(name),
		    BV(dn));
	return err_set(c->e, LDAP_OBJECT_CLASS_VIOLATION,
	    "attribute '%.*s' not allowed in %.*s; it belongs in %s", BV(name), BV(dn), home_of(o));
}

/* Options of a description: ;binary where it belongs, nothing else. */
static int
check_tags(const struct confchange *c, struct bv desc, const struct option *o)
{
	size_t semi = bv_find(desc, 0, ';');

	if (semi == desc.n)
		return 0;
	if ((o->flags & OPTION_F_BINARY) != 0 && bv_is(bv_from(desc, semi), ";binary"))
		return 0;
	return err_set(c->e, LDAP_UNDEFINED_TYPE,
	    "%.*s: options of attributes have no meaning in cn=config; leave out what follows %s",
	    BV(confattr_show(c, desc)), o->olc);
}

/* An attribute of the schema that is no option. */
static int
foreign(const struct confchange *c, const struct attr_type *type, struct confattr *out)
{
	struct bv name = type->names[0];

	if (bv_is(name, "objectClass")) {
		*out = (struct confattr){CONFATTR_CLASSES, NULL, type};
		return 0;
	}
	if (bv_is(name, "cn") && bv_is(name, conftree_naming(c->node))) {
		*out = (struct confattr){CONFATTR_NAME, NULL, type};
		return 0;
	}
	if (type->no_user_modification)
		return err_set(c->e, LDAP_CONSTRAINT_VIOLATION,
		    "%.*s: no user modification allowed: the server sets it", BV(name));
	return not_allowed(c, name, NULL);
}

int
confattr_find(const struct confchange *c, struct bv desc, struct confattr *out)
{
	struct bv name = bv_make(desc.p, bv_find(desc, 0, ';'));
	const struct attr_type *type = schema_attr_type(c->by->schema, name);

	if (type == NULL)
		return undefined(c, name);
	const struct option *o = option_by_olc(type->names[0]);
	if (o == NULL)
		return desc.n == name.n ? foreign(c, type, out) : not_allowed(c, desc, NULL);
	if ((o->flags & OPTION_F_NODE) != 0 && bv_is(type->names[0], conftree_naming(c->node))) {
		*out = (struct confattr){CONFATTR_NAME, NULL, type};
		return 0;
	}
	if ((o->flags & OPTION_F_NODE) != 0 || (o->scope & conftree_scope(c->node)) == 0)
		return not_allowed(c, type->names[0], o);
	*out = (struct confattr){CONFATTR_OPTION, o, type};
	return check_tags(c, desc, o);
}
