#include "tools/change.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/entry.h"
#include "model/schema.h"
#include "op/modlist.h"
#include "store/record.h"
#include "store/store.h"
#include "tools/common.h"
#include "wire/ldap.h"
#include "wire/ldif.h"

/* The administrator works on the files: access rules do not apply, the schema does. */

static int
missing(const struct change *c, const char *what, struct bv dn)
{
	return err_set(
	    c->text, LDAP_NO_SUCH_OBJECT, "no such %s \"%.*s\" in database", what, BV(dn));
}

static int
find(const struct change *c, const struct dn *dn, const char *what, uint64_t *id_out)
{
	uint64_t nearest;
	int rc = store_find(store_write_reader(c->write), dn, id_out, &nearest);

	if (rc == ERR_NOT_FOUND)
		return missing(c, what, dn->pretty);
	return rc == 0 ? 0 : err_set(c->text, rc, "%s", err_text(rc));
}

static int
parse_dn(const struct change *c, struct bv text, struct dn *out)
{
	if (dn_parse(c->how.schema, c->arena, text, out, c->text) != 0)
		return LDAP_INVALID_DN_SYNTAX;
	if (out->rdn_count == 0)
		return err_set(c->text, LDAP_UNWILLING_TO_PERFORM, "the root DSE is not stored");
	return 0;
}

int
change_load(const struct change *c, const struct dn *dn, uint64_t *id_out, struct entry *out)
{
	struct store_read *r = store_write_reader(c->write);
	struct record rec;
	struct bv pretty;
	struct dn stored;
	int rc = find(c, dn, "entry", id_out);

	if (rc != 0)
		return rc;
	rc = store_get(r, *id_out, &rec, c->text);
	if (rc == 0)
		rc = store_dn(r, &rec, c->arena, &pretty, NULL);
	if (rc == 0)
		rc = dn_parse(c->how.schema, c->arena, pretty, &stored, c->text);
	if (rc != 0)
		return rc;
	entry_init(out, c->arena, &stored);
	rc = record_decode(&rec, store_read_map(r), c->arena, out);
	out->dn = stored;
	return rc == 0 ? 0 : err_set(c->text, rc, "%s", err_text(rc));
}

/* Whether the record itself sets the attribute: then it stays as given. */
static bool
is_given(const struct change *c, const struct ldif_record *rec, const struct attr_type *t)
{
	for (size_t i = 0; i < rec->mod_count; i++)
		if (schema_attr_type(c->how.schema, rec->mods[i].attr.desc) == t)
			return true;
	return false;
}

static int
stamp(const struct change *c, const struct ldif_record *rec, struct entry *e)
{
	const struct schema_known *k = schema_known(c->how.schema);
	char csn[CLOCK_CSN_BYTES], now[CLOCK_GTIME_BYTES];
	const struct {
		const struct attr_type *type;
		struct bv value;
	} rows[] = {
	    {k->entry_csn, clock_csn(c->how.sid, csn)},
	    {k->modifiers_name, ldifentry_who(&c->how)},
	    {k->modify_timestamp, clock_gtime(now)},
	};
	int rc = 0;

	if (!c->how.db->lastmod)
		return 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && rc == 0; i++)
		if (!is_given(c, rec, rows[i].type))
			rc = ldifentry_stamp(&c->how, e, rows[i].type, rows[i].value, c->text);
	return rc;
}

/* structuralObjectClass follows the object classes. */
static int
restructure(const struct change *c, struct entry *e)
{
	const struct schema_known *k = schema_known(c->how.schema);
	const struct attr *classes = entry_find(e, desc_of_type(c->how.schema, k->object_class));
	const struct object_class *oc;

	if (c->how.unchecked || classes == NULL)
		return 0;
	int rc = entry_structural(c->how.schema, classes, &oc, c->text);
	const struct attr *now =
	    entry_find(e, desc_of_type(c->how.schema, k->structural_object_class));
	if (rc != 0 || (now != NULL && schema_object_class(c->how.schema, now->values[0]) == oc))
		return rc;
	return ldifentry_stamp(&c->how, e, k->structural_object_class, oc->names[0], c->text);
}

static int
finish(const struct change *c, const struct ldif_record *rec, struct entry *e)
{
	int rc = ldifentry_check(&c->how, e, c->text);

	if (rc == 0)
		rc = restructure(c, e);
	return rc == 0 ? stamp(c, rec, e) : rc;
}

