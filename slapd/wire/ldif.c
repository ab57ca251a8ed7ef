#include "ldif.h"

#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "ldif_group.h"
#include "ldif_lines.h"
#include "ldif_source.h"

/*
 * LDIF records (RFC 2849). A record is copied into the caller's arena once; names and
 * plain values are views of that copy. Change types are rows of a table.
 */

struct ldif_reader {
	struct ldif_source source;
	char *name;
};

struct ldif_reader *
ldif_reader_new(FILE *f, const char *name, size_t max_record_bytes)
{
	struct ldif_reader *r = malloc(sizeof(*r));
	char *copy = strdup(name);

	if (r == NULL || copy == NULL) {
		fprintf(stderr, "out of memory opening %s\n", name);
		abort();
	}
	ldif_source_init(
	    &r->source, f, max_record_bytes == 0 ? (size_t)64 * 1024 * 1024 : max_record_bytes);
	r->name = copy;
	return r;
}

void
ldif_reader_free(struct ldif_reader **rp)
{
	struct ldif_reader *r = *rp;

	if (r == NULL)
		return;
	*rp = NULL;
	ldif_source_done(&r->source);
	free(r->name);
	free(r);
}

int
ldif_skip_to_line(struct ldif_reader *r, unsigned long line)
{
	return ldif_source_skip(&r->source, line);
}

/* Returns a text for a description in an error, cut to what a person reads. */
static struct bv
shown(struct bv v)
{
	return bv_make(v.p, v.n > 80 ? 80 : v.n);
}

/* control: OID [" " ("true" / "false")] [":" value-spec] */
static int
parse_control(struct ldif_lines *l, struct wire_control *c)
{
	size_t colon = bv_find(l->value, 0, ':');
	struct bv head = bv_trim(bv_make(l->value.p, colon));
	size_t space = bv_find(head, 0, ' ');
	struct bv criticality = bv_trim(bv_from(head, space));

	c->oid = bv_make(head.p, space);
	c->critical = bv_is(criticality, "true");
	if (c->oid.n == 0 || (criticality.n > 0 && !c->critical && !bv_is(criticality, "false")))
		return ldif_lines_fail(
		    l, ERR_SYNTAX, "a control must be \"control: OID [true|false][: value]\"");
	if (colon == l->value.n)
		return 0;
	return ldif_lines_value(l, bv_from(l->value, colon + 1), &c->value);
}

static int
parse_controls(struct ldif_lines *l, struct ldif_record *out)
{
	int r = 0;

	while (r == 0 && l->have && !l->dash && bv_is(l->desc, "control")) {
		size_t n = out->control_count;
		if ((n & (n - 1)) == 0)
			out->controls = arena_grow(
			    l->arena, out->controls, n, n == 0 ? 1 : 2 * n, sizeof(*out->controls));
		out->controls[n] = (struct wire_control){0};
		r = parse_control(l, &out->controls[n]);
		out->control_count++;
		if (r == 0)
			r = ldif_lines_next(l);
	}
	return r;
}

/* 1*attrval-spec, grouped */
static int
parse_content(struct ldif_lines *l, struct ldif_record *out)
{
	struct ldif_group g = {.arena = l->arena};
	int r = 0;

	for (; r == 0 && l->have; r = ldif_lines_next(l)) {
		if (l->dash)
			return ldif_lines_fail(
			    l, ERR_SYNTAX, "\"-\" belongs to changetype: modify only");
		if (bv_is(l->desc, "dn"))
			return ldif_lines_fail(
			    l, ERR_SYNTAX, "a second \"dn:\": a blank line is missing before it");
		if (bv_is(l->desc, "changetype"))
			return ldif_lines_fail(
			    l, ERR_SYNTAX, "\"changetype:\" must stand directly below the dn");
		ldif_group_add(&g, l->desc, l->value);
	}
	out->attrs = g.attrs;
	out->attr_count = g.count;
	return r;
}

