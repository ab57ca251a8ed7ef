#include "confcase.h"
#include "config/conflex.h"

/* The form of slapd.conf: what is a line, what is a word, and what joining them gives back. */

static struct arena *a;

static void
test_next_lines(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *lines; /* "number:text|" for each */
	} cases[] = {
	    {"empty", "", ""},
	    {"blank lines", "\n\n  \n\t\n", ""},
	    {"no final newline", "a b", "1:a b|"},
	    {"carriage returns", "a\r\nb\r\n", "1:a|2:b|"},
	    {"continuation", "a\n b\n\tc\nd\n", "1:a b\tc|4:d|"},
	    {"continued by a blank line", "a\n \nb\n", "1:a|3:b|"},
	    {"comment", "#a\nb\n", "2:b|"},
	    {"continued comment", "#a\n b\nc\n", "3:c|"},
	    {"hash inside", "a # b\n", "1:a # b|"},
	    {"byte order mark",
		"\xef\xbb\xbf"
		"a\n",
		"1:a|"},
	    {"first line continues nothing", " a\nb\n", "1:a|2:b|"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conflex lex;
		struct bv line;
		struct errbuf e;
		char got[256] = "";
		size_t used = 0;

		conflex_init(&lex, bv_str(cases[i].text));
		while (conflex_next(&lex, a, &line, &e) == 1)
			used += (size_t)snprintf(
			    got + used, sizeof(got) - used, "%lu:%.*s|", lex.line, BV(line));
		if (strcmp(got, cases[i].lines) != 0)
			fail_msg("%s: %s", cases[i].name, got);
	}
}

static void
test_next_refuses(void **state)
{
	struct conflex lex;
	struct bv line;
	struct errbuf e;

	(void)state;
	conflex_init(&lex, BV_LIT("a\nb\0c\n"));
	assert_int_equal(conflex_next(&lex, a, &line, &e), 1);
	assert_int_equal(conflex_next(&lex, a, &line, &e), ERR_SYNTAX);
	assert_int_equal(lex.line, 2);

	size_t n = (4 << 20) + 1;
	char *big = malloc(n);
	assert_non_null(big);
	memset(big, 'x', n);
	conflex_init(&lex, bv_make(big, n));
	assert_int_equal(conflex_next(&lex, a, &line, &e), ERR_LIMIT);
	conflex_init(&lex, bv_make(big, n - 1));
	assert_int_equal(conflex_next(&lex, a, &line, &e), 1);
	free(big);
}

static void
test_split_words(void **state)
{
	static const struct {
		const char *line;
		const char *words; /* each with a bar behind it; NULL: refused */
	} cases[] = {
	    {"", ""},
	    {" \t ", ""},
	    {"a  b\tc", "a|b|c|"},
	    {"a \"b c\"", "a|b c|"},
	    {"dn=\"b c\",x", "dn=b c,x|"},
	    {"a \"\" b", "a||b|"},
	    {"a\\ b", "a b|"},
	    {"a\\\"b", "a\"b|"},
	    {"\"a\\\"b\\\\\"", "a\"b\\|"},
	    {"a\\", "a\\|"},
	    {"\"a", NULL},
	    {"a \"b c", NULL},
	    {"a b\"", NULL},
	    {"\"a\\\"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conflex_words w;
		struct errbuf e;
		char got[256] = "";
		size_t used = 0;
		int code = conflex_split(a, bv_str(cases[i].line), &w, &e);

		if ((code != 0) != (cases[i].words == NULL))
			fail_msg("%s: %d", cases[i].line, code);
		for (size_t j = 0; code == 0 && j < w.n; j++)
			used +=
			    (size_t)snprintf(got + used, sizeof(got) - used, "%.*s|", BV(w.v[j]));
		if (code == 0 && strcmp(got, cases[i].words) != 0)
			fail_msg("%s: %s", cases[i].line, got);
	}
}

/* Any words, joined and split again, are the same words. */
static void
test_join_reads_back(void **state)
{
	static const char alphabet[] = "a \t\"\\#'b{}=";
	uint8_t bytes[8][6];

	(void)state;
	srand(7);
	for (int round = 0; round < 3000; round++) {
		struct bv words[8];
		struct conflex_words in = {words, (size_t)rand() % 8}, out;
		struct errbuf e;

		for (size_t i = 0; i < in.n; i++) {
			words[i] = bv_make(bytes[i], (size_t)rand() % 6);
			for (size_t j = 0; j < words[i].n; j++)
				bytes[i][j] =
				    (uint8_t)alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
		}
		struct bv line = conflex_join(a, &in, 0);
		assert_int_equal(conflex_split(a, line, &out, &e), 0);
		assert_int_equal(out.n, in.n);
		for (size_t i = 0; i < in.n; i++) {
			if (!bv_eq(in.v[i], out.v[i]))
				fail_msg("round %d: %.*s", round, BV(line));
		}
	}
}

static void
test_rest_squeezes(void **state)
{
	static const char *const cases[][2] = {
	    {"attributetype   ( 1.2  NAME\t\t'x  y' )", "( 1.2 NAME 'x  y' )"},
	    {"word", ""},
	    {"word  x", "x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bv got = conflex_rest(a, bv_str(cases[i][0]));
		if (!bv_eq(got, bv_str(cases[i][1])))
			fail_msg("%s: %.*s", cases[i][0], BV(got));
	}
}

static int
make_arena(void **state)
{
	(void)state;
	a = arena_new(0);
	return 0;
}

static int
drop_arena(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_next_lines),
	    cmocka_unit_test(test_next_refuses),
	    cmocka_unit_test(test_split_words),
	    cmocka_unit_test(test_join_reads_back),
	    cmocka_unit_test(test_rest_squeezes),
	};

	return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
