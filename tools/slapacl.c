#include <stdio.h>
#include <string.h>
#include "acl/decide.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "model/value.h"
#include "store/attrmap.h"
#include "store/record.h"
#include "tools/aclenv.h"
#include "tools/common.h"
#include "tools/identity.h"
#include "tools/tools.h"

/*
 * slapacl: asks the access rules, as the server would, about one entry and one identity.
 * Answers go to standard error, as OpenLDAP's tool gives them; with -v each is followed by the
 * rule and the clause that decided.
 */

struct run {
	struct common c;
	const char *authc_dn, *authc_id; /* -D, -U */
	const char *authz_dn, *authz_id; /* -o authzDN, -X */
	struct acl_who who;
	struct acl_peer peer;
	struct aclenv env;
	struct decide *decide;
	struct dn entry_dn; /* -b */
	struct entry empty; /* -u */
	struct record record;
	struct acl_entry entry;
};

/* ---- options ---- */

static const struct {
	const char *name;
	size_t text;   /* offset of a struct bv in struct acl_peer */
	size_t number; /* offset of an unsigned */
	bool is_text;
} peer_options[] = {
    {"peername", offsetof(struct acl_peer, peername), 0, true},
    {"sockname", offsetof(struct acl_peer, sockname), 0, true},
    {"sockurl", offsetof(struct acl_peer, sockurl), 0, true},
    {"domain", offsetof(struct acl_peer, domain), 0, true},
    {"ssf", 0, offsetof(struct acl_peer, ssf), false},
    {"transport_ssf", 0, offsetof(struct acl_peer, transport_ssf), false},
    {"tls_ssf", 0, offsetof(struct acl_peer, tls_ssf), false},
    {"sasl_ssf", 0, offsetof(struct acl_peer, sasl_ssf), false},
};

/* What a question asks for: that bit alone, where a granted level includes those below it. */
static const struct {
	const char *name;
	unsigned bits;
} levels[] = {
    {"none", 0},
    {"disclose", ACL_B_DISCLOSE},
    {"auth", ACL_B_AUTH},
    {"compare", ACL_B_COMPARE},
    {"search", ACL_B_SEARCH},
    {"read", ACL_B_READ},
    {"write", ACL_B_WRITE},
    {"add", ACL_B_ADD},
    {"delete", ACL_B_DELETE},
    {"manage", ACL_B_MANAGE},
};

static bool
find_level(const char *name, unsigned *bits_out)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(levels[i].name, name) == 0) {
			*bits_out = levels[i].bits;
			return true;
		}
	}
	return false;
}

static bool
set_operation(struct run *r, const char *value)
{
	r->who.op = rules_op_bit(bv_str(value));
	if (r->who.op != 0)
		return true;
	fprintf(stderr,
	    "unknown operation \"%s\": give add, bind, compare, delete, extended, "
	    "modify, rename or search\n",
	    value);
	return false;
}

static bool
set_number(const char *name, const char *value, unsigned *out)
{
	int64_t n;

	if (!bv_to_i64(bv_str(value), &n) || n < 0 || n > 65535) {
		fprintf(stderr, "unable to parse %s=\"%s\": give a number of bits\n", name, value);
		return false;
	}
	*out = (unsigned)n;
	return true;
}

/* -o name=value; a wrong value is left to the common options, which do not know the name. */
static bool
set_option(struct run *r, const char *text)
{
	size_t n = strcspn(text, "=");
	const char *value = text[n] == '=' ? text + n + 1 : "";

	if (strncmp(text, "authzDN=", 8) == 0) {
		r->authz_dn = value;
		return true;
	}
	if (strncmp(text, "operation=", 10) == 0)
		return set_operation(r, value);
	for (size_t i = 0; i < sizeof(peer_options) / sizeof(peer_options[0]); i++) {
		const char *name = peer_options[i].name;
		if (strlen(name) != n || strncmp(name, text, n) != 0)
			continue;
		char *peer = (char *)&r->peer;
		if (!peer_options[i].is_text)
			return set_number(
			    name, value, (unsigned *)(void *)(peer + peer_options[i].number));
		*(struct bv *)(void *)(peer + peer_options[i].text) = bv_str(value);
		return true;
	}
	return false;
}

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct run *r = c->own_data;

	switch (letter) {
	case 'D':
		r->authc_dn = arg;
		return true;
	case 'U':
		r->authc_id = arg;
		return true;
	case 'X':
		r->authz_id = arg;
		return true;
	case 'o':
		return set_option(r, arg);
	default:
		return false;
	}
}

/* ---- answers ---- */

