#include "tools/ldifentry.h"

#include <stdio.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "wire/ldap.h"
#include "wire/ldif.h"

/*
 * From a record to an entry. What a dump of a server holds is kept byte for byte, so
 * that a dump loads back to the same dump; what a hand-written file leaves out is added.
 */

bool
ldifentry_is_computed(const struct schema *s, const struct attr_type *t)
{
	const struct schema_known *k = schema_known(s);

	return t == k->entry_dn || t == k->has_subordinates || t == k->num_subordinates ||
	       t == k->subschema_subentry;
}

/* Unchecked entries may hold attributes that the schema does not know (any more). */
static int
resolve(const struct ldifentry *how, struct arena *a, struct bv text, const struct attr_desc **out,
    struct errbuf *e)
{
	if (desc_parse(how->schema, a, text, out, e) == 0)
		return 0;
	if (!how->unchecked)
		return LDAP_UNDEFINED_TYPE;
	*out = desc_for_stored(how->schema, a, text);
	return 0;
}

/* Says which value it was: in a file the number alone is little help. */
static int
add_values(const struct ldifentry *how, struct entry *out, const struct attr_desc *d,
    const struct wire_attr *w, struct errbuf *e)
{
	size_t index = 0;
	int rc = entry_add_values(how->schema, out, d, w->values, w->count, &index, e);

	if (rc != LDAP_INVALID_SYNTAX || index >= w->count)
		return rc;
	struct bv v = w->values[index];
	size_t n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": \"%.*s\"", v.n < 60 ? (int)v.n : 60,
	    (const char *)v.p);
	return rc;
}

static int
add_attributes(
    const struct ldifentry *how, const struct ldif_record *rec, struct entry *out, struct errbuf *e)
{
	const struct attr_desc *d;
	int rc = 0;

	for (size_t i = 0; i < rec->attr_count && rc == 0; i++) {
		const struct wire_attr *w = &rec->attrs[i];
		rc = resolve(how, out->arena, w->desc, &d, e);
		if (rc == 0 && !ldifentry_is_computed(how->schema, d->type))
			rc = add_values(how, out, d, w, e);
	}
	return rc;
}

/* Naming values that the record leaves out belong to the entry all the same (RFC 4512 2.3). */
static int
add_naming(const struct ldifentry *how, struct entry *out, struct errbuf *e)
{
	const struct rdn *rdn = &out->dn.rdns[0];
	int rc = 0;

	for (size_t i = 0; i < rdn->ava_count && rc == 0; i++) {
		const struct ava *ava = &rdn->avas[i];
		const struct attr *have = entry_find(out, ava->desc);
		if (have == NULL || !entry_attr_has(have, ava->normal))
			rc = entry_add_values(how->schema, out, ava->desc, &ava->value, 1, NULL, e);
	}
	return rc;
}

int
ldifentry_check(const struct ldifentry *how, const struct entry *e, struct errbuf *text)
{
	return how->unchecked ? 0 : entry_check(how->schema, e, true, NULL, text);
}

struct bv
ldifentry_who(const struct ldifentry *how)
{
	return how->db->has_rootdn ? how->db->rootdn.pretty : BV_LIT("cn=anonymous");
}

int
ldifentry_stamp(const struct ldifentry *how, struct entry *e, const struct attr_type *t,
    struct bv value, struct errbuf *text)
{
	entry_remove(e, desc_of_type(how->schema, t));
	if (entry_put(how->schema, e, t, value) == 0)
		return 0;
	return err_set(text, LDAP_OTHER, "cannot set %.*s to \"%.*s\"", BV(t->names[0]), BV(value));
}

static int
stamp_missing(const struct ldifentry *how, struct entry *e, const struct attr_type *t,
    struct bv value, struct errbuf *text)
{
	if (entry_find(e, desc_of_type(how->schema, t)) != NULL)
		return 0;
	return ldifentry_stamp(how, e, t, value, text);
}

/*
 * structuralObjectClass follows from objectClass; a given one that contradicts it would make every
 * later change of the entry fail, so it is refused here.
 */
static int
set_structural(const struct ldifentry *how, struct entry *e, struct errbuf *text)
{
	const struct schema_known *k = schema_known(how->schema);
	const struct attr *classes = entry_find(e, desc_of_type(how->schema, k->object_class));
	const struct attr *given =
	    entry_find(e, desc_of_type(how->schema, k->structural_object_class));
	const struct object_class *oc = NULL;
	int rc = LDAP_OBJECT_CLASS_VIOLATION;

	if (classes != NULL)
		rc = entry_structural(how->schema, classes, &oc, text);
	if (rc != 0)
		return how->unchecked ? 0 : rc;
	if (given == NULL)
		return ldifentry_stamp(how, e, k->structural_object_class, oc->names[0], text);
	if (how->unchecked || schema_object_class(how->schema, given->values[0]) == oc)
		return 0;
	return err_set(text, LDAP_OBJECT_CLASS_VIOLATION,
	    "structuralObjectClass is '%.*s', but objectClass makes it '%.*s'",
	    BV(given->values[0]), BV(oc->names[0]));
}

/* In the order in which OpenLDAP stores them: people compare dumps. */
static int
stamp(const struct ldifentry *how, struct entry *e, struct errbuf *text)
{
	const struct schema_known *k = schema_known(how->schema);
	char csn[CLOCK_CSN_BYTES], now[CLOCK_GTIME_BYTES], uuid[CLOCK_UUID_BYTES];
	const struct {
		const struct attr_type *type;
		struct bv value;
	} rows[] = {
	    {k->entry_uuid, clock_uuid(uuid)},
	    {k->creators_name, ldifentry_who(how)},
	    {k->create_timestamp, clock_gtime(now)},
	    {k->entry_csn, clock_csn(how->sid, csn)},
	    {k->modifiers_name, ldifentry_who(how)},
	    {k->modify_timestamp, bv_str(now)},
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && rc == 0; i++)
		rc = stamp_missing(how, e, rows[i].type, rows[i].value, text);
	return rc;
}

int
ldifentry_build(const struct ldifentry *how, struct arena *a, const struct ldif_record *rec,
    struct entry *out, struct errbuf *e)
{
	const struct attr_type *oc = schema_known(how->schema)->object_class;
	struct dn dn;
	int rc;

	if (dn_parse(how->schema, a, rec->dn, &dn, e) != 0)
		return LDAP_INVALID_DN_SYNTAX;
	if (dn.rdn_count == 0)
		return err_set(e, LDAP_UNWILLING_TO_PERFORM, "the root DSE is not stored");
	entry_init(out, a, &dn);
	rc = add_attributes(how, rec, out, e);
	if (rc == 0 && !how->unchecked && entry_find(out, desc_of_type(how->schema, oc)) == NULL)
		return err_set(e, LDAP_OBJECT_CLASS_VIOLATION, "no objectClass attribute");
	if (rc == 0)
		rc = add_naming(how, out, e);
	if (rc == 0)
		rc = ldifentry_check(how, out, e);
	if (rc == 0)
		rc = set_structural(how, out, e);
	return rc != 0 || !how->db->lastmod ? rc : stamp(how, out, e);
}
