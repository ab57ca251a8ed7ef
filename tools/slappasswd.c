#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "auth/passwd.h"
#include "base/arena.h"
#include "base/err.h"
#include "tools/common.h"
#include "tools/tools.h"

/*
 * slappasswd: a stored password from a clear one. The clear text is kept in an arena
 * that is wiped; a terminal does not echo it.
 */

enum { GENERATED_LETTERS = 12, MAX_SALT_LETTERS = 64, MAX_INPUT = 4096 };

struct run {
	struct common c;
	const char *scheme;	 /* -h */
	const char *salt_format; /* -c */
	const char *secret;	 /* -s */
	const char *secret_file; /* -T */
	bool generate;		 /* -g */
	bool no_newline;	 /* -n */
	struct arena *clear;	 /* wiped */
};

static bool
own_option(struct common *c, int letter, const char *arg)
{
	struct run *r = c->own_data;

	switch (letter) {
	case 'c':
		r->salt_format = arg;
		return true;
	case 'h':
		r->scheme = arg;
		return true;
	case 's':
		r->secret = arg;
		return true;
	case 'T':
		r->secret_file = arg;
		return true;
	case 'g':
		r->generate = true;
		return true;
	case 'n':
		r->no_newline = true;
		return true;
	default:
		return letter == 'u'; /* RFC 2307 values: the only kind there is */
	}
}

/* Reads up to the first line end into the wiped arena. */
static int
read_line(struct run *r, FILE *f, struct bv *out)
{
	char *p = arena_alloc(r->clear, MAX_INPUT);
	size_t n = 0;
	int byte;

	while ((byte = getc(f)) != EOF && byte != '\n' && byte != '\r') {
		if (n == MAX_INPUT)
			return common_fail(&r->c, "the password is too long");
		p[n++] = (char)byte;
	}
	if (ferror(f))
		return common_fail(&r->c, "cannot read the password: %s", strerror(errno));
	*out = bv_make(p, n);
	return 0;
}

static int
prompt(struct run *r, const char *text, struct bv *out)
{
	struct termios before, silent;
	bool terminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before) == 0;

	fputs(text, stderr);
	if (terminal) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	int status = read_line(r, stdin, out);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	return status;
}

static int
ask(struct run *r, struct bv *out)
{
	struct bv again;

	/* No copy of what is typed stays in a stream's buffer. */
	setvbuf(stdin, NULL, _IONBF, 0);
	if (prompt(r, "New password: ", out) != 0 ||
	    prompt(r, "Re-enter new password: ", &again) != 0)
		return 1;
	if (!bv_eq(*out, again))
		return common_fail(&r->c, "Password values do not match");
	return 0;
}

static int
read_file(struct run *r, struct bv *out)
{
	FILE *f = fopen(r->secret_file, "re");
	int status;

	if (f == NULL) {
		fprintf(stderr, "%s: %s\n", r->secret_file, strerror(errno));
		return 1;
	}
	setvbuf(f, NULL, _IONBF, 0);
	status = read_line(r, f, out);
	fclose(f);
	return status;
}

static int
get_clear(struct run *r, struct bv *out)
{
	if (r->generate)
		*out = passwd_generate(r->clear, GENERATED_LETTERS);
	else if (r->secret != NULL)
		*out = bv_str(r->secret);
	else if (r->secret_file != NULL)
		return read_file(r, out);
	else
		return ask(r, out);
	return 0;
}

/*
 * -c is a printf format with one string in it, the random salt: "$6$%.16s". It is taken apart
 * here: a format from outside never reaches printf.
 */
static const char *
make_setting(struct run *r)
{
	const char *percent = strchr(r->salt_format, '%');
	long letters = MAX_SALT_LETTERS;
	char *rest;

	if (percent == NULL || strchr(percent + 1, '%') != NULL)
		return NULL;
	rest = arena_str(r->c.arena, bv_str(percent + 1));
	if (*rest == '.')
		letters = strtol(rest + 1, &rest, 10);
	if (*rest != 's' || letters < 1 || letters > MAX_SALT_LETTERS)
		return NULL;
	struct bv salt = passwd_generate(r->c.arena, (size_t)letters);
	return (const char *)arena_printf(r->c.arena, "%.*s%.*s%s", (int)(percent - r->salt_format),
	    r->salt_format, BV(salt), rest + 1)
	    .p;
}

static int
print(const struct run *r, struct bv text)
{
	printf("%.*s%s", BV(text), r->no_newline ? "" : "\n");
	if (fflush(stdout) != 0)
		return common_fail(&r->c, "cannot write: %s", strerror(errno));
	return 0;
}

static int
make(struct run *r)
{
	struct passwd_cost cost = passwd_default_cost;
	struct errbuf e = {""};
	struct bv clear, made;

	if (r->salt_format != NULL) {
		cost.crypt_setting = make_setting(r);
		if (cost.crypt_setting == NULL)
			return common_fail(&r->c,
			    "-c takes a salt format with one string in it, like '$6$%%.16s'");
	}
	if (get_clear(r, &clear) != 0)
		return 1;
	if (r->generate)
		return print(r, clear);
	if (passwd_make(r->c.arena, bv_str(r->scheme), &cost, clear, &made, &e) != 0) {
		fprintf(
		    stderr, "Password generation failed for scheme %s: %s\n", r->scheme, e.text);
		return 1;
	}
	return print(r, made);
}

static int
check_options(struct run *r)
{
	if (r->secret_file != NULL && (r->secret != NULL || r->generate)) {
		fprintf(stderr, "Option -T incompatible with -s/-g\n");
		return 1;
	}
	if (r->secret != NULL && r->generate) {
		fprintf(stderr, "Option -g incompatible with -s/-T\n");
		return 1;
	}
	if (r->salt_format != NULL && r->scheme != NULL && !bv_is(bv_str(r->scheme), "{CRYPT}"))
		return common_fail(&r->c, "-c is for scheme {CRYPT}");
	if (r->scheme == NULL)
		r->scheme = r->salt_format != NULL ? "{CRYPT}" : "{ARGON2}";
	return 0;
}

int
slappasswd_main(int argc, char **argv)
{
	struct run r = {.scheme = NULL};
	int status;

	common_init(&r.c, "slappasswd", "c:gh:no:s:T:uv",
	    "[options]\n"
	    "  -c format\tcrypt(3) salt format, for {CRYPT}\n"
	    "  -g\t\tgenerate a random password\n"
	    "  -h hash\tpassword scheme, {ARGON2} by default\n"
	    "  -n\t\tomit the newline at the end\n"
	    "  -o <opt>[=val]\taccepted: every scheme is built in\n"
	    "  -s secret\tnew password\n"
	    "  -T file\tread the new password from a file\n"
	    "  -u\t\tgenerate RFC 2307 values (default)\n"
	    "  -v\t\tincrease verbosity");
	r.c.own = own_option;
	r.c.own_data = &r;
	if (common_parse(&r.c, argc, argv) != 0)
		return common_done(&r.c, 1);
	if (optind < argc)
		return common_done(&r.c, common_usage(&r.c));
	if (check_options(&r) != 0)
		return common_done(&r.c, 1);
	r.clear = arena_new(MAX_INPUT);
	arena_set_secret(r.clear);
	status = make(&r);
	arena_free(&r.clear);
	return common_done(&r.c, status);
}