static void
show_reason(struct run *r, const struct acl_target *t)
{
	struct buf b;

	if (r->c.verbose == 0)
		return;
	buf_init(&b);
	decide_explain(r->decide, &r->entry, t, &b);
	fprintf(stderr, "    %.*s\n", BV(buf_bv(&b)));
	buf_done(&b);
}

/* Prints what is granted: "cn=Jean: read(=rscxd)". */
static void
show_bits(struct run *r, struct bv name, struct bv value, const struct acl_target *t)
{
	unsigned bits = decide_bits(r->decide, &r->entry, t);
	bool secret = t->part == ACL_PART_ATTR &&
		      t->desc->type == schema_known(r->c.conf->schema)->user_password;

	if (secret && value.p != NULL)
		value = BV_LIT("****");
	fprintf(stderr, "%.*s%s%.*s: %.*s\n", BV(name), value.p != NULL ? "=" : "", BV(value),
	    BV(rules_bits_text(r->c.arena, bits)));
	show_reason(r, t);
}

static void
show_attr(struct run *r, const struct record_attr *attr)
{
	const struct attr_desc *desc = attr_map_desc(r->entry.map, attr->attr_id);
	struct acl_target t = {.part = ACL_PART_ATTR, .desc = desc};
	struct record_values it = record_values_of(attr);

	while (desc != NULL && record_next_value(&it, &t.value, &t.value_normal))
		show_bits(r, desc->name, t.value, &t);
}

static void
show_entry(struct run *r)
{
	struct acl_target t = {.part = ACL_PART_ENTRY};

	show_bits(r, BV_LIT("entry"), BV_NONE, &t);
	if (r->entry.record == NULL)
		return;
	t.part = ACL_PART_CHILDREN;
	show_bits(r, BV_LIT("children"), BV_NONE, &t);
	for (size_t i = 0; i < r->entry.record->row_count; i++) {
		struct record_attr attr = record_attr_at(r->entry.record, i);
		show_attr(r, &attr);
	}
}

/* ---- questions ---- */

/* Reads the name and the value of a question. An exit status. */
static int
read_target(struct run *r, const char *name, const char *value, struct acl_target *t)
{
	const struct schema *s = r->c.conf->schema;
	struct errbuf e = {""};

	t->part = strcmp(name, "entry") == 0	  ? ACL_PART_ENTRY
		  : strcmp(name, "children") == 0 ? ACL_PART_CHILDREN
						  : ACL_PART_ATTR;
	if (t->part != ACL_PART_ATTR)
		return 0;
	if (desc_parse(s, r->c.arena, bv_str(name), &t->desc, &e) != 0)
		return common_fail(&r->c, "%s", e.text);
	if (value == NULL)
		return 0;
	t->value = t->value_normal = bv_str(value);
	if (value_prepare(
		s, r->c.arena, t->desc->type, bv_str(value), &t->value, &t->value_normal) != 0)
		t->value = t->value_normal = bv_str(value);
	return 0;
}

/* attr[/access][:value]. An exit status. */
static int
ask(struct run *r, const char *arg)
{
	char *name = arena_str(r->c.arena, bv_str(arg));
	char *value = strchr(name, ':');
	struct acl_target t = {.part = ACL_PART_ENTRY};
	unsigned want = 0;

	if (value != NULL)
		*value++ = '\0';
	char *level = strchr(name, '/');
	if (level != NULL) {
		*level++ = '\0';
		if (!find_level(level, &want))
			return common_fail(
			    &r->c, "unknown access \"%s\" for attribute \"%s\"", level, name);
		if (want == 0)
			return common_fail(
			    &r->c, "\"none\" not allowed for attribute \"%s\"", name);
	}
	if (read_target(r, name, value, &t) != 0)
		return 1;
	struct bv shown = t.part == ACL_PART_ATTR ? t.desc->name : bv_str(name);
	if (level == NULL) {
		show_bits(r, shown, bv_str(value), &t);
		return 0;
	}
	fprintf(stderr, "%s access to %.*s%s%s: %s\n", level, BV(shown), value != NULL ? "=" : "",
	    value != NULL ? value : "",
	    decide_allows(r->decide, &r->entry, &t, want) ? "ALLOWED" : "DENIED");
	show_reason(r, &t);
	return 0;
}

/* ---- who asks about what ---- */

