#include "report.h"

#include <stdarg.h>

#include "text.h"

/*
 * Reasons are counted per map and level in short lists: there are a dozen of
 * them in the whole program. Text from input is made printable before it
 * reaches a terminal.
 */

struct reason {
	struct reason *next;
	const char *text;
	enum report_level level;
	size_t count;
};

struct tally {
	size_t read;
	size_t left_out;
	struct reason *reasons;
};

struct report {
	struct arena *arena;
	FILE *out;
	enum report_level most;
	bool refused;
	struct tally tallies[MAP_COUNT];
};

struct report *
report_new(struct arena *arena, FILE *out, enum report_level most)
{
	struct report *r = arena_zalloc(arena, 1, sizeof(*r));

	r->arena = arena;
	r->out = out;
	r->most = most;
	return r;
}

void
report_read(struct report *r, enum map_id map)
{
	r->tallies[map].read++;
}

static void
count_reason(struct report *r, enum map_id map, enum report_level level, const char *text)
{
	struct reason **at = &r->tallies[map].reasons;

	while (*at != NULL && ((*at)->level != level || strcmp((*at)->text, text) != 0))
		at = &(*at)->next;
	if (*at == NULL) {
		*at = arena_zalloc(r->arena, 1, sizeof(**at));
		(*at)->text = text;
		(*at)->level = level;
	}
	(*at)->count++;
}

static const char *
level_word(enum report_level level)
{
	static const char *const words[REPORT_LEVELS] = {
	    [REPORT_REFUSED] = "refused",
	    [REPORT_PARTIAL] = "partly refused",
	    [REPORT_SKIPPED] = "skipped",
	    [REPORT_NOTE] = "note",
	    [REPORT_DETAIL] = "note",
	};

	return words[level];
}

static void
write_line(
    struct report *r, enum report_level level, const struct report_place *place, const char *text)
{
	struct arena_mark mark = arena_mark(r->arena);
	struct bv clean = text_printable(r->arena, bv_str(text));

	if (place->line > 0)
		fprintf(r->out, "%s:%zu: %s: %.*s\n", place->file, place->line, level_word(level),
		    BV(clean));
	else
		fprintf(r->out, "%s: %s: %.*s\n", place->file, level_word(level), BV(clean));
	arena_rewind(r->arena, mark);
}

void
report_line(struct report *r, enum report_level level, const struct report_place *place,
    const char *reason, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	count_reason(r, place->map, level, reason);
	if (level == REPORT_REFUSED || level == REPORT_SKIPPED)
		r->tallies[place->map].left_out++;
	if (level == REPORT_REFUSED || level == REPORT_PARTIAL)
		r->refused = true;
	if (r->out == NULL || level > r->most)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	write_line(r, level, place, text);
}

size_t
report_lines_read(const struct report *r, enum map_id map)
{
	return r->tallies[map].read;
}

size_t
report_lines_left_out(const struct report *r, enum map_id map)
{
	return r->tallies[map].left_out;
}

bool
report_any_refused(const struct report *r)
{
	return r->refused;
}

static void
write_reasons(const struct report *r, enum map_id map)
{
	const struct reason *reason = r->tallies[map].reasons;

	for (; reason != NULL; reason = reason->next)
		fprintf(r->out, "    %zu %s: %s\n", reason->count, level_word(reason->level),
		    reason->text);
}

void
report_summary(const struct report *r, enum map_id map, size_t entries)
{
	const struct tally *t = &r->tallies[map];

	if (r->out == NULL)
		return;
	fprintf(r->out, "%s: %zu lines read, %zu written, %zu skipped", maps_get(map)->name,
	    t->read, t->read - t->left_out, t->left_out);
	if (maps_get(map)->container != NULL)
		fprintf(r->out, "; %zu entries", entries);
	fputc('\n', r->out);
	write_reasons(r, map);
}
