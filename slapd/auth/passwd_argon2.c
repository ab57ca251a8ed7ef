#include <argon2.h>
#include "base/arena.h"
#include "base/err.h"
#include "passwd.h"
#include "passwd_scheme.h"

/*
 * Argon2 (RFC 9106) in PHC form:
 *   $argon2id$v=19$m=19456,t=2,p=1$salt$hash
 * The costs are read here first and held to the caps: a stored value must not decide
 * how much memory or time this server spends. The library reads the same text again;
 * both accept one spelling only.
 */

enum {
	MAX_M_KIB = 256 * 1024,
	MAX_T = 16,
	MAX_P = 16,
	MAX_WORK_KIB = 1024 * 1024, /* m times t: about a second */
	KEY_BYTES = 32,
	MAX_ENCODED = 256,
};

static const struct {
	const char *prefix;
	argon2_type type;
} kinds[] = {
    {"$argon2id$", Argon2_id},
    {"$argon2i$", Argon2_i},
    {"$argon2d$", Argon2_d},
};

/* Passes over a prefix; returns whether it was there. */
static bool
eat(struct bv *rest, const char *prefix)
{
	size_t n = strlen(prefix);

	if (rest->n < n || memcmp(rest->p, prefix, n) != 0)
		return false;
	*rest = bv_from(*rest, n);
	return true;
}

/* Passes over a decimal number without leading zeros from 1 to max. */
static bool
eat_number(struct bv *rest, unsigned max, unsigned *out)
{
	unsigned value = 0;
	size_t n = 0;

	while (n < rest->n && n < 7 && rest->p[n] >= '0' && rest->p[n] <= '9')
		value = value * 10 + (unsigned)(rest->p[n++] - '0');
	if (n == 0 || rest->p[0] == '0' || value > max)
		return false;
	*rest = bv_from(*rest, n);
	*out = value;
	return true;
}

static bool
costs_are_sane(struct bv rest)
{
	unsigned m, t, p;

	if (eat(&rest, "v=") && !(eat(&rest, "19$") || eat(&rest, "16$")))
		return false;
	return eat(&rest, "m=") && eat_number(&rest, MAX_M_KIB, &m) && eat(&rest, ",t=") &&
	       eat_number(&rest, MAX_T, &t) && eat(&rest, ",p=") && eat_number(&rest, MAX_P, &p) &&
	       eat(&rest, "$") && m * t <= MAX_WORK_KIB;
}

bool
passwd_argon2_verify(
    const struct passwd_scheme *s, struct arena *a, struct bv text, struct bv clear)
{
	(void)s;
	if (text.n > MAX_ENCODED || memchr(text.p, '\0', text.n) != NULL)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct bv rest = text;
		if (!eat(&rest, kinds[i].prefix))
			continue;
		return costs_are_sane(rest) && argon2_verify(arena_str(a, text), clear.p, clear.n,
						   kinds[i].type) == ARGON2_OK;
	}
	return false;
}

int
passwd_argon2_make(const struct passwd_scheme *s, struct arena *a, const struct passwd_cost *cost,
    struct bv clear, struct bv *out, struct errbuf *e)
{
	char *encoded = arena_alloc(a, MAX_ENCODED);
	uint8_t *salt = arena_alloc(a, s->salt_bytes);
	int rc;

	if (cost->argon2_m_kib > MAX_M_KIB || cost->argon2_t > MAX_T || cost->argon2_p > MAX_P ||
	    cost->argon2_m_kib * cost->argon2_t > MAX_WORK_KIB)
		return err_set(e, ERR_LIMIT,
		    "argon2 takes at most m=%d KiB, t=%d, p=%d, and m times t %d KiB", MAX_M_KIB,
		    MAX_T, MAX_P, MAX_WORK_KIB);
	passwd_random(salt, s->salt_bytes);
	rc = argon2id_hash_encoded(cost->argon2_t, cost->argon2_m_kib, cost->argon2_p,
	    clear.n == 0 ? (const void *)"" : clear.p, clear.n, salt, s->salt_bytes, KEY_BYTES,
	    encoded, MAX_ENCODED);
	if (rc != ARGON2_OK)
		return err_set(e, ERR_LIMIT, "argon2: %s", argon2_error_message(rc));
	*out = bv_str(encoded);
	return 0;
}