/* Reads one identity, given as a DN or as a SASL name. An exit status; *out empty when neither. */
static int
read_identity(struct run *r, const char *label, const char *dn_text, const char *id, struct bv *out)
{
	struct errbuf e = {""};
	struct dn dn;

	*out = BV_LIT("");
	if (dn_text != NULL && id != NULL)
		return common_fail(
		    &r->c, "both %sID=\"%s\" and %sDN=\"%s\" provided", label, id, label, dn_text);
	if (dn_text == NULL && id == NULL)
		return 0;
	struct bv text =
	    dn_text != NULL ? bv_str(dn_text) : identity_dn(r->c.arena, id, NULL, NULL);
	if (dn_parse(r->c.conf->schema, r->c.arena, text, &dn, &e) != 0)
		return common_fail(&r->c, "invalid DN \"%.*s\": %s", BV(text), e.text);
	*out = dn.normal;
	if (dn.normal.n > 0)
		fprintf(stderr, "%sDN: \"%.*s\"\n", label, BV(dn.normal));
	return 0;
}

static int
read_who(struct run *r)
{
	struct bv authc, authz;

	if (read_identity(r, "authc", r->authc_dn, r->authc_id, &authc) != 0 ||
	    read_identity(r, "authz", r->authz_dn, r->authz_id, &authz) != 0)
		return 1;
	r->who.normal_dn = authz.n > 0 ? authz : authc;
	r->who.real_normal_dn = authc.n > 0 ? authc : authz;
	r->who.is_root = r->c.db->has_rootdn && bv_eq(r->who.normal_dn, r->c.db->rootdn.normal) &&
			 r->who.normal_dn.n > 0;
	r->who.peer = &r->peer;
	return 0;
}

/* Chooses the database whose rules count; entries that no database holds have the frontend's. */
static int
choose(struct run *r)
{
	struct errbuf e = {""};

	if (dn_parse(r->c.conf->schema, r->c.arena, bv_str(r->c.base), &r->entry_dn, &e) != 0)
		return common_fail(&r->c, "invalid DN \"%s\": %s", r->c.base, e.text);
	r->c.db = conf_db_for(r->c.conf, r->entry_dn.normal);
	if (r->c.dry_run) {
		r->c.db = r->c.db != NULL ? r->c.db : r->c.conf->frontend;
		return 0;
	}
	if (r->c.db == NULL)
		return common_fail(&r->c,
		    "no target database has been found for baseDN=\"%s\"; "
		    "you may try with \"-u\" (dry run)",
		    r->c.base);
	if (r->c.db->type != CONF_DB_MDB)
		return common_fail(&r->c,
		    "the entries of %.*s are not kept on disk; ask with "
		    "\"-u\" (dry run)",
		    BV(r->c.db->name));
	return common_open(&r->c, COMMON_READ);
}

static int
find_entry(struct run *r)
{
	struct errbuf e = {""};

	entry_init(&r->empty, r->c.arena, &r->entry_dn);
	r->entry = (struct acl_entry){.normal_dn = r->entry_dn.normal, .entry = &r->empty};
	if (r->c.dry_run ||
	    aclenv_find(&r->env, r->entry_dn.normal, &r->entry, &r->record, &e) == 0)
		return 0;
	return common_fail(&r->c, "no entry \"%.*s\"%s%s; -u asks without it",
	    BV(r->entry_dn.pretty), e.text[0] == 0 ? "" : ": ", e.text);
}

static int
prepare(struct run *r)
{
	const struct acl_rules *rules;
	struct errbuf e = {""};

	if (common_load(&r->c) != 0 || choose(r) != 0 || read_who(r) != 0)
		return 1;
	aclenv_init(&r->env, &r->c);
	if (rules_compile(r->c.arena, r->c.conf, r->c.db, &rules, &e) != 0)
		return common_fail(&r->c, "%s", e.text);
	struct acl_env env = aclenv_env(&r->env);
	r->decide = decide_new(rules, &r->who, &env, r->entry_dn.normal);
	return find_entry(r);
}

static int
run(struct run *r, char **names, int count)
{
	int status = prepare(r);

	if (status == 0 && count == 0)
		show_entry(r);
	for (int i = 0; status == 0 && i < count; i++)
		status = ask(r, names[i]);
	aclenv_done(&r->env);
	return common_done(&r->c, status);
}

int
slapacl_main(int argc, char **argv)
{
	struct run r = {.authc_dn = NULL};

	common_init(&r.c, "slapacl", "b:D:d:f:F:o:uU:vX:",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]]\n"
	    "\t-b DN [-D authcDN | -U authcID] [-X authzID | -o authzDN=DN] [-u]\n"
	    "\t[attr[/access][:value]] [...]");
	r.c.all_databases = true;
	r.c.own = own_option;
	r.c.own_data = &r;
	if (common_parse(&r.c, argc, argv) != 0)
		return common_done(&r.c, 1);
	if (r.c.base == NULL)
		return common_done(&r.c, common_usage(&r.c));
	return run(&r, argv + optind, argc - optind);
}
