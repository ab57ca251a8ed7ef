#include "config/optglobal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "config/confbuild.h"
#include "config/conflex.h"
#include "config/conftree.h"
#include "config/option.h"
#include "model/dn.h"
#include "wire/url.h"

/* Options of the server as a whole whose values have a form of their own. */

int
optglobal_idle(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	int64_t seconds;
	int code = confbuild_int(o, value, &seconds, e);

	if (code != 0)
		return code;
	b->conf->idle_timeout_s = seconds;
	b->conf->idle_timeout_auth_s = seconds;
	return 0;
}

int
optglobal_loglevel(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	int bits;

	if (!log_level_from_text(value, &bits))
		return err_set(e, ERR_CONFIG,
		    "loglevel: \"%.*s\" is not a level; expected a number or any, trace, packets, "
		    "args, conns, BER, filter, config, ACL, stats, stats2, shell, parse, sync, "
		    "none",
		    BV(value));
	if (b->value == &conftree_find(b->node, o)->values[0])
		b->conf->log_levels = 0;
	b->conf->log_levels |= bits;
	return 0;
}

/* Cuts "/usr/lib/ldap/back_mdb.la" to "back_mdb". */
static struct bv
module_name(struct bv path)
{
	size_t slash;

	while ((slash = bv_find(path, 0, '/')) < path.n)
		path = bv_from(path, slash + 1);
	path.n = bv_find(path, 0, '.');
	path.n = bv_find(path, 0, ' ');
	return path;
}

int
optglobal_module(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const char *const built_in[] = {
	    "back_mdb", "back_monitor", "back_config", "back_ldif", "argon2", "pw-argon2"};
	struct bv name = module_name(value);

	(void)b;
	for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (bv_is(name, built_in[i]))
			return 0;
	}
	return err_set(e, ERR_CONFIG,
	    "%s: module %.*s is not built in; remove the line if the "
	    "directory can do without it",
	    o->keyword, BV(name));
}

int
optglobal_password_hash(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct confbuild_word words[] = {{"{ARGON2}", 1}, {"{SSHA}", 1},
	    {"{SSHA256}", 1}, {"{SSHA384}", 1}, {"{SSHA512}", 1}, {"{CRYPT}", 1}, {"{PBKDF2}", 1},
	    {"{PBKDF2-SHA256}", 1}, {"{PBKDF2-SHA512}", 1}, {"{SMD5}", 1}, {"{SHA}", 0},
	    {"{MD5}", 0}, {"{CLEARTEXT}", 0}, {NULL, 0}};
	unsigned salted;
	int code = confbuild_word(o, value, words, &salted, e);

	if (code != 0)
		return code;
	if (salted == 0)
		confbuild_warn(b,
		    "%s %.*s: new passwords can be read or guessed by whoever gets "
		    "hold of the data; {ARGON2} is better",
		    o->keyword, BV(value));
	if (b->value == &conftree_find(b->node, o)->values[0])
		b->conf->password_hash = value;
	return 0;
}

/* Checks a URL to which clients may be referred. */
int
optglobal_url(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct url url;
	struct errbuf why;

	if (url_parse(b->arena, value, &url, &why) != 0)
		return err_set(e, ERR_CONFIG, "%s: \"%.*s\" is not an LDAP URL: %s", o->keyword,
		    BV(value), why.text);
	if (url.scope >= 0 || url.filter.p != NULL || url.attr_count > 0)
		return err_set(e, ERR_CONFIG,
		    "%s: the URL must end behind the host or the DN: it may not name attributes, a "
		    "scope or a filter",
		    o->keyword);
	return 0;
}

int
optglobal_referral(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	int code = optglobal_url(b, o, value, e);

	if (code == 0)
		confbuild_push(b, &b->conf->referrals, &b->conf->referral_count, value);
	return code;
}

int
optglobal_rootdse(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	if (value.n == 0)
		return err_set(e, ERR_CONFIG, "%s: expected %s", o->keyword, o->usage);
	const char *path = arena_str(b->arena, value);
	if (access(path, R_OK) != 0)
		return err_set(e, ERR_CONFIG, "%s: %s: %s", o->keyword, path, strerror(errno));
	confbuild_push(b, &b->conf->rootdse_files, &b->conf->rootdse_file_count, value);
	return 0;
}

int
optglobal_search_base(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct dn dn;
	struct errbuf why;

	if (dn_parse(b->schema, b->arena, value, &dn, &why) != 0)
		return err_set(
		    e, ERR_CONFIG, "%s: \"%.*s\" is not a DN: %s", o->keyword, BV(value), why.text);
	b->conf->default_search_base = dn.pretty;
	return 0;
}

int
optglobal_server_id(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conflex_words w;
	int64_t id;
	int code = conflex_split(b->arena, value, &w, e);

	if (code != 0)
		return code;
	if (w.n == 0 || w.n > 2)
		return err_set(e, ERR_CONFIG, "%s: expected %s", o->keyword, o->usage);
	code = confbuild_int(o, w.v[0], &id, e);
	if (code == 0 && (w.n == 1 || b->conf->server_id == 0))
		b->conf->server_id = (unsigned)id;
	return code;
}

/* Takes "name=" off the front of a word. */
static bool
take_name(struct bv *word, const char *name)
{
	size_t n = strlen(name);

	if (word->n <= n || word->p[n] != '=' || !bv_is(bv_make(word->p, n), name))
		return false;
	*word = bv_from(*word, n + 1);
	return true;
}

/* [ "listener=" URL SP ] [ ( "read" / "write" ) "=" ] size */
int
optglobal_tcp_buffer(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conf_tcp_buffer buffer = {BV_NONE, 0, 0};
	struct conf *c = b->conf;
	struct conflex_words w;
	int64_t bytes;
	int code = conflex_split(b->arena, value, &w, e);

	if (code != 0)
		return code;
	if (w.n == 2 && take_name(&w.v[0], "listener"))
		buffer.listener = w.v[0];
	else if (w.n != 1)
		return err_set(e, ERR_CONFIG, "%s: expected %s", o->keyword, o->usage);
	struct bv size = w.v[w.n - 1];
	bool read_only = take_name(&size, "read");
	bool write_only = !read_only && take_name(&size, "write");
	code = confbuild_int(o, size, &bytes, e);
	if (code != 0)
		return code;
	buffer.read_bytes = write_only ? 0 : (int)bytes;
	buffer.write_bytes = read_only ? 0 : (int)bytes;
	struct conf_tcp_buffer *list =
	    arena_alloc(b->arena, (c->tcp_buffer_count + 1) * sizeof(*list));
	if (c->tcp_buffer_count > 0)
		memcpy(list, c->tcp_buffers, c->tcp_buffer_count * sizeof(*list));
	list[c->tcp_buffer_count++] = buffer;
	c->tcp_buffers = list;
	return 0;
}

int
optglobal_authz_regexp(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	struct conflex_words w;
	int code = conflex_split(b->arena, value, &w, e);

	if (code == 0 && w.n != 2)
		return err_set(e, ERR_CONFIG, "%s: \"%.*s\": expected %s", confbuild_name(b, o),
		    BV(value), o->usage);
	return code;
}

int
optglobal_authz_policy(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	static const struct confbuild_word words[] = {
	    {"none", 0}, {"from", 1}, {"to", 2}, {"any", 3}, {"all", 4}, {NULL, 0}};
	unsigned unused;

	(void)b;
	return confbuild_word(o, value, words, &unused, e);
}
