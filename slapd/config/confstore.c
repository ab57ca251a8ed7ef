#include "config/confstore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "config/confdump.h"
#include "config/conffile.h"
#include "config/confjournal.h"
#include "config/confplan.h"
#include "config/conftree.h"

/*
 * A change in five steps: the new files are written aside, then the whole new
 * configuration as the journal's draft; the draft becomes the journal (from here the
 * change is made, whatever happens); the files move into place and those that are gone
 * are removed; the journal is removed. Who finds a journal finishes from the fourth
 * step; who finds a draft only removes it. Names are flushed before the next step.
 */

struct confstore {
	struct arena *arena;
	const char *path;
	int fd; /* of the folder: locked while it is open */
};

static const char *
in_top(struct arena *a, const char *path, const char *name)
{
	return (const char *)arena_printf(a, "%s/%s", path, name).p;
}

/* ---- making the files say what a tree says ---- */

/* The folder that holds a file of the plan. */
static const char *
folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return arena_str(a, bv_make(path, (size_t)(slash - path)));
}

/* Moves or writes one file into place. parts: where it lies, or NULL. */
static int
settle(struct arena *a, const struct confplan_file *f, const char *parts, size_t index,
    struct errbuf *e)
{
	const char *part = NULL;

	if (parts != NULL) {
		part = (const char *)arena_printf(a, "%s/%zu", parts, index).p;
	} else {
		part = (const char *)arena_printf(a, "%s.new", f->path).p;
		int code = conffile_remove(part, e);
		if (code == 0)
			code = conffile_write(part, f->text, e);
		if (code != 0)
			return code;
	}
	return conffile_move(part, f->path, e);
}

/* Brings the files to what the plan says; those to write lie in parts, or are written here. */
static int
carry_out(struct arena *a, const struct confplan *p, const char *parts, struct errbuf *e)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < p->folder_count; i++)
		code = conffile_folder(p->folders[i], true, e);
	for (size_t i = 0; code == 0 && i < p->write_count; i++)
		code = settle(a, &p->writes[i], parts, i, e);
	for (size_t i = 0; code == 0 && i < p->gone_count; i++)
		code = conffile_remove(p->gone[i], e);
	for (size_t i = 0; code == 0 && i < p->folder_count; i++)
		code = conffile_sync(folder_of(a, p->folders[i]), e);
	for (size_t i = 0; code == 0 && i < p->write_count; i++)
		code = conffile_sync(folder_of(a, p->writes[i].path), e);
	for (size_t i = 0; code == 0 && i < p->gone_count; i++)
		code = conffile_sync(folder_of(a, p->gone[i]), e);
	for (size_t i = 0; code == 0 && i < p->gone_count; i++)
		conffile_remove_empty(
		    arena_str(a, bv_make(p->gone[i], strlen(p->gone[i]) - strlen(".ldif"))));
	return code;
}

/* Removes the journal and what was laid aside. */
static int
clear(struct arena *a, const char *path, struct errbuf *e)
{
	int code = conffile_remove(in_top(a, path, CONFJOURNAL_NAME), e);

	if (code == 0)
		code = conffile_remove(in_top(a, path, CONFJOURNAL_DRAFT), e);
	conffile_remove_all(in_top(a, path, CONFJOURNAL_PARTS));
	return code == 0 ? conffile_sync(path, e) : code;
}

/* Finishes a change whose journal is there, or removes what is left of one that was not made. The
 * caller holds the lock. */
static int
recover(const char *path, struct errbuf *e)
{
	struct arena *a = arena_new(65536);
	struct conf_tree *t = NULL;
	struct confplan p;
	int code = confjournal_read(path, &t, e);

	arena_set_secret(a);
	if (code == 0) {
		code = confplan_from_disk(a, path, t, &p, e);
		if (code == 0)
			code = carry_out(a, &p, NULL, e);
		if (code == 0)
			log_error("%s: a change of the configuration that was cut off is complete "
				  "now",
			    path);
	} else if (code == ERR_NOT_FOUND) {
		code = 0;
	}
	if (code == 0)
		code = clear(a, path, e);
	conf_tree_free(&t);
	arena_free(&a);
	return code;
}

/* ---- the lock ---- */

static int
open_folder(const char *path, int *fd_out, struct errbuf *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return conffile_fail(e, "open", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int why = errno;
		close(fd);
		errno = why;
		if (why == EWOULDBLOCK)
			return err_set(e, ERR_BUSY,
			    "%s is in use by another process: send the change to the running "
			    "slapd with ldapmodify, or stop it first",
			    path);
		return conffile_fail(e, "lock", path);
	}
	*fd_out = fd;
	return 0;
}

static bool
needs_recovery(const char *path)
{
	char parts[4096];

	snprintf(parts, sizeof(parts), "%s/" CONFJOURNAL_PARTS, path);
	return confjournal_is_there(path) || access(parts, F_OK) == 0;
}

