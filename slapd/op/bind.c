#include "auth/passwd.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/schema.h"
#include "op/access.h"
#include "op/handlers.h"
#include "op/op.h"
#include "op/oplog.h"
#include "op/restrict.h"
#include "op/target.h"
#include "op/world.h"
#include "store/attrmap.h"
#include "store/store.h"

/*
 * Bind (RFC 4511 4.2, RFC 4513). A bind makes the connection anonymous first; only
 * its success gives it an identity. Every failure of a name or password is the same
 * invalidCredentials without a text, and costs the same work.
 */

/* What a simple bind must verify, and the outcome. */
struct attempt {
	struct bv *stored; /* candidates; none: the work is done all the same */
	size_t count;
	bool slow;
	bool ok;
	struct dn *dn;
};

static void
become(struct op *op, struct bv dn, struct bv normal, bool machine_root)
{
	struct session *s = op->session;

	arena_reset(s->arena);
	s->identity.dn = arena_dup(s->arena, dn);
	s->identity.normal = arena_dup(s->arena, normal);
	s->identity.machine_root = machine_root;
	s->authenticated = normal.n > 0;
	s->sasl_bound = false;
	op->who = s->identity;
}

static int
check_version(struct op *op)
{
	int64_t v = op->msg.u.bind.version;
	const struct conf *c = op->world->conf;

	if (v == 3 || (v == 2 && (c->allow & CONF_ALLOW_BIND_V2) != 0)) {
		op->session->protocol = (uint8_t)v;
		return 0;
	}
	if (v == 2)
		return op_fail(op, LDAP_PROTOCOL_ERROR,
		    "historical protocol version requested, use LDAPv3 instead");
	return op_fail(op, LDAP_PROTOCOL_ERROR, "requested protocol version not supported");
}

/* The name that the transport vouches for: the client certificate's, or the local peer's. */
static struct bv
external_name(struct op *op)
{
	const struct session *s = op->session;

	if (s->tls_subject.n > 0)
		return s->tls_subject;
	return arena_printf(op->arena, "gidNumber=%u+uidNumber=%u,cn=peercred,cn=external,cn=auth",
	    s->peer_gid, s->peer_uid);
}

/* An authorization identity may be given when it is the peer itself. */
static bool
may_act_as(struct op *op, const struct dn *peer)
{
	struct bv asked = op->msg.u.bind.credentials;
	struct dn dn;

	return asked.n == 0 || (asked.n > 3 && memcmp(asked.p, "dn:", 3) == 0 &&
				   dn_parse(op->world->conf->schema, op->arena, bv_from(asked, 3),
				       &dn, NULL) == 0 &&
				   dn_eq(&dn, peer));
}

/* SASL EXTERNAL (RFC 4422 A) by what the transport knows of the peer. */
static int
bind_external(struct op *op)
{
	struct session *s = op->session;
	bool by_certificate = s->tls_subject.n > 0;
	struct dn dn;

	if (!session_has_external(s))
		return op_fail(
		    op, LDAP_AUTH_METHOD_NOT_SUPPORTED, "SASL(-4): no mechanism available: ");
	if (op->msg.u.bind.credentials.p == NULL && !s->saslbind_in_progress) {
		s->saslbind_in_progress = true;
		op->sasl_creds = BV_LIT("");
		return op_fail(op, LDAP_SASL_BIND_IN_PROGRESS, "SASL(0): successful result: ");
	}
	s->saslbind_in_progress = false;
	if (dn_parse(op->world->conf->schema, op->arena, external_name(op), &dn, NULL) != 0)
		return op_fail(op, LDAP_OTHER, "internal error: peer identity");
	if (!may_act_as(op, &dn))
		return op_fail(op, LDAP_INSUFFICIENT_ACCESS,
		    "SASL(-14): authorization failure: not authorized");
	become(op, dn.pretty, dn.normal, !by_certificate && s->peer_uid == 0);
	s->sasl_bound = true;
	oplog_authorized(op, dn.pretty, dn.pretty);
	oplog_bound(op, dn.pretty, BV_LIT("EXTERNAL"));
	return op_code(op, LDAP_SUCCESS);
}

static int
bind_sasl(struct op *op)
{
	const struct wire_bind *q = &op->msg.u.bind;

	if (q->mechanism.n == 0)
		return op_fail(op, LDAP_AUTH_METHOD_NOT_SUPPORTED, "no SASL mechanism provided");
	int code = restrict_bind(op, RESTRICT_BIND_SASL, NULL);
	if (code != 0) {
		op->session->saslbind_in_progress = false;
		return code;
	}
	if (bv_is(q->mechanism, "EXTERNAL"))
		return bind_external(op);
	op->session->saslbind_in_progress = false;
	return op_fail(op, LDAP_AUTH_METHOD_NOT_SUPPORTED,
	    "SASL(-4): no mechanism available: Couldn't find mech %.*s", BV(q->mechanism));
}

static int
bind_anonymous(struct op *op)
{
	const struct conf *c = op->world->conf;
	const struct wire_bind *q = &op->msg.u.bind;

	if ((c->disallow & CONF_DISALLOW_BIND_ANON) != 0)
		return op_fail(op, LDAP_INAPPROPRIATE_AUTH, "anonymous bind disallowed");
	if (q->name.n == 0 && q->password.n > 0 && (c->allow & CONF_ALLOW_BIND_ANON_CRED) == 0)
		return op_code(op, LDAP_INVALID_CREDENTIALS);
	if (q->name.n > 0 && (c->allow & CONF_ALLOW_BIND_ANON_DN) == 0)
		return op_fail(op, LDAP_UNWILLING_TO_PERFORM,
		    "unauthenticated bind (DN with no password) disallowed");
	return restrict_bind(op, RESTRICT_BIND_ANONYMOUS, NULL);
}

