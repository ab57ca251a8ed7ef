#include "base.h"

#include <stdio.h>

#include "base/err.h"
#include "escape.h"

/*
 * These entries are made when they are missing and never changed: the base of a
 * directory that exists belongs to its administrator.
 */

static struct record *
new_container(struct migration *m, enum map_id map, struct bv dn)
{
	struct report_place place = {map, "base", 0};
	struct record *rec = record_new(m->arena, &place);

	rec->container = true;
	rec->dn = dn;
	rec->key = escape_dn_key(m->arena, dn);
	return rec;
}

static void
fill_organization(struct migration *m, struct record *rec, struct bv name)
{
	const char *organization = m->opt->organization;

	record_add(rec, ATTR_O, organization == NULL ? name : bv_str(organization));
}

/* Fills the base entry after the type of its RDN. Returns whether that type is one we can make. */
static bool
fill_base(struct migration *m, struct record *rec, struct bv type, struct bv name)
{
	if (bv_is(type, "dc")) {
		record_classes(rec, "organization dcObject");
		record_add(rec, ATTR_DC, name);
		fill_organization(m, rec, name);
	} else if (bv_is(type, "o")) {
		record_classes(rec, "organization");
		record_add(rec, ATTR_O, name);
	} else if (bv_is(type, "ou")) {
		record_classes(rec, "organizationalUnit");
		record_add(rec, ATTR_OU, name);
	} else {
		return false;
	}
	return true;
}

static int
make_base(struct migration *m)
{
	struct record *rec = new_container(m, MAP_BASE, m->base);
	struct bv type, name, up;

	if (!escape_first(m->arena, m->base, &type, &name, &up) || !fill_base(m, rec, type, name)) {
		fprintf(stderr,
		    "ldapmigrate: cannot make the base \"%.*s\": only dc=, o= and ou= can be made; "
		    "make it "
		    "and the containers yourself and say --no-base\n",
		    BV(m->base));
		return ERR_SYNTAX;
	}
	record_list_add(&m->records, rec);
	return 0;
}

/* Makes the levels of the container, the highest first. */
static void
make_container(struct migration *m, enum map_id map, struct bv relative)
{
	struct bv type, name, up;

	if (relative.n == 0 || !escape_first(m->arena, relative, &type, &name, &up))
		return;
	make_container(m, map, up);
	struct record *rec = new_container(m, map, escape_join(m->arena, relative, m->base));
	record_classes(rec, "organizationalUnit");
	record_add(rec, ATTR_OU, name);
	record_list_add(&m->records, rec);
}

int
base_make(struct migration *m)
{
	int rc = make_base(m);

	for (unsigned i = 0; i < MAP_COUNT && rc == 0; i++) {
		const char *container = m->opt->container[i];

		if (m->opt->want[i] && container != NULL)
			make_container(m, (enum map_id)i, bv_str(container));
	}
	return rc;
}
