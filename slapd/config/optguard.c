#include "config/optguard.h"

#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "config/confbuild.h"
#include "config/conftree.h"
#include "config/option.h"
#include "wire/ldap.h"

/*
 * Conditions on sessions and operations. What stands before the databases is kept with the
 * frontend; op/restrict.c puts the two together, so that cn=config can be left out of what
 * holds for all.
 */

/* Returns where a value goes: the database, or the frontend for all of them. */
static struct conf_db *
subject(struct conf_build *b)
{
	size_t i = 0;

	if (b->db != NULL)
		return b->db;
	while (i + 1 < b->conf->db_count && b->conf->dbs[i].type != CONF_DB_FRONTEND)
		i++;
	return &b->conf->dbs[i];
}

int
optguard_allow(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct confbuild_word words[] = {
	    {"bind_v2", CONF_ALLOW_BIND_V2},
	    {"bind_anon_cred", CONF_ALLOW_BIND_ANON_CRED},
	    {"bind_anon_dn", CONF_ALLOW_BIND_ANON_DN},
	    {"update_anon", CONF_ALLOW_UPDATE_ANON},
	    {"proxy_authz_anon", CONF_ALLOW_PROXY_AUTHZ_ANON},
	    {NULL, 0},
	};
	unsigned bit = 0;
	int code = confbuild_word(o, value, words, &bit, e);

	b->conf->allow |= bit;
	return code;
}

int
optguard_disallow(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct confbuild_word words[] = {
	    {"bind_anon", CONF_DISALLOW_BIND_ANON},
	    {"bind_simple", CONF_DISALLOW_BIND_SIMPLE},
	    {"tls_2_anon", CONF_DISALLOW_TLS_2_ANON},
	    {"tls_authc", CONF_DISALLOW_TLS_AUTHC},
	    {"proxy_authz_non_critical", CONF_DISALLOW_PROXY_AUTHZ_NON_CRITICAL},
	    {"dontusecopy_non_critical", CONF_DISALLOW_DONT_USE_COPY_NON_CRITICAL},
	    {NULL, 0},
	};
	unsigned bit = 0;
	int code = confbuild_word(o, value, words, &bit, e);

	b->conf->disallow |= bit;
	return code;
}

/* The configuration can be changed all the same: a read-only one could not be made writable. */
int
optguard_readonly(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	bool on = false;
	int code = confbuild_bool(o, value, &on, e);

	if (code != 0)
		return code;
	if (b->db != NULL && b->db->type != CONF_DB_FRONTEND) {
		b->db->readonly |= on;
		return 0;
	}
	for (size_t i = 0; i < b->conf->db_count; i++)
		b->conf->dbs[i].readonly |= on && b->conf->dbs[i].type != CONF_DB_CONFIG;
	return 0;
}

int
optguard_require(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct confbuild_word words[] = {
	    {"none", 0},
	    {"bind", CONF_REQUIRE_BIND},
	    {"LDAPv3", CONF_REQUIRE_LDAP_V3},
	    {"authc", CONF_REQUIRE_AUTHC},
	    {"SASL", CONF_REQUIRE_SASL},
	    {"strong", CONF_REQUIRE_STRONG},
	    {NULL, 0},
	};
	unsigned bit = 0;
	int code = confbuild_word(o, value, words, &bit, e);

	if (code != 0)
		return code;
	const struct bv line = b->value->text;
	bool first = b->value == &conftree_find(b->node, o)->values[0] &&
		     bv_is(bv_make(line.p, line.n < 4 ? line.n : 4), "none");
	if (bit == 0 && !first)
		return err_set(e, ERR_CONFIG,
		    "%s: \"none\" must stand first: it takes back nothing that was said before it",
		    o->keyword);
	subject(b)->requires |= bit;
	return 0;
}

int
optguard_restrict(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct confbuild_word words[] = {
	    {"add", CONF_OP_ADD},
	    {"bind", CONF_OP_BIND},
	    {"compare", CONF_OP_COMPARE},
	    {"delete", CONF_OP_DELETE},
	    {"extended", CONF_OP_EXTENDED},
	    {"modify", CONF_OP_MODIFY},
	    {"rename", CONF_OP_RENAME},
	    {"modrdn", CONF_OP_RENAME},
	    {"search", CONF_OP_SEARCH},
	    {"read", CONF_OP_SEARCH | CONF_OP_COMPARE},
	    {"write", CONF_OP_WRITES},
	    {"all", CONF_OP_WRITES | CONF_OP_SEARCH | CONF_OP_COMPARE | CONF_OP_BIND |
			CONF_OP_EXTENDED},
	    {"extended=" LDAP_OID_STARTTLS, CONF_OP_START_TLS},
	    {"extended=" LDAP_OID_PASSWORD_MODIFY, CONF_OP_PASSWD},
	    {"extended=" LDAP_OID_WHOAMI, CONF_OP_WHOAMI},
	    {"extended=" LDAP_OID_CANCEL, CONF_OP_CANCEL},
	    {NULL, 0},
	};
	unsigned bits = 0;
	int code = confbuild_word(o, value, words, &bits, e);

	subject(b)->restrict_ops |= bits;
	return code;
}

/* Where each factor is kept, by the bit of its word. */
static unsigned *
factor(struct conf_strength *s, unsigned which)
{
	unsigned *const fields[] = {&s->ssf, &s->transport, &s->tls, &s->sasl, &s->update_ssf,
	    &s->update_transport, &s->update_tls, &s->update_sasl, &s->simple_bind};

	return fields[which];
}

int
optguard_security(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct confbuild_word words[] = {{"ssf", 0}, {"transport", 1}, {"tls", 2},
	    {"sasl", 3}, {"update_ssf", 4}, {"update_transport", 5}, {"update_tls", 6},
	    {"update_sasl", 7}, {"simple_bind", 8}, {NULL, 0}};
	size_t eq = bv_find(value, 0, '=');
	unsigned which = 0;
	int64_t n;

	int code = confbuild_word(o, bv_make(value.p, eq), words, &which, e);
	if (code != 0)
		return code;
	if (eq == value.n)
		return err_set(e, ERR_CONFIG, "%s %.*s: expected %s, as in %.*s=128", o->keyword,
		    BV(value), o->usage, BV(value));
	code = confbuild_int(o, bv_from(value, eq + 1), &n, e);
	if (code == 0)
		*factor(&subject(b)->strength, which) = (unsigned)n;
	return code;
}

void
optguard_note(struct conf *c)
{
	static const struct conf_strength any;

	c->guarded = c->disallow != 0 || !c->plain_passwords;
	for (size_t i = 0; i < c->db_count; i++)
	c->guarded |= c->dbs[i].restrict_ops != 0 || c->dbs[i].requires != 0 ||
		      memcmp(&c->dbs[i].strength, &any, sizeof(any)) != 0;
}
