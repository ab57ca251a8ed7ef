"""Which attributes a search returns, and in what order (RFC 4511 4.5.1.8, 3673, 4529, 3866)."""

import pytest

from . import data, expect
from .client import BASE

JEAN = data.dn_of("jean")
USER = ["objectClass", "uid", "cn", "givenName", "sn", "mail", "telephoneNumber", "uidNumber",
        "gidNumber", "homeDirectory", "loginShell", "userPassword"]
STORED = ["structuralObjectClass", "entryUUID", "creatorsName", "createTimestamp", "entryCSN",
          "modifiersName", "modifyTimestamp"]
DERIVED = ["entryDN", "subschemaSubentry", "hasSubordinates"]
# Not numSubordinates: RFC 3673 2 lets "+" leave out what is very expensive to evaluate.
OPERATIONAL = STORED + DERIVED

SELECTIONS = [
    ("nothing asked", [], USER),
    ("all user", ["*"], USER),
    ("all operational", ["+"], OPERATIONAL),
    ("both", ["*", "+"], USER + OPERATIONAL),
    ("both, other order", ["+", "*"], USER + OPERATIONAL),
    ("none", ["1.1"], []),
    ("1.1 with others is ignored", ["1.1", "cn"], ["cn"]),
    ("one", ["cn"], ["cn"]),
    ("entry order, not request order", ["sn", "cn"], ["cn", "sn"]),
    ("case", ["CN", "cN"], ["cn"]),
    ("OID", ["2.5.4.3"], ["cn"]),
    ("alias name", ["surname"], ["sn"]),
    ("undefined", ["nosuch"], []),
    ("undefined and defined", ["nosuch", "cn", "dn", ""], ["cn"]),
    ("malformed", ["bad attr", "cn"], ["cn"]),
    ("supertype", ["name"], ["cn", "givenName", "sn"]),
    ("class", ["@person"], ["objectClass", "cn", "sn", "telephoneNumber", "userPassword"]),
    ("auxiliary class", ["@posixAccount"], ["objectClass", "uid", "cn", "uidNumber", "gidNumber",
                                            "homeDirectory", "loginShell", "userPassword"]),
    ("class and attribute", ["@posixGroup", "mail"], ["objectClass", "cn", "mail", "gidNumber",
                                                      "userPassword"]),
    ("undefined class", ["@nosuch"], []),
    ("one operational", ["entryUUID"], ["entryUUID"]),
    ("operational after user", ["entryUUID", "cn"], ["cn", "entryUUID"]),
    ("all user and one operational", ["*", "entryUUID"], USER + ["entryUUID"]),
    ("derived", ["hasSubordinates", "entryDN"], ["entryDN", "hasSubordinates"]),
    ("counted only when named", ["+", "numSubordinates"], OPERATIONAL + expect.differs(
        [], ["numSubordinates"], "issue 2 asks for numSubordinates as well")),
    ("absent tag", ["cn;lang-fr"], []),
    ("unknown option", ["sn;x-foo"], []),
    ("repeated", ["objectClass", "objectClass", "modifyTimestamp", "modifyTimestamp"],
     ["objectClass", "modifyTimestamp"]),
]


@pytest.mark.parametrize("name,attrs,names", SELECTIONS, ids=expect.case_ids(SELECTIONS))
@pytest.mark.parametrize("types", [False, True])
def test_selection(anon, name, attrs, names, types):
    entry = expect.ok(anon.search(JEAN, BASE, attrs=attrs, types=types)).entry()
    got = entry.names()
    user, stored = [n for n in got if n in USER + STORED], [n for n in names if n in USER + STORED]
    assert user == stored
    assert sorted(got) == sorted(names), "derived attributes come last, in any order"
    assert all((values == []) == types for _, values in entry.attrs)


def test_values_in_order(anon):
    entry = anon.read(data.SUFFIX)
    assert entry.attrs == [("objectClass", [b"top", b"dcObject", b"organization"]),
                           ("o", [b"Falcot Corp"]), ("dc", [b"falcot"])]


TAGS = [
    ("base brings every tag", ["sn"], ["sn", "sn;lang-fr", "sn;lang-fr-ca"]),
    ("one tag", ["sn;lang-fr"], ["sn;lang-fr"]),
    ("case of the tag", ["sn;LANG-FR"], ["sn;lang-fr"]),
    ("every tag", ["sn;lang-"], ["sn;lang-fr", "sn;lang-fr-ca"]),
    ("a range", ["sn;lang-fr-"], ["sn;lang-fr", "sn;lang-fr-ca"]),
    ("supertype with a tag", ["name;lang-fr"], ["sn;lang-fr"]),
    ("one of two tags", ["description;lang-de"], ["description;lang-de;lang-en"]),
    ("two tags in any order", ["description;lang-en;lang-de"], ["description;lang-de;lang-en"]),
    ("all", ["*"], ["objectClass", "sn", "sn;lang-fr", "sn;lang-fr-ca",
                    "description;lang-de;lang-en", "cn"]),
]


@pytest.fixture(scope="module")
def tagged(server):
    """An entry with language tags. Gives its DN."""
    dn = f"cn=tagged,{data.SUFFIX}"
    with server.admin() as admin:
        expect.ok(admin.add(dn, [("objectClass", ["person"]), ("sn", ["b"]), ("sn;lang-fr", ["f"]),
                                 ("sn;lang-fr-ca", ["c"]), ("description;lang-en;lang-de", ["z"])]))
    return dn


@pytest.mark.parametrize("name,attrs,names", TAGS, ids=expect.case_ids(TAGS))
def test_language_tags(anon, tagged, name, attrs, names):
    assert expect.ok(anon.search(tagged, BASE, attrs=attrs)).entry().names() == names


def certificate():
    """Makes a small self-signed certificate, DER."""
    import subprocess
    done = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                           "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null",
                           "-subj", "/CN=test", "-outform", "DER"], capture_output=True, check=True)
    return done.stdout


def test_binary(admin, sandbox):
    """userCertificate travels as ;binary only (RFC 4523 2.1), and is asked either way."""
    der = certificate()
    dn = f"cn=cert,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": "inetOrgPerson", "sn": "x",
                             "userCertificate;binary": der}))
    for attrs in (["userCertificate;binary"], ["userCertificate"], ["*"]):
        assert admin.read(dn, attrs).get("userCertificate;binary") == [der]
    expect.code(admin.modify(dn, [(0, "userCertificate;binary", [der])]), 20)
    assert admin.read(dn, ["cn;binary"]).names() == []


def test_class_selection_with_superclasses(anon):
    names = anon.read(JEAN, ["@inetOrgPerson"]).names()
    assert "mail" in names and "sn" in names and "uidNumber" not in names


def test_every_attribute_of_extensible_object(anon):
    names = anon.read(JEAN, ["@extensibleObject"]).names()
    assert set(USER) <= set(names)
