/* Access rules: what compiles is asked; answers for all entries must hold for each of them. */
#include "tests/unit/acl/decide_agree.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rules_case c;
	const struct acl_rules *rules;
	struct errbuf e = {""};

	if (c.arena == NULL)
		rules_case_init(&c);
	struct arena *a = arena_new(0);
	struct bv text = bv_make(data, size);
	rules_case_lines(&c, &c.dbs[1], text);
	if (rules_compile(a, &c.conf, &c.dbs[1], &rules, &e) == 0 && !agree_all(rules, a))
		abort();
	arena_free(&a);
	arena_reset(c.arena);
	return 0;
}
