/* cn=config under LDIF change records: whatever they do, the tree dumps and loads to the same. */
#include <stdio.h>
#include "base/err.h"
#include "config/confedit.h"
#include "tests/fuzz/conftrip.h"
#include "wire/ldif.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf *base;
	struct ldif_record rec;
	struct errbuf e;

	if (base == NULL)
		base = conftrip_base();
	FILE *f = fmemopen((void *)(uintptr_t)data, size, "r");
	struct conf_tree *tree = confedit_copy(base->tree);
	struct arena *a = arena_new(0);
	struct ldif_reader *r = ldif_reader_new(f, "fuzz", 1 << 16);
	while (f != NULL && ldif_next(r, a, &rec, &e) > 0)
		tree = conftrip_apply(tree, base, a, &rec);
	conftrip_check(tree, base);
	ldif_reader_free(&r);
	arena_free(&a);
	if (f != NULL)
		fclose(f);
	return 0;
}
