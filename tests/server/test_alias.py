"""Alias dereferencing in all four ways (RFC 4511 4.5.1.3, RFC 4512 2.6)."""

import pytest

from . import data, expect, filters
from .client import ASSERTION, BASE, ONE, SUB, control

BOX = f"ou=alias,{data.SUFFIX}"
REAL = f"ou=real,{BOX}"
LEAF = f"cn=leaf,{REAL}"
ALIASES = {
    "tree": REAL, "leaf2": LEAF, "chain": f"cn=tree,{BOX}", "loop1": f"cn=loop2,{BOX}",
    "loop2": f"cn=loop1,{BOX}", "self": f"cn=self,{BOX}", "gone": f"cn=none,{BOX}",
    "out": "dc=other",
}


@pytest.fixture(scope="module", autouse=True)
def entries(server):
    """A branch with a real subtree and every kind of alias."""
    with server.admin() as admin:
        for dn in (BOX, REAL):
            expect.ok(admin.add(dn, {"objectClass": "organizationalUnit"}))
        expect.ok(admin.add(LEAF, {"objectClass": "person", "sn": "x"}))
        for name, target in ALIASES.items():
            expect.ok(admin.add(f"cn={name},{BOX}", {"objectClass": ["alias", "extensibleObject"],
                                                     "aliasedObjectName": target}))


NEVER, SEARCHING, FINDING, ALWAYS = 0, 1, 2, 3
PLAIN = [f"cn={name},{BOX}" for name in ALIASES]

BASES = [
    # alias as the base, deref, code, matched, names of a subtree search
    ("tree", NEVER, 0, "", [f"cn=tree,{BOX}"]),
    ("tree", SEARCHING, 0, "", [f"cn=tree,{BOX}"]),
    ("tree", FINDING, 0, "", [REAL, LEAF]),
    ("tree", ALWAYS, 0, "", [REAL, LEAF]),
    ("chain", FINDING, 0, "", [REAL, LEAF]),
    ("chain", ALWAYS, 0, "", [REAL, LEAF]),
    ("leaf2", ALWAYS, 0, "", [LEAF]),
    ("loop1", NEVER, 0, "", [f"cn=loop1,{BOX}"]),
    ("loop1", FINDING, {33, 36}, None, []),
    ("self", ALWAYS, {33, 36}, None, []),
    ("gone", FINDING, 33, None, []),
    ("out", FINDING, 33, None, []),
]


@pytest.mark.parametrize("name,deref,code,matched,dns", BASES,
                         ids=[f"{row[0]}-{row[1]}" for row in BASES])
def test_base(anon, name, deref, code, matched, dns):
    result = expect.code(anon.search(f"cn={name},{BOX}", SUB, attrs=["1.1"], deref=deref), code)
    assert sorted(result.dns()) == sorted(dns)
    if matched is not None:
        expect.matched(result, matched)


BELOW = [(NEVER, 32), (SEARCHING, 32), (FINDING, 0), (ALWAYS, 0)]


@pytest.mark.parametrize("deref,code", BELOW)
def test_base_below_an_alias(anon, deref, code):
    result = anon.search(f"cn=leaf,cn=tree,{BOX}", BASE, attrs=["1.1"], deref=deref)
    expect.code(result, code)
    assert result.dns() == ([LEAF] if code == 0 else [])
    if code:
        expect.matched(result, f"cn=tree,{BOX}")


def test_assertion_looks_at_what_the_alias_stands_for(anon):
    """RFC 4528 3: the target is the base object, which is the aliased one."""
    for dn, code in ((REAL, 0), (f"cn=tree,{BOX}", 122)):
        asserted = [control(ASSERTION, filters.encode(f"(entryDN={dn})"))]
        expect.code(anon.search(f"cn=tree,{BOX}", BASE, deref=ALWAYS, controls=asserted), code)


@pytest.mark.parametrize("deref", [NEVER, FINDING])
def test_aliases_are_entries_when_not_searched_through(anon, deref):
    result = expect.ok(anon.search(BOX, SUB, attrs=["1.1"], deref=deref))
    assert sorted(result.dns()) == sorted([BOX, REAL, LEAF] + PLAIN)


@pytest.mark.parametrize("deref", [SEARCHING, ALWAYS])
def test_search_through_aliases(anon, deref):
    """Each real entry once, aliases that lead nowhere left out."""
    result = expect.ok(anon.search(BOX, SUB, attrs=["1.1"], deref=deref))
    assert sorted(result.dns()) == sorted([BOX, REAL, LEAF])


