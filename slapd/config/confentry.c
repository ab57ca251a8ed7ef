#include "config/confentry.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/confbuild.h"
#include "config/conftree.h"
#include "config/option.h"
#include "model/dn.h"
#include "model/entry.h"
#include "model/schema.h"

/*
 * One entry per node: object classes, the naming attribute, the values (ordered ones
 * with their {n} again), then the operational attributes.
 */

static int
put(struct conf_build *b, struct entry *entry, const char *name, struct bv value, struct errbuf *e)
{
	const struct attr_type *t = schema_attr_type(b->schema, bv_str(name));

	if (t == NULL)
		return err_set(e, ERR_CONFIG, "attribute %s is not in the schema", name);
	if (entry_put(b->schema, entry, t, value) != 0)
		return err_set(
		    e, ERR_CONFIG, "%s: the value does not have the attribute's syntax", name);
	return 0;
}

static int
put_values(
    struct conf_build *b, struct entry *entry, const struct conf_attr *attr, struct errbuf *e)
{
	const struct option *o = attr->option;
	int code = 0;

	for (size_t i = 0; code == 0 && i < attr->count; i++) {
		struct bv text = attr->values[i].text;
		if (o->ordered)
			text = arena_printf(b->arena, "{%zu}%.*s", i, BV(text));
		code = put(b, entry, o->olc, text, e);
		if (code != 0)
			code = conftree_blame(&attr->values[i], e, code);
	}
	return code;
}

static int
put_stamp(struct conf_build *b, struct entry *entry, const struct conf_node *n, struct errbuf *e)
{
	const char *classes[3];
	size_t count = conftree_classes(n, classes);
	bool front = n->kind == CONF_NODE_DB && n->db_type == CONF_DB_FRONTEND;
	const struct {
		const char *name;
		struct bv value;
	} stamps[] = {
	    {"structuralObjectClass", bv_str(classes[front ? 0 : count - 1])},
	    {"entryUUID", n->stamp.uuid},
	    {"creatorsName", n->stamp.creator},
	    {"createTimestamp", n->stamp.created},
	    {"entryCSN", n->stamp.csn},
	    {"modifiersName", n->stamp.modifier},
	    {"modifyTimestamp", n->stamp.modified},
	};
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(stamps) / sizeof(stamps[0]); i++)
		code = put(b, entry, stamps[i].name, stamps[i].value, e);
	return code;
}

static int
fill_entry(struct conf_build *b, struct entry *entry, const struct conf_node *n, struct errbuf *e)
{
	const char *classes[3];
	size_t count = conftree_classes(n, classes);
	struct dn dn;
	int code = dn_parse(b->schema, b->arena, conftree_dn(n, b->arena), &dn, e);

	if (code != 0)
		return ERR_CONFIG;
	entry_init(entry, b->arena, &dn);
	for (size_t i = 0; code == 0 && i < count; i++)
		code = put(b, entry, "objectClass", bv_str(classes[i]), e);
	if (code == 0)
		code = put(b, entry, conftree_naming(n), n->name, e);
	for (size_t i = 0; code == 0 && i < n->count; i++)
		code = put_values(b, entry, &n->attrs[i], e);
	if (code == 0)
		code = put_stamp(b, entry, n, e);
	return code;
}

int
confentry_build(struct conf_build *b, struct errbuf *e)
{
	size_t count = 0, i = 0;
	int code = 0;

	for (const struct conf_node *n = b->tree->root; n != NULL; n = conftree_next(n))
		count++;
	struct entry *entries = arena_zalloc(b->arena, count, sizeof(*entries));
	for (const struct conf_node *n = b->tree->root; code == 0 && n != NULL;
	     n = conftree_next(n))
		code = fill_entry(b, &entries[i++], n, e);
	b->conf->entries = entries;
	b->conf->entry_count = count;
	return code;
}
