#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include "auth/passwd.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

/* Stored passwords. The good values were made by OpenLDAP, libxcrypt and Python for "secret". */

struct row {
	const char *name;
	const char *stored;
};

static const struct row good[] = {
    {"0 {SSHA}", "{SSHA}7X1T7DFefCNAY6MhuBIQZVbQ9Wu9Ato8"},
    {"1 {SHA}", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="},
    {"2 {SMD5}", "{SMD5}2lhVp5wC3K2/o6uGynHwSJ43bmo="},
    {"3 {MD5}", "{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ=="},
    {"4 {md5}", "{md5}Xr4ilOzQ4PCOq3aQ0qbuaQ=="},
    {"5 {ARGON2}", "{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$+Iaqkd4jCs84dokeH3cCSw$1Ubur/"
		   "ZjjUf+n4vTYE09bBBkzjZpgO5HcU5Y/W+Z42U"},
    {"6 {SSHA256}", "{SSHA256}mwiaAxv64bCZqV3qVi5T5rqn5EiWq1xotb61y3CWuAwl1824lBi32A=="},
    {"7 {SSHA384}",
	"{SSHA384}B1/T/QlpbYcGipSp3XmglRBE83ISadeefiucu2A9U/Xq9xSdH4LTZ42zIFfUECV6q/0A5T/DD2w="},
    {"8 {SSHA512}", "{SSHA512}Bbj+QTiwEEIWXTvgzwtyUcgqboDaDcvy8tU1l5O6KcVbw5fNv/"
		    "U0KLIP2kVuCjetKWUsNODQbqlOTa7m/JGQcxMIhzvqay67"},
    {"9 {SHA256}", "{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols="},
    {"10 {SHA384}", "{SHA384}WKd1ukESvjAFrkQHznV9iP2nHUBJe7gCbsrFTU4//HIyzo3jq1rLMK45dg/ufFPt"},
    {"11 {SHA512}",
	"{SHA512}"
	"vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/isg=="},
    {"12 {CRYPT}", "{CRYPT}$6$abcdefgh$ltjgWl6579NluT/"
		   "Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG."},
    {"13 {CRYPT}", "{CRYPT}$5$rounds=1000$abcdefgh$XIppta5rT8zJUu4vAOKQXrwq9uY4Ijlz6VjyOmkx5i4"},
    {"14 {CRYPT}", "{CRYPT}$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1"},
    {"15 {CRYPT}", "{CRYPT}abNANd1rDfiNc"},
    {"16 {CRYPT}", "{CRYPT}$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"},
    {"17 {CRYPT}", "{CRYPT}$y$j75$abcdefgh$uMUXG79B2cFpoAYyDccUnsaH/aGTyBYMlnQidzyag01"},
    {"18 {CRYPT}", "{CRYPT}_J9..rasmz0.F/jqjWck"},
    {"19 {CLEARTEXT}", "{CLEARTEXT}secret"},
    {"20 no scheme", "secret"},
    {"21 {PBKDF2}", "{PBKDF2}1000$MDEyMzQ1Njc4OWFiY2RlZg$21EupWTmSOvnK3Sp99FL7THUyuQ"},
    {"22 {PBKDF2-SHA1}", "{PBKDF2-SHA1}1000$MDEyMzQ1Njc4OWFiY2RlZg$21EupWTmSOvnK3Sp99FL7THUyuQ"},
    {"23 {PBKDF2-SHA256}",
	"{PBKDF2-SHA256}1000$MDEyMzQ1Njc4OWFiY2RlZg$tiKWHy4FAGCWE8gn6GtKhaxD2OeeAUUWXFT/p1aaNl8"},
    {"24 {PBKDF2-SHA512}", "{PBKDF2-SHA512}1000$MDEyMzQ1Njc4OWFiY2RlZg$vgFvU7zWIDgDAUi7d8ayt."
			   "cfRiPWVVWfv8iQRsGZaZviWzsSNgWYXEE5PmvI/VELMsOmEbqLz0PKuePNjOk41A"},
};

static const struct row bad[] = {
    {"empty", ""},
    {"braces only", "{}"},
    {"scheme only", "{SSHA}"},
    {"scheme that is not closed", "{SSHA"},
    {"unknown scheme", "{FOO}secret"},
    {"hash of an unknown scheme as clear text", "{BCRYPT}secret"},
    {"SASL is not a hash", "{SASL}secret"},
    {"unsalted digest under a salted scheme", "{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ="},
    {"salted digest under an unsalted scheme", "{SHA}7X1T7DFefCNAY6MhuBIQZVbQ9Wu9Ato8"},
    {"short digest", "{SHA}5en6G6MezRroT3XKqkdPOmY="},
    {"base64 without padding", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ"},
    {"base64 with spaces", "{SHA} 5en6G6MezRroT3XKqkdPOmY/BfQ="},
    {"base64 garbage", "{SHA}!!!!"},
    {"argon2 without hash", "{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$+Iaqkd4jCs84dokeH3cCSw$"},
    {"argon2 unknown kind", "{ARGON2}$argon2x$v=19$m=4096,t=3,p=1$+Iaqkd4jCs84dokeH3cCSw$1Ubu"},
    {"argon2 too much memory",
	"{ARGON2}$argon2i$v=19$m=262145,t=1,p=1$+Iaqkd4jCs84dokeH3cCSw$1Ubur/Zj"},
    {"argon2 too many passes",
	"{ARGON2}$argon2i$v=19$m=4096,t=17,p=1$+Iaqkd4jCs84dokeH3cCSw$1Ubur/Zj"},
    {"argon2 too much of both",
	"{ARGON2}$argon2i$v=19$m=262144,t=16,p=1$+Iaqkd4jCs84dokeH3cCSw$1Ubur/Zj"},
    {"argon2 a thousand lanes",
	"{ARGON2}$argon2i$v=19$m=65536,t=1,p=1000$+Iaqkd4jCs84dokeH3cCSw$1Ubur/Zj"},
    {"argon2 overflowing number",
	"{ARGON2}$argon2i$v=19$m=4294971392,t=3,p=1$+Iaqkd4jCs84dokeH3cCSw$1Ubur/Zj"},
    {"argon2 negative", "{ARGON2}$argon2i$v=19$m=-1,t=3,p=1$+Iaqkd4jCs84dokeH3cCSw$1Ubur/Zj"},
    {"pbkdf2 no fields", "{PBKDF2}1000"},
    {"pbkdf2 empty salt", "{PBKDF2}1000$$kX5LuRsM3Q0HqhK1NbI6pA"},
    {"pbkdf2 zero iterations", "{PBKDF2}0$MDEyMzQ1Njc4OWFiY2RlZg$kX5LuRsM3Q0HqhK1NbI6pA"},
    {"pbkdf2 endless", "{PBKDF2}2000000001$MDEyMzQ1Njc4OWFiY2RlZg$kX5LuRsM3Q0HqhK1NbI6pA"},
    {"pbkdf2 signed", "{PBKDF2}+1000$MDEyMzQ1Njc4OWFiY2RlZg$kX5LuRsM3Q0HqhK1NbI6pA"},
    {"crypt empty", "{CRYPT}"},
    {"crypt failure token", "{CRYPT}*0"},
    {"crypt locked", "{CRYPT}!$6$abcdefgh$ltjgWl6579NluT"},
    {"crypt setting only", "{CRYPT}$6$abcdefgh$"},
    {"crypt bcrypt for days",
	"{CRYPT}$2b$31$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"},
    {"crypt sha512 for days", "{CRYPT}$6$rounds=999999999$abcdefgh$ltjgWl6579NluT"},
    {"crypt sha512 rounds without number", "{CRYPT}$6$rounds=$abcdefgh$ltjgWl6579NluT"},
    {"crypt yescrypt for all memory", "{CRYPT}$y$jzT$abcdefgh$uMUXG79B2cFpoAYyDccUnsaH"},
    {"crypt yescrypt further costs", "{CRYPT}$y$j7541$abcdefgh$uMUXG79B2cFpoAYyDccUnsaH"},
    {"crypt unknown method", "{CRYPT}$nosuch$abc"},
    {"crypt NT hash", "{CRYPT}$3$$878d8014606cda29677a44efa1353fc7"},
    {"other clear text", "{CLEARTEXT}Secret"},
    {"other plain text", "secret "},
};

static const char *const schemes[] = {"{ARGON2}", "{SSHA}", "{SSHA256}", "{SSHA384}", "{SSHA512}",
    "{SMD5}", "{SHA}", "{SHA256}", "{SHA384}", "{SHA512}", "{MD5}", "{PBKDF2}", "{PBKDF2-SHA1}",
    "{PBKDF2-SHA256}", "{PBKDF2-SHA512}", "{CRYPT}", "{ssha}"};

static void
test_verify_known_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct bv stored = bv_str(good[i].stored);
		if (!passwd_verify(stored, BV_LIT("secret")))
			fail_msg("%s refused", good[i].name);
		if (passwd_verify(stored, BV_LIT("Secret")) ||
		    passwd_verify(stored, BV_LIT("secret1")) ||
		    passwd_verify(stored, BV_LIT("secre")))
			fail_msg("%s accepts a wrong password", good[i].name);
	}
}

