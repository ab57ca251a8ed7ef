#ifndef MIGRATE_SERVER_H
#define MIGRATE_SERVER_H

/*
 * The one door to libldap's client side: a bound connection, entries read as
 * records, operations sent without waiting and their results.
 */

#include "options.h"
#include "plan.h"
#include "record.h"

struct server;

/* What became of an operation. */
struct server_result {
	int id;	  /* as the sending function gave it */
	int code; /* an LDAP result code, or libldap's (negative) when the connection failed */
	char text[256];
};

/* Connects, starts TLS and binds as the options say. Returns 0, or ERR_IO after saying why not. */
int server_open(const struct options *opt, struct arena *arena, struct server **out)
    __attribute__((warn_unused_result));

/* Unbinds and closes; NULL is fine. */
void server_close(struct server **server);

/* Returns the URI that it is connected to. */
const char *server_uri(const struct server *server);

/*
 * Reads the entry dn with its user attributes. Returns LDAP_SUCCESS and sets *out, or another code,
 * LDAP_NO_SUCH_OBJECT among them, with *out untouched.
 */
int server_read(struct server *server, struct bv dn, struct record **out);

/*
 * Adds all entries directly below dn to list, page by page. Returns the last result code:
 * LDAP_SUCCESS when all were read, LDAP_NO_SUCH_OBJECT when dn does not exist.
 */
int server_read_below(struct server *server, struct bv dn, struct records *list);

/*
 * Reads the object class definitions that the server publishes. Returns the attribute, or NULL when
 * they cannot be read.
 */
const struct record_attr *server_classes(struct server *server);

/* Sends an add of the entry. Returns 0 and its id, or ERR_IO after saying why. */
int server_send_add(struct server *server, const struct record *rec, int *id_out)
    __attribute__((warn_unused_result));

/* Sends a modify with these parts. Returns 0 and its id, or ERR_IO after saying why. */
int server_send_modify(struct server *server, struct bv dn, const struct plan_part *parts,
    int *id_out) __attribute__((warn_unused_result));

/* Sends a delete. Returns 0 and its id, or ERR_IO after saying why. */
int server_send_delete(struct server *server, struct bv dn, int *id_out)
    __attribute__((warn_unused_result));

/* Waits for the result of the operation id, or of any (id -1). */
void server_wait(struct server *server, int id, struct server_result *out);

/* Writes an LDAP result code in words, with the server's own text when it gave one. */
void server_print_error(struct bv dn, const struct server_result *result);

#endif
