#include "op/limits.h"

#include "config/conf.h"
#include "op/op.h"
#include "op/world.h"

/* Soft and hard limits: a request without one gets the soft limit, one above a hard limit is
 * refused. */

/* Returns false when the request is above the hard limit. The largest number (RFC 4511 4.1.1) asks
 * for as much as there is. */
static bool
combine(int64_t asked, int64_t soft, int64_t hard, int64_t *out)
{
	if (asked == 0) {
		*out = soft;
		return true;
	}
	if (asked == INT32_MAX && hard != 0) {
		*out = hard;
		return true;
	}
	*out = asked;
	if (hard == 0 && soft >= 0 && asked > soft)
		*out = soft;
	return hard <= 0 || asked <= hard;
}

int
limits_for_search(struct op *op, const struct conf_db *db, struct limits_in_force *out)
{
	const struct wire_search *q = &op->msg.u.search;
	const struct conf_limits *l = db->has_limits ? &db->limits : &op->world->conf->limits;

	if (op_is_root(op, op->be)) {
		*out = (struct limits_in_force){q->size_limit == 0 ? -1 : q->size_limit,
		    q->time_limit == 0 ? -1 : q->time_limit, -1};
		return 0;
	}
	out->unchecked = l->unchecked;
	if (!combine(q->size_limit, l->size_soft, l->size_hard, &out->size) ||
	    !combine(q->time_limit, l->time_soft, l->time_hard, &out->time_s))
		return op_code(op, LDAP_ADMINLIMIT_EXCEEDED);
	return 0;
}
