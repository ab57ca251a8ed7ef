#include "tools/confmodify.h"

#include <stdio.h>
#include <string.h>
#include "acl/limits.h"
#include "acl/rules.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "config/confedit.h"
#include "config/confstore.h"
#include "tools/common.h"
#include "tools/owner.h"
#include "wire/ldif.h"

/*
 * The directory is locked, so that a running slapd and this never write at once. Every
 * record is applied to a copy, which counts when it was right; the result is built and
 * checked as a whole before anything is written.
 */

struct run {
	struct common *c;
	const char *name; /* of the input */
	bool entries;
	struct conf *before;
	struct conf_tree *tree; /* as far as it is changed */
	struct arena *work;	/* of one record */
	unsigned long done, skipped;
};

static int
refuse(struct run *r, const struct ldif_record *rec, int code, const char *text)
{
	r->skipped++;
	return common_fail(
	    r->c, "%s:%lu: dn=\"%.*s\": (%d) %s", r->name, rec->line, BV(rec->dn), code, text);
}

static int
apply(struct run *r, const struct ldif_record *rec)
{
	struct confedit_by by = {
	    r->before->schema, r->work, BV_LIT("cn=config"), common_sid(r->c), r->entries};
	struct conf_tree *copy = confedit_copy(r->tree);
	struct errbuf e = {""};
	bool content = rec->change == LDIF_CONTENT;
	int code = 0;

	if (!r->entries && content)
		code = refuse(r, rec, 0,
		    "modify operation type is missing: slapmodify takes change records "
		    "(changetype), slapadd entries");
	else if (r->entries && !content && rec->change != LDIF_ADD)
		code = refuse(r, rec, 0, "slapadd takes entries, slapmodify changes");
	else if ((code = confedit_record(copy, &by, rec, &e)) != 0)
		code = refuse(r, rec, code, e.text);
	if (code == 0) {
		struct conf_tree *old = r->tree;
		r->tree = copy;
		copy = old;
		r->done++;
	}
	conf_tree_free(&copy);
	return r->c->keep_going ? 0 : code;
}

static int
apply_all(struct run *r, FILE *input)
{
	struct ldif_reader *reader = ldif_reader_new(input, r->name, 0);
	struct ldif_record rec;
	struct errbuf e = {""};
	int status = ldif_skip_to_line(reader, r->c->first_line);

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
		common_fail(r->c, "%s", e.text);
		status = rc != ERR_SYNTAX || !r->c->keep_going;
	}
	ldif_reader_free(&reader);
	return status;
}

/* Builds and checks what came out, and writes it. */
static int
finish(struct run *r, struct confstore *store)
{
	struct conf *next = NULL;
	struct errbuf e = {""};
	int rc = conf_build_next(&r->tree, r->before, &next, &e);

	if (rc == 0)
		rc = rules_check(next, &e);
	if (rc == 0)
		rc = limits_check(next, &e);
	if (rc == 0 && !r->c->dry_run)
		rc = confstore_commit(store, r->before->tree, next->tree, &e);
	conf_unref(&next);
	return rc == 0 ? 0 : common_fail(r->c, "%s", e.text);
}

/* Reads the directory under the lock: it may have changed since the tool looked first. */
static int
read_again(struct run *r)
{
	struct conf_tree *t = NULL;
	struct errbuf e = {""};
	int rc = conf_read_dir(r->c->conf_dir, &t, &e);

	if (rc == 0)
		rc = conf_build_next(&t, r->c->conf, &r->before, &e);
	conf_tree_free(&t);
	if (rc != 0)
		return common_fail(r->c, "%s", e.text);
	r->tree = confedit_copy(r->before->tree);
	return 0;
}

static int
run_locked(struct run *r, struct confstore *store)
{
	FILE *input;
	int status = read_again(r);

	if (status != 0 || common_input(r->c, &input, &r->name) != 0)
		return 1;
	r->work = arena_new(0);
	arena_set_secret(r->work);
	status = apply_all(r, input);
	if (status == 0 && r->done > 0)
		status = finish(r, store);
	arena_free(&r->work);
	fclose(input);
	if (status != 0)
		common_fail(r->c, "nothing was changed");
	else if (r->skipped > 0)
		common_fail(r->c, "%lu changes made, %lu skipped", r->done, r->skipped);
	return status != 0 || r->skipped > 0;
}

int
confmodify_run(struct common *c, bool entries)
{
	struct run r = {.c = c, .entries = entries};
	struct confstore *store = NULL;
	struct errbuf e = {""};

	if (c->conf_dir == NULL || c->conf_file != NULL)
		return common_fail(c,
		    "slapd.conf cannot be changed this way: edit it, or make a slapd.d of it with "
		    "slaptest -f slapd.conf -F slapd.d");
	if (owner_become(c->conf_dir, &c->became_owner, &e) != 0 ||
	    confstore_open(c->conf_dir, &store, &e) != 0)
		return common_fail(c, "%s", e.text);
	int status = run_locked(&r, store);
	conf_tree_free(&r.tree);
	conf_unref(&r.before);
	confstore_close(&store);
	return status;
}
