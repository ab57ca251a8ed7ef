"""Simple paged results (RFC 2696)."""

import pytest

from . import ber, data, expect
from .client import PAGED, SUB, control, paged

ALL = [dn for dn, _ in data.entries()]


def cookie_of(result):
    """Returns (estimate, cookie) of the response control."""
    value = result.control(PAGED)
    assert value is not None, result
    (_, (size, cookie)), _ = ber.decode_one(value)
    return ber.number(size), cookie[1]


def page(connection, count, cookie=b"", filter="(objectClass=*)", **options):
    """Asks for one page below the suffix."""
    return connection.search(data.SUFFIX, SUB, filter, ["1.1"], [paged(count, cookie)], **options)


def pages(connection, size, **options):
    """Reads every page. Returns the list of lists of names."""
    found, cookie = [], b""
    while True:
        result = expect.ok(page(connection, size, cookie, **options))
        found.append(result.dns())
        cookie = cookie_of(result)[1]
        if not cookie:
            return found


@pytest.mark.parametrize("size", [1, 2, 4, 5, 7, len(ALL) - 1, len(ALL), len(ALL) + 1, 2 ** 31 - 1])
def test_all_pages(anon, size):
    found = pages(anon, size)
    assert [dn for part in found for dn in part] == ALL
    assert all(len(part) == size for part in found[:-1])
    assert len(found[-1]) <= size


def test_pages_of_a_filter(anon):
    found = pages(anon, 2, filter="(objectClass=person)")
    assert [len(part) for part in found] == [2, 2, 1]


def test_nothing_found(anon):
    result = expect.ok(page(anon, 5, filter="(cn=none)"))
    assert result.entries == [] and cookie_of(result)[1] == b""


BAD = [
    ("no value", control(PAGED), 2),
    ("not a sequence", control(PAGED, "x"), 2),
    ("negative size", paged(-1), 2),
    ("cookie that never was", paged(5, b"x"), 2),
    ("cookie of eight bytes", paged(5, b"x" * 8), 2),
    ("long cookie", paged(5, b"x" * 5000), 2),
]


@pytest.mark.parametrize("name,request_control,code", BAD, ids=expect.case_ids(BAD))
def test_malformed(anon, name, request_control, code):
    result = expect.code(anon.search(data.SUFFIX, controls=[request_control]), code)
    assert result.entries == []
    assert [dn for part in pages(anon, 6) for dn in part] == ALL


def test_noncritical(anon):
    result = anon.search(data.SUFFIX, SUB, attrs=["1.1"], controls=[paged(5, critical=False)])
    assert len(expect.ok(result).entries) == 5 and cookie_of(result)[1]


def test_size_zero_ends_the_paging(anon):
    cookie = cookie_of(page(anon, 5))[1]
    result = expect.ok(page(anon, 0, cookie))
    assert result.entries == []


def test_size_limit_counts_over_the_pages(anon):
    first = expect.ok(page(anon, 5, size=7))
    second = expect.code(page(anon, 5, cookie_of(first)[1], size=7), 4)
    assert len(second.entries) == 2
    assert len(expect.code(page(anon, 5, size=3), 4).entries) == 3


def test_entries_that_come_and_go_between_pages(admin, sandbox):
    """What stays is seen exactly once, whatever is added or deleted meanwhile."""
    names = [f"cn=p{n:02d},{sandbox}" for n in range(12)]
    for dn in names:
        expect.ok(admin.add(dn, {"objectClass": "person", "sn": "paged"}))
    first = expect.ok(page(admin, 4, filter="(sn=paged)"))
    expect.ok(admin.delete(names[1]))
    expect.ok(admin.delete(names[6]))
    expect.ok(admin.add(f"cn=late,{sandbox}", {"objectClass": "person", "sn": "paged"}))
    seen, cookie = first.dns(), cookie_of(first)[1]
    while cookie:
        result = expect.ok(page(admin, 4, cookie, filter="(sn=paged)"))
        seen += result.dns()
        cookie = cookie_of(result)[1]
    assert len(seen) == len(set(seen))
    assert set(names) - {names[6]} <= set(seen)


def test_other_searches_between_pages(anon):
    first = expect.ok(page(anon, 5))
    expect.ok(anon.search(data.SUFFIX, SUB, "(uid=jean)"))
    assert expect.ok(page(anon, 5, cookie_of(first)[1])).dns() == ALL[5:10]


def test_cookie_of_another_connection(server, anon):
    """OpenLDAP keeps the state on the connection; ours need none."""
    cookie = cookie_of(page(anon, 5))[1]
    with server.client() as other:
        result = page(other, 5, cookie)
        expect.code(result, expect.differs(2, {0, 2}, "RFC 2696 3: the cookie is opaque; a "
                                           "server may accept it elsewhere"))
        assert result.code == 2 or result.dns() == ALL[5:10]


def test_bad_base_with_paging(anon):
    result = anon.search(f"cn=none,{data.SUFFIX}", controls=[paged(5)])
    expect.matched(expect.code(result, 32), data.SUFFIX)


@pytest.mark.parametrize("base", ["", "cn=Subschema"])
def test_paging_of_a_special_entry(anon, base):
    assert len(expect.ok(anon.search(base, 0, controls=[paged(5)])).entries) == 1


def test_ldapsearch_pages(server):
    done = server.ldap("ldapsearch", "-LLL", "-E", "pr=3/noprompt", "-b", data.PEOPLE, "1.1")
    assert done.returncode == 0 and done.stdout.count("dn: ") == 6
