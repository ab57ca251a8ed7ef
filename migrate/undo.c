#include "undo.h"

#include <assert.h>
#include <errno.h>
#include <ldap.h>

#include "base/err.h"
#include "receipt.h"
#include "text.h"

/*
 * An added entry is deleted when it holds exactly what was added; a changed one
 * loses what was added and gets back what was replaced, when those values are
 * still as the apply left them, whatever else has changed in it. Up to WINDOW
 * operations are on their way at once; what may have entries below it waits for
 * all of them.
 */

enum { WINDOW = 64 };

struct pending {
	int id; /* 0: free */
	const struct receipt_step *step;
};

struct undo {
	struct arena *arena;
	struct server *server;
	bool force;
	size_t done;
	size_t gone;
	size_t refused;
	size_t busy;
	struct pending pending[WINDOW];
};

static int
refuse(struct undo *u, const struct receipt_step *step, const char *why)
{
	fputs("ldapmigrate: not undone: ", stderr);
	plan_print_value(stderr, attrs_find(BV_LIT("dn")), step->dn);
	fprintf(stderr, ": %s\n", why);
	u->refused++;
	return 0;
}

static int
settle(struct undo *u, const struct receipt_step *step, const struct server_result *result)
{
	if (result->code == LDAP_SUCCESS) {
		u->done++;
		return 0;
	}
	if (result->code == LDAP_NOT_ALLOWED_ON_NONLEAF)
		return refuse(u, step, "there are entries below it that the receipt does not list");
	server_print_error(step->dn, result);
	return ERR_IO;
}

static struct pending *
pending_of(struct undo *u, int id)
{
	for (size_t i = 0; i < WINDOW; i++) {
		if (u->pending[i].id == id)
			return &u->pending[i];
	}
	return NULL;
}

/* Waits until at most `most` operations are on their way. */
static int
drain(struct undo *u, size_t most)
{
	struct server_result result;
	int rc = 0;

	while (u->busy > most && rc == 0) {
		server_wait(u->server, -1, &result);
		struct pending *p = result.id > 0 ? pending_of(u, result.id) : NULL;

		if (result.code < 0) {
			server_print_error(bv_str(server_uri(u->server)), &result);
			return ERR_IO;
		}
		if (p == NULL)
			continue;
		p->id = 0;
		u->busy--;
		rc = settle(u, p->step, &result);
	}
	return rc;
}

/* Remembers an operation that was sent. */
static int
sent(struct undo *u, const struct receipt_step *step, int id)
{
	struct pending *p = pending_of(u, 0);

	assert(p != NULL); /* drain leaves one free */
	*p = (struct pending){id, step};
	u->busy++;
	return drain(u, WINDOW - 1);
}

/* Returns whether the step is about an entry that others may lie below. */
static bool
is_superior(const struct receipt_step *step)
{
	return record_get(step->plus, ATTR_OU) != NULL || record_get(step->plus, ATTR_DC) != NULL ||
	       record_get(step->plus, ATTR_O) != NULL;
}

static bool
equal_attrs(struct arena *arena, const struct record_attr *a, const struct record_attr *b)
{
	return plan_missing(arena, a, b) == NULL && plan_missing(arena, b, a) == NULL;
}

/* Returns whether every attribute of one holds the same values in the other. */
static bool
covers(struct arena *arena, const struct record *one, const struct record *other)
{
	for (const struct record_attr *attr = one->attrs; attr != NULL; attr = attr->next) {
		if (!equal_attrs(arena, attr, record_find(other, bv_str(attr->name))))
			return false;
	}
	return true;
}

static int
undo_add(struct undo *u, const struct receipt_step *step, const struct record *have)
{
	int id = 0;

	if (!u->force &&
	    (!covers(u->arena, step->plus, have) || !covers(u->arena, have, step->plus)))
		return refuse(
		    u, step, "the entry was changed since; --force deletes it all the same");
	int rc = server_send_delete(u->server, have->dn, &id);
	return rc == 0 ? sent(u, step, id) : rc;
}

