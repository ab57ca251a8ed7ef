/* limits: any bytes as the line of a database, compiled, and asked for an identity. */
#include <stdlib.h>
#include "acl/limits.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conftree.h"
#include "model/schema.h"

static bool
is_member(void *arg, const struct limits_group *g, struct bv who)
{
	return arg == NULL && g->dn.pretty.n > who.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct schema *schema;
	static struct conf_node root;
	static const struct conf_tree tree = {.root = &root};
	struct arena *a = arena_new(0);
	struct bv line = bv_make(data, size);
	struct conf_db db = {.name = BV_LIT("1"), .limit_lines = &line, .limit_line_count = 1};

	schema = schema == NULL ? schema_build(schema_builder_new(arena_new(0))) : schema;
	struct conf c = {.schema = schema, .tree = &tree, .dbs = &db, .frontend = &db};
	struct limits_request r = {BV_LIT("cn=a,dc=b"), BV_LIT("dc=b"), is_member, NULL};
	const struct limits *l = NULL;
	struct errbuf e = {""};
	if (limits_compile(a, &c, &db, &l, &e) != 0 ? e.text[0] == 0
						    : !limits_find(l, &db.limits, &r))
		abort();
	arena_free(&a);
	return 0;
}
