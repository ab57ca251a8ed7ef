/* LDIF: reads all records of any file; every value, written and read again, must be the same. */
#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "wire/ldif.h"

static void
check(struct arena *a, const struct wire_attr *attr, size_t wrap)
{
	struct buf out = {0};
	struct ldif_record r;
	buf_put_bv(&out, BV_LIT("dn: x\nx: y\n"));
	ldif_put(&out, bv_is(attr->desc, "x") ? BV_LIT("z") : attr->desc, attr->values[0], wrap);
	FILE *f = fmemopen(out.p, out.n, "r");
	struct ldif_reader *reader = ldif_reader_new(f, "again", 0);
	if (ldif_next(reader, a, &r, NULL) != 1 || r.attr_count != 2 ||
	    !bv_eq(r.attrs[1].values[0], attr->values[0]))
		abort();
	ldif_reader_free(&reader);
	fclose(f);
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *f = fmemopen(
	    (void *)(uintptr_t)(size == 0 ? (const uint8_t *)"" : data), size + (size == 0), "r");
	struct arena *a = arena_new(0);
	struct ldif_reader *r = ldif_reader_new(f, "fuzz", 4096);
	struct ldif_record record;
	for (int status = 1; status != 0;) {
		status = ldif_next(r, a, &record, NULL);
		for (size_t i = 0; status == 1 && i < record.attr_count && i < 8; i++)
			check(a, &record.attrs[i], i * 11);
	}
	ldif_reader_free(&r);
	arena_free(&a);
	fclose(f);
	return 0;
}
