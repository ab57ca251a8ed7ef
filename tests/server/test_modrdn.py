"""ModifyDN (RFC 4511 4.9)."""

import pytest

from . import data, expect, filters
from .client import (ASSERTION, MANAGE_DSA_IT, NOOP, POST_READ, PRE_READ, TREE_DELETE, control,
                     control_entry, read_control)

CN, SN, DESC = ("cn", ["t"]), ("sn", ["a", "b"]), ("description", ["One"])


@pytest.fixture
def target(admin, sandbox):
    """An inetOrgPerson. Gives its DN."""
    dn = f"cn=t,{sandbox}"
    expect.ok(admin.add(dn, [("objectClass", ["inetOrgPerson"]), CN, SN, DESC]))
    return dn


RENAMES = [
    ("plain", "cn=r", True, "cn=r", [SN, DESC, ("cn", ["r"])]),
    ("keep the old value", "cn=r", False, "cn=r", [("cn", ["t", "r"]), SN, DESC]),
    ("case only", "CN=T", True, "cn=T", [SN, DESC, ("cn", ["T"])]),
    ("to itself", "cn=t", True, "cn=t", [SN, DESC, ("cn", ["t"])]),
    ("several values", "cn=r+sn=z", True, "cn=r+sn=z",
     [("sn", ["a", "b", "z"]), DESC, ("cn", ["r"])]),
    ("several values, one there", "cn=r+sn=A", True, "cn=r+sn=A", [SN, DESC, ("cn", ["r"])]),
    ("another attribute", "uid=u", False, "uid=u", [CN, SN, DESC, ("uid", ["u"])]),
    ("a value that is there", "description=one", False, "description=one", [CN, SN, DESC]),
    ("escapes", r"cn=a\,b", True, "cn=a\\2Cb", [SN, DESC, ("cn", ["a,b"])]),
    ("by OID", "2.5.4.3=o", True, "cn=o", [SN, DESC, ("cn", ["o"])]),
]


def shape(entry):
    """Returns name and values of every attribute but objectClass, sorted by name."""
    return sorted((n, [v.decode() for v in vs]) for n, vs in entry.attrs if n != "objectClass")


@pytest.mark.parametrize("name,rdn,drop,became,attrs", RENAMES, ids=expect.case_ids(RENAMES))
def test_rename(admin, target, sandbox, name, rdn, drop, became, attrs):
    expect.ok(admin.modrdn(target, rdn, drop))
    entries = admin.search(sandbox, 1).entries
    assert len(entries) == 1
    assert shape(entries[0]) == sorted(attrs)
    assert entries[0].dn.split(",ou=box")[0].lower() == became.lower()
    assert admin.read(entries[0].dn).dn == entries[0].dn
    assert admin.search(sandbox, 2, "(objectClass=person)").dns() == [entries[0].dn]


REFUSED = [
    ("there already", "cn=other", True, None, 68),
    ("not an RDN", "zz", True, None, 34),
    ("two RDNs", "cn=x,ou=y", True, None, 34),
    ("empty RDN", "", True, None, 34),
    ("undefined attribute", "nosuch=5", True, None, 34),
    ("bad syntax", "uidNumber=x", False, None, 34),
    ("not allowed", "uidNumber=5", False, None, 65),
    ("leaves no MUST", "uid=u", True, None, 65),
    ("operational", "entryUUID=b1b1b1b1-0000-1000-8000-000000000009", False, None, {19, 64}),
    ("superior absent", "cn=x", True, f"ou=none,{data.SUFFIX}", 32),
    ("superior in no context", "cn=x", True, "dc=other", 71),
    ("superior is the root", "cn=x", True, "", 71),
    ("superior malformed", "cn=x", True, "zz", 34),
]


@pytest.mark.parametrize("name,rdn,drop,superior,code", REFUSED, ids=expect.case_ids(REFUSED))
def test_refused(admin, target, sandbox, name, rdn, drop, superior, code):
    expect.ok(admin.add(f"cn=other,{sandbox}", [("objectClass", ["person"]), ("sn", ["x"])]))
    before = admin.read(target, ["*", "+"]).attrs
    expect.code(admin.modrdn(target, rdn, drop, superior), code)
    assert admin.read(target, ["*", "+"]).attrs == before


