#ifndef SLAPD_NET_CONNOPS_H
#define SLAPD_NET_CONNOPS_H

/* The outstanding operations of a connection. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;
struct op;

/* Returns the operation with this message ID other than except, or NULL. owner: the connection. */
struct op *connops_find(void *owner, int32_t id, const struct op *except);

/* Takes an operation off the list and frees it. */
void connops_forget(struct conn *c, struct op *op);

/* Drops what only this loop holds; operations on other threads keep the connection in memory. */
void connops_drop(struct conn *c);

/* Runs a slice of every search that yielded, until so many bytes of output wait. */
void connops_continue(struct conn *c, size_t pause_bytes);

/* Returns whether a search waits for its next slice. */
bool connops_any_yielded(const struct conn *c);

#endif
