#include <inttypes.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/dn.h"
#include "model/entry.h"
#include "model/schema.h"
#include "store/stat.h"
#include "store/store.h"
#include "tools/bootconf.h"
#include "tools/choose.h"
#include "tools/common.h"
#include "tools/confmodify.h"
#include "tools/context.h"
#include "tools/hold.h"
#include "tools/ldifentry.h"
#include "tools/progress.h"
#include "tools/sink.h"
#include "tools/tools.h"
#include "wire/ldap.h"
#include "wire/ldif.h"

/*
 * slapadd: loads LDIF into a database, all of it or, unless -c, nothing. One pass over
 * the input; a record whose superior has not come waits (hold.h). The load is synced
 * before slapadd ends; with -c, but without -q, every GROUP entries.
 */

enum { GROUP = 10000, REPORTED_ORPHANS = 50 };

struct load {
	struct common c;
	struct sink **sinks; /* one per open store */
	struct hold *hold;
	struct arena *work; /* of one record */
	struct progress progress;
	struct context context;
	const char *input_name;
	uint64_t added;
	uint64_t skipped;
	uint64_t since_checkpoint;
};

/* Says what is wrong with a record; returns whether to go on with the next one. */
static bool
report(struct load *l, const struct ldif_record *rec, int code, const char *text)
{
	if (code > 0)
		common_fail(&l->c, "%s:%lu: dn=\"%.*s\": (%d) %s", l->input_name, rec->line,
		    BV(rec->dn), code, text);
	else
		common_fail(
		    &l->c, "%s:%lu: dn=\"%.*s\": %s", l->input_name, rec->line, BV(rec->dn), text);
	l->skipped++;
	return l->c.keep_going;
}

static struct sink *
sink_for(struct load *l, struct bv normal_dn, const struct conf_db **db_out)
{
	struct common_store *s = common_store_for(&l->c, normal_dn);

	if (s == NULL)
		return NULL;
	*db_out = s->db;
	return l->sinks[s - l->c.stores];
}

static bool
report_outside(struct load *l, const struct ldif_record *rec, const struct dn *dn)
{
	const struct conf_db *other = conf_db_for(l->c.conf, dn->normal);
	struct bv text;

	if (other != NULL)
		text = arena_printf(l->work,
		    "the entry belongs to database %.*s (\"%.*s\"), not to %.*s: use -b",
		    BV(other->name), BV(other->suffixes[0].pretty), BV(l->c.db->name));
	else
		text = arena_printf(l->work,
		    "database %.*s (\"%.*s\") does not hold it; no database configured for that "
		    "naming context",
		    BV(l->c.db->name), BV(l->c.db->suffixes[0].pretty));
	return report(l, rec, 0, (const char *)text.p);
}

static bool
checkpoint(struct load *l)
{
	struct errbuf e = {""};

	if (!l->c.keep_going || l->c.dry_run || ++l->since_checkpoint < GROUP)
		return true;
	l->since_checkpoint = 0;
	for (size_t i = 0; i < l->c.store_count; i++)
		if (sink_checkpoint(l->sinks[i], &e) != 0)
			return common_fail(&l->c, "cannot commit: %s", e.text) == 0;
	return true;
}

static bool
note_added(struct load *l, const struct entry *e, uint64_t id)
{
	l->added++;
	progress_add(&l->progress);
	context_note(&l->context, l->c.conf->schema, e);
	if (l->c.verbose > 0 && l->c.dry_run)
		fprintf(stderr, "added: \"%.*s\"\n", BV(e->dn.pretty));
	else if (l->c.verbose > 0)
		fprintf(stderr, "added: \"%.*s\" (%08" PRIx64 ")\n", BV(e->dn.pretty), id);
	return checkpoint(l);
}

/*
 * Adds one record. Returns whether to go on; *dn_out is the normal DN, in the work arena, when the
 * entry is now there, and absent otherwise.
 */
