#ifndef SLAPD_CONFIG_OPTTLS_H
#define SLAPD_CONFIG_OPTTLS_H

/* The rows of TLS. */

#include "base/bv.h"

struct conf_build;
struct errbuf;
struct option;

/* Each applies one value; see struct option. 0, or ERR_CONFIG with a text that names what was
 * expected. */
int opttls_file(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int opttls_ciphers(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int opttls_verify(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int opttls_crl(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);
int opttls_version(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e);

/* Checks what only all the rows together can tell: a certificate has its key, trust has a source.
 * 0, or ERR_CONFIG with a text. */
int opttls_check(struct conf_build *b, struct errbuf *e) __attribute__((warn_unused_result));

#endif
