/* A stored record, with checksums made to fit so that the code behind them is reached. */

#include <stdlib.h>
#include "store/layout.h"
#include "store/record.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *p = malloc(size + 1);
	struct bv bytes = bv_make(p, size), value, normal;
	struct record r;

	memcpy(p, data, size);
	layout_seal(p, size);
	for (size_t i = 0; record_open(bytes, &r) == 0 && i < r.row_count; i++) {
		struct record_attr a = record_attr_at(&r, i);
		struct record_values it = record_values_of(&a);
		while (record_next_value(&it, &value, &normal)) {
			if (value.p < p || value.p + value.n > p + size || normal.p < p ||
			    normal.p + normal.n > p + size)
				abort();
		}
	}
	free(p);
	return 0;
}
