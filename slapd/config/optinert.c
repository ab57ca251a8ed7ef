#include "config/optinert.h"

#include "base/err.h"
#include "config/confbuild.h"
#include "config/conflex.h"
#include "config/option.h"
#include "model/schema.h"

/* Forms of values that OpenLDAP acts on and this server has no need of. */

static int
expected(const struct option *o, struct bv value, struct errbuf *e)
{
	return err_set(e, ERR_CONFIG, "%s: \"%.*s\": expected %s", o->keyword, BV(value), o->usage);
}

/* Names one attribute, or with a leading @ or ! a class whose attributes are meant. */
int
optinert_attribute(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	bool class = value.n > 0 && (value.p[0] == '@' || value.p[0] == '!');
	const void *found = class ? (const void *)schema_object_class(b->schema, bv_from(value, 1))
				  : (const void *)schema_attr_type(b->schema, value);

	if (found != NULL || bv_is(value, "*") || bv_is(value, "+"))
		return 0;
	return err_set(e, ERR_CONFIG,
	    "%s: \"%.*s\" is not in the schema; include the file that defines it, or correct the "
	    "name",
	    o->keyword, BV(value));
}

static bool
is_count(struct bv text)
{
	int64_t n;

	return confbuild_number(text, &n) && n >= 0;
}

int
optinert_checkpoint(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conflex_words w;
	int code = conflex_split(b->arena, value, &w, e);

	if (code != 0)
		return code;
	if (w.n != 2 || !is_count(w.v[0]) || !is_count(w.v[1]))
		return expected(o, value, e);
	return 0;
}

int
optinert_lastbind(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	bool on = false;
	int code = confbuild_bool(o, value, &on, e);

	if (on)
		confbuild_warn(b,
		    "%s: the time of binds is not kept in entries; the log has it (loglevel stats)",
		    o->keyword);
	return code;
}

/* { attribute *( "," attribute ) / "default" } SP hi "," lo */
int
optinert_multival(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conflex_words w;
	int code = conflex_split(b->arena, value, &w, e);

	if (code != 0)
		return code;
	if (w.n != 2)
		return expected(o, value, e);
	size_t comma = bv_find(w.v[1], 0, ',');
	if (comma == w.v[1].n || !is_count(bv_make(w.v[1].p, comma)) ||
	    !is_count(bv_from(w.v[1], comma + 1)))
		return expected(o, value, e);
	for (struct bv rest = w.v[0]; code == 0 && rest.n > 0 && !bv_is(rest, "default");) {
		size_t end = bv_find(rest, 0, ',');
		code = optinert_attribute(b, o, bv_make(rest.p, end), e);
		rest = bv_from(rest, end < rest.n ? end + 1 : end);
	}
	return code;
}

/* A printf format with one string in it, of at most 31 letters: "$6$%.16s". */
int
optinert_salt(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	size_t percent = bv_find(value, 0, '%'), at = percent + 1;
	int64_t letters = 1;

	(void)b;
	if (at < value.n && value.p[at] == '.') {
		size_t end = ++at;
		while (end < value.n && value.p[end] >= '0' && value.p[end] <= '9')
			end++;
		if (!bv_to_i64(bv_make(value.p + at, end - at), &letters))
			letters = 0;
		at = end;
	}
	if (at < value.n && value.p[at] == 's' && letters >= 1 && letters <= 31 &&
	    bv_find(value, at, '%') == value.n)
		return 0;
	return err_set(e, ERR_CONFIG,
	    "%s: \"%.*s\": expected a salt with one %%s or %%.<n>s of at most 31 letters in it, as "
	    "in $6$%%.16s",
	    o->keyword, BV(value));
}
