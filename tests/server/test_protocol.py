"""Hostile and clumsy bytes: what is answered, and that nobody else is harmed."""

import socket
import threading
import time

import pytest

from . import ber, data, expect, filters, harness
from .client import (ABANDON, ADD, BIND, COMPARE, DELETE, DONE, EXTENDED, EXTENDED_RESPONSE, MODIFY,
                     MODRDN, NOTICE_OF_DISCONNECTION, SEARCH, UNBIND, Disconnected, control,
                     decode_result, message, search_request)

JEAN = data.dn_of("jean")
ROOT = search_request("", 0, attrs=["1.1"])


def talk(server, raw, patience=0.3):
    """Sends bytes and reads until the server closes, at the latest after our end of sending.

    Returns the messages."""
    connection = server.client(timeout=patience)
    received = []
    try:
        connection.sock.sendall(raw)
        while True:
            try:
                received.append(connection.recv())
            except TimeoutError:
                assert connection.sock.gettimeout() == patience, "the server must close by then"
                connection.sock.settimeout(5)
                connection.sock.shutdown(socket.SHUT_WR)
    except (Disconnected, OSError):
        pass
    finally:
        connection.close()
    return received


def still_fine(server):
    """Somebody else is served."""
    with server.client() as connection:
        expect.ok(connection.search(data.SUFFIX, 2, "(uid=jean)"))


GARBAGE = [
    ("HTTP", b"GET / HTTP/1.0\r\nHost: x\r\n\r\n"), ("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01"),
    ("ones", b"\xff" * 64), ("zeros", b"\0" * 64), ("wrong tag", b"\x31" + message(1, ROOT)[1:]),
    ("indefinite length", b"\x30\x80" + message(1, ROOT)[2:] + b"\0\0"),
    ("length of five bytes", b"\x30\x85\x01\0\0\0\0"), ("huge length", b"\x30\x84\xff\xff\xff\xff"),
    ("length beyond the limit", b"\x30\x84\x7f\xff\xff\xff\x02\x01\x01"),
    ("no operation", ber.sequence(ber.integer(1))), ("empty message", b"\x30\x00"),
    ("message ID is a string", ber.sequence(ber.octets("x"), ROOT)),
    ("message ID beyond 2^31", message(2 ** 31, ROOT)),
    ("message ID of nine bytes", ber.sequence(ber.tlv(2, b"\1" * 9), ROOT)),
    ("a quarter of a message", message(1, ROOT)[:7]),
]


@pytest.mark.parametrize("name,raw", GARBAGE, ids=expect.case_ids(GARBAGE))
def test_garbage_ends_the_connection(server, name, raw):
    received = talk(server, raw)
    for msgid, tag, parts, _ in received:
        assert (msgid, tag) == (0, EXTENDED_RESPONSE)
        result = decode_result(parts)
        assert result.name == NOTICE_OF_DISCONNECTION and result.code in (2, 52)
    still_fine(server)


BROKEN = [
    ("response sent to the server", ber.tlv(0x65, ber.enum(0), ber.octets(""), ber.octets(""))),
    ("search cut short", ber.tlv(SEARCH, ber.octets(""))),
    ("search with a string scope", ber.tlv(SEARCH, ber.octets(""), ber.octets("x"))),
    ("bind of garbage", ber.tlv(BIND, b"xx")), ("bind without authentication",
                                                ber.tlv(BIND, ber.integer(3), ber.octets(""))),
    ("modify of garbage", ber.tlv(MODIFY, b"\x04\x05x")), ("add of garbage",
                                                           ber.tlv(ADD, b"\x04\x05x")),
    ("modrdn of garbage", ber.tlv(MODRDN, b"\x04\x05x")),
    ("compare of garbage", ber.tlv(COMPARE, b"\x04\x05x")),
    ("extended of garbage", ber.tlv(EXTENDED, b"\x04\x05x")),
    ("constructed delete", ber.tlv(DELETE | 0x20, ber.octets(""))),
]


@pytest.mark.parametrize("name,request_bytes", BROKEN, ids=expect.case_ids(BROKEN))
def test_broken_request(server, name, request_bytes):
    """Notice of Disconnection, or a protocol error for that request (RFC 4511 4.1.1)."""
    received = talk(server, message(1, request_bytes))
    assert received, "say why"
    result = decode_result(received[0][2])
    assert result.code == 2
    if received[0][0] == 0:
        assert result.name == NOTICE_OF_DISCONNECTION and len(received) == 1
    still_fine(server)


BAD_CONTROLS = [
    ("a string", [ber.octets("x")]), ("empty", [ber.sequence()]),
    ("OID is a number", [ber.sequence(ber.integer(1))]),
    ("criticality is a string", [ber.sequence(ber.octets("1.2"), ber.octets("x"), ber.octets("y"))]),
]


