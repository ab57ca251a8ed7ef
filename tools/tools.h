#ifndef TOOLS_TOOLS_H
#define TOOLS_TOOLS_H

/* The command-line tools that are linked into slapd: which one is meant, and running it. */

/*
 * Returns the tool ("slapadd" ...) that a program's base name or the argument of -T means, or NULL.
 * A program name must be a tool's; a -T argument may be any beginning of a tool's name without
 * "slap" in any case: "a", "add", "c"; where several fit the first of add, cat, dn, index, modify,
 * passwd, test, schema, acl, auth is meant; a single "A" means acl.
 */
const char *tools_name(const char *argv0_or_T);

/* Runs a tool that tools_name gave; argv[0] is the program, -T is gone. Returns the exit status. */
int tools_main(const char *name, int argc, char **argv);

/* The tools. Each returns its exit status. */
int slapadd_main(int argc, char **argv);
int slapcat_main(int argc, char **argv);
int slapdn_main(int argc, char **argv);
int slapindex_main(int argc, char **argv);
int slapmodify_main(int argc, char **argv);
int slappasswd_main(int argc, char **argv);
int slaptest_main(int argc, char **argv);
int slapschema_main(int argc, char **argv);
int slapacl_main(int argc, char **argv);
int slapauth_main(int argc, char **argv);

#endif
