"""Add (RFC 4511 4.7): what is stored, and the code of every way to be refused."""

import pytest

from . import data, expect, filters
from .client import (ASSERTION, MANAGE_DSA_IT, NOOP, PERMISSIVE_MODIFY, POST_READ, PRE_READ, RELAX,
                     TREE_DELETE, control, control_entry, read_control)

PERSON = [("objectClass", ["person"]), ("sn", ["x"])]
ACCOUNT = [("objectClass", ["account", "posixAccount"]), ("uid", ["x"]), ("cn", ["x"]),
           ("gidNumber", ["5"]), ("homeDirectory", ["/"])]
UUID = "b1b1b1b1-0000-1000-8000-000000000000"

STORED = [
    ("naming attribute added at the end", "cn=a", PERSON,
     [("objectClass", ["person"]), ("sn", ["x"]), ("cn", ["a"])]),
    ("everything given", "cn=b", PERSON + [("cn", ["b"])],
     [("objectClass", ["person"]), ("sn", ["x"]), ("cn", ["b"])]),
    ("naming value added to others", "cn=c", [("cn", ["other"])] + PERSON,
     [("cn", ["other", "c"]), ("objectClass", ["person"]), ("sn", ["x"])]),
    ("naming value in other case stays", "cn=D", PERSON + [("cn", ["d"])],
     [("objectClass", ["person"]), ("sn", ["x"]), ("cn", ["d"])]),
    ("multi-valued RDN", "cn=m1+sn=m2", [("objectClass", ["person"])],
     [("objectClass", ["person"]), ("cn", ["m1"]), ("sn", ["m2"])]),
    ("OIDs become names", "2.5.4.3=o", [("2.5.4.0", ["2.5.6.6"]), ("2.5.4.4", ["x"])],
     [("objectClass", ["person"]), ("sn", ["x"]), ("cn", ["o"])]),
    ("language tags", "cn=l", PERSON + [("sn;lang-fr", ["y"]), ("CN;LANG-fr;lang-de", ["z"])],
     [("objectClass", ["person"]), ("sn", ["x"]), ("sn;lang-fr", ["y"]),
      ("cn;lang-de;lang-fr", ["z"]), ("cn", ["l"])]),
    ("a tag satisfies MUST", "cn=l2", [("objectClass", ["person"]), ("sn;lang-fr", ["y"])],
     [("objectClass", ["person"]), ("sn;lang-fr", ["y"]), ("cn", ["l2"])]),
    ("legacy quotes in the RDN", 'cn="q,r"', PERSON,
     [("objectClass", ["person"]), ("sn", ["x"]), ("cn", ["q,r"])]),
    ("escapes in the RDN", r"cn=a\2Cb\+\20", PERSON,
     [("objectClass", ["person"]), ("sn", ["x"]), ("cn", ["a,b+ "])]),
    ("spaces around the RDN", "cn =  s   t ", PERSON,
     [("objectClass", ["person"]), ("sn", ["x"]), ("cn", ["s   t"])]),
    ("spaces in a value stay", "cn=sp", PERSON + [("description", [" x  y "])],
     [("objectClass", ["person"]), ("sn", ["x"]), ("description", [" x  y "]), ("cn", ["sp"])]),
    ("order of attributes and values", "cn=z",
     [("description", ["2", "1", "3"]), ("sn", ["b", "a"]), ("objectClass", ["top", "person"]),
      ("cn", ["z"])],
     [("description", ["2", "1", "3"]), ("sn", ["b", "a"]), ("objectClass", ["top", "person"]),
      ("cn", ["z"])]),
    ("names as the schema writes them", "CN=n", [("OBJECTCLASS", ["PERSON"]), ("surname", ["x"])],
     [("objectClass", ["PERSON"]), ("sn", ["x"]), ("cn", ["n"])]),
]

# OpenLDAP keeps the class as given; ours may write its name. Compared without case and OIDs.
_CLASS_NAMES = {"2.5.6.6": "person"}


def shape(entry):
    """Returns the attributes in order, class names in lower case."""
    found = []
    for name, values in entry.attrs:
        texts = [value.decode() for value in values]
        if name == "objectClass":
            texts = [_CLASS_NAMES.get(text, text).lower() for text in texts]
        found.append((name, texts))
    return found


