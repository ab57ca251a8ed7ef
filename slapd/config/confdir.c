#include "config/confdir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "config/confjournal.h"
#include "config/confload.h"
#include "config/confname.h"
#include "config/confstore.h"
#include "config/conftree.h"
#include "config/option.h"
#include "wire/ldif.h"

/*
 * slapd.d: an entry per file, named after its RDN, with ".ldif"; its children are in
 * the folder of that name without it. The "dn:" of a file is the RDN alone. The tree is
 * what the files say; checksum comments are not looked at, as people edit these files.
 * A running server may change them meanwhile: see confjournal.
 */

enum {
	TICK_MS = 20,
	MAX_TRIES = 100,
	MAX_DEPTH = 8,
	MAX_FILES = CONFNAME_MAX_NODES,
	MAX_FILE_BYTES = 16 << 20
};

struct walk {
	struct confload load;
	unsigned files;
};

/* ---- files and folders ---- */

/* Warns when others can read a file that holds a password. */
static void
check_secrecy(struct walk *w, const struct conf_node *n, FILE *f)
{
	struct stat st;

	if (n == NULL || conftree_find(n, option_by_olc(BV_LIT("olcRootPW"))) == NULL)
		return;
	if (fstat(fileno(f), &st) == 0 && (st.st_mode & S_IROTH) != 0)
		conftree_warn(w->load.tree,
		    "%s holds olcRootPW and everybody may read it; chmod 640 it", w->load.file);
}

/* The entry must be the one that the file is named after: changes are written by name. */
static int
check_match(const char *path, struct bv dn, struct errbuf *e)
{
	const char *base = strrchr(path, '/') + 1;
	struct bv file = bv_make(base, strlen(base) - strlen(".ldif"));
	struct bv rdn = bv_trim(bv_make(dn.p, bv_find(dn, 0, ',')));

	if (bv_eq_nocase(file, rdn))
		return 0;
	return err_set(e, ERR_CONFIG,
	    "%s: the file holds entry \"%.*s\", whose file is named %.*s.ldif: rename one of the "
	    "two",
	    path, BV(rdn), BV(rdn));
}

/* Reads the one record of a file's text. */
static int
read_record(
    struct walk *w, FILE *text, struct conf_node *parent, struct conf_node **out, struct errbuf *e)
{
	struct ldif_reader *reader = ldif_reader_new(text, w->load.file, MAX_FILE_BYTES);
	struct ldif_record rec;
	int code = ldif_next(reader, w->load.tree->arena, &rec, e);

	ldif_reader_free(&reader);
	if (code < 0)
		return code;
	if (code == 0)
		return err_set(e, ERR_CONFIG, "%s: the file does not hold an entry", w->load.file);
	code = confload_record(&w->load, parent, &rec, out, e);
	return code == 0 ? check_match(w->load.file, rec.dn, e) : code;
}

static int
load(FILE *f, const char *path, struct buf *out, struct errbuf *e)
{
	size_t n;

	do {
		if (out->n > MAX_FILE_BYTES)
			return err_set(e, ERR_LIMIT, "%s is longer than 16 MiB", path);
		n = fread(buf_reserve(out, 65536), 1, 65536, f);
		out->n += n;
	} while (n > 0);
	if (ferror(f))
		return err_set(e, ERR_IO, "cannot read %s: %s", path, strerror(errno));
	return 0;
}

/* Parses a file's text, which gives values their lines. */
static int
read_text(struct walk *w, struct buf *text, struct conf_node *parent, struct conf_node **out,
    struct errbuf *e)
{
	buf_reserve(text, 1);
	FILE *f = fmemopen(text->p, text->n, "re");
	if (f == NULL)
		return err_set(e, ERR_IO, "cannot read %s: %s", w->load.file, strerror(errno));
	w->load.text = buf_bv(text);
	int code = read_record(w, f, parent, out, e);
	w->load.text = BV_NONE;
	fclose(f);
	return code;
}

static int
read_file(struct walk *w, const char *path, struct conf_node *parent, struct conf_node **out,
    struct errbuf *e)
{
	FILE *f = fopen(path, "re");
	struct buf text;

	if (f == NULL)
		return err_set(e, ERR_IO, "cannot open %s: %s", path, strerror(errno));
	if (++w->files > MAX_FILES) {
		fclose(f);
		return err_set(e, ERR_LIMIT, "%s: more than %d files", path, MAX_FILES);
	}
	w->load.file = path;
	buf_init(&text);
	int code = load(f, path, &text, e);
	if (code == 0)
		code = read_text(w, &text, parent, out, e);
	if (code == 0)
		check_secrecy(w, *out, f);
	buf_done_secret(&text);
	fclose(f);
	return code;
}

static int
is_ldif(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	bool plain = d->d_type == DT_REG || d->d_type == DT_LNK || d->d_type == DT_UNKNOWN;

	return plain && n > 5 && d->d_name[0] != '.' && strcmp(d->d_name + n - 5, ".ldif") == 0;
}

static int read_children(
    struct walk *w, const char *folder, struct conf_node *parent, int depth, struct errbuf *e);

