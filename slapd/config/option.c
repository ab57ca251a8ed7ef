#include "config/option.h"

#include "config/option_table.h"

/* Looking rows up: by keyword with the spellings that OpenLDAP takes too, and by likeness. */

enum { NEAR_MAX_BYTES = 40, NEAR_MAX_CHANGES = 3 };

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

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Returns how many bytes must be inserted, removed or replaced to turn a into b; both bounded. */
static size_t
distance(struct bv a, struct bv b)
{
	size_t row[NEAR_MAX_BYTES + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t above = row[j];
			size_t change = lower(a.p[i - 1]) == lower(b.p[j - 1]) ? 0 : 1;
			row[j] = least(least(above, row[j - 1]) + 1, diagonal + change);
			diagonal = above;
		}
	}
	return row[b.n];
}

/* Returns the name nearest to word among keywords or attribute names. */
static const char *
nearest(struct bv word, bool olc)
{
	const char *best = NULL;
	size_t best_changes = NEAR_MAX_CHANGES + 1;

	if (word.n < 3 || word.n > NEAR_MAX_BYTES)
		return NULL;
	if (word.n < 8)
		best_changes = NEAR_MAX_CHANGES;
	for (size_t i = 0; i < option_table_count; i++) {
		const char *name = olc ? option_table[i].olc : option_table[i].keyword;
		if (name == NULL || strlen(name) > NEAR_MAX_BYTES)
			continue;
		size_t changes = distance(word, bv_str(name));
		if (changes < best_changes) {
			best_changes = changes;
			best = name;
		}
	}
	return best;
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
