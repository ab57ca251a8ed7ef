/* Filters from the wire: what decodes must print to text that reads back as the same BER. */
#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "wire/ber.h"
#include "wire/filter.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct buf first = {0}, text = {0}, second = {0};
	struct ber_in in = ber_in_of(bv_make(data, size));
	struct filter *f;

	if (filter_decode(a, &in, &filter_default_limits, &f) == 0) {
		filter_encode(f, &first);
		filter_print(f, &text);
		if (filter_parse(a, buf_bv(&text), &filter_default_limits, &f, NULL) != 0)
			abort();
		filter_encode(f, &second);
		if (!bv_eq(buf_bv(&first), buf_bv(&second)))
			abort();
	}
	buf_done(&first), buf_done(&text), buf_done(&second);
	arena_free(&a);
	return 0;
}
