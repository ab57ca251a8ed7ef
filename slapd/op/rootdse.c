#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "op/controls.h"
#include "op/extended.h"
#include "op/memory.h"
#include "op/world.h"
#include "wire/ldif.h"

/* The root DSE (RFC 4512 5.1), the subschema subentry (RFC 4512 4.2) and cn=Monitor, built at
 * start. */

static const char *const features[] = {
    "1.3.6.1.1.14",	      /* modify-increment, RFC 4525 */
    "1.3.6.1.4.1.4203.1.5.1", /* all operational attributes, RFC 3673 */
    "1.3.6.1.4.1.4203.1.5.2", /* requesting attributes by object class, RFC 4529 */
    "1.3.6.1.4.1.4203.1.5.3", /* absolute true and false filters, RFC 4526 */
    "1.3.6.1.4.1.4203.1.5.4", /* language tags, RFC 3866 */
    "1.3.6.1.4.1.4203.1.5.5", /* language ranges, RFC 3866 */
};

/* Adds a value when the schema knows the attribute; the built-in schema knows all that are put
 * here. */
static void
put(const struct schema *s, struct entry *e, const char *name, struct bv value)
{
	const struct attr_type *t = schema_attr_type(s, bv_str(name));

	if (t == NULL || entry_put(s, e, t, value) != 0)
		log_error("internal: \"%s\" cannot be published", name);
}

static void
put_suffixes(const struct world *w, struct entry *e)
{
	for (size_t i = 0; i < w->conf->db_count; i++) {
		const struct conf_db *db = &w->conf->dbs[i];
		if (db->type == CONF_DB_CONFIG)
			put(w->conf->schema, e, "configContext", BV_LIT("cn=config"));
		if (db->type == CONF_DB_MONITOR)
			put(w->conf->schema, e, "monitorContext", BV_LIT("cn=Monitor"));
		if (db->type != CONF_DB_MDB || db->hidden || (db->subordinate && !db->advertise))
			continue;
		for (size_t j = 0; j < db->suffix_count; j++)
			put(w->conf->schema, e, "namingContexts", db->suffixes[j].pretty);
	}
}

static void
put_capabilities(const struct conf *c, struct entry *e, bool local)
{
	size_t n;
	const char *oid;
	const struct schema *s = c->schema;
	const char *const *oids = controls_supported(&n);

	for (size_t i = 0; i < n; i++)
		put(s, e, "supportedControl", bv_str(oids[i]));
	for (size_t i = 0; (oid = extended_supported(c, i)) != NULL; i++)
		put(s, e, "supportedExtension", bv_str(oid));
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		put(s, e, "supportedFeatures", bv_str(features[i]));
	put(s, e, "supportedLDAPVersion", BV_LIT("3"));
	if (local)
		put(s, e, "supportedSASLMechanisms", BV_LIT("EXTERNAL"));
}

/* Adds the attributes of one rootdse file (slapd.conf(5) rootdse). */
static int
put_file(const struct world *w, struct entry *e, struct bv path)
{
	struct errbuf text = {""};
	struct ldif_record rec;
	const struct schema *s = w->conf->schema;
	const char *name = arena_str(w->arena, path);
	FILE *f = fopen(name, "re");
	int err = f == NULL ? err_set(&text, ERR_IO, "%s: cannot be opened", name) : 0;
	struct ldif_reader *r = f == NULL ? NULL : ldif_reader_new(f, name, 0);

	while (err == 0 && ldif_next(r, w->arena, &rec, &text) > 0) {
		for (size_t i = 0; i < rec.attr_count && err == 0; i++) {
			const struct attr_desc *d;
			err = desc_parse(s, w->arena, rec.attrs[i].desc, &d, &text);
			if (err == 0 && d->type->single_value)
				entry_remove(e, d);
			if (err == 0 && entry_add_values(s, e, d, rec.attrs[i].values,
					    rec.attrs[i].count, NULL, &text) != 0)
				err = ERR_CONFIG;
		}
	}
	if (err != 0)
		log_error("rootdse %s: %s", name, text.text);
	if (r != NULL)
		ldif_reader_free(&r);
	if (f != NULL)
		fclose(f);
	return err;
}

