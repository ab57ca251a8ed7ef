#include "tests/bench/secure.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/err.h"

/* One context serves all connections; sessions are not resumed, so each pays its handshake. */

struct secure {
	SSL *ssl;
};

static SSL_CTX *
context(void)
{
	static SSL_CTX *ctx;

	if (ctx == NULL) {
		ctx = SSL_CTX_new(TLS_client_method());
		if (ctx == NULL)
			abort();
		SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
		SSL_CTX_set_mode(
		    ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	}
	return ctx;
}

int
secure_open(int fd, struct secure **out, struct errbuf *e)
{
	SSL *ssl = SSL_new(context());
	struct secure *s;
	char text[160];

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1) {
		ERR_error_string_n(ERR_get_error(), text, sizeof(text));
		SSL_free(ssl);
		return err_set(e, ERR_IO, "TLS handshake: %s", text);
	}
	s = malloc(sizeof(*s));
	if (s == NULL)
		abort();
	s->ssl = ssl;
	*out = s;
	return 0;
}

void
secure_free(struct secure **s)
{
	if (*s == NULL)
		return;
	SSL_free((*s)->ssl);
	free(*s);
	*s = NULL;
}

/* Translates what SSL_read and SSL_write return. */
static ssize_t
result_of(struct secure *s, int rc)
{
	int error;

	if (rc > 0)
		return rc;
	error = SSL_get_error(s->ssl, rc);
	ERR_clear_error();
	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : ERR_CLOSED;
}

ssize_t
secure_read(struct secure *s, void *p, size_t n)
{
	return result_of(s, SSL_read(s->ssl, p, n > 1 << 20 ? 1 << 20 : (int)n));
}

ssize_t
secure_write(struct secure *s, const void *p, size_t n)
{
	return result_of(s, SSL_write(s->ssl, p, n > 1 << 20 ? 1 << 20 : (int)n));
}

bool
secure_pending(const struct secure *s)
{
	return SSL_has_pending(s->ssl) == 1;
}
