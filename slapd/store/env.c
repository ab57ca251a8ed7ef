#include "env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "hash.h"
#include "load.h"

/*
 * Opening LMDB. The map is address space, not memory or disk: we ask for 1 TiB and
 * take less when the process may not have it (ulimit -v), so that nobody tunes a size.
 * Disadvantage: tools that show virtual memory show a large number.
 */

enum { DBI_COUNT = 8, MIN_MAP_SHIFT = 20, MAX_MAP_SHIFT = 40, READERS_PER_CORE = 126 };

/* Read-only, a file may lack so many pages at its end: they are taken for free ones. */
enum { READ_ONLY_SLACK = 1024 };

int
env_error(const struct store *s, int rc, const char *what, struct errbuf *e)
{
	switch (rc) {
	case 0:
		return 0;
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case MDB_KEYEXIST:
		return ERR_EXISTS;
	case MDB_MAP_FULL:
		return err_set(e, ERR_FULL,
		    "%s: %s: the address space for the database is used up; raise the limit on "
		    "virtual memory (ulimit -v) and restart",
		    s->directory, what);
	case MDB_MAP_RESIZED:
		return err_set(e, ERR_FULL,
		    "%s: %s: another process, with more address space, has made the database "
		    "larger than "
		    "this one can map; raise the limit on virtual memory (ulimit -v) and restart",
		    s->directory, what);
	case MDB_PANIC:
		return err_set(e, ERR_IO,
		    "%s: %s: writing failed before and the state in memory is unsure; restart",
		    s->directory, what);
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return err_set(e, ERR_FULL, "%s: %s: %s; make room on that file system",
		    s->directory, what, strerror(rc));
	case MDB_READERS_FULL:
		return err_set(
		    e, ERR_LIMIT, "%s: %s: all reader slots are taken", s->directory, what);
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
		return err_set(e, ERR_CORRUPT,
		    "%s: %s: data.mdb is damaged or not a database (%s); restore a backup with "
		    "slapadd",
		    s->directory, what, mdb_strerror(rc));
	default:
		return err_set(e, ERR_IO, "%s: %s: %s", s->directory, what, mdb_strerror(rc));
	}
}

int
env_meta_get(const struct store *s, MDB_txn *txn, struct bv name, struct bv *out)
{
	MDB_val key = val_of(name), data;
	int rc = mdb_get(txn, s->meta, &key, &data);

	if (rc != 0)
		return env_error(s, rc, "reading meta", NULL);
	*out = val_bv(data);
	return 0;
}

int
env_meta_put(const struct store *s, MDB_txn *txn, struct bv name, struct bv value)
{
	MDB_val key = val_of(name), data = val_of(value);

	return env_error(s, mdb_put(txn, s->meta, &key, &data, 0), "writing meta", NULL);
}

uint64_t
env_meta_number(const struct store *s, MDB_txn *txn, struct bv name, uint64_t fallback)
{
	struct bv v = BV_NONE;

	if (env_meta_get(s, txn, name, &v) != 0 || v.n != 8)
		return fallback;
	return get_le64(v.p);
}

int
env_meta_put_number(const struct store *s, MDB_txn *txn, struct bv name, uint64_t number)
{
	uint8_t bytes[8];

	put_le64(bytes, number);
	return env_meta_put(s, txn, name, bv_make(bytes, sizeof(bytes)));
}

