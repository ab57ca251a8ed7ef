/* Schema descriptions, one per line, the first letter of which is their kind. */
#include "base/arena.h"
#include "base/err.h"
#include "model/schema.h"
#include "model/syntax_text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const ADD[])(struct schema_builder *, struct bv, struct errbuf *) = {
	    schema_add_attr_type, schema_add_object_class, schema_add_syntax,
	    schema_add_content_rule};
	struct arena *a = arena_new(1 << 20);
	struct schema_builder *b = schema_builder_new(a);
	struct bv rest = {data, size}, *values;
	struct errbuf e;

	while (rest.p != NULL) {
		struct bv line = syntax_text_cut(&rest, '\n'), name = line;
		name.n = bv_find(line, 0, ' ');
		if (line.n > 0 && name.n < line.n && line.p[0] == 'm')
			(void)!schema_add_oid_macro(b, name, bv_from(line, name.n + 1), &e);
		else if (line.n > 0)
			(void)!ADD[line.p[0] % 4](b, bv_from(line, 1), &e);
	}
	schema_publish(schema_build(b), a, BV_LIT("matchingRuleUse"), &values);
	arena_free(&a);
	return 0;
}