int
confstore_recover(const char *path, struct errbuf *e)
{
	int fd;

	if (!needs_recovery(path) || access(path, W_OK) != 0)
		return 0;
	int code = open_folder(path, &fd, e);
	if (code != 0)
		return code == ERR_BUSY ? 0 : code;
	code = recover(path, e);
	close(fd);
	return code == 0 ? 0 : ERR_IO;
}

int
confstore_open(const char *path, struct confstore **out, struct errbuf *e)
{
	int fd, code;

	if (access(path, W_OK | X_OK) != 0)
		return conffile_fail(e, "write to", path);
	code = open_folder(path, &fd, e);
	if (code == 0 && needs_recovery(path)) {
		code = recover(path, e);
		if (code != 0)
			close(fd);
	}
	if (code != 0)
		return code;
	struct arena *a = arena_new(1024);
	struct confstore *s = arena_zalloc(a, 1, sizeof(*s));
	*s = (struct confstore){a, arena_str(a, bv_str(path)), fd};
	*out = s;
	return 0;
}

void
confstore_close(struct confstore **s)
{
	struct confstore *gone = *s;

	*s = NULL;
	if (gone == NULL)
		return;
	close(gone->fd);
	struct arena *a = gone->arena;
	arena_free(&a);
}

/* ---- a change ---- */

/* Refuses what could only fail once the change is made. */
static int
check_folders(struct arena *a, const struct confplan *p, struct errbuf *e)
{
	for (size_t i = 0; i < p->write_count + p->gone_count; i++) {
		const char *file =
		    i < p->write_count ? p->writes[i].path : p->gone[i - p->write_count];
		const char *folder = folder_of(a, file);
		if (access(folder, W_OK | X_OK) != 0 && errno != ENOENT)
			return conffile_fail(e, "write to", folder);
	}
	return 0;
}

/* Writes everything that needs room. */
static int
lay_aside(struct arena *a, const char *path, const struct confplan *p, struct bv journal,
    struct errbuf *e)
{
	const char *parts = in_top(a, path, CONFJOURNAL_PARTS);
	int code = check_folders(a, p, e);

	for (size_t i = 0; code == 0 && i < p->folder_count; i++)
		code = conffile_folder(p->folders[i], true, e);
	if (code == 0)
		code = conffile_folder(parts, false, e);
	for (size_t i = 0; code == 0 && i < p->write_count; i++)
		code = conffile_write(
		    (const char *)arena_printf(a, "%s/%zu", parts, i).p, p->writes[i].text, e);
	if (code == 0)
		code = conffile_write(in_top(a, path, CONFJOURNAL_DRAFT), journal, e);
	return code == 0 ? conffile_sync(path, e) : code;
}

/* The moment of the change: the draft becomes the journal. */
static int
decide(struct arena *a, const char *path, struct errbuf *e)
{
	const char *journal = in_top(a, path, CONFJOURNAL_NAME);
	struct errbuf ignored;
	int code = conffile_move(in_top(a, path, CONFJOURNAL_DRAFT), journal, e);

	if (code != 0)
		return code;
	code = conffile_sync(path, e);
	if (code == 0)
		return 0;
	/* Not known to be on disk: undo what readers can see. */
	return conffile_remove(journal, &ignored) == 0 ? code : 0;
}

/* Makes the planned change. */
static int
change(struct arena *a, const char *path, const struct confplan *p, struct bv journal,
    struct errbuf *e)
{
	struct errbuf late;
	int code = lay_aside(a, path, p, journal, e);

	if (code == 0)
		code = decide(a, path, e);
	if (code != 0) {
		struct errbuf ignored;
		conffile_remove_all(in_top(a, path, CONFJOURNAL_PARTS));
		if (conffile_remove(in_top(a, path, CONFJOURNAL_DRAFT), &ignored) != 0)
			log_error("%s", ignored.text);
		return code;
	}
	code = carry_out(a, p, in_top(a, path, CONFJOURNAL_PARTS), &late);
	if (code == 0)
		code = clear(a, path, &late);
	if (code != 0)
		log_error("%s: the change is kept in " CONFJOURNAL_NAME
			  ", but its files are not in place yet: %s",
		    path, late.text);
	return 0;
}

int
confstore_commit(struct confstore *s, const struct conf_tree *before, const struct conf_tree *after,
    struct errbuf *e)
{
	struct arena *a = arena_new(65536);
	struct confplan p;
	struct buf journal;
	int code = 0;

	arena_set_secret(a);
	buf_init(&journal);
	if (needs_recovery(s->path))
		code = recover(s->path, e);
	if (code == 0) {
		confplan_from_trees(a, s->path, before, after, &p);
		confjournal_put(after, &journal);
	}
	if (code == 0 && p.write_count + p.gone_count > 0)
		code = change(a, s->path, &p, buf_bv(&journal), e);
	buf_done_secret(&journal);
	arena_free(&a);
	return code;
}
