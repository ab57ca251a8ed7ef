#include "confcase.h"
#include "config/option.h"

/*
 * The option lists of slapd.conf(5) and slapd-config(5) are made from the rows. This
 * program checks that the pages hold what the rows say; with MANUAL_WRITE=1 it writes
 * them anew (tools/manual-options does that).
 */

enum { MAX_PAGE_BYTES = 1 << 20 };

/* A list between ".\" begin NAME" and ".\" end NAME": rows of a scope, one page's way of naming. */
struct list {
	const char *name;
	unsigned scope;
	unsigned not_scope;
	bool olc;
};

struct page {
	const char *path;
	const struct list *lists;
	size_t count;
};

static const struct list file_lists[] = {
    {"global", OPTION_GLOBAL | OPTION_FRONTEND, OPTION_DB, false},
    {"schema", OPTION_SCHEMA, 0, false},
    {"module", OPTION_MODULE, 0, false},
    {"backend", OPTION_BACKEND, 0, false},
    {"database", OPTION_DB, 0, false},
    {"mdb", OPTION_MDB, 0, false},
};

static const struct list tree_lists[] = {
    {"global", OPTION_GLOBAL, 0, true},
    {"schema", OPTION_SCHEMA, 0, true},
    {"module", OPTION_MODULE, 0, true},
    {"backend", OPTION_BACKEND, 0, true},
    {"database", OPTION_DB, 0, true},
    {"frontend", OPTION_FRONTEND, OPTION_DB, true},
    {"mdb", OPTION_MDB, 0, true},
};

static const struct page pages[] = {
    {"docs/man/slapd.conf.5", file_lists, sizeof(file_lists) / sizeof(file_lists[0])},
    {"docs/man/slapd-config.5", tree_lists, sizeof(tree_lists) / sizeof(tree_lists[0])},
};

/* Text for roff: hyphens are minus signs, backslashes are themselves. */
static void
put_roff(struct buf *out, const char *text)
{
	for (; *text != 0; text++) {
		if (*text == '-' || *text == '\\')
			buf_printf(out, *text == '-' ? "\\-" : "\\e");
		else
			buf_put_byte(out, (uint8_t)*text);
	}
}

static void
put_facts(const struct option *o, bool olc, struct buf *out)
{
	if (o->type == OPTION_T_INT) {
		buf_printf(out, "Range: %lld to %lld %s.\n", (long long)o->min, (long long)o->max,
		    o->unit);
	}
	buf_printf(out, "Default: ");
	put_roff(out, o->fallback == NULL ? "none" : o->fallback);
	buf_printf(out, ".\n");
	if (olc && o->keyword != NULL) {
		buf_printf(out, "In slapd.conf: ");
		put_roff(out, o->keyword);
		buf_printf(out, ".\n");
	} else if (!olc && o->olc != NULL) {
		buf_printf(out, "In cn=config: %s.\n", o->olc);
	}
}

static void
put_row(const struct option *o, bool olc, struct buf *out)
{
	buf_printf(out, ".TP\n.B ");
	put_roff(out, olc ? o->olc : o->keyword);
	buf_printf(out, olc ? ": " : " ");
	put_roff(out, o->usage);
	buf_put_byte(out, '\n');
	put_roff(out, o->help);
	buf_put_byte(out, '\n');
	put_facts(o, olc, out);
}

static void
put_list(const struct list *l, struct buf *out)
{
	size_t count;
	const struct option *rows = option_rows(&count);

	for (size_t i = 0; i < count; i++) {
		const struct option *o = &rows[i];
		if ((l->olc ? o->olc : o->keyword) == NULL || (o->scope & l->scope) == 0 ||
		    (o->scope & l->not_scope) != 0)
			continue;
		if (l->olc && (o->flags & OPTION_F_DIRECTIVE) != 0)
			continue;
		put_row(o, l->olc, out);
	}
}

/* Finds a marker line. Returns its end, or the text's end when it is not there. */
static size_t
find_marker(struct bv text, size_t from, const char *word, const char *name)
{
	char marker[64];
	int n = snprintf(marker, sizeof(marker), ".\\\" %s %s\n", word, name);

	for (size_t i = from; i + (size_t)n <= text.n; i++) {
		if (memcmp(text.p + i, marker, (size_t)n) == 0)
			return i + (size_t)n;
	}
	fail_msg("no line .\\\" %s %s", word, name);
	return text.n;
}

/* Makes the page as it must be from the page as it is. */
static void
renew(const struct page *p, struct bv old, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < p->count; i++) {
		const char *name = p->lists[i].name;
		size_t begin = find_marker(old, at, "begin", name);
		size_t end = find_marker(old, begin, "end", name);

		buf_put(out, old.p + at, begin - at);
		put_list(&p->lists[i], out);
		buf_printf(out, ".\\\" end %s\n", name);
		at = end;
	}
	buf_put(out, old.p + at, old.n - at);
}

static void
read_page(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "r");

	if (f == NULL)
		fail_msg("cannot open %s: run from the checkout's top", path);
	out->n = fread(buf_reserve(out, MAX_PAGE_BYTES), 1, MAX_PAGE_BYTES, f);
	fclose(f);
}

static void
write_page(const char *path, struct bv text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

static void
test_pages_hold_the_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct buf old = {0}, new = {0};
		read_page(pages[i].path, &old);
		renew(&pages[i], buf_bv(&old), &new);
		if (getenv("MANUAL_WRITE") != NULL)
			write_page(pages[i].path, buf_bv(&new));
		else if (!bv_eq(buf_bv(&old), buf_bv(&new)))
			fail_msg(
			    "%s is older than the rows: run tools/manual-options", pages[i].path);
		buf_done(&old);
		buf_done(&new);
	}
}

/* No row is missing from both lists of a page. */
static void
test_every_row_is_in_a_list(void **state)
{
	size_t count;
	const struct option *rows = option_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		bool file = rows[i].keyword == NULL, tree = rows[i].olc == NULL;
		for (size_t k = 0; k < sizeof(file_lists) / sizeof(file_lists[0]); k++)
			file |= (rows[i].scope & file_lists[k].scope) != 0;
		for (size_t k = 0; k < sizeof(tree_lists) / sizeof(tree_lists[0]); k++)
			tree |= (rows[i].scope & tree_lists[k].scope) != 0;
		if (!file || !tree)
			fail_msg("%s", rows[i].help);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pages_hold_the_rows),
	    cmocka_unit_test(test_every_row_is_in_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