int
change_modify(const struct change *c, const struct ldif_record *rec, uint64_t *id_out)
{
	struct modlist m = {c->how.schema, c->arena, MODLIST_RELAX, c->text};
	struct entry e;
	struct dn dn;
	int rc = parse_dn(c, rec->dn, &dn);

	if (rc == 0)
		rc = change_load(c, &dn, id_out, &e);
	if (rc == 0)
		rc = modlist_apply(&m, &e, rec->mods, rec->mod_count);
	if (rc == 0)
		rc = finish(c, rec, &e);
	return rc == 0 ? store_replace(c->write, *id_out, &e, c->text) : rc;
}

int
change_delete(const struct change *c, const struct ldif_record *rec, uint64_t *id_out)
{
	struct dn dn;
	int rc = parse_dn(c, rec->dn, &dn);

	if (rc == 0)
		rc = find(c, &dn, "entry", id_out);
	if (rc != 0)
		return rc;
	if (store_has_children(store_write_reader(c->write), *id_out))
		return err_set(c->text, LDAP_NOT_ALLOWED_ON_NONLEAF,
		    "subordinate objects must be deleted first");
	return store_delete(c->write, *id_out, c->text);
}

static int
find_superior(const struct change *c, const struct dn *dn, uint64_t *out)
{
	struct dn superior;

	*out = 0;
	if (common_is_top(c->how.db, dn))
		return 0;
	superior = dn_parent(dn);
	return find(c, &superior, "superior", out);
}

int
change_add(const struct change *c, const struct ldif_record *rec, uint64_t *id_out)
{
	struct entry e;
	uint64_t parent, there;
	int rc = ldifentry_build(&c->how, c->arena, rec, &e, c->text);

	if (rc == 0 && find(c, &e.dn, "entry", &there) == 0)
		return err_set(
		    c->text, LDAP_ALREADY_EXISTS, "an entry of this name is there already");
	if (rc == 0)
		rc = find_superior(c, &e.dn, &parent);
	return rc == 0 ? store_add(c->write, parent, &e, id_out, c->text) : rc;
}

static int
rename_values(const struct change *c, const struct rdn *rdn, bool add, struct entry *e)
{
	int rc = 0;

	for (size_t i = 0; i < rdn->ava_count && rc == 0; i++) {
		const struct ava *ava = &rdn->avas[i];
		const struct attr *a = entry_find(e, ava->desc);
		if (add == (a != NULL && entry_attr_has(a, ava->normal)))
			continue;
		if (add)
			rc = entry_add_values(
			    c->how.schema, e, ava->desc, &ava->value, 1, NULL, c->text);
		else
			rc = entry_delete_values(
			    c->how.schema, e, ava->desc, &ava->value, 1, c->text);
	}
	return rc;
}

/* The new name of e, and what may stand in its way. */
static int
new_name(const struct change *c, const struct wire_moddn *q, const struct entry *e,
    struct rdn *rdn_out, struct dn *dn_out)
{
	struct dn superior = dn_parent(&e->dn);

	if (common_is_top(c->how.db, &e->dn))
		return err_set(
		    c->text, LDAP_UNWILLING_TO_PERFORM, "the suffix entry cannot be renamed");
	if (dn_parse_rdn(c->how.schema, c->arena, q->new_rdn, rdn_out, c->text) != 0)
		return LDAP_INVALID_DN_SYNTAX;
	if (q->new_superior.p != NULL &&
	    dn_parse(c->how.schema, c->arena, q->new_superior, &superior, c->text) != 0)
		return LDAP_INVALID_DN_SYNTAX;
	if (dn_normal_is_under(superior.normal, e->dn.normal))
		return err_set(
		    c->text, LDAP_UNWILLING_TO_PERFORM, "cannot place an entry below itself");
	*dn_out = dn_join(c->arena, rdn_out, &superior);
	return 0;
}

int
change_rename(const struct change *c, const struct ldif_record *rec, uint64_t *id_out)
{
	const struct wire_moddn *q = &rec->moddn;
	uint64_t parent, there;
	struct entry e;
	struct rdn rdn;
	struct dn dn, name;
	int rc = parse_dn(c, rec->dn, &dn);

	if (rc == 0)
		rc = change_load(c, &dn, id_out, &e);
	if (rc == 0)
		rc = new_name(c, q, &e, &rdn, &name);
	if (rc == 0)
		rc = find_superior(c, &name, &parent);
	if (rc == 0 && find(c, &name, "entry", &there) == 0 && there != *id_out)
		return err_set(
		    c->text, LDAP_ALREADY_EXISTS, "an entry of this name is there already");
	if (rc == 0 && q->delete_old_rdn)
		rc = rename_values(c, &e.dn.rdns[0], false, &e);
	if (rc == 0)
		rc = rename_values(c, &rdn, true, &e);
	e.dn = rc == 0 ? name : e.dn;
	if (rc == 0)
		rc = finish(c, rec, &e);
	return rc == 0 ? store_move(c->write, *id_out, parent, &e, c->text) : rc;
}
