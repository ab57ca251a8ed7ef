#ifndef SLAPD_OP_MONITOR_H
#define SLAPD_OP_MONITOR_H

/* cn=Monitor: what the server tells about itself, in OpenLDAP's layout (slapd-monitor(5)). */

struct memory_db;
struct op;

/*
 * Returns the tree in memory that answers the operation: the backend's own, or for a monitor
 * database one that is made now, in the operation's arena. op->target and op->be are set.
 */
const struct memory_db *monitor_tree(struct op *op);

#endif
