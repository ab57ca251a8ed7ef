#include "acl/acl.h"

#include "base/arena.h"
#include "config/conf.h"
#include "model/desc.h"
#include "model/schema.h"

/*
 * Access decisions for the two rule sets that exist so far: no rule (everybody
 * reads, only the root identity writes) and the protection of passwords that
 * Debian installs. Both fail closed: what is not granted is refused.
 */

enum rules { RULES_NONE, RULES_PROTECT_PASSWORDS, RULES_ROOT_ONLY };

struct acl {
	enum rules rules;
	const struct schema_known *known;
};

const struct acl *
acl_compile(struct arena *a, const struct conf *c, const struct conf_db *db)
{
	struct acl *acl = arena_zalloc(a, 1, sizeof(*acl));
	bool any = db->access_count > 0 || c->frontend->access_count > 0;

	acl->known = schema_known(c->schema);
	acl->rules = any ? RULES_PROTECT_PASSWORDS : RULES_NONE;
	if (db->type == CONF_DB_CONFIG)
		acl->rules = RULES_ROOT_ONLY;
	return acl;
}

static bool
is_protected(const struct acl *acl, const struct attr_desc *d)
{
	return d != NULL && acl->rules == RULES_PROTECT_PASSWORDS &&
	       (schema_attr_is_a(d->type, acl->known->user_password) ||
		   (acl->known->shadow_last_change != NULL &&
		       schema_attr_is_a(d->type, acl->known->shadow_last_change)));
}

static bool
protected_allows(const struct acl_who *who, const struct acl_target *t, enum acl_level level)
{
	if (who->normal_dn.n == 0)
		return level <= ACL_AUTH;
	return bv_eq(who->normal_dn, t->normal_dn) && level <= ACL_WRITE;
}

bool
acl_allows(const struct acl *acl, const struct acl_who *who, const struct acl_target *t,
    enum acl_level level)
{
	if (who->is_root)
		return true;
	if (acl->rules == RULES_ROOT_ONLY)
		return false;
	if (t->part == ACL_PART_ATTR && is_protected(acl, t->desc))
		return protected_allows(who, t, level);
	/* A modify needs no right on the entry itself beyond reading it; add, delete and rename do.
	 */
	return level <= ACL_READ;
}

bool
acl_reads_all(const struct acl *acl, const struct acl_who *who)
{
	return who->is_root || acl->rules == RULES_NONE;
}

bool
acl_decided_once(const struct acl *acl, const struct acl_who *who, const struct attr_desc *desc,
    enum acl_level level, bool *allowed_out)
{
	if (!who->is_root && is_protected(acl, desc) && who->normal_dn.n > 0)
		return false;
	struct acl_target t = {BV_NONE, ACL_PART_ATTR, desc, BV_NONE};
	*allowed_out = acl_allows(acl, who, &t, level);
	return true;
}
