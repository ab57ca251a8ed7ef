/* DNs: whatever is accepted must come back from its own texts unchanged, inside its bounds. */

#include "../unit/model/model_schema.h"
#include "model/dn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct schema *schema;
	struct arena *a = arena_new(0);
	struct dn dn, again;

	if (schema == NULL)
		schema = model_schema(arena_new(0));
	if (size <= 8192 && dn_parse(schema, a, bv_make(data, size), &dn, NULL) == 0) {
		if (dn_parse(schema, a, dn.pretty, &again, NULL) != 0 || !dn_eq(&dn, &again) ||
		    !bv_eq(dn.pretty, again.pretty) || dn_text_depth(dn.normal) != dn.rdn_count)
			abort();
		while (dn.rdn_count > 0)
			dn = dn_parent(&dn);
	}
	arena_free(&a);
	return 0;
}