static int
parse_delete(struct ldif_lines *l, struct ldif_record *out)
{
	(void)out;
	if (l->have)
		return ldif_lines_fail(l, ERR_SYNTAX, "nothing may follow changetype: delete");
	return 0;
}

static const struct {
	const char *name;
	enum ldap_mod_op op;
} mod_ops[] = {
    {"add", LDAP_MOD_OP_ADD},
    {"delete", LDAP_MOD_OP_DELETE},
    {"replace", LDAP_MOD_OP_REPLACE},
    {"increment", LDAP_MOD_OP_INCREMENT},
};

/* ("add" / "delete" / "replace" / "increment") ":" AttributeDescription */
static int
parse_mod_head(struct ldif_lines *l, struct wire_mod *mod)
{
	size_t i = 0, rows = sizeof(mod_ops) / sizeof(mod_ops[0]);

	while (i < rows && (l->dash || !bv_is(l->desc, mod_ops[i].name)))
		i++;
	if (i == rows)
		return ldif_lines_fail(l, ERR_SYNTAX,
		    "expected \"add:\", \"delete:\", \"replace:\" or \"increment:\"");
	*mod = (struct wire_mod){.op = mod_ops[i].op, .attr.desc = bv_trim(l->value)};
	if (mod->attr.desc.n == 0)
		return ldif_lines_fail(
		    l, ERR_SYNTAX, "\"%s:\" names no attribute", mod_ops[i].name);
	return ldif_lines_next(l);
}

/* mod-spec: the head, *attrval-spec and "-", which may be missing at the end of the record */
static int
parse_mod(struct ldif_lines *l, struct wire_mod *mod)
{
	int r = parse_mod_head(l, mod);

	for (; r == 0 && l->have && !l->dash; r = ldif_lines_next(l)) {
		if (!bv_eq_nocase(l->desc, mod->attr.desc))
			return ldif_lines_fail(l, ERR_SYNTAX,
			    "\"%.*s\" among the values of \"%.*s\": is a \"-\" line missing?",
			    BV(shown(l->desc)), BV(shown(mod->attr.desc)));
		ldif_group_append(l->arena, &mod->attr, l->value);
	}
	return r == 0 && l->have ? ldif_lines_next(l) : r;
}

static int
parse_modify(struct ldif_lines *l, struct ldif_record *out)
{
	int r = 0;

	while (r == 0 && l->have) {
		size_t n = out->mod_count;
		if ((n & (n - 1)) == 0)
			out->mods = arena_grow(
			    l->arena, out->mods, n, n == 0 ? 1 : 2 * n, sizeof(*out->mods));
		r = parse_mod(l, &out->mods[n]);
		out->mod_count++;
	}
	return r;
}

static int
parse_delete_old(struct ldif_lines *l, struct wire_moddn *m)
{
	if (!l->have || l->dash || !bv_is(l->desc, "deleteoldrdn") ||
	    !(bv_is(l->value, "0") || bv_is(l->value, "1")))
		return ldif_lines_fail(l, ERR_SYNTAX, "expected \"deleteoldrdn: 0\" or \"1\"");
	m->delete_old_rdn = bv_is(l->value, "1");
	return ldif_lines_next(l);
}

/* "newrdn:" rdn, "deleteoldrdn:" ("0" / "1"), ["newsuperior:" dn] */
static int
parse_modrdn(struct ldif_lines *l, struct ldif_record *out)
{
	struct wire_moddn *m = &out->moddn;

	m->dn = out->dn;
	if (!l->have || l->dash || !bv_is(l->desc, "newrdn"))
		return ldif_lines_fail(l, ERR_SYNTAX, "expected \"newrdn:\"");
	m->new_rdn = l->value;
	int r = ldif_lines_next(l);
	if (r == 0)
		r = parse_delete_old(l, m);
	if (r == 0 && l->have && !l->dash && bv_is(l->desc, "newsuperior")) {
		m->new_superior = l->value;
		r = ldif_lines_next(l);
	}
	if (r == 0 && l->have)
		return ldif_lines_fail(l, ERR_SYNTAX, "nothing more may follow in a modrdn record");
	return r;
}

