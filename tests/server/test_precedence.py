"""Which fault is told first, and what the differential test found or has to leave out."""

import pytest

from . import ber, data, expect, filters
from .client import (ASSERTION, DOMAIN_SCOPE, MATCHED_VALUES, PERMISSIVE_MODIFY, PRE_READ, RELAX,
                     SUBENTRIES, control, paged, read_control)

JEAN = data.dn_of("jean")
GONE = f"uid=none,{data.PEOPLE}"
FALSE = control(ASSERTION, filters.encode("(cn=nobody)"))
EXTENSIBLE = [("objectClass", ["device", "extensibleObject"])]
PERSON = [("objectClass", ["person"]), ("sn", ["x"])]

FIRST = [
    ("modify: values before the name", lambda c: c.modify(GONE, [(2, "uidNumber", ["1", "2"])]),
     19),
    ("modify: values before the server's own", lambda c: c.modify(JEAN, [(2, "entryUUID", ["x"])]),
     21),
    ("modify: values before the context", lambda c: c.modify("dc=x", [(2, "seeAlso", ["x"])]), 21),
    ("modify: form before the name", lambda c: c.modify("bad", [(0, "sn", [])]), 2),
    ("modify: single value before classes",
     lambda c: c.modify(JEAN, [(0, "uidNumber", ["1"]), (0, "objectClass", ["device"])]), 19),
    ("modify: rule before the attribute", lambda c: c.modify(JEAN, [(1, "jpegPhoto", ["x"])]), 18),
    ("add: schema before the place",
     lambda c: c.add(f"cn=x,{GONE}", [("objectClass", ["person"])]), 65),
    ("add: schema before the name is taken",
     lambda c: c.add(JEAN, [("objectClass", ["person"])]), 65),
    ("add: assertion before the place", lambda c: c.add(f"cn=x,{GONE}", PERSON, [FALSE]), 122),
    ("add: form before the name", lambda c: c.add("bad", [("sn", [])]), 2),
    ("add: an entry without subordinates yet",
     lambda c: c.add(f"cn=x,{GONE}", PERSON,
                     [control(ASSERTION, filters.encode("(!(hasSubordinates=*))"))]), 122),
    ("add: root DSE", lambda c: c.add("", PERSON), 68),
    ("compare: value before the name", lambda c: c.compare(GONE, "uidNumber", "x"), 21),
    ("compare: attribute before the name", lambda c: c.compare(GONE, "nosuch", "x"), 17),
    ("modrdn: naming rule before the name", lambda c: c.modrdn(GONE, "jpegPhoto=x"), 64),
    ("modrdn: above itself", lambda c: c.modrdn(JEAN, "ou=People", True, data.SUFFIX), 53),
    ("search: assertion on the root DSE", lambda c: c.search("", 0, controls=[FALSE]), 122),
    ("relax: structural class",
     lambda c: c.modify(JEAN, [(2, "structuralObjectClass", ["person"])], [control(RELAX)]), 19),
]


@pytest.mark.parametrize("name,ask,code", FIRST, ids=expect.case_ids(FIRST))
def test_first_fault(admin, name, ask, code):
    expect.code(ask(admin), code)


DELIBERATE = [
    ("surrogate", "cn=a", PERSON + [("description", [b"\xed\xa0\x80"])],
     expect.differs(0, 21, "RFC 3629 3: no surrogates in UTF-8")),
    ("option in a DN", "cn;lang-fr=a", PERSON + [("cn", ["a"])],
     expect.differs(0, 34, "RFC 4514 3: a type in a DN is descr or numericoid")),
    ("hexadecimal value", "cn=#0403616263", PERSON,
     expect.differs(34, 0, "RFC 4514 2.4: any value may come in its BER form")),
    ("one number is no OID", "cn=b", EXTENSIBLE + [("supportedApplicationContext", ["100"])],
     expect.differs(0, 21, "RFC 4512 1.4: numericoid has a dot")),
    ("teletex terminal", "cn=c", EXTENSIBLE + [("teletexTerminalIdentifier", ["x$graphic:y"])],
     expect.differs(21, 0, "RFC 4517 3.3.32")),
    ("sharp s is ss", "cn=d", PERSON + [("description", ["stra\u00dfe", "STRASSE"])],
     expect.differs(0, 20, "RFC 4518 2.2: case folding of table B.2")),
    ("soft hyphen is nothing", "cn=e", PERSON + [("description", ["ab", "a\u00adb"])],
     expect.differs(0, 20, "RFC 4518 2.2: soft hyphen is mapped to nothing")),
    ("long RDN", f"cn={'x' * 200}+description={'y' * 300}", PERSON,
     expect.differs(80, 0, "RFC 4511 4.1.3: names have no such bound")),
    ("a ref elsewhere", "cn=f", EXTENSIBLE + [("ref", ["ldap://a"])], 65),
    ("an aliasedObjectName elsewhere", "cn=g", EXTENSIBLE + [("aliasedObjectName", [JEAN])], 65),
]


@pytest.mark.parametrize("name,rdn,attrs,code", DELIBERATE, ids=expect.case_ids(DELIBERATE))
def test_deliberate_in_add(admin, sandbox, name, rdn, attrs, code):
    expect.code(admin.add(f"{rdn},{sandbox}", attrs), code)