static int
read_child(struct walk *w, const char *path, struct conf_node *parent, int depth, struct errbuf *e)
{
	struct conf_node *n = NULL;
	struct bv folder = bv_make(path, strlen(path) - strlen(".ldif"));
	int code = read_file(w, path, parent, &n, e);

	if (code == 0 && n != NULL)
		code = read_children(w, arena_str(w->load.tree->arena, folder), n, depth + 1, e);
	return code;
}

static int
read_children(
    struct walk *w, const char *folder, struct conf_node *parent, int depth, struct errbuf *e)
{
	struct dirent **names = NULL;
	int count = scandir(folder, &names, is_ldif, alphasort);
	int code = 0;

	if (count < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (count < 0)
		return err_set(e, ERR_IO, "cannot read %s: %s", folder, strerror(errno));
	if (count > 0 && depth > MAX_DEPTH)
		code = err_set(e, ERR_LIMIT, "%s: more than %d levels", folder, MAX_DEPTH);
	for (int i = 0; i < count; i++) {
		struct bv path =
		    arena_printf(w->load.tree->arena, "%s/%s", folder, names[i]->d_name);
		if (code == 0)
			code = read_child(w, (const char *)path.p, parent, depth, e);
		free(names[i]);
	}
	free(names);
	return code;
}

static int
read_top(struct walk *w, const char *path, struct errbuf *e)
{
	struct conf_node *top = NULL;
	const char *file =
	    (const char *)arena_printf(w->load.tree->arena, "%s/cn=config.ldif", path).p;
	const char *folder =
	    (const char *)arena_printf(w->load.tree->arena, "%s/cn=config", path).p;
	struct stat st;

	if (stat(file, &st) != 0 && errno == ENOENT)
		return err_set(
		    e, ERR_CONFIG, "%s holds no configuration: there is no cn=config.ldif", path);
	int code = read_file(w, file, NULL, &top, e);
	return code != 0 ? code : read_children(w, folder, top, 1, e);
}

/* Reads the files, whatever state they are in. */
static int
read_files(const char *path, struct conf_tree **out, struct errbuf *e)
{
	struct walk w = {.load.tree = conftree_new()};

	w.load.tree->from_dir = true;
	return confload_finish(w.load.tree, read_top(&w, path, e), out);
}

/* Returns the steps in which times of files go. */
static int64_t
tick_ns(void)
{
	struct timespec step = {0, 0};

	if (clock_getres(CLOCK_REALTIME_COARSE, &step) != 0 || step.tv_sec > 0)
		return 10 * 1000000;
	return step.tv_nsec;
}

/* Returns when the folder was changed last. *recent_out: so shortly ago that another change could
 * have the same time. */
static struct timespec
moment_of(const char *path, bool *recent_out)
{
	struct stat st = {0};
	struct timespec now;

	stat(path, &st);
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age_ns = (int64_t)(now.tv_sec - st.st_mtim.tv_sec) * 1000000000 +
			 (now.tv_nsec - st.st_mtim.tv_nsec);
	*recent_out = age_ns >= 0 && age_ns <= 2 * tick_ns();
	return st.st_mtim;
}

/* Reads one state: the journal's when there is one, else the files'. Returns whether nothing can
 * have changed meanwhile. */
static bool
read_once(const char *path, struct conf_tree **out, int *code_out, struct errbuf *e)
{
	const struct timespec pause = {0, tick_ns()};
	bool recent, ignored;
	struct timespec before = moment_of(path, &recent);
	int code = confjournal_read(path, out, e);

	*code_out = code;
	if (code != ERR_NOT_FOUND)
		return true;
	*code_out = read_files(path, out, e);
	struct timespec after = moment_of(path, &ignored);
	if (before.tv_sec != after.tv_sec || before.tv_nsec != after.tv_nsec)
		return false;
	if (recent)
		nanosleep(&pause, NULL);
	return !recent;
}

/* Where changes follow one another so fast that the files are never at rest, there often is a
 * journal. Returns whether one was read within some 200 ms. */
static bool
await_journal(const char *path, struct conf_tree **out, int *code_out, struct errbuf *e)
{
	static const struct timespec pause = {0, 100000};

	for (int i = 0; i < 2000; i++) {
		*code_out = confjournal_read(path, out, e);
		if (*code_out != ERR_NOT_FOUND)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

int
confdir_read(const char *path, struct conf_tree **out, struct errbuf *e)
{
	struct conf_tree *t = NULL;
	struct errbuf late;
	int code = confstore_recover(path, &late);

	if (code != 0)
		log_error("%s: a change that was cut off cannot be completed: %s", path, late.text);
	bool steady = read_once(path, &t, &code, e);
	for (int tries = 1; !steady && tries < MAX_TRIES; tries++) {
		conf_tree_free(&t);
		steady = tries % 8 == 0 && await_journal(path, &t, &code, e);
		if (!steady)
			steady = read_once(path, &t, &code, e);
	}
	if (!steady) {
		conf_tree_free(&t);
		return err_set(e, ERR_IO, "%s changes all the time; try again", path);
	}
	if (code != 0)
		return code == ERR_IO || code == ERR_DENIED ? ERR_IO : ERR_CONFIG;
	*out = t;
	return 0;
}
