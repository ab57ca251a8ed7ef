/* LDAP URLs: what parses must print to text that parses and prints the same. */
#include <stdlib.h>
#include "base/arena.h"
#include "wire/url.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct url u, again;

	if (url_parse(a, bv_make(data, size), &u, NULL) == 0) {
		struct bv text = url_print(a, &u);
		if (url_parse(a, text, &again, NULL) != 0 || !bv_eq(text, url_print(a, &again)) ||
		    !bv_eq(u.host, again.host) || !bv_eq(u.dn, again.dn) ||
		    !bv_eq(u.filter, again.filter) || u.scope != again.scope ||
		    u.attr_count != again.attr_count ||
		    u.extension_count != again.extension_count || u.port != again.port)
			abort();
	}
	arena_free(&a);
	return 0;
}
