#include "schema.h"

#include "base/arena.h"
#include "model/schema_impl.h"
#include "model/syntax.h"

/*
 * The end of building: pointers to what the server itself uses, and the shared
 * descriptions without options. A known type that no file defines (shadowLastChange
 * without nis.schema) gets a hidden, undefined stand-in that no name finds, so that
 * callers compare pointers without asking whether it exists.
 */

#define FIELD(member, text)                                                                        \
	{                                                                                          \
		offsetof(struct schema_known, member), text                                        \
	}

struct row {
	size_t offset;
	const char *name;
};

static const struct row ATTRS[] = {
    FIELD(object_class, "objectClass"),
    FIELD(structural_object_class, "structuralObjectClass"),
    FIELD(entry_dn, "entryDN"),
    FIELD(entry_uuid, "entryUUID"),
    FIELD(entry_csn, "entryCSN"),
    FIELD(context_csn, "contextCSN"),
    FIELD(creators_name, "creatorsName"),
    FIELD(create_timestamp, "createTimestamp"),
    FIELD(modifiers_name, "modifiersName"),
    FIELD(modify_timestamp, "modifyTimestamp"),
    FIELD(has_subordinates, "hasSubordinates"),
    FIELD(num_subordinates, "numSubordinates"),
    FIELD(subschema_subentry, "subschemaSubentry"),
    FIELD(aliased_object_name, "aliasedObjectName"),
    FIELD(ref, "ref"),
    FIELD(user_password, "userPassword"),
    FIELD(shadow_last_change, "shadowLastChange"),
    FIELD(cn, "cn"),
    FIELD(uid, "uid"),
    FIELD(governing_structure_rule, "governingStructureRule"),
    FIELD(collective_exclusions, "collectiveExclusions"),
    FIELD(subtree_specification, "subtreeSpecification"),
    FIELD(uid_number, "uidNumber"),
    FIELD(gid_number, "gidNumber"),
};

static const struct row CLASSES[] = {
    FIELD(top, "top"),
    FIELD(alias, "alias"),
    FIELD(referral, "referral"),
    FIELD(subentry, "subentry"),
    FIELD(extensible_object, "extensibleObject"),
    FIELD(dynamic_object, "dynamicObject"),
};

static void
set(struct schema_known *known, size_t offset, const void *item)
{
	memcpy((char *)known + offset, &item, sizeof item);
}

static const struct attr_type *
stand_in(struct schema *s, struct bv name)
{
	struct attr_type *t = arena_zalloc(s->arena, 1, sizeof *t);
	struct bv *names = arena_alloc(s->arena, sizeof *names);

	names[0] = name;
	t->oid = name;
	t->names = names;
	t->name_count = 1;
	t->syntax = &syntax_table[SYNTAX_OCTETS];
	t->undefined = true;
	t->hidden = true;
	t->index = (unsigned)s->attrs.count;
	schema_list_add(s, &s->attrs, t);
	return t;
}

static void
fill_known(struct schema *s)
{
	for (size_t i = 0; i < sizeof ATTRS / sizeof *ATTRS; i++) {
		struct bv name = bv_str(ATTRS[i].name);
		const struct attr_type *t = schema_attr_type(s, name);
		set(&s->known, ATTRS[i].offset, t != NULL ? t : stand_in(s, name));
	}
	for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
		set(&s->known, CLASSES[i].offset, schema_object_class(s, bv_str(CLASSES[i].name)));
}

const struct schema *
schema_build(struct schema_builder *b)
{
	struct schema *s = b->schema;

	fill_known(s);
	s->plain = arena_zalloc(s->arena, s->attrs.count, sizeof *s->plain);
	for (size_t i = 0; i < s->attrs.count; i++) {
		const struct attr_type *t = s->attrs.items[i];
		s->plain[i] =
		    (struct attr_desc){.type = t, .options = BV_LIT(""), .name = t->names[0]};
	}
	b->schema = NULL;
	return s;
}
