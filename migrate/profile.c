#include "profile.h"

#include <ldap.h>

/*
 * DUAConfigProfile, RFC 4876: where the server is and where each map lies, one
 * level deep. Authentication is "none" because what NSS needs is readable by all.
 */

/* Maps that live in other entries have no place of their own. */
static void
add_descriptor(struct migration *m, struct record *rec, enum map_id map)
{
	const char *container = m->opt->container[map];

	if (map >= MAP_SOURCES || container == NULL || !m->opt->want[map])
		return;
	record_add(rec, ATTR_SERVICESEARCHDESCRIPTOR,
	    arena_printf(m->arena, "%s:%s,%s?one", maps_get(map)->name, container, m->opt->base));
}

/* Returns the host and port of the URI, or "localhost" for sockets. */
static struct bv
server_of(struct migration *m)
{
	LDAPURLDesc *url = NULL;
	struct bv server = BV_LIT("localhost");

	if (m->opt->uri == NULL || ldap_url_parse(m->opt->uri, &url) != LDAP_URL_SUCCESS)
		return server;
	if (url->lud_host != NULL && url->lud_host[0] != 0 && strcmp(url->lud_scheme, "ldapi") != 0)
		server = arena_printf(m->arena, "%s:%d", url->lud_host, url->lud_port);
	ldap_free_urldesc(url);
	return server;
}

int
profile_make(struct migration *m)
{
	struct report_place place = {MAP_PROFILE, "profile", 0};
	struct record *rec = record_new(m->arena, &place);

	record_classes(rec, "DUAConfigProfile");
	record_add(rec, ATTR_CN, BV_LIT("default"));
	record_add(rec, ATTR_DEFAULTSERVERLIST, server_of(m));
	record_add(rec, ATTR_DEFAULTSEARCHBASE, m->base);
	record_add(rec, ATTR_DEFAULTSEARCHSCOPE, BV_LIT("one"));
	record_add(rec, ATTR_CREDENTIALLEVEL, BV_LIT("anonymous"));
	record_add(rec, ATTR_AUTHENTICATIONMETHOD, BV_LIT("none"));
	record_add(rec, ATTR_SEARCHTIMELIMIT, BV_LIT("15"));
	record_add(rec, ATTR_BINDTIMELIMIT, BV_LIT("10"));
	record_add(rec, ATTR_FOLLOWREFERRALS, BV_LIT("TRUE"));
	record_add(rec, ATTR_PROFILETTL, BV_LIT("86400"));
	for (unsigned i = 0; i < MAP_SOURCES; i++)
		add_descriptor(m, rec, (enum map_id)i);
	migration_add(m, rec, ATTR_CN);
	return 0;
}
