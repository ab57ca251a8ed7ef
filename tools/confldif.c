#include "tools/confldif.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conf.h"
#include "wire/ldif.h"

/*
 * The entries are laid out as the files of a slapd.d in a private temporary directory,
 * which is read like any other: there is one reader of cn=config and one set of checks.
 * Names of nodes become names of files, so only the characters that nodes may have pass.
 */

enum { MAX_LEVELS = 8 };

struct split {
	const char *top; /* the temporary directory */
	const char *name;
	struct arena *arena;
};

static bool
is_name_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("={}-_.", c) != NULL;
}

static int
bad_name(const struct split *s, const struct ldif_record *rec, const char *why, struct errbuf *e)
{
	return err_set(e, ERR_CONFIG, "%s:%lu: dn: %.*s: %s", s->name, rec->line,
	    rec->dn.n < 200 ? (int)rec->dn.n : 200, (const char *)rec->dn.p, why);
}

/* Cuts a DN into RDNs, leaf first. Returns how many, or 0 when it is none of cn=config's. */
static size_t
cut(struct bv dn, struct bv rdns[MAX_LEVELS])
{
	size_t count = 0;

	for (size_t at = 0; at <= dn.n && count < MAX_LEVELS; count++) {
		size_t end = bv_find(dn, at, ',');
		rdns[count] = bv_trim(bv_make(dn.p + at, end - at));
		for (size_t i = 0; i < rdns[count].n; i++)
			if (rdns[count].p[i] == 0 || !is_name_byte(rdns[count].p[i]))
				return 0;
		if (rdns[count].n == 0 || rdns[count].p[0] == '.')
			return 0;
		at = end + 1;
		if (end == dn.n)
			return bv_is(rdns[count], "cn=config") ? count + 1 : 0;
	}
	return 0;
}

/* Makes the folders above the entry and returns the path of its file. */
static const char *
place(const struct split *s, const struct bv *rdns, size_t count)
{
	struct bv path = bv_str(s->top);

	for (size_t i = count - 1; i > 0; i--) {
		/* The reader finds the tree by one spelling of its root. */
		struct bv part = i == count - 1 ? BV_LIT("cn=config") : rdns[i];
		path = arena_printf(s->arena, "%.*s/%.*s", BV(path), BV(part));
		if (mkdir((const char *)path.p, 0700) != 0 && errno != EEXIST)
			return NULL;
	}
	struct bv leaf = count == 1 ? BV_LIT("cn=config") : rdns[0];
	return (const char *)arena_printf(s->arena, "%.*s/%.*s.ldif", BV(path), BV(leaf)).p;
}

static void
print_record(const struct ldif_record *rec, struct bv rdn, struct buf *out)
{
	ldif_put(out, BV_LIT("dn"), rdn, SIZE_MAX);
	for (size_t i = 0; i < rec->attr_count; i++)
		for (size_t j = 0; j < rec->attrs[i].count; j++)
			ldif_put(out, rec->attrs[i].desc, rec->attrs[i].values[j], SIZE_MAX);
}

static int
write_file(const char *path, const struct buf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n = fd < 0 ? -1 : write(fd, text->p, text->n);

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)text->n ? 0 : ERR_IO;
}

static int
put_record(const struct split *s, const struct ldif_record *rec, struct errbuf *e)
{
	struct bv rdns[MAX_LEVELS];
	size_t count = cut(rec->dn, rdns);
	struct buf text;
	const char *path;
	int rc;

	if (rec->change != LDIF_CONTENT)
		return bad_name(s, rec, "a change record; entries are needed", e);
	if (count == 0)
		return bad_name(s, rec, "not the name of an entry under cn=config", e);
	path = place(s, rdns, count);
	buf_init(&text);
	print_record(rec, rdns[0], &text);
	rc = path == NULL ? ERR_IO : write_file(path, &text);
	buf_done_secret(&text);
	if (rc != 0 && errno == EEXIST)
		return bad_name(s, rec, "the entry comes twice", e);
	return rc == 0 ? 0 : bad_name(s, rec, strerror(errno), e);
}

static int
split_all(struct split *s, FILE *f, struct errbuf *e)
{
	struct ldif_reader *reader = ldif_reader_new(f, s->name, 0);
	struct ldif_record rec;
	int rc;

	while ((rc = ldif_next(reader, s->arena, &rec, e)) > 0) {
		rc = put_record(s, &rec, e);
		arena_reset(s->arena);
		if (rc != 0)
			break;
	}
	ldif_reader_free(&reader);
	return rc;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

/* Texts name files in the temporary directory: to the reader it is the LDIF file. */
static void
rename_in_text(const struct split *s, struct errbuf *e)
{
	char *at = strstr(e->text, s->top);
	struct errbuf copy = *e;

	if (at == NULL)
		return;
	size_t before = (size_t)(at - e->text);
	snprintf(e->text, sizeof(e->text), "%.*s%s: entry %s", (int)before, copy.text, s->name,
	    copy.text + before + strlen(s->top));
}

int
confldif_read(FILE *f, const char *name, struct conf_tree **out, struct errbuf *e)
{
	char top[] = "/tmp/slapadd-XXXXXX";
	struct split s = {.top = top, .name = name};
	int rc;

	if (mkdtemp(top) == NULL)
		return err_set(e, ERR_IO, "cannot make %s: %s", top, strerror(errno));
	s.arena = arena_new(0);
	arena_set_secret(s.arena);
	rc = split_all(&s, f, e);
	if (rc == 0)
		rc = conf_read_dir(top, out, e);
	if (rc != 0)
		rename_in_text(&s, e);
	arena_free(&s.arena);
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return rc;
}