@pytest.mark.parametrize("name,rdn,attrs,stored", STORED, ids=expect.case_ids(STORED))
def test_stored(admin, sandbox, name, rdn, attrs, stored):
    dn = f"{rdn},{sandbox}"
    expect.ok(admin.add(dn, attrs))
    wanted = [(n, [v.lower() for v in vs] if n == "objectClass" else vs) for n, vs in stored]
    assert shape(admin.read(dn)) == wanted


def without(attrs, name):
    """Returns the attributes except one."""
    return [pair for pair in attrs if pair[0] != name]


REFUSED = [
    ("no attributes", "cn=x", [], 2),
    ("no values", "cn=x", PERSON + [("description", [])], 2),
    ("no classes", "cn=x", [("objectClass", []), ("sn", ["x"])], 2),
    ("objectClass missing", "cn=x", [("sn", ["x"])], 65),
    ("MUST missing", "cn=x", [("objectClass", ["person"])], 65),
    ("not allowed", "cn=x", PERSON + [("uidNumber", ["5"])], 65),
    ("only auxiliary", "uid=x", [("objectClass", ["posixAccount"]), ("cn", ["x"]),
                                 ("uidNumber", ["5"]), ("gidNumber", ["5"]),
                                 ("homeDirectory", ["/"])], 65),
    ("only abstract", "cn=x", [("objectClass", ["top"])], 65),
    ("two structural chains", "cn=x", [("objectClass", ["person", "organization"]),
                                       ("sn", ["x"]), ("o", ["x"])], 65),
    ("alias and person", "cn=x", [("objectClass", ["alias", "person"]), ("sn", ["x"]),
                                  ("aliasedObjectName", [data.SUFFIX])], 65),
    ("naming attribute not allowed", "uid=x", PERSON + [("cn", ["x"])], 65),
    ("undefined attribute", "cn=x", PERSON + [("nosuch", ["x"])], 17),
    ("malformed attribute", "cn=x", PERSON + [("no such", ["x"])], 17),
    ("empty attribute name", "cn=x", PERSON + [("", ["x"])], 17),
    ("unknown option", "cn=x", PERSON + [("sn;foo", ["y"])], 17),
    ("binary on a string", "cn=x", PERSON + [("sn;binary", ["y"])], 17),
    ("certificate without binary", "cn=x", [("objectClass", ["inetOrgPerson"]), ("sn", ["x"]),
                                            ("userCertificate", ["y"])], 17),
    ("tag range", "cn=x", PERSON + [("sn;lang-", ["y"])], 17),
    ("unknown class", "cn=x", [("objectClass", ["person", "nosuch"]), ("sn", ["x"])], 21),
    ("empty string", "cn=x", PERSON + [("description", [""])], 21),
    ("empty telephone number", "cn=x", PERSON + [("telephoneNumber", [""])], 21),
    ("bad integer", "uid=x", ACCOUNT + [("uidNumber", ["abc"])], 21),
    ("bad DN value", "cn=x", [("objectClass", ["groupOfNames"]), ("member", ["abc"])], 21),
    ("bad second value", "cn=x", [("objectClass", ["groupOfNames"]),
                                  ("member", [data.SUFFIX, "abc"])], 21),
    ("bad UTF-8", "cn=x", [("objectClass", ["person"]), ("sn", [b"\xff\xfe"])], 21),
    ("not IA5", "cn=x", [("objectClass", ["inetOrgPerson"]), ("sn", ["x"]), ("mail", ["\u00e9"])],
     21),
    ("two values of a single-valued one", "uid=x", ACCOUNT + [("uidNumber", ["1", "2"])], 19),
    ("entryUUID", "cn=x", PERSON + [("entryUUID", [UUID])], 19),
    ("createTimestamp", "cn=x", PERSON + [("createTimestamp", ["20200101000000Z"])], 19),
    ("structuralObjectClass", "cn=x", PERSON + [("structuralObjectClass", ["person"])], 19),
    ("hasSubordinates", "cn=x", PERSON + [("hasSubordinates", ["TRUE"])], 19),
    ("equal values", "cn=x", [("objectClass", ["person"]), ("sn", ["x", "X"])], 20),
    ("equal values among others", "cn=x", [("objectClass", ["person"]),
                                           ("sn", ["a", "b", "c", "B"])], 20),
    ("attribute twice", "cn=x", PERSON + [("sn", ["y"])], 20),
    ("attribute twice by another name", "cn=x", PERSON + [("surname", ["y"])], 20),
    ("not an RDN", "x", PERSON, 34),
    ("RDN with an empty part", "cn=x+", PERSON, 34),
    ("undefined attribute in the RDN", "nosuch=x", PERSON, 34),
    ("empty value in the RDN", "cn=", PERSON, 34),
    ("attribute twice in the RDN", "cn=a+cn=b", PERSON,
     expect.differs(34, {34, 64}, "X.501 9.3: a type occurs once in an RDN; either code tells")),
    ("bad integer in the RDN", "uidNumber=abc", ACCOUNT, 34),
    ("operational RDN", f"entryUUID={UUID}", PERSON + [("cn", ["x"])],
     expect.differs(64, {64, 19}, "RFC 4512 2.3: naming violation or constraint, both refuse")),
]