static const struct {
	const char *name;
	enum ldif_change change;
	int (*parse)(struct ldif_lines *l, struct ldif_record *out);
} change_types[] = {
    {"add", LDIF_ADD, parse_content},
    {"delete", LDIF_DELETE, parse_delete},
    {"modify", LDIF_MODIFY, parse_modify},
    {"modrdn", LDIF_MODRDN, parse_modrdn},
    {"moddn", LDIF_MODRDN, parse_modrdn},
};

static int
parse_change(struct ldif_lines *l, struct ldif_record *out)
{
	struct bv type = bv_trim(l->value);

	for (size_t i = 0; i < sizeof(change_types) / sizeof(change_types[0]); i++) {
		if (!bv_is(type, change_types[i].name))
			continue;
		out->change = change_types[i].change;
		int r = ldif_lines_next(l);
		return r == 0 ? change_types[i].parse(l, out) : r;
	}
	return ldif_lines_fail(l, ERR_SYNTAX,
	    "unknown changetype \"%.*s\": add, delete, modify, modrdn or moddn", BV(shown(type)));
}

/* "version:" FILL "1", which may stand before any first record of joined files */
static int
pass_version(struct ldif_lines *l)
{
	if (!l->have || l->dash || !bv_is(l->desc, "version"))
		return 0;
	if (!bv_is(bv_trim(l->value), "1"))
		return ldif_lines_fail(l, ERR_SYNTAX, "only LDIF version 1 is known");
	return ldif_lines_next(l);
}

/* Parses one record. Returns 1, 0 when it held comments or the version only, or an error. */
static int
parse_record(struct ldif_lines *l, struct ldif_record *out)
{
	int r = ldif_lines_next(l);

	if (r == 0)
		r = pass_version(l);
	if (r != 0 || !l->have)
		return r;
	if (l->dash || !bv_is(l->desc, "dn"))
		return ldif_lines_fail(l, ERR_SYNTAX, "a record must begin with \"dn:\"");
	*out = (struct ldif_record){.line = l->line, .dn = l->value};
	r = ldif_lines_next(l);
	if (r == 0)
		r = parse_controls(l, out);
	if (r != 0)
		return r;
	if (l->have && !l->dash && bv_is(l->desc, "changetype"))
		r = parse_change(l, out);
	else
		r = parse_content(l, out);
	return r == 0 ? 1 : r;
}

/* Makes the record's own copy and parses that. */
static int
parse_raw(struct ldif_reader *reader, struct ldif_lines *l, struct bv raw, struct ldif_record *out)
{
	uint8_t *copy = arena_alloc(l->arena, raw.n);

	l->line = l->next_line;
	if (bv_find(raw, 0, 0) < raw.n)
		return ldif_lines_fail(
		    l, ERR_SYNTAX, "the record holds a zero byte: write that value in base64");
	l->max_value_bytes = reader->source.max_record_bytes;
	l->p = memcpy(copy, raw.p, raw.n);
	l->end = l->p + raw.n;
	return parse_record(l, out);
}

int
ldif_next(struct ldif_reader *r, struct arena *a, struct ldif_record *out, struct errbuf *e)
{
	struct ldif_record record;
	struct bv raw;
	int status = 0;

	while (status == 0) {
		struct ldif_lines l = {.arena = a, .name = r->name, .e = e};
		status = ldif_source_record(&r->source, &raw, &l.next_line);
		l.line = status == ERR_IO ? r->source.line : l.next_line;
		if (status == ERR_IO)
			return ldif_lines_fail(&l, ERR_IO, "reading failed: %m");
		if (status == ERR_LIMIT)
			return ldif_lines_fail(&l, ERR_LIMIT, "the record has more than %zu bytes",
			    r->source.max_record_bytes);
		if (status == 0)
			return 0;
		status = parse_raw(r, &l, raw, &record);
	}
	if (status == 1)
		*out = record;
	return status;
}
