#ifndef SLAPD_OP_TLSOP_H
#define SLAPD_OP_TLSOP_H

/* Extended operations about TLS: StartTLS (RFC 4511 4.14), and two of our own for the machine's
 * root over ldapi: reading the certificates again, and telling which one is in use. */

#define TLSOP_OID_RELOAD "2.25.86984604475757958756636892340540278960.6.1"
#define TLSOP_OID_STATUS "2.25.86984604475757958756636892340540278960.6.2"

struct op;

/* Handlers; each returns a result code, or OP_QUEUED. */
int tlsop_start(struct op *op);
int tlsop_reload(struct op *op);
int tlsop_status(struct op *op);

#endif
