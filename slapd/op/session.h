#ifndef SLAPD_OP_SESSION_H
#define SLAPD_OP_SESSION_H

/* What operations know of the connection they came by, and who is behind it. */

#include <stdbool.h>
#include <stdint.h>
#include "acl/peer.h"
#include "base/bv.h"
#include "op/counters.h"

struct arena;
struct op;

/* Who a connection is. Replaced as a whole by a Bind; operations hold the one they began with. */
struct identity {
	struct bv dn;	   /* pretty; "" anonymous */
	struct bv normal;  /* "" anonymous */
	bool machine_root; /* root over ldapi by SASL EXTERNAL */
};

/* What operations know of and change on their connection. Lives as long as the connection. */
struct session {
	uint64_t conn_id;
	struct arena *arena; /* identity texts; reset by each bind */
	struct identity identity;
	bool authenticated;	     /* a successful bind other than anonymous */
	uint8_t protocol;	     /* LDAP version of the last bind; 0: there was none */
	bool local;		     /* ldapi */
	bool saslbind_in_progress;   /* SASL EXTERNAL waits for its authorization identity */
	uint32_t peer_uid, peer_gid; /* ldapi */
	struct acl_peer peer;  /* names and strength of the connection, for rules and limits */
	bool tls;	       /* the bytes go through TLS */
	struct bv tls_subject; /* normal DN of the client's verified certificate; absent: none */
	struct counters_conn stats; /* what cn=Monitor shows of the connection */
	bool sasl_bound;	    /* the identity came by SASL (EXTERNAL ...) */
	void *owner;
	/* Finds an outstanding operation of the connection by message ID, for Abandon and Cancel.
	 */
	struct op *(*find)(void *owner, int32_t message_id, const struct op *except);
	/*
	 * Begins TLS once the response of this operation is out (RFC 4511 4.14). 0, or the result
	 * code with *text_out. NULL: the transport has none.
	 */
	int (*start_tls)(void *owner, const char **text_out);
};

/* Returns whether the transport tells who the peer is, so that SASL EXTERNAL has a use. */
static inline bool
session_has_external(const struct session *s)
{
	return s->local || s->tls_subject.n > 0;
}

#endif
