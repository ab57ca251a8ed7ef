/* Filters: text that parses must print, read back, encode and decode to the same print. */
#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "wire/ber.h"
#include "wire/filter.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct buf first = {0}, second = {0}, ber = {0}, third = {0};
	struct filter *f;

	if (filter_parse(a, bv_make(data, size), &filter_default_limits, &f, NULL) == 0) {
		filter_print(f, &first);
		if (filter_parse(a, buf_bv(&first), &filter_default_limits, &f, NULL) != 0)
			abort();
		filter_print(f, &second);
		filter_encode(f, &ber);
		struct ber_in in = ber_in_of(buf_bv(&ber));
		if (filter_decode(a, &in, &filter_default_limits, &f) != 0 || !ber_at_end(&in))
			abort();
		filter_print(f, &third);
		if (!bv_eq(buf_bv(&first), buf_bv(&second)) ||
		    !bv_eq(buf_bv(&first), buf_bv(&third)))
			abort();
	}
	buf_done(&first), buf_done(&second), buf_done(&ber), buf_done(&third);
	arena_free(&a);
	return 0;
}
