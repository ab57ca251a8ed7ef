#include "net/tls_box.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "config/conf.h"
#include "net/tls_context.h"
#include "net/tls_impl.h"

/*
 * A changed file is read when two looks, a second apart, saw the same: certificate and key
 * are seldom written in one instant. What failed is not tried again before it changes.
 */

struct tls_box {
	pthread_mutex_t lock; /* guards context */
	struct tls_context *context;
	/* The watcher's own: what it saw last, and what it has dealt with. */
	const struct tls_context *watched; /* compared only */
	struct tls_mark seen[TLS_MARKS], done[TLS_MARKS];
};

int
tls_box_new(const struct conf *c, struct tls_box **out, struct errbuf *e)
{
	struct tls_box *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return err_set(e, ERR_FULL, "out of memory for TLS");
	pthread_mutex_init(&b->lock, NULL);
	int err = c == NULL ? 0 : tls_context_new(c, &b->context, e);
	if (err != 0) {
		tls_box_free(&b);
		return err;
	}
	if (b->context != NULL && tls_context_problem(b->context)[0] != 0)
		log_error("WARNING: %s. Until then clients that verify it are lost",
		    tls_context_problem(b->context));
	*out = b;
	return 0;
}

void
tls_box_free(struct tls_box **bp)
{
	struct tls_box *b = *bp;

	*bp = NULL;
	if (b == NULL)
		return;
	tls_context_unref(&b->context);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

struct tls_context *
tls_box_get(struct tls_box *b)
{
	pthread_mutex_lock(&b->lock);
	struct tls_context *x = tls_context_ref(b->context);
	pthread_mutex_unlock(&b->lock);
	return x;
}

/* Puts x in place, unless something else than expected is there now. Takes the reference over. */
static bool
replace(struct tls_box *b, const struct tls_context *expected, struct tls_context *x)
{
	pthread_mutex_lock(&b->lock);
	bool fits = b->context == expected;
	struct tls_context *old = fits ? b->context : x;
	if (fits)
		b->context = x;
	pthread_mutex_unlock(&b->lock);
	tls_context_unref(&old);
	return fits;
}

void
tls_box_set(struct tls_box *b, struct tls_context *x)
{
	pthread_mutex_lock(&b->lock);
	struct tls_context *old = b->context;
	b->context = x;
	pthread_mutex_unlock(&b->lock);
	tls_context_unref(&old);
}

static int
refuse_invalid(struct tls_context **x, struct errbuf *e)
{
	if (*x == NULL || tls_context_problem(*x)[0] == 0)
		return 0;
	err_set(e, ERR_CONFIG, "%s", tls_context_problem(*x));
	tls_context_unref(x);
	return ERR_CONFIG;
}

int
tls_box_prepare(struct tls_box *b, const struct conf *c, struct tls_context **out, struct errbuf *e)
{
	struct tls_context *x = tls_box_get(b);

	if (!tls_context_is_of(x, &c->tls)) {
		tls_context_unref(&x);
		int err = tls_context_new(c, &x, e);
		if (err == 0)
			err = refuse_invalid(&x, e);
		if (err != 0)
			return err;
	}
	*out = x;
	return 0;
}

/* Reads the files of the context again and puts the result in place. */
static int
renew(struct tls_box *b, const struct tls_context *old, struct errbuf *e)
{
	struct tls_context *x = NULL;
	int err = tls_context_again(old, &x, e);

	/* One that is not valid replaces another such one only. */
	if (err == 0 && tls_context_problem(old)[0] == 0)
		err = refuse_invalid(&x, e);
	if (err != 0)
		return err;
	if (replace(b, old, x))
		log_msg(LOG_L_NONE, "TLS: the certificate and the files around it were read again");
	return 0;
}

int
tls_box_reload(struct tls_box *b, struct errbuf *e)
{
	struct tls_context *old = tls_box_get(b);

	if (old == NULL)
		return err_set(e, ERR_NOT_FOUND,
		    "no TLS certificate is configured; set olcTLSCertificateFile and "
		    "olcTLSCertificateKeyFile in cn=config");
	int err = renew(b, old, e);
	tls_context_unref(&old);
	return err;
}

/* Looks at the files. Returns whether they differ from those dealt with and rest. */
static bool
have_changed(struct tls_box *b, const struct tls_context *x)
{
	size_t count;
	const struct tls_mark *marks = tls_context_marks(x, &count);
	bool resting = b->watched == x, differ = false;

	for (size_t i = 0; i < count; i++) {
		struct tls_mark now;
		if (b->watched != x)
			b->done[i] = b->seen[i] = marks[i];
		tls_file_mark(&now, marks[i].path);
		resting = resting && tls_file_same(&now, &b->seen[i]);
		differ = differ || !tls_file_same(&now, &b->done[i]);
		b->seen[i] = now;
	}
	b->watched = x;
	return differ && resting;
}

void
tls_box_tick(struct tls_box *b)
{
	struct errbuf e = {""};
	struct tls_context *x = tls_box_get(b);

	if (x != NULL && have_changed(b, x)) {
		memcpy(b->done, b->seen, sizeof(b->done));
		if (renew(b, x, &e) != 0)
			log_error("TLS: files have changed, but cannot be used; the old "
				  "certificate stays in use. %s",
			    e.text);
	}
	tls_context_unref(&x);
}

int
tls_box_describe(struct tls_box *b, char *out, size_t size)
{
	struct tls_context *x = tls_box_get(b);

	if (x == NULL)
		return ERR_NOT_FOUND;
	tls_context_describe(x, out, size);
	tls_context_unref(&x);
	return 0;
}
