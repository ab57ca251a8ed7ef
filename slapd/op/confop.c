#include "op/confop.h"

#include <stddef.h>

#include "acl/limits.h"
#include "acl/rules.h"
#include "auth/pool.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "config/conf.h"
#include "config/confedit.h"
#include "config/confstore.h"
#include "model/desc.h"
#include "op/access.h"
#include "op/host.h"
#include "op/memory.h"
#include "op/op.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"

/*
 * One thread carries changes out, one after the other, so that each begins with what
 * the one before left, the right to change and what was asserted included. Order of the last steps:
 * writers stand still, databases take up the schema and indexes, the directory is made durable, the
 * world is published, writers go on. Each step but the last can fail and is then undone.
 */

/* One change under way. */
struct change {
	struct op *op;
	struct host *host;
	struct world *now;  /* what it changes */
	struct world *next; /* what it makes */
	void *ready;	    /* the host's */
	struct bv dn;	    /* name of an entry added or renamed, when the server chose it */
	struct bv warning;  /* of the new access rules */
	struct errbuf text;
};

static struct bv
request_dn(const struct op *op)
{
	switch (op->msg.tag) {
	case LDAP_REQ_ADD:
		return op->msg.u.add.dn;
	case LDAP_REQ_DELETE:
		return op->msg.u.delete_dn;
	case LDAP_REQ_MODIFY:
		return op->msg.u.modify.dn;
	case LDAP_REQ_MODDN:
		return op->msg.u.moddn.dn;
	default:
		return BV_NONE;
	}
}

/* A cheap look at the end of the name keeps other requests from being parsed twice. */
static bool
ends_with_config(struct bv dn)
{
	static const char last[] = "config";
	size_t n = sizeof(last) - 1;

	while (dn.n > 0 && dn.p[dn.n - 1] == ' ')
		dn.n--;
	return dn.n > n && bv_eq_nocase(bv_from(dn, dn.n - n), bv_str(last));
}

bool
confop_takes(struct op *op)
{
	struct bv dn = request_dn(op);

	if (op->world->host == NULL || !ends_with_config(dn) ||
	    dn_parse(op->world->conf->schema, op->arena, dn, &op->target, NULL) != 0)
		return false;
	const struct backend *be = world_backend(op->world, op->target.normal);
	return be != NULL && be->conf->type == CONF_DB_CONFIG;
}

static int
check_modify_access(struct op *op, const struct acl_entry *e)
{
	const struct wire_modify *q = &op->msg.u.modify;
	const struct schema *s = op->world->conf->schema;
	const struct acl_target on_entry = access_on_entry();
	bool known = q->count > 0;

	for (size_t i = 0; i < q->count && known; i++) {
		const struct attr_desc *d;
		known = desc_parse(s, op->arena, q->mods[i].attr.desc, &d, NULL) == 0;
		if (known && !access_demand_change(op, e, d, &q->mods[i]))
			return target_refuse(op, e, "");
	}
	/* The edit says what is wrong with an unknown attribute, to those who may write at all. */
	return known ? 0 : target_demand(op, e, &on_entry, ACL_B_WRITE, "");
}

static int
check_superior_access(struct op *op, unsigned want)
{
	const struct memory_db *db = op->be->memory;
	const struct acl_target children = access_on_children();
	const struct memory_entry *m = memory_find(db, dn_text_parent(op->target.normal));

	if (m == NULL)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	const struct acl_entry e = memory_asked(db, m);
	return target_demand(op, &e, &children, want, "no write access to parent");
}

static int
check_access(struct op *op)
{
	const struct memory_db *db = op->be->memory;
	const struct acl_target on_entry = access_on_entry();

	op->access_asked = true;
	if (op_is_root(op, op->be))
		return 0;
	if (op->msg.tag == LDAP_REQ_ADD)
		return check_superior_access(op, ACL_B_ADD);
	const struct memory_entry *m = memory_find(db, op->target.normal);
	if (m == NULL)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	const struct acl_entry e = memory_asked(db, m);
	if (op->msg.tag == LDAP_REQ_MODIFY)
		return check_modify_access(op, &e);
	unsigned want = op->msg.tag == LDAP_REQ_DELETE ? ACL_B_DELETE : ACL_B_WRITE;
	int code = target_demand(op, &e, &on_entry, want, "no write access to entry");
	return code == 0 ? check_superior_access(op, want) : code;
}

