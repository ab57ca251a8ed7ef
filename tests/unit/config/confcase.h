#ifndef TESTS_UNIT_CONFIG_CONFCASE_H
#define TESTS_UNIT_CONFIG_CONFCASE_H

/* What the tests of config share: configurations from texts, scratch folders, dumps to compare. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "acl/rules.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conf.h"
#include "config/confdump.h"
#include "config/confread.h"
#include "config/conftree.h"

/* A database that lacks nothing; lines follow it. */
#define CASE_DB                                                                                    \
	"database mdb\nsuffix cn=example\nrootdn cn=admin,cn=example\ndirectory /nonexistent\n"

/* Reads a text, builds it and checks its access rules. Returns the snapshot, or NULL with the text
 * in e. */
static inline struct conf *
case_build(const char *text, struct errbuf *e)
{
	struct conf_tree *t = NULL;
	struct conf *c = NULL;

	if (confread_text(bv_str(text), "t.conf", &t, e) != 0)
		return NULL;
	if (conf_build(&t, &c, e) != 0)
		conf_tree_free(&t);
	else if (rules_check(c, e) != 0)
		conf_unref(&c);
	return c;
}

/* Like case_build; the test fails when the text does not build. */
static inline struct conf *
case_good(const char *text)
{
	struct errbuf e;
	struct conf *c = case_build(text, &e);

	if (c == NULL) {
		fail_msg("refused: %s\n%s", e.text, text);
		abort();
	}
	return c;
}

/* The test fails unless the text is refused with all of part in the error's text. */
static inline void
case_bad(const char *text, const char *part)
{
	struct errbuf e = {""};
	struct conf *c = case_build(text, &e);

	if (c != NULL)
		fail_msg("accepted:\n%s", text);
	if (strstr(e.text, part) == NULL)
		fail_msg("%s\nsays \"%s\"\nnot \"%s\"", text, e.text, part);
}

/* Appends every node of a tree as LDIF. */
static inline void
case_dump(const struct conf_tree *t, struct buf *out)
{
	for (const struct conf_node *n = t->root; n != NULL; n = conftree_next(n))
		confdump_node(n, out);
}

/* Makes a folder below /tmp; the name lives for the next three calls. */
static inline const char *
case_folder(void)
{
	static char names[4][64];
	static unsigned turn;
	char *name = names[turn++ % 4];

	snprintf(name, sizeof(names[0]), "/tmp/config-test-XXXXXX");
	assert_non_null(mkdtemp(name));
	return name;
}

/* Removes a folder made by case_folder and what is in it. */
static inline void
case_remove(const char *folder)
{
	char command[128];

	assert_int_equal(strncmp(folder, "/tmp/config-test-", 17), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
}

/* Writes a file below folder; parents of name must exist. */
static inline void
case_file(const char *folder, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

#endif
