#ifndef TESTS_UNIT_OP_OPCASE_H
#define TESTS_UNIT_OP_OPCASE_H

/* An operation with a world, a session and a database, none of which serves anybody. */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include "base/arena.h"
#include "config/conf.h"
#include "op/op.h"
#include "op/world.h"
#include "wire/ldap.h"

struct opcase {
	struct arena *arena;
	struct conf conf;
	struct conf_db db;
	struct world world;
	struct backend backend;
	struct session session;
	struct op op;
};

static inline void
opcase_init(struct opcase *c, enum ldap_tag tag)
{
	memset(c, 0, sizeof(*c));
	c->arena = arena_new(0);
	c->conf.filter_limits = filter_default_limits;
	c->conf.message_limits = message_default_limits;
	c->db.type = CONF_DB_MDB;
	c->db.has_rootdn = true;
	c->db.rootdn.normal = BV_LIT("cn=admin");
	c->backend.conf = &c->db;
	c->world.conf = &c->conf;
	memcpy(c->world.secret, "sixteen bytes...", sizeof(c->world.secret));
	c->session.conn_id = 1000;
	c->op.arena = c->arena;
	c->op.world = &c->world;
	c->op.session = &c->session;
	c->op.be = &c->backend;
	c->op.msg.tag = tag;
	c->op.msg.id = 1;
}

static inline void
opcase_done(struct opcase *c)
{
	arena_free(&c->arena);
}

#endif
