#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/dn.h"
#include "tools/codes.h"
#include "tools/common.h"
#include "tools/tools.h"
#include "wire/ldap.h"

/* slapdn: whether texts are DNs under the configured schema, and what they become. */

enum { STATUS_BAD = 255 };

struct run {
	struct common c;
	bool normal_only;
	bool pretty_only;
};

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct run *r = c->own_data;

	(void)arg;
	if (letter == 'N')
		r->normal_only = true;
	if (letter == 'P')
		r->pretty_only = true;
	return (letter == 'N' || letter == 'P') && !(r->normal_only && r->pretty_only);
}

static int
check(struct run *r, const char *text)
{
	struct errbuf e = {""};
	struct dn dn;

	if (dn_parse(r->c.conf->schema, r->c.arena, bv_str(text), &dn, &e) != 0) {
		fflush(stdout);
		fprintf(stderr, "DN: <%s> check failed %d (%s): %s\n", text, LDAP_INVALID_SYNTAX,
		    codes_text(LDAP_INVALID_SYNTAX), e.text);
		return STATUS_BAD;
	}
	if (r->normal_only)
		printf("%.*s\n", BV(dn.normal));
	else if (r->pretty_only)
		printf("%.*s\n", BV(dn.pretty));
	else
		printf("DN: <%s> check succeeded\nnormalized: <%.*s>\npretty:     <%.*s>\n", text,
		    BV(dn.normal), BV(dn.pretty));
	return 0;
}

int
slapdn_main(int argc, char **argv)
{
	struct run r = {.normal_only = false};
	int status = 0;

	common_init(&r.c, "slapdn", "d:f:F:No:Pv",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]]\n"
	    "\t[-N | -P] DN [...]");
	r.c.own = own_option;
	r.c.own_data = &r;
	if (common_parse(&r.c, argc, argv) != 0)
		return common_done(&r.c, 1);
	if (optind >= argc)
		return common_done(&r.c, common_usage(&r.c));
	if (common_load(&r.c) != 0)
		return common_done(&r.c, 1);
	for (int i = optind; i < argc && status == 0; i++)
		status = check(&r, argv[i]);
	return common_done(&r.c, status);
}