static bool
add_record(struct load *l, const struct ldif_record *rec, struct bv *dn_out)
{
	struct ldifentry how = {.schema = l->c.conf->schema,
	    .db = l->c.db,
	    .sid = common_sid(&l->c),
	    .unchecked = l->c.unchecked};
	struct errbuf e = {""};
	struct entry entry;
	struct sink *sink;
	struct dn dn;
	uint64_t id = 0;
	int rc;

	*dn_out = BV_NONE;
	if (dn_parse(how.schema, l->work, rec->dn, &dn, &e) != 0)
		return report(l, rec, LDAP_INVALID_DN_SYNTAX, e.text);
	sink = sink_for(l, dn.normal, &how.db);
	if (sink == NULL)
		return report_outside(l, rec, &dn);
	rc = ldifentry_build(&how, l->work, rec, &entry, &e);
	if (rc != 0)
		return report(l, rec, rc, e.text);
	rc = sink_add(sink, &entry, &id, &e);
	if (rc == ERR_NOT_FOUND)
		hold_put(l->hold, dn_parent(&dn).normal, rec);
	if (rc == ERR_NOT_FOUND)
		return true;
	if (rc == ERR_EXISTS)
		return report(
		    l, rec, LDAP_ALREADY_EXISTS, "an entry of this name is there already");
	if (rc != 0)
		return report(l, rec, 0, e.text) && false;
	*dn_out = dn.normal;
	return note_added(l, &entry, id);
}

/* Adds the records that waited for dn, then those that waited for them. */
static bool
add_waiting(struct load *l, struct bv dn)
{
	struct held *todo = dn.p == NULL ? NULL : hold_take(l->hold, dn);
	bool go_on = true;

	while (todo != NULL && go_on) {
		struct held *x = todo;
		struct held **tail = &todo;
		todo = x->next;
		arena_reset(l->work);
		go_on = add_record(l, &x->record, &dn);
		while (*tail != NULL)
			tail = &(*tail)->next;
		if (dn.p != NULL)
			*tail = hold_take(l->hold, dn);
	}
	return go_on;
}

static bool
take_record(struct load *l, const struct ldif_record *rec)
{
	struct bv dn;

	if (rec->change != LDIF_CONTENT)
		return report(l, rec, 0,
		    "a change record (changetype): slapadd takes entries, use slapmodify");
	return add_record(l, rec, &dn) && add_waiting(l, dn);
}

static bool
read_all(struct load *l, struct ldif_reader *reader)
{
	struct ldif_record rec;
	struct errbuf e = {""};
	bool go_on = true;
	int rc;

	while (go_on) {
		arena_reset(l->work);
		rc = ldif_next(reader, l->work, &rec, &e);
		if (rc == 0)
			return true;
		if (rc > 0) {
			go_on = take_record(l, &rec);
			continue;
		}
		common_fail(&l->c, "%s", e.text);
		l->skipped++;
		go_on = rc == ERR_SYNTAX && l->c.keep_going;
	}
	return false;
}

/* Names the records whose superior never came; returns whether that is no obstacle. */
static bool
report_orphans(struct load *l)
{
	size_t count = hold_count(l->hold);
	struct held **rest = hold_rest(l->hold);

	for (size_t i = 0; i < count && i < REPORTED_ORPHANS; i++)
		common_fail(&l->c, "%s:%lu: dn=\"%.*s\": its superior \"%.*s\" does not exist",
		    l->input_name, rest[i]->record.line, BV(rest[i]->record.dn),
		    BV(rest[i]->superior));
	if (count > REPORTED_ORPHANS)
		common_fail(
		    &l->c, "%zu more entries lack their superior", count - REPORTED_ORPHANS);
	l->skipped += count;
	return count == 0 || l->c.keep_going;
}

/*
 * A bulk load is as safe as a transaction and many times faster, but it goes into an empty
 * database in parts, which a running server would see, and cannot keep what came before an error.
 */
