#include "config/option.h"

#include "base/near.h"
#include "config/option_table.h"

/* Looking rows up: by keyword with the spellings that OpenLDAP takes too, and by likeness. */

/* Other spellings of a keyword or attribute. */
static const struct {
	const char *other;
	const char *name;
} synonyms[] = {
    {"attribute", "attributetype"},
    {"attributetypes", "attributetype"},
    {"objectclasses", "objectclass"},
    {"objectidentifiers", "objectidentifier"},
    {"ldapsyntaxes", "ldapsyntax"},
    {"ditcontentrules", "ditcontentrule"},
    {"requires", "require"},
    {"allows", "allow"},
    {"disallows", "disallow"},
    {"saslregexp", "authz-regexp"},
    {"sasl-regexp", "authz-regexp"},
    {"sasl-authz-policy", "authz-policy"},
    {"mirrormode", "multiprovider"},
    {"olcMirrorMode", "olcMultiProvider"},
    {"schemaDN", "schemadn"},
};

static struct bv
canonical(struct bv name)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (bv_is(name, synonyms[i].other))
			return bv_str(synonyms[i].name);
	}
	return name;
}

static const struct option *
find_keyword(struct bv keyword)
{
	for (size_t i = 0; i < option_table_count; i++) {
		const char *name = option_table[i].keyword;
		if (name != NULL && bv_is(keyword, name))
			return &option_table[i];
	}
	return NULL;
}

const struct option *
option_by_keyword(struct bv keyword)
{
	static const struct bv loose = {(const uint8_t *)"attribute", 9};
	const struct option *o = find_keyword(canonical(keyword));

	/* OpenLDAP takes any ending, and a schema file that Debian ships has a misspelt one. */
	if (o == NULL && keyword.n > loose.n && bv_eq_nocase(bv_make(keyword.p, loose.n), loose))
		o = find_keyword(BV_LIT("attributetype"));
	return o;
}

const struct option *
option_by_olc(struct bv attribute)
{
	attribute = canonical(attribute);
	for (size_t i = 0; i < option_table_count; i++) {
		const char *name = option_table[i].olc;
		if (name != NULL && bv_is(attribute, name))
			return &option_table[i];
	}
	return NULL;
}

const struct option *
option_rows(size_t *count_out)
{
	*count_out = option_table_count;
	return option_table;
}

/* Returns the name nearest to word among keywords or attribute names. */
static const char *
nearest(struct bv word, bool olc)
{
	struct near n;

	near_init(&n, word);
	for (size_t i = 0; i < option_table_count; i++) {
		const char *name = olc ? option_table[i].olc : option_table[i].keyword;
		if (name != NULL)
			near_try(&n, bv_str(name));
	}
	return (const char *)n.best.p;
}

const char *
option_nearest(struct bv keyword)
{
	return nearest(keyword, false);
}

const char *
option_nearest_olc(struct bv attribute)
{
	return nearest(attribute, true);
}
