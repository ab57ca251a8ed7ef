#include "op/monlog.h"

#include "base/arena.h"
#include "base/log.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/memory.h"
#include "op/monitor.h"
#include "op/montree.h"
#include "op/op.h"
#include "op/target.h"
#include "op/world.h"
#include "op/write.h"

/*
 * The levels of the log. LOG_L_NONE, what is always logged, is never taken away and so not
 * shown. Values are checked one after the other on a copy: all are taken over or none.
 */

static const struct {
	const char *name;
	int bit;
} levels[] = {
    {"Trace", LOG_L_TRACE},
    {"Packets", LOG_L_PACKETS},
    {"Args", LOG_L_ARGS},
    {"Conns", LOG_L_CONNS},
    {"BER", LOG_L_BER},
    {"Filter", LOG_L_FILTER},
    {"Config", LOG_L_CONFIG},
    {"ACL", LOG_L_ACL},
    {"Stats", LOG_L_STATS},
    {"Stats2", LOG_L_STATS2},
    {"Shell", LOG_L_SHELL},
    {"Parse", LOG_L_PARSE},
    {"Sync", LOG_L_SYNC},
    {"Any", LOG_L_ANY},
};

enum { LEVEL_COUNT = sizeof(levels) / sizeof(levels[0]) };

void
monlog_add(struct montree *t)
{
	struct entry *e =
	    montree_add(t, BV_LIT("cn=Monitor"), "monitorContainer", BV_LIT("Log"), false);
	int bits = log_syslog_levels();

	montree_put_text(t, e, "description",
	    "Levels that are logged: change managedInfo; it holds until the server stops.");
	if (bits == LOG_L_ANY) {
		montree_put_text(t, e, "managedInfo", "Any");
		return;
	}
	for (size_t i = 0; i < LEVEL_COUNT; i++) {
		if (levels[i].bit != LOG_L_ANY && (bits & levels[i].bit) != 0)
			montree_put_text(t, e, "managedInfo", levels[i].name);
	}
}

static int
bit_of(struct op *op, struct bv name, int *out)
{
	for (size_t i = 0; i < LEVEL_COUNT; i++) {
		if (bv_is(name, levels[i].name)) {
			*out = levels[i].bit;
			return 0;
		}
	}
	return op_fail(op, LDAP_CONSTRAINT_VIOLATION,
	    "managedInfo: \"%.*s\" is no level; use names such as Stats, Config, ACL or Any",
	    BV(name));
}

static int
add_value(struct op *op, struct bv value, int *bits)
{
	int bit = 0, code = bit_of(op, value, &bit);

	if (code == 0 && (*bits & bit) == bit)
		return op_fail(op, LDAP_TYPE_OR_VALUE_EXISTS,
		    "modify/add: managedInfo: %.*s is logged already", BV(value));
	*bits |= code == 0 ? bit : 0;
	return code;
}

static int
delete_value(struct op *op, struct bv value, int *bits)
{
	int bit = 0, code = bit_of(op, value, &bit);

	if (code == 0 && (*bits & bit) != bit)
		return op_fail(op, LDAP_NO_SUCH_ATTRIBUTE,
		    "modify/delete: managedInfo: %.*s is not logged", BV(value));
	*bits &= code == 0 ? ~bit : -1;
	return code;
}

static int
apply(struct op *op, const struct wire_mod *m, int *bits)
{
	int code = 0;

	if (m->op == LDAP_MOD_OP_INCREMENT)
		return op_fail(op, LDAP_CONSTRAINT_VIOLATION, "managedInfo holds names of levels");
	if (m->op == LDAP_MOD_OP_REPLACE || (m->op == LDAP_MOD_OP_DELETE && m->attr.count == 0))
		*bits = 0;
	for (size_t i = 0; i < m->attr.count && code == 0; i++)
		code = m->op == LDAP_MOD_OP_DELETE ? delete_value(op, m->attr.values[i], bits)
						   : add_value(op, m->attr.values[i], bits);
	return code;
}

static int
check(struct op *op, const struct acl_entry *e, const struct wire_mod *m)
{
	const struct attr_desc *d = NULL;
	const struct schema *s = op->world->conf->schema;

	if (desc_parse(s, op->arena, m->attr.desc, &d, NULL) != 0)
		return op_fail(
		    op, LDAP_UNDEFINED_TYPE, "%.*s: attribute type undefined", BV(m->attr.desc));
	if (!access_demand_change(op, e, d, m))
		return target_refuse(op, e, "");
	if (bv_eq(op->target.normal, BV_LIT("cn=log,cn=monitor")) && bv_is(d->name, "managedInfo"))
		return 0;
	return op_fail(op, LDAP_UNWILLING_TO_PERFORM,
	    "in cn=Monitor only managedInfo of cn=Log,cn=Monitor can be changed");
}

int
monlog_modify(struct op *op)
{
	const struct wire_modify *q = &op->msg.u.modify;
	const struct memory_db *db = monitor_tree(op);
	const struct memory_entry *at = memory_find(db, op->target.normal);
	int bits = log_syslog_levels() & ~LOG_L_NONE, code = 0;

	op->access_asked = true;
	if (at == NULL)
		return op_code(op, LDAP_NO_SUCH_OBJECT);
	const struct acl_entry e = memory_asked(db, at);
	if (log_syslog_levels() == LOG_L_ANY)
		bits = LOG_L_ANY;
	for (size_t i = 0; i < q->count && code == 0; i++) {
		code = check(op, &e, &q->mods[i]);
		if (code == 0)
			code = apply(op, &q->mods[i], &bits);
	}
	if (q->count == 0 && !access_entry(op, &e, ACL_B_DISCLOSE))
		code = target_hide(op, &e);
	if (code == 0)
		code = memory_assert_at(op, db);
	if (code == 0 && write_is_noop(op))
		return op_code(op, LDAP_NO_OPERATION);
	if (code == 0)
		log_set_syslog_levels(bits | LOG_L_NONE);
	return code == 0 ? op_code(op, LDAP_SUCCESS) : code;
}
