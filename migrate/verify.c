#include "verify.h"

#include <unistd.h>

#include "text.h"

/*
 * A difference is a value that the source has and the directory lacks, or, for
 * attributes with which lookups are answered, one that the directory has and the
 * source lacks. What else an entry holds is its owner's business.
 *
 * getent's list of hosts is compared by name and address: glibc lists ::1 as
 * 127.0.0.1 and leaves other IPv6 addresses out.
 */

enum { FACTS = 1000000 }; /* pairs of name and address of one entry that are looked at */

struct verify {
	struct snapshot *s;
	struct migration *m; /* whose records are compared */
	const char *label;
	size_t compared;
	size_t differences;
};

static void
print_place(const struct verify *v, const struct record *want)
{
	if (want->place.line > 0)
		printf("%s:%zu: ", want->place.file, want->place.line);
	else
		printf("%s: ", v->label);
	plan_print_value(stdout, attrs_find(BV_LIT("dn")), want->dn);
}

static void
difference(struct verify *v, const struct record *want, const char *name, const char *what)
{
	print_place(v, want);
	printf(": %s%s%s", name, name[0] != 0 ? ": " : "", what);
	v->differences++;
}

static void
print_list(const struct attr_type *type, const struct bv *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fputs(i == 0 ? " " : ", ", stdout);
		plan_print_value(stdout, type, values[i]);
	}
	putchar('\n');
}

static bool
is_ignored(const struct verify *v, const struct attr_type *type)
{
	bool shadow = type >= attrs_get(ATTR_USERPASSWORD) && type <= attrs_get(ATTR_SHADOWFLAG);

	if (type == attrs_get(ATTR_DESCRIPTION) && v->m->getent)
		return true;
	return shadow && !v->m->opt->want[MAP_SHADOW];
}

/* Prints the values that the directory has and the source has not. */
static void
compare_extra(struct verify *v, const struct record *want, const struct record *have)
{
	for (const struct record_attr *attr = have->attrs; attr != NULL; attr = attr->next) {
		const struct record_attr *mine = record_find(want, bv_str(attr->name));
		bool names = attr->type == attrs_get(ATTR_CN) && want->place.map != MAP_PASSWD;

		if (((attr->type->flags & ATTR_ANSWER) == 0 && !names) || is_ignored(v, attr->type))
			continue;
		if (mine != NULL && (attr->type->flags & ATTR_SINGLE) != 0)
			continue;
		const struct plan_part *extra = plan_missing(v->m->arena, attr, mine);
		if (extra != NULL) {
			difference(v, want, attr->name, "only in the directory:");
			print_list(attr->type, extra->values, extra->count);
		}
	}
}

static void
compare_parts(struct verify *v, const struct record *want, const struct plan_change *change)
{
	for (const struct plan_part *part = change->parts; part != NULL; part = part->next) {
		const struct record_attr *mine = record_find(want, bv_str(part->name));
		const struct plan_part *shown = part;

		if (is_ignored(v, part->type))
			continue;
		if (part->op == PLAN_PART_KEPT) {
			difference(v, want, part->name, "directory has");
			print_list(part->type, part->old->values, part->old->count);
			printf("    source has");
		} else {
			difference(v, want, part->name, "missing in the directory:");
			/* without an old value it may be a part of the attribute: the classes, say
			 */
			shown =
			    part->old == NULL ? part : plan_missing(v->m->arena, mine, part->old);
		}
		print_list(shown->type, shown->values, shown->count);
	}
}

static void
compare_record(struct verify *v, const struct record *want)
{
	const struct record *have = snapshot_find(v->s, want);
	struct plan_change change;

	v->compared++;
	if (have == NULL) {
		difference(v, want, "", "missing in the directory\n");
		return;
	}
	plan_compare(want, have, false, &change);
	if (change.kind == PLAN_CONFLICT)
		difference(v, want, "objectClass", "the directory has another kind of entry\n");
	if (change.kind == PLAN_CONFLICT || want->container)
		return;
	compare_parts(v, want, &change);
	compare_extra(v, want, have);
}