PLACES = [
    ("no such entry", f"cn=no,ou=no,{data.SUFFIX}", 32),
    ("no such context", "dc=other", 53),
    ("malformed", "x", 34),
    ("the suffix", data.SUFFIX, {71, 53}),
    ("subschema", "cn=Subschema", 53),
]


@pytest.mark.parametrize("name,dn,code", PLACES, ids=expect.case_ids(PLACES))
def test_place(admin, name, dn, code):
    expect.code(admin.modrdn(dn, "cn=x"), code)


def test_root_dse(admin):
    expect.code(admin.modrdn("", "cn=x"), {53})
    assert admin.search("", 0, attrs=["1.1"]).dns() == [""]


@pytest.fixture
def tree(admin, sandbox):
    """A small tree: a, a/b, a/b/c, and beside it z. Gives the DN of the parent."""
    for rdn in ("ou=a", "ou=b,ou=a", "ou=c,ou=b,ou=a", "ou=z"):
        expect.ok(admin.add(f"{rdn},{sandbox}", {"objectClass": "organizationalUnit"}))
    return sandbox


def names(admin, base):
    """Returns the names below a base, relative to it, sorted."""
    found = admin.search(base, 2, attrs=["1.1"]).dns()
    return sorted(dn[:-len(base)].rstrip(",") for dn in found if dn != base)


def test_subtree_rename(admin, tree):
    expect.ok(admin.modrdn(f"ou=a,{tree}", "ou=new"))
    assert names(admin, tree) == ["ou=b,ou=new", "ou=c,ou=b,ou=new", "ou=new", "ou=z"]
    entry = admin.read(f"ou=c,ou=b,ou=new,{tree}", ["entryDN"])
    assert entry.text("entryDN") == [f"ou=c,ou=b,ou=new,{tree}"]
    assert admin.search(tree, 2, "(ou=c)", ["1.1"]).dns() == [f"ou=c,ou=b,ou=new,{tree}"]
    expect.matched(expect.code(admin.search(f"ou=b,ou=a,{tree}"), 32), tree)


def test_subtree_move(admin, tree):
    expect.ok(admin.modrdn(f"ou=b,ou=a,{tree}", "ou=b", True, f"ou=z,{tree}"))
    assert names(admin, tree) == ["ou=a", "ou=b,ou=z", "ou=c,ou=b,ou=z", "ou=z"]
    flags = {e.dn.split(",")[0]: e.text("hasSubordinates")[0]
             for e in admin.search(tree, 1, attrs=["hasSubordinates"]).entries}
    assert flags == {"ou=a": "FALSE", "ou=z": "TRUE"}


def test_move_with_a_new_name(admin, tree):
    expect.ok(admin.modrdn(f"ou=b,ou=a,{tree}", "ou=q", False, tree))
    assert names(admin, tree) == ["ou=a", "ou=c,ou=q", "ou=q", "ou=z"]
    assert sorted(admin.read(f"ou=q,{tree}").text("ou")) == ["b", "q"]


def test_move_to_where_it_is(admin, tree):
    expect.ok(admin.modrdn(f"ou=a,{tree}", "ou=a2", True, tree))
    assert "ou=a2" in names(admin, tree)


@pytest.mark.parametrize("superior", ["ou=a", "ou=b,ou=a", "ou=c,ou=b,ou=a"])
def test_below_itself(admin, tree, superior):
    expect.code(admin.modrdn(f"ou=a,{tree}", "ou=a", True, f"{superior},{tree}"), 53)
    assert names(admin, tree) == ["ou=a", "ou=b,ou=a", "ou=c,ou=b,ou=a", "ou=z"]


