#include "auth/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* Worker threads around one queue. */

enum { MAX_THREADS = 64, QUEUE_PER_THREAD = 64 };

struct pool {
	pthread_mutex_t lock; /* guards everything below but threads */
	pthread_cond_t wake;
	struct pool_job *first, **last;
	size_t waiting, queue_max;
	unsigned busy;
	bool stopping;
	pthread_t threads[MAX_THREADS];
	unsigned thread_count;
};

static struct pool_job *
take(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->busy--;
	while (p->first == NULL && !p->stopping)
		pthread_cond_wait(&p->wake, &p->lock);
	p->busy++;
	struct pool_job *job = p->first;
	if (job != NULL) {
		p->first = job->next;
		p->waiting--;
		if (p->first == NULL)
			p->last = &p->first;
	}
	pthread_mutex_unlock(&p->lock);
	return job;
}

static void *
work(void *arg)
{
	struct pool *p = arg;
	struct pool_job *job;

	while ((job = take(p)) != NULL)
		job->run(job);
	return NULL;
}

int
pool_start(unsigned threads, size_t queue_max, struct pool **out, struct errbuf *e)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return err_set(e, ERR_FULL, "out of memory starting the worker pool");
	if (threads == 0 || threads > MAX_THREADS)
		threads = threads == 0 ? 1 : MAX_THREADS;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	p->last = &p->first;
	p->queue_max = queue_max == 0 ? (size_t)threads * QUEUE_PER_THREAD : queue_max;
	p->busy = threads;
	for (; p->thread_count < threads; p->thread_count++) {
		int err = pthread_create(&p->threads[p->thread_count], NULL, work, p);
		if (err != 0) {
			pool_stop(&p);
			return err_set(
			    e, ERR_IO, "a worker thread cannot start: %s", strerror(err));
		}
	}
	*out = p;
	return 0;
}

int
pool_submit(struct pool *p, struct pool_job *job)
{
	int err = 0;

	job->next = NULL;
	pthread_mutex_lock(&p->lock);
	if (p->stopping) {
		err = ERR_CLOSED;
	} else if (p->waiting >= p->queue_max) {
		err = ERR_BUSY;
	} else {
		*p->last = job;
		p->last = &job->next;
		p->waiting++;
		pthread_cond_signal(&p->wake);
	}
	pthread_mutex_unlock(&p->lock);
	return err;
}

void
pool_load(struct pool *p, struct pool_load *out)
{
	pthread_mutex_lock(&p->lock);
	*out = (struct pool_load){p->thread_count, p->busy, p->waiting, p->queue_max};
	pthread_mutex_unlock(&p->lock);
}

void
pool_stop(struct pool **pp)
{
	struct pool *p = *pp;

	if (p == NULL)
		return;
	*pp = NULL;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->wake);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->thread_count; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
