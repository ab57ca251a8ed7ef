#include "fixture.h"

#include "base/buf.h"
#include "store/attrmap.h"
#include "store/layout.h"
#include "store/record.h"

/* Records: what goes in comes out; a flipped bit anywhere is noticed; any bytes are safe to look
 * at. */

struct sample {
	struct fixture f;
	struct store_read *read;
	struct bv records[4]; /* copies */
};

static struct sample *
start(void)
{
	static struct sample s;
	char long_value[3000];
	struct arena *a;

	fx_init(&s.f, "dc=falcot,dc=com");
	fx_open(&s.f);
	a = s.f.arena;
	memset(long_value, 'D', sizeof(long_value));
	memcpy(long_value, "description: ", 13);
	long_value[sizeof(long_value) - 1] = 0;
	fx_add(&s.f, "dc=falcot,dc=com", FX_LINES("objectClass: organization", "o: Falcot"));
	fx_add(&s.f, "uid=a,dc=falcot,dc=com",
	    FX_LINES("objectClass: inetOrgPerson", "uid: a", "cn: Ann", "cn: B", "sn: S",
		"entryUUID: 5f8c7a10-0000-4000-8000-000000000001"));
	fx_add(&s.f, "ou=b,dc=falcot,dc=com",
	    FX_LINES("objectClass: organizationalUnit", "ou: b", long_value));
	fx_add(&s.f, "ou=c,dc=falcot,dc=com", FX_LINES("ou: c"));
	s.read = store_read_new(s.f.store);
	fx_read_begin(s.read);
	for (uint64_t id = 1; id <= 4; id++) {
		struct record r;
		assert_int_equal(store_get(s.read, id, &r, NULL), 0);
		s.records[id - 1] = arena_dup(a, r.bytes);
	}
	return &s;
}

static void
end(struct sample *s)
{
	store_read_free(&s->read);
	fx_done(&s->f);
}

/* Looks at everything a record offers; the sum keeps the compiler from leaving it out. */
static size_t
look(const struct record *r)
{
	struct bv value, normal;
	struct record_attr a;
	bool bad = false;
	size_t sum = r->rdn_pretty.n + r->rdn_normal.n + r->all_attrs.n;

	for (size_t i = 0; i < r->row_count; i++) {
		a = record_attr_at(r, i);
		struct record_values it = record_values_of(&a);
		while (record_next_value(&it, &value, &normal)) {
			for (size_t k = 0; k < value.n; k++)
				sum += value.p[k];
			for (size_t k = 0; k < normal.n; k++)
				sum += normal.p[k];
		}
		struct bv run = record_run(r, i / 2, i + 1);
		for (size_t k = 0; k < run.n; k++)
			sum += run.p[k];
		record_has(&a, BV_LIT("a"), &bad);
		record_find(r, a.attr_id, &a);
	}
	return sum + bad;
}

/* A heap copy without slack, so that the sanitizer sees one byte too far. */
static uint8_t *
tight_copy(struct bv b)
{
	uint8_t *p = malloc(b.n > 0 ? b.n : 1);

	assert_non_null(p);
	memcpy(p, b.p, b.n);
	return p;
}

static void
test_runs_are_the_rows_one_behind_the_other(void **state)
{
	struct sample *s = start();
	struct record r;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(record_open(s->records[i], &r), 0);
		assert_true(i != 1 || r.row_count > r.user_count);
		assert_true(bv_eq(record_run(&r, 0, r.user_count), r.user_attrs));
		assert_true(bv_eq(record_run(&r, 0, r.row_count), r.all_attrs));
		assert_int_equal(record_run(&r, 1, 1).n, 0);
		for (size_t k = 0; k < r.row_count; k++) {
			struct record_attr a = record_attr_at(&r, k);
			assert_int_equal(record_row_id(&r, k), a.attr_id);
			assert_true(bv_eq(record_run(&r, k, k + 1), a.encoded));
		}
	}
	end(s);
}

