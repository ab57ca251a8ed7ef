#include <crypt.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "passwd.h"
#include "passwd_scheme.h"

/*
 * crypt(3) hashes by libxcrypt. Several methods write their cost into the hash, up to
 * days of work or all memory, so each method known here has a small reader of its cost;
 * a hash of a method without a row is refused.
 */

enum {
	MAX_BCRYPT_LOG2 = 14,
	MAX_ROUNDS = 1000000,
	MAX_BLOCK_BYTES_LOG2 = 28, /* 256 MiB of yescrypt and scrypt memory */
	MAX_BSDI_COUNT = 1000000,
	MAX_HASH = CRYPT_OUTPUT_SIZE - 1,
};

/* The value of a digit of crypt's alphabet, or 64. */
static unsigned
digit(uint8_t c)
{
	static const char digits[] =
	    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? 64 : (unsigned)(at - digits);
}

/* Reads n digits, least significant first; returns whether all are there. */
static bool
read_digits(struct bv text, size_t n, unsigned *out)
{
	unsigned value = 0;

	if (text.n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned d = digit(text.p[i]);
		if (d > 63)
			return false;
		value |= d << (6 * i);
	}
	*out = value;
	return true;
}

/* Bytes of memory for N = 2^log2 blocks of size r, held to the cap. */
static bool
memory_is_sane(unsigned log2, unsigned r)
{
	return r > 0 && r <= 1024 && log2 <= MAX_BLOCK_BYTES_LOG2 &&
	       (UINT64_C(128) * r << log2) <= UINT64_C(1) << MAX_BLOCK_BYTES_LOG2;
}

static bool
cost_none(struct bv rest)
{
	(void)rest;
	return true;
}

/* bcrypt: "10$..." */
static bool
cost_bcrypt(struct bv rest)
{
	int64_t log2;

	return rest.n > 3 && rest.p[0] >= '0' && rest.p[0] <= '9' && rest.p[2] == '$' &&
	       bv_to_i64(bv_make(rest.p, 2), &log2) && log2 <= MAX_BCRYPT_LOG2;
}

/* A decimal number up to '$' or ',', at most MAX_ROUNDS. */
static bool
rounds_are_sane(struct bv rest)
{
	int64_t rounds;
	size_t n = 0;

	while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	return n > 0 && bv_to_i64(bv_make(rest.p, n), &rounds) && rounds <= MAX_ROUNDS;
}

/* sha256crypt, sha512crypt: "salt$..." or "rounds=5000$salt$..." */
static bool
cost_sha2(struct bv rest)
{
	static const char word[] = "rounds=";
	size_t n = sizeof(word) - 1;

	if (rest.n < n || memcmp(rest.p, word, n) != 0)
		return true;
	return rounds_are_sane(bv_from(rest, n));
}

/* yescrypt: flavour, log2 N and r, one digit each below 48, without further parameters. */
static bool
cost_yescrypt(struct bv rest)
{
	if (rest.n < 4 || rest.p[3] != '$')
		return false;
	unsigned log2 = digit(rest.p[1]) + 1;
	unsigned r = digit(rest.p[2]) + 1;
	return log2 <= 48 && r <= 48 && memory_is_sane(log2, r);
}

/* scrypt: log2 N in one digit, r and p in five each. */
static bool
cost_scrypt(struct bv rest)
{
	unsigned log2, r, p;

	return read_digits(rest, 1, &log2) && read_digits(bv_from(rest, 1), 5, &r) &&
	       read_digits(bv_from(rest, 6), 5, &p) && p >= 1 && p <= 4 && memory_is_sane(log2, r);
}

/* The extended DES of BSD: four digits of count. */
static bool
cost_bsdi(struct bv rest)
{
	unsigned count;

	return read_digits(rest, 4, &count) && count <= MAX_BSDI_COUNT;
}

static const struct method {
	const char *prefix;
	bool (*cost_is_sane)(struct bv rest);
} methods[] = {
    {"$y$", cost_yescrypt},
    {"$gy$", cost_yescrypt},
    {"$7$", cost_scrypt},
    {"$2a$", cost_bcrypt},
    {"$2b$", cost_bcrypt},
    {"$2x$", cost_bcrypt},
    {"$2y$", cost_bcrypt},
    {"$5$", cost_sha2},
    {"$6$", cost_sha2},
    {"$sha1$", rounds_are_sane},
    {"$1$", cost_none},
    {"_", cost_bsdi},
};

static bool
starts_with(struct bv text, const char *prefix)
{
	size_t n = strlen(prefix);

	return text.n >= n && memcmp(text.p, prefix, n) == 0;
}

static bool
is_old_des(struct bv hash)
{
	for (size_t i = 0; i < hash.n; i++)
		if (digit(hash.p[i]) > 63)
			return false;
	return hash.n == 13;
}

/* Returns the row of the method that a hash or setting names, or NULL. */
static const struct method *
method_of(struct bv hash)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (starts_with(hash, methods[i].prefix))
			return &methods[i];
	return NULL;
}

static bool
is_sane(struct bv hash)
{
	const struct method *method = method_of(hash);

	if (hash.n > MAX_HASH || memchr(hash.p, '\0', hash.n) != NULL)
		return false;
	if (method != NULL)
		return method->cost_is_sane(bv_from(hash, strlen(method->prefix)));
	return is_old_des(hash);
}

/* Whether crypt(3) may run with this setting: 0, ERR_SYNTAX when it is not known, ERR_LIMIT when it
 * costs too much. Without a method it is the salt of the old DES, whose cost is fixed. */
static int
check_setting(const char *setting)
{
	struct bv text = bv_str(setting == NULL ? "" : setting);

	if (method_of(text) == NULL)
		return text.n > 0 && digit(text.p[0]) < 64 ? 0 : ERR_SYNTAX;
	return is_sane(text) ? 0 : ERR_LIMIT;
}

/* Runs crypt(3); NULL when the setting is refused. The result lives in the arena. */
static const char *
run(struct arena *a, const char *setting, struct bv clear)
{
	struct crypt_data *data = arena_zalloc(a, 1, sizeof(*data));
	const char *made = crypt_rn(arena_str(a, clear), setting, data, (int)sizeof(*data));

	return made == NULL || made[0] == '*' ? NULL : made;
}

bool
passwd_crypt_verify(const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear)
{
	const char *made;

	(void)s;
	if (!is_sane(text))
		return false;
	made = run(a, arena_str(a, text), clear);
	return made != NULL && passwd_same(bv_str(made), text);
}

int
passwd_crypt_make(const struct passwd_scheme *s, struct arena *a, const struct passwd_cost *cost,
    struct bv clear, struct bv *out, struct errbuf *e)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *use = cost->crypt_setting;
	const char *made;

	(void)s;
	if (use == NULL)
		use =
		    crypt_gensalt_rn(cost->crypt_prefix, 0, NULL, 0, setting, (int)sizeof(setting));
	int err = check_setting(use);
	made = err == 0 ? run(a, use, clear) : NULL;
	if (err == ERR_LIMIT || (made != NULL && !is_sane(bv_str(made))))
		return err_set(
		    e, ERR_LIMIT, "the salt format asks for more work than verifying may take");
	if (made == NULL)
		return err_set(e, ERR_SYNTAX, "crypt(3) does not know the salt format \"%s\"",
		    cost->crypt_setting != NULL	 ? cost->crypt_setting
		    : cost->crypt_prefix != NULL ? cost->crypt_prefix
						 : "");
	*out = bv_str(made);
	return 0;
}
