#ifndef SLAPD_STORE_SORTER_H
#define SLAPD_STORE_SORTER_H

/*
 * Sorts any number of (key, ID) pairs in bounded memory: runs are sorted in memory,
 * written to unnamed files in a directory when more follows, and merged when read. IDs must
 * come in ascending order; pairs that repeat come out once.
 */

#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct errbuf;
struct sorter;

/* Makes a sorter that uses about run_bytes of memory and files in the directory. */
struct sorter *sorter_new(const char *directory, size_t run_bytes);
void sorter_free(struct sorter **s);

/* Adds a pair; the key has 3 to 512 bytes. 0, ERR_FULL, ERR_IO. */
int sorter_add(struct sorter *s, struct bv key, uint64_t id, struct errbuf *e)
    __attribute__((warn_unused_result));

/* Ends adding. 0, ERR_FULL, ERR_IO. */
int sorter_finish(struct sorter *s, struct errbuf *e) __attribute__((warn_unused_result));

/* Gives the next pair in order of key, then ID. 1, 0 at the end, ERR_IO. The key is valid until the
 * next call. */
int sorter_next(struct sorter *s, struct bv *key_out, uint64_t *id_out)
    __attribute__((warn_unused_result));

#endif
