#include "op/restrict.h"

#include "config/conf.h"
#include "model/dn.h"
#include "op/op.h"
#include "op/world.h"
#include "wire/ldap.h"

/*
 * The conditions of the frontend and of one database together, in OpenLDAP's order and with
 * its texts: strength of the connection, then who the session is, then what may be done.
 * Root of this machine reaches cn=config past all of them: what was set can be taken back.
 */

/* What holds for one operation. */
struct guard {
	unsigned ops;	   /* enum conf_restrict: refused */
	unsigned requires; /* enum conf_require */
	struct conf_strength need;
};

static unsigned
stronger(unsigned own, unsigned all)
{
	return own != 0 ? own : all;
}

static void
add_strength(struct conf_strength *all, const struct conf_strength *own)
{
	all->ssf = stronger(own->ssf, all->ssf);
	all->transport = stronger(own->transport, all->transport);
	all->tls = stronger(own->tls, all->tls);
	all->sasl = stronger(own->sasl, all->sasl);
	all->update_ssf = stronger(own->update_ssf, all->update_ssf);
	all->update_transport = stronger(own->update_transport, all->update_transport);
	all->update_tls = stronger(own->update_tls, all->update_tls);
	all->update_sasl = stronger(own->update_sasl, all->update_sasl);
	all->simple_bind = stronger(own->simple_bind, all->simple_bind);
}

/* Puts the conditions together; db NULL: those of the frontend alone. */
static struct guard
guard_of(const struct op *op, const struct conf_db *db)
{
	const struct conf_db *all = op->world->conf->frontend;
	struct guard g = {all->restrict_ops, all->requires, all->strength};

	if (db == NULL)
		return g;
	if (db->type == CONF_DB_CONFIG && op->who.machine_root && op->world->conf->machine_root)
		return (struct guard){0};
	g.ops |= db->restrict_ops;
	g.requires |= db->requires;
	add_strength(&g.need, &db->strength);
	return g;
}

/* ---- strength ---- */

static int
weak(struct op *op, unsigned have, unsigned need, const char *kind, const char *purpose)
{
	if (have >= need)
		return 0;
	return op_fail(op, LDAP_CONFIDENTIALITY_REQUIRED, "%s%sconfidentiality required%s",
	    have > 0 ? "stronger " : "", kind, purpose);
}

static int
check_transport(struct op *op, const struct conf_strength *n)
{
	const struct acl_peer *p = &op->session->peer;
	int code = weak(op, p->transport_ssf, n->transport, "transport ", "");

	return code != 0 ? code : weak(op, p->tls_ssf, n->tls, "TLS ", "");
}

static int
check_session_strength(struct op *op, const struct conf_strength *n)
{
	const struct acl_peer *p = &op->session->peer;
	int code = weak(op, p->sasl_ssf, n->sasl, "SASL ", "");

	return code != 0 ? code : weak(op, p->ssf, n->ssf, "", "");
}

static int
check_update_strength(struct op *op, const struct conf_strength *n)
{
	static const char purpose[] = " for update";
	const struct acl_peer *p = &op->session->peer;
	int code = weak(op, p->transport_ssf, n->update_transport, "transport ", purpose);

	if (code == 0)
		code = weak(op, p->tls_ssf, n->update_tls, "TLS ", purpose);
	if (code == 0)
		code = weak(op, p->sasl_ssf, n->update_sasl, "SASL ", purpose);
	return code != 0 ? code : weak(op, p->ssf, n->update_ssf, "", purpose);
}

/* ---- session and operation ---- */

static int
check_session(struct op *op, unsigned requires)
{
	const struct session *s = op->session;
	bool anonymous = op->who.normal.n == 0;

	if ((requires & CONF_REQUIRE_STRONG) != 0 && anonymous)
		return op_fail(op, LDAP_STRONG_AUTH_REQUIRED, "strong(er) authentication required");
	if ((requires & CONF_REQUIRE_SASL) != 0 && (anonymous || !s->sasl_bound))
		return op_fail(op, LDAP_STRONG_AUTH_REQUIRED, "SASL authentication required");
	if ((requires & CONF_REQUIRE_AUTHC) != 0 && anonymous)
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "authentication required");
	if ((requires & CONF_REQUIRE_BIND) != 0 && s->protocol == 0)
		return op_fail(op, LDAP_OPERATIONS_ERROR, "BIND required");
	if ((requires & CONF_REQUIRE_LDAP_V3) != 0 && s->protocol == 2)
		return op_fail(op, LDAP_OPERATIONS_ERROR, "operation restricted to LDAPv3 clients");
	return 0;
}

