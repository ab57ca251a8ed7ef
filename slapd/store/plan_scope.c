#include "plan_scope.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "tree.h"

/*
 * Whether an entry is in a subtree is found by walking up from it; superiors that were
 * met are remembered, so siblings cost one read. A record whose header is damaged has no
 * superior: it is logged and reported, never guessed.
 */

enum { MAX_DEPTH = 4096 };

int
scope_init(struct scope *s, struct store_read *r, uint64_t base, enum ldap_scope kind)
{
	uint64_t parent = 0;
	int rc = 0;

	*s = (struct scope){.base = base, .kind = kind};
	if (base != 0)
		rc = read_parent(r, base, &parent);
	/* With suffix "" several entries have parent 0: none of them is above all others. */
	s->whole = base == 0 || (parent == 0 && r->store->suffix_rdns > 0);
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

bool
scope_is_all(const struct scope *s)
{
	return s->whole && s->kind == LDAP_SCOPE_WHOLE_SUBTREE;
}

static int
parent_of(struct store_read *r, uint64_t id, uint64_t *out)
{
	int rc = read_parent(r, id, out);

	if (rc == ERR_CORRUPT)
		log_error("%s: entry %llu is damaged: its header's checksum does not fit",
		    r->store->directory, (unsigned long long)id);
	return rc;
}

/* Whether id is the base or under it, by walking up to something known. */
static int
is_under(struct scope *s, struct store_read *r, uint64_t id)
{
	uint64_t at = id;
	int inside = -1, rc;

	for (int depth = 0; inside < 0; depth++) {
		if (at == s->base || at == 0) {
			inside = at == s->base;
		} else if (s->cache[at % SCOPE_CACHE].id == at) {
			inside = s->cache[at % SCOPE_CACHE].inside;
		} else if (depth == MAX_DEPTH) {
			return ERR_CORRUPT;
		} else {
			rc = parent_of(r, at, &at);
			if (rc != 0)
				return rc == ERR_NOT_FOUND ? 0 : rc;
		}
	}
	s->cache[id % SCOPE_CACHE].id = id;
	s->cache[id % SCOPE_CACHE].inside = inside;
	return inside;
}

int
scope_has(struct scope *s, struct store_read *r, uint64_t id)
{
	uint64_t parent = 0;
	int rc;

	if (s->kind == LDAP_SCOPE_BASE_OBJECT)
		return id == s->base;
	if (s->whole && s->kind != LDAP_SCOPE_SINGLE_LEVEL)
		return s->kind == LDAP_SCOPE_WHOLE_SUBTREE || id != s->base;
	if (id == s->base)
		return s->kind == LDAP_SCOPE_WHOLE_SUBTREE;
	if (s->generation != r->generation || r->writing) {
		memset(s->cache, 0, sizeof(s->cache));
		s->generation = r->generation;
	}
	rc = parent_of(r, id, &parent);
	if (rc != 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	if (s->kind == LDAP_SCOPE_SINGLE_LEVEL)
		return parent == s->base;
	return parent == s->base ? 1 : is_under(s, r, parent);
}

/* Collecting: IDs found whose children are still to be visited are a queue in the arena. */
struct walk {
	struct idset *set;
	struct arena *arena;
	uint64_t *queue;
	size_t count, cap;
	uint64_t left;
	bool stopped;
};

static bool
take(void *arg, uint64_t id)
{
	struct walk *w = arg;

	if (w->left == 0 || !idset_add(w->set, id)) {
		w->stopped = true;
		return false;
	}
	w->left--;
	if (w->count == w->cap) {
		size_t cap = w->cap == 0 ? 64 : w->cap * 2;
		w->queue = arena_grow(w->arena, w->queue, w->count, cap, sizeof(*w->queue));
		w->cap = cap;
	}
	w->queue[w->count++] = id;
	return true;
}

int
scope_collect(const struct scope *s, struct store_read *r, uint64_t max, struct idset *set)
{
	struct walk w = {.set = set, .arena = arena_new(0), .left = max};
	bool deep = s->kind != LDAP_SCOPE_SINGLE_LEVEL;
	int rc = tree_children(r, s->base, take, &w);

	for (size_t i = 0; deep && rc == 0 && !w.stopped && i < w.count; i++)
		rc = tree_children(r, w.queue[i], take, &w);
	if (rc == 0 && !w.stopped && s->kind == LDAP_SCOPE_WHOLE_SUBTREE && s->base != 0)
		idset_add(set, s->base);
	idset_finish(set);
	arena_free(&w.arena);
	return rc != 0 ? rc : !w.stopped;
}