static void
test_verify_malformed_never(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bv stored = bv_str(bad[i].stored);
		int64_t start = clock_mono_ms();
		bool clear_text = strchr(bad[i].stored, '}') == NULL || stored.p[1] == '}';
		if (passwd_verify(stored, BV_LIT("secret")) || passwd_verify(stored, BV_LIT("")) ||
		    (!clear_text && passwd_verify(stored, stored)))
			fail_msg("%s accepted", bad[i].name);
		if (clock_mono_ms() - start > 3000)
			fail_msg("%s was worked on", bad[i].name);
	}
}

static void
test_verify_one_byte_changed(void **state)
{
	char copy[256];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t n = strlen(good[i].stored);
		memcpy(copy, good[i].stored, n);
		copy[n - 4] = copy[n - 4] == 'B' ? 'C' : 'B';
		if (passwd_verify(bv_make(copy, n), BV_LIT("secret")))
			fail_msg("%s accepted with a byte changed", good[i].name);
	}
}

static void
test_verify_hostile_clear(void **state)
{
	static uint8_t longer[1025];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	assert_false(passwd_verify(BV_LIT("{CLEARTEXT}a\0b"), BV_LIT("a\0b")));
	assert_false(passwd_verify(BV_LIT("a\0b"), BV_LIT("a\0b")));
	assert_false(passwd_verify(BV_LIT("{CLEARTEXT}"), BV_LIT("")));
	assert_false(passwd_verify(BV_LIT("{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk="), BV_LIT("")));
	assert_false(passwd_verify(BV_NONE, BV_NONE));
	assert_false(passwd_verify(bv_make(longer, 1025), bv_make(longer, 1025)));
	assert_true(passwd_verify(bv_make(longer, 1024), bv_make(longer, 1024)));
}

