#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acl/limits.h"
#include "acl/rules.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/logfile.h"
#include "config/conf.h"
#include "config/confedit.h"
#include "config/confstore.h"
#include "config/conftree.h"
#include "config/option.h"
#include "net/listener.h"
#include "net/server.h"
#include "op/world.h"
#include "options.h"
#include "tools/tools.h"

/*
 * slapd: start-up order, signals, privileges. Listeners are opened first (low ports
 * need root), then privileges go, then the databases open as the unprivileged user.
 * In the background the parent stays until the child serves, so that its exit status
 * tells whether the start worked.
 */

struct running {
	struct arena *arena;
	struct conf *conf;
	struct confstore *storage;
	struct errbuf storage_failure;
	struct world *world;
	struct server *server;
	struct listener *listeners;
	size_t listener_count;
};

static const char *
default_conf_dir(void)
{
	struct stat st;
	static const char dir[] = MUSTER_SYSCONFDIR "/ldap/slapd.d";

	return stat(dir, &st) == 0 && S_ISDIR(st.st_mode) ? dir : NULL;
}

/* The directory that holds the configuration, or NULL: it comes from a file and is not kept. */
static const char *
conf_dir(const struct options *o)
{
	if (o->conf_dir != NULL)
		return o->conf_dir;
	return o->conf_file == NULL ? default_conf_dir() : NULL;
}

static int
read_tree(const struct options *o, const char *dir, struct conf_tree **out, struct errbuf *e)
{
	const char *file = o->conf_file;

	if (file == NULL && dir != NULL)
		return conf_read_dir(dir, out, e);
	int err =
	    conf_read_file(file == NULL ? MUSTER_SYSCONFDIR "/ldap/slapd.conf" : file, out, e);
	if (err == 0 && dir != NULL)
		err = conf_write_dir(*out, dir, e);
	return err;
}

/* Root over ldapi gets its right to cn=config back, for good where the directory can be written. */
static int
restore_root(struct conf_tree *tree, struct confstore *storage, struct errbuf *e)
{
	struct conf_tree *before = confedit_copy(tree);

	conftree_remove(tree->root, option_by_olc(BV_LIT("musterMachineRoot")));
	int err = storage == NULL ? 0 : confstore_commit(storage, before, tree, e);
	conf_tree_free(&before);
	return err;
}

/* A directory that cannot be changed is one that is served; changes are refused with the reason. */
static void
open_storage(struct running *r, const char *dir)
{
	if (dir == NULL)
		log_msg(LOG_L_CONFIG, "started from slapd.conf: changes of cn=config are not kept");
	else if (confstore_open(dir, &r->storage, &r->storage_failure) != 0)
		log_error("cn=config can be read but not changed: %s", r->storage_failure.text);
}

static int
read_conf(const struct options *o, struct running *r, struct errbuf *e)
{
	struct conf_tree *tree = NULL;
	const char *dir = conf_dir(o);

	int err = read_tree(o, dir, &tree, e);
	if (err == 0)
		open_storage(r, dir);
	if (err == 0 && o->rescue)
		err = restore_root(tree, r->storage, e);
	if (err == 0)
		err = conf_build(&tree, &r->conf, e);
	if (err == 0)
		err = rules_check(r->conf, e);
	if (err == 0)
		err = limits_check(r->conf, e);
	conf_tree_free(&tree);
	return err;
}

static int
find_user(const char *name, struct passwd **out, struct errbuf *e)
{
	char *end;
	unsigned long id = strtoul(name, &end, 10);

	*out = *end == 0 ? getpwuid((uid_t)id) : getpwnam(name);
	return *out == NULL ? err_set(e, ERR_CONFIG, "-u %s: no such user", name) : 0;
}

static int
find_group(const char *name, gid_t *out, struct errbuf *e)
{
	char *end;
	unsigned long id = strtoul(name, &end, 10);
	struct group *g = *end == 0 ? getgrgid((gid_t)id) : getgrnam(name);

	if (g == NULL)
		return err_set(e, ERR_CONFIG, "-g %s: no such group", name);
	*out = g->gr_gid;
	return 0;
}

static int
change_user(const struct passwd *pw, gid_t gid, const char *name, struct errbuf *e)
{
	if (geteuid() == 0 && initgroups(name, gid) != 0)
		return err_set(e, ERR_IO, "initgroups %s: %s", name, strerror(errno));
	if (setgid(gid) != 0 || setuid(pw->pw_uid) != 0)
		return err_set(e, ERR_IO, "cannot become %s: %s", name, strerror(errno));
	if (pw->pw_uid != 0 && setuid(0) == 0)
		return err_set(e, ERR_IO, "privileges could not be dropped");
	return 0;
}

