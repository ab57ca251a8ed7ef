/* String preparation: the first byte picks the mode; what comes out must be its own prepared form.
 */
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
		if (!bv_eq(out, again))
			abort();
	}
	arena_free(&a);
	return 0;
}
