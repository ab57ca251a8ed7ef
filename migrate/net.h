#ifndef MIGRATE_NET_H
#define MIGRATE_NET_H

/* networks, hosts, ethers: names for addresses (RFC 2307 5.6, 5.7 and ieee802Device). */

#include "migration.h"

/* Reads networks. Returns 0 or ERR_IO. */
int net_read_networks(struct migration *m) __attribute__((warn_unused_result));

/* Reads hosts: one entry per name and set of aliases with all addresses. Returns 0 or ERR_IO. */
int net_read_hosts(struct migration *m) __attribute__((warn_unused_result));

/* Reads ethers: one entry per name with all its hardware addresses. Returns 0 or ERR_IO. */
int net_read_ethers(struct migration *m) __attribute__((warn_unused_result));

/*
 * Returns text as a network number of four decimal parts ("10.1" gives "10.1.0.0"), or the absent
 * view when it is none.
 */
struct bv net_number(struct arena *arena, struct bv text);

/*
 * Returns the IPv4 or IPv6 address text in its usual form (RFC 5952), an IPv6 zone kept; the absent
 * view when it is none.
 */
struct bv net_address(struct arena *arena, struct bv text);

/* Returns the hardware address as six pairs of lower-case digits; the absent view when it is none.
 */
struct bv net_mac(struct arena *arena, struct bv text);

#endif
