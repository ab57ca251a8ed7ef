#include "server.h"

#include <ldap.h>
#include <stdio.h>
#include <sys/time.h>

#include "base/err.h"

/*
 * Operations are sent without waiting, so that a server that commits in groups
 * gets groups. Searches wait. Every wait is bounded: a server that stops
 * answering ends the program, it does not hang it.
 */

enum {
	CONNECT_SECONDS = 10,
	ANSWER_SECONDS = 120,
	PAGE_ENTRIES = 1000,
	PAGES_MAX = 10000, /* ten million entries below one container: no directory, a loop */
};

struct server {
	LDAP *ld;
	struct arena *arena;
	char *uri;
};

static int
fail(const struct server *s, const char *what, int code)
{
	char *text = NULL;

	ldap_get_option(s->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
	fprintf(stderr, "ldapmigrate: %s: %s: %s%s", s->uri, what, ldap_err2string(code),
	    text != NULL && text[0] != 0 ? ": " : "");
	plan_print_value(stderr, attrs_find(BV_LIT("text")), bv_str(text));
	fputc('\n', stderr);
	ldap_memfree(text);
	return ERR_IO;
}

static int
set_options(struct server *s)
{
	int version = LDAP_VERSION3;
	struct timeval connect = {CONNECT_SECONDS, 0};
	struct timeval answer = {ANSWER_SECONDS, 0};

	ldap_set_option(s->ld, LDAP_OPT_NETWORK_TIMEOUT, &connect);
	ldap_set_option(s->ld, LDAP_OPT_TIMEOUT, &answer);
	ldap_set_option(s->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	return ldap_set_option(s->ld, LDAP_OPT_PROTOCOL_VERSION, &version);
}

static int
bind_as(struct server *s, const struct options *opt)
{
	struct berval credentials = {0, NULL};

	if (opt->password != NULL)
		ber_str2bv(opt->password, 0, 1, &credentials);
	int rc = ldap_sasl_bind_s(s->ld, opt->external ? "" : opt->bind_dn,
	    opt->external ? "EXTERNAL" : LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL);
	if (credentials.bv_val != NULL)
		explicit_bzero(credentials.bv_val, credentials.bv_len);
	ber_memfree(credentials.bv_val);
	return rc == LDAP_SUCCESS ? 0 : fail(s, "bind", rc);
}

static int
connect_to(struct server *s, const struct options *opt)
{
	int rc = ldap_initialize(&s->ld, opt->uri);

	if (rc != LDAP_SUCCESS) {
		fprintf(stderr, "ldapmigrate: %s: %s\n", opt->uri == NULL ? "server" : opt->uri,
		    ldap_err2string(rc));
		return ERR_IO;
	}
	ldap_get_option(s->ld, LDAP_OPT_URI, &s->uri);
	if (set_options(s) != LDAP_OPT_SUCCESS)
		return fail(s, "options", LDAP_OTHER);
	rc = opt->start_tls ? ldap_start_tls_s(s->ld, NULL, NULL) : LDAP_SUCCESS;
	return rc == LDAP_SUCCESS ? bind_as(s, opt) : fail(s, "StartTLS", rc);
}

int
server_open(const struct options *opt, struct arena *arena, struct server **out)
{
	struct server *s = arena_zalloc(arena, 1, sizeof(*s));

	s->arena = arena;
	int rc = connect_to(s, opt);
	if (rc == 0)
		*out = s;
	else
		server_close(&s);
	return rc;
}

void
server_close(struct server **server)
{
	struct server *s = *server;

	if (s == NULL)
		return;
	if (s->ld != NULL)
		ldap_unbind_ext_s(s->ld, NULL, NULL);
	ldap_memfree(s->uri);
	*server = NULL;
}

const char *
server_uri(const struct server *server)
{
	return server->uri;
}

static struct bv
view(struct berval b)
{
	return bv_make(b.bv_val, b.bv_len);
}

static void
take_values(struct record *rec, const char *name, const struct berval *values)
{
	const char *own = arena_str(rec->arena, bv_str(name));

	for (size_t i = 0; values != NULL && values[i].bv_val != NULL; i++)
		record_append(rec, own, view(values[i]));
}

/* Makes a record of an entry in a search result. */
static struct record *
take_entry(struct server *s, LDAPMessage *message)
{
	struct report_place place = {MAP_BASE, s->uri, 0};
	struct record *rec = record_new(s->arena, &place);
	struct berval dn, name;
	struct berval *values = NULL;
	BerElement *ber = NULL;

	if (ldap_get_dn_ber(s->ld, message, &ber, &dn) != LDAP_SUCCESS)
		return NULL;
	record_name(rec, view(dn), BV_NONE);
	while (ldap_get_attribute_ber(s->ld, message, ber, &name, &values) == LDAP_SUCCESS &&
	       name.bv_val != NULL) {
		take_values(rec, arena_str(s->arena, view(name)), values);
		ber_memfree(values);
		values = NULL;
	}
	ber_free(ber, 0);
	return rec;
}

static int
search(struct server *s, struct bv dn, int scope, LDAPControl **controls, LDAPMessage **out)
{
	static char all[] = "*";
	char *attrs[] = {all, NULL};

	return ldap_search_ext_s(s->ld, arena_str(s->arena, dn), scope, "(objectClass=*)", attrs, 0,
	    controls, NULL, NULL, LDAP_NO_LIMIT, out);
}

int
server_read(struct server *server, struct bv dn, struct record **out)
{
	LDAPMessage *result = NULL;
	int rc = search(server, dn, LDAP_SCOPE_BASE, NULL, &result);
	LDAPMessage *entry = rc == LDAP_SUCCESS ? ldap_first_entry(server->ld, result) : NULL;
	struct record *rec = entry == NULL ? NULL : take_entry(server, entry);

	ldap_msgfree(result);
	if (rec == NULL)
		return rc == LDAP_SUCCESS ? LDAP_NO_SUCH_OBJECT : rc;
	*out = rec;
	return LDAP_SUCCESS;
}

/* Reads the cookie for the next page; empty when this was the last, or the server knows no pages.
 */
static void
next_cookie(struct server *s, LDAPMessage *result, struct berval *cookie)
{
	LDAPControl **controls = NULL;
	int code = LDAP_SUCCESS;
	ber_int_t estimate;

	ber_memfree(cookie->bv_val);
	*cookie = (struct berval){0, NULL};
	if (ldap_parse_result(s->ld, result, &code, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
		return;
	LDAPControl *page = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
	if (page != NULL)
		ldap_parse_pageresponse_control(s->ld, page, &estimate, cookie);
	ldap_controls_free(controls);
}

static int
read_page(struct server *s, struct bv dn, struct berval *cookie, struct records *list)
{
	LDAPControl *controls[2] = {NULL, NULL};
	LDAPMessage *result = NULL;
	int rc = ldap_create_page_control(s->ld, PAGE_ENTRIES, cookie, 0, &controls[0]);

	if (rc != LDAP_SUCCESS)
		return rc;
	rc = search(s, dn, LDAP_SCOPE_ONELEVEL, controls, &result);
	ldap_control_free(controls[0]);
	LDAPMessage *entry = result == NULL ? NULL : ldap_first_entry(s->ld, result);
	for (; entry != NULL; entry = ldap_next_entry(s->ld, entry)) {
		struct record *rec = take_entry(s, entry);

		if (rec != NULL)
			record_list_add(list, rec);
	}
	if (result != NULL)
		next_cookie(s, result, cookie);
	ldap_msgfree(result);
	return rc;
}

int
server_read_below(struct server *server, struct bv dn, struct records *list)
{
	struct berval cookie = {0, NULL};
	int pages = 0;
	int rc;

	do {
		rc = read_page(server, dn, &cookie, list);
	} while (rc == LDAP_SUCCESS && cookie.bv_len > 0 && ++pages < PAGES_MAX);
	if (cookie.bv_len > 0)
		rc = LDAP_SIZELIMIT_EXCEEDED;
	ber_memfree(cookie.bv_val);
	return rc;
}

/* Reads one attribute of one entry. */
static const struct record_attr *
read_attr(struct server *s, struct bv dn, const char *name)
{
	char *attrs[] = {arena_str(s->arena, bv_str(name)), NULL};
	LDAPMessage *result = NULL;
	int rc = ldap_search_ext_s(s->ld, arena_str(s->arena, dn), LDAP_SCOPE_BASE,
	    "(objectClass=*)", attrs, 0, NULL, NULL, NULL, LDAP_NO_LIMIT, &result);
	LDAPMessage *entry = rc == LDAP_SUCCESS ? ldap_first_entry(s->ld, result) : NULL;
	struct record *rec = entry == NULL ? NULL : take_entry(s, entry);

	ldap_msgfree(result);
	return rec == NULL ? NULL : record_find(rec, bv_str(name));
}

const struct record_attr *
server_classes(struct server *server)
{
	const struct record_attr *where = read_attr(server, BV_LIT(""), "subschemaSubentry");

	return where == NULL ? NULL : read_attr(server, where->values[0], "objectClasses");
}

/* Makes the berval list of values that an LDAPMod wants; it borrows the bytes. */
static struct berval **
bervals(struct arena *arena, const struct bv *values, size_t count)
{
	struct berval **list = arena_zalloc(arena, count + 1, sizeof(*list));

	for (size_t i = 0; i < count; i++) {
		list[i] = arena_zalloc(arena, 1, sizeof(**list));
		list[i]->bv_val = arena_str(arena, values[i]);
		list[i]->bv_len = values[i].n;
	}
	return list;
}

static LDAPMod *
new_mod(struct arena *arena, int op, const char *name, struct berval **values)
{
	LDAPMod *mod = arena_zalloc(arena, 1, sizeof(*mod));

	mod->mod_op = op | LDAP_MOD_BVALUES;
	mod->mod_type = arena_str(arena, bv_str(name));
	mod->mod_bvalues = values;
	return mod;
}

static LDAPMod **
mods_of_record(struct arena *arena, const struct record *rec)
{
	size_t count = 0;

	for (const struct record_attr *attr = rec->attrs; attr != NULL; attr = attr->next)
		count++;
	LDAPMod **mods = arena_zalloc(arena, count + 1, sizeof(LDAPMod *));
	count = 0;
	for (const struct record_attr *attr = rec->attrs; attr != NULL; attr = attr->next)
		mods[count++] = new_mod(
		    arena, LDAP_MOD_ADD, attr->name, bervals(arena, attr->values, attr->count));
	return mods;
}

int
server_send_add(struct server *server, const struct record *rec, int *id_out)
{
	struct arena *arena = arena_new(0);
	int rc = ldap_add_ext(
	    server->ld, arena_str(arena, rec->dn), mods_of_record(arena, rec), NULL, NULL, id_out);

	arena_free(&arena);
	return rc == LDAP_SUCCESS ? 0 : fail(server, "add", rc);
}

static LDAPMod **
mods_of_parts(struct arena *arena, const struct plan_part *parts)
{
	static const int ops[] = {[PLAN_PART_ADD] = LDAP_MOD_ADD,
	    [PLAN_PART_REPLACE] = LDAP_MOD_REPLACE,
	    [PLAN_PART_DELETE] = LDAP_MOD_DELETE};
	size_t count = 0;

	for (const struct plan_part *part = parts; part != NULL; part = part->next)
		count++;
	LDAPMod **mods = arena_zalloc(arena, count + 1, sizeof(LDAPMod *));
	count = 0;
	for (const struct plan_part *part = parts; part != NULL; part = part->next) {
		if (part->op != PLAN_PART_KEPT)
			mods[count++] = new_mod(arena, ops[part->op], part->name,
			    bervals(arena, part->values, part->count));
	}
	return mods;
}

int
server_send_modify(struct server *server, struct bv dn, const struct plan_part *parts, int *id_out)
{
	struct arena *arena = arena_new(0);
	int rc = ldap_modify_ext(
	    server->ld, arena_str(arena, dn), mods_of_parts(arena, parts), NULL, NULL, id_out);

	arena_free(&arena);
	return rc == LDAP_SUCCESS ? 0 : fail(server, "modify", rc);
}

int
server_send_delete(struct server *server, struct bv dn, int *id_out)
{
	struct arena *arena = arena_new(0);
	int rc = ldap_delete_ext(server->ld, arena_str(arena, dn), NULL, NULL, id_out);

	arena_free(&arena);
	return rc == LDAP_SUCCESS ? 0 : fail(server, "delete", rc);
}

static void
lost(struct server *s, struct server_result *out, int got)
{
	int code = LDAP_TIMEOUT;

	if (got != 0)
		ldap_get_option(s->ld, LDAP_OPT_RESULT_CODE, &code);
	out->code = code >= 0 ? LDAP_SERVER_DOWN : code;
	snprintf(out->text, sizeof(out->text), "no answer from the server");
}

void
server_wait(struct server *server, int id, struct server_result *out)
{
	struct timeval timeout = {ANSWER_SECONDS, 0};
	LDAPMessage *message = NULL;
	char *text = NULL;
	int got =
	    ldap_result(server->ld, id == -1 ? LDAP_RES_ANY : id, LDAP_MSG_ALL, &timeout, &message);

	*out = (struct server_result){.id = id};
	if (got <= 0) {
		lost(server, out, got);
		return;
	}
	out->id = ldap_msgid(message);
	int rc = ldap_parse_result(server->ld, message, &out->code, NULL, &text, NULL, NULL, 1);
	if (rc != LDAP_SUCCESS)
		out->code = rc;
	snprintf(out->text, sizeof(out->text), "%s", text == NULL ? "" : text);
	ldap_memfree(text);
}

void
server_print_error(struct bv dn, const struct server_result *result)
{
	fputs("ldapmigrate: ", stderr);
	plan_print_value(stderr, attrs_find(BV_LIT("dn")), dn);
	fprintf(stderr, ": %s%s", ldap_err2string(result->code), result->text[0] != 0 ? ": " : "");
	plan_print_value(stderr, attrs_find(BV_LIT("dn")), bv_str(result->text));
	fputc('\n', stderr);
}
