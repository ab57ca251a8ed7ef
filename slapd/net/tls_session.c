#include "net/tls_session.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "net/tls_context.h"
#include "net/tls_impl.h"

/*
 * A session. OpenSSL's error queue is the thread's: it is emptied before each call whose
 * outcome is asked for. Writes may be repeated from a moved buffer with more bytes in it.
 */

struct tls_session {
	SSL *ssl;
	struct tls_context *context;
	uint8_t *subject; /* DER; OpenSSL's memory */
	size_t subject_n;
	bool ready;  /* the handshake is over */
	bool broken; /* nothing more may be sent */
	bool more;   /* another read has something to say, whatever the socket shows */
	bool read_wants_write, write_wants_read;
};

struct tls_session *
tls_session_new(struct tls_context *x, int fd)
{
	struct tls_session *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->ssl = SSL_new(x->ssl);
	if (s->ssl == NULL || SSL_set_fd(s->ssl, fd) != 1) {
		SSL_free(s->ssl);
		free(s);
		return NULL;
	}
	SSL_set_accept_state(s->ssl);
	SSL_set_read_ahead(s->ssl, 1);
	s->context = tls_context_ref(x);
	return s;
}

void
tls_session_free(struct tls_session **sp)
{
	struct tls_session *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	ERR_clear_error();
	if (s->ready && !s->broken)
		SSL_shutdown(s->ssl);
	ERR_clear_error();
	OPENSSL_free(s->subject);
	SSL_free(s->ssl);
	tls_context_unref(&s->context);
	free(s);
}

/* ---- handshake ---- */

static const struct {
	int reason;
	const char *text;
} reasons[] = {
    {SSL_R_WRONG_VERSION_NUMBER, "the peer does not speak TLS on this connection"},
    {SSL_R_HTTP_REQUEST, "the peer sent HTTP instead of TLS"},
    {SSL_R_HTTPS_PROXY_REQUEST, "the peer sent HTTP instead of TLS"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "the client offers no TLS version that TLSProtocolMin allows"},
    {SSL_R_VERSION_TOO_LOW, "the client offers no TLS version that TLSProtocolMin allows"},
    {SSL_R_NO_SHARED_CIPHER, "the client offers no cipher that TLSCipherSuite allows"},
    {SSL_R_NO_SUITABLE_KEY_SHARE, "the client offers no curve that TLSECName allows"},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE,
	"the client sent no certificate, which TLSVerifyClient demands"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "the client does not trust the authority of the certificate"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "the client refuses the certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "the client refuses the certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "the client says that the certificate has expired"},
};

static int
explain(const struct tls_session *s, struct errbuf *e)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_REASON(code);
	long verify = SSL_get_verify_result(s->ssl);

	if (code == 0)
		return err_set(e, ERR_CLOSED, "the client has closed the connection");
	if (ERR_GET_LIB(code) != ERR_LIB_SSL)
		reason = 0;
	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
		return err_set(e, ERR_DENIED, "the client's certificate is refused: %s",
		    X509_verify_cert_error_string(verify));
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reason == reasons[i].reason)
			return err_set(e, ERR_DENIED, "%s", reasons[i].text);
	}
	const char *text = ERR_reason_error_string(code);
	return err_set(e, ERR_DENIED, "%s", text == NULL ? "unknown reason" : text);
}

static void
keep_subject(struct tls_session *s)
{
	X509 *peer = SSL_get0_peer_certificate(s->ssl);

	if (peer == NULL || tls_trust_is_bad(s->ssl) || SSL_get_verify_result(s->ssl) != X509_V_OK)
		return;
	int n = i2d_X509_NAME(X509_get_subject_name(peer), &s->subject);
	s->subject_n = n > 0 ? (size_t)n : 0;
}

enum tls_step
tls_session_handshake(struct tls_session *s, struct errbuf *e)
{
	ERR_clear_error();
	int rc = SSL_do_handshake(s->ssl);
	if (rc == 1) {
		s->ready = true;
		s->more = true; /* a read that finds nothing gives OpenSSL's buffer back */
		keep_subject(s);
		return TLS_STEP_DONE;
	}
	switch (SSL_get_error(s->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return TLS_STEP_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_STEP_WRITE;
	default:
		explain(s, e);
		ERR_clear_error();
		s->broken = true;
		return TLS_STEP_FAILED;
	}
}

void
tls_session_facts(const struct tls_session *s, struct tls_facts *out)
{
	const SSL_CIPHER *c = SSL_get_current_cipher(s->ssl);
	int bits = c == NULL ? 0 : SSL_CIPHER_get_bits(c, NULL);

	*out = (struct tls_facts){
	    .ssf = bits < 0 ? 0 : (unsigned)bits,
	    .protocol = SSL_get_version(s->ssl),
	    .cipher = c == NULL ? "none" : SSL_CIPHER_get_name(c),
	    .subject = bv_make(s->subject_n == 0 ? NULL : s->subject, s->subject_n),
	};
}

/* ---- data ---- */

/* Turns OpenSSL's outcome into errno; returns 0 at the peer's end, else -1. */
static ssize_t
outcome(struct tls_session *s, int rc, bool *wants_other, int other)
{
	int why = SSL_get_error(s->ssl, rc);

	*wants_other = why == other;
	if (why == SSL_ERROR_ZERO_RETURN)
		return 0;
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
		errno = EAGAIN;
		return -1;
	}
	s->broken = true;
	ERR_clear_error();
	errno = EPROTO;
	return -1;
}

ssize_t
tls_session_read(struct tls_session *s, uint8_t *p, size_t n)
{
	size_t got = 0, k;

	s->read_wants_write = s->more = false;
	while (got < n) {
		ERR_clear_error();
		int rc = SSL_read_ex(s->ssl, p + got, n - got, &k);
		if (rc != 1) {
			ssize_t end = outcome(s, rc, &s->read_wants_write, SSL_ERROR_WANT_WRITE);
			s->more = got > 0 && (end == 0 || s->broken);
			return got > 0 ? (ssize_t)got : end;
		}
		got += k;
		s->more = SSL_has_pending(s->ssl) != 0;
		if (!s->more)
			break;
	}
	return (ssize_t)got;
}

ssize_t
tls_session_write(struct tls_session *s, const uint8_t *p, size_t n)
{
	size_t sent;

	s->write_wants_read = false;
	ERR_clear_error();
	int rc = SSL_write_ex(s->ssl, p, n, &sent);
	if (rc == 1)
		return (ssize_t)sent;
	ssize_t end = outcome(s, rc, &s->write_wants_read, SSL_ERROR_WANT_READ);
	if (end == 0)
		errno = EPIPE;
	return -1;
}

bool
tls_session_pending(const struct tls_session *s)
{
	return s->more;
}

bool
tls_session_read_wants_write(const struct tls_session *s)
{
	return s->read_wants_write;
}

bool
tls_session_write_wants_read(const struct tls_session *s)
{
	return s->write_wants_read;
}