/* Returns whether the added values are all there and the replaced ones still in place. */
static bool
as_left(struct undo *u, const struct receipt_step *step, const struct record *have)
{
	for (const struct record_attr *attr = step->plus->attrs; attr != NULL; attr = attr->next) {
		if (plan_missing(u->arena, attr, record_find(have, bv_str(attr->name))) != NULL)
			return false;
	}
	return covers(u->arena, step->equal, have);
}

/* Makes the part that deletes those of the added values that are there; NULL when none is. */
static struct plan_part *
delete_part(struct undo *u, const struct record_attr *added, const struct record *have)
{
	const struct record_attr *now = record_find(have, bv_str(added->name));
	struct plan_part *part =
	    plan_part_new(u->arena, PLAN_PART_DELETE, added->name, added->count);

	for (size_t i = 0; now != NULL && i < added->count; i++) {
		struct record_attr one = *added;

		one.values = &added->values[i];
		one.count = 1;
		if (plan_missing(u->arena, &one, now) == NULL)
			part->values[part->count++] = added->values[i];
	}
	return part->count == 0 ? NULL : part;
}

static struct plan_part *
restore_part(struct undo *u, const struct record_attr *replaced)
{
	struct plan_part *part =
	    plan_part_new(u->arena, PLAN_PART_REPLACE, replaced->name, replaced->count);

	part->count = replaced->count;
	memcpy(part->values, replaced->values, replaced->count * sizeof(*part->values));
	return part;
}

static int
undo_change(struct undo *u, const struct receipt_step *step, const struct record *have)
{
	struct plan_part *parts = NULL;
	int id = 0;

	if (!u->force && !as_left(u, step, have))
		return refuse(u, step,
		    "what was changed has been changed again; --force undoes it all "
		    "the same");
	for (const struct record_attr *attr = step->plus->attrs; attr != NULL; attr = attr->next) {
		struct plan_part *part = delete_part(u, attr, have);

		if (part != NULL) {
			part->next = parts;
			parts = part;
		}
	}
	for (const struct record_attr *attr = step->minus->attrs; attr != NULL; attr = attr->next) {
		struct plan_part *part = restore_part(u, attr);

		part->next = parts;
		parts = part;
	}
	if (parts == NULL)
		return 0;
	int rc = server_send_modify(u->server, have->dn, parts, &id);
	return rc == 0 ? sent(u, step, id) : rc;
}

static int
undo_step(struct undo *u, const struct receipt_step *step)
{
	struct record *have = NULL;

	if (step->failed)
		return 0;
	if (is_superior(step) && drain(u, 0) != 0)
		return ERR_IO;
	int code = server_read(u->server, step->dn, &have);
	if (code == LDAP_NO_SUCH_OBJECT) {
		u->gone++;
		return 0;
	}
	if (code != LDAP_SUCCESS) {
		struct server_result result = {.code = code};

		server_print_error(step->dn, &result);
		return ERR_IO;
	}
	return step->added ? undo_add(u, step, have) : undo_change(u, step, have);
}

static void
retire(struct arena *arena, const char *path)
{
	struct bv undone = arena_printf(arena, "%s.undone", path);

	if (rename(path, (const char *)undone.p) != 0)
		fprintf(stderr, "ldapmigrate: receipt %s: cannot be renamed: %s\n", path,
		    strerror(errno));
}

int
undo_run(struct arena *arena, const struct options *opt, struct server *server, size_t *refused_out)
{
	struct undo u = {.arena = arena, .server = server, .force = opt->force};
	struct receipt_step *step = NULL;
	int rc = receipt_read(arena, opt->receipt, &step);

	for (; step != NULL && rc == 0; step = step->older)
		rc = undo_step(&u, step);
	if (rc == 0)
		rc = drain(&u, 0);
	if (rc == 0 || u.done > 0)
		printf(
		    "undo: %zu undone, %zu gone already, %zu refused\n", u.done, u.gone, u.refused);
	if (rc == 0 && u.refused == 0)
		retire(arena, opt->receipt);
	*refused_out = u.refused;
	return rc;
}
