#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/dn.h"
#include "tools/common.h"
#include "tools/identity.h"
#include "tools/tools.h"

/*
 * slapauth: the DN of a SASL identity. A user ID becomes uid=ID[,cn=realm][,cn=mech],
 * cn=auth, a dn: identity its normal DN; this server maps neither any further.
 */

struct run {
	struct common c;
	const char *authc; /* -U */
	const char *authz; /* -X */
	const char *realm; /* -R */
	const char *mech;  /* -M */
};

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct run *r = c->own_data;

	switch (letter) {
	case 'U':
		r->authc = arg;
		return true;
	case 'X':
		r->authz = arg;
		return true;
	case 'R':
		r->realm = arg;
		return true;
	case 'M':
		r->mech = arg;
		return true;
	default:
		return false;
	}
}

static int
show(const struct run *r, const char *id, const char *label)
{
	struct errbuf e = {""};
	struct dn dn;

	if (dn_parse(r->c.conf->schema, r->c.arena, identity_dn(r->c.arena, id, r->realm, r->mech),
		&dn, &e) != 0) {
		fprintf(stderr, "ID: <%s> check failed 21 (Invalid syntax): %s\n", id, e.text);
		return 1;
	}
	fprintf(stderr, "ID: <%s> check succeeded\n%s:     <%.*s>\n", id, label, BV(dn.normal));
	return 0;
}

int
slapauth_main(int argc, char **argv)
{
	struct run r = {.authc = NULL};
	int status = 0;

	common_init(&r.c, "slapauth", "d:f:F:M:o:R:U:vX:",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]]\n"
	    "\t[-U authcID] [-X authzID] [-R realm] [-M mech] ID [...]");
	r.c.own = own_option;
	r.c.own_data = &r;
	if (common_parse(&r.c, argc, argv) != 0)
		return common_done(&r.c, 1);
	if (optind >= argc && r.authc == NULL && r.authz == NULL)
		return common_done(&r.c, common_usage(&r.c));
	if (common_load(&r.c) != 0)
		return common_done(&r.c, 1);
	if (r.authc != NULL)
		status |= show(&r, r.authc, "authcID");
	if (r.authz != NULL)
		status |= show(&r, r.authz, "authzID");
	for (int i = optind; i < argc; i++)
		status |= show(&r, argv[i], "authcID");
	return common_done(&r.c, status);
}