def test_deliberate_in_controls(admin, sandbox):
    dn = f"cn=a,{sandbox}"
    expect.ok(admin.add(dn, PERSON))
    result = admin.modify(dn, [(2, "sn", ["y"])], [read_control(PRE_READ, ["nosuch", "sn"])])
    expect.code(result, expect.differs(17, 0, "RFC 4527 3: unknown names are ignored"))
    result = admin.modify(dn, [(1, "sn", ["absent"])], [control(PERMISSIVE_MODIFY)])
    expect.code(result, expect.differs(16, 0, "Microsoft ADTS 3.1.1.3.4.1.8"))
    expect.ok(admin.modify(dn, [(3, "gidNumber", ["5"]), (0, "objectClass", ["extensibleObject"])],
                           [control(PERMISSIVE_MODIFY)]))
    assert admin.read(dn).text("gidNumber") == ["5"]
    expect.ok(admin.modify(dn, [(3, "gidNumber", ["0"])]))


FOUND = [
    ("ordering rule by name", "(uidNumber:integerOrderingMatch:=10003)", {"jean", "laure"}),
    ("ordering rule, text", "(sn:caseIgnoreOrderingMatch:=e)", {"jean"}),
    ("piece that no number has", "(!(telephoneNumber=_*))", set()),
    ("piece that no address has", "(!(mail=\\c3\\a9*))", set()),
    ("option and name", "(uid;lang-fr:dn:=jean)", set()),
    ("class and name", "(&(objectClass:dn:=person)(uid=jean))", {"jean"}),
]


@pytest.mark.parametrize("name,text,wanted", FOUND, ids=expect.case_ids(FOUND))
def test_filter(anon, name, text, wanted):
    result = expect.ok(anon.search(data.PEOPLE, 1, text, ["uid"]))
    assert {entry.text("uid")[0] for entry in result.entries} == wanted


def test_new_naming_attributes_come_from_the_last(admin, sandbox):
    expect.ok(admin.add(f"cn=a,{sandbox}", PERSON))
    expect.ok(admin.modrdn(f"cn=a,{sandbox}", "description=d+cn=b"))
    entry = admin.search(sandbox, 1, "(sn=x)").entry()
    assert entry.names() == ["objectClass", "sn", "description", "cn"]


def values(*items):
    """The matched values control."""
    return [control(MATCHED_VALUES, ber.sequence(*[filters.encode(item) for item in items]))]


def test_matched_values(anon):
    def names(asked, *items, types=False):
        result = expect.ok(anon.search(JEAN, 0, attrs=asked, controls=values(*items), types=types))
        return [(name, vals) for name, vals in result.entry().attrs if vals or types]
    assert names(["*"], "(objectClass=posixAccount)") == [("objectClass", [b"posixAccount"])]
    assert names(["objectClass", "uidNumber"], "(uidNumber:integerMatch:=10001)") \
        == [("uidNumber", [b"10001"])]
    assert names(["entryDN"], f"(entryDN={JEAN})") == [("entryDN", [JEAN.encode()])]
    assert names(["uid", "cn"], "(uid=x)", types=True) == [("uid", []), ("cn", [])]


@pytest.fixture
def pointers(admin, sandbox):
    """Aliases and a referral below a sandbox. Gives its DN."""
    def alias(name, to):
        return admin.add(f"cn={name},{sandbox}", [("objectClass", ["alias", "extensibleObject"]),
                                                  ("aliasedObjectName", [to])])
    urls = ["ldap://s/dc=z??sub?(cn=x)", "ldap://t/dc=z"]
    expect.ok(admin.add(f"cn=r,{sandbox}", [("objectClass", ["referral", "extensibleObject"]),
                                            ("ref", urls)]))
    expect.ok(admin.add(f"ou=in,{sandbox}", {"objectClass": ["organizationalUnit"], "ou": ["in"]}))
    expect.ok(alias("p", data.GROUPS))
    expect.ok(admin.add(f"cn=q,ou=in,{sandbox}", [("objectClass", ["alias", "extensibleObject"]),
                                                  ("aliasedObjectName", [f"cn=r,{sandbox}"])]))
    expect.ok(alias("broken", f"cn=gone,{data.SUFFIX}"))
    return sandbox


def test_referral_keeps_its_own_scope(anon, pointers):
    result = expect.ok(anon.search(pointers, 1, "(cn=none)"))
    assert result.references == [["ldap://s/dc=z??sub?(cn=x)", "ldap://t/dc=z??base"]]
    result = expect.code(anon.search(f"cn=i,cn=r,{pointers}", 1), 10)
    assert result.referrals == ["ldap://s/cn=i,dc=z??sub?(cn=x)", "ldap://t/cn=i,dc=z??one"]
    result = anon.search(f"cn=r,{pointers}", 0, controls=[control(DOMAIN_SCOPE)])
    expect.matched(expect.code(result, 32), f"cn=r,{pointers}")


def test_alias_to_a_referral(anon, pointers):
    result = expect.ok(anon.search(f"ou=in,{pointers}", 1, "(cn=none)", deref=3))
    assert result.references == [["ldap://s/dc=z??sub?(cn=x)", "ldap://t/dc=z??base"]]


def test_only_subentries_brings_no_references(anon, pointers):
    only = [control(SUBENTRIES, ber.boolean(True))]
    assert expect.ok(anon.search(pointers, 2, controls=only)).references == []


def test_children_leave_out_what_an_alias_names(anon, pointers):
    result = expect.ok(anon.search(pointers, 3, "(ou=groups)", ["1.1"], deref=1))
    assert result.dns() == []
    assert len(expect.ok(anon.search(pointers, 3, "(cn=sales)", deref=1)).entries) == 1


def test_broken_alias_is_the_matched_name(anon, pointers):
    result = anon.search(f"cn=x,cn=broken,{pointers}", 0, deref=3)
    expect.matched(expect.code(result, 33), f"cn=broken,{pointers}")


def test_references_once_over_pages(anon, pointers):
    pages = [expect.ok(anon.search(pointers, 1, attrs=["1.1"], controls=[paged(100)]))]
    assert sum(len(page.references) for page in pages) == 1
