#include "migration.h"

#include "base/err.h"
#include "escape.h"
#include "text.h"

/* The frame around the readers: which run, where their entries go. */

enum { DN_MAX_BYTES = 8192 };

void
migration_init(
    struct migration *m, const struct options *opt, struct arena *arena, struct report *report)
{
	*m = (struct migration){.opt = opt, .arena = arena, .report = report};
	m->base = bv_str(opt->base);
	m->accounts = hash_new(arena);
	m->getent = opt->from_getent;
	record_list_init(&m->records, arena);
}

static int
read_map(struct migration *m, enum map_id id)
{
	const struct map *map = maps_get(id);

	if (map->read == NULL || !m->opt->want[id])
		return 0;
	return map->read(m);
}

int
migration_read(struct migration *m)
{
	int rc = read_map(m, MAP_BASE);

	for (unsigned i = 0; i < MAP_SOURCES && rc == 0; i++)
		rc = read_map(m, (enum map_id)i);
	if (rc == 0)
		rc = read_map(m, MAP_PROFILE);
	return rc;
}

struct bv
migration_container(const struct migration *m, enum map_id map)
{
	return escape_join(m->arena, bv_str(m->opt->container[map]), m->base);
}

bool
migration_name_fits(struct migration *m, const struct record *rec)
{
	if (rec->dn.n <= DN_MAX_BYTES)
		return true;
	report_line(m->report, REPORT_REFUSED, &rec->place, "name too long",
	    "a name of %zu bytes: servers take 8192", rec->dn.n);
	return false;
}

bool
migration_add(struct migration *m, struct record *rec, enum attr_id type)
{
	struct bv rdn = escape_rdn(m->arena, attrs_get(type)->name, record_value(rec, type));

	record_name(rec, rdn, migration_container(m, rec->place.map));
	if (!migration_name_fits(m, rec))
		return false;
	const struct record *old = record_list_add(&m->records, rec);
	if (old == NULL)
		return true;
	struct bv name = record_value(rec, type);
	if (bv_eq(name, record_value(old, type)))
		report_line(m->report, REPORT_REFUSED, &rec->place, "duplicate name",
		    "\"%.*s\" has a line already, line %zu: that one counts", BV(name),
		    old->place.line);
	else
		report_line(m->report, REPORT_REFUSED, &rec->place, "name differs only in case",
		    "\"%.*s\" and \"%.*s\" (line %zu) are one name in a directory, which compares "
		    "without case: rename one",
		    BV(name), BV(record_value(old, type)), old->place.line);
	return false;
}

bool
migration_value(struct migration *m, struct record *rec, enum attr_id id, struct bv value)
{
	const struct attr_type *type = attrs_get(id);

	if (value.n == 0) {
		report_line(m->report, REPORT_PARTIAL, &rec->place, "empty value",
		    "an empty value cannot be held by %s", type->name);
		return false;
	}
	if ((type->flags & ATTR_ASCII) != 0 && !text_is_ascii(value)) {
		report_line(m->report, REPORT_PARTIAL, &rec->place,
		    "not ASCII where the schema demands it",
		    "\"%.*s\" left out: %s holds ASCII only", BV(value), type->name);
		return false;
	}
	record_add(rec, id, value);
	return true;
}

size_t
migration_count(const struct migration *m, enum map_id map)
{
	size_t count = 0;

	for (size_t i = 0; i < m->records.count; i++)
		count += m->records.items[i]->place.map == map && !m->records.items[i]->container;
	return count;
}
