#include <inttypes.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/dn.h"
#include "model/entry.h"
#include "store/store.h"
#include "tools/change.h"
#include "tools/choose.h"
#include "tools/common.h"
#include "tools/confmodify.h"
#include "tools/context.h"
#include "tools/tools.h"
#include "wire/ldif.h"

/* slapmodify: applies LDIF change records, all of them or, unless -c, none. */

struct run {
	struct common c;
	struct store_write **writes; /* one per open store */
	struct arena *work;	     /* of one record */
	const char *input_name;
	uint64_t done;
	uint64_t skipped;
};

static const struct {
	enum ldif_change change;
	const char *name;
	int (*apply)(const struct change *c, const struct ldif_record *rec, uint64_t *id_out);
} kinds[] = {
    {LDIF_ADD, "add", change_add},
    {LDIF_DELETE, "delete", change_delete},
    {LDIF_MODIFY, "modify", change_modify},
    {LDIF_MODRDN, "modrdn", change_rename},
};

static int
report(struct run *r, const struct ldif_record *rec, int code, const char *text)
{
	r->skipped++;
	if (code <= 0)
		return common_fail(
		    &r->c, "%s:%lu: dn=\"%.*s\": %s", r->input_name, rec->line, BV(rec->dn), text);
	return common_fail(&r->c, "%s:%lu: dn=\"%.*s\": (%d) %s", r->input_name, rec->line,
	    BV(rec->dn), code, text);
}

/* Fills in the database a record belongs to; returns whether there is one. */
static bool
route(struct run *r, const struct ldif_record *rec, struct change *ch)
{
	struct common_store *s;
	struct dn dn;

	if (dn_parse(ch->how.schema, r->work, rec->dn, &dn, ch->text) != 0)
		return false;
	s = common_store_for(&r->c, dn.normal);
	if (s == NULL) {
		err_set(ch->text, ERR_NOT_FOUND,
		    "the entry does not belong to database %.*s (\"%.*s\"): use -b",
		    BV(r->c.db->name), BV(r->c.db->suffixes[0].pretty));
		return false;
	}
	ch->how.db = s->db;
	ch->write = r->writes[s - r->c.stores];
	return true;
}

/* Applies one record: 0 also when it was refused and -c is given. */
static int
apply(struct run *r, const struct ldif_record *rec)
{
	struct errbuf e = {""};
	struct change ch = {.how = {.schema = r->c.conf->schema,
				.sid = common_sid(&r->c),
				.unchecked = r->c.unchecked},
	    .arena = r->work,
	    .text = &e};
	uint64_t id = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].change != rec->change)
			continue;
		int rc = route(r, rec, &ch) ? kinds[i].apply(&ch, rec, &id) : ERR_SYNTAX;
		if (rc != 0)
			return (report(r, rec, rc, e.text) != 0 && !r->c.keep_going) ||
			       (rc < 0 && rc != ERR_SYNTAX);
		r->done++;
		if (r->c.verbose > 0)
			fprintf(stderr, "%s: \"%.*s\" (%08" PRIx64 ")\n", kinds[i].name,
			    BV(rec->dn), id);
		return 0;
	}
	return report(r, rec, 0,
		   "modify operation type is missing: slapmodify takes change records "
		   "(changetype), slapadd entries") != 0 &&
	       !r->c.keep_going;
}

static int
read_all(struct run *r, struct ldif_reader *reader)
{
	struct ldif_record rec;
	struct errbuf e = {""};
	int status = 0;

	while (status == 0) {
		arena_reset(r->work);
		int rc = ldif_next(reader, r->work, &rec, &e);
		if (rc == 0)
			break;
		if (rc > 0) {
			status = apply(r, &rec);
			continue;
		}
		r->skipped++;
		status =
		    common_fail(&r->c, "%s", e.text) != 0 && (rc != ERR_SYNTAX || !r->c.keep_going);
	}
	return status;
}

static int
begin_all(struct run *r)
{
	struct errbuf e = {""};

	r->writes = arena_zalloc(r->c.arena, r->c.store_count, sizeof(struct store_write *));
	for (size_t i = 0; i < r->c.store_count; i++)
		if (store_write_begin(r->c.stores[i].store, &r->writes[i], &e) != 0)
			return common_fail(&r->c, "%s", e.text);
	return 0;
}

static int
end_all(struct run *r, bool commit)
{
	struct errbuf e = {""};
	int status = 0;

	for (size_t i = 0; i < r->c.store_count; i++) {
		if (commit && store_write_commit(&r->writes[i], &e) != 0)
			status = common_fail(&r->c, "cannot commit: %s", e.text);
		store_write_abort(&r->writes[i]);
	}
	if (commit && status == 0 && r->c.write_context)
		status = context_refresh(&r->c);
	return status;
}

static int
modify(struct run *r, FILE *input)
{
	struct ldif_reader *reader = ldif_reader_new(input, r->input_name, 0);
	int status = begin_all(r);

	if (status == 0 && ldif_skip_to_line(reader, r->c.first_line) != 0)
		status = common_fail(&r->c, "cannot read %s", r->input_name);
	if (status == 0)
		status = read_all(r, reader);
	ldif_reader_free(&reader);
	bool failed = status != 0;
	status |= end_all(r, !failed && !r->c.dry_run);
	if (failed)
		common_fail(&r->c, "nothing was changed");
	else if (r->skipped > 0)
		common_fail(
		    &r->c, "%" PRIu64 " changes made, %" PRIu64 " skipped", r->done, r->skipped);
	return status != 0 || r->skipped > 0;
}

static int
run(struct run *r)
{
	FILE *input;
	int status;

	if (common_input(&r->c, &input, &r->input_name) != 0)
		return 1;
	if (common_open(&r->c, COMMON_WRITE) != 0)
		return 1;
	r->work = arena_new(0);
	status = modify(r, input);
	arena_free(&r->work);
	fclose(input);
	return status;
}

int
slapmodify_main(int argc, char **argv)
{
	struct run r = {.input_name = NULL};

	common_init(&r.c, "slapmodify", "b:cd:f:F:gj:l:n:o:qsS:uvw",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]\n"
	    "\t[-g] [-n databasenumber | -b suffix]\n"
	    "\t[-l ldiffile] [-j linenumber] [-q] [-u] [-s] [-w] [-S serverid]");
	if (common_parse(&r.c, argc, argv) != 0)
		return common_done(&r.c, 1);
	if (optind < argc)
		return common_done(&r.c, common_usage(&r.c));
	if (common_load(&r.c) != 0 || choose_database(&r.c) != 0)
		return common_done(&r.c, 1);
	if (common_is_config(&r.c))
		return common_done(&r.c, confmodify_run(&r.c, false));
	return common_done(&r.c, run(&r));
}