static void
test_make_and_verify(void **state)
{
	struct passwd_cost cheap = passwd_default_cost;
	struct arena *a = arena_new(0);
	struct errbuf e;
	struct bv made, again;

	(void)state;
	cheap.argon2_m_kib = 64;
	cheap.pbkdf2_iterations = 10;
	cheap.crypt_prefix = "$5$";
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		struct bv scheme = bv_str(schemes[i]);
		assert_int_equal(
		    passwd_make(a, scheme, &cheap, BV_LIT("p\xc3\xa4$"), &made, &e), 0);
		assert_int_equal(
		    passwd_make(a, scheme, &cheap, BV_LIT("p\xc3\xa4$"), &again, &e), 0);
		assert_true(passwd_is_hashed(made));
		assert_true(bv_eq_nocase(bv_make(made.p, scheme.n), scheme));
		if (!passwd_verify(made, BV_LIT("p\xc3\xa4$")) || passwd_verify(made, BV_LIT("p")))
			fail_msg("%s does not verify what it made: %.*s", schemes[i], BV(made));
		bool salted = schemes[i][1] == 'S' && schemes[i][2] != 'H';
		if (salted || i == 0)
			assert_false(bv_eq(made, again));
	}
	arena_free(&a);
}

static void
test_make_clear_text(void **state)
{
	struct arena *a = arena_new(0);
	struct bv made;

	(void)state;
	assert_int_equal(passwd_make(a, BV_LIT("{CLEARTEXT}"), NULL, BV_LIT("x"), &made, NULL), 0);
	assert_true(bv_eq(made, BV_LIT("x")));
	assert_int_equal(
	    passwd_make(a, BV_LIT("{CLEARTEXT}"), NULL, BV_LIT("{SHA}x"), &made, NULL), 0);
	assert_true(bv_eq(made, BV_LIT("{CLEARTEXT}{SHA}x")));
	assert_true(passwd_verify(made, BV_LIT("{SHA}x")));
	arena_free(&a);
}

