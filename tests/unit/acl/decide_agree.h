#ifndef TESTS_UNIT_ACL_DECIDE_AGREE_H
#define TESTS_UNIT_ACL_DECIDE_AGREE_H

/* What is said once for all entries must hold for each: every rule set, whoever asks. */

#include "acl/decide.h"
#include "model/desc.h"
#include "model/entry.h"
#include "rules_case.h"

static const struct {
	const char *dn;
	const char *values[8][2];
} agree_entries[] = {
    {"dc=falcot,dc=com", {{"objectClass", "top"}}},
    {"cn=a,dc=falcot,dc=com",
	{{"objectClass", "person"}, {"cn", "a"}, {"sn", "b"}, {"title", "c"},
	    {"member", "cn=a,dc=falcot,dc=com"}, {"memberURL", "ldap:///??sub?(cn=a)"}}},
    {"cn=b,ou=p,dc=falcot,dc=com",
	{{"objectClass", "groupOfNames"}, {"cn", "b"}, {"owner", "cn=a,dc=falcot,dc=com"}}},
};

enum { AGREE_ENTRIES = 3 };

static const char *const agree_attrs[] = {
    "cn", "sn", "member", "objectClass", "cn;lang-fr", "jpegPhoto"};

static inline void
agree_entry(const struct schema *s, struct arena *a, size_t i, struct entry *out)
{
	struct errbuf e;
	struct dn dn;

	if (dn_parse(s, a, bv_str(agree_entries[i].dn), &dn, &e) != 0)
		abort();
	entry_init(out, a, &dn);
	for (size_t k = 0; k < 8 && agree_entries[i].values[k][0] != NULL; k++) {
		const struct attr_type *t =
		    schema_attr_type(s, bv_str(agree_entries[i].values[k][0]));
		if (t == NULL || entry_put(s, out, t, bv_str(agree_entries[i].values[k][1])) != 0)
			abort();
	}
}

static inline int
agree_values(void *arg, struct bv dn, const struct attr_desc *d, struct arena *a,
    const struct bv **values, const struct bv **normals)
{
	const struct acl_rules *rules = arg;
	struct entry e;

	for (size_t i = 0; i < AGREE_ENTRIES; i++) {
		if (!bv_is(dn, agree_entries[i].dn))
			continue;
		agree_entry(rules->schema, a, i, &e);
		const struct attr *attr = entry_find_type(&e, d->type);
		*values = attr == NULL ? NULL : attr->values;
		*normals = attr == NULL ? NULL : attr->normals;
		return attr == NULL ? 0 : (int)attr->count;
	}
	return -1;
}

/* Returns whether what decide_once says of each bit holds for the bits of the entry. */
static inline bool
agree_one(struct decide *d, const struct acl_entry *e, const struct acl_target *t)
{
	unsigned bits = decide_bits(d, e, t);

	for (unsigned bit = 1; bit < 256; bit <<= 1) {
		enum decide_once once = decide_once(d, t->part, t->desc, bit);
		if (once != DECIDE_PER_ENTRY && (once == DECIDE_YES) != ((bits & bit) != 0))
			return false;
		if (t->part != ACL_PART_CHILDREN && decide_all(d, bit) && (bits & bit) == 0)
			return false;
	}
	return true;
}

static inline bool
agree_entry_all(struct decide *wide, struct decide *near, const struct acl_rules *rules,
    const struct acl_entry *e, struct arena *a)
{
	struct acl_target t = {.part = ACL_PART_ENTRY};
	bool good = agree_one(wide, e, &t) && agree_one(near, e, &t);

	for (size_t i = 0; i < sizeof(agree_attrs) / sizeof(*agree_attrs) && good; i++) {
		t.part = ACL_PART_ATTR;
		t.value = t.value_normal = BV_NONE;
		if (desc_parse(rules->schema, a, bv_str(agree_attrs[i]), &t.desc, NULL) != 0)
			abort();
		good = agree_one(wide, e, &t) && agree_one(near, e, &t) &&
		       decide_bits(wide, e, &t) == decide_bits(near, e, &t);
		t.value = t.value_normal = BV_LIT("cn=a,dc=falcot,dc=com");
		good = good && agree_one(wide, e, &t) &&
		       decide_bits(wide, e, &t) == decide_bits(near, e, &t);
	}
	return good;
}

/* Asks about every entry as nobody and as two others, wide and with the region of the entry. */
static inline bool
agree_all(const struct acl_rules *rules, struct arena *a)
{
	static const char *const asking[] = {"", "cn=a,dc=falcot,dc=com", "cn=z"};
	static const struct acl_peer peer = {.ssf = 56};
	struct arena *scratch = arena_new(0);
	bool good = true;

	for (size_t i = 0; i < AGREE_ENTRIES * 3 && good; i++) {
		struct bv dn = bv_str(asking[i % 3]);
		struct acl_who who = {dn, dn, false, &peer, i % 2 ? RULES_OP_SEARCH : 0, NULL, 0};
		struct acl_env env = {
		    rules->schema, a, scratch, agree_values, NULL, (void *)(uintptr_t)rules, NULL};
		struct entry en;
		agree_entry(rules->schema, a, i / 3, &en);
		struct acl_entry e = {.normal_dn = en.dn.normal, .entry = &en};
		good = agree_entry_all(decide_new(rules, &who, &env, BV_LIT("")),
		    decide_new(rules, &who, &env, en.dn.normal), rules, &e, a);
	}
	arena_free(&scratch);
	return good;
}

#endif