@pytest.mark.parametrize("name,controls", BAD_CONTROLS, ids=expect.case_ids(BAD_CONTROLS))
def test_broken_control(server, name, controls):
    received = talk(server, message(1, ROOT, controls))
    assert decode_result(received[0][2]).code == 2 if received[0][1] != 0x64 else True
    still_fine(server)


def test_abandon_is_never_answered(anon):
    for body in (b"\x4d", b"\x04\x05x", b"\x01", b"\x7f\xff\xff\xff"):
        anon.send(ber.tlv(ABANDON, body))
    expect.ok(anon.search("", 0))


def test_unbind_with_a_body(server):
    assert talk(server, message(1, ber.tlv(UNBIND, b"\x05\x00"))) == []


def test_message_id_zero_and_negative(server):
    """Ids that RFC 4511 4.1.1.1 does not allow do no harm."""
    for msgid in (0, -1):
        talk(server, message(msgid, ROOT))
    still_fine(server)


LENIENT = [
    ("message shorter than its operation", b"\x30\x05" + message(1, ROOT)[2:]),
    ("empty message ID", ber.sequence(ber.tlv(2, b""), ROOT)),
    ("add whose values have no set", message(1, ber.tlv(ADD, ber.octets("cn=x"), ber.sequence(
        ber.sequence(ber.octets("cn"), ber.octets("x")))))),
]


@pytest.mark.ours("the reference answers the first two and hangs on the third")
@pytest.mark.parametrize("name,raw", LENIENT, ids=expect.case_ids(LENIENT))
def test_garbage_that_the_reference_takes(server, name, raw):
    for _, _, parts, _ in talk(server, raw):
        assert decode_result(parts).code in (2, 52)
    still_fine(server)


def test_unknown_request(server):
    received = talk(server, message(1, b"\x7f\x00"))
    assert all(decode_result(parts).code in (2, 52) for _, _, parts, _ in received)
    still_fine(server)


def test_same_message_id_twice(anon):
    """The second comes while the first may still run: answered or refused, never mixed up."""
    anon.sock.sendall(message(5, ROOT) * 2)
    done = 0
    while done < 2:
        msgid, tag, parts, _ = anon.recv()
        assert msgid in (5, 0)
        done += tag != 0x64
        if msgid == 0:
            break


def nested(depth, inner="(uid=jean)", tag=0xA2):
    """Nests a filter in itself."""
    encoded = filters.encode(inner)
    for _ in range(depth):
        encoded = ber.tlv(tag, encoded)
    return encoded


@pytest.mark.parametrize("tag", [0xA0, 0xA1, 0xA2])
def test_filter_depth_within_the_limit(anon, tag):
    result = expect.ok(anon.search(data.SUFFIX, 2, raw=nested(90, tag=tag), attrs=["1.1"]))
    assert JEAN in result.dns()


@pytest.mark.parametrize("tag", [0xA0, 0xA1, 0xA2])
@pytest.mark.parametrize("depth", [10000, 60000])
def test_filter_too_deep(server, depth, tag):
    received = talk(server, message(1, search_request(data.SUFFIX, raw=nested(depth, tag=tag))))
    for msgid, kind, parts, _ in received:
        assert decode_result(parts).code in (2, 11, 53), (msgid, kind)
    still_fine(server)


@pytest.mark.ours("the reference allows 1 000 levels")
def test_filter_depth_limit_is_100(server):
    with server.client() as anon:
        expect.code(anon.search(data.SUFFIX, raw=nested(101)), {2, 11, 53})


@pytest.mark.parametrize("count,ours", [(4000, {0}), (4200, {2, 11, 53})])
def test_filter_nodes(server, count, ours):
    wide = ber.tlv(0xA1, *[filters.encode("(uid=jean)")] * (count - 1))
    with server.client() as anon:
        result = anon.search(data.SUFFIX, 2, raw=wide, attrs=["1.1"])
        expect.code(result, expect.differs(0, ours, "issue 2: 4 096 nodes; RFC 4511 4.1.9 (11, 53)"))
    still_fine(server)


@pytest.mark.parametrize("count,ours", [(16, {0}), (17, {2, 11, 53})])
def test_number_of_controls(server, count, ours):
    many = [control(f"1.2.{n}", critical=False) for n in range(count)]
    with server.client() as anon:
        try:
            result = anon.search("", 0, controls=many)
            expect.code(result, expect.differs(0, ours, "issue 2: 16 controls"))
        except Disconnected:
            assert 0 not in ours
    still_fine(server)