static void
test_make_refusals(void **state)
{
	static uint8_t longer[1025];
	struct arena *a = arena_new(0);
	struct passwd_cost cost = passwd_default_cost;
	struct errbuf e;
	struct bv made;

	(void)state;
	memset(longer, 'x', sizeof(longer));
	assert_int_equal(
	    passwd_make(a, BV_LIT("{FOO}"), NULL, BV_LIT("x"), &made, &e), ERR_UNSUPPORTED);
	assert_non_null(strstr(e.text, "{SSHA512}"));
	assert_int_equal(
	    passwd_make(a, BV_LIT("{SSHA}"), NULL, bv_make(longer, 1025), &made, &e), ERR_LIMIT);
	assert_int_equal(
	    passwd_make(a, BV_LIT("{SSHA}"), NULL, BV_LIT("a\0b"), &made, &e), ERR_SYNTAX);
	cost.crypt_prefix = "$nosuch$";
	assert_int_equal(
	    passwd_make(a, BV_LIT("{CRYPT}"), &cost, BV_LIT("x"), &made, &e), ERR_SYNTAX);
	cost.crypt_setting = "$6$rounds=99999999$abc$";
	assert_int_equal(
	    passwd_make(a, BV_LIT("{CRYPT}"), &cost, BV_LIT("x"), &made, &e), ERR_LIMIT);
	cost.argon2_t = 1000;
	assert_int_equal(
	    passwd_make(a, BV_LIT("{ARGON2}"), &cost, BV_LIT("x"), &made, &e), ERR_LIMIT);
	arena_free(&a);
}

static void
test_default_cost_is_hardenings(void **state)
{
	struct arena *a = arena_new(0);
	struct bv made;

	(void)state;
	assert_int_equal(passwd_make(a, BV_LIT("{ARGON2}"), NULL, BV_LIT("x"), &made, NULL), 0);
	assert_non_null(strstr((const char *)made.p, "$argon2id$v=19$m=19456,t=2,p=1$"));
	assert_true(passwd_is_slow(made));
	assert_false(passwd_is_slow(BV_LIT("{SSHA}7X1T7DFefCNAY6MhuBIQZVbQ9Wu9Ato8")));
	assert_false(passwd_is_slow(BV_LIT("secret")));
	arena_free(&a);
}

static void
test_is_hashed(void **state)
{
	(void)state;
	assert_true(passwd_is_hashed(BV_LIT("{SSHA}x")));
	assert_true(passwd_is_hashed(BV_LIT("{crypt}x")));
	assert_false(passwd_is_hashed(BV_LIT("{FOO}x")));
	assert_false(passwd_is_hashed(BV_LIT("x{SSHA}")));
	assert_false(passwd_is_hashed(BV_LIT("")));
	assert_false(passwd_is_hashed(BV_LIT("{")));
}

static int64_t
time_of_us(void (*fn)(struct bv), struct bv clear)
{
	int64_t start = clock_mono_us();

	fn(clear);
	return clock_mono_us() - start;
}

/* Absent users must cost about what present ones do. */
static void
test_waste_costs_a_verification(void **state)
{
	struct arena *a = arena_new(0);
	struct bv made;
	int64_t wasted, verified;

	(void)state;
	passwd_waste(BV_LIT("first call makes the dummy"));
	wasted = time_of_us(passwd_waste, BV_LIT("guess"));
	assert_int_equal(passwd_make(a, BV_LIT("{ARGON2}"), NULL, BV_LIT("x"), &made, NULL), 0);
	verified = clock_mono_us();
	assert_false(passwd_verify(made, BV_LIT("guess")));
	verified = clock_mono_us() - verified;
	assert_in_range(wasted * 4, verified, verified * 16);
	arena_free(&a);
}

static void
test_generate(void **state)
{
	struct arena *a = arena_new(0);
	struct bv x = passwd_generate(a, 12);
	struct bv y = passwd_generate(a, 12);

	(void)state;
	assert_int_equal(x.n, 12);
	assert_false(bv_eq(x, y));
	for (size_t i = 0; i < x.n; i++)
		assert_null(memchr("0O1lI", x.p[i], 5));
	assert_int_equal(passwd_generate(a, 0).n, 0);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_verify_known_values),
	    cmocka_unit_test(test_verify_malformed_never),
	    cmocka_unit_test(test_verify_one_byte_changed),
	    cmocka_unit_test(test_verify_hostile_clear),
	    cmocka_unit_test(test_make_and_verify),
	    cmocka_unit_test(test_make_clear_text),
	    cmocka_unit_test(test_make_refusals),
	    cmocka_unit_test(test_default_cost_is_hardenings),
	    cmocka_unit_test(test_is_hashed),
	    cmocka_unit_test(test_waste_costs_a_verification),
	    cmocka_unit_test(test_generate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
