/* Set expressions: reading one, then evaluating it over a directory that answers anything. */
#include "acl/sets.h"
#include "base/arena.h"
#include "model/desc.h"
#include "model/schema.h"

static int
values(void *arg, struct bv dn, const struct attr_desc *d, struct arena *a, const struct bv **out)
{
	struct bv *list = arena_alloc(a, 3 * sizeof(*list)), *self = arg;

	list[0] = dn, list[1] = *self, list[2] = d->name;
	*out = list;
	return dn.n % 4 == 3 ? -1 : (int)(dn.n % 4);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct schema *schema;
	struct arena *a = arena_new(0);
	struct bv text = bv_make(data, size);
	const struct sets *s;

	if (schema == NULL)
		schema = schema_build(schema_builder_new(arena_new(0)));
	struct sets_env env = {schema, a, BV_LIT("cn=u"), text, values, NULL, NULL, &text};
	if (sets_compile(a, schema, text, &s, NULL) == 0)
		sets_hold(s, &env);
	arena_free(&a);
	return 0;
}
