#include "tools/identity.h"

#include "base/arena.h"
#include "model/dn.h"

/* SASL names; the server maps them no further. */

struct bv
identity_dn(struct arena *a, const char *id, const char *realm, const char *mech)
{
	const char *const parts[] = {realm, mech};

	if (strncmp(id, "dn:", 3) == 0)
		return bv_str(id + 3);
	if (strncmp(id, "u:", 2) == 0)
		id += 2;
	struct bv name = dn_escape(a, bv_str(id));
	struct bv text = arena_printf(a, "uid=%.*s", BV(name));
	for (size_t i = 0; i < 2; i++) {
		if (parts[i] == NULL)
			continue;
		struct bv part = dn_escape(a, bv_str(parts[i]));
		text = arena_printf(a, "%.*s,cn=%.*s", BV(text), BV(part));
	}
	return arena_printf(a, "%.*s,cn=auth", BV(text));
}