@pytest.mark.parametrize("name,rdn,attrs,code", REFUSED, ids=expect.case_ids(REFUSED))
def test_refused(admin, sandbox, name, rdn, attrs, code):
    expect.code(admin.add(f"{rdn},{sandbox}", attrs), code)
    assert admin.search(sandbox, 1).entries == [], "a refused add must leave nothing"


PLACES = [
    ("no such parent", f"cn=x,ou=none,{data.SUFFIX}", 32, data.SUFFIX),
    ("no such grandparent", f"cn=x,ou=a,ou=none,{data.PEOPLE}", 32, data.PEOPLE),
    ("no such naming context", "cn=x,dc=other", 53, ""),
    ("the root", "", {53, 68}, ""),
    ("there already", data.dn_of("jean"), 68, ""),
    ("there already, other case", f"UID=Jean,OU=people,{data.SUFFIX}", 68, ""),
    ("the subschema", "cn=Subschema", {68, 53}, ""),
    ("malformed", "cn", 34, ""),
]


@pytest.mark.parametrize("name,dn,code,matched", PLACES, ids=expect.case_ids(PLACES))
def test_place(admin, name, dn, code, matched):
    result = expect.code(admin.add(dn, data.person("x", "x", "x", 1)), code)
    expect.matched(result, matched)


def test_no_global_superior_but_a_referral(make):
    """With a default referral a strange name is referred, not refused."""
    server = make(extra="referral ldap://up.example/")
    with server.admin() as admin:
        result = expect.code(admin.add("cn=x,dc=other", PERSON), 10)
        assert result.referrals == ["ldap://up.example/cn=x,dc=other"]
        result = expect.code(admin.search("dc=other", 2), 10)
        assert result.referrals == ["ldap://up.example/dc=other??sub"]
    server.stop()


def test_below_special_entries(admin, sandbox):
    special = [
        ("alias", [("objectClass", ["alias", "extensibleObject"]), ("cn", ["alias"]),
                   ("aliasedObjectName", [data.SUFFIX])], 33),
        ("referral", [("objectClass", ["referral", "extensibleObject"]), ("cn", ["referral"]),
                      ("ref", ["ldap://o.example/dc=y"])], 10),
        ("subentry", [("objectClass", ["subentry"]), ("subtreeSpecification", ["{}"])], 65),
    ]
    for rdn, attrs, code in special:
        expect.ok(admin.add(f"cn={rdn},{sandbox}", attrs))
        result = expect.code(admin.add(f"cn=x,cn={rdn},{sandbox}", PERSON), code)
        if code == 10:
            assert result.referrals == ["ldap://o.example/cn=x,dc=y"]
            expect.matched(result, f"cn=referral,{sandbox}")


def test_first_entry_of_an_empty_database(make):
    server = make(entries=[])
    with server.admin() as admin:
        expect.code(admin.add(f"ou=x,{data.SUFFIX}", [("objectClass", ["organizationalUnit"])]), 32)
        for dn, attrs in data.entries():
            expect.ok(admin.add(dn, attrs))
        assert admin.search(data.SUFFIX).dns() == [dn for dn, _ in data.entries()]
    server.stop()


WHO = [("anonymous", None, None, 8), ("a user", data.dn_of("jean"), "jean-pw", 50)]


@pytest.mark.parametrize("name,dn,password,code", WHO, ids=expect.case_ids(WHO))
def test_only_the_manager_writes(server, name, dn, password, code):
    with server.client(dn, password) as connection:
        expect.code(connection.add(f"cn=x,{data.SUFFIX}", PERSON), code)
        expect.code(connection.delete(data.dn_of("joe")), code)
        expect.code(connection.modify(data.dn_of("joe"), [(2, "sn", ["x"])]), code)
        expect.code(connection.modrdn(data.dn_of("joe"), "uid=x"), code)


