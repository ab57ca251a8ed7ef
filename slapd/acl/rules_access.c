#include "acl/rules_impl.h"

#include "base/arena.h"

/*
 *	access = [ "self" / "realself" ] ( level / privileges )
 *	privileges = ( "=" / "+" / "-" ) *( "0" / "d" / "x" / "c" / "s" / "r" / "w" / "a" / "z" /
 *"m" )
 *
 * A level holds those below it; add and delete are the two halves of write.
 */

enum {
	AUTH = ACL_B_DISCLOSE | ACL_B_AUTH,
	COMPARE = AUTH | ACL_B_COMPARE,
	SEARCH = COMPARE | ACL_B_SEARCH,
	READ = SEARCH | ACL_B_READ,
	WRITE = READ | ACL_B_WRITE,
};

static const struct {
	const char *name;
	unsigned bits;
} levels[] = {
    {"none", 0},
    {"disclose", ACL_B_DISCLOSE},
    {"auth", AUTH},
    {"compare", COMPARE},
    {"search", SEARCH},
    {"read", READ},
    {"add", READ | ACL_B_ADD},
    {"delete", READ | ACL_B_DELETE},
    {"write", WRITE},
    {"manage", ACL_B_ALL},
};

enum { LEVEL_COUNT = sizeof(levels) / sizeof(levels[0]) };

/* In the order in which they are printed: w stands for both its halves. */
static const struct {
	char letter;
	unsigned bits;
} privileges[] = {
    {'m', ACL_B_MANAGE},
    {'w', ACL_B_WRITE},
    {'a', ACL_B_ADD},
    {'z', ACL_B_DELETE},
    {'r', ACL_B_READ},
    {'s', ACL_B_SEARCH},
    {'c', ACL_B_COMPARE},
    {'x', ACL_B_AUTH},
    {'d', ACL_B_DISCLOSE},
    {'0', 0},
};

enum { PRIVILEGE_COUNT = sizeof(privileges) / sizeof(privileges[0]) };

unsigned
rules_level_bits(struct bv name, bool *known)
{
	for (size_t i = 0; i < LEVEL_COUNT; i++) {
		if (bv_is(name, levels[i].name)) {
			*known = true;
			return levels[i].bits;
		}
	}
	*known = false;
	return 0;
}

static bool
read_privileges(struct bv text, unsigned *bits_out)
{
	unsigned bits = 0;

	for (size_t i = 0; i < text.n; i++) {
		size_t at = 0;
		char c = (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] + 32 : text.p[i]);
		while (at < PRIVILEGE_COUNT && privileges[at].letter != c)
			at++;
		if (at == PRIVILEGE_COUNT)
			return false;
		bits |= privileges[at].bits;
	}
	*bits_out = bits;
	return true;
}

/* Takes a prefix off. */
static bool
take(struct bv *text, const char *prefix)
{
	size_t n = strlen(prefix);

	if (text->n < n || !bv_is(bv_make(text->p, n), prefix))
		return false;
	*text = bv_from(*text, n);
	return true;
}

bool
rules_access_read(struct bv text, struct rules_by *by)
{
	static const char signs[] = "=+-";
	bool known = true;

	by->real_self = take(&text, "realself");
	by->self = by->real_self || take(&text, "self");
	by->apply = RULES_SET;
	if (text.n == 0)
		return false;
	const char *sign = memchr(signs, text.p[0], 3);
	if (sign == NULL) {
		by->bits = rules_level_bits(text, &known);
		return known;
	}
	by->apply = *sign == '+' ? RULES_PLUS : *sign == '-' ? RULES_MINUS : RULES_SET;
	return read_privileges(bv_from(text, 1), &by->bits);
}

bool
rules_control_read(struct bv text, enum rules_control *out)
{
	static const char *const names[] = {"stop", "continue", "break"};
	static const enum rules_control controls[] = {RULES_STOP, RULES_CONTINUE, RULES_BREAK};

	for (size_t i = 0; i < 3; i++) {
		if (bv_is(text, names[i])) {
			*out = controls[i];
			return true;
		}
	}
	return false;
}

struct bv
rules_bits_text(struct arena *a, unsigned bits)
{
	char letters[PRIVILEGE_COUNT + 1];
	size_t n = 0;
	unsigned left = bits;

	for (size_t i = 0; i + 1 < PRIVILEGE_COUNT; i++) {
		if ((left & privileges[i].bits) != privileges[i].bits)
			continue;
		letters[n++] = privileges[i].letter;
		left &= ~privileges[i].bits;
	}
	if (n == 0)
		letters[n++] = '0';
	letters[n] = 0;
	for (size_t i = 0; i < LEVEL_COUNT; i++) {
		if (levels[i].bits == bits)
			return arena_printf(a, "%s(=%s)", levels[i].name, letters);
	}
	return arena_printf(a, "=%s", letters);
}
