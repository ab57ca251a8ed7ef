#include "apply.h"

#include <ldap.h>

#include "base/err.h"
#include "receipt.h"

/*
 * Up to WINDOW operations are on their way at once; each is in the receipt before
 * it is sent. Containers are awaited, as what lies below needs them. An add that
 * finds the entry there already (made meanwhile, or named in a form that we did
 * not recognise) becomes a comparison with it.
 */

enum { WINDOW = 64 };

struct slot {
	int id; /* 0: free */
	const struct plan_change *change;
};

struct apply {
	struct snapshot *s;
	struct receipt *receipt;
	struct slot slots[WINDOW];
	size_t busy;
	size_t added;
	size_t changed;
	size_t same;
	size_t kept;
	size_t conflicts;
	size_t failed;
	bool lost;
};

static void
count_idle(struct apply *a, const struct plan_change *change)
{
	a->same += change->kind == PLAN_SAME;
	a->kept += change->kept;
	a->conflicts += change->kind == PLAN_CONFLICT;
}

static void
print_counts(const struct apply *a, const char *mode)
{
	printf("%s: %zu changes (%zu added, %zu changed); %zu unchanged, %zu with differing values "
	       "kept, "
	       "%zu conflicts, %zu failed\n",
	    mode, a->added + a->changed, a->added, a->changed, a->same, a->kept, a->conflicts,
	    a->failed);
}

size_t
apply_plan(struct snapshot *s)
{
	struct apply a = {.s = s};
	const struct plan_change *changes = snapshot_compare(s);

	for (size_t i = 0; i < s->m->records.count; i++) {
		plan_print(stdout, &changes[i]);
		count_idle(&a, &changes[i]);
		a.added += changes[i].kind == PLAN_ADD;
		a.changed += changes[i].kind == PLAN_CHANGE;
	}
	print_counts(&a, "plan");
	return a.conflicts;
}

static struct slot *
slot_of(struct apply *a, int id)
{
	for (size_t i = 0; i < WINDOW; i++) {
		if (a->slots[i].id == id)
			return &a->slots[i];
	}
	return NULL;
}

static int
send(struct apply *a, const struct plan_change *change)
{
	struct slot *slot = slot_of(a, 0);
	int rc = receipt_write(a->receipt, change);

	if (rc != 0)
		return rc;
	if (change->kind == PLAN_ADD)
		rc = server_send_add(a->s->server, change->want, &slot->id);
	else
		rc = server_send_modify(a->s->server, change->have->dn, change->parts, &slot->id);
	if (rc != 0)
		return rc;
	slot->change = change;
	a->busy++;
	return 0;
}

static void
failed(struct apply *a, const struct plan_change *change, const struct server_result *result)
{
	a->failed++;
	server_print_error(change->want->dn, result);
}

/* The entry exists after all: does what a comparison with it asks for. */
static int
merge_existing(struct apply *a, const struct plan_change *old, const struct server_result *result)
{
	struct plan_change *change = arena_zalloc(a->s->m->arena, 1, sizeof(*change));
	struct record *have = NULL;

	if (server_read(a->s->server, old->want->dn, &have) != LDAP_SUCCESS) {
		failed(a, old, result);
		return 0;
	}
	plan_compare(old->want, have, a->s->m->opt->update, change);
	count_idle(a, change);
	return change->kind == PLAN_CHANGE ? send(a, change) : 0;
}

static int
settle(struct apply *a, const struct plan_change *change, const struct server_result *result)
{
	if (result->code == LDAP_SUCCESS) {
		a->added += change->kind == PLAN_ADD;
		a->changed += change->kind == PLAN_CHANGE;
		a->kept += change->kept;
		return 0;
	}
	receipt_failed(a->receipt, change->kind == PLAN_ADD ? change->want->dn : change->have->dn);
	if (result->code == LDAP_ALREADY_EXISTS && change->kind == PLAN_ADD)
		return merge_existing(a, change, result);
	failed(a, change, result);
	return 0;
}

/* Waits until at most `most` operations are on their way. */
static int
drain(struct apply *a, size_t most)
{
	struct server_result result;
	int rc = 0;

	while (a->busy > most && rc == 0) {
		server_wait(a->s->server, -1, &result);
		if (result.code < 0) {
			server_print_error(bv_str(server_uri(a->s->server)), &result);
			a->lost = true;
			return ERR_IO;
		}
		struct slot *slot = result.id > 0 ? slot_of(a, result.id) : NULL;
		if (slot == NULL)
			continue;
		slot->id = 0;
		a->busy--;
		rc = settle(a, slot->change, &result);
	}
	return rc;
}

static int
run_one(struct apply *a, const struct plan_change *change)
{
	if (change->kind == PLAN_SAME || change->kind == PLAN_CONFLICT) {
		count_idle(a, change);
		plan_print(stdout, change);
		return 0;
	}
	int rc = drain(a, WINDOW - 1);
	if (rc == 0)
		rc = send(a, change);
	if (rc == 0 && change->want->container)
		rc = drain(a, 0);
	return rc;
}

static int
finish(struct apply *a, int rc)
{
	bool ok = true;
	const char *path = receipt_close(a->receipt, &ok);

	print_counts(a, "apply");
	if (path != NULL)
		printf("receipt: %s (undo with: ldapmigrate --undo %s)\n", path, path);
	if (rc != 0 || a->lost)
		fputs("ldapmigrate: stopped before the end; run --apply again to go on\n", stderr);
	return rc == 0 && !ok ? ERR_IO : rc;
}

int
apply_run(struct snapshot *s, size_t *failed_out, size_t *conflicts_out)
{
	struct apply a = {.s = s};
	const struct plan_change *changes = snapshot_compare(s);
	int rc = 0;

	a.receipt = receipt_new(s->m->arena, s->m->opt->receipt, server_uri(s->server));
	for (size_t i = 0; i < s->m->records.count && rc == 0; i++)
		rc = run_one(&a, &changes[i]);
	if (rc == 0)
		rc = drain(&a, 0);
	rc = finish(&a, rc);
	*failed_out = a.failed;
	*conflicts_out = a.conflicts;
	return rc;
}