static int
check_controls(struct op *op)
{
	unsigned unknown =
	    OP_CTL_PRE_READ | OP_CTL_POST_READ | OP_CTL_PERMISSIVE_MODIFY | OP_CTL_TREE_DELETE;

	if ((op->ctl.critical & unknown) != 0)
		return op_fail(op, LDAP_UNAVAILABLE_CRITICAL_EXTENSION,
		    "cn=config does not know this control");
	return memory_assert_at(op, op->be->memory);
}

static int
edit(struct change *c, struct conf_tree *tree, const struct confedit_by *by)
{
	struct op *op = c->op;

	switch (op->msg.tag) {
	case LDAP_REQ_ADD:
		return confedit_add(tree, by, &op->msg.u.add, &c->dn, &c->text);
	case LDAP_REQ_DELETE:
		return confedit_delete(tree, by, op->msg.u.delete_dn, &c->text);
	case LDAP_REQ_MODIFY:
		return confedit_modify(tree, by, &op->msg.u.modify, &c->text);
	case LDAP_REQ_MODDN:
		return confedit_rename(tree, by, &op->msg.u.moddn, &c->dn, &c->text);
	default:
		return LDAP_UNWILLING_TO_PERFORM;
	}
}

static int
apply(struct change *c, struct conf_tree *tree)
{
	struct op *op = c->op;
	const struct confedit_by by = {
	    c->now->conf->schema, op->arena, op->who.dn, c->now->conf->server_id, false};

	int code = edit(c, tree, &by);
	if (code == LDAP_NO_SUCH_OBJECT)
		op->matched = confedit_matched(c->now->conf->tree, &by, op->target.pretty);
	return code;
}

/* What is looked for among the warnings of rules: the first that the old ones do not cause. */
struct warnings {
	struct arena *arena;
	struct bv *known;
	size_t count;
	struct bv *first_new;
};

static void
know(void *arg, const char *text)
{
	struct warnings *w = arg;

	w->known = arena_grow(w->arena, w->known, w->count, w->count + 1, sizeof(*w->known));
	w->known[w->count++] = arena_dup(w->arena, bv_str(text));
}

static void
compare_warning(void *arg, const char *text)
{
	struct warnings *w = arg;
	bool known = w->first_new->n > 0;

	for (size_t i = 0; i < w->count && !known; i++)
		known = bv_eq(w->known[i], bv_str(text));
	if (!known)
		*w->first_new = arena_dup(w->arena, bv_str(text));
}

/* Access rules and limits; what they can never decide goes to the client as a remark. */
static int
check_rules(struct change *c, const struct conf *conf)
{
	struct warnings w = {.arena = c->op->arena, .first_new = &c->warning};

	int err = rules_check_with(c->now->conf, know, &w, &c->text);
	if (err == 0)
		err = rules_check_with(conf, compare_warning, &w, &c->text);
	return err == 0 ? limits_check(conf, &c->text) : err;
}

static int
compile(struct change *c, struct conf_tree **tree, struct conf **out)
{
	int err = conf_build_next(tree, c->now->conf, out, &c->text);

	return err == 0 ? check_rules(c, *out) : err;
}

/* Makes a refusal name entries, where the first one may have named lines of files that the client
 * does not see. */
static void
compile_for_text(struct change *c, const struct conf_tree *tree)
{
	struct conf_tree *again = confedit_copy(tree);
	struct conf *conf = NULL;

	confedit_name_places(again);
	if (compile(c, &again, &conf) == 0)
		log_error("a configuration is refused once only: %s", c->text.text);
	conf_unref(&conf);
	conf_tree_free(&again);
}

/* From the changed tree to a world that could serve. Values that are wrong are told as OpenLDAP
 * does: other(80) with the reason. */
static int
build(struct change *c, struct conf_tree **tree)
{
	struct conf *conf = NULL;

	int err = compile(c, tree, &conf);
	if (err != 0)
		compile_for_text(c, *tree != NULL ? *tree : conf->tree);
	if (err == 0)
		err = world_next(c->now, conf, &c->next, &c->text);
	if (err == 0)
		err = c->host->prepare(c->host->arg, conf, &c->ready, &c->text);
	conf_unref(&conf);
	return err == 0 ? 0 : LDAP_OTHER;
}

static int
keep(struct change *c)
{
	struct world *now = c->now, *next = c->next;

	int err = world_configure(next, now, &c->text);
	if (err != 0 || c->host->storage == NULL)
		return err;
	err = confstore_commit(c->host->storage, now->conf->tree, next->conf->tree, &c->text);
	if (err != 0 && world_configure(now, next, NULL) != 0)
		log_error("the databases cannot take back a refused configuration; restart slapd");
	return err;
}

