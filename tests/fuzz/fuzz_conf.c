/* slapd.conf: any bytes as a file (includes refused), built into a snapshot when they read. */
#include <stdlib.h>
#include "base/buf.h"
#include "base/err.h"
#include "config/conf.h"
#include "config/confdump.h"
#include "config/confread.h"
#include "config/conftree.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_tree *t = NULL;
	struct conf *c = NULL;
	struct errbuf e = {""};
	struct buf out = {0};

	if (confread_text(bv_make(data, size), "fuzz.conf", &t, &e) != 0) {
		if (e.text[0] == 0)
			abort();
		return 0;
	}
	for (const struct conf_node *n = t->root; n != NULL; n = conftree_next(n))
		confdump_node(n, &out);
	buf_done(&out);
	if (conf_build(&t, &c, &e) != 0)
		conf_tree_free(&t);
	conf_unref(&c);
	return 0;
}