static void
test_every_flipped_bit_is_noticed(void **state)
{
	struct sample *s = start();
	struct record r;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct bv b = s->records[i];
		uint8_t *p = tight_copy(b);
		assert_int_equal(record_open(bv_make(p, b.n), &r), 0);
		for (size_t bit = 0; bit < b.n * 8; bit++) {
			p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
			assert_int_equal(record_open(bv_make(p, b.n), &r), ERR_CORRUPT);
			p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		}
		free(p);
	}
	end(s);
}

static void
test_cut_and_lengthened_records_are_refused(void **state)
{
	struct sample *s = start();
	struct record r;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct bv b = s->records[i];
		for (size_t n = 0; n < b.n; n++)
			assert_int_equal(record_open(bv_make(b.p, n), &r), ERR_CORRUPT);
		/* arena_dup puts a NUL behind */
		assert_int_equal(record_open(bv_make(b.p, b.n + 1), &r), ERR_CORRUPT);
	}
	end(s);
}

/* Somebody wrote the checksums to fit: nothing may be read outside. */
static void
test_forged_records_are_safe_to_look_at(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0x84, 0xff};
	struct sample *s = start();
	size_t sum = 0;
	struct record r;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct bv b = s->records[i];
		uint8_t *p = tight_copy(b);
		for (size_t at = 0; at < b.n; at++) {
			for (size_t v = 0; v < sizeof(values); v++) {
				p[at] = values[v];
				layout_seal(p, b.n);
				if (record_open(bv_make(p, b.n), &r) == 0)
					sum += look(&r);
				p[at] = b.p[at];
			}
		}
		free(p);
	}
	assert_true(sum > 0);
	end(s);
}

static void
test_damage_on_disk_is_an_error_never_a_value(void **state)
{
	struct fixture f;
	struct errbuf e = {""};
	struct record r;
	char path[128];

	(void)state;
	fx_init(&f, "dc=falcot,dc=com");
	fx_open(&f);
	fx_add(&f, "dc=falcot,dc=com",
	    FX_LINES("objectClass: organization", "o: Falcot", "description: findmehere"));
	store_close(&f.store);
	snprintf(path, sizeof(path), "%s/data.mdb", f.directory);
	FILE *file = fopen(path, "r+");
	static char bytes[1 << 20];
	size_t n = fread(bytes, 1, sizeof(bytes), file);
	char *hit = memmem(bytes, n, "findmehere", 10);
	assert_non_null(hit);
	while (hit != NULL) {
		fseek(file, hit - bytes, SEEK_SET);
		fputc('F', file);
		hit = memmem(hit + 1, n - (size_t)(hit + 1 - bytes), "findmehere", 10);
	}
	fclose(file);
	fx_open(&f);
	struct store_read *read = store_read_new(f.store);
	fx_read_begin(read);
	assert_int_equal(store_get(read, 1, &r, &e), ERR_CORRUPT);
	assert_non_null(strstr(e.text, "entry 1"));
	assert_true(store_check(f.store, NULL, NULL, &e) > 0);
	store_read_free(&read);
	fx_done(&f);
}

static void
test_has_finds_by_normal_form(void **state)
{
	struct sample *s = start();
	const struct attr_map *map = store_read_map(s->read);
	const struct attr_desc *cn = desc_of_type(s->f.schema, schema_known(s->f.schema)->cn);
	struct record_attr a;
	struct record r;
	bool bad = false;

	(void)state;
	assert_int_equal(record_open(s->records[1], &r), 0);
	assert_true(record_find(&r, attr_map_id(map, cn), &a));
	assert_int_equal(a.count, 2);
	assert_true(record_has(&a, BV_LIT("ann"), &bad));
	assert_true(record_has(&a, BV_LIT("b"), &bad));
	assert_false(record_has(&a, BV_LIT("Ann"), &bad));
	assert_false(record_has(&a, BV_LIT(""), &bad));
	assert_false(bad);
	assert_false(record_find(&r, 9999, &a));
	end(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_runs_are_the_rows_one_behind_the_other),
	    cmocka_unit_test(test_every_flipped_bit_is_noticed),
	    cmocka_unit_test(test_cut_and_lengthened_records_are_refused),
	    cmocka_unit_test(test_forged_records_are_safe_to_look_at),
	    cmocka_unit_test(test_damage_on_disk_is_an_error_never_a_value),
	    cmocka_unit_test(test_has_finds_by_normal_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