static void
add_candidate(struct op *op, struct attempt *t, struct bv stored)
{
	t->stored = arena_grow(op->arena, t->stored, t->count, t->count + 1, sizeof(*t->stored));
	t->stored[t->count++] = arena_dup(op->arena, stored);
	t->slow = t->slow || passwd_is_slow(stored);
}

/* Collects userPassword values that anonymous may authenticate against. */
static void
read_passwords(struct op *op, struct store_read *r, struct attempt *t)
{
	const struct schema *s = op->world->conf->schema;
	const struct attr_desc *d = desc_of_type(s, schema_known(s)->user_password);
	struct record rec;
	struct record_attr a;
	struct bv value, normal;
	uint64_t id, superior;

	if (store_find(r, t->dn, &id, &superior) != 0 || store_get(r, id, &rec, NULL) != 0)
		return;
	if ((rec.flags & (RECORD_REFERRAL | RECORD_ALIAS | RECORD_SUBENTRY)) != 0)
		return;
	const struct acl_entry e = access_stored(r, id, &rec, t->dn->normal);
	uint32_t attr = attr_map_id(store_read_map(r), d);
	if (attr == 0 || !record_find(&rec, attr, &a))
		return;
	struct record_values it = record_values_of(&a);
	while (record_next_value(&it, &value, &normal)) {
		const struct acl_target on = access_on_value(d, value, normal);
		if (access_demand(op, &e, &on, ACL_B_AUTH))
			add_candidate(op, t, value);
	}
}

static int
collect(struct op *op, struct attempt *t)
{
	struct errbuf e;

	op->be = world_backend(op->world, t->dn->normal);
	if (op->be == NULL)
		return 0;
	int code = restrict_bind(op, RESTRICT_BIND_SIMPLE, op->be);
	if (code != 0)
		return code;
	if (world_is_root(op->be, t->dn->normal) && op->be->conf->rootpw.n > 0) {
		add_candidate(op, t, op->be->conf->rootpw);
		return 0;
	}
	if (op->be->store == NULL)
		return 0;
	struct store_read *r = op_reader(op, op->be);
	int err = store_read_begin(r, &e);
	if (err != 0)
		return op_store_error(op, err, e.text);
	read_passwords(op, r, t);
	store_read_end(r);
	return 0;
}

static void
verify(struct op *op, struct attempt *t)
{
	for (size_t i = 0; i < t->count && !t->ok; i++)
		t->ok = passwd_verify(t->stored[i], op->msg.u.bind.password);
}

/* What takes long: a slow scheme, or as much work for nothing, whatever the failure was. */
static void
verify_slowly(struct op *op, struct attempt *t)
{
	if (t->slow)
		verify(op, t);
	else
		passwd_waste(op->msg.u.bind.password);
}

static void
verify_on_pool(struct pool_job *job)
{
	struct op *op = (struct op *)((char *)job - offsetof(struct op, work));

	verify_slowly(op, op->prepared);
	op->finished(op);
}

int
op_bind_finish(struct op *op)
{
	struct attempt *t = op->prepared;

	if (op->msg.u.bind.password.n > 0)
		explicit_bzero(
		    (void *)(uintptr_t)op->msg.u.bind.password.p, op->msg.u.bind.password.n);
	if (!t->ok)
		return op_code(op, LDAP_INVALID_CREDENTIALS);
	become(op, t->dn->pretty, t->dn->normal, false);
	oplog_bound(op, t->dn->pretty, BV_LIT("SIMPLE"));
	return op_code(op, LDAP_SUCCESS);
}

static int
bind_simple(struct op *op)
{
	const struct wire_bind *q = &op->msg.u.bind;
	struct attempt *t = arena_zalloc(op->arena, 1, sizeof(*t));

	op->session->saslbind_in_progress = false;
	int code = target_parse(op, q->name, &op->target);
	if (code != 0)
		return code;
	if (q->name.n == 0 || q->password.n == 0)
		return bind_anonymous(op);
	if ((op->world->conf->disallow & CONF_DISALLOW_BIND_SIMPLE) != 0)
		return op_fail(
		    op, LDAP_UNWILLING_TO_PERFORM, "unwilling to perform simple authentication");
	t->dn = &op->target;
	code = restrict_password(op);
	if (code == 0)
		code = collect(op, t);
	if (code != 0)
		return code;
	op->prepared = t;
	if (!t->slow)
		verify(op, t);
	if (t->ok)
		return op_bind_finish(op);
	if (op->world->pool != NULL) {
		op->work.run = verify_on_pool;
		int err = pool_submit(op->world->pool, &op->work);
		return err == 0 ? OP_QUEUED : op_store_error(op, err, "the password queue");
	}
	verify_slowly(op, t);
	return op_bind_finish(op);
}

int
op_bind(struct op *op)
{
	const struct wire_bind *q = &op->msg.u.bind;

	become(op, BV_LIT(""), BV_LIT(""), false);
	if (!q->sasl || !bv_is(q->mechanism, "EXTERNAL") || q->version != 3)
		op->session->saslbind_in_progress = false;
	int code = check_version(op);
	if (code != 0)
		return code;
	if (q->sasl)
		return bind_sasl(op);
	if (q->method == 0x80)
		return bind_simple(op);
	return op_fail(op, LDAP_AUTH_METHOD_NOT_SUPPORTED, "unknown authentication method");
}
