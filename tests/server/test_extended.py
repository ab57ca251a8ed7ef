"""Extended operations (RFC 4511 4.12): WhoAmI (RFC 4532), Cancel (RFC 3909), unknown ones."""

import pytest

from . import ber, data, expect
from .client import (CANCEL, ENTRY, EXTENDED_RESPONSE, WHOAMI, cancel_request, control,
                     search_request)

UNKNOWN = [("an OID", "1.2.3.4"), ("not an OID", "foo"), ("empty", ""), ("long", "1." * 2000 + "1")]


@pytest.mark.parametrize("name,oid", UNKNOWN, ids=expect.case_ids(UNKNOWN))
def test_unknown_operation(anon, name, oid):
    expect.code(anon.extended(oid), 2)
    expect.code(anon.extended(oid, "value"), 2)


def test_whoami(server, anon):
    assert expect.ok(anon.extended(WHOAMI)).value == b""
    with server.client(data.dn_of("jean"), "jean-pw") as connection:
        assert connection.extended(WHOAMI).value == f"dn:{data.dn_of('jean')}".encode()


def test_whoami_takes_no_value(anon):
    expect.code(anon.extended(WHOAMI, "x"), 2)


def test_whoami_with_unknown_critical_control(anon):
    expect.code(anon.extended(WHOAMI, controls=[control("1.2.3.4")]), 12)


def test_cancel_of_what_does_not_run(anon):
    expect.code(anon.ask(cancel_request(4711)), 119)


@pytest.mark.parametrize("value", [None, b"", b"\x30\x01", b"\x04\x01x", b"\x30\x00"])
def test_cancel_with_a_bad_value(anon, value):
    expect.code(anon.extended(CANCEL, value), 2)


def test_cancel_of_a_finished_operation(anon):
    msgid = anon.send(search_request("", 0))
    anon.result(msgid)
    expect.code(anon.ask(cancel_request(msgid)), 119)


def test_cancel_of_a_running_search(make):
    """Either the search was faster, or it ends with 118 and the Cancel succeeds."""
    server = make(entries=data.entries() + crowd(3000), extra="sizelimit unlimited")
    with server.client() as connection:
        search = connection.send(search_request(data.SUFFIX))
        cancel = connection.send(cancel_request(search))
        ends = {}
        while len(ends) < 2:
            msgid, tag, parts, _ = connection.recv()
            if tag != ENTRY:
                ends[msgid] = (tag, ber.number(parts[0]))
        assert ends[cancel][0] == EXTENDED_RESPONSE
        assert (ends[search][1], ends[cancel][1]) in {(118, 0), (0, 119), (0, 121), (0, 120)}
        expect.ok(connection.search("", 0))
    server.stop()


def crowd(count):
    """Returns many people, for searches that take their time."""
    return [(f"cn=crowd{n},{data.PEOPLE}",
             [("objectClass", ["person"]), ("cn", [f"crowd{n}"]), ("sn", ["crowd"]),
              ("description", ["x" * 500])]) for n in range(count)]
