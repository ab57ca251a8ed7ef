#ifndef MIGRATE_NAMES_H
#define MIGRATE_NAMES_H

/* services, protocols, rpc: names for numbers (RFC 2307 5.3 to 5.5). */

#include "migration.h"

/* Reads services: one entry per name and port with all protocols. Returns 0 or ERR_IO. */
int names_read_services(struct migration *m) __attribute__((warn_unused_result));

/* Reads protocols. Returns 0 or ERR_IO. */
int names_read_protocols(struct migration *m) __attribute__((warn_unused_result));

/* Reads rpc. Returns 0 or ERR_IO. */
int names_read_rpc(struct migration *m) __attribute__((warn_unused_result));

#endif