static bool
may_bulk(const struct load *l, struct store *s)
{
	struct store_stat stat;

	if (l->c.dry_run || (l->c.keep_going && !l->c.quick) || store_stat(s, &stat) != 0)
		return false;
	return stat.entries > 0 || !common_server_runs(&l->c);
}

static int
begin_one(struct load *l, size_t i)
{
	struct common_store *s = &l->c.stores[i];
	struct errbuf e = {""};
	int rc = ERR_BUSY;

	if (may_bulk(l, s->store))
		rc = sink_begin(s, true, &l->sinks[i], &e);
	if (rc == ERR_BUSY)
		rc = sink_begin(s, false, &l->sinks[i], &e);
	return rc == 0 ? 0 : common_fail(&l->c, "%s", e.text);
}

static int
begin_all(struct load *l)
{
	int status = 0;

	l->sinks = arena_zalloc(l->c.arena, l->c.store_count, sizeof(struct sink *));
	for (size_t i = 0; i < l->c.store_count && status == 0; i++)
		status = begin_one(l, i);
	return status;
}

static int
end_all(struct load *l, bool commit)
{
	struct errbuf e = {""};
	int status = 0;

	for (size_t i = 0; i < l->c.store_count; i++) {
		if (!commit)
			sink_abort(&l->sinks[i]);
		else if (sink_commit(&l->sinks[i], &e) != 0)
			status = common_fail(&l->c, "cannot commit: %s", e.text);
	}
	if (commit && status == 0 && l->c.write_context)
		status = context_write(&l->context, &l->c);
	return status;
}

static int
load(struct load *l, FILE *input)
{
	struct ldif_reader *reader = ldif_reader_new(input, l->input_name, 0);
	bool complete = false;

	if (begin_all(l) == 0 && ldif_skip_to_line(reader, l->c.first_line) == 0) {
		progress_init(&l->progress, input, 0, l->c.verbose > 0);
		complete = read_all(l, reader) && report_orphans(l);
	}
	ldif_reader_free(&reader);
	int status = end_all(l, complete && !l->c.dry_run);
	progress_done(&l->progress);
	if (!complete)
		common_fail(
		    &l->c, "nothing was added%s", l->c.keep_going ? " since the last commit" : "");
	else if (l->skipped > 0)
		common_fail(
		    &l->c, "%" PRIu64 " entries added, %" PRIu64 " skipped", l->added, l->skipped);
	return status != 0 || !complete || l->skipped > 0;
}

static int
run(struct load *l)
{
	enum common_mode mode = l->c.quick ? COMMON_LOAD : COMMON_WRITE;
	FILE *input;
	int status;

	if (common_input(&l->c, &input, &l->input_name) != 0)
		return 1;
	if (common_open(&l->c, mode) != 0)
		return 1;
	l->hold = hold_new();
	l->work = arena_new(0);
	context_init(&l->context, l->c.arena);
	status = load(l, input);
	hold_free(&l->hold);
	arena_free(&l->work);
	fclose(input);
	return status;
}

int
slapadd_main(int argc, char **argv)
{
	struct load l = {.input_name = NULL};

	common_init(&l.c, "slapadd", "b:cd:f:F:gj:l:n:o:qsS:uvw",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]\n"
	    "\t[-g] [-n databasenumber | -b suffix]\n"
	    "\t[-l ldiffile] [-j linenumber] [-q] [-u] [-s] [-w] [-S serverid]");
	if (common_parse(&l.c, argc, argv) != 0)
		return common_done(&l.c, 1);
	if (optind < argc)
		return common_done(&l.c, common_usage(&l.c));
	if (bootconf_wanted(&l.c))
		return common_done(&l.c, bootconf_run(&l.c));
	if (common_load(&l.c) != 0 || choose_database(&l.c) != 0)
		return common_done(&l.c, 1);
	if (common_is_config(&l.c))
		return common_done(&l.c, confmodify_run(&l.c, true));
	return common_done(&l.c, run(&l));
}