static int
drop_privileges(const struct options *o, struct errbuf *e)
{
	struct passwd *pw = NULL;
	gid_t gid = getgid();
	int err = 0;

	if (o->user != NULL)
		err = find_user(o->user, &pw, e);
	if (err == 0 && pw != NULL)
		gid = pw->pw_gid;
	if (err == 0 && o->group != NULL)
		err = find_group(o->group, &gid, e);
	if (err == 0 && o->chroot_dir != NULL && (chdir(o->chroot_dir) != 0 || chroot(".") != 0))
		err = err_set(e, ERR_IO, "-r %s: %s", o->chroot_dir, strerror(errno));
	if (err == 0 && pw != NULL)
		err = change_user(pw, gid, pw->pw_name, e);
	else if (err == 0 && o->group != NULL && setgid(gid) != 0)
		err = err_set(e, ERR_IO, "-g %s: %s", o->group, strerror(errno));
	return err;
}

static void
harden_process(void)
{
	struct rlimit r;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	umask(077);
	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

static void
write_file(struct bv path, const char *text)
{
	if (path.n == 0)
		return;
	FILE *f = fopen((const char *)path.p, "we");
	if (f == NULL) {
		log_error("%.*s cannot be written: %s", BV(path), strerror(errno));
		return;
	}
	fputs(text, f);
	fclose(f);
}

static void
write_run_files(const struct conf *c, char **argv)
{
	char pid[32], args[4096];
	size_t n = 0;

	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	write_file(c->pid_file, pid);
	args[0] = 0;
	for (char **a = argv; *a != NULL && n < sizeof(args) - 2; a++) {
		int k = snprintf(args + n, sizeof(args) - n, "%s ", *a);
		n += k < 0 ? 0 : (size_t)k;
	}
	write_file(c->args_file, args);
}

static void
remove_run_files(const struct conf *c)
{
	if (c->pid_file.n > 0)
		unlink((const char *)c->pid_file.p);
	if (c->args_file.n > 0)
		unlink((const char *)c->args_file.p);
}

static void
warn_about_rules(const struct conf *c)
{
	if (c->anonymous_open)
		log_error(
		    "WARNING: no access rule is configured: everyone, without a password, can read "
		    "every entry and attribute. Add access rules; see slapd.access(5).");
}

/* Forks; the parent waits for a byte that says that the child serves. Returns the child's end, or
 * exits. */
static int
detach(void)
{
	int ends[2];
	char ok = 0;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid_t pid = fork();
	if (pid < 0)
		return -1;
	if (pid > 0) {
		close(ends[1]);
		ssize_t n = read(ends[0], &ok, 1);
		_exit(n == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	close(ends[0]);
	setsid();
	return ends[1];
}

static void
tell_parent(int fd)
{
	if (fd < 0)
		return;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		for (int i = 0; i < 3; i++)
			dup2(null, i);
		close(null);
	}
	if (write(fd, "1", 1) != 1)
		log_error("the parent process is gone");
	close(fd);
}

static void
wait_for_signal(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	for (;;) {
		if (sigwait(&set, &sig) != 0)
			continue;
		if (sig == SIGUSR1)
			log_reopen();
		else if (sig != SIGUSR2)
			break;
	}
	log_msg(LOG_L_NONE, "daemon: shutdown requested and initiated.");
}

static void
block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static int
debug_bits(const struct options *o)
{
	return o->debug_bits | (o->foreground ? LOG_L_NONE : 0);
}

/* What a rescue serves: the ldapi:// URLs given, or the usual one. */
static struct bv
local_urls(struct arena *a, const char *urls)
{
	char *rest = arena_str(a, bv_str(urls)), *word;
	struct bv kept = BV_LIT("");

	while ((word = strsep(&rest, " ,\t")) != NULL) {
		if (strncasecmp(word, "ldapi:", 6) == 0)
			kept = arena_printf(a, "%.*s %s", BV(kept), word);
	}
	return kept.n > 0 ? kept : BV_LIT("ldapi:///");
}

/* A rescue serves without what it cannot have. */
static int
open_world(const struct options *o, struct running *r, struct errbuf *e)
{
	int err = logfile_set(r->conf->log_file, e);

	if (!o->rescue)
		return err != 0 ? err : world_open(r->conf, true, &r->world, e);
	if (err != 0)
		log_error("rescue: %s", e->text);
	return world_open_rescue(r->conf, &r->world, e);
}

static int
start(const struct options *o, struct running *r, struct errbuf *e)
{
	r->arena = arena_new(0);
	struct bv urls = o->rescue ? local_urls(r->arena, o->urls) : bv_str(o->urls);
	int err =
	    listener_open_all(r->arena, urls, o->family, &r->listeners, &r->listener_count, e);
	if (err == 0)
		err = drop_privileges(o, e);
	if (err == 0)
		err = read_conf(o, r, e);
	if (err != 0)
		return err;
	log_set_json(r->conf->log_json);
	log_set_levels(r->conf->log_levels | o->syslog_bits | LOG_L_NONE, debug_bits(o));
	err = open_world(o, r, e);
	if (err == 0)
		warn_about_rules(r->conf);
	return err;
}

/* The pid file is there before anybody is answered. */
static int
start_serving(const struct options *o, struct running *r, char **argv, struct errbuf *e)
{
	const struct server_options so = {
	    .listeners = r->listeners,
	    .listener_count = r->listener_count,
	    .storage = r->storage,
	    .storage_failure = r->storage_failure.text[0] == 0 ? NULL : r->storage_failure.text,
	    .log_bits = o->syslog_bits,
	    .debug_bits = debug_bits(o),
	    .rescue = o->rescue,
	};

	write_run_files(r->conf, argv);
	int err = server_start(r->world, &so, &r->server, e);
	world_unref(&r->world);
	if (err != 0)
		remove_run_files(r->conf);
	return err;
}

static void
stop(struct running *r)
{
	if (r->server != NULL)
		server_stop(&r->server);
	listener_close_all(r->listeners, r->listener_count);
	world_unref(&r->world);
	confstore_close(&r->storage);
	if (r->conf != NULL)
		conf_unref(&r->conf);
	arena_free(&r->arena);
}

static int
serve(const struct options *o, char **argv)
{
	struct running r = {0};
	struct errbuf e = {""};
	int parent = -1;

	if (!o->foreground)
		parent = detach();
	block_signals();
	harden_process();
	int err = start(o, &r, &e);
	if (err == 0)
		err = start_serving(o, &r, argv, &e);
	if (err != 0) {
		fprintf(stderr, "slapd: %s\n", e.text[0] == 0 ? err_text(err) : e.text);
		log_error("slapd stopped: %s", e.text);
		stop(&r);
		return EXIT_FAILURE;
	}
	log_msg(LOG_L_NONE, "slapd starting");
	tell_parent(parent);
	wait_for_signal();
	remove_run_files(r.conf);
	stop(&r);
	log_msg(LOG_L_NONE, "slapd stopped.");
	return EXIT_SUCCESS;
}

/* The tool that the program's own name means, or NULL. */
static const char *
tool_by_name(char **argv)
{
	const char *slash = strrchr(argv[0], '/');

	return tools_name(slash == NULL ? argv[0] : slash + 1);
}

static const char *
tool_of(int argc, char **argv)
{
	const char *tool = tool_by_name(argv);

	if (tool != NULL)
		return tool;
	if (argc > 2 && strcmp(argv[1], "-T") == 0)
		return tools_name(argv[2]);
	if (argc > 1 && strncmp(argv[1], "-T", 2) == 0 && argv[1][2] != 0)
		return tools_name(argv[1] + 2);
	return NULL;
}

/* Removes "-T name" or "-Tname" so that the tool sees its own arguments; slappasswd has a -T
 * itself.
 */
static int
strip_tool_option(int argc, char **argv)
{
	int n = 0;

	if (argc < 2 || tool_by_name(argv) != NULL || strncmp(argv[1], "-T", 2) != 0)
		return argc;
	n = argv[1][2] == 0 ? 2 : 1;
	memmove(&argv[1], &argv[1 + n], (size_t)(argc - n) * sizeof(*argv));
	return argc - n;
}

int
main(int argc, char **argv)
{
	struct options o;
	const char *tool = tool_of(argc, argv);

	if (tool != NULL)
		return tools_main(tool, strip_tool_option(argc, argv), argv);
	if (argc > 1 && strncmp(argv[1], "-T", 2) == 0) {
		fprintf(stderr, "slapd: -T: unknown tool; use add, cat, dn, index, modify, passwd, "
				"schema, test, acl or auth\n");
		return EXIT_FAILURE;
	}
	enum options_outcome outcome = options_read(argc, argv, &o);
	if (outcome != OPTIONS_SERVE)
		return outcome == OPTIONS_ANSWERED ? EXIT_SUCCESS : EXIT_FAILURE;
	if (o.versions > 0)
		fprintf(stderr, "@(#) Muster: slapd %s (%s)\n", MUSTER_VERSION, "LDAPv3 on LMDB");
	if (o.versions > 1)
		return EXIT_SUCCESS;
	log_open(o.name, o.foreground);
	log_set_levels(LOG_L_NONE, o.debug_bits | (o.foreground ? LOG_L_NONE : 0));
	return serve(&o, argv);
}
