"""What one connection may cost: silence, unread answers, half requests, big and many requests."""

import socket
import time

import pytest

from . import data, expect, harness
from .client import (BASE, DONE, EXTENDED_RESPONSE, SUB, WHOAMI, Client, Disconnected,
                     extended_request, message, search_request)


def crowd(count, size=900):
    """Returns entries of about so many bytes."""
    return [(f"cn=c{n},{data.PEOPLE}", [("objectClass", ["person"]), ("cn", [f"c{n}"]),
                                        ("sn", ["crowd"]), ("description", ["x" * size])])
            for n in range(count)]


def ends_within(connection, low, high):
    """Whether the server closes the connection after that many seconds, not before."""
    begun = time.monotonic()
    connection.sock.settimeout(high + 5)
    connection.rest()
    return low < time.monotonic() - begun < high


# ---- time ----

IDLE = [("idletimeout 1", False, True), ("idletimeout 1", True, True),
        ("idletimeout 1\nidletimeout_auth 60", True, False),
        ("idletimeout 60\nidletimeout_auth 1", True, True)]


@pytest.mark.parametrize("lines,bound,ends", IDLE)
def test_idle(make, lines, bound, ends):
    if "_auth" in lines and harness.IMPL != "ours":
        pytest.skip("an option of ours")
    server = make(extra=lines)
    with server.client("admin" if bound else None) as connection:
        expect.ok(connection.search("", BASE))
        if ends:
            assert ends_within(connection, 0.5, 8)
        else:
            time.sleep(3)
            expect.ok(connection.search("", BASE))


@pytest.mark.ours("an option of ours")
def test_half_a_request(make):
    server = make(extra="requesttimeout 1\nidletimeout 0")
    whole = message(1, search_request("", BASE))
    with server.client() as connection:
        connection.sock.sendall(whole[:-3])
        assert ends_within(connection, 0.5, 8)
    with server.client() as connection:
        connection.sock.sendall(whole[:-3])
        time.sleep(0.3)
        connection.sock.sendall(whole[-3:])
        expect.ok(connection.result(1))


def slow_reader(server):
    """A connection that asks for much and takes little."""
    connection = server.client()
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.send(search_request(data.SUFFIX, SUB))
    return connection


@pytest.mark.slow
def test_unread_answers(make):
    server = make(entries=data.entries() + crowd(9000), extra="sizelimit unlimited\nwritetimeout 1")
    with slow_reader(server) as connection:
        time.sleep(4)
        connection.sock.settimeout(20)
        got = len(connection.rest())
    assert got < 8_000_000


@pytest.mark.slow
@pytest.mark.parametrize("line", ["limits users time=1", "timelimit 1"])
def test_time_limit(make, line):
    """A search that waits for its reader is over when its time is."""
    server = make(databases=[harness.Database(lines=f"sizelimit unlimited\n{line}")],
                  entries=data.entries() + crowd(9000))
    with server.client(data.dn_of("jean"), "jean-pw") as connection:
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        msgid = connection.send(search_request(data.SUFFIX, SUB))
        time.sleep(2.5)
        result = expect.code(connection.result(msgid), 3)
        assert 0 < len(result.entries) < 9000
        assert connection.search(data.SUFFIX, BASE).code == 0


# ---- size ----

def test_largest_request(make):
    server = make(extra="sockbuf_max_incoming 5000\nsockbuf_max_incoming_auth 20000")
    small, big, huge = (f"(cn={'x' * n})" for n in (4000, 9000, 30000))
    with server.client() as connection:
        expect.ok(connection.search(data.SUFFIX, BASE, small))
        with pytest.raises((Disconnected, OSError)):
            connection.search(data.SUFFIX, BASE, big)
    with server.admin() as connection:
        expect.ok(connection.search(data.SUFFIX, BASE, big))
        with pytest.raises((Disconnected, OSError)):
            connection.search(data.SUFFIX, BASE, huge)


# ---- number ----

def order(connection):
    """Sends a long search and something short behind it. Returns which answer came first."""
    connection.sock.sendall(
        message(1, search_request(data.SUFFIX, SUB, "(&(description=*x*)(sn=none*w))", ["1.1"])) +
        message(2, extended_request(WHOAMI)))
    return [connection.recv()[1] for _ in range(2)]


@pytest.mark.ours("here more requests wait; OpenLDAP ends the connection")
@pytest.mark.parametrize("lines,bound,first", [
    ("", False, EXTENDED_RESPONSE), ("conn_max_pending 1", False, DONE),
    ("conn_max_pending 1", True, EXTENDED_RESPONSE), ("conn_max_pending_auth 1", True, DONE)])
def test_pending(make, lines, bound, first):
    server = make(databases=[harness.Database(index="objectClass eq")],
                  entries=data.entries() + crowd(12000, 30), extra=f"{lines}\nsizelimit unlimited")
    with server.client("admin" if bound else None) as connection:
        assert order(connection)[0] == first


# ---- what goes with it ----

@pytest.mark.ours("OpenLDAP writes debugging output there")
def test_log_file(make, scratch):
    place = scratch / "slapd.log"
    server = make(extra=f"logfile {place}\nloglevel stats")
    with server.client(data.dn_of("jean"), "jean-pw"):
        pass
    assert f'BIND dn="{data.dn_of("jean")}"' in place.read_text()
    assert "jean-pw" not in place.read_text()
    assert place.stat().st_mode & 0o007 == 0
    place.rename(scratch / "old")
    server.process.send_signal(10)
    time.sleep(0.3)
    with server.client() as connection:
        expect.ok(connection.bind())
    assert "BIND" in place.read_text()


@pytest.mark.ours("the text is ours")
def test_log_file_that_cannot_be_written(make):
    server = make(start=False, extra="logfile /nonexistent/slapd.log")
    server.port = harness.free_port()
    done = harness.run(server.argv())
    assert done.returncode == 1
    assert "logfile: cannot write /nonexistent/slapd.log" in done.stderr
    assert "make its directory first" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("lines", ["tcp-buffer 8192", "tcp-buffer read=8192\ntcp-buffer write=8192",
                                   "tcp-buffer listener=URL write=8192"])
def test_kernel_buffers(make, lines):
    """Less of an unread answer fits into a smaller buffer."""
    waiting = []
    for text in ("", lines):
        server = make(start=False, entries=data.entries() + crowd(9000))
        server.port = harness.free_port()
        extra = text.replace("URL", f"ldap://127.0.0.1:{server.port}")
        server.rewrite(lambda old, extra=extra: f"{extra}\nsizelimit unlimited\n{old}")
        server.start()
        with slow_reader(server) as connection:
            time.sleep(1)
            connection.sock.shutdown(socket.SHUT_WR)
            with Client(server.socket_path) as other:
                expect.ok(other.search("", BASE))
            waiting.append(sent_to(connection.sock.getsockname()[1]))
    assert waiting[1] < waiting[0] / 4


def sent_to(port):
    """Returns the bytes that the kernel holds for the peer with this port."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        for row in table.readlines()[1:]:
            words = row.split()
            if int(words[2].split(":")[1], 16) == port:
                return int(words[4].split(":")[0], 16)
    return 0


