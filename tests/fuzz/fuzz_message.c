/* LDAPMessage: any bytes get a verdict; a search that decodes must encode its filter again. */
#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "wire/filter.h"
#include "wire/message.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct message m;
	struct errbuf e;
	struct buf out;
	int code = -1;
	enum message_verdict v =
	    message_decode(a, bv_make(data, size), &message_default_limits, &m, &code, &e);

	if ((v == MESSAGE_OK) != (code == 0) || (v != MESSAGE_DISCONNECT && m.id < 1))
		abort();
	buf_init(&out);
	if (v == MESSAGE_OK && m.tag == LDAP_REQ_SEARCH)
		filter_encode(m.u.search.filter, &out);
	buf_done(&out);
	arena_free(&a);
	return 0;
}
