#include "config/confnew.h"

#include "base/err.h"
#include "config/confattr.h"
#include "config/confchange.h"
#include "config/confedit.h"
#include "config/confload.h"
#include "config/confname.h"
#include "config/conftree.h"
#include "config/option.h"
#include "model/schema.h"
#include "wire/message.h"

/*
 * What an add request brings: object classes, which follow from the kind of entry and must
 * agree with it, the name, and options.
 */

static int
wrong_class(const struct confchange *c, struct bv value)
{
	const char *classes[3];
	size_t count = conftree_classes(c->node, classes);

	return err_set(c->e, LDAP_OBJECT_CLASS_VIOLATION,
	    "object class '%.*s' does not fit %s=%.*s; expected %s%s%s",
	    BV(confattr_show(c, value)), conftree_naming(c->node), BV(c->node->name), classes[0],
	    count > 1 ? " and " : "", count > 1 ? classes[1] : "");
}

/* Checks the object classes of a new entry: those of its kind, and nothing else. */
static int
check_classes(const struct confchange *c, const struct wire_attr *values)
{
	const char *classes[3];
	size_t count = conftree_classes(c->node, classes);
	bool enough = c->node->kind != CONF_NODE_DB || c->node->db_type != CONF_DB_MDB;

	for (size_t i = 0; i < values->count; i++) {
		const struct object_class *oc =
		    schema_object_class(c->by->schema, values->values[i]);
		if (oc == NULL)
			return err_set(c->e, LDAP_INVALID_SYNTAX,
			    "objectClass: value #%zu invalid per syntax: there is no class "
			    "\"%.*s\"",
			    i, BV(confattr_show(c, values->values[i])));
		bool fits = bv_is(oc->names[0], "top") || bv_is(oc->names[0], "olcConfig");
		for (size_t k = 0; k < count; k++)
			fits |= bv_is(oc->names[0], classes[k]);
		if (!fits)
			return wrong_class(c, values->values[i]);
		enough |= bv_is(oc->names[0], classes[count - 1]);
	}
	return enough ? 0 : wrong_class(c, values->values[values->count - 1]);
}

/* The naming attribute of a new entry may be given; it must say what the DN says. */
static int
check_name(const struct confchange *c, const struct wire_attr *values)
{
	struct confname name;
	int code;

	for (size_t i = 0; i < values->count; i++) {
		code = confname_read(c->node->parent, bv_str(conftree_naming(c->node)),
		    values->values[i], &name, c->e);
		if (code != 0)
			return code;
		if (!bv_eq_nocase(name.base, confname_base(c->node)) || values->count > 1)
			return err_set(c->e, LDAP_NAMING_VIOLATION,
			    "%s: \"%.*s\" is not what the entry's name says: leave it out, or give "
			    "the same value",
			    conftree_naming(c->node), BV(confattr_show(c, values->values[i])));
	}
	return 0;
}

static int
fill_attr(const struct confchange *c, const struct wire_attr *values, bool *classes_out)
{
	struct confattr attr;
	const struct attr_type *type = schema_attr_type(c->by->schema, values->desc);

	if (c->by->restoring && type != NULL && type->no_user_modification &&
	    confload_stamp(c->tree, c->node, values))
		return 0;
	int code = confattr_find(c, values->desc, &attr);
	if (code != 0)
		return code;
	switch (attr.role) {
	case CONFATTR_CLASSES:
		*classes_out = values->count > 0;
		return check_classes(c, values);
	case CONFATTR_NAME:
		return check_name(c, values);
	case CONFATTR_OPTION:
		break;
	}
	if (conftree_find(c->node, attr.option) != NULL)
		return err_set(c->e, LDAP_TYPE_OR_VALUE_EXISTS,
		    "attribute '%s' provided more than once", attr.option->olc);
	return confchange_add(c, &attr, values, "");
}

int
confnew_fill(const struct confchange *c, const struct wire_add *q)
{
	bool classes = false;

	for (size_t i = 0; i < q->count; i++) {
		int code = fill_attr(c, &q->attrs[i], &classes);
		if (code != 0)
			return code;
	}
	if (!classes)
		return err_set(c->e, LDAP_OBJECT_CLASS_VIOLATION, "no objectClass attribute");
	return confchange_check(c);
}
