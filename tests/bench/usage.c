#include "tests/bench/usage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

/*
 * schedstat counts nanoseconds for each living thread, stat whole ticks (10 ms as a rule) for the
 * process with the threads that have ended. The first serves for cost per operation; the second
 * shows when threads came and went meanwhile.
 */

enum { FILE_BYTES = 8192 };

int
usage_parse_stat(const char *text, int64_t *ticks_out)
{
	/* The command's name may hold spaces and parentheses: the last one ends it. */
	const char *behind = strrchr(text, ')');
	int64_t user, system;

	if (behind == NULL ||
	    sscanf(behind + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNd64 " %" SCNd64,
		&user, &system) != 2)
		return ERR_SYNTAX;
	*ticks_out = user + system;
	return 0;
}

int
usage_parse_schedstat(const char *text, int64_t *ns_out, int64_t *switches_out)
{
	int64_t ns, waited, switches;

	if (sscanf(text, "%" SCNd64 " %" SCNd64 " %" SCNd64, &ns, &waited, &switches) != 3)
		return ERR_SYNTAX;
	*ns_out = ns;
	*switches_out = switches;
	return 0;
}

int64_t
usage_parse_status(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (strncmp(line, name, n) == 0 && line[n] == ':')
			return strtoll(line + n + 1, NULL, 10) * 1024;
	}
	return -1;
}

static int
read_file(const char *path, char text[FILE_BYTES], struct errbuf *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	n = read(fd, text, FILE_BYTES - 1);
	close(fd);
	if (n < 0)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	text[n] = '\0';
	return 0;
}

/* Adds one thread's account; one that has just ended counts nothing. */
static void
add_thread(pid_t pid, const char *tid, struct usage *u)
{
	char path[320], text[FILE_BYTES];
	int64_t ns, switches;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid, tid);
	if (read_file(path, text, NULL) != 0 || usage_parse_schedstat(text, &ns, &switches) != 0)
		return;
	u->cpu_ns += ns;
	u->switches += switches;
	u->thread_count++;
}

static int
add_threads(pid_t pid, struct usage *u, struct errbuf *e)
{
	char path[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	if (dir == NULL)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			add_thread(pid, entry->d_name, u);
	}
	closedir(dir);
	return 0;
}

static int
add_process(pid_t pid, struct usage *u, struct errbuf *e)
{
	char path[64], text[FILE_BYTES];
	int64_t ticks;
	int rc;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	rc = read_file(path, text, e);
	if (rc != 0)
		return rc;
	if (usage_parse_stat(text, &ticks) != 0)
		return err_set(e, ERR_IO, "%s: not as expected", path);
	u->tick_ns = ticks * (1000000000 / sysconf(_SC_CLK_TCK));
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	rc = read_file(path, text, e);
	if (rc != 0)
		return rc;
	u->rss_bytes = usage_parse_status(text, "VmRSS");
	u->anon_bytes = usage_parse_status(text, "RssAnon");
	u->peak_bytes = usage_parse_status(text, "VmHWM");
	return 0;
}

int
usage_read(pid_t pid, struct usage *out, struct errbuf *e)
{
	struct usage u = {0};
	int rc = add_threads(pid, &u, e);

	if (rc == 0)
		rc = add_process(pid, &u, e);
	if (rc != 0)
		return rc;
	*out = u;
	return 0;
}
