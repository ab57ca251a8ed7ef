/* Matching rules: the first byte picks one; the rest is a value, then an assertion. */
#include "base/arena.h"
#include "model/rule_table.h"
#include "model/schema.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct schema *schema;
	struct arena *a = arena_new(0);
	struct bv value = bv_make(data, size), normal, asserted, key, *codes;
	struct substrings sub = {.initial = value, .any = &value, .any_count = 1, .final = value};

	if (schema == NULL)
		schema = schema_build(schema_builder_new(arena_new(0)));
	if (size > 1) {
		const struct match_rule *r = rule_table_at(data[0] % rule_table_count());
		value = bv_from(value, 1);
		if (rule_normalize(r, schema, a, value, &normal) == 0 &&
		    rule_order_key(r, a, normal, &key) == 0)
			rule_approx_codes(a, normal, &codes);
		else
			normal = value;
		if (rule_normalize_assertion(r, schema, a, value, &asserted) == 0 &&
		    rule_normalize_substrings(r, schema, a, &sub, &sub) == 0)
			rule_substrings_match(normal, &sub);
		rule_matches(r, normal, value);
	}
	arena_free(&a);
	return 0;
}
