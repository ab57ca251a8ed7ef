#ifndef MUSTER_TLS_H
#define MUSTER_TLS_H

/*
 * muster tls: shows which certificate a server uses (status), or has it read the files again
 * (reload). argv[0] is the verb. For root on the server's machine. Returns 0, 1 when the server
 * refuses or cannot be asked, or 2 for wrong usage.
 */
int tls_main(int argc, char **argv);

#endif
