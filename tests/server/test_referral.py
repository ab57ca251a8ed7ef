"""Named referrals (RFC 3296) and ManageDsaIT, with default referrals in test_add.py."""

import pytest

from . import data, expect
from .client import BASE, DOMAIN_SCOPE, MANAGE_DSA_IT, ONE, SUB, control

BOX = f"ou=referrals,{data.SUFFIX}"
REF = f"cn=ref,{BOX}"
URLS = ["ldap://o.example/ou=x,dc=y", "ldap://p.example:400"]
MANAGE = [control(MANAGE_DSA_IT)]


@pytest.fixture(scope="module", autouse=True)
def entries(server):
    """A branch with one referral and one plain entry."""
    with server.admin() as admin:
        expect.ok(admin.add(BOX, {"objectClass": "organizationalUnit"}))
        expect.ok(admin.add(REF, {"objectClass": ["referral", "extensibleObject"], "ref": URLS}))
        expect.ok(admin.add(f"cn=plain,{BOX}", {"objectClass": "person", "sn": "x"}))


BASES = [
    ("at, base", REF, BASE, ["ldap://o.example/ou=x,dc=y??base", f"ldap://p.example:400/{REF}??base"]),
    ("at, one", REF, ONE, ["ldap://o.example/ou=x,dc=y??one", f"ldap://p.example:400/{REF}??one"]),
    ("at, sub", REF, SUB, ["ldap://o.example/ou=x,dc=y??sub", f"ldap://p.example:400/{REF}??sub"]),
    ("below", f"ou=z,{REF}", BASE, ["ldap://o.example/ou=z,ou=x,dc=y??base",
                                    f"ldap://p.example:400/ou=z,{REF}??base"]),
    ("far below", f"cn=q,ou=z,{REF}", SUB, ["ldap://o.example/cn=q,ou=z,ou=x,dc=y??sub",
                                            f"ldap://p.example:400/cn=q,ou=z,{REF}??sub"]),
]


@pytest.mark.parametrize("name,base,scope,urls", BASES, ids=expect.case_ids(BASES))
def test_search_base(anon, name, base, scope, urls):
    result = expect.code(anon.search(base, scope), 10)
    assert result.referrals == urls
    expect.matched(result, REF)


CONTINUED = [
    ("subtree", SUB, ["ldap://o.example/ou=x,dc=y??sub", f"ldap://p.example:400/{REF}??sub"]),
    ("one level", ONE, ["ldap://o.example/ou=x,dc=y??base", f"ldap://p.example:400/{REF}??base"]),
]


@pytest.mark.parametrize("name,scope,urls", CONTINUED, ids=expect.case_ids(CONTINUED))
@pytest.mark.parametrize("text", ["(objectClass=*)", "(sn=x)", "(cn=nothing)", "(nosuch=x)"])
def test_continuation(anon, name, scope, urls, text):
    """A reference comes whatever the filter is: the entries are elsewhere."""
    result = expect.ok(anon.search(BOX, scope, text, ["1.1"]))
    assert result.references == [urls]
    assert REF not in result.dns()


def test_references_do_not_count_for_the_size_limit(anon):
    result = expect.ok(anon.search(BOX, ONE, size=1))
    assert (len(result.entries), len(result.references)) == (1, 1)


REFERRED = [
    ("compare", lambda c, dn: c.compare(dn, "cn", "ref")),
    ("modify", lambda c, dn: c.modify(dn, [(2, "description", ["x"])])),
    ("delete", lambda c, dn: c.delete(dn)),
    ("modrdn", lambda c, dn: c.modrdn(dn, "cn=q")),
]


@pytest.mark.parametrize("name,operation", REFERRED, ids=expect.case_ids(REFERRED))
def test_operations(admin, name, operation):
    result = expect.code(operation(admin, REF), 10)
    assert result.referrals == URLS
    result = expect.code(operation(admin, f"cn=z,{REF}"), 10)
    assert result.referrals == ["ldap://o.example/cn=z,ou=x,dc=y",
                                f"ldap://p.example:400/cn=z,{REF}"]
    expect.matched(result, REF)


def test_add_at_a_referral(admin):
    """The name is taken here: RFC 3296 5.2 wants a referral, OpenLDAP says it exists."""
    expect.code(admin.add(REF, {"objectClass": "person", "sn": "x"}), {10, 68})


def test_manage_dsa_it(admin, anon):
    found = expect.ok(anon.search(BOX, SUB, "(objectClass=referral)", ["ref"], controls=MANAGE))
    assert found.dns() == [REF] and found.entry().text("ref") == URLS
    assert anon.read(REF, controls=MANAGE).dn == REF
    expect.code(anon.compare(REF, "cn", "ref", MANAGE), 6)
    expect.ok(admin.modify(REF, [(2, "description", ["x"])], MANAGE))
    expect.ok(admin.modrdn(REF, "cn=ref2", True, None, MANAGE))
    expect.ok(admin.modrdn(f"cn=ref2,{BOX}", "cn=ref", True, None, MANAGE))
    expect.ok(admin.add(f"cn=new,{BOX}", {"objectClass": ["referral", "extensibleObject"],
                                          "ref": URLS}, MANAGE))
    expect.ok(admin.delete(f"cn=new,{BOX}", MANAGE))


def test_below_a_referral_with_manage_dsa_it(admin):
    expect.code(admin.search(f"cn=z,{REF}", BASE, controls=MANAGE),
                expect.differs(10, 32, "RFC 3296 5: with the control it is an ordinary object"))


def test_manage_dsa_it_takes_no_value(anon):
    expect.code(anon.search(BOX, controls=[control(MANAGE_DSA_IT, "x")]), 2)


def test_domain_scope(anon):
    """Without references of any kind (draft-armijo-ldap-control-domain-scope)."""
    result = expect.ok(anon.search(BOX, SUB, controls=[control(DOMAIN_SCOPE)]))
    assert result.references == []
    expect.code(anon.search(REF, BASE, controls=[control(DOMAIN_SCOPE)]), 32)
    expect.code(anon.search(BOX, SUB, controls=[control(DOMAIN_SCOPE, "x")]), 2)


def test_ldapsearch_shows_references(server):
    done = server.ldap("ldapsearch", "-b", BOX)
    assert done.returncode == 0 and "# numReferences: 1" in done.stdout
    done = server.ldap("ldapsearch", "-M", "-b", BOX, "ref")
    assert "# numReferences" not in done.stdout and "ref: ldap://o.example" in done.stdout
