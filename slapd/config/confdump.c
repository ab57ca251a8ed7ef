#include "config/confdump.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conffile.h"
#include "config/conftree.h"
#include "config/option.h"
#include "wire/base64.h"
#include "wire/ldif.h"

/*
 * Writing slapd.d as OpenLDAP lays it out: 0600 files in 0750 folders, each flushed
 * to disk before the last rename makes the configuration complete.
 */

static const char header[] = "# Written by slapd or slaptest. It is read when slapd starts; check "
			     "changes with slaptest -u.\n";

/* ---- a node as text ---- */

static void
put_text(struct buf *out, const char *name, struct bv value)
{
	ldif_put(out, bv_str(name), value, 0);
}

/* Secrets are always in base64: nobody reads them over a shoulder. */
static void
put_value(struct buf *out, const struct option *o, size_t index, struct bv text)
{
	struct buf value;

	buf_init(&value);
	if (o->ordered)
		buf_printf(&value, "{%zu}", index);
	buf_put_bv(&value, text);
	if ((o->flags & OPTION_F_BINARY) != 0) {
		buf_printf(out, "%s;binary:: ", o->olc);
		base64_put(out, buf_bv(&value));
		buf_put_byte(out, '\n');
	} else if ((o->flags & OPTION_F_SECRET) != 0) {
		buf_printf(out, "%s:: ", o->olc);
		base64_put(out, buf_bv(&value));
		buf_put_byte(out, '\n');
	} else {
		put_text(out, o->olc, buf_bv(&value));
	}
	buf_done_secret(&value);
}

static void
put_stamp(struct buf *out, const struct conf_node *n, const char *structural)
{
	put_text(out, "structuralObjectClass", bv_str(structural));
	put_text(out, "entryUUID", n->stamp.uuid);
	put_text(out, "creatorsName", n->stamp.creator);
	put_text(out, "createTimestamp", n->stamp.created);
	put_text(out, "entryCSN", n->stamp.csn);
	put_text(out, "modifiersName", n->stamp.modifier);
	put_text(out, "modifyTimestamp", n->stamp.modified);
}

/* Appends a record with this name. */
static void
put_node(const struct conf_node *n, struct bv dn, struct buf *out)
{
	const char *classes[3];
	size_t count = conftree_classes(n, classes);
	bool front = n->kind == CONF_NODE_DB && n->db_type == CONF_DB_FRONTEND;

	put_text(out, "dn", dn);
	for (size_t i = 0; i < count; i++)
		put_text(out, "objectClass", bv_str(classes[i]));
	put_text(out, conftree_naming(n), n->name);
	for (size_t i = 0; i < n->count; i++) {
		for (size_t j = 0; j < n->attrs[i].count; j++)
			put_value(out, n->attrs[i].option, j, n->attrs[i].values[j].text);
	}
	put_stamp(out, n, classes[front ? 0 : count - 1]);
}

void
confdump_node(const struct conf_node *n, struct buf *out)
{
	struct arena *a = arena_new(256);

	put_node(n, arena_printf(a, "%s=%.*s", conftree_naming(n), BV(n->name)), out);
	arena_free(&a);
}

void
confdump_file(const struct conf_node *n, struct buf *out)
{
	buf_put(out, header, sizeof(header) - 1);
	confdump_node(n, out);
}

void
confdump_ldif(const struct conf_tree *t, struct buf *out)
{
	struct arena *a = arena_new(4096);

	for (const struct conf_node *n = t->root; n != NULL; n = conftree_next(n)) {
		put_node(n, conftree_dn(n, a), out);
		buf_put_byte(out, '\n');
	}
	arena_free(&a);
}

/* ---- files ---- */

/* Writes a node into folder and, below a folder of its own, its children. */
static int
write_node(struct arena *a, const struct conf_node *n, const char *folder, struct errbuf *e)
{
	struct bv base = arena_printf(a, "%s/%s=%.*s", folder, conftree_naming(n), BV(n->name));
	const char *inner = (const char *)base.p;
	struct buf text;

	buf_init(&text);
	confdump_file(n, &text);
	int code =
	    conffile_write((const char *)arena_printf(a, "%s.ldif", inner).p, buf_bv(&text), e);
	buf_done_secret(&text);
	if (code != 0 || n->first == NULL)
		return code;
	code = conffile_folder(inner, false, e);
	for (const struct conf_node *child = n->first; code == 0 && child != NULL;
	     child = child->next)
		code = write_node(a, child, inner, e);
	return code == 0 ? conffile_sync(inner, e) : code;
}

/* Makes the folder when missing; refuses one that holds something. */
static int
prepare(const char *path, struct errbuf *e)
{
	struct dirent *d;
	int entries = 0;
	DIR *dir = opendir(path);

	if (dir == NULL && errno == ENOENT)
		return conffile_folder(path, false, e);
	if (dir == NULL)
		return conffile_fail(e, "open", path);
	while ((d = readdir(dir)) != NULL)
		entries += strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
	closedir(dir);
	if (entries > 0)
		return err_set(e, ERR_EXISTS, "%s is not empty; remove what it holds first", path);
	return 0;
}

static int
move(struct arena *a, const char *from, const char *to, const char *name, struct errbuf *e)
{
	const char *old = (const char *)arena_printf(a, "%s/%s", from, name).p;
	const char *new = (const char *)arena_printf(a, "%s/%s", to, name).p;

	return conffile_move(old, new, e);
}

int
confdump_write(const struct conf_tree *t, const char *path, struct errbuf *e)
{
	struct arena *a = arena_new(0);
	const char *temp = (const char *)arena_printf(a, "%s/.new", path).p;
	int code = prepare(path, e);

	if (code == 0)
		code = conffile_folder(temp, false, e);
	bool made = code == 0;
	if (code == 0)
		code = write_node(a, t->root, temp, e);
	if (code == 0)
		code = move(a, temp, path, "cn=config", e);
	if (code == 0)
		code = conffile_sync(path, e);
	if (code == 0)
		code = move(a, temp, path, "cn=config.ldif", e);
	if (code == 0 && rmdir(temp) != 0)
		code = conffile_fail(e, "remove", temp);
	if (code == 0)
		code = conffile_sync(path, e);
	if (code != 0 && made)
		conffile_remove_all(temp);
	arena_free(&a);
	return code;
}