@pytest.mark.parametrize("size,reference,ours", [(7000, {32}, {32}), (9000, {34}, {34, 11, 53, 2})])
def test_length_of_a_dn(server, size, reference, ours):
    part = "ou=" + "x" * 60 + ","
    dn = part * ((size - len(data.SUFFIX)) // len(part)) + data.SUFFIX
    with server.client() as anon:
        result = anon.search(dn, 0)
        expect.code(result, expect.differs(reference, ours, "issue 2: DN of 8 KiB"))
    still_fine(server)


def test_request_too_large_before_a_bind(server):
    """256 KiB: the header alone must do, without sending it all."""
    received = talk(server, b"\x30\x84\x00\x10\x00\x00\x02\x01\x01\x63" + b"x" * 100)
    for _, _, parts, _ in received:
        assert decode_result(parts).name == NOTICE_OF_DISCONNECTION
    still_fine(server)


def test_large_request_after_a_bind(admin, sandbox):
    """4 MiB minus something is taken from who has bound."""
    value = b"\xff\xd8\xff\xe0" + b"j" * 3_500_000
    dn = f"cn=big,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": "inetOrgPerson", "sn": "x", "jpegPhoto": [value]}))
    assert admin.read(dn).get("jpegPhoto") == [value]
    expect.ok(admin.delete(dn))


def test_request_too_large_after_a_bind(server):
    with server.admin() as admin:
        admin.sock.sendall(b"\x30\x84\x04\x00\x00\x00\x02\x01\x02\x68" + b"x" * 100)
        rest = admin.rest()
        assert rest == b"" or NOTICE_OF_DISCONNECTION in rest
    still_fine(server)


ODD_DNS = [b"\xff\xfe", b"cn=\xc3", b"cn=" + b"\\" * 999, b"," * 500, b"cn=a" + b"+cn=a" * 300,
           b"=" * 100, b"cn=#04", b"cn=#0500", b"cn=#zz", b"cn=\0", b"cn=\\", b'cn="', b'cn="a',
           b"oid.2.5.4.3=x", b"1.=x", b".1=x", b"cn;x=x", b"cn=<", b"cn=a\r\nb", b" ", b"\n",
           "cn=\u202e".encode(), b"cn=\\ff", b"cn=\\c3\\28", b"cn=a,", b",cn=a", b"cn=a,,cn=b"]


@pytest.mark.parametrize("dn", ODD_DNS)
def test_odd_dn(server, dn):
    with server.admin() as admin:
        for result in (admin.search(dn, 0), admin.compare(dn, "cn", "x"), admin.delete(dn),
                       admin.modify(dn, [(2, "sn", ["x"])]), admin.modrdn(dn, "cn=x"),
                       admin.add(dn, {"objectClass": "person"}), admin.bind(dn, "x")):
            assert result.code != 0 or dn in (b" ", b"\n"), (dn, result)
    still_fine(server)


@pytest.mark.ours("the reference repeats what it was sent")
def test_texts_never_carry_control_bytes(anon):
    """Diagnostics that repeat what the peer sent must be clean UTF-8."""
    for name in ("a\0b", "a\x1b[31m", "\u202e", "x" * 5000):
        for result in (anon.compare(JEAN, name, "x"), anon.search(f"{name}=x,dc=y", 0),
                       anon.add(f"cn=x,{data.SUFFIX}", {name: "x"})):
            assert "\x1b" not in result.text and "\0" not in result.text
            assert len(result.text) < 2000


def test_random_bytes(server):
    """A few hundred damaged messages, seeded."""
    import random
    rng = random.Random(7)
    seeds = [message(1, ROOT), message(2, search_request(data.SUFFIX, 2, "(&(cn=a*b)(!(x=y)))")),
             message(3, ber.tlv(BIND, ber.integer(3), ber.octets(JEAN), ber.octets("x", 0x80))),
             message(4, search_request("", 0), [control("1.2.3")])]
    for _ in range(300):
        raw = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 4)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        talk(server, bytes(raw), 0.005)
    still_fine(server)


def test_idle_connections_cost_nothing(make):
    """A thousand connections that say nothing, and one that works."""
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    server = make()
    idle = []
    try:
        for _ in range(1000):
            idle.append(socket.create_connection(("127.0.0.1", server.port)))
        begun = time.monotonic()
        for _ in range(50):
            still_fine(server)
        assert time.monotonic() - begun < 5
    finally:
        for sock in idle:
            sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    still_fine(server)
    server.stop()


def crowd(count):
    """Returns entries of about a kilobyte."""
    return [(f"cn=c{n},{data.PEOPLE}", [("objectClass", ["person"]), ("cn", [f"c{n}"]),
                                        ("sn", ["crowd"]), ("description", ["x" * 1000])])
            for n in range(count)]


