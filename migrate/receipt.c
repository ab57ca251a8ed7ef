#include "receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "hash.h"
#include "ldifout.h"

/*
 *     receipt = "receipt: 1" "uri: ..." *( step / failed )
 *     step    = ( "add: " / "change: " ) dn *( "+" / "-" / "=" ) name ": " value
 *     failed  = "failed: " dn
 *
 * Lines are never folded; values that need it are base64, as in LDIF. A receipt
 * may hold password hashes, therefore its mode is 0600.
 */

static const char first_line[] = "receipt: 1";

struct receipt {
	struct arena *arena;
	const char *path;
	const char *uri;
	FILE *out;
	bool broken;
};

struct receipt *
receipt_new(struct arena *arena, const char *path, const char *uri)
{
	struct receipt *r = arena_zalloc(arena, 1, sizeof(*r));
	char stamp[64];
	time_t now = time(NULL);
	struct tm tm;

	r->arena = arena;
	r->uri = uri;
	r->path = path;
	if (path == NULL) {
		gmtime_r(&now, &tm);
		strftime(stamp, sizeof(stamp), "ldapmigrate-%Y%m%dT%H%M%SZ", &tm);
		r->path =
		    (const char *)arena_printf(arena, "%s-%d.receipt", stamp, (int)getpid()).p;
	}
	return r;
}

static int
complain(const char *path, const char *why)
{
	fprintf(stderr, "ldapmigrate: receipt %s: %s\n", path, why);
	return ERR_IO;
}

static int
create(struct receipt *r)
{
	int fd = open(r->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return complain(r->path,
		    errno == EEXIST ? "exists already; nothing is applied" : strerror(errno));
	r->out = fdopen(fd, "w");
	if (r->out == NULL)
		return complain(r->path, strerror(errno));
	fprintf(r->out, "%s\n", first_line);
	ldifout_value(r->out, "uri", bv_str(r->uri), 0);
	return 0;
}

static void
write_values(struct receipt *r, char mark, const char *name, const struct bv *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		putc(mark, r->out);
		ldifout_value(r->out, name, values[i], 0);
	}
}

static void
write_part(struct receipt *r, const struct plan_part *part)
{
	bool replace = part->op == PLAN_PART_REPLACE;

	if (part->op == PLAN_PART_KEPT)
		return;
	if (replace && part->old != NULL)
		write_values(r, '-', part->name, part->old->values, part->old->count);
	write_values(r, replace ? '=' : '+', part->name, part->values, part->count);
}

int
receipt_write(struct receipt *r, const struct plan_change *change)
{
	bool add = change->kind == PLAN_ADD;

	if (r->out == NULL && create(r) != 0)
		return ERR_IO;
	putc('\n', r->out);
	ldifout_value(r->out, add ? "add" : "change", add ? change->want->dn : change->have->dn, 0);
	for (const struct record_attr *attr = change->want->attrs; add && attr != NULL;
	     attr = attr->next)
		write_values(r, '+', attr->name, attr->values, attr->count);
	for (const struct plan_part *part = change->parts; part != NULL; part = part->next)
		write_part(r, part);
	if (fflush(r->out) != 0)
		return complain(r->path, strerror(errno));
	return 0;
}

void
receipt_failed(struct receipt *r, struct bv dn)
{
	putc('\n', r->out);
	ldifout_value(r->out, "failed", dn, 0);
}

const char *
receipt_close(struct receipt *r, bool *ok)
{
	*ok = true;
	if (r->out == NULL)
		return NULL;
	bool written = fflush(r->out) == 0 && fsync(fileno(r->out)) == 0 && !ferror(r->out);
	*ok = fclose(r->out) == 0 && written;
	r->out = NULL;
	if (!*ok)
		complain(r->path, "could not be written completely");
	return r->path;
}

struct reader {
	struct arena *arena;
	const char *path;
	size_t line;
	struct receipt_step *last;
	struct hash *by_dn; /* dn -> struct latest */
};

struct latest {
	struct receipt_step *step;
};

static int
wrong(const struct reader *r, const char *why)
{
	fprintf(stderr, "ldapmigrate: %s:%zu: %s\n", r->path, r->line, why);
	return ERR_SYNTAX;
}

static struct record *
empty_record(const struct reader *r)
{
	return record_new(r->arena, &(struct report_place){MAP_BASE, r->path, r->line});
}

static void
start_step(struct reader *r, bool added, struct bv dn)
{
	struct receipt_step *step = arena_zalloc(r->arena, 1, sizeof(*step));
	struct latest *latest = arena_zalloc(r->arena, 1, sizeof(*latest));

	step->older = r->last;
	step->line = r->line;
	step->added = added;
	step->dn = dn;
	step->plus = empty_record(r);
	step->minus = empty_record(r);
	step->equal = empty_record(r);
	r->last = step;
	struct latest *known = hash_put(r->by_dn, dn, latest);
	(known == NULL ? latest : known)->step = step;
}

static int
mark_failed(struct reader *r, struct bv dn)
{
	const struct latest *latest = hash_get(r->by_dn, dn);

	if (latest == NULL)
		return wrong(r, "\"failed\" for an entry without a step");
	latest->step->failed = true;
	return 0;
}

static int
take_value(struct reader *r, struct bv name, struct bv value)
{
	struct record *to;

	if (r->last == NULL || name.n < 2)
		return wrong(r, "a value outside a step");
	if (name.p[0] == '+')
		to = r->last->plus;
	else if (name.p[0] == '-')
		to = r->last->minus;
	else if (name.p[0] == '=')
		to = r->last->equal;
	else
		return wrong(r, "neither a step nor a value");
	record_append(to, arena_str(r->arena, bv_from(name, 1)), value);
	return 0;
}

static int
take_line(struct reader *r, struct bv text)
{
	struct bv name, value;

	if (text.n == 0 || r->line <= 2)
		return 0;
	struct bv own = arena_dup(r->arena, text);
	if (!ldifout_read(r->arena, own, &name, &value))
		return wrong(r, "not a line of a receipt");
	if (bv_is(name, "failed"))
		return mark_failed(r, value);
	if (!bv_is(name, "add") && !bv_is(name, "change"))
		return take_value(r, name, value);
	start_step(r, bv_is(name, "add"), value);
	return 0;
}

static FILE *
open_checked(const char *path)
{
	struct stat st;
	FILE *in = fopen(path, "re");

	if (in == NULL) {
		complain(path, strerror(errno));
		return NULL;
	}
	if (fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 022) == 0 &&
	    (st.st_uid == geteuid() || st.st_uid == 0))
		return in;
	complain(path, "is not a file of yours that nobody else can write: not trusted");
	fclose(in);
	return NULL;
}

int
receipt_read(struct arena *arena, const char *path, struct receipt_step **last_out)
{
	struct reader r = {.arena = arena, .path = path, .by_dn = hash_new(arena)};
	FILE *in = open_checked(path);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int rc = 0;

	if (in == NULL)
		return ERR_IO;
	while (rc == 0 && (n = getline(&line, &room, in)) >= 0) {
		struct bv text = bv_make(line, (size_t)n);

		if (text.n > 0 && text.p[text.n - 1] == '\n')
			text.n--;
		r.line++;
		if (r.line == 1 && !bv_eq(text, bv_str(first_line)))
			rc = wrong(&r, "this is no receipt of ldapmigrate");
		else
			rc = take_line(&r, text);
	}
	free(line);
	fclose(in);
	if (rc == 0 && r.line == 0)
		rc = wrong(&r, "this is no receipt of ldapmigrate: it is empty");
	if (rc == 0)
		*last_out = r.last;
	return rc;
}
