#include "sorter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/err.h"
#include "base/log.h"
#include "hash.h"
#include "sort_run.h"

/*
 * Runs that were spilled are files of pairs: key length (2 bytes), key, ID (8 bytes).
 * IDs ascend from run to run, so among equal keys the older run goes first and the merged IDs
 * ascend too. With a single run nothing is written.
 */

enum {
	PAIR_HEAD_BYTES = 2,
	PAIR_MAX_BYTES = 2 + 512 + 8,
	IO_BYTES = 1 << 20,
	DEFAULT_RUN_BYTES = 256 << 20,
	MIN_RUN_BYTES = 1 << 16,
};

/* A run being read: from its file, or the last one from memory. */
struct source {
	int fd; /* -1: memory */
	off_t offset;
	uint8_t *buffer;
	size_t at, end;
	size_t next_item;
	uint8_t room[8];
	struct bv key;
	uint64_t id;
	bool done;
	uint64_t prefix; /* first bytes of key, to compare most keys at once */
};

struct sorter {
	const char *directory;
	struct sort_run run;
	struct source *sources;
	size_t source_count;
	uint8_t *out; /* file buffer */
	size_t out_n;
	bool started;
	struct source *current; /* gave the last pair, and has another under the same key */
	uint8_t last_key[PAIR_MAX_BYTES];
	size_t last_key_n;
	uint64_t last_id;
};

static void *
need(void *p)
{
	if (p == NULL) {
		log_error("store: out of memory for sorting");
		abort();
	}
	return p;
}

struct sorter *
sorter_new(const char *directory, size_t run_bytes)
{
	struct sorter *s = need(calloc(1, sizeof(*s)));

	if (run_bytes == 0)
		run_bytes = DEFAULT_RUN_BYTES;
	s->directory = directory;
	s->out = need(malloc(IO_BYTES));
	sort_run_init(&s->run, run_bytes < MIN_RUN_BYTES ? MIN_RUN_BYTES : run_bytes);
	return s;
}

void
sorter_free(struct sorter **sp)
{
	struct sorter *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->source_count; i++) {
		if (s->sources[i].fd >= 0)
			close(s->sources[i].fd);
		free(s->sources[i].buffer);
	}
	free(s->sources);
	sort_run_done(&s->run);
	free(s->out);
	free(s);
}

static int
io_error(const struct sorter *s, struct errbuf *e)
{
	int full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

	return err_set(e, full ? ERR_FULL : ERR_IO, "%s: temporary file for sorting: %s",
	    s->directory, strerror(errno));
}

static int
flush(struct sorter *s, int fd, struct errbuf *e)
{
	size_t done = 0;

	while (done < s->out_n) {
		ssize_t n = write(fd, s->out + done, s->out_n - done);
		if (n < 0 && errno != EINTR)
			return io_error(s, e);
		done += n > 0 ? (size_t)n : 0;
	}
	s->out_n = 0;
	return 0;
}

static struct source *
add_source(struct sorter *s, int fd)
{
	s->sources = need(realloc(s->sources, (s->source_count + 1) * sizeof(*s->sources)));
	struct source *src = &s->sources[s->source_count++];
	*src = (struct source){.fd = fd};
	if (fd >= 0)
		src->buffer = need(malloc(IO_BYTES));
	return src;
}

static void
put_pair(struct sorter *s, struct bv key, uint64_t id)
{
	uint8_t *p = s->out + s->out_n;

	p[0] = (uint8_t)(key.n >> 8);
	p[1] = (uint8_t)key.n;
	memcpy(p + PAIR_HEAD_BYTES, key.p, key.n);
	put_be64(p + PAIR_HEAD_BYTES + key.n, id);
	s->out_n += PAIR_HEAD_BYTES + key.n + 8;
}

