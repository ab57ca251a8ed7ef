/* String preparation: the first byte picks the mode. What comes out is its own prepared form,
 * unless spaces or hyphens between a letter and a mark were removed. */
#include <stdlib.h>
#include "base/arena.h"
#include "model/prep.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct bv out, again;
	enum prep_spaces spaces = size > 0 ? (enum prep_spaces)(data[0] % 6) : PREP_SPACES_WHOLE;
	bool fold = size > 0 && (data[0] & 0x80) != 0;
	struct bv value = size > 0 ? bv_make(data + 1, size - 1) : BV_LIT("");

	if (prep_string(a, value, fold, spaces, &out) == 0) {
		if (!prep_is_utf8(out) || prep_string(a, out, fold, spaces, &again) != 0)
			abort();
		if (spaces < PREP_SPACES_NUMERIC && !bv_eq(out, again))
			abort();
	}
	arena_free(&a);
	return 0;
}
