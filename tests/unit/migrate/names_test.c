/* services, protocols, rpc. */

#include "reader.h"

static const struct reader_case services[] = {
    {"one entry for both protocols", "http 80/tcp www # Web\nhttp 80/udp www\n",
	"dn: cn=http,ou=Services,dc=x\nobjectClass: ipService\ncn: http\ncn: www\nipServicePort: "
	"80\n"
	"ipServiceProtocol: tcp\nipServiceProtocol: udp\ndescription: Web\n\n",
	NULL, 1, 0},
    {"two ports", "echo 7/tcp\necho 7/udp\necho 4/ddp\n",
	"dn: cn=echo+ipServicePort=4,ou=Services,dc=x\n", NULL, 2, 0},
    {"two ports, the first line too", "echo 7/tcp\necho 4/ddp\n",
	"dn: cn=echo+ipServicePort=7,ou=Services,dc=x\n", NULL, 2, 0},
    {"alias of one protocol", "k 751/udp k_m\nk 751/tcp\n",
	"cn: k\ncn: k_m\nipServicePort: 751\nipServiceProtocol: udp\nipServiceProtocol: tcp\n",
	NULL, 1, 0},
    {"alias in other case", "smtp 25/tcp SMTP mail\n", "cn: smtp\ncn: mail\nipServicePort",
	"\"SMTP\" is the same name", 1, 0},
    {"name in other case", "http 80/tcp\nHTTP 80/udp\n", "ipServiceProtocol: udp\n", NULL, 1, 0},
    {"the same line twice", "a 1/tcp b\na 1/tcp c\n", "cn: a\ncn: b\ncn: c\n",
	"stands in line 1 already", 1, 0},
    {"alias is another service", "a 1/tcp b\nb 2/tcp\n", "cn: b\nipServicePort: 2",
	"\"b/tcp\" is also line 1", 2, 0},
    {"slash and plus in a name", "a+b/c 1/tcp\n", "dn: cn=a\\+b/c,ou=Services,dc=x\n", NULL, 1, 0},
    {"tabs", "\ta\t1/tcp\t\tb\t\n", "cn: a\ncn: b\n", NULL, 1, 0},
    {"port 0 and 65535", "a 0/tcp\nb 65535/udp\n", "ipServicePort: 65535\n", NULL, 2, 0},
    {"comment not UTF-8", "a 1/tcp # caf\xe9\n", "ipServiceProtocol: tcp\n\n", NULL, 1, 0},
    {"port too large", "a 65536/tcp\n", NULL, ":1: refused: bad port: \"65536/tcp\"", 0, 1},
    {"port negative", "a -1/tcp\n", NULL, "bad port", 0, 1},
    {"no port", "a /tcp\n", NULL, "bad port", 0, 1},
    {"no protocol", "a 1/\n", NULL, "no port/protocol", 0, 1},
    {"no slash", "a 1\n", NULL, "no port/protocol", 0, 1},
    {"name only", "a\n", NULL, "nothing behind the name", 0, 1},
    {"name and comment", "a # 1/tcp\n", NULL, "nothing behind the name", 0, 1},
    {"not UTF-8", "\xe9 1/tcp\n", NULL, "not UTF-8", 0, 1},
};

static const struct reader_case protocols[] = {
    {"alias in capitals", "ip 0 IP # internet\n",
	"dn: cn=ip,ou=Protocols,dc=x\nobjectClass: ipProtocol\ncn: ip\nipProtocolNumber: 0\n"
	"description: internet\n\n",
	"\"IP\" is the same name", 1, 0},
    {"description is demanded", "x 300\n", "description: IP protocol x\n", NULL, 1, 0},
    {"two numbers", "x 1\nx 2\n", "dn: cn=x+ipProtocolNumber=2,ou=Protocols,dc=x\n", NULL, 2, 0},
    {"no number", "x y\n", NULL, "bad number", 0, 1},
    {"alone", "x\n", NULL, "nothing behind the name", 0, 1},
};

static const struct reader_case rpc[] = {
    {"plain", "portmapper 100000 portmap sunrpc\n",
	"dn: cn=portmapper,ou=Rpc,dc=x\nobjectClass: oncRpc\ncn: portmapper\ncn: portmap\ncn: "
	"sunrpc\n"
	"oncRpcNumber: 100000\ndescription: RPC program portmapper\n\n",
	NULL, 1, 0},
    {"too large", "a 99999999999\n", NULL, "bad number", 0, 1},
};

static void
test_names_read_services(void **state)
{
	(void)state;
	READER_TABLE(MAP_SERVICES, services);
}

static void
test_names_read_protocols(void **state)
{
	(void)state;
	READER_TABLE(MAP_PROTOCOLS, protocols);
}

static void
test_names_read_rpc(void **state)
{
	(void)state;
	READER_TABLE(MAP_RPC, rpc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names_read_services),
	    cmocka_unit_test(test_names_read_protocols),
	    cmocka_unit_test(test_names_read_rpc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
