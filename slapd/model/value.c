#include "value.h"

#include "base/err.h"
#include "rule.h"
#include "schema.h"

/*
 * Values of objectClass and structuralObjectClass have the OID syntax, but only names of
 * known object classes are values (RFC 4512 3.3); they are stored under the canonical name.
 */

static bool
holds_classes(const struct schema *s, const struct attr_type *t)
{
	const struct schema_known *known = schema_known(s);

	return t == known->object_class || t == known->structural_object_class;
}

static int
class_name(const struct schema *s, struct bv in, struct bv *out)
{
	const struct object_class *oc = schema_object_class(s, in);

	if (oc == NULL)
		return ERR_SYNTAX;
	*out = oc->names[0];
	return 0;
}

static int
stored_form(const struct schema *s, struct arena *a, const struct attr_type *t, struct bv in,
    struct bv *out)
{
	const struct syntax *syntax = t->syntax;

	if (holds_classes(s, t))
		return class_name(s, in, out);
	if (syntax->pretty != NULL)
		return syntax->pretty(s, a, in, out);
	*out = in;
	return syntax->validate == NULL ? 0 : syntax->validate(s, in);
}

int
value_prepare(const struct schema *s, struct arena *a, const struct attr_type *t, struct bv in,
    struct bv *value_out, struct bv *normal_out)
{
	struct bv value, normal;
	int rc = stored_form(s, a, t, in, &value);

	if (rc != 0)
		return rc;
	normal = value;
	if (t->equality != NULL)
		rc = rule_normalize(t->equality, s, a, value, &normal);
	if (rc != 0)
		return rc;
	*value_out = value;
	*normal_out = normal;
	return 0;
}