@pytest.mark.parametrize("deref", [SEARCHING, ALWAYS])
def test_one_level_through_aliases(anon, deref):
    """RFC 4511 4.5.1.3: in a one-level search the aliased object stands for the alias."""
    dns = expect.ok(anon.search(BOX, ONE, attrs=["1.1"], deref=deref)).dns()
    assert set(dns) == {REAL, LEAF}
    if expect.differs(False, True, "RFC 4511 4.5.1.3: no duplicate"):
        assert len(dns) == 2


def test_filter_applies_to_the_target(anon):
    result = expect.ok(anon.search(BOX, SUB, "(objectClass=person)", ["1.1"], deref=ALWAYS))
    assert result.dns() == [LEAF]
    result = expect.ok(anon.search(BOX, SUB, "(objectClass=alias)", ["1.1"], deref=ALWAYS))
    assert result.dns() == []


def test_target_outside_of_the_base(anon):
    """A subtree search below an alias reaches the target though it is elsewhere."""
    result = expect.ok(anon.search(f"cn=chain,{BOX}", ONE, attrs=["1.1"], deref=ALWAYS))
    assert result.dns() == [LEAF]


def test_scope_base_of_an_alias(anon):
    for deref, dn in ((NEVER, f"cn=tree,{BOX}"), (SEARCHING, f"cn=tree,{BOX}"), (FINDING, REAL),
                      (ALWAYS, REAL)):
        assert anon.search(f"cn=tree,{BOX}", BASE, attrs=["1.1"], deref=deref).dns() == [dn]


def test_other_operations_never_dereference(admin):
    below = f"cn=leaf,cn=tree,{BOX}"
    expect.code(admin.compare(below, "cn", "leaf"), 32)
    expect.code(admin.modify(below, [(2, "sn", ["y"])]), 32)
    expect.code(admin.delete(below), 32)
    expect.code(admin.modrdn(below, "cn=x"), 32)
    expect.code(admin.compare(f"cn=tree,{BOX}", "cn", "tree"), 6)


def test_long_chain_ends(admin, sandbox):
    """A chain of fifty aliases is followed or refused, and never hangs."""
    for n in range(50):
        target = f"cn=c{n + 1},{sandbox}" if n < 49 else data.dn_of("jean")
        expect.ok(admin.add(f"cn=c{n},{sandbox}", {"objectClass": ["alias", "extensibleObject"],
                                                   "aliasedObjectName": target}))
    result = admin.search(f"cn=c0,{sandbox}", BASE, attrs=["1.1"], deref=ALWAYS)
    expect.code(result, {0, 33, 36})
    result = admin.search(f"cn=c40,{sandbox}", BASE, attrs=["1.1"], deref=ALWAYS)
    assert result.code in (33, 36) or result.dns() == [data.dn_of("jean")]


def test_alias_loops_through_subtrees(admin, sandbox):
    """Two branches that hold aliases to each other."""
    for name, other in (("a", "b"), ("b", "a")):
        expect.ok(admin.add(f"ou={name},{sandbox}", {"objectClass": "organizationalUnit"}))
    for name, other in (("a", "b"), ("b", "a")):
        expect.ok(admin.add(f"cn=to,ou={name},{sandbox}",
                            {"objectClass": ["alias", "extensibleObject"],
                             "aliasedObjectName": f"ou={other},{sandbox}"}))
    result = expect.ok(admin.search(f"ou=a,{sandbox}", SUB, attrs=["1.1"], deref=ALWAYS))
    assert sorted(result.dns()) == [f"ou=a,{sandbox}", f"ou=b,{sandbox}"]


@pytest.mark.ours("the bound on aliases is ours")
def test_aliases_followed_are_bounded(make):
    server = make(extra="maxaliases 1")
    with server.admin() as admin:
        for name in ("one", "two"):
            expect.ok(admin.add(f"cn={name},{data.SUFFIX}", {
                "objectClass": ["alias", "extensibleObject"], "aliasedObjectName": data.PEOPLE}))
        expect.code(admin.search(data.SUFFIX, SUB, deref=SEARCHING), 11)
        expect.ok(admin.search(data.SUFFIX, SUB, deref=NEVER))
