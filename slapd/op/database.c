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
 * old one has open. Opening and closing exclude each other, so that a database that is
 * taken out and put back at once is never open twice; counting waits for neither.
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
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;    /* guards open_list and all refs */
static pthread_mutex_t turning = PTHREAD_MUTEX_INITIALIZER; /* one opens or closes; before lock */

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

/* Takes a reference to the open database of a directory; NULL when it is not open. */
static struct database *
take_open(const char *directory)
{
	pthread_mutex_lock(&lock);
	struct database *d = open_list;
	while (d != NULL && strcmp(d->directory, directory) != 0)
		d = d->next;
	if (d != NULL)
		d->refs++;
	pthread_mutex_unlock(&lock);
	return d;
}

static void
enlist(struct database *d)
{
	pthread_mutex_lock(&lock);
	d->next = open_list;
	open_list = d;
	pthread_mutex_unlock(&lock);
}

/* Takes a database off the list unless somebody has taken it up again, and perhaps closed it
 * since: d may be gone. */
static bool
delist(const struct database *d)
{
	struct database **at = &open_list;

	pthread_mutex_lock(&lock);
	while (*at != NULL && *at != d)
		at = &(*at)->next;
	bool unused = *at != NULL && d->refs == 0;
	if (unused)
		*at = d->next;
	pthread_mutex_unlock(&lock);
	return unused;
}

static int
check_suffix(const struct database *d, const struct conf_db *db, struct errbuf *e)
{
	if (bv_eq(bv_str(d->suffix), db->suffixes[0].normal))
		return 0;
	return err_set(e, ERR_CONFIG,
	    "database %.*s: the directory %s is open for the suffix \"%s\": a suffix does not "
	    "change while its data is served, and each database needs a directory of its own",
	    BV(db->name), d->directory, d->suffix);
}

static int
open_new(struct database *d, const struct conf_db *db, const struct schema *schema, bool write,
    struct errbuf *e)
{
	d->refs = 1;
	d->suffix = copy(db->suffixes[0].normal);
	int err = open_store(d, db, schema, write, e);
	if (err != 0)
		close_database(d);
	else
		enlist(d);
	return err;
}

static int
get(const struct conf_db *db, const struct schema *schema, bool write, struct database **out,
    struct errbuf *e)
{
	char *directory = resolved(db->directory);

	*out = take_open(directory);
	if (*out != NULL) {
		free(directory);
		return check_suffix(*out, db, e);
	}
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		abort();
	(*out)->directory = directory;
	int err = open_new(*out, db, schema, write, e);
	if (err != 0)
		*out = NULL;
	return err;
}

int
database_get(const struct conf_db *db, const struct schema *schema, bool write,
    struct database **out, struct errbuf *e)
{
	struct database *d;

	pthread_mutex_lock(&turning);
	int err = get(db, schema, write, &d, e);
	pthread_mutex_unlock(&turning);
	if (err == 0)
		*out = d;
	else
		database_put(&d);
	return err;
}

void
database_put(struct database **dp)
{
	struct database *d = *dp;

	*dp = NULL;
	if (d == NULL)
		return;
	pthread_mutex_lock(&lock);
	bool last = --d->refs == 0;
	pthread_mutex_unlock(&lock);
	if (!last)
		return;
	pthread_mutex_lock(&turning);
	if (delist(d))
		close_database(d);
	pthread_mutex_unlock(&turning);
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
