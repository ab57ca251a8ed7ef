"""Controls on searches that have no file of their own (RFC 4511 4.1.11, 3876, 3672, 4528, 6171)."""

import pytest

from . import ber, data, expect, filters
from .client import (ASSERTION, BASE, DONT_USE_COPY, MATCHED_VALUES, NOOP, ONE, PERMISSIVE_MODIFY,
                     PRE_READ, RELAX, SUB, SUBENTRIES, TREE_DELETE, control, read_control)


def values_filter(*texts):
    """Encodes a ValuesReturnFilter."""
    return ber.sequence(*[filters.encode(text) for text in texts])


@pytest.fixture(scope="module")
def person(server):
    """An entry with several values. Gives its DN."""
    dn = f"cn=mv,{data.SUFFIX}"
    with server.admin() as admin:
        expect.ok(admin.add(dn, [("objectClass", ["inetOrgPerson"]), ("cn", ["mv"]),
                                 ("sn", ["aa", "ab", "bb"]), ("description", ["aa", "x"])]))
    return dn


MATCHED = [
    ("substring", ["(sn=a*)"], [("sn", ["aa", "ab"])]),
    ("two terms", ["(sn=bb)", "(cn=*)"], [("cn", ["mv"]), ("sn", ["bb"])]),
    ("no match", ["(sn=zz)"], []),
    ("undefined", ["(nosuch=x)"], []),
    ("extensible", ["(:caseIgnoreMatch:=aa)"], [("sn", ["aa"]), ("description", ["aa"])]),
    ("supertype", ["(name=aa)"], [("sn", ["aa"])]),
    ("whole attribute", ["(description=*)"], [("description", ["aa", "x"])]),
]


@pytest.mark.parametrize("name,texts,wanted", MATCHED, ids=expect.case_ids(MATCHED))
def test_matched_values(anon, person, name, texts, wanted):
    extra = control(MATCHED_VALUES, values_filter(*texts))
    entry = expect.ok(anon.search(person, BASE, controls=[extra])).entry()
    assert [(n, [v.decode() for v in vs]) for n, vs in entry.attrs] == wanted


def test_matched_values_with_selection(anon, person):
    extra = control(MATCHED_VALUES, values_filter("(sn=a*)", "(cn=mv)"))
    entry = expect.ok(anon.search(person, BASE, attrs=["sn"], controls=[extra])).entry()
    assert entry.attrs == [("sn", [b"aa", b"ab"])]


def test_matched_values_without_a_value(anon, person):
    expect.code(anon.search(person, BASE, controls=[control(MATCHED_VALUES)]), 2)


SEARCH = [
    ("assertion true", control(ASSERTION, filters.encode("(dc=falcot)")), 0),
    ("assertion false", control(ASSERTION, filters.encode("(dc=x)")), 122),
    ("assertion undefined", control(ASSERTION, filters.encode("(nosuch=x)")), 122),
    ("pre-read means nothing here", read_control(PRE_READ, ["cn"]), 12),
    ("relax means nothing here", control(RELAX), 12),
    ("permissive modify means nothing here", control(PERMISSIVE_MODIFY), 12),
    ("tree delete means nothing here", control(TREE_DELETE), 12),
    ("no-op on a search", control(NOOP), expect.differs(0, {0, 12}, "draft-zeilenga-ldap-noop 2: "
                                                        "only for updates; unavailable fits")),
    ("unknown", control("1.2.3"), 12),
    ("empty OID", control(""), 12),
    ("not an OID", control("abc"), 12),
    ("sort is not announced", control("1.2.840.113556.1.4.473", ber.sequence(
        ber.sequence(ber.octets("cn")))), 12),
    ("dontUseCopy", control(DONT_USE_COPY), 0),
    ("dontUseCopy not critical", control(DONT_USE_COPY, critical=False),
     expect.differs(0, {0, 2}, "RFC 6171 2: the criticality MUST be TRUE")),
    ("dontUseCopy with a value", control(DONT_USE_COPY, "x"), 2),
    ("unknown, not critical", control("1.2.3", critical=False), 0),
    ("sort, not critical", control("1.2.840.113556.1.4.473", "x", critical=False), 0),
    ("dereference, not critical", control("1.3.6.1.4.1.4203.666.5.16", "x", critical=False), 0),
]


@pytest.mark.parametrize("name,extra,code", SEARCH, ids=expect.case_ids(SEARCH))
def test_on_search(anon, name, extra, code):
    result = expect.code(anon.search(data.SUFFIX, BASE, controls=[extra]), code)
    assert len(result.entries) == (1 if result.code == 0 else 0)


def test_the_same_control_twice(anon):
    twice = [control(ASSERTION, filters.encode("(dc=falcot)"))] * 2
    expect.code(anon.search(data.SUFFIX, BASE, controls=twice), 2)


@pytest.fixture(scope="module")
def subentry(server):
    """A subentry below the suffix. Gives its DN."""
    dn = f"cn=subentry,{data.SUFFIX}"
    with server.admin() as admin:
        expect.ok(admin.add(dn, {"objectClass": "subentry", "subtreeSpecification": "{}"}))
    return dn


def test_subentries_are_hidden(anon, subentry):
    assert subentry not in anon.search(data.SUFFIX, ONE).dns()
    assert subentry not in anon.search(data.SUFFIX, SUB).dns()
    assert anon.search(data.SUFFIX, SUB, "(objectClass=subentry)").dns() == []


def test_subentries_are_found_by_base(anon, subentry):
    """RFC 3672 3: a base search names the entry itself."""
    assert anon.search(subentry, BASE).dns() == [subentry]


@pytest.mark.parametrize("visible", [True, False])
def test_subentries_control(anon, subentry, visible):
    extra = control(SUBENTRIES, ber.boolean(visible))
    dns = expect.ok(anon.search(data.SUFFIX, ONE, controls=[extra])).dns()
    if visible:
        assert dns == [subentry], "only subentries are visible"
    else:
        assert dns and subentry not in dns


@pytest.mark.parametrize("value", [None, "x", b"\x01\x02\xff\xff", b"\x30\x00"])
def test_subentries_malformed(anon, value):
    expect.code(anon.search(data.SUFFIX, controls=[control(SUBENTRIES, value)]), 2)


MALFORMED = [
    ("assertion", ASSERTION, "zz"),
    ("assertion, empty", ASSERTION, ""),
    ("matched values", MATCHED_VALUES, "x"),
    ("pre-read on modify", PRE_READ, "x"),
]


@pytest.mark.parametrize("name,oid,value", MALFORMED, ids=expect.case_ids(MALFORMED))
def test_malformed_value(server, name, oid, value):
    """A protocol error; OpenLDAP even closes the connection for a bad filter."""
    from .client import Disconnected
    with server.admin() as connection:
        try:
            if oid == PRE_READ:
                result = connection.modify(data.dn_of("joe"), [(2, "description", ["x"])],
                                           [control(oid, value)])
            else:
                result = connection.search(data.SUFFIX, BASE, controls=[control(oid, value)])
            expect.code(result, 2)
        except Disconnected:
            assert expect.differs(True, False, "RFC 4511 4.1.11: only that request fails")