/* The directory must exist; without create the data file too. */
static int
check_files(const struct store_options *o, off_t *size_out, struct errbuf *e)
{
	struct stat st;
	char path[4096];

	*size_out = 0;
	if (stat(o->directory, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_CONFIG,
		    "the database directory \"%s\" does not exist; make it, owned by the server's "
		    "user",
		    o->directory);
	if (snprintf(path, sizeof(path), "%s/data.mdb", o->directory) >= (int)sizeof(path))
		return err_set(e, ERR_CONFIG, "the database directory's name is too long");
	if (stat(path, &st) == 0)
		*size_out = st.st_size;
	else if (!o->create)
		return err_set(e, ERR_CONFIG,
		    "there is no database in \"%s\" yet; start slapd once or load one with slapadd",
		    o->directory);
	return 0;
}

static unsigned
default_readers(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return READERS_PER_CORE * (unsigned)(cores < 1 ? 1 : cores);
}

/* LMDB found its own pages inconsistent and cannot go on. */
static void
on_assertion(MDB_env *env, const char *text)
{
	const char *path = NULL;

	mdb_env_get_path(env, &path);
	log_error("%s/data.mdb is damaged (LMDB: %s); stopping. Restore a backup with slapadd",
	    path == NULL ? "?" : path, text);
}

/* One attempt with a map of 1 << shift bytes. */
static int
open_env(struct store *s, const struct store_options *o, unsigned shift)
{
	unsigned flags = MDB_NOTLS;
	int rc = mdb_env_create(&s->env);

	if (rc != 0)
		return rc;
	if (o->no_sync)
		flags |= MDB_NOSYNC;
	if (o->read_only)
		flags |= MDB_RDONLY;
	mdb_env_set_assert(s->env, on_assertion);
	mdb_env_set_maxdbs(s->env, DBI_COUNT);
	mdb_env_set_maxreaders(s->env, o->max_readers != 0 ? o->max_readers : default_readers());
	rc = mdb_env_set_mapsize(s->env, (size_t)1 << shift);
	if (rc == 0)
		rc = mdb_env_open(
		    s->env, o->directory, flags, o->mode != 0 ? (mdb_mode_t)o->mode : 0600);
	if (rc != 0) {
		mdb_env_close(s->env);
		s->env = NULL;
	}
	return rc;
}

static int
open_largest(struct store *s, const struct store_options *o, off_t size, struct errbuf *e)
{
	unsigned shift = MAX_MAP_SHIFT;
	int rc = open_env(s, o, shift);

	while ((rc == ENOMEM || rc == EINVAL) && shift > MIN_MAP_SHIFT &&
	       ((off_t)1 << (shift - 1)) > size)
		rc = open_env(s, o, --shift);
	if (rc == ENOENT || rc == EACCES || rc == EROFS)
		return err_set(e, ERR_CONFIG,
		    "%s: %s; the files data.mdb and lock.mdb there must be readable and writable "
		    "for "
		    "the server's user",
		    o->directory, strerror(rc));
	return env_error(s, rc, "opening the database", e);
}

/* Counts the pages from first to last that LMDB's free list (table 0) holds. */
static uint64_t
count_free(MDB_txn *txn, uint64_t first, uint64_t last)
{
	MDB_cursor *c;
	MDB_val k, v;
	uint64_t n = 0, page;

	if (mdb_cursor_open(txn, 0, &c) != 0)
		return 0;
	while (mdb_cursor_get(c, &k, &v, MDB_NEXT) == 0) {
		const uint8_t *p = v.mv_data;
		for (size_t at = sizeof(page); at + sizeof(page) <= v.mv_size; at += sizeof(page)) {
			memcpy(&page, p + at, sizeof(page));
			n += page >= first && page <= last;
		}
	}
	mdb_cursor_close(c);
	return n;
}

static off_t
file_bytes(const struct store *s, int *fd_out)
{
	struct stat st;

	if (mdb_env_get_fd(s->env, fd_out) != 0 || fstat(*fd_out, &st) != 0)
		return 0;
	return st.st_size;
}

/*
 * A file that ends before its last page kills the process that reads there. LMDB does leave out
 * pages at the end that it freed before writing them; any other missing page means that the file
 * was cut off. Called inside a write transaction, so nobody else is extending the file; the file is
 * given its full length, which also makes looking at the free list safe.
 */
static int
check_length(struct store *s, MDB_txn *txn, bool read_only, struct errbuf *e)
{
	MDB_envinfo info;
	MDB_stat st;
	int fd = -1;

	mdb_env_info(s->env, &info);
	mdb_env_stat(s->env, &st);
	uint64_t pages = info.me_last_pgno + 1;
	off_t size = file_bytes(s, &fd), needed = (off_t)(pages * st.ms_psize);
	uint64_t have = (uint64_t)size / st.ms_psize;
	if (size == 0 || size >= needed || (read_only && pages - have <= READ_ONLY_SLACK))
		return 0;
	if (!read_only && ftruncate(fd, needed) == 0) {
		if (count_free(txn, have, info.me_last_pgno) == pages - have)
			return 0;
		if (ftruncate(fd, size) != 0)
			log_error("%s/data.mdb: %s", s->directory, strerror(errno));
	}
	return err_set(e, ERR_CORRUPT,
	    "%s/data.mdb is cut off: it has %lld bytes and needs %lld; restore a backup with "
	    "slapadd",
	    s->directory, (long long)size, (long long)needed);
}

/* Makes the names of new files durable. */
static int
sync_directory(const struct store *s, struct errbuf *e)
{
	int fd = open(s->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? errno : 0;

	if (fd >= 0) {
		if (fsync(fd) != 0 && errno != EINVAL)
			rc = errno;
		close(fd);
	}
	return env_error(s, rc, "syncing the directory", e);
}

/* New files get the mode that was asked for: the process's umask was not meant for them. */
static int
set_mode(const struct store *s, const struct store_options *o, struct errbuf *e)
{
	static const char *const names[] = {"data.mdb", "lock.mdb"};
	char path[4096];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", s->directory, names[i]);
		if (chmod(path, o->mode != 0 ? (mode_t)o->mode : 0600) != 0)
			return env_error(s, errno, "setting the mode of its files", e);
	}
	return 0;
}

/* The names of the tables. Changing one is a new format. */
static int
open_tables(struct store *s, MDB_txn *txn, unsigned create)
{
	int rc = mdb_dbi_open(txn, "entries", create | MDB_INTEGERKEY, &s->entries);

	if (rc == 0)
		rc = mdb_dbi_open(txn, "tree", create, &s->tree);
	if (rc == 0)
		rc = mdb_dbi_open(
		    txn, "index", create | MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP, &s->index);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "attrs", create | MDB_INTEGERKEY, &s->attrs);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "meta", create, &s->meta);
	return rc;
}

