#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/logline.h"

/* One event as text and as JSON, and lines for which there is no room. */

static void
fill(struct logline *l, bool json)
{
	logline_open(l, json);
	logline_number(l, "conn", 1000);
	logline_number(l, "op", -1);
	logline_event(l, "SRCH");
	logline_quoted(l, "base", BV_LIT("dc=\"x\"\n"));
	logline_bare(l, "attr", BV_LIT("uid cn"));
	logline_seconds(l, "qtime", 1500001);
	logline_seconds(l, "etime", -1);
	logline_words(l, BV_LIT(" from x"));
	logline_json(l, "from", BV_LIT("x"));
}

static void
test_text(void **state)
{
	struct logline l;

	(void)state;
	fill(&l, false);
	assert_string_equal(logline_close(&l),
	    "conn=1000 op=-1 SRCH base=\"dc=\"x\"\\0A\" attr=uid cn "
	    "qtime=1.500001 etime=0.000000 from x");
}

static void
test_json(void **state)
{
	struct logline l;

	(void)state;
	fill(&l, true);
	const char *line = logline_close(&l);
	assert_memory_equal(line, "{\"time\":\"2", 10);
	assert_string_equal(strstr(line, ",\"conn\""),
	    ",\"conn\":1000,\"op\":-1,\"event\":\"SRCH\",\"base\":\"dc=\\\"x\\\"\\u000a\",\"attr\":"
	    "\"uid "
	    "cn\",\"qtime\":1.500001,\"etime\":0.000000,\"from\":\"x\"}");
}

static void
add_field(struct logline *l, size_t i, struct bv value)
{
	switch (i % 4) {
	case 0:
		logline_quoted(l, "quoted", value);
		break;
	case 1:
		logline_bare(l, "bare", value);
		break;
	case 2:
		logline_number(l, "number", INT64_MIN);
		break;
	default:
		logline_seconds(l, "seconds", INT64_MAX);
		break;
	}
}

/* Fields until nothing fits: the line ends as it should, within its bytes, and says that it is cut.
 */
static void
test_full_lines_end_well(void **state)
{
	static uint8_t bytes[LOGLINE_BYTES * 2];
	struct {
		struct logline line;
		char behind[16];
	} x;

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n += 37) {
		memset(bytes, n % 3 == 0 ? 'x' : n % 3 == 1 ? '\n' : 0xff, n);
		for (int json = 0; json < 2; json++) {
			memset(x.behind, '#', sizeof(x.behind));
			logline_open(&x.line, json != 0);
			for (size_t i = 0; i < 40; i++)
				add_field(&x.line, i, bv_make(bytes, n / (i + 1)));
			size_t len = strlen(logline_close(&x.line));
			assert_true(len < LOGLINE_BYTES && x.behind[0] == '#');
			if (json != 0)
				assert_int_equal(x.line.text[len - 1], '}');
			if (json != 0 && x.line.cut)
				assert_string_equal(x.line.text + len - 12, ",\"cut\":true}");
			assert_true(x.line.cut || n < 5000);
		}
	}
}

static void
test_nothing_is_begun_when_the_level_is_off(void **state)
{
	struct logline l;

	(void)state;
	log_set_levels(0, 0);
	assert_false(logline_begin(&l, LOG_L_STATS));
	log_set_levels(LOG_L_CONFIG, 0);
	assert_false(logline_begin(&l, LOG_L_STATS));
	log_set_levels(LOG_L_STATS, 0);
	log_set_json(true);
	assert_true(logline_begin(&l, LOG_L_STATS) && l.json);
	log_set_json(false);
	assert_true(logline_begin(&l, LOG_L_STATS) && !l.json);
	log_set_levels(0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_full_lines_end_well),
	    cmocka_unit_test(test_nothing_is_begun_when_the_level_is_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
