#ifndef TOOLS_CHOOSE_H
#define TOOLS_CHOOSE_H

struct common;

/*
 * Chooses c->db by -b, -n, or the first database that holds entries. Returns 0, or 1 after saying
 * what is wrong. cn=config is chosen by -n 0 or -b cn=config only.
 */
int choose_database(struct common *c) __attribute__((warn_unused_result));

#endif
