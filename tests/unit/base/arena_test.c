#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/buf.h"

/* Arenas and buffers: alignment, growth, marks, cleanups, sizes at their edges. */

static void
test_alloc_is_aligned_and_apart(void **state)
{
	struct arena *a = arena_new(1);
	uint8_t *before = NULL;

	(void)state;
	for (size_t n = 0; n < 3000; n += 7) {
		uint8_t *p = arena_alloc(a, n);
		assert_int_equal((uintptr_t)p % 16, 0);
		memset(p, (int)(n & 0xff), n);
		if (before != NULL && n > 7)
			assert_int_equal(before[0], (n - 7) & 0xff);
		before = p;
	}
	arena_free(&a);
	assert_null(a);
	arena_free(&a);
}

static void
test_zalloc_is_zero_after_reuse(void **state)
{
	struct arena *a = arena_new(256);

	(void)state;
	memset(arena_alloc(a, 200), 0xff, 200);
	arena_reset(a);
	uint8_t *p = arena_zalloc(a, 100, 2);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(p[i], 0);
	arena_free(&a);
}

static void
test_grow_keeps_content_in_place_and_moved(void **state)
{
	struct arena *a = arena_new(4096);
	uint32_t *p = NULL;

	(void)state;
	for (size_t n = 0; n < 5000; n++) {
		if ((n & (n - 1)) == 0)
			p = arena_grow(a, p, n, n == 0 ? 1 : 2 * n, sizeof(*p));
		if (n % 100 == 0)
			arena_alloc(a, 3);
		p[n] = (uint32_t)n;
	}
	for (size_t n = 0; n < 5000; n++)
		assert_int_equal(p[n], n);
	arena_free(&a);
}

static void
test_rewind_gives_blocks_back(void **state)
{
	struct arena *a = arena_new(128);
	char *kept = arena_str(a, BV_LIT("kept"));
	struct arena_mark mark = arena_mark(a);
	size_t bytes = arena_bytes(a);

	(void)state;
	for (int i = 0; i < 100; i++)
		arena_alloc(a, 1000);
	assert_true(arena_bytes(a) > bytes);
	arena_rewind(a, mark);
	assert_int_equal(arena_bytes(a), bytes);
	assert_string_equal(kept, "kept");
	arena_free(&a);
}

static int order[4];
static int released;

static void
release(void *arg)
{
	order[released++] = *(int *)arg;
}

static void
test_cleanups_run_once_last_first(void **state)
{
	struct arena *a = arena_new(0);
	int one = 1, two = 2;

	(void)state;
	arena_on_release(a, release, &one);
	arena_on_release(a, release, &two);
	arena_reset(a);
	arena_free(&a);
	assert_int_equal(released, 2);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[1], 1);
}

static void
test_copies_are_terminated(void **state)
{
	struct arena *a = arena_new(0);

	(void)state;
	struct bv v = arena_dup(a, bv_make("a\0b", 3));
	assert_int_equal(v.n, 3);
	assert_memory_equal(v.p, "a\0b", 4);
	assert_non_null(arena_dup(a, BV_NONE).p);
	assert_string_equal(arena_str(a, BV_NONE), "");
	v = arena_printf(a, "%0300d", 7);
	assert_int_equal(v.n, 300);
	assert_int_equal(v.p[300], 0);
	arena_free(&a);
}

static void
test_secret_arena_is_wiped_on_reset(void **state)
{
	struct arena *a = arena_new(256);

	(void)state;
	arena_set_secret(a);
	uint8_t *p = arena_alloc(a, 32);
	memset(p, 's', 32);
	arena_reset(a);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(p[i], 0);
	arena_free(&a);
}

static void
test_buf_grows_consumes_and_shrinks(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_put(&b, NULL, 0);
	buf_put_bv(&b, BV_NONE);
	assert_null(b.p);
	for (int i = 0; i < 10000; i++)
		buf_put_byte(&b, (uint8_t)i);
	buf_consume(&b, 9999);
	assert_int_equal(b.n, 1);
	assert_int_equal(b.p[0], (uint8_t)9999);
	buf_shrink(&b, 100);
	assert_non_null(b.p);
	buf_printf(&b, "%s-%0500d", "x", 1);
	assert_int_equal(b.n, 1 + 2 + 500);
	buf_consume(&b, b.n);
	buf_shrink(&b, 100);
	assert_null(b.p);
	assert_int_equal(b.cap, 0);
	buf_done_secret(&b);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_alloc_is_aligned_and_apart),
	    cmocka_unit_test(test_zalloc_is_zero_after_reuse),
	    cmocka_unit_test(test_grow_keeps_content_in_place_and_moved),
	    cmocka_unit_test(test_rewind_gives_blocks_back),
	    cmocka_unit_test(test_cleanups_run_once_last_first),
	    cmocka_unit_test(test_copies_are_terminated),
	    cmocka_unit_test(test_secret_arena_is_wiped_on_reset),
	    cmocka_unit_test(test_buf_grows_consumes_and_shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