static int
build(struct world *w, bool local, struct memory_db *out)
{
	const struct schema *s = w->conf->schema;
	struct dn root = {BV_LIT(""), BV_LIT(""), NULL, 0};
	struct entry e;

	entry_init(&e, w->arena, &root);
	put(s, &e, "objectClass", BV_LIT("top"));
	put(s, &e, "objectClass", BV_LIT("OpenLDAProotDSE"));
	put(s, &e, "structuralObjectClass", BV_LIT("OpenLDAProotDSE"));
	put_suffixes(w, &e);
	put_capabilities(w->conf, &e, local);
	put(s, &e, "vendorName", BV_LIT("Muster"));
	put(s, &e, "vendorVersion", BV_LIT("Muster " MUSTER_VERSION));
	for (size_t i = 0; i < w->conf->rootdse_file_count; i++) {
		int err = put_file(w, &e, w->conf->rootdse_files[i]);
		if (err != 0)
			return err;
	}
	memory_build(w->arena, s, &e, 1, out);
	return out->count == 1 ? 0 : ERR_CORRUPT;
}

int
memory_build_rootdse(struct world *w)
{
	int err = build(w, false, &w->rootdse);

	return err == 0 ? build(w, true, &w->rootdse_local) : err;
}

int
memory_build_subschema(struct world *w)
{
	static const char *const published[] = {"ldapSyntaxes", "matchingRules", "matchingRuleUse",
	    "attributeTypes", "objectClasses", "dITContentRules"};
	static const char *const classes[] = {"top", "subentry", "subschema", "extensibleObject"};
	const struct schema *s = w->conf->schema;
	char now[CLOCK_GTIME_BYTES];
	struct dn dn;
	struct entry e;

	if (dn_parse(s, w->arena, BV_LIT("cn=Subschema"), &dn, NULL) != 0)
		return ERR_CORRUPT;
	entry_init(&e, w->arena, &dn);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		put(s, &e, "objectClass", bv_str(classes[i]));
	put(s, &e, "cn", BV_LIT("Subschema"));
	put(s, &e, "structuralObjectClass", BV_LIT("subentry"));
	put(s, &e, "createTimestamp", arena_dup(w->arena, clock_gtime(now)));
	put(s, &e, "modifyTimestamp", arena_dup(w->arena, clock_gtime(now)));
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
		struct bv *values;
		size_t n = schema_publish(s, w->arena, bv_str(published[i]), &values);
		for (size_t j = 0; j < n; j++)
			put(s, &e, published[i], values[j]);
	}
	memory_build(w->arena, s, &e, 1, &w->subschema);
	return w->subschema.count == 1 ? 0 : ERR_CORRUPT;
}

int
memory_build_monitor(struct world *w, struct memory_db *out)
{
	const struct schema *s = w->conf->schema;
	char now[CLOCK_GTIME_BYTES];
	struct dn dn;
	struct entry e;

	if (dn_parse(s, w->arena, BV_LIT("cn=Monitor"), &dn, NULL) != 0)
		return ERR_CORRUPT;
	entry_init(&e, w->arena, &dn);
	put(s, &e, "objectClass", BV_LIT("monitorServer"));
	put(s, &e, "structuralObjectClass", BV_LIT("monitorServer"));
	put(s, &e, "cn", BV_LIT("Monitor"));
	put(s, &e, "description", BV_LIT("What this server tells about itself"));
	put(s, &e, "monitoredInfo", BV_LIT("Muster: slapd " MUSTER_VERSION));
	put(s, &e, "createTimestamp", arena_dup(w->arena, clock_gtime(now)));
	memory_build(w->arena, s, &e, 1, out);
	return out->count == 1 ? 0 : ERR_CORRUPT;
}
