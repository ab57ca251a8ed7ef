#ifndef TESTS_UNIT_WIRE_BYTES_H
#define TESTS_UNIT_WIRE_BYTES_H

/* What the wire tests share: cmocka with its headers, and bytes written in hexadecimal. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Returns the bytes of "30 03 02 01 07"; 'text' between quotes stands for itself. */
static inline struct bv
bytes(struct arena *a, const char *hex)
{
	uint8_t *to = arena_alloc(a, strlen(hex) + 1);
	size_t n = 0;

	while (*hex != 0) {
		if (*hex == '\'') {
			for (hex++; *hex != '\''; hex++)
				to[n++] = (uint8_t)*hex;
			hex++;
		} else if (*hex == ' ') {
			hex++;
		} else {
			char pair[3] = {hex[0], hex[1], 0};
			to[n++] = (uint8_t)strtoul(pair, NULL, 16);
			hex += 2;
		}
	}
	return bv_make(to, n);
}

#define assert_bv(got, want)                                                                       \
	do {                                                                                       \
		struct bv got_ = (got), want_ = (want);                                            \
		assert_int_equal(got_.n, want_.n);                                                 \
		if (want_.n > 0)                                                                   \
			assert_memory_equal(got_.p, want_.p, want_.n);                             \
	} while (0)

#endif
