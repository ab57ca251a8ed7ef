#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "net/tls_file.h"

/* Files of the TLS options: what is read, what is refused with which text, what counts as changed.
 */

static char top[] = "/tmp/tls_file_test.XXXXXX";
static char path[64];

static void
put(const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int
make_top(void **state)
{
	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/file", top);
	return 0;
}

static int
drop_top(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(top);
}

static void
refused(const char *name, const char *says)
{
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	struct bv got = BV_NONE;

	assert_int_not_equal(tls_file_read(a, "TLSCertificateFile", name, &got, &e), 0);
	if (strstr(e.text, says) == NULL || strstr(e.text, name) == NULL ||
	    strncmp(e.text, "TLSCertificateFile: ", 20) != 0)
		fail_msg("%s", e.text);
	assert_null(got.p);
	arena_free(&a);
}

static void
test_tls_file_read_takes_a_regular_file(void **state)
{
	struct arena *a = arena_new(0);
	struct errbuf e = {""};
	struct bv got;

	(void)state;
	put("some bytes");
	assert_int_equal(tls_file_read(a, "X", path, &got, &e), 0);
	assert_true(bv_is(got, "some bytes"));
	arena_free(&a);
}

/* A pipe must not be waited for, a device must not be read without end. */
static void
test_tls_file_read_refuses(void **state)
{
	(void)state;
	refused("/nonexistent/file", "does not exist");
	refused("/etc/passwd/file", "does not exist");
	refused(top, "is not a regular file");
	refused("/dev/zero", "is not a regular file");
	put("");
	refused(path, "is empty");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(path, "is not a regular file");
	unlink(path);
	put("x");
	assert_int_equal(truncate(path, 17 * 1024 * 1024), 0);
	refused(path, "is larger than 16 MiB");
}

static void
test_tls_file_check_dir(void **state)
{
	struct errbuf e = {""};

	(void)state;
	put("x");
	assert_int_equal(tls_file_check_dir("X", top, &e), 0);
	assert_int_not_equal(tls_file_check_dir("X", path, &e), 0);
	assert_non_null(strstr(e.text, "is not a directory"));
	assert_int_not_equal(tls_file_check_dir("X", "/nonexistent", &e), 0);
	assert_non_null(strstr(e.text, "does not exist"));
}

static void
test_tls_file_same_sees_changes(void **state)
{
	struct tls_mark one, two;

	(void)state;
	put("x");
	tls_file_mark(&one, path);
	tls_file_mark(&two, path);
	assert_true(one.there && tls_file_same(&one, &two));
	assert_int_equal(chmod(path, 0640), 0);
	tls_file_mark(&two, path);
	assert_false(tls_file_same(&one, &two));
	put("xy");
	tls_file_mark(&one, path);
	assert_false(tls_file_same(&one, &two));
	unlink(path);
	tls_file_mark(&two, path);
	assert_false(two.there || tls_file_same(&one, &two));
	put("x");
	assert_int_equal(chmod(path, 0644), 0);
	assert_true(tls_file_is_public(path));
	assert_int_equal(chmod(path, 0640), 0);
	assert_false(tls_file_is_public(path));
}

static void
test_tls_file_describe_names_owner_and_mode(void **state)
{
	char text[256];

	(void)state;
	put("x");
	assert_int_equal(chmod(path, 0640), 0);
	tls_file_describe(path, text, sizeof(text));
	assert_non_null(strstr(text, "mode 0640; slapd runs as "));
	tls_file_describe("/nonexistent", text, sizeof(text));
	assert_int_equal(strncmp(text, "slapd runs as ", 14), 0);
	tls_file_describe(path, text, 8);
	assert_int_equal(strlen(text), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tls_file_read_takes_a_regular_file),
	    cmocka_unit_test(test_tls_file_read_refuses),
	    cmocka_unit_test(test_tls_file_check_dir),
	    cmocka_unit_test(test_tls_file_same_sees_changes),
	    cmocka_unit_test(test_tls_file_describe_names_owner_and_mode),
	};

	return cmocka_run_group_tests(tests, make_top, drop_top);
}
