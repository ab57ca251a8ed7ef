#include "maps.h"

#include "accounts.h"
#include "base.h"
#include "groups.h"
#include "mail.h"
#include "names.h"
#include "net.h"
#include "netgroup.h"
#include "profile.h"

/*
 * Rows in the order in which maps are read and written: shadow after passwd and
 * gshadow after group only name their files, since the account and group readers
 * take them in.
 */

static const struct map rows[MAP_COUNT] = {
    [MAP_PASSWD] = {"passwd", "/etc/passwd", "ou=People", "posixAccount", 0, accounts_read},
    [MAP_SHADOW] = {"shadow", "/etc/shadow", NULL, "shadowAccount", MAP_QUIET, NULL},
    [MAP_GROUP] = {"group", "/etc/group", "ou=Group", "posixGroup", 0, groups_read},
    [MAP_GSHADOW] = {"gshadow", "/etc/gshadow", NULL, "posixGroup", MAP_QUIET, NULL},
    [MAP_SERVICES] = {"services", "/etc/services", "ou=Services", "ipService", MAP_INLINE_COMMENT,
	names_read_services},
    [MAP_PROTOCOLS] = {"protocols", "/etc/protocols", "ou=Protocols", "ipProtocol",
	MAP_INLINE_COMMENT, names_read_protocols},
    [MAP_RPC] = {"rpc", "/etc/rpc", "ou=Rpc", "oncRpc", MAP_INLINE_COMMENT, names_read_rpc},
    [MAP_NETWORKS] = {"networks", "/etc/networks", "ou=Networks", "ipNetwork", MAP_INLINE_COMMENT,
	net_read_networks},
    [MAP_HOSTS] = {"hosts", "/etc/hosts", "ou=Hosts", "ipHost", MAP_INLINE_COMMENT, net_read_hosts},
    [MAP_ETHERS] = {"ethers", "/etc/ethers", "ou=Ethers", "ieee802Device",
	MAP_INLINE_COMMENT | MAP_NO_LIST, net_read_ethers},
    [MAP_NETGROUP] = {"netgroup", "/etc/netgroup", "ou=Netgroup", "nisNetgroup",
	MAP_BACKSLASH | MAP_NO_LIST, netgroup_read},
    [MAP_ALIASES] = {"aliases", "/etc/aliases", "ou=Aliases", "nisMailAlias", MAP_INDENT,
	mail_read_aliases},
    [MAP_BASE] = {"base", "", NULL, NULL, 0, base_make},
    [MAP_PROFILE] = {"profile", "", "ou=profile", "DUAConfigProfile", 0, profile_make},
};

const struct map *
maps_get(enum map_id id)
{
	return &rows[id];
}

int
maps_find(struct bv name, enum map_id *id_out)
{
	for (unsigned i = 0; i < MAP_SOURCES; i++) {
		if (bv_eq(name, bv_str(rows[i].name))) {
			*id_out = (enum map_id)i;
			return 1;
		}
	}
	return 0;
}
