#ifndef SLAPD_STORE_WRITER_H
#define SLAPD_STORE_WRITER_H

/*
 * Group commit: one thread per database drains a bounded queue of jobs into one
 * transaction, commits once, then tells every job. See DESIGN "Writes".
 */

#include <stddef.h>
#include <stdint.h>

struct errbuf;
struct store;
struct store_write;
struct writer;

/*
 * A write. The owner embeds it. run() is called on the writer thread: it checks everything, then
 * changes the store through w. It returns 0 when the transaction is consistent (the operation
 * applied, or was refused and changed nothing) or an ERR_* when it failed half-way: the batch is
 * then aborted and every job of it run again alone, so run() must start afresh each time it is
 * called. done() is called once on the writer thread after the commit: error is 0 when what run()
 * did is on disk, else the ERR_* that lost it.
 */
struct write_job {
	struct write_job *next;
	int (*run)(struct write_job *job, struct store_write *w);
	void (*done)(struct write_job *job, int error, const char *text);
};

/* Starts the thread. queue_max: jobs waiting before writer_submit refuses (0: 4096). */
int writer_start(struct store *s, size_t queue_max, struct writer **out, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Queues a job from any thread. 0, ERR_BUSY (queue full) or ERR_CLOSED (stopping). */
int writer_submit(struct writer *w, struct write_job *job) __attribute__((warn_unused_result));

/*
 * Waits until the thread is between two lists of jobs and keeps it there: nothing is written or
 * built until writer_resume. Jobs may be submitted all the while. One pause at a time.
 */
void writer_pause(struct writer *w);
void writer_resume(struct writer *w);

/* Runs what is queued, then ends the thread and frees. */
void writer_stop(struct writer **w);

/* After an I/O error the database is read-only until restart: returns the text, or NULL when
 * healthy. */
const char *writer_failure(const struct writer *w);

#endif
