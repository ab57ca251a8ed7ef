#ifndef MUSTER_STATUS_H
#define MUSTER_STATUS_H

/*
 * muster status: what a server says about itself. argv[0] is the verb. Prints a table, or
 * reasons on standard error. Returns 0, 1 when the server cannot be asked or refuses, or
 * 2 for wrong usage.
 */
int status_main(int argc, char **argv);

#endif
