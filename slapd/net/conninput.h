#ifndef SLAPD_NET_CONNINPUT_H
#define SLAPD_NET_CONNINPUT_H

/* From the bytes of a peer to operations that run. */

#include <stdbool.h>
#include <stddef.h>
#include "base/bv.h"

struct conn;

/* Returns how much output the peer has not taken yet. */
size_t conninput_unread_bytes(const struct conn *c);

/* Returns at how many such bytes operations pause, and whether that is reached. */
size_t conninput_pause_bytes(const struct conn *c);
bool conninput_output_is_full(const struct conn *c);

/* Returns whether another request may be started now. */
bool conninput_may_start(const struct conn *c);

/* Uses bytes just read: starts what is complete, keeps the rest. */
void conninput_put(struct conn *c, struct bv bytes);

/* Starts what has waited: the held Bind, requests that were kept. */
void conninput_go_on(struct conn *c);

/* Puts a notice of disconnection (RFC 4511 4.4.1) into the output; the connection then ends. */
void conninput_disconnect(struct conn *c, int code, const char *text);

#endif