static int
check_ops(struct op *op, unsigned refused, unsigned bit)
{
	const unsigned reads = CONF_OP_SEARCH | CONF_OP_COMPARE;
	const unsigned whole = reads | CONF_OP_WRITES | CONF_OP_BIND | CONF_OP_EXTENDED;

	if ((refused & bit) == 0)
		return 0;
	if ((refused & bit & ~whole) != 0)
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "extended operation restricted");
	return op_fail(op, LDAP_UNWILLING_TO_PERFORM, "%soperation%s restricted",
	    (refused & whole) == reads ? "read " : "", (refused & whole) == reads ? "s" : "");
}

static int
check_guard(struct op *op, const struct guard *g, unsigned bit)
{
	bool writes = (bit & CONF_OP_WRITES) != 0;
	int code = check_transport(op, &g->need);

	if (code == 0)
		code = check_session_strength(op, &g->need);
	if (code == 0 && writes)
		code = check_update_strength(op, &g->need);
	if (code == 0 && writes && op->who.normal.n == 0 &&
	    (op->world->conf->allow & CONF_ALLOW_UPDATE_ANON) == 0)
		return 0; /* the runner says what anonymous changes are told */
	if (code == 0)
		code = check_session(op, g->requires);
	return code != 0 ? code : check_ops(op, g->ops, bit);
}

/* ---- which database ---- */

static struct bv
dn_of(const struct op *op)
{
	switch ((int)op->msg.tag) {
	case LDAP_REQ_SEARCH:
		return op->msg.u.search.base;
	case LDAP_REQ_COMPARE:
		return op->msg.u.compare.dn;
	case LDAP_REQ_MODIFY:
		return op->msg.u.modify.dn;
	case LDAP_REQ_ADD:
		return op->msg.u.add.dn;
	case LDAP_REQ_DELETE:
		return op->msg.u.delete_dn;
	default:
		return op->msg.u.moddn.dn;
	}
}

/* Returns whether the entry is the server's own: the root DSE, or the subschema. */
static bool
is_frontends(const struct op *op, const struct dn *dn)
{
	bool root =
	    dn->rdn_count == 0 && (op->msg.tag == LDAP_REQ_COMPARE ||
				      (op->msg.tag == LDAP_REQ_SEARCH &&
					  op->msg.u.search.scope == LDAP_SCOPE_BASE_OBJECT));

	return root || bv_eq(dn->normal, op->world->subschema.entries[0].dn.normal);
}

/* Finds the database of the request's DN; NULL: the frontend's. Returns whether there is any. */
static bool
find_db(struct op *op, const struct conf_db **out)
{
	const struct conf *c = op->world->conf;
	struct bv text = dn_of(op);
	struct dn dn;

	*out = NULL;
	if (dn_parse(c->schema, op->arena, text, &dn, NULL) != 0)
		return false;
	if (is_frontends(op, &dn))
		return true;
	if (op->msg.tag == LDAP_REQ_SEARCH && dn.rdn_count == 0 && c->default_search_base.n > 0 &&
	    dn_parse(c->schema, op->arena, c->default_search_base, &dn, NULL) != 0)
		return false;
	*out = conf_db_for(c, dn.normal);
	return *out != NULL;
}

/* ---- extended operations ---- */

static unsigned
extended_bit(struct bv oid)
{
	static const struct {
		const char *oid;
		unsigned bit;
	} known[] = {
	    {LDAP_OID_STARTTLS, CONF_OP_START_TLS},
	    {LDAP_OID_PASSWORD_MODIFY, CONF_OP_PASSWD},
	    {LDAP_OID_WHOAMI, CONF_OP_WHOAMI},
	    {LDAP_OID_CANCEL, CONF_OP_CANCEL},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (bv_eq(oid, bv_str(known[i].oid)))
			return known[i].bit;
	}
	return 0;
}

