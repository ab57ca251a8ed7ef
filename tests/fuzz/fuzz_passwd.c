/* Stored passwords: no value, however malformed, verifies what was not made from it. */
#include <stdlib.h>
#include "auth/passwd.h"

/* Large numbers are costs, which are tested apart: they would only make the fuzzer wait. */
static int
is_costly(const uint8_t *p, size_t n)
{
	size_t run = 0;

	for (size_t i = 0; i < n; i++) {
		run = p[i] >= '0' && p[i] <= '9' ? run + 1 : 0;
		if (run > 4)
			return passwd_is_slow(bv_make(p, n));
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char clear[] = "not this one";

	if (!is_costly(data, size) && passwd_verify(bv_make(data, size), BV_LIT("not this one")) &&
	    memmem(data, size, clear, sizeof(clear) - 1) == NULL)
		abort();
	return 0;
}
