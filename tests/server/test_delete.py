"""Delete (RFC 4511 4.8)."""

import pytest

from . import data, expect, filters
from .client import (ASSERTION, MANAGE_DSA_IT, NOOP, PERMISSIVE_MODIFY, POST_READ, PRE_READ,
                     TREE_DELETE, control, control_entry, read_control)

PERSON = [("objectClass", ["person"]), ("sn", ["x"])]

PLACES = [
    ("has subordinates", data.PEOPLE, 66, ""),
    ("the suffix with subordinates", data.SUFFIX, 66, ""),
    ("no such entry", f"cn=no,ou=no,{data.SUFFIX}", 32, data.SUFFIX),
    ("no such context", "dc=other", 53, ""),
    ("malformed", "x", 34, ""),
    ("root DSE", "", 53, ""),
    ("subschema", "cn=Subschema", 53, ""),
]


@pytest.mark.parametrize("name,dn,code,matched", PLACES, ids=expect.case_ids(PLACES))
def test_place(admin, name, dn, code, matched):
    expect.matched(expect.code(admin.delete(dn), code), matched)


@pytest.fixture
def target(admin, sandbox):
    """A leaf. Gives its DN."""
    dn = f"cn=t,{sandbox}"
    expect.ok(admin.add(dn, PERSON))
    return dn


def test_delete(admin, target, sandbox):
    expect.ok(admin.delete(target))
    assert admin.read(target) is None
    assert admin.search(sandbox, 2, "(cn=t)").entries == []
    expect.matched(expect.code(admin.delete(target), 32), sandbox)
    expect.ok(admin.add(target, PERSON))


def test_delete_by_another_spelling(admin, target, sandbox):
    expect.ok(admin.delete(f"CN = \\54,{sandbox.upper()}"))
    assert admin.read(target) is None


CONTROLS = [
    ("no-op", control(NOOP), 16654),
    ("assertion false", control(ASSERTION, filters.encode("(sn=zz)")), 122),
    ("permissive modify means nothing here", control(PERMISSIVE_MODIFY), 12),
    ("post-read means nothing here", read_control(POST_READ, ["sn"]), 12),
    ("unknown critical", control("1.2.3"), 12),
    ("ManageDsaIT with a value", control(MANAGE_DSA_IT, "x"), 2),
]


@pytest.mark.parametrize("name,extra,code", CONTROLS, ids=expect.case_ids(CONTROLS))
def test_control_refuses(admin, target, name, extra, code):
    expect.code(admin.delete(target, [extra]), code)
    assert admin.read(target) is not None


def test_pre_read(admin, target):
    result = expect.ok(admin.delete(target, [read_control(PRE_READ, ["sn"])]))
    entry = control_entry(result.control(PRE_READ))
    assert (entry.dn, entry.attrs) == (target, [("sn", [b"x"])])


def test_subordinates_flag_follows(admin, sandbox, target):
    def flag():
        return admin.read(sandbox, ["hasSubordinates"]).text("hasSubordinates")
    assert flag() == ["TRUE"]
    expect.ok(admin.delete(target))
    assert flag() == ["FALSE"]
    expect.ok(admin.delete(sandbox))


@pytest.mark.ours("back-mdb of 2.5 announces no tree delete; the issue asks for it")
def test_tree_delete(admin, sandbox):
    for rdn in ("ou=a", "ou=b,ou=a", "ou=c,ou=b,ou=a", "ou=d,ou=a"):
        expect.ok(admin.add(f"{rdn},{sandbox}", {"objectClass": "organizationalUnit"}))
    expect.ok(admin.delete(f"ou=a,{sandbox}", [control(TREE_DELETE)]))
    assert admin.search(sandbox, 2, attrs=["1.1"]).dns() == [sandbox]
    assert admin.search(sandbox, 2, "(ou=c)", ["1.1"]).dns() == []
    expect.ok(admin.delete(sandbox, [control(TREE_DELETE)]))


@pytest.mark.ours("back-mdb of 2.5 announces no tree delete; the issue asks for it")
def test_tree_delete_takes_no_value(admin, target):
    expect.code(admin.delete(target, [control(TREE_DELETE, "x")]), 2)


def test_tree_delete_where_it_is_not_supported(admin, target):
    expect.code(admin.delete(target, [control(TREE_DELETE)]),
                expect.differs(12, 0, "draft-armijo-ldap-treedelete"))


def test_delete_everything_and_begin_again(make):
    server = make()
    with server.admin() as admin:
        for dn, _ in reversed(data.entries()):
            expect.ok(admin.delete(dn))
        expect.code(admin.search(data.SUFFIX), 32)
        for dn, attrs in data.entries():
            expect.ok(admin.add(dn, attrs))
        assert len(admin.search(data.SUFFIX).entries) == len(data.entries())
    server.stop()


@pytest.mark.ours("the bound on tree delete is ours")
def test_tree_delete_is_bounded(make):
    """Above maxtreedelete nothing is deleted; at the bound everything is."""
    server = make(extra="maxtreedelete 3")
    top = f"ou=bound,{data.SUFFIX}"
    with server.admin() as admin:
        for rdn in ("", "ou=a,", "ou=b,", "ou=c,"):
            expect.ok(admin.add(f"{rdn}{top}", {"objectClass": "organizationalUnit"}))
        expect.code(admin.delete(top, [control(TREE_DELETE)]), 11)
        assert len(admin.search(top, 2, attrs=["1.1"]).dns()) == 4
        expect.ok(admin.delete(f"ou=c,{top}"))
        expect.ok(admin.delete(top, [control(TREE_DELETE)]))
        expect.code(admin.search(top, 2), 32)