/* Extended operations belong to the database of who asks. StartTLS and Cancel need no strength. */
static int
check_extended(struct op *op)
{
	unsigned bit = extended_bit(op->msg.u.extended.oid);
	const struct conf *c = op->world->conf;
	struct guard g =
	    guard_of(op, op->who.normal.n == 0 ? NULL : conf_db_for(c, op->who.normal));
	int code = 0;

	if (bit == 0)
		return 0;
	if (bit == CONF_OP_START_TLS && (c->disallow & CONF_DISALLOW_TLS_AUTHC) != 0 &&
	    op->who.normal.n > 0)
		return op_fail(op, LDAP_OPERATIONS_ERROR, "cannot start TLS after authentication");
	if ((bit & (CONF_OP_START_TLS | CONF_OP_CANCEL)) == 0) {
		code = check_transport(op, &g.need);
		if (code == 0)
			code = check_session_strength(op, &g.need);
		if (code == 0 && bit == CONF_OP_PASSWD)
			code = check_update_strength(op, &g.need);
		if (code == 0)
			code = check_session(op, g.requires);
	}
	return code != 0 ? code : check_ops(op, g.ops, bit | CONF_OP_EXTENDED);
}

/* ---- controls ---- */

/* RFC 4370 3: proxied authorization is critical; whoever ignores it acts as somebody else. */
static int
check_controls(struct op *op)
{
	unsigned disallow = op->world->conf->disallow;

	if ((disallow & CONF_DISALLOW_DONT_USE_COPY_NON_CRITICAL) != 0 &&
	    (op->ctl.given & ~op->ctl.critical & OP_CTL_DONT_USE_COPY) != 0)
		return op_fail(
		    op, LDAP_PROTOCOL_ERROR, "dontUseCopy criticality of FALSE not allowed");
	if ((disallow & CONF_DISALLOW_PROXY_AUTHZ_NON_CRITICAL) == 0)
		return 0;
	for (size_t i = 0; i < op->msg.control_count; i++) {
		const struct wire_control *k = &op->msg.controls[i];
		if (!k->critical && bv_eq(k->oid, BV_LIT(LDAP_OID_PROXY_AUTHZ)))
			return op_fail(op, LDAP_PROTOCOL_ERROR,
			    "proxied authorization criticality of FALSE not allowed");
	}
	return 0;
}

/* ---- doors ---- */

int
restrict_check(struct op *op, unsigned bit)
{
	const struct conf_db *db;

	if (!op->world->conf->guarded || bit == 0 || bit == CONF_OP_BIND)
		return 0;
	int code = check_controls(op);
	if (code != 0)
		return code;
	if (bit == CONF_OP_EXTENDED)
		return check_extended(op);
	if (!find_db(op, &db))
		return 0;
	struct guard g = guard_of(op, db);
	return check_guard(op, &g, bit);
}

bool
restrict_may_enter(struct op *op, const struct backend *be)
{
	struct guard g = guard_of(op, be->conf);

	if (!op->world->conf->guarded || check_guard(op, &g, CONF_OP_SEARCH) == 0)
		return true;
	op->text = BV_NONE;
	op_code(op, LDAP_SUCCESS);
	return false;
}

int
restrict_bind(struct op *op, enum restrict_bind_kind kind, const struct backend *be)
{
	const struct session *s = op->session;

	if (!op->world->conf->guarded ||
	    (kind == RESTRICT_BIND_SASL && s->local && s->peer_uid == 0))
		return 0;
	struct guard g = guard_of(op, be == NULL ? NULL : be->conf);
	int code = check_transport(op, &g.need);
	if (code == 0 && kind == RESTRICT_BIND_SIMPLE)
		code = weak(op, s->peer.ssf, g.need.simple_bind, "", "");
	if (code == 0 && kind == RESTRICT_BIND_SIMPLE)
		code = check_session_strength(op, &g.need);
	return code != 0 ? code : check_ops(op, g.ops, CONF_OP_BIND);
}

/* Returns whether the peer is on this machine, by its label ("IP=127.0.0.1:40123"). */
static bool
is_loopback(struct bv peer)
{
	static const char *const begins[] = {"IP=127.", "IP=[::1]:", "IP=[::ffff:127."};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		size_t n = strlen(begins[i]);
		if (peer.n >= n && memcmp(peer.p, begins[i], n) == 0)
			return true;
	}
	return false;
}

int
restrict_password(struct op *op)
{
	const struct session *s = op->session;

	if (op->world->conf->plain_passwords || s->local || s->tls || is_loopback(s->peer.peername))
		return 0;
	return op_fail(op, LDAP_CONFIDENTIALITY_REQUIRED,
	    "passwords are not taken in the clear: use StartTLS or ldaps://");
}
