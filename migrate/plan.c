#include "plan.h"

#include "text.h"

/*
 * The merge rule: add what is missing, never delete. An entry cannot change its
 * structural object class, so when it has another one than we would give it, only
 * the auxiliary side is merged: an account that is a person in the directory stays
 * that person. Where the auxiliary side alone would lose an answer (members as
 * DNs, a service) it is a conflict and nothing is touched.
 */

struct plan_part *
plan_part_new(struct arena *arena, enum plan_op op, const char *name, size_t count)
{
	struct plan_part *part = arena_zalloc(arena, 1, sizeof(*part));

	part->op = op;
	part->name = name;
	part->type = attrs_find(bv_str(name));
	part->values = arena_zalloc(arena, count, sizeof(*part->values));
	return part;
}

/* Returns a table with the keys of all values. */
static struct hash *
keys_of(struct arena *arena, const struct attr_type *type, const struct record_attr *attr)
{
	struct hash *keys = hash_new(arena);

	for (size_t i = 0; attr != NULL && i < attr->count; i++)
		hash_put(keys, attrs_key(arena, type, attr->values[i]), &attr->values[i]);
	return keys;
}

struct plan_part *
plan_missing(struct arena *arena, const struct record_attr *one, const struct record_attr *other)
{
	if (one == NULL)
		return NULL;
	struct plan_part *part = plan_part_new(arena, PLAN_PART_ADD, one->name, one->count);
	const struct hash *keys = keys_of(arena, one->type, other);

	for (size_t i = 0; i < one->count; i++) {
		if (hash_get(keys, attrs_key(arena, one->type, one->values[i])) == NULL)
			part->values[part->count++] = one->values[i];
	}
	part->old = other;
	return part->count == 0 ? NULL : part;
}

/* Makes of an addition a replacement by the old values and the added ones. */
static struct plan_part *
with_old_values(struct arena *arena, const struct plan_part *added)
{
	const struct record_attr *old = added->old;
	struct plan_part *part =
	    plan_part_new(arena, PLAN_PART_REPLACE, added->name, old->count + added->count);

	memcpy(part->values, old->values, old->count * sizeof(*old->values));
	memcpy(part->values + old->count, added->values, added->count * sizeof(*added->values));
	part->count = old->count + added->count;
	part->old = old;
	return part;
}

static struct plan_part *
compare_attr(const struct record_attr *want, const struct record *have, bool update)
{
	const struct record_attr *old = record_find(have, bv_str(want->name));
	struct plan_part *part = plan_missing(have->arena, want, old);

	if (part == NULL || old == NULL)
		return part;
	if ((want->type->flags & ATTR_WHOLE) != 0)
		return with_old_values(have->arena, part);
	if ((want->type->flags & ATTR_SINGLE) != 0)
		part->op = update ? PLAN_PART_REPLACE : PLAN_PART_KEPT;
	return part;
}

/* Takes the structural class out of the classes to add. Returns NULL when none is left. */
static struct plan_part *
without_structural(struct plan_part *part, struct bv structural)
{
	size_t kept = 0;

	for (size_t i = 0; i < part->count; i++) {
		if (!bv_eq_nocase(part->values[i], structural))
			part->values[kept++] = part->values[i];
	}
	part->count = kept;
	return kept == 0 ? NULL : part;
}

/* Returns whether the record would lose an answer if its structural class were left out. */
static bool
needs_class(const struct record *want)
{
	const struct record_attr *classes = record_get(want, ATTR_OBJECTCLASS);

	return classes->count < 2 || record_get(want, ATTR_MEMBER) != NULL;
}

static void
compare_attrs(
    const struct record *want, const struct record *have, bool update, struct plan_change *out)
{
	struct plan_part **last = &out->parts;
	bool other_class = !record_has(have, ATTR_OBJECTCLASS, want->structural);

	for (const struct record_attr *attr = want->attrs; attr != NULL; attr = attr->next) {
		if (other_class && (attr->type->flags & ATTR_CLASS) != 0)
			continue;
		struct plan_part *part = compare_attr(attr, have, update);
		if (part != NULL && other_class && attr->type == attrs_get(ATTR_OBJECTCLASS))
			part = without_structural(part, want->structural);
		if (part == NULL)
			continue;
		*last = part;
		last = &part->next;
		if (part->op == PLAN_PART_KEPT)
			out->kept = true;
		else
			out->kind = PLAN_CHANGE;
	}
}

void
plan_compare(
    const struct record *want, const struct record *have, bool update, struct plan_change *out)
{
	*out = (struct plan_change){.kind = PLAN_SAME, .want = want, .have = have};
	if (have == NULL)
		out->kind = PLAN_ADD;
	else if (want->container)
		return;
	else if (!record_has(have, ATTR_OBJECTCLASS, want->structural) && needs_class(want))
		out->kind = PLAN_CONFLICT;
	else
		compare_attrs(want, have, update, out);
}

void
plan_print_value(FILE *out, const struct attr_type *type, struct bv value)
{
	struct arena *arena = arena_new(0);
	struct bv clean = text_printable(arena, value);

	if ((type->flags & ATTR_SECRET) != 0)
		fprintf(out, "(%zu bytes, not shown)", value.n);
	else
		fprintf(out, "%.*s", BV(clean));
	arena_free(&arena);
}

static void
print_values(FILE *out, const char *mark, const struct record_attr *attr)
{
	for (size_t i = 0; attr != NULL && i < attr->count; i++) {
		fprintf(out, "%s %s: ", mark, attr->name);
		plan_print_value(out, attr->type, attr->values[i]);
		fputc('\n', out);
	}
}

static void
print_part(FILE *out, const struct plan_part *part)
{
	static const char *const marks[] = {[PLAN_PART_ADD] = "+",
	    [PLAN_PART_REPLACE] = "+",
	    [PLAN_PART_DELETE] = "-",
	    [PLAN_PART_KEPT] = "!"};

	if (part->op == PLAN_PART_REPLACE)
		print_values(out, "-", part->old);
	if (part->op == PLAN_PART_KEPT)
		print_values(out, " ", part->old);
	for (size_t i = 0; i < part->count; i++) {
		fprintf(out, "%s %s: ", marks[part->op], part->name);
		plan_print_value(out, part->type, part->values[i]);
		fputs(
		    part->op == PLAN_PART_KEPT ? "   (differs; --update would replace it)\n" : "\n",
		    out);
	}
}

void
plan_print(FILE *out, const struct plan_change *change)
{
	static const char *const words[] = {[PLAN_SAME] = "keep",
	    [PLAN_ADD] = "add",
	    [PLAN_CHANGE] = "change",
	    [PLAN_CONFLICT] = "conflict"};

	if (change->kind == PLAN_SAME && change->parts == NULL)
		return;
	fprintf(out, "%s dn: ", words[change->kind]);
	plan_print_value(out, attrs_find(BV_LIT("dn")), change->want->dn);
	fputc('\n', out);
	if (change->kind == PLAN_CONFLICT)
		fprintf(out,
		    "! an entry of another kind has this name: it lacks objectClass %.*s\n",
		    BV(change->want->structural));
	for (const struct record_attr *attr = change->want->attrs;
	     attr != NULL && change->kind == PLAN_ADD; attr = attr->next)
		print_values(out, "+", attr);
	for (const struct plan_part *part = change->parts; part != NULL; part = part->next)
		print_part(out, part);
	fputc('\n', out);
}
