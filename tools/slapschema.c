#include <inttypes.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/entry.h"
#include "model/schema.h"
#include "model/value.h"
#include "store/record.h"
#include "store/store.h"
#include "tools/codes.h"
#include "tools/choose.h"
#include "tools/common.h"
#include "tools/tools.h"
#include "tools/walk.h"
#include "wire/ldap.h"

/* slapschema: names the entries that the schema, as it is now, would not take. */

struct check {
	struct common c;
	struct walk walk;
	uint64_t bad;
};

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct check *k = c->own_data;

	return walk_option(&k->walk, letter, arg);
}

static int
check_values(const struct check *k, struct arena *a, const struct attr *attr, struct errbuf *e)
{
	struct bv value, normal;

	for (size_t i = 0; i < attr->count; i++)
		if (value_prepare(k->c.conf->schema, a, attr->desc->type, attr->values[i], &value,
			&normal) != 0)
			return err_set(e, LDAP_INVALID_SYNTAX,
			    "%.*s: value #%zu invalid per syntax", BV(attr->desc->name), i);
	return 0;
}

/* Class and attribute rules first: a class that is gone explains attributes that are. */
static int
check_entry(const struct check *k, struct arena *a, const struct entry *entry, struct errbuf *e)
{
	int rc = entry_check(k->c.conf->schema, entry, true, NULL, e);

	for (size_t i = 0; i < entry->count && rc == 0; i++)
		rc = check_values(k, a, &entry->attrs[i], e);
	return rc;
}

static int
visit(void *arg, const struct walk_entry *w)
{
	struct check *k = arg;
	struct entry entry;
	struct errbuf e = {""};
	struct dn dn;
	int rc;

	if (k->c.verbose > 0)
		printf("# id=%08" PRIx64 "\n", w->id);
	rc = dn_parse(k->c.conf->schema, w->arena, w->pretty_dn, &dn, &e);
	if (rc != 0) {
		rc = LDAP_INVALID_DN_SYNTAX;
	} else {
		entry_init(&entry, w->arena, &dn);
		rc = record_decode(w->record, store_read_map(w->read), w->arena, &entry);
		if (rc != 0)
			return common_fail(&k->c, "entry %08" PRIx64 " (\"%.*s\") is damaged",
			    w->id, BV(w->pretty_dn));
		entry.dn = dn;
		rc = check_entry(k, w->arena, &entry, &e);
	}
	if (rc == 0)
		return 0;
	k->bad++;
	printf("# (%d) %s%s%s\ndn: %.*s\n\n", rc, codes_text(rc), e.text[0] == 0 ? "" : ": ",
	    e.text, BV(w->pretty_dn));
	return 0;
}

static int
run(struct check *k)
{
	if (walk_read_url(&k->walk) != 0 || common_load(&k->c) != 0 ||
	    choose_database(&k->c) != 0 || walk_prepare(&k->walk) != 0 ||
	    common_open(&k->c, COMMON_READ) != 0)
		return 1;
	int status = walk_run(&k->walk);
	return status != 0 || k->bad > 0;
}

int
slapschema_main(int argc, char **argv)
{
	struct check k = {.bad = 0};

	common_init(&k.c, "slapschema", "a:b:cd:f:F:gH:l:n:o:s:v",
	    "[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]\n"
	    "\t[-g] [-n databasenumber | -b suffix] [-l errorfile] [-a filter] [-s subtree]"
	    " [-H url]");
	k.c.own = own_option;
	k.c.own_data = &k;
	k.walk = (struct walk){.common = &k.c, .entry = visit, .arg = &k};
	if (common_parse(&k.c, argc, argv) != 0)
		return common_done(&k.c, 1);
	if (optind < argc)
		return common_done(&k.c, common_usage(&k.c));
	if (k.c.ldif != NULL && freopen(k.c.ldif, "we", stdout) == NULL)
		return common_done(&k.c, common_fail(&k.c, "cannot write %s", k.c.ldif));
	return common_done(&k.c, run(&k));
}
