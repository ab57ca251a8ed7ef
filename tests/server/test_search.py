"""Search (RFC 4511 4.5): base, scope, limits, order; filters and selection have their own files."""

import pytest

from . import ber, data, expect
from .client import BASE, CHILDREN, ONE, SEARCH, SUB, search_request

ALL = [dn for dn, _ in data.entries()]
JEAN = data.dn_of("jean")

BASES = [
    ("the suffix", data.SUFFIX, 0, ""),
    ("other case", f"OU=people,{data.SUFFIX.upper()}", 0, ""),
    ("spaces", "ou = People , dc=falcot , dc = com", 0, ""),
    ("escapes", r"ou=\50eople,dc=f\61lcot,dc=com", 0, ""),
    ("attribute by OID", f"2.5.4.11=People,{data.SUFFIX}", 0, ""),
    ("semicolons as LDAPv2 had them", "ou=People;dc=falcot;dc=com", 0, ""),
    ("quotes as LDAPv2 had them", 'ou="People",dc=falcot,dc=com', 0, ""),
    ("absent leaf", f"uid=none,{data.PEOPLE}", 32, data.PEOPLE),
    ("absent branch", f"cn=x,ou=none,{data.SUFFIX}", 32, data.SUFFIX),
    ("no such context", "dc=none", 32, ""),
    ("above the suffix", "dc=com", 32, ""),
    ("malformed", "bad", 34, ""),
    ("undefined attribute", f"nosuch=x,{data.SUFFIX}", {34, 32}, None),
    ("trailing comma", f"{data.SUFFIX},", 34, ""),
    ("empty value", f"cn=,{data.SUFFIX}", 34, ""),
    ("bad escape", f"cn=\\zz,{data.SUFFIX}", 34, ""),
    ("bad UTF-8", b"cn=\xff," + data.SUFFIX.encode(), 34, ""),
    ("NUL", f"cn=a\0b,{data.SUFFIX}", 34, ""),
]


@pytest.mark.parametrize("name,base,code,matched", BASES, ids=expect.case_ids(BASES))
def test_base(anon, name, base, code, matched):
    result = expect.code(anon.search(base), code)
    if matched is not None:
        expect.matched(result, matched)
    if code == 0:
        assert result.entries


SCOPES = [
    ("base", BASE, [data.SUFFIX]),
    ("one", ONE, [dn for dn in ALL if dn.count(",") == 2]),
    ("sub", SUB, ALL),
    ("children", CHILDREN, ALL[1:]),
]


@pytest.mark.parametrize("name,scope,dns", SCOPES, ids=expect.case_ids(SCOPES))
def test_scope(anon, name, scope, dns):
    assert sorted(expect.ok(anon.search(data.SUFFIX, scope, attrs=["1.1"])).dns()) == sorted(dns)


def test_scopes_of_a_leaf(anon):
    for scope, count in ((BASE, 1), (ONE, 0), (SUB, 1), (CHILDREN, 0)):
        assert len(expect.ok(anon.search(JEAN, scope)).entries) == count


def test_subtree_comes_in_the_order_of_creation(anon):
    """People compare dumps: entry ID order, for the whole database."""
    assert anon.search(data.SUFFIX, attrs=["1.1"]).dns() == ALL


@pytest.mark.ours("back-mdb answers a search below the suffix in the order of its tree")
@pytest.mark.parametrize("base,scope", [(data.PEOPLE, SUB), (data.SUFFIX, ONE), (data.PEOPLE, ONE)])
def test_every_search_comes_in_the_order_of_creation(anon, base, scope):
    found = anon.search(base, scope, attrs=["1.1"]).dns()
    assert found == [dn for dn in ALL if dn in found]


BAD = [
    ("scope", {"scope": 4}),
    ("scope below zero", {"scope": -1}),
    ("deref", {"deref": 4}),
    ("size limit", {"size": -1}),
    ("time limit", {"time": -1}),
]


@pytest.mark.parametrize("name,options", BAD, ids=expect.case_ids(BAD))
def test_bad_parameter(anon, name, options):
    expect.code(anon.search(data.SUFFIX, **options), 2)
    expect.ok(anon.search(data.SUFFIX, BASE))


TOTAL = len(ALL)


@pytest.mark.parametrize("size,code,count", [(1, 4, 1), (TOTAL - 1, 4, TOTAL - 1),
                                             (TOTAL, 0, TOTAL), (TOTAL + 1, 0, TOTAL),
                                             (0, 0, TOTAL), (2 ** 31 - 1, 0, TOTAL)])
