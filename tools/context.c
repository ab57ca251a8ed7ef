#include "tools/context.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/dn.h"
#include "model/entry.h"
#include "model/schema.h"
#include "model/stamp.h"
#include "store/store.h"
#include "tools/change.h"
#include "tools/common.h"

enum { SID_AT = 30, SID_BYTES = 3 /* in "YYYYmmddHHMMSS.uuuuuuZ#cccccc#sss#mmmmmm" */ };

void
context_init(struct context *c, struct arena *a)
{
	*c = (struct context){.arena = a};
}

static struct bv
sid_of(struct bv csn)
{
	return bv_make(csn.p + SID_AT, SID_BYTES);
}

static void
add_csn(struct context *c, struct bv csn)
{
	for (size_t i = 0; i < c->count; i++) {
		if (!bv_eq(sid_of(c->csns[i]), sid_of(csn)))
			continue;
		if (bv_cmp(c->csns[i], csn) < 0)
			memcpy((uint8_t *)(uintptr_t)c->csns[i].p, csn.p, STAMP_CSN_BYTES);
		return;
	}
	if (c->count == c->cap) {
		size_t cap = c->cap == 0 ? 8 : c->cap * 2;
		c->csns = arena_grow(c->arena, c->csns, c->cap, cap, sizeof(*c->csns));
		c->cap = cap;
	}
	c->csns[c->count++] = arena_dup(c->arena, csn);
}

void
context_note(struct context *c, const struct schema *s, const struct entry *e)
{
	const struct attr *a = entry_find(e, desc_of_type(s, schema_known(s)->entry_csn));
	char csn[STAMP_CSN_BYTES];

	if (a != NULL && a->count > 0 && stamp_csn(a->values[0], csn) == 0)
		add_csn(c, bv_make(csn, sizeof(csn)));
}

static int
put_csns(const struct context *c, struct change *ch, struct entry *e)
{
	const struct attr_desc *d =
	    desc_of_type(ch->how.schema, schema_known(ch->how.schema)->context_csn);

	entry_remove(e, d);
	return entry_add_values(ch->how.schema, e, d, c->csns, c->count, NULL, ch->text);
}

int
context_write(const struct context *c, struct common *common)
{
	struct errbuf e = {""};
	struct change ch = {
	    .how = {.schema = common->conf->schema, .db = common->db},
	    .arena = common->arena,
	    .text = &e,
	};
	struct entry entry;
	uint64_t id;
	int rc = 0;

	if (c->count == 0)
		return 0;
	if (store_write_begin(common->stores[0].store, &ch.write, &e) != 0)
		return common_fail(common, "cannot write contextCSN: %s", e.text);
	rc = change_load(&ch, &common->db->suffixes[0], &id, &entry);
	if (rc == 0)
		rc = put_csns(c, &ch, &entry);
	if (rc == 0)
		rc = store_replace(ch.write, id, &entry, &e);
	if (rc == 0)
		rc = store_write_commit(&ch.write, &e);
	store_write_abort(&ch.write);
	if (rc == 0 && store_sync(common->stores[0].store, &e) == 0)
		return 0;
	return common_fail(common, "cannot write contextCSN: %s", e.text);
}

static int
note_all(struct context *c, struct common *common, struct store_read *r, struct errbuf *e)
{
	struct arena *work = arena_new(0);
	struct record rec;
	struct entry entry;
	static const struct dn nameless;
	uint64_t id = 1;
	int rc;

	while ((rc = store_next(r, &id, &rec, e)) == 0) {
		arena_reset(work);
		entry_init(&entry, work, &nameless);
		rc = record_decode(&rec, store_read_map(r), work, &entry);
		if (rc != 0)
			break;
		context_note(c, common->conf->schema, &entry);
		id++;
	}
	arena_free(&work);
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

int
context_refresh(struct common *common)
{
	struct store_read *r = store_read_new(common->stores[0].store);
	struct context c;
	struct errbuf e = {""};
	int rc;

	context_init(&c, common->arena);
	rc = store_read_begin(r, &e);
	if (rc == 0)
		rc = note_all(&c, common, r, &e);
	store_read_end(r);
	store_read_free(&r);
	if (rc != 0)
		return common_fail(common, "cannot compute contextCSN: %s", e.text);
	return context_write(&c, common);
}
