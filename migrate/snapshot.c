#include "snapshot.h"

#include <ldap.h>

#include "base/err.h"
#include "text.h"

/*
 * One paged search per container instead of one per entry. When a search does
 * not get all (a size limit, say), entries that it did not bring are read singly.
 */

/* Returns the definition that has 'NAME' among its names, or NULL. */
static const struct bv *
find_class(const struct record_attr *classes, struct bv name)
{
	struct arena *arena = arena_new(0);
	struct bv quoted = arena_printf(arena, "'%.*s'", BV(name));
	const struct bv *found = NULL;

	for (size_t i = 0; i < classes->count && found == NULL; i++) {
		const struct bv *def = &classes->values[i];
		bool named = memmem(def->p, def->n, quoted.p, quoted.n) != NULL;

		/* a class named behind NAME, not one in DESC */
		const uint8_t *desc = memmem(def->p, def->n, "DESC", 4);
		size_t head = desc == NULL ? def->n : (size_t)(desc - def->p);
		if (named && memmem(def->p, head, quoted.p, quoted.n) != NULL)
			found = def;
	}
	arena_free(&arena);
	return found;
}

static int
missing_class(const struct record *rec, struct bv name)
{
	fprintf(stderr,
	    "ldapmigrate: the server does not know objectClass %.*s, which the map %s needs: load "
	    "the "
	    "schema that has it (cosine, inetorgperson, nis, misc or rfc2307bis), or name the maps "
	    "that you want\n",
	    BV(name), maps_get(rec->place.map)->name);
	return ERR_UNSUPPORTED;
}

/* posixGroup is structural in RFC 2307 and auxiliary in RFC 2307bis: the two do not mix. */
static int
check_group_kind(const struct migration *m, const struct bv *def)
{
	bool auxiliary = memmem(def->p, def->n, " AUXILIARY", 10) != NULL;

	if (auxiliary == (m->opt->groups != OPTIONS_RFC2307))
		return 0;
	fprintf(stderr, "ldapmigrate: the server's posixGroup is %s: say --groups %s\n",
	    auxiliary ? "auxiliary (RFC 2307bis)" : "structural (RFC 2307)",
	    auxiliary ? "rfc2307bis" : "rfc2307");
	return ERR_UNSUPPORTED;
}

static int
check_record(struct migration *m, const struct record_attr *known, struct hash *seen,
    const struct record *rec)
{
	const struct record_attr *classes = record_get(rec, ATTR_OBJECTCLASS);

	for (size_t i = 0; i < classes->count; i++) {
		struct bv name = classes->values[i];

		if (hash_put(seen, name, &classes->values[i]) != NULL)
			continue;
		const struct bv *def = find_class(known, name);
		if (def == NULL)
			return missing_class(rec, name);
		if (bv_is(name, "posixGroup") && check_group_kind(m, def) != 0)
			return ERR_UNSUPPORTED;
	}
	return 0;
}

static void
drop_profile(struct migration *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->records.count; i++) {
		if (m->records.items[i]->place.map != MAP_PROFILE)
			m->records.items[kept++] = m->records.items[i];
	}
	m->records.count = kept;
	fputs("ldapmigrate: the server does not know DUAConfigProfile (schema duaconf): no profile "
	      "is "
	      "written\n",
	    stderr);
}

int
snapshot_check_schema(struct migration *m, struct server *server)
{
	const struct record_attr *known = server_classes(server);
	struct hash *seen = hash_new(m->arena);
	int rc = 0;

	if (known == NULL)
		return 0;
	if (m->opt->profile && find_class(known, BV_LIT("DUAConfigProfile")) == NULL)
		drop_profile(m);
	for (size_t i = 0; i < m->records.count && rc == 0; i++)
		rc = check_record(m, known, seen, m->records.items[i]);
	return rc;
}

static void
read_below(struct snapshot *s, struct bv dn)
{
	int rc = server_read_below(s->server, dn, &s->records);

	if (rc == LDAP_SUCCESS || rc == LDAP_NO_SUCH_OBJECT)
		return;
	s->complete = false;
	fprintf(stderr, "ldapmigrate: below \"%.*s\": %s: entries are read one by one\n", BV(dn),
	    ldap_err2string(rc));
}

void
snapshot_read(struct migration *m, struct server *server, struct snapshot *out)
{
	*out = (struct snapshot){.m = m, .server = server, .complete = true};
	record_list_init(&out->records, m->arena);
	for (size_t i = 0; i < m->records.count; i++) {
		struct record *rec = NULL;

		if (m->records.items[i]->container &&
		    server_read(server, m->records.items[i]->dn, &rec) == LDAP_SUCCESS)
			record_list_add(&out->records, rec);
	}
	for (unsigned i = 0; i < MAP_COUNT; i++) {
		if (m->opt->want[i] && m->opt->container[i] != NULL)
			read_below(out, migration_container(m, (enum map_id)i));
	}
}

struct record *
snapshot_find(struct snapshot *s, const struct record *want)
{
	struct record *have = hash_get(s->records.by_key, want->key);

	if (have == NULL && !s->complete && server_read(s->server, want->dn, &have) == LDAP_SUCCESS)
		record_list_add(&s->records, have);
	return have;
}

struct plan_change *
snapshot_compare(struct snapshot *s)
{
	struct migration *m = s->m;
	struct plan_change *changes =
	    arena_zalloc(m->arena, m->records.count + 1, sizeof(*changes));

	for (size_t i = 0; i < m->records.count; i++) {
		const struct record *want = m->records.items[i];

		plan_compare(want, snapshot_find(s, want), m->opt->update, &changes[i]);
	}
	return changes;
}
