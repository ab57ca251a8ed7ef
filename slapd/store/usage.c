#include "usage.h"

#include <string.h>

#include "base/err.h"
#include "read.h"

/* LMDB's own table of free pages, database 0, has a list for each transaction that freed some. */

enum { FREE_PAGES_DBI = 0 };

static int
count_free(const struct store_read *r, uint64_t *out)
{
	MDB_cursor *cursor;
	MDB_val key, list;
	size_t n;

	int rc = mdb_cursor_open(r->txn, FREE_PAGES_DBI, &cursor);
	if (rc != 0)
		return env_error(r->store, rc, "reading the list of free pages", NULL);
	*out = 0;
	while (mdb_cursor_get(cursor, &key, &list, MDB_NEXT) == 0) {
		if (list.mv_size < sizeof(n))
			continue;
		memcpy(&n, list.mv_data, sizeof(n));
		*out += n;
	}
	mdb_cursor_close(cursor);
	return 0;
}

int
usage_read(struct store_read *r, struct usage *out)
{
	MDB_envinfo info;
	MDB_stat st;
	uint64_t free_pages = 0;

	if (mdb_env_info(r->store->env, &info) != 0 || mdb_env_stat(r->store->env, &st) != 0)
		return ERR_IO;
	int err = count_free(r, &free_pages);
	if (err != 0)
		return err;
	*out = (struct usage){
	    .page_bytes = st.ms_psize,
	    .pages_max = info.me_mapsize / st.ms_psize,
	    .pages_used = info.me_last_pgno + 1,
	    .pages_free = free_pages,
	    .readers_max = info.me_maxreaders,
	    .readers_used = info.me_numreaders,
	    .entries = store_entry_count(r),
	};
	return 0;
}