/* An unnamed file; on file systems without them one that is unlinked at once. */
static int
temporary_file(const struct sorter *s)
{
	char path[4096];
	int fd = open(s->directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if (snprintf(path, sizeof(path), "%s/sort-XXXXXX", s->directory) >= (int)sizeof(path))
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static int
spill(struct sorter *s, struct errbuf *e)
{
	uint8_t room[8];
	int rc = 0, fd = temporary_file(s);

	if (fd < 0)
		return io_error(s, e);
	add_source(s, fd);
	sort_run_sort(&s->run);
	for (size_t i = 0; rc == 0 && i < s->run.count; i++) {
		put_pair(
		    s, sort_run_key(&s->run, i, room), s->run.first_id + s->run.items[i].id_low);
		if (s->out_n > IO_BYTES - PAIR_MAX_BYTES)
			rc = flush(s, fd, e);
	}
	if (rc == 0)
		rc = flush(s, fd, e);
	s->run.count = 0;
	s->run.used = 0;
	return rc;
}

int
sorter_add(struct sorter *s, struct bv key, uint64_t id, struct errbuf *e)
{
	if (sort_run_add(&s->run, key, id))
		return 0;
	int rc = spill(s, e);
	if (rc == 0 && !sort_run_add(&s->run, key, id))
		return err_set(e, ERR_LIMIT, "a key is too long to sort");
	return rc;
}

/* Makes at least one whole pair available in the buffer, unless the file has ended. */
static int
fill(struct source *src)
{
	if (src->end - src->at >= PAIR_MAX_BYTES)
		return 0;
	memmove(src->buffer, src->buffer + src->at, src->end - src->at);
	src->end -= src->at;
	src->at = 0;
	while (src->end < IO_BYTES) {
		ssize_t n =
		    pread(src->fd, src->buffer + src->end, IO_BYTES - src->end, src->offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ERR_IO;
		if (n == 0)
			break;
		src->end += (size_t)n;
		src->offset += n;
	}
	return 0;
}

static int
next_from_file(struct source *src)
{
	if (fill(src) != 0)
		return ERR_IO;
	const uint8_t *p = src->buffer + src->at;
	size_t left = src->end - src->at;
	src->done = left == 0;
	if (left == 0)
		return 0;
	size_t n = left >= PAIR_HEAD_BYTES ? (size_t)p[0] << 8 | p[1] : left;
	if (PAIR_HEAD_BYTES + n + 8 > left)
		return ERR_IO;
	src->key = bv_make(p + PAIR_HEAD_BYTES, n);
	src->id = get_be64(p + PAIR_HEAD_BYTES + n);
	src->at += PAIR_HEAD_BYTES + n + 8;
	return 0;
}

static int
next_from_memory(const struct sorter *s, struct source *src)
{
	src->done = src->next_item == s->run.count;
	if (src->done)
		return 0;
	src->key = sort_run_key(&s->run, src->next_item, src->room);
	src->id = s->run.first_id + s->run.items[src->next_item].id_low;
	src->next_item++;
	return 0;
}

static int
advance(const struct sorter *s, struct source *src)
{
	int rc = src->fd >= 0 ? next_from_file(src) : next_from_memory(s, src);
	uint8_t padded[8] = {0};

	if (rc == 0 && !src->done) {
		memcpy(padded, src->key.p, src->key.n < 8 ? src->key.n : 8);
		src->prefix = get_be64(padded);
	}
	return rc;
}

int
sorter_finish(struct sorter *s, struct errbuf *e)
{
	sort_run_sort(&s->run);
	add_source(s, -1);
	for (size_t i = 0; i < s->source_count; i++) {
		if (advance(s, &s->sources[i]) != 0)
			return io_error(s, e);
	}
	return 0;
}

static bool
is_before(const struct source *x, const struct source *y)
{
	return x->prefix != y->prefix ? x->prefix < y->prefix : bv_cmp(x->key, y->key) < 0;
}

/* The source with the least key, the oldest among equals. NULL when all are done. */
static struct source *
least(struct sorter *s)
{
	struct source *best = s->current;

	if (best != NULL)
		return best;
	for (size_t i = 0; i < s->source_count; i++) {
		struct source *src = &s->sources[i];
		if (!src->done && (best == NULL || is_before(src, best)))
			best = src;
	}
	return best;
}

/* Moves a source on; it stays the current one while its key stays the same. */
static int
step(struct sorter *s, struct source *src)
{
	int rc = advance(s, src);
	bool same = rc == 0 && !src->done && bv_eq(src->key, bv_make(s->last_key, s->last_key_n));

	s->current = same ? src : NULL;
	return rc;
}

int
sorter_next(struct sorter *s, struct bv *key_out, uint64_t *id_out)
{
	struct source *src = least(s);

	while (src != NULL && s->started && src->id == s->last_id &&
	       bv_eq(src->key, bv_make(s->last_key, s->last_key_n))) {
		if (step(s, src) != 0)
			return ERR_IO;
		src = least(s);
	}
	if (src == NULL)
		return 0;
	if (src != s->current) {
		memcpy(s->last_key, src->key.p, src->key.n);
		s->last_key_n = src->key.n;
	}
	s->last_id = src->id;
	s->started = true;
	*key_out = bv_make(s->last_key, s->last_key_n);
	*id_out = s->last_id;
	return step(s, src) != 0 ? ERR_IO : 1;
}
