#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/optcipher.h"

/* Cipher lists in OpenSSL's and GnuTLS's form: what is translated is read as itself again. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct optcipher c, again;
	struct errbuf e = {""};

	if (optcipher_read(a, bv_make(data, size), &c, &e) == 0 && c.translated) {
		assert(optcipher_read(a, c.ciphers, &again, &e) == 0);
		assert(!again.translated && bv_eq(again.ciphers, c.ciphers));
	}
	arena_free(&a);
	return 0;
}
