#include "op/database.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "store/store.h"
#include "store/writer.h"

/*
 * Databases change hands when the configuration changes: the new world takes what the
 * old one has open. Opening and closing happen under the lock, so that a database that is
 * taken out and put back at once is never open twice.
 */

struct database {
	struct database *next;
	unsigned refs;
	char *directory;
	char *suffix; /* normal form */
	struct store *store;
	struct writer *writer;
};

static struct database *open_list;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards open_list and all refs */

static char *
copy(struct bv text)
{
	char *p = strndup((const char *)text.p, text.n);

	if (p == NULL)
		abort();
	return p;
}

/* The directory's one name; as given when it cannot be resolved. */
static char *
resolved(struct bv directory)
{
	char *plain = copy(directory);
	char *real = realpath(plain, NULL);

	if (real == NULL)
		return plain;
	free(plain);
	return real;
}

static int
open_store(struct database *d, const struct conf_db *db, const struct schema *schema, bool write,
    struct errbuf *e)
{
	struct store_options o = {
	    .directory = d->directory,
	    .mode = db->mode,
	    .read_only = !write,
	    .create = write,
	    .no_sync = db->no_sync,
	    .schema = schema,
	    .suffix = &db->suffixes[0],
	    .indexes = db->indexes,
	    .index_count = db->index_count,
	    .max_readers = db->max_readers,
	};

	int err = store_open(&o, &d->store, e);
	if (err != 0)
		return err_prefix(e, err, "database %.*s", BV(db->name));
	return write ? writer_start(d->store, 0, &d->writer, e) : 0;
}

static void
close_database(struct database *d)
{
	if (d->writer != NULL)
		writer_stop(&d->writer);
	store_close(&d->store);
	free(d->directory);
	free(d->suffix);
	free(d);
}

static struct database *
find(const char *directory)
{
	struct database *d = open_list;

	while (d != NULL && strcmp(d->directory, directory) != 0)
		d = d->next;
	return d;
}

static int
share(struct database *d, const struct conf_db *db, struct database **out, struct errbuf *e)
{
	if (!bv_eq(bv_str(d->suffix), db->suffixes[0].normal))
		return err_set(e, ERR_CONFIG,
		    "database %.*s: the directory %s is open for the suffix \"%s\": a suffix does "
		    "not change while its data is served, and each database needs a directory of "
		    "its own",
		    BV(db->name), d->directory, d->suffix);
	d->refs++;
	*out = d;
	return 0;
}

static int
get_locked(const struct conf_db *db, const struct schema *schema, bool write, struct database **out,
    struct errbuf *e)
{
	char *directory = resolved(db->directory);
	struct database *d = find(directory);

	if (d != NULL) {
		free(directory);
		return share(d, db, out, e);
	}
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		abort();
	d->refs = 1;
	d->directory = directory;
	d->suffix = copy(db->suffixes[0].normal);
	int err = open_store(d, db, schema, write, e);
	if (err != 0) {
		close_database(d);
		return err;
	}
	d->next = open_list;
	open_list = d;
	*out = d;
	return 0;
}

int
database_get(const struct conf_db *db, const struct schema *schema, bool write,
    struct database **out, struct errbuf *e)
{
	pthread_mutex_lock(&lock);
	int err = get_locked(db, schema, write, out, e);
	pthread_mutex_unlock(&lock);
	return err;
}

void
database_put(struct database **dp)
{
	struct database *d = *dp, **at = &open_list;

	*dp = NULL;
	if (d == NULL)
		return;
	pthread_mutex_lock(&lock);
	bool last = --d->refs == 0;
	if (last) {
		while (*at != d)
			at = &(*at)->next;
		*at = d->next;
		close_database(d);
	}
	pthread_mutex_unlock(&lock);
}

struct store *
database_store(const struct database *d)
{
	return d->store;
}

struct writer *
database_writer(const struct database *d)
{
	return d->writer;
}