/* Counts entries beside ours that no line of the source made. */
static size_t
count_others(const struct snapshot *s)
{
	size_t others = 0;

	for (size_t i = 0; i < s->records.count; i++)
		others += hash_get(s->m->records.by_key, s->records.items[i]->key) == NULL;
	return others;
}

size_t
verify_source(struct snapshot *s)
{
	struct verify v = {.s = s, .m = s->m, .label = "source"};

	for (size_t i = 0; i < s->m->records.count; i++)
		compare_record(&v, s->m->records.items[i]);
	printf("verify: %zu entries compared with the source, %zu differences; %zu entries only in "
	       "the "
	       "directory\n",
	    v.compared, v.differences, count_others(s));
	return v.differences;
}

static struct bv
host_fact(struct arena *arena, struct bv name, struct bv address)
{
	struct bv folded = text_fold(arena, name);

	if (bv_eq(address, BV_LIT("::1")))
		address = BV_LIT("127.0.0.1");
	return arena_printf(arena, "%.*s %.*s", BV(folded), BV(address));
}

/* Puts every pair of name and address of the entry into the table, or looks each up there. */
static void
host_facts(struct verify *v, struct hash *facts, struct record *rec, bool look_up)
{
	const struct record_attr *cn = record_get(rec, ATTR_CN);
	const struct record_attr *address = record_get(rec, ATTR_IPHOSTNUMBER);

	if (cn == NULL || address == NULL)
		return;
	for (size_t i = 0; i < cn->count * address->count && i < FACTS; i++) {
		struct bv name = cn->values[i / address->count];
		struct bv fact = host_fact(v->m->arena, name, address->values[i % address->count]);

		if (!look_up) {
			hash_put(facts, fact, rec);
			continue;
		}
		v->compared++;
		if (hash_get(facts, fact) == NULL) {
			difference(v, rec, "", "no entry has this name and address:");
			print_list(cn->type, &fact, 1);
		}
	}
}

static struct hash *
directory_hosts(struct verify *v)
{
	struct hash *facts = hash_new(v->m->arena);

	for (size_t i = 0; i < v->s->records.count; i++)
		host_facts(v, facts, v->s->records.items[i], false);
	return facts;
}

/* Makes the options of the second pass: the same, but every map from getent where it has one. */
static void
getent_options(const struct options *opt, struct options *out)
{
	*out = *opt;
	out->named = true;
	out->want[MAP_BASE] = out->want[MAP_PROFILE] = false;
	for (unsigned i = 0; i < MAP_SOURCES; i++) {
		out->file[i] = NULL;
		if ((maps_get((enum map_id)i)->flags & MAP_NO_LIST) != 0)
			out->want[i] = false;
	}
	if (geteuid() != 0)
		out->want[MAP_SHADOW] = out->want[MAP_GSHADOW] = false;
}

int
verify_getent(struct snapshot *s, size_t *differences_out)
{
	struct options *opt = arena_zalloc(s->m->arena, 1, sizeof(*opt));
	struct migration m;
	struct verify v = {.s = s, .m = &m, .label = "getent"};

	getent_options(s->m->opt, opt);
	migration_init(&m, opt, s->m->arena, report_new(s->m->arena, NULL, REPORT_REFUSED));
	m.getent = true;
	int rc = migration_read(&m);
	if (rc != 0)
		return rc;
	struct hash *hosts = directory_hosts(&v);
	for (size_t i = 0; i < m.records.count; i++) {
		struct record *want = m.records.items[i];

		if (want->place.map == MAP_HOSTS)
			host_facts(&v, hosts, want, true);
		else
			compare_record(&v, want);
	}
	printf("verify: %zu answers compared with getent, %zu differences\n", v.compared,
	    v.differences);
	*differences_out = v.differences;
	return 0;
}