/* The world is given away on success. */
static int
take_effect(struct change *c)
{
	world_pause(c->now);
	int err = keep(c);
	if (err == 0) {
		c->host->publish(c->host->arg, c->next, c->ready);
		c->next = NULL;
		c->ready = NULL;
	}
	world_resume(c->now);
	/* ERR_CONFIG: entries hold what the new schema would take away from them. */
	return err == 0 ? 0 : err == ERR_CONFIG ? LDAP_UNWILLING_TO_PERFORM : LDAP_OTHER;
}

/* The first of what the new configuration is warned of and the old one was not. */
static struct bv
new_warning(const struct change *c)
{
	const struct conf *was = c->now->conf, *is = c->next->conf;

	for (size_t i = 0; i < is->warning_count; i++) {
		bool known = false;
		for (size_t k = 0; k < was->warning_count && !known; k++)
			known = bv_eq(is->warnings[i], was->warnings[k]);
		if (!known)
			return is->warnings[i];
	}
	return BV_NONE;
}

/* What the server reads when it starts only: the name of the first such option that differs, or
 * NULL. */
static const char *
waits_for_restart(const struct conf *was, const struct conf *is)
{
	if (was->threads != is->threads)
		return "olcThreads";
	if (was->loops != is->loops)
		return "musterEventLoops";
	if (was->metrics_port != is->metrics_port || !bv_eq(was->metrics_host, is->metrics_host))
		return "musterMetricsListen";
	if (!bv_eq(was->pid_file, is->pid_file))
		return "olcPidFile";
	return bv_eq(was->args_file, is->args_file) ? NULL : "olcArgsFile";
}

/* What the client is told of a change that was made. */
static struct bv
remark(const struct change *c)
{
	struct arena *a = c->op->arena;
	struct bv warning = c->warning.n > 0 ? c->warning : new_warning(c);
	const char *late = waits_for_restart(c->now->conf, c->next->conf);

	if (warning.n > 0)
		return arena_printf(a, "done, but: %.*s", BV(warning));
	if (late != NULL)
		return arena_printf(a, "done; %s takes effect when slapd is started again", late);
	return BV_NONE;
}

static int
change(struct change *c)
{
	struct op *op = c->op;
	struct conf_tree *tree = confedit_copy(c->now->conf->tree);

	int code = apply(c, tree);
	if (code == 0)
		code = build(c, &tree);
	conf_tree_free(&tree);
	if (code != 0)
		return code;
	struct bv said = remark(c);
	if (write_is_noop(op))
		return LDAP_NO_OPERATION;
	code = take_effect(c);
	if (code == 0)
		op->text = said;
	return code;
}

/* What was decided when the request came is decided again when another change came between. */
static int
check_again(struct change *c)
{
	struct op *op = c->op;
	struct reader_set *of_loop = op->readers;

	if (c->now == op->world)
		return 0;
	op->readers = reader_set_new(c->now);
	op->world = op->own_world = world_ref(c->now);
	op->be = world_backend(op->world, op->target.normal);
	op->decides = NULL;
	int code = check_access(op);
	if (code == 0)
		code = check_controls(op);
	reader_set_free(&op->readers);
	op->readers = of_loop;
	op->decides = NULL;
	return code;
}

/* What was cancelled while it waited is not done. */
static int
claim(struct op *op)
{
	int expected = OP_UNCLAIMED;

	return atomic_compare_exchange_strong(&op->claim, &expected, OP_CLAIMED_BY_WRITER)
		   ? 0
		   : LDAP_CANCELLED;
}

static void
run(struct pool_job *job)
{
	struct op *op = (struct op *)((char *)job - offsetof(struct op, work));
	struct change c = {.op = op, .host = op->world->host};

	c.now = c.host->newest(c.host->arg);
	op->code = claim(op);
	if (op->code == 0)
		op->code = check_again(&c);
	if (op->code == 0)
		op->code = change(&c);
	if (op->code != 0 && c.text.text[0] != 0)
		op_fail(op, op->code, "%s", c.text.text);
	if (c.ready != NULL)
		c.host->discard(c.host->arg, c.ready);
	world_unref(&c.next);
	world_unref(&c.now);
	op->finished(op);
}

int
confop_start(struct op *op)
{
	op->be = world_backend(op->world, op->target.normal);
	int code = check_access(op);
	if (code == 0)
		code = check_controls(op);
	if (code != 0)
		return code;
	if (op->world->host->storage_failure != NULL)
		return op_fail(
		    op, LDAP_UNWILLING_TO_PERFORM, "%s", op->world->host->storage_failure);
	op->work.run = run;
	int err = pool_submit(op->world->host->changes, &op->work);
	return err == 0 ? OP_QUEUED : op_store_error(op, err, "the queue of configuration changes");
}