/* Returns whether the file was made by OpenLDAP's back-mdb. */
static bool
is_foreign(MDB_txn *txn)
{
	MDB_dbi dbi;

	return mdb_dbi_open(txn, "id2e", 0, &dbi) == 0 || mdb_dbi_open(txn, "ad2i", 0, &dbi) == 0;
}

static int
check_format(const struct store *s, MDB_txn *txn, struct errbuf *e)
{
	uint64_t format = env_meta_number(s, txn, BV_LIT("format"), 0);
	struct bv suffix = BV_NONE;

	if (format == 0)
		return err_set(e, ERR_CORRUPT,
		    "%s/data.mdb is not a database of this server; choose another directory",
		    s->directory);
	if (format > ENV_FORMAT)
		return err_set(e, ERR_UNSUPPORTED,
		    "%s: written by a newer version (format %llu); use that version, or slapcat "
		    "there "
		    "and slapadd here",
		    s->directory, (unsigned long long)format);
	if (env_meta_get(s, txn, BV_LIT("suffix"), &suffix) == 0 &&
	    !bv_eq(suffix, s->suffix_normal))
		return err_set(e, ERR_CONFIG,
		    "%s holds the database of \"%.*s\"; give \"%.*s\" a directory of its own",
		    s->directory, BV(suffix), BV(s->suffix_normal));
	return 0;
}

static int
write_format(const struct store *s, MDB_txn *txn)
{
	int rc = env_meta_put_number(s, txn, BV_LIT("format"), ENV_FORMAT);

	if (rc == 0)
		rc = env_meta_put(s, txn, BV_LIT("suffix"), s->suffix_normal);
	if (rc == 0)
		rc = env_meta_put_number(s, txn, BV_LIT("next"), 1);
	return rc;
}

/* Opens the tables in txn, making them when the file is new. */
static int
adopt(struct store *s, const struct store_options *o, MDB_txn *txn, struct errbuf *e)
{
	if (is_foreign(txn))
		return err_set(e, ERR_UNSUPPORTED,
		    "%s/data.mdb was written by OpenLDAP; dump it with OpenLDAP's slapcat and load "
		    "the "
		    "dump with slapadd into an empty directory",
		    s->directory);
	int rc = open_tables(s, txn, 0);
	if (rc == 0) {
		rc = check_format(s, txn, e);
		return rc != 0 ? rc : load_recover(s, txn, o->read_only, e);
	}
	if (rc != MDB_NOTFOUND || o->read_only || !o->create)
		return env_error(s, rc == MDB_NOTFOUND ? MDB_INVALID : rc, "opening tables", e);
	MDB_stat st;
	if (mdb_stat(txn, 1, &st) == 0 && st.ms_entries > 0)
		return env_error(s, MDB_INVALID, "opening tables", e);
	rc = open_tables(s, txn, MDB_CREATE);
	if (rc != 0)
		return env_error(s, rc, "making tables", e);
	return write_format(s, txn);
}

static int
open_all(struct store *s, const struct store_options *o, off_t size, struct errbuf *e)
{
	MDB_txn *txn;
	int stale = 0, rc;

	mdb_reader_check(s->env, &stale);
	rc = mdb_txn_begin(s->env, NULL, o->read_only ? MDB_RDONLY : 0, &txn);
	if (rc != 0)
		return env_error(s, rc, "opening the database", e);
	rc = check_length(s, txn, o->read_only, e);
	if (rc == 0)
		rc = adopt(s, o, txn, e);
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	rc = env_error(s, mdb_txn_commit(txn), "opening the database", e);
	if (rc == 0 && size == 0)
		rc = set_mode(s, o, e);
	return rc != 0 || size != 0 ? rc : sync_directory(s, e);
}

int
env_open(struct store *s, const struct store_options *o, struct errbuf *e)
{
	off_t size;
	int rc = check_files(o, &size, e);

	if (rc == 0 && !o->read_only)
		rc = load_share(s, e);
	if (rc == 0)
		rc = open_largest(s, o, size, e);
	if (rc != 0)
		return rc;
	rc = open_all(s, o, size, e);
	if (rc != 0)
		env_close(s);
	return rc;
}

void
env_on_work(struct store *s, void (*wake)(void *arg), void *arg)
{
	pthread_mutex_lock(&s->config_lock);
	s->wake = wake;
	s->wake_arg = arg;
	pthread_mutex_unlock(&s->config_lock);
}

void
env_close(struct store *s)
{
	if (s->env != NULL)
		mdb_env_close(s->env);
	s->env = NULL;
}