CONTROLS = [
    ("unknown critical", control("1.2.3"), 12),
    ("unknown noncritical", control("1.2.3", critical=False), 0),
    ("pre-read means nothing here", read_control(PRE_READ, ["cn"]), 12),
    ("tree delete means nothing here", control(TREE_DELETE), 12),
    ("permissive modify means nothing here", control(PERMISSIVE_MODIFY), 12),
    ("no-op", control(NOOP), 16654),
    ("assertion true", control(ASSERTION, filters.encode("(sn=x)")), 0),
    ("assertion false", control(ASSERTION, filters.encode("(sn=y)")), 122),
    ("ManageDsaIT", control(MANAGE_DSA_IT), 0),
    ("ManageDsaIT with a value", control(MANAGE_DSA_IT, "x"), 2),
]


@pytest.mark.parametrize("name,extra,code", CONTROLS, ids=expect.case_ids(CONTROLS))
def test_control(admin, sandbox, name, extra, code):
    expect.code(admin.add(f"cn=x,{sandbox}", PERSON, [extra]), code)
    assert len(admin.search(sandbox, 1).entries) == (1 if code == 0 else 0)


def test_post_read(admin, sandbox):
    result = expect.ok(admin.add(f"cn=x,{sandbox}", PERSON,
                                 [read_control(POST_READ, ["sn", "entryUUID"])]))
    entry = control_entry(result.control(POST_READ))
    assert entry.dn == f"cn=x,{sandbox}"
    assert "sn" in entry.names() and "entryUUID" in entry.names()
    assert entry.get("entryUUID") == admin.read(entry.dn, ["entryUUID"]).get("entryUUID")


def test_post_read_of_an_undefined_attribute(admin, sandbox):
    result = admin.add(f"cn=x,{sandbox}", PERSON, [read_control(POST_READ, ["nosuch", "sn"])])
    expect.code(result, expect.differs(17, {0, 17}, "RFC 4527 3: the list is as in a search, "
                                       "where RFC 4511 4.5.1.8 ignores unknown names"))


def test_relax_lets_operational_attributes_in(admin, sandbox):
    given = [("entryUUID", [UUID]), ("createTimestamp", ["20200101000000Z"]),
             ("creatorsName", ["cn=somebody"])]
    expect.ok(admin.add(f"cn=x,{sandbox}", PERSON + given, [control(RELAX)]))
    entry = admin.read(f"cn=x,{sandbox}", ["+"])
    for name, values in given:
        assert entry.text(name) == values


def test_large_values_and_many_values(admin, sandbox):
    photo = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 2000
    members = [f"uid=u{n},{data.PEOPLE}" for n in range(3000)]
    expect.ok(admin.add(f"cn=p,{sandbox}", [("objectClass", ["inetOrgPerson"]), ("sn", ["x"]),
                                            ("jpegPhoto", [photo])]))
    expect.ok(admin.add(f"cn=g,{sandbox}", [("objectClass", ["groupOfNames"]),
                                            ("member", members)]))
    assert admin.read(f"cn=p,{sandbox}").get("jpegPhoto") == [photo]
    assert admin.read(f"cn=g,{sandbox}").text("member") == members
    found = admin.search(sandbox, 2, f"(member={members[2999]})", ["1.1"])
    assert found.dns() == [f"cn=g,{sandbox}"]


def test_names_in_every_script(admin, sandbox):
    for name in ("\u00c9lodie", "\u0416\u0430\u043d", "\u5c71\u7530", "\U0001f600", "a#b", "#c",
                 "a=b", "a;b", "<a>", "a\\b", 'q"q'):
        escaped = "".join(f"\\{b:02x}" for b in name.encode())
        expect.ok(admin.add(f"cn={escaped},{sandbox}", PERSON))
        entry = admin.read(f"cn={escaped},{sandbox}")
        assert entry.text("cn") == [name]
        assert admin.read(entry.dn).dn == entry.dn, "a name that came out must go in"


def test_names_come_as_they_were_given(admin, sandbox):
    expect.ok(admin.add(f"CN = Mixed  Case ,{sandbox}", {"objectClass": "person", "sn": "x"}))
    assert admin.search(sandbox, 1).dns() == [f"cn=Mixed  Case,{sandbox}"]
