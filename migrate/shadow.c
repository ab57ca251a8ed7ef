#include "shadow.h"

#include "source.h"
#include "text.h"

/*
 * A wrong shadow line costs its account the password, never the other way
 * round: the account is then migrated without userPassword and nobody can bind
 * as it.
 */

static bool
number_or_empty(struct bv field)
{
	int64_t value;

	if (field.n > 0 && field.p[0] == '+')
		return false;
	return field.n == 0 || (bv_to_i64(field, &value) && value >= -1 && value <= INT32_MAX);
}

/* Returns why the fields cannot be used, or NULL. */
static const char *
fault(enum map_id map, const struct bv *fields, size_t count)
{
	if (count != (map == MAP_SHADOW ? SHADOW_FIELDS : SHADOW_GROUP_FIELDS))
		return "wrong number of fields";
	if (fields[0].n == 0)
		return "empty name";
	for (size_t i = 2; map == MAP_SHADOW && i < SHADOW_FIELDS; i++) {
		if (!number_or_empty(fields[i]))
			return "not a number";
	}
	return NULL;
}

static void
keep(struct migration *m, struct shadow *shadow, const struct report_place *place,
    const struct bv *fields)
{
	struct shadow_line *line = arena_zalloc(m->arena, 1, sizeof(*line));

	line->place = *place;
	for (size_t i = 0; i < SHADOW_FIELDS; i++)
		line->fields[i] = fields[i].p == NULL ? BV_NONE : arena_dup(m->arena, fields[i]);
	const struct shadow_line *old = hash_put(shadow->by_name, line->fields[0], line);
	if (old != NULL) {
		report_line(m->report, REPORT_REFUSED, place, "duplicate name",
		    "\"%.*s\" has a line already, line %zu: that one counts", BV(fields[0]),
		    old->place.line);
		return;
	}
	*shadow->last = line;
	shadow->last = &line->next;
}

static void
read_line(struct migration *m, struct shadow *shadow, const struct source_line *line)
{
	struct bv fields[SHADOW_FIELDS] = {BV_NONE};
	size_t count = text_split(line->text, ':', fields, SHADOW_FIELDS);
	const char *why = fault(line->place.map, fields, count);

	if (why == NULL) {
		keep(m, shadow, &line->place, fields);
		return;
	}
	report_line(m->report, REPORT_REFUSED, &line->place, why,
	    "%s in the line of \"%.*s\" (%zu fields): its password is not migrated", why,
	    BV(fields[0]), count);
}

int
shadow_read(struct migration *m, enum map_id map, struct shadow *out)
{
	struct source *source = NULL;
	struct source_line line;

	*out = (struct shadow){.by_name = hash_new(m->arena)};
	out->last = &out->first;
	if (!m->opt->want[map])
		return 0;
	int rc = source_open(m, map, &source);
	if (rc != 0 || source == NULL)
		return rc;
	while (source_next(source, &line))
		read_line(m, out, &line);
	return source_close(&source);
}

struct shadow_line *
shadow_find(const struct shadow *shadow, struct bv name)
{
	return hash_get(shadow->by_name, name);
}

void
shadow_decide(struct shadow_line *line, enum shadow_fate fate)
{
	if (line != NULL && fate > line->fate)
		line->fate = fate;
}

void
shadow_report(struct migration *m, const struct shadow *shadow)
{
	static const char *const reasons[SHADOW_FATES] = {
	    [SHADOW_UNKNOWN] = "no such account or group",
	    [SHADOW_REFUSED] = "its account or group is refused",
	    [SHADOW_SKIPPED] = "its account or group is skipped",
	};

	for (const struct shadow_line *line = shadow->first; line != NULL; line = line->next) {
		bool skipped = line->fate == SHADOW_SKIPPED;

		if (line->fate != SHADOW_TAKEN)
			report_line(m->report, skipped ? REPORT_SKIPPED : REPORT_REFUSED,
			    &line->place, reasons[line->fate], "\"%.*s\": %s", BV(line->fields[0]),
			    reasons[line->fate]);
	}
}
