#include "writer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "env.h"

/*
 * The writing thread. A batch is what waits when the thread looks, up to a number of jobs
 * and a time; one commit, and so one fsync, serves them all. Jobs of a batch that could
 * not be committed for want of room are tried again alone; after an I/O error nothing is
 * tried again, because the kernel may have lost dirty pages that look clean.
 */

enum { QUEUE_MAX = 4096, BATCH_JOBS = 512, BATCH_MS = 16 };

struct writer {
	struct store *store;
	pthread_t thread;
	pthread_mutex_t lock; /* guards head, tail, waiting, stopping, woken, paused, busy */
	pthread_cond_t wake;  /* there is work, or a reason to look */
	pthread_cond_t idle;  /* not busy any more */
	struct write_job *head, **tail;
	size_t waiting, queue_max;
	bool stopping, paused;
	bool busy;  /* the thread runs jobs or builds */
	bool woken; /* there is something to build */
	atomic_bool failed;
	char failure[512]; /* written once, before failed is set */
};

static void
finish(struct write_job *job, int error, const char *text)
{
	while (job != NULL) {
		struct write_job *next = job->next;
		job->done(job, error, text);
		job = next;
	}
}

static void
fail_for_good(struct writer *w, const char *text)
{
	if (atomic_load(&w->failed))
		return;
	snprintf(w->failure, sizeof(w->failure), "%s; read-only until restart", text);
	atomic_store(&w->failed, true);
	log_error("%s", w->failure);
}

const char *
writer_failure(const struct writer *w)
{
	return atomic_load(&w->failed) ? w->failure : NULL;
}

/* Runs jobs from first, at most max or until time is up; *last_out is the last that ran. */
static int
run_jobs(struct store_write *txn, struct write_job *first, size_t max, struct write_job **last_out)
{
	int64_t until_ms = clock_mono_ms() + BATCH_MS;
	struct write_job *job = first;

	for (size_t n = 1;; n++) {
		int rc = job->run(job, txn);
		*last_out = job;
		if (rc != 0)
			return rc;
		if (job->next == NULL || n >= max || clock_mono_ms() >= until_ms)
			return 0;
		job = job->next;
	}
}

/* Runs jobs in one transaction and commits. *rest_out: the jobs that were left for later. */
static int
commit_jobs(struct writer *w, struct write_job *first, size_t max, struct write_job **rest_out,
    struct errbuf *e)
{
	struct store_write *txn;
	struct write_job *last = first;
	int rc = store_write_begin(w->store, &txn, e);

	if (rc != 0) {
		*rest_out = first->next;
		first->next = NULL;
		return rc;
	}
	rc = run_jobs(txn, first, max, &last);
	*rest_out = last->next;
	last->next = NULL;
	if (rc != 0) {
		store_write_abort(&txn);
		return err_set(e, rc, "the change could not be stored: %s", err_text(rc));
	}
	rc = store_write_commit(&txn, e);
	if (rc == ERR_IO)
		fail_for_good(w, e->text);
	return rc;
}

/* Runs one job alone, whose batch has failed. */
static void
run_alone(struct writer *w, struct write_job *job)
{
	struct errbuf e = {""};
	struct write_job *rest;

	job->next = NULL;
	if (atomic_load(&w->failed)) {
		finish(job, ERR_IO, w->failure);
		return;
	}
	int rc = commit_jobs(w, job, 1, &rest, &e);
	finish(job, rc, rc == 0 ? "" : e.text);
}

static void
run_each_alone(struct writer *w, struct write_job *job)
{
	while (job != NULL) {
		struct write_job *next = job->next;
		run_alone(w, job);
		job = next;
	}
}

/* Runs a list of jobs to its end, batch by batch. */
static void
run_list(struct writer *w, struct write_job *job)
{
	struct write_job *rest;

	for (; job != NULL; job = rest) {
		struct errbuf e = {""};
		if (atomic_load(&w->failed)) {
			finish(job, ERR_IO, w->failure);
			return;
		}
		int rc = commit_jobs(w, job, BATCH_JOBS, &rest, &e);
		if (rc == 0)
			finish(job, 0, "");
		else if (rc == ERR_IO || (job->next == NULL && rest == NULL))
			finish(job, rc, e.text);
		else
			run_each_alone(w, job);
	}
}

/* Takes everything that waits; NULL when nothing does. Waits when told to. */
static struct write_job *
take(struct writer *w, bool wait, bool *stopping_out)
{
	pthread_mutex_lock(&w->lock);
	w->busy = false;
	pthread_cond_signal(&w->idle);
	while (!w->stopping && (w->paused || (wait && w->head == NULL && !w->woken)))
		pthread_cond_wait(&w->wake, &w->lock);
	w->busy = true;
	struct write_job *jobs = w->head;
	w->head = NULL;
	w->tail = &w->head;
	w->waiting = 0;
	w->woken = false;
	*stopping_out = w->stopping;
	pthread_mutex_unlock(&w->lock);
	return jobs;
}

/* Does a step of index building. Returns whether there is more. */
static bool
build(struct writer *w)
{
	struct errbuf e = {""};

	if (atomic_load(&w->failed) || !store_builder_pending(w->store))
		return false;
	int rc = store_builder_step(w->store, &e);
	if (rc == ERR_IO)
		fail_for_good(w, e.text);
	else if (rc < 0)
		log_error("%s; indexes stay as they are until the next change", e.text);
	return rc == 1;
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;
	bool stopping = false, more = true;

	for (;;) {
		struct write_job *jobs = take(w, !more, &stopping);
		if (jobs != NULL)
			run_list(w, jobs);
		else if (stopping)
			return NULL;
		more = !stopping && build(w);
	}
}

/* Called by store_configure on its thread. */
static void
wake(void *arg)
{
	struct writer *w = arg;

	pthread_mutex_lock(&w->lock);
	w->woken = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

int
writer_start(struct store *s, size_t queue_max, struct writer **out, struct errbuf *e)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return err_set(e, ERR_LIMIT, "out of memory for the writer");
	w->store = s;
	w->queue_max = queue_max == 0 ? QUEUE_MAX : queue_max;
	w->tail = &w->head;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	pthread_cond_init(&w->idle, NULL);
	int rc = pthread_create(&w->thread, NULL, writer_main, w);
	if (rc != 0) {
		free(w);
		return err_set(e, ERR_IO, "the writing thread cannot be started: %s", strerror(rc));
	}
	env_on_work(s, wake, w);
	*out = w;
	return 0;
}

int
writer_submit(struct writer *w, struct write_job *job)
{
	int rc = 0;

	pthread_mutex_lock(&w->lock);
	if (w->stopping) {
		rc = ERR_CLOSED;
	} else if (w->waiting >= w->queue_max) {
		rc = ERR_BUSY;
	} else {
		job->next = NULL;
		*w->tail = job;
		w->tail = &job->next;
		w->waiting++;
		pthread_cond_signal(&w->wake);
	}
	pthread_mutex_unlock(&w->lock);
	return rc;
}

void
writer_pause(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->paused = true;
	while (w->busy)
		pthread_cond_wait(&w->idle, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

void
writer_resume(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->paused = false;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void
writer_stop(struct writer **wp)
{
	struct writer *w = *wp;

	*wp = NULL;
	if (w == NULL)
		return;
	env_on_work(w->store, NULL, NULL);
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->idle);
	free(w);
}
