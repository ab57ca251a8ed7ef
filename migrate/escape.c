#include "escape.h"

#include <ldap.h>
#include <stdlib.h>

#include "text.h"

/*
 * RFC 4514. Names are written by hand, one escape per character that needs it,
 * and read with libldap, whose parser knows every form that servers return.
 */

static const char hex[] = "0123456789ABCDEF";

static bool
needs_backslash(struct bv value, size_t i)
{
	uint8_t c = value.p[i];

	if (c == ' ')
		return i == 0 || i == value.n - 1;
	if (c == '#')
		return i == 0;
	return c != 0 && strchr("\"+,;<>\\=", c) != NULL;
}

struct bv
escape_value(struct arena *arena, struct bv value)
{
	uint8_t *out = arena_alloc(arena, 3 * value.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];

		if (c < 32 || c == 127) {
			out[n++] = '\\';
			out[n++] = (uint8_t)hex[c >> 4];
			out[n++] = (uint8_t)hex[c & 15];
			continue;
		}
		if (needs_backslash(value, i))
			out[n++] = '\\';
		out[n++] = c;
	}
	out[n] = 0;
	return bv_make(out, n);
}

struct bv
escape_rdn(struct arena *arena, const char *type, struct bv value)
{
	struct bv text = escape_value(arena, value);

	return arena_printf(arena, "%s=%.*s", type, BV(text));
}

struct bv
escape_join(struct arena *arena, struct bv rdn, struct bv superior)
{
	if (superior.n == 0)
		return arena_dup(arena, rdn);
	return arena_printf(arena, "%.*s,%.*s", BV(rdn), BV(superior));
}

static LDAPDN
read_dn(struct arena *arena, struct bv dn)
{
	LDAPDN parts = NULL;

	if (memchr(dn.p == NULL ? (const uint8_t *)"" : dn.p, 0, dn.n) != NULL)
		return NULL;
	if (ldap_str2dn(arena_str(arena, dn), &parts, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
		return NULL;
	return parts;
}

bool
escape_dn_ok(struct arena *arena, struct bv dn)
{
	LDAPDN parts = read_dn(arena, dn);

	if (parts == NULL)
		return false;
	ldap_dnfree(parts);
	return true;
}

static struct bv
ava_key(struct arena *arena, const LDAPAVA *ava)
{
	struct bv type = text_fold(arena, bv_make(ava->la_attr.bv_val, ava->la_attr.bv_len));
	struct bv value = text_fold(arena, bv_make(ava->la_value.bv_val, ava->la_value.bv_len));

	return escape_rdn(arena, (const char *)type.p, value);
}

static int
by_bytes(const void *a, const void *b)
{
	return bv_cmp(*(const struct bv *)a, *(const struct bv *)b);
}

static struct bv
rdn_key(struct arena *arena, LDAPRDN rdn)
{
	size_t count = 0;

	while (rdn[count] != NULL)
		count++;
	struct bv *keys = arena_zalloc(arena, count + 1, sizeof(*keys));
	for (size_t i = 0; i < count; i++)
		keys[i] = ava_key(arena, rdn[i]);
	qsort(keys, count, sizeof(*keys), by_bytes);
	struct bv key = keys[0];
	for (size_t i = 1; i < count; i++)
		key = arena_printf(arena, "%.*s+%.*s", BV(key), BV(keys[i]));
	return key;
}

struct bv
escape_dn_key(struct arena *arena, struct bv dn)
{
	LDAPDN parts = read_dn(arena, dn);
	struct bv key = BV_LIT("");

	if (parts == NULL)
		return text_fold(arena, dn);
	for (size_t i = 0; parts[i] != NULL; i++) {
		struct bv rdn = rdn_key(arena, parts[i]);
		key = arena_printf(arena, "%.*s%.*s,", BV(key), BV(rdn));
	}
	ldap_dnfree(parts);
	return key;
}

/* Returns the offset behind the first comma that separates RDNs, or dn.n. */
static size_t
superior_at(struct bv dn)
{
	for (size_t i = 0; i < dn.n; i++) {
		if (dn.p[i] == '\\')
			i++;
		else if (dn.p[i] == ',')
			return i + 1;
	}
	return dn.n;
}

bool
escape_first(
    struct arena *arena, struct bv dn, struct bv *type_out, struct bv *value_out, struct bv *up_out)
{
	LDAPDN parts = read_dn(arena, dn);

	if (parts == NULL)
		return false;
	bool one = parts[0] != NULL && parts[0][0] != NULL && parts[0][1] == NULL;
	if (one) {
		const LDAPAVA *ava = parts[0][0];
		*type_out = arena_dup(arena, bv_make(ava->la_attr.bv_val, ava->la_attr.bv_len));
		*value_out = arena_dup(arena, bv_make(ava->la_value.bv_val, ava->la_value.bv_len));
		*up_out = bv_trim(bv_from(dn, superior_at(dn)));
	}
	ldap_dnfree(parts);
	return one;
}
