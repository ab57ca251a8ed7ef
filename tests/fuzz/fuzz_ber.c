/* BER: walks any bytes as nested elements through every reader; framing must agree with ber_any. */
#include <stdlib.h>
#include "wire/ber.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ber_in in = ber_in_of(bv_make(data, size));
	int64_t framed = ber_frame(bv_make(data, size));

	for (unsigned depth = 0; depth < 64 && !ber_at_end(&in); depth++) {
		struct ber_in i = in, b = in, n = in, s = in;
		uint8_t tag = (uint8_t)ber_peek(&in);
		(void)ber_int(&i, tag);
		(void)ber_bool(&b, tag);
		ber_null(&n, tag);
		if (ber_count(&in) > size)
			abort();
		struct bv v = ber_any(&s, &tag);
		if (depth == 0 && !s.bad && framed != (v.p - data) + (int64_t)v.n)
			abort();
		in = tag & 0x20 ? ber_enter(&in, tag) : s;
	}
	return 0;
}
