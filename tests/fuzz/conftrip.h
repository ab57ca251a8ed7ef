#ifndef TESTS_FUZZ_CONFTRIP_H
#define TESTS_FUZZ_CONFTRIP_H

/* What fuzz_confedit does with a tree: changes of a copy, and the way to LDIF and back. */

#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conf.h"
#include "config/confdump.h"
#include "config/confedit.h"
#include "config/confload.h"
#include "config/confread.h"

/* Returns a small configuration with something of every kind. */
static inline struct conf *
conftrip_base(void)
{
	static const char text[] =
	    "threads 4\nmoduleload back_mdb\nbackend mdb\n"
	    "database mdb\nsuffix cn=a\ndirectory /a\nindex cn eq\naccess to * by * read\n"
	    "access to attrs=cn by * none\ndatabase mdb\nsuffix cn=b\ndirectory /b\n";
	struct conf_tree *t = NULL;
	struct conf *c = NULL;
	struct errbuf e;

	if (confread_text(bv_str(text), "base", &t, &e) != 0 || conf_build(&t, &c, &e) != 0)
		abort();
	return c;
}

/* Applies a record to a copy. Returns the copy, or the tree when the record is refused, which must
 * be with a text. */
static inline struct conf_tree *
conftrip_apply(
    struct conf_tree *tree, const struct conf *base, struct arena *a, const struct ldif_record *rec)
{
	struct confedit_by by = {base->schema, a, BV_LIT("cn=fuzz"), 1, false};
	struct conf_tree *copy = confedit_copy(tree);
	struct errbuf e = {""};
	int code = confedit_record(copy, &by, rec, &e);

	if (code < 0 || (code > 0 && e.text[0] == 0))
		abort();
	if (code != 0) {
		conf_tree_free(&copy);
		return tree;
	}
	conf_tree_free(&tree);
	return copy;
}

/* The dump of a tree must load, and dump to the same bytes again. Frees the tree. */
static inline void
conftrip_check(struct conf_tree *tree, const struct conf *base)
{
	struct conf_tree *back = NULL;
	struct buf first = {0}, second = {0};
	struct conf *c = NULL;
	struct errbuf e = {""};

	confdump_ldif(tree, &first);
	FILE *f = fmemopen(first.p, first.n, "r");
	if (confload_ldif(f, "dump", &back, &e) != 0) {
		fprintf(stderr, "%s\n%.*s", e.text, BV(buf_bv(&first)));
		abort();
	}
	fclose(f);
	confdump_ldif(back, &second);
	if (!bv_eq(buf_bv(&first), buf_bv(&second))) {
		fprintf(stderr, "%.*s---\n%.*s", BV(buf_bv(&first)), BV(buf_bv(&second)));
		abort();
	}
	if (conf_build_next(&back, base, &c, &e) != 0 && e.text[0] == 0)
		abort();
	conf_tree_free(&back);
	conf_unref(&c);
	conf_tree_free(&tree);
	buf_done(&first);
	buf_done(&second);
}

#endif
