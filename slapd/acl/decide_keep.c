#include "decide_impl.h"

#include "base/arena.h"

/*
 * An entry is asked about once for each of its attributes, and the same rules are walked
 * for most of them. What one walk gave is kept until another entry is asked about. Entries are
 * told apart by what they hold, the checksums of their records, and by their names: never by
 * addresses, which are used again. An entry that is not a record may change at any time.
 */

enum { FIRST_ROOM = 256 };

static void
keep_name(struct decide *d, struct bv dn)
{
	struct decide_kept *k = &d->kept;

	if (k->dn_room < dn.n || k->dn_room == 0) {
		k->dn_room = dn.n * 2 + FIRST_ROOM;
		k->dn.p = arena_alloc(d->env.arena, k->dn_room);
	}
	memcpy((uint8_t *)(uintptr_t)k->dn.p, dn.p, dn.n);
	k->dn.n = dn.n;
}

static void
begin(struct decide *d)
{
	struct decide_kept *k = &d->kept;
	size_t classes = d->table->class_count;

	k->serials = arena_zalloc(d->env.arena, classes, sizeof(*k->serials));
	k->bits = arena_alloc(d->env.arena, classes);
	k->whats = arena_alloc(d->env.arena, d->rules->count);
}

bool
decide_keep(struct decide *d, const struct acl_entry *e)
{
	struct decide_kept *k = &d->kept;
	struct decide_seen *seen = &k->seen;

	if (e->record == NULL || e->record->bytes.n < LAYOUT_HEADER_BYTES)
		return false;
	const uint8_t *head = e->record->bytes.p;
	if (k->serial > 0 && seen->id == e->id &&
	    memcmp(seen->head, head, LAYOUT_HEADER_BYTES) == 0 && bv_eq(k->dn, e->normal_dn))
		return true;
	if (k->serials == NULL)
		begin(d);
	seen->id = e->id;
	memcpy(seen->head, head, LAYOUT_HEADER_BYTES);
	keep_name(d, e->normal_dn);
	memset(k->whats, HOLDS_UNKNOWN, d->rules->count);
	k->serial++;
	return true;
}
