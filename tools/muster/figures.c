#include "tools/muster/figures.h"

#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include "base/arena.h"
#include "base/clock.h"

/* Connections are not asked for: there may be thousands, and the server makes them all. */

enum { PATIENCE_S = 10, MAX_DIGITS = 20 };

static const struct {
	const char *base;
	int scope;
} parts[] = {
    {"cn=Operations,cn=Monitor", LDAP_SCOPE_SUBTREE}, /* before we add to them */
    {"cn=Monitor", LDAP_SCOPE_BASE},
    {"cn=Total,cn=Connections,cn=Monitor", LDAP_SCOPE_BASE},
    {"cn=Current,cn=Connections,cn=Monitor", LDAP_SCOPE_BASE},
    {"cn=Peak,cn=Connections,cn=Monitor", LDAP_SCOPE_BASE},
    {"cn=Max File Descriptors,cn=Connections,cn=Monitor", LDAP_SCOPE_BASE},
    {"cn=Databases,cn=Monitor", LDAP_SCOPE_SUBTREE},
    {"cn=Statistics,cn=Monitor", LDAP_SCOPE_SUBTREE},
    {"cn=Threads,cn=Monitor", LDAP_SCOPE_SUBTREE},
    {"cn=Time,cn=Monitor", LDAP_SCOPE_SUBTREE},
    {"cn=TLS,cn=Monitor", LDAP_SCOPE_SUBTREE},
    {"cn=Waiters,cn=Monitor", LDAP_SCOPE_SUBTREE},
};

static struct bv
dup(struct arena *a, const struct berval *v)
{
	return arena_dup(a, bv_make((const uint8_t *)v->bv_val, v->bv_len));
}

static void
add_value(struct arena *a, struct figures_entry *e, struct bv name, struct bv value)
{
	e->values = arena_grow(a, e->values, e->count, e->count + 1, sizeof(*e->values));
	e->values[e->count++] = (struct figures_value){name, value};
}

static void
take_entry(LDAP *ld, LDAPMessage *msg, struct arena *a, struct figures_entry *out)
{
	BerElement *ber = NULL;
	struct berval dn, attr, *values = NULL;

	*out = (struct figures_entry){BV_LIT(""), NULL, 0};
	if (ldap_get_dn_ber(ld, msg, &ber, &dn) != LDAP_SUCCESS)
		return;
	out->dn = dup(a, &dn);
	while (ldap_get_attribute_ber(ld, msg, ber, &attr, &values) == LDAP_SUCCESS &&
	       attr.bv_val != NULL) {
		struct bv name = dup(a, &attr);
		for (size_t i = 0; values != NULL && values[i].bv_val != NULL; i++)
			add_value(a, out, name, dup(a, &values[i]));
		ber_memfree(values);
		values = NULL;
	}
	ber_free(ber, 0);
}

/* Adds what one search finds. */
static int
add_entries(LDAP *ld, struct arena *a, const char *base, int scope, struct figures *out)
{
	char all[] = "*", operational[] = "+";
	char *attrs[] = {all, operational, NULL};
	struct timeval patience = {PATIENCE_S, 0};
	LDAPMessage *found = NULL;
	int code = ldap_search_ext_s(
	    ld, base, scope, "(objectClass=*)", attrs, 0, NULL, NULL, &patience, 0, &found);
	int n = code == LDAP_SUCCESS ? ldap_count_entries(ld, found) : 0;

	if (n > 0)
		out->entries = arena_grow(
		    a, out->entries, out->count, out->count + (size_t)n, sizeof(*out->entries));
	for (LDAPMessage *m = n > 0 ? ldap_first_entry(ld, found) : NULL; m != NULL;
	     m = ldap_next_entry(ld, m))
		take_entry(ld, m, a, &out->entries[out->count++]);
	ldap_msgfree(found);
	return code;
}

/* What may be hidden from who asks, or unknown to another server, is left out. */
static int
read_parts(LDAP *ld, struct arena *a, size_t count, struct figures *out)
{
	int first_code = LDAP_NO_SUCH_OBJECT;

	*out = (struct figures){NULL, 0, clock_mono_ms()};
	for (size_t i = 0; i < count; i++) {
		int code = add_entries(ld, a, parts[i].base, parts[i].scope, out);
		if (code == LDAP_SERVER_DOWN || code == LDAP_TIMEOUT)
			return code;
		if (i == 0 && code != LDAP_SUCCESS)
			first_code = code;
	}
	return out->count == 0 ? first_code : LDAP_SUCCESS;
}

int
figures_read(LDAP *ld, struct arena *a, struct figures *out)
{
	return read_parts(ld, a, sizeof(parts) / sizeof(parts[0]), out);
}

int
figures_read_operations(LDAP *ld, struct arena *a, struct figures *out)
{
	return read_parts(ld, a, 1, out);
}

static bool
same(struct bv x, struct bv y)
{
	return x.n == y.n && strncasecmp((const char *)x.p, (const char *)y.p, x.n) == 0;
}

const struct figures_entry *
figures_find(const struct figures *f, const char *dn)
{
	for (size_t i = 0; i < f->count; i++) {
		if (same(f->entries[i].dn, bv_str(dn)))
			return &f->entries[i];
	}
	return NULL;
}

struct bv
figures_value(const struct figures_entry *e, const char *name)
{
	for (size_t i = 0; e != NULL && i < e->count; i++) {
		if (bv_is(e->values[i].name, name))
			return e->values[i].value;
	}
	return BV_NONE;
}

uint64_t
figures_number(const struct figures_entry *e, const char *name)
{
	struct bv text = figures_value(e, name);
	uint64_t n = 0;

	for (size_t i = 0; i < text.n && i < MAX_DIGITS; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return 0;
		n = n * 10 + (uint64_t)(text.p[i] - '0');
	}
	return n;
}

uint64_t
figures_of(const struct figures *f, const char *dn, const char *name)
{
	return figures_number(figures_find(f, dn), name);
}

bool
figures_is(const struct figures_entry *e, const char *class_name)
{
	for (size_t i = 0; i < e->count; i++) {
		if (bv_is(e->values[i].name, "objectClass") &&
		    bv_is(e->values[i].value, class_name))
			return true;
	}
	return false;
}

bool
figures_is_below(const struct figures_entry *e, const struct figures_entry *top)
{
	size_t head = e->dn.n - top->dn.n;

	return e->dn.n > top->dn.n && e->dn.p[head - 1] == ',' &&
	       same(bv_from(e->dn, head), top->dn);
}
