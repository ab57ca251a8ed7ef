#ifndef TESTS_BENCH_USAGE_H
#define TESTS_BENCH_USAGE_H

/* What a process has used, from the kernel's accounts in /proc. */

#include <stdint.h>
#include <sys/types.h>

struct errbuf;

struct usage {
	int64_t cpu_ns;	    /* on a processor, all threads that live: schedstat */
	int64_t tick_ns;    /* user and system time of the process, ended threads too: stat */
	int64_t switches;   /* times that a thread was put on a processor */
	int64_t rss_bytes;  /* resident, mapped files included */
	int64_t anon_bytes; /* of these, memory that no file backs */
	int64_t peak_bytes; /* the most that was resident */
	int64_t thread_count;
};

/* Reads the accounts of a process. Returns 0 or ERR_IO with *e naming the file. */
int usage_read(pid_t pid, struct usage *out, struct errbuf *e) __attribute__((warn_unused_result));

/* Reads user and system ticks of a /proc/PID/stat line. Returns 0 or ERR_SYNTAX. */
int usage_parse_stat(const char *text, int64_t *ticks_out) __attribute__((warn_unused_result));

/* Reads a /proc/PID/schedstat line. Returns 0 or ERR_SYNTAX. */
int usage_parse_schedstat(const char *text, int64_t *ns_out, int64_t *switches_out)
    __attribute__((warn_unused_result));

/* Returns the bytes of a "Name:  N kB" line of /proc/PID/status, or -1 when there is none. */
int64_t usage_parse_status(const char *text, const char *name);

#endif
