#include "tools/bootconf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "acl/limits.h"
#include "acl/rules.h"
#include "base/arena.h"
#include "base/err.h"
#include "config/conf.h"
#include "config/confload.h"
#include "tools/common.h"
#include "tools/owner.h"

/*
 * The first configuration of a server, from LDIF: what `slapcat -n 0` printed, or what
 * a distribution's package ships. The tree is read, built and checked before a file is
 * written; the directory appears complete or not at all.
 */

bool
bootconf_wanted(const struct common *c)
{
	bool config = c->number == 0 || (c->base != NULL && bv_is(bv_str(c->base), "cn=config"));

	if (!config || c->conf_dir == NULL)
		return false;
	/* What is there is added to, by confmodify. */
	struct bv file = arena_printf(c->arena, "%s/cn=config.ldif", c->conf_dir);
	return access((const char *)file.p, F_OK) != 0;
}

/* Who the directory shall belong to: the owner of what is there, else of where it will be. */
static int
find_owner(const struct common *c, const char *path, struct stat *out)
{
	char *copy = arena_str(c->arena, bv_str(path));
	char *slash = strrchr(copy, '/');

	if (stat(path, out) == 0)
		return 0;
	if (slash != NULL && slash != copy)
		*slash = '\0';
	if (stat(slash == NULL ? "." : copy, out) == 0)
		return 0;
	return common_fail(c, "%s: %s", path, strerror(errno));
}

int
bootconf_write(const struct common *c, const struct conf_tree *t, const char *path)
{
	struct errbuf e = {""};
	struct stat st;

	if (find_owner(c, path, &st) != 0)
		return 1;
	if (conf_write_dir(t, path, &e) != 0 || owner_give(path, st.st_uid, st.st_gid, &e) != 0)
		return common_fail(c, "%s", e.text);
	return 0;
}

int
bootconf_run(struct common *c)
{
	struct conf_tree *tree = NULL;
	struct errbuf e = {""};
	const char *name;
	FILE *input;
	int rc;

	if (common_input(c, &input, &name) != 0)
		return 1;
	rc = confload_ldif(input, name, &tree, &e);
	if (rc == 0)
		rc = conf_build(&tree, &c->conf, &e);
	if (rc == 0)
		rc = rules_check(c->conf, &e);
	if (rc == 0)
		rc = limits_check(c->conf, &e);
	conf_tree_free(&tree);
	fclose(input);
	if (rc != 0)
		return common_fail(c, "%s", e.text);
	if (c->dry_run)
		return 0;
	return bootconf_write(c, c->conf->tree, c->conf_dir);
}
