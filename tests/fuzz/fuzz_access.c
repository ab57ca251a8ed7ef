/* Access rules: any bytes as the lines of a database; what compiles is read back from its text. */
#include "tests/unit/acl/rules_case.h"
#include "tests/unit/acl/rules_print.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rules_case c;
	const struct acl_rules *rules, *again;
	struct errbuf e = {""};

	if (c.arena == NULL)
		rules_case_init(&c);
	rules_case_lines(&c, &c.dbs[1], bv_make(data, size));
	if (rules_compile(c.arena, &c.conf, &c.dbs[1], &rules, &e) == 0) {
		struct bv printed = rules_print_all(c.arena, rules);
		rules_warn(rules, rules_case_ignore, NULL);
		rules_case_lines(&c, &c.dbs[1], rules_print_written(c.arena, rules));
		if (rules_compile(c.arena, &c.conf, &c.dbs[1], &again, &e) != 0 ||
		    !bv_eq(printed, rules_print_all(c.arena, again)))
			abort();
	} else if (e.text[0] == 0) {
		abort();
	}
	arena_reset(c.arena);
	return 0;
}