@pytest.mark.parametrize("readers", [1, expect.differs(2, 32, "HARDENING.md: 16 stop OpenLDAP")])
def test_clients_that_never_read(make, readers):
    """Their searches stand still; all others go on."""
    server = make(entries=data.entries() + crowd(3000), extra="sizelimit unlimited")
    stuck = []
    for _ in range(readers):
        connection = server.client()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        for _ in range(5):
            connection.send(search_request(data.SUFFIX))
        stuck.append(connection)
    time.sleep(0.3)
    begun = time.monotonic()
    for _ in range(20):
        with server.client() as connection:
            expect.ok(connection.search(data.SUFFIX, 2, "(uid=jean)"))
    with server.admin() as admin:
        expect.ok(admin.modify(data.SUFFIX, [(2, "description", ["x"])]))
    assert time.monotonic() - begun < (30 if harness.sanitized() else 5)
    entries, done = 0, 0
    stuck[0].sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    while done < 5:
        _, tag, _, _ = stuck[0].recv()
        entries, done = entries + (tag == 0x64), done + (tag == DONE)
    assert entries == 5 * 3015, "what was held back comes later"
    for connection in stuck:
        connection.close()
    still_fine(server)
    server.stop()


def resident(server):
    """Returns the server's resident memory in KiB."""
    with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def slack():
    """Sanitizers keep some of what is freed (tools/check sets how much)."""
    return 2 if harness.sanitized() else 1


@pytest.mark.ours("the reference has no such bound on memory")
def test_memory_stays_bounded_by_a_reader_that_is_slow(make):
    """What it has read is not kept."""
    server = make(entries=data.entries() + crowd(3000), extra="sizelimit unlimited")
    with server.client() as slow:
        slow.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        still_fine(server)
        before, most, got = resident(server), 0, 0
        for _ in range(30):
            slow.send(search_request(data.SUFFIX))
        while got < 60 << 20:
            got += len(slow.sock.recv(16384))
            time.sleep(0.0001)
            if got % 64 == 0:
                most = max(most, resident(server))
        most = max(most, resident(server))
    assert most - before < slack() * (24 << 10), "not the 60 MiB that were sent"
    server.stop()


@pytest.mark.ours("the reference has no such bound on memory")
def test_memory_stays_bounded_by_readers_that_do_not_read(make):
    server = make(entries=data.entries() + crowd(3000), extra="sizelimit unlimited")
    still_fine(server)
    before, stuck = resident(server), []
    for _ in range(20):
        connection = server.client()
        for _ in range(20):
            connection.send(search_request(data.SUFFIX))
        stuck.append(connection)
    time.sleep(0.5)
    still_fine(server)
    assert resident(server) - before < slack() * (20 * 2048 + 32768), "1 MiB a connection, and some"
    for connection in stuck:
        connection.close()
    server.stop()


def test_abandon_stops_a_search(make):
    server = make(entries=data.entries() + crowd(3000), extra="sizelimit unlimited")
    with server.client() as connection:
        msgid = connection.send(search_request(data.SUFFIX))
        connection.send(ber.tlv(ABANDON, bytes([msgid])))
        probe = connection.send(search_request("", 0, attrs=["1.1"]))
        while True:
            got, tag, _, _ = connection.recv()
            if got == probe and tag == DONE:
                break
    still_fine(server)
    server.stop()


def test_bind_waits_for_what_is_outstanding(make):
    """After a Bind nothing of the identity before it may come (RFC 4511 4.2.1)."""
    server = make(entries=data.entries() + crowd(500), extra="sizelimit unlimited")
    with server.client() as connection:
        from .client import bind_request
        search = connection.send(search_request(data.SUFFIX))
        bind = connection.send(bind_request(JEAN, "jean-pw"))
        after = connection.send(search_request("", 0, attrs=["1.1"]))
        seen = []
        while after not in seen:
            msgid, tag, _, _ = connection.recv()
            assert not (msgid == search and bind in seen), "an entry after the bind's answer"
            if tag != 0x64:
                seen.append(msgid)
        assert seen.index(bind) < seen.index(after)
    server.stop()


def test_many_clients_at_once(make):
    """Twenty threads that search and write; every answer belongs to its question."""
    server = make()
    errors = []

    def work(number):
        try:
            with server.admin() as admin:
                dn = f"cn=w{number},{data.SUFFIX}"
                expect.ok(admin.add(dn, {"objectClass": "person", "sn": "x"}))
                for n in range(20):
                    expect.ok(admin.modify(dn, [(2, "description", [f"{number}-{n}"])]))
                    assert admin.read(dn).text("description") == [f"{number}-{n}"]
        except Exception as error:  # pylint: disable=broad-except
            errors.append(error)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    server.stop()


def test_idle_timeout(make):
    server = make(extra="idletimeout 1")
    with server.client(timeout=10) as connection:
        expect.ok(connection.search("", 0))
        begun = time.monotonic()
        connection.rest()
        assert 0.5 < time.monotonic() - begun < 8
    still_fine(server)
    server.stop()
