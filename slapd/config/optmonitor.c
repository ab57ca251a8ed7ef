#include "config/optmonitor.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/confbuild.h"
#include "config/option.h"

/* How the log is written, and where metrics are served. */

int
optmonitor_log_format(
    struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	if (!bv_is(value, "text") && !bv_is(value, "json"))
		return err_set(e, ERR_CONFIG, "%s: \"%.*s\" is not a format; expected text or json",
		    confbuild_name(b, o), BV(value));
	b->conf->log_json = bv_is(value, "json");
	return 0;
}

static bool
is_loopback(const char *host, bool *valid_out)
{
	struct in_addr four;
	struct in6_addr six;

	*valid_out = true;
	if (inet_pton(AF_INET, host, &four) == 1)
		return (ntohl(four.s_addr) >> 24) == 127;
	*valid_out = inet_pton(AF_INET6, host, &six) == 1;
	return *valid_out && IN6_IS_ADDR_LOOPBACK(&six);
}

/* Splits "127.0.0.1:9389" or "[::1]:9389". */
static bool
split(struct conf_build *b, struct bv value, const char **host_out, int64_t *port_out)
{
	size_t colon = value.n;

	while (colon > 0 && value.p[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return false;
	struct bv host = bv_make(value.p, colon - 1);
	if (host.p[0] == '[' && host.n > 2 && host.p[host.n - 1] == ']')
		host = bv_make(host.p + 1, host.n - 2);
	else if (bv_find(host, 0, ':') < host.n)
		return false;
	*host_out = arena_str(b->arena, host);
	return confbuild_number(bv_from(value, colon), port_out) && *port_out > 0 &&
	       *port_out <= UINT16_MAX;
}

int
optmonitor_metrics(struct conf_build *b, const struct option *o, struct bv value, struct errbuf *e)
{
	const char *host = NULL;
	int64_t port = 0;
	bool valid = false, loopback = false;

	if (split(b, value, &host, &port))
		loopback = is_loopback(host, &valid);
	if (!valid)
		return err_set(e, ERR_CONFIG,
		    "%s: \"%.*s\" is not an address and a port; expected 127.0.0.1:9389 or "
		    "[::1]:9389, with a port from 1 to 65535",
		    confbuild_name(b, o), BV(value));
	if (!loopback && !b->conf->metrics_remote)
		return err_set(e, ERR_CONFIG,
		    "%s: %.*s can be reached from other machines, and metrics are served without a "
		    "password; use 127.0.0.1, or allow it with metricsremote (musterMetricsRemote)",
		    confbuild_name(b, o), BV(value));
	b->conf->metrics_host = bv_str(host);
	b->conf->metrics_port = (uint16_t)port;
	return 0;
}
