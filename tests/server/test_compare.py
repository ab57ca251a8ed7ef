"""Compare (RFC 4511 4.10)."""

import pytest

from . import data, expect, filters
from .client import ASSERTION, Client, control

JEAN = data.dn_of("jean")

COMPARES = [
    ("equal", JEAN, "uid", "jean", 6),
    ("case and spaces do not count", JEAN, "CN", "  JEAN   dupont ", 6),
    ("not equal", JEAN, "uid", "x", 5),
    ("name by OID", JEAN, "2.5.4.4", "dupont", 6),
    ("alias name", JEAN, "surname", "Dupont", 6),
    ("supertype", JEAN, "name", "Dupont", 6),
    ("supertype, other value", JEAN, "name", "x", 5),
    ("integer", JEAN, "uidNumber", "10001", 6),
    ("exact case: other case", JEAN, "homeDirectory", "/home/JEAN", 5),
    ("exact case", JEAN, "homeDirectory", "/home/jean", 6),
    ("octet string password", JEAN, "userPassword", "jean-pw", 6),
    ("other password", JEAN, "userPassword", "bad", 5),
    ("absent attribute", JEAN, "description", "x", 16),
    ("absent language", JEAN, "cn;lang-en", "x", 16),
    ("undefined attribute", JEAN, "nosuch", "x", 17),
    ("malformed attribute", JEAN, "bad attr!", "x", 17),
    ("no attribute", JEAN, "", "x", 17),
    ("bad integer", JEAN, "uidNumber", "abc", 21),
    ("bad UUID", JEAN, "entryUUID", "zz", 21),
    ("class by name", JEAN, "objectClass", "POSIXACCOUNT", 6),
    ("superior class", JEAN, "objectClass", "person", 6),
    ("class not of the entry", JEAN, "objectClass", "device", 5),
    ("no equality rule", JEAN, "jpegPhoto", "x", 18),
    ("operational", JEAN, "structuralObjectClass", "inetOrgPerson", 6),
    ("leaf", JEAN, "hasSubordinates", "FALSE", 6),
    ("not a leaf", data.PEOPLE, "hasSubordinates", "TRUE", 6),
    ("no such entry", f"uid=none,{data.PEOPLE}", "uid", "x", 32),
    ("no such context", "dc=other", "uid", "x", 32),
    ("not a DN", "bad", "uid", "x", 34),
    ("root DSE", "", "objectClass", "top", 6),
    ("root DSE, absent", "", "vendorName", "x",
     expect.differs(16, {5, 16}, "RFC 3045: a server may have a vendorName")),
    ("subschema", "cn=Subschema", "cn", "subschema", 6),
    ("entryDN", JEAN, "entryDN", JEAN,
     expect.differs(53, 6, "RFC 5020 2: distinguishedNameMatch applies")),
]


@pytest.mark.parametrize("name,dn,attr,value,code", COMPARES, ids=expect.case_ids(COMPARES))
def test_compare(anon, name, dn, attr, value, code):
    expect.code(anon.compare(dn, attr, value), code)


def test_matched_dn(anon):
    result = anon.compare(f"uid=x,ou=none,{data.PEOPLE}", "uid", "x")
    expect.matched(expect.code(result, 32), data.PEOPLE)


def test_assertion_control(anon):
    def asserted(text):
        return [control(ASSERTION, filters.encode(text))]
    expect.code(anon.compare(JEAN, "uid", "jean", asserted("(sn=dupont)")), 6)
    expect.code(anon.compare(JEAN, "uid", "jean", asserted("(sn=x)")), 122)


def test_compare_over_ldapi(server):
    with Client(server.socket_path) as connection:
        expect.code(connection.compare(JEAN, "uid", "jean"), 6)


@pytest.mark.parametrize("value,status", [("jean", 6), ("x", 5)])
def test_ldapcompare(server, value, status):
    assert server.ldap("ldapcompare", JEAN, f"uid:{value}").returncode == status
