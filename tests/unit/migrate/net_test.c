/* networks, hosts, ethers, and the forms of addresses. */

#include "reader.h"

#include "migrate/net.h"

static const struct reader_case hosts[] = {
    {"plain", "10.0.0.1 srv.x srv # the server\n",
	"dn: cn=srv.x,ou=Hosts,dc=x\nobjectClass: device\nobjectClass: ipHost\ncn: srv.x\ncn: srv\n"
	"ipHostNumber: 10.0.0.1\ndescription: the server\n",
	NULL, 1, 0},
    {"two addresses, one entry", "10.0.0.1 a b\n10.0.0.2 a b\n",
	"ipHostNumber: 10.0.0.1\nipHostNumber: 10.0.0.2\n", NULL, 1, 0},
    {"aliases in other order", "10.0.0.1 a b c\n10.0.0.2 a c b\n", "ipHostNumber: 10.0.0.2\n", NULL,
	1, 0},
    {"other aliases, other entry", "127.0.0.1 localhost\n::1 localhost ip6-localhost\n",
	"dn: cn=localhost+ipHostNumber=::1,ou=Hosts,dc=x\n", NULL, 2, 0},
    {"several names of one address", "127.0.0.1 a\n127.0.0.1 b\n", "dn: cn=b,", NULL, 2, 0},
    {"one address twice", "10.0.0.1 a b\n10.0.0.1 a c\n", "dn: cn=a,ou=Hosts,dc=x\n", NULL, 1, 0},
    {"zone", "fe80::1%eth0 ll\n", "ipHostNumber: fe80::1%eth0\n", NULL, 1, 0},
    {"IPv6 is made short", "2001:DB8:0:0:0::1 six\n", "ipHostNumber: 2001:db8::1\n", NULL, 1, 0},
    {"no address", "1.2.3 x\n", NULL, "bad address: \"1.2.3\"", 0, 1},
    {"octal", "010.0.0.1 x\n", NULL, "bad address", 0, 1},
    {"out of range", "10.0.0.256 x\n", NULL, "bad address", 0, 1},
    {"no name", "10.0.0.1\n", NULL, "address without a name", 0, 1},
    {"name first", "srv 10.0.0.1\n", NULL, "bad address", 0, 1},
    {"zone on IPv4", "10.0.0.1%eth0 x\n", NULL, "bad address", 0, 1},
    {"empty zone", "fe80::1% x\n", NULL, "bad address", 0, 1},
};

static const struct reader_case networks[] = {
    {"plain", "loopback 127.0.0.0 lo\n",
	"dn: cn=loopback,ou=Networks,dc=x\nobjectClass: ipNetwork\ncn: loopback\ncn: lo\n"
	"ipNetworkNumber: 127.0.0.0\n\n",
	NULL, 1, 0},
    {"short", "ten 10\n", "ipNetworkNumber: 10.0.0.0\n", NULL, 1, 0},
    {"one name, two numbers", "a 10\na 11\n", "dn: cn=a+ipNetworkNumber=11.0.0.0,", NULL, 2, 0},
    {"five parts", "a 1.2.3.4.5\n", NULL, "bad network number", 0, 1},
    {"with mask", "a 10.0.0.0/8\n", NULL, "bad network number", 0, 1},
    {"empty part", "a 10..1\n", NULL, "bad network number", 0, 1},
    {"alone", "a\n", NULL, "nothing behind the name", 0, 1},
};

static const struct reader_case ethers[] = {
    {"plain", "0:1:2:A:b:C pc\n",
	"dn: cn=pc,ou=Ethers,dc=x\nobjectClass: device\nobjectClass: ieee802Device\ncn: pc\n"
	"macAddress: 00:01:02:0a:0b:0c\n\n",
	NULL, 1, 0},
    {"two cards", "0:1:2:a:b:c pc\n00-11-22-33-44-55 pc\n",
	"macAddress: 00:01:02:0a:0b:0c\nmacAddress: 00:11:22:33:44:55\n\n", NULL, 1, 0},
    {"by address", "0:1:2:a:b:c 10.0.0.1\n", "cn: 10.0.0.1\n", NULL, 1, 0},
    {"text behind", "0:1:2:a:b:c pc more\n", "cn: pc\n", "partly refused: \"more\"", 1, 0},
    {"five pairs", "0:1:2:3:4 pc\n", NULL, "bad hardware address", 0, 1},
    {"seven pairs", "0:1:2:3:4:5:6 pc\n", NULL, "bad hardware address", 0, 1},
    {"no digits", "0:1:2:3:4: pc\n", NULL, "bad hardware address", 0, 1},
    {"three digits", "0:1:2:3:4:555 pc\n", NULL, "bad hardware address", 0, 1},
    {"no name", "0:1:2:3:4:5\n", NULL, "address without a name", 0, 1},
};

static void
test_net_read_hosts(void **state)
{
	(void)state;
	READER_TABLE(MAP_HOSTS, hosts);
}

static void
test_net_read_networks(void **state)
{
	(void)state;
	READER_TABLE(MAP_NETWORKS, networks);
}

static void
test_net_read_ethers(void **state)
{
	(void)state;
	READER_TABLE(MAP_ETHERS, ethers);
}

static void
test_net_read_hosts_many_addresses_and_names(void **state)
{
	enum { COUNT = 60000, WIDTH = 40 };
	char *text = malloc(2 * COUNT * WIDTH);
	struct reader r;
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < COUNT; i++)
		n += (size_t)sprintf(
		    text + n, "10.%d.%d.%d many one\n", i >> 16, i >> 8 & 255, i & 255);
	n += (size_t)sprintf(text + n, "10.9.9.9");
	for (int i = 0; i < COUNT; i++)
		n += (size_t)sprintf(text + n, " h%d", i);
	n += (size_t)sprintf(text + n, "\n10.9.9.8 h0\n");
	reader_init(&r);
	reader_file(&r, MAP_HOSTS, text, n);
	reader_run(&r);
	assert_int_equal(r.m.records.count, 3);
	assert_int_equal(record_get(r.m.records.items[0], ATTR_IPHOSTNUMBER)->count, COUNT);
	assert_int_equal(record_get(r.m.records.items[1], ATTR_CN)->count, COUNT);
	reader_done(&r);
	free(text);
}

static void
test_net_read_hosts_name_too_long(void **state)
{
	char text[10000];
	struct reader r;

	(void)state;
	memset(text, 'n', sizeof(text));
	memcpy(text, "10.0.0.1 ", 9);
	reader_init(&r);
	reader_file(&r, MAP_HOSTS, text, sizeof(text));
	reader_run(&r);
	assert_int_equal(r.m.records.count, 0);
	assert_non_null(strstr(r.report, ":1: refused: a name of 10008 bytes"));
	reader_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_net_read_hosts),
	    cmocka_unit_test(test_net_read_hosts_many_addresses_and_names),
	    cmocka_unit_test(test_net_read_hosts_name_too_long),
	    cmocka_unit_test(test_net_read_networks),
	    cmocka_unit_test(test_net_read_ethers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