def test_special_superiors(admin, tree):
    expect.ok(admin.add(f"cn=al,{tree}", {"objectClass": ["alias", "extensibleObject"],
                                          "aliasedObjectName": data.SUFFIX}))
    expect.ok(admin.add(f"cn=ref,{tree}", {"objectClass": ["referral", "extensibleObject"],
                                           "ref": "ldap://o.example/dc=y"}))
    expect.code(admin.modrdn(f"ou=z,{tree}", "ou=z", True, f"cn=al,{tree}"), 33)
    expect.code(admin.modrdn(f"ou=z,{tree}", "ou=z", True, f"cn=ref,{tree}"),
                expect.differs(80, {10, 71, 80}, "RFC 4511 4.9: a referral or affectsMultipleDSAs"))


def test_into_another_database(make):
    from .harness import Database
    server = make(databases=[Database(), Database("dc=second", name="db2")])
    with server.admin() as admin, server.client("cn=admin,dc=second") as second:
        expect.ok(second.add("dc=second", {"objectClass": ["dcObject", "organization"], "o": "x"}))
        expect.code(admin.modrdn(data.dn_of("jean"), "uid=jean", True, "dc=second"), 71)
        assert admin.read(data.dn_of("jean")) is not None
    server.stop()


def test_controls(admin, target, sandbox):
    expect.code(admin.modrdn(target, "cn=n", True, None, [control(NOOP)]), 16654)
    false = control(ASSERTION, filters.encode("(sn=zz)"))
    expect.code(admin.modrdn(target, "cn=n", True, None, [false]), 122)
    expect.code(admin.modrdn(target, "cn=n", True, None, [control(TREE_DELETE)]), 12)
    expect.code(admin.modrdn(target, "cn=n", True, None, [control(MANAGE_DSA_IT, "x")]), 2)
    assert admin.read(target) is not None
    result = expect.ok(admin.modrdn(target, "cn=n", True, None,
                                    [read_control(PRE_READ, ["cn", "entryDN"]),
                                     read_control(POST_READ, ["cn", "entryDN"])]))
    before = control_entry(result.control(PRE_READ))
    after = control_entry(result.control(POST_READ))
    assert (before.dn, before.text("cn")) == (target, ["t"])
    assert (after.dn, after.text("cn")) == (f"cn=n,{sandbox}", ["n"])
    assert after.text("entryDN") == [f"cn=n,{sandbox}"]


def test_rename_updates_the_stamps(admin, target, sandbox):
    before = admin.read(target, ["+"])
    expect.ok(admin.modrdn(target, "cn=n"))
    after = admin.read(f"cn=n,{sandbox}", ["+"])
    assert after.text("entryCSN")[0] > before.text("entryCSN")[0]
    assert after.get("entryUUID") == before.get("entryUUID")


def test_order_of_the_bytes_of_a_multivalued_rdn(admin, sandbox):
    """The parts of an RDN are a set: any order names the entry."""
    expect.ok(admin.add(f"cn=a+sn=b,{sandbox}", {"objectClass": "person"}))
    assert admin.read(f"sn=b+cn=a,{sandbox}") is not None
    expect.code(admin.add(f"sn=B+cn=A,{sandbox}", {"objectClass": "person"}), 68)
    assert admin.read(f"cn=a,{sandbox}") is None


def test_swap_two_names(admin, tree):
    for old, new in (("ou=a", "ou=tmp"), ("ou=z", "ou=a"), ("ou=tmp", "ou=z")):
        expect.ok(admin.modrdn(f"{old},{tree}", new))
    assert names(admin, tree) == ["ou=a", "ou=b,ou=z", "ou=c,ou=b,ou=z", "ou=z"]


@pytest.mark.parametrize("options,status", [(["-r"], 0), ([], 0)])
def test_ldapmodrdn(server, admin, target, sandbox, options, status):
    done = server.ldap("ldapmodrdn", *options, target, "cn=byhand", admin=True)
    assert done.returncode == status, done
    kept = admin.read(f"cn=byhand,{sandbox}").text("cn")
    assert kept == (["byhand"] if options else ["t", "byhand"])
