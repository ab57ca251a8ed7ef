#include "config/confjournal.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/confdump.h"
#include "config/conffile.h"
#include "config/confload.h"

/* The last line shows that nothing is missing, whatever became of the disk. */

static const char last_line[] = "# end of the change\n";

enum { MAX_JOURNAL_BYTES = 256 << 20 };

void
confjournal_put(const struct conf_tree *t, struct buf *out)
{
	buf_printf(out, "# A change of this folder that slapd or slaptest -u completes.\n");
	confdump_ldif(t, out);
	buf_put(out, last_line, sizeof(last_line) - 1);
}

static void
name_of(const char *path, char out[4096])
{
	snprintf(out, 4096, "%s/" CONFJOURNAL_NAME, path);
}

int
confjournal_is_there(const char *path)
{
	char name[4096];

	name_of(path, name);
	return access(name, F_OK) == 0;
}

static int
load(FILE *f, const char *name, struct buf *out, struct errbuf *e)
{
	size_t n;

	do {
		n = fread(buf_reserve(out, 65536), 1, 65536, f);
		out->n += n;
	} while (n > 0 && out->n <= MAX_JOURNAL_BYTES);
	if (ferror(f))
		return conffile_fail(e, "read", name);
	size_t tail = sizeof(last_line) - 1;
	if (out->n < tail || memcmp(out->p + out->n - tail, last_line, tail) != 0)
		return err_set(e, ERR_CORRUPT,
		    "%s is damaged; move it away to start with the other files, and look at what "
		    "it holds",
		    name);
	return 0;
}

static int
parse(struct buf *text, const char *name, struct conf_tree **out, struct errbuf *e)
{
	FILE *f = fmemopen(text->p, text->n, "re");

	if (f == NULL)
		return conffile_fail(e, "read", name);
	int code = confload_ldif(f, name, out, e);
	fclose(f);
	return code;
}

int
confjournal_read(const char *path, struct conf_tree **out, struct errbuf *e)
{
	char name[4096];
	struct buf text;

	name_of(path, name);
	FILE *f = fopen(name, "re");
	if (f == NULL && errno == ENOENT)
		return ERR_NOT_FOUND;
	if (f == NULL)
		return conffile_fail(e, "read", name);
	buf_init(&text);
	int code = load(f, name, &text, e);
	if (code == 0)
		code = parse(&text, name, out, e);
	buf_done_secret(&text);
	fclose(f);
	return code;
}
