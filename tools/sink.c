#include "tools/sink.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/dn.h"
#include "model/entry.h"
#include "store/bulk.h"
#include "store/store.h"
#include "tools/common.h"

/*
 * Both ways check and refuse before they change anything, so an entry that is refused
 * leaves the transaction as it was. Siblings mostly follow each other: the superior of
 * the last entry is remembered.
 */

struct sink {
	const struct conf_db *db;
	struct store *store;
	struct bulk *bulk;	   /* NULL: a transaction */
	struct store_write *write; /* NULL: a bulk load */
	struct arena *arena;	   /* of parent_name */
	struct bv parent_name;	   /* normal DN of the last superior, absent at first */
	uint64_t parent;
};

int
sink_begin(const struct common_store *s, bool bulk, struct sink **out, struct errbuf *e)
{
	struct arena *a = arena_new(0);
	struct sink *k = arena_zalloc(a, 1, sizeof(*k));
	int rc;

	*k = (struct sink){.db = s->db, .store = s->store, .arena = a};
	if (bulk)
		rc = bulk_begin(s->store, 0, &k->bulk, e);
	else
		rc = store_write_begin(s->store, &k->write, e);
	if (rc != 0)
		arena_free(&a);
	else
		*out = k;
	return rc;
}

static void
remember(struct sink *k, struct bv name, uint64_t id)
{
	static const size_t ENOUGH = 1 << 20;
	struct arena *a = k->arena;

	if (arena_bytes(a) > ENOUGH)
		return;
	k->parent_name = arena_dup(a, name);
	k->parent = id;
}

static int
find_parent(struct sink *k, const struct entry *entry, uint64_t *out)
{
	struct dn superior = dn_parent(&entry->dn);
	uint64_t nearest;
	int rc;

	*out = 0;
	if (common_is_top(k->db, &entry->dn))
		return 0;
	if (k->parent_name.p != NULL && bv_eq(k->parent_name, superior.normal)) {
		*out = k->parent;
		return 0;
	}
	rc = store_find(store_write_reader(k->write), &superior, out, &nearest);
	if (rc == 0)
		remember(k, superior.normal, *out);
	return rc;
}

int
sink_add(struct sink *k, const struct entry *entry, uint64_t *id_out, struct errbuf *e)
{
	uint64_t parent;
	int rc;

	if (k->bulk != NULL)
		return bulk_add(k->bulk, entry, id_out, e);
	rc = find_parent(k, entry, &parent);
	if (rc != 0)
		return rc == ERR_NOT_FOUND ? rc : err_set(e, rc, "%s", err_text(rc));
	return store_add(k->write, parent, entry, id_out, e);
}

int
sink_checkpoint(struct sink *k, struct errbuf *e)
{
	int rc;

	if (k->bulk != NULL)
		return 0;
	rc = store_write_commit(&k->write, e);
	return rc != 0 ? rc : store_write_begin(k->store, &k->write, e);
}

int
sink_commit(struct sink **kp, struct errbuf *e)
{
	struct sink *k = *kp;
	struct arena *a = k->arena;
	int rc;

	*kp = NULL;
	if (k->bulk != NULL)
		rc = bulk_end(&k->bulk, e);
	else
		rc = store_write_commit(&k->write, e);
	arena_free(&a);
	return rc;
}

void
sink_abort(struct sink **kp)
{
	struct sink *k = *kp;
	struct arena *a;

	if (k == NULL)
		return;
	*kp = NULL;
	a = k->arena;
	if (k->bulk != NULL)
		bulk_abort(&k->bulk);
	store_write_abort(&k->write);
	arena_free(&a);
}