def test_size_limit(anon, size, code, count):
    result = expect.code(anon.search(data.SUFFIX, size=size), code)
    assert len(result.entries) == count


@pytest.mark.parametrize("size,code", [(1, 0), (2, 0)])
def test_size_limit_of_one_match(anon, size, code):
    """Samba asks with 1 and 2 and must not see an error."""
    expect.code(anon.search(data.SUFFIX, SUB, "(uid=jean)", size=size), code)


def test_time_limit_is_accepted(anon):
    expect.ok(anon.search(data.SUFFIX, time=3))
    expect.ok(anon.search(data.SUFFIX, time=2 ** 31 - 1))


def test_types_only(anon):
    entry = anon.search(JEAN, BASE, types=True).entry()
    assert entry.names() == [name for name, _ in data.entries()[5][1]]
    assert all(values == [] for _, values in entry.attrs)


def test_many_outstanding_searches(anon):
    """Requests sent at once are all answered, each under its own message ID."""
    ids = [anon.send(search_request(data.dn_of(uid), BASE, attrs=["uid"]))
           for uid in ("jean", "laure", "sophie", "joe", "roland") * 20]
    answers = {}
    while len(answers) < len(ids):
        msgid, tag, parts, _ = anon.recv()
        if tag == 0x65:
            answers[msgid] = ber.number(parts[0])
    assert answers == dict.fromkeys(ids, 0)


def test_pipelined_in_one_packet(anon):
    from .client import message
    whole = b"".join(message(n, search_request(JEAN, BASE, attrs=["1.1"])) for n in range(1, 51))
    anon.sock.sendall(whole)
    done = set()
    while len(done) < 50:
        msgid, tag, _, _ = anon.recv()
        if tag == 0x65:
            done.add(msgid)


def test_byte_by_byte(anon):
    from .client import message
    for byte in message(1, search_request(JEAN, BASE, attrs=["uid"])):
        anon.sock.sendall(bytes([byte]))
    assert anon.result(1).entry().text("uid") == ["jean"]


def test_long_form_lengths(anon):
    """BER allows lengths longer than needed; RFC 4511 5.1 forbids only the indefinite form."""
    request = search_request(JEAN, BASE)
    body = ber.integer(1) + request[:1] + b"\x84" + (len(request) - 2).to_bytes(4, "big") \
        + request[2:]
    anon.sock.sendall(b"\x30\x84" + len(body).to_bytes(4, "big") + body)
    assert anon.result(1).dns() == [JEAN]


def test_true_may_be_any_nonzero_byte_in_old_clients(anon):
    """OpenLDAP reads any nonzero BOOLEAN as true; ours may insist on RFC 4511 5.1 (FF)."""
    request = ber.tlv(SEARCH, ber.octets(JEAN), ber.enum(0), ber.enum(0), ber.integer(0),
                      ber.integer(0), ber.tlv(1, b"\x01"), ber.octets("objectClass", 0x87),
                      ber.sequence())
    assert expect.ok(anon.ask(request)).entry().get("uid") == []


def test_ten_thousand_attribute_names(anon):
    """A long selection is served or refused, never a crash."""
    result = anon.search(JEAN, BASE, attrs=[f"a{n}" for n in range(10000)] + ["uid"])
    assert result.code in (0, 11, 53, 2)
    assert anon.read(JEAN).text("uid") == ["jean"]


@pytest.mark.parametrize("arguments,status,count", [
    (["-b", data.SUFFIX], 0, TOTAL),
    (["-b", data.PEOPLE, "-s", "one"], 0, 5),
    (["-b", data.SUFFIX, "(uid=j*)"], 0, 2),
    (["-b", data.SUFFIX, "-z", "3"], 4, 3),
    (["-b", data.SUFFIX, "(cn=none)"], 0, 0),
    (["-b", f"ou=none,{data.SUFFIX}"], 32, 0),
    (["-b", "bad"], 34, 0),
])
def test_ldapsearch(server, arguments, status, count):
    done = server.ldap("ldapsearch", "-LLL", "-o", "ldif-wrap=no", *arguments)
    assert done.returncode == status, done
    assert done.stdout.count("\ndn:") + done.stdout.startswith("dn:") == count


def test_default_search_base(make):
    server = make(extra=f"defaultsearchbase {data.SUFFIX}")
    with server.client() as connection:
        assert connection.search("", ONE, "(ou=*)").dns()
        assert connection.search("", BASE).dns() == [""]
    server.stop()
