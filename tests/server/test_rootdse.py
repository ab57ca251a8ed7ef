"""The root DSE (RFC 4512 5.1) and the subschema (RFC 4512 4.2)."""

import re

import pytest

from . import ber, data, expect, filters
from .client import (ASSERTION, BASE, CANCEL, DOMAIN_SCOPE, DONT_USE_COPY, MANAGE_DSA_IT,
                     MATCHED_VALUES, NOOP, PAGED, PERMISSIVE_MODIFY, POST_READ, PRE_READ, RELAX,
                     SUBENTRIES, TREE_DELETE, WHOAMI, Client, control, paged)


@pytest.fixture
def root(anon):
    """The root DSE with every attribute."""
    return anon.read("", ["*", "+"])


ANNOUNCED = [
    ("supportedLDAPVersion", ["3"]),
    ("namingContexts", [data.SUFFIX]),
    ("supportedExtension", [WHOAMI, CANCEL]),
    ("supportedControl", [PAGED, ASSERTION, PRE_READ, POST_READ, MATCHED_VALUES, MANAGE_DSA_IT,
                          SUBENTRIES, DONT_USE_COPY]),
    ("supportedFeatures", ["1.3.6.1.1.14", "1.3.6.1.4.1.4203.1.5.1", "1.3.6.1.4.1.4203.1.5.2",
                           "1.3.6.1.4.1.4203.1.5.3", "1.3.6.1.4.1.4203.1.5.4",
                           "1.3.6.1.4.1.4203.1.5.5"]),
    ("subschemaSubentry", ["cn=Subschema"]),
    ("configContext", ["cn=config"]),
]


@pytest.mark.parametrize("name,values", ANNOUNCED, ids=expect.case_ids(ANNOUNCED))
def test_announced(root, name, values):
    assert set(values) <= set(root.text(name))
    assert len(root.text(name)) == len(set(root.text(name)))


@pytest.mark.ours("OpenLDAP has these but hides them, or not at all")
@pytest.mark.parametrize("oid", [TREE_DELETE])
def test_announced_by_ours(root, oid):
    assert oid in root.text("supportedControl")


def test_what_is_announced_is_done(anon, root):
    """No announced control may be answered with 12 on the operation it is for."""
    for oid in root.text("supportedControl"):
        if oid in (PRE_READ, POST_READ, NOOP, RELAX, PERMISSIVE_MODIFY, TREE_DELETE):
            continue
        from .client import control
        assert anon.search("", BASE, controls=[control(oid, "x")]).code != 12 \
            if oid not in (ASSERTION, MATCHED_VALUES) else True


def test_user_attributes_only_by_default(anon):
    names = anon.read("").names()
    assert "objectClass" in names and "namingContexts" not in names


def test_asked_by_name(anon):
    entry = anon.read("", ["namingContexts", "nosuch", "supportedControl"])
    assert set(entry.names()) == {"namingContexts", "supportedControl"}


def test_filter_applies(anon):
    assert anon.search("", BASE, "(objectClass=top)").dns() == [""]
    assert anon.search("", BASE, "(cn=x)").dns() == []
    assert expect.ok(anon.search("", BASE, "(nosuch=x)")).dns() == []


@pytest.mark.parametrize("scope", [1, 2, 3])
def test_only_the_base(anon, scope):
    expect.code(anon.search("", scope), 32)


def test_mechanisms_over_ldapi(server):
    with Client(server.socket_path) as connection:
        mechanisms = connection.read("", ["supportedSASLMechanisms"]) \
            .text("supportedSASLMechanisms")
    assert "EXTERNAL" in mechanisms


def test_no_external_over_plain_tcp(root):
    assert "EXTERNAL" not in root.text("supportedSASLMechanisms")


def test_controls_on_entries_in_memory(anon):
    """Paging, matched values and assertions mean the same there."""
    values = control(MATCHED_VALUES, ber.sequence(filters.encode("(namingContexts=*)")))
    result = expect.ok(anon.search("", BASE, attrs=["namingContexts", "supportedControl"],
                                   controls=[paged(1), values]))
    if expect.differs(False, True, "RFC 3876 2: values that no filter matches are left out"):
        assert result.entry().names() == ["namingContexts"]
    if expect.differs(False, True, "RFC 2696 3: the response has the control"):
        assert result.control(PAGED) == ber.sequence(ber.integer(0), ber.octets(""))
    expect.code(anon.search("", BASE, controls=[control(ASSERTION, filters.encode("(cn=x)"))]),
                {122, 12})


def test_rootdse_file(make, scratch):
    path = scratch / "root.ldif"
    path.write_text("dn:\nvendorName: Falcot\ndescription: hello\n")
    server = make(extra=f"rootdse {path}")
    with server.client() as connection:
        entry = connection.read("", ["*", "+"])
        assert entry.text("vendorName") == ["Falcot"]
        assert entry.text("description") == ["hello"]
    server.stop()


@pytest.fixture
def schema(anon):
    """The subschema with every attribute."""
    return anon.read("cn=Subschema", ["*", "+"])


# What OpenLDAP implements and leaves out of cn=Subschema.
_HIDDEN = dict.fromkeys(["csnmatch", "csnorderingmatch", "subtreespecification",
                         "csnsidmatch"], "")


def named(values):
    """Returns definitions by every name of theirs, in lower case."""
    found = {}
    for value in values:
        match = re.search(r"NAME (?:\( )?((?:'[^']*' ?)+)", value)
        for name in re.findall(r"'([^']*)'", match.group(1)) if match else []:
            found[name.lower()] = value
    return found


TYPES = ["objectClass", "cn", "commonName", "sn", "uid", "mail", "uidNumber", "memberUid",
         "userPassword", "jpegPhoto", "entryUUID", "entryCSN", "createTimestamp", "member",
         "aliasedObjectName", "ref", "subtreeSpecification", "namingContexts", "entryDN",
         "rfc822MailMember", "userCertificate", "hasSubordinates", "memberURL"]
CLASSES = ["top", "alias", "person", "organizationalPerson", "inetOrgPerson", "posixAccount",
           "posixGroup", "dcObject", "organization", "organizationalUnit", "referral", "subentry",
           "subschema", "extensibleObject", "nisMailAlias", "groupOfNames", "account", "ipService",
           "simpleSecurityObject", "device", "groupOfURLs"]
RULES = ["objectIdentifierMatch", "caseIgnoreMatch", "caseExactMatch", "caseIgnoreIA5Match",
         "caseExactIA5Match", "integerMatch", "integerOrderingMatch", "distinguishedNameMatch",
         "telephoneNumberMatch", "generalizedTimeMatch", "generalizedTimeOrderingMatch",
         "octetStringMatch", "booleanMatch", "bitStringMatch", "numericStringMatch",
         "caseIgnoreSubstringsMatch", "telephoneNumberSubstringsMatch", "UUIDMatch", "CSNMatch",
         "uniqueMemberMatch", "caseIgnoreListMatch", "objectIdentifierFirstComponentMatch",
         "integerFirstComponentMatch", "certificateExactMatch"]

SCHEMA = [("attributeTypes", TYPES), ("objectClasses", CLASSES), ("matchingRules", RULES)]


@pytest.mark.parametrize("attr,names", SCHEMA, ids=expect.case_ids(SCHEMA))
def test_schema_holds(schema, attr, names):
    known = named(schema.text(attr)) | expect.differs(_HIDDEN, {}, "RFC 4512 4.2: all of it")
    assert [name for name in names if name.lower() not in known] == []


@pytest.mark.ours("OpenLDAP leaves rules out of cn=Subschema that its types refer to")
def test_schema_has_no_loose_ends(schema):
    """Every name that a definition refers to is defined."""
    types, classes = named(schema.text("attributeTypes")), named(schema.text("objectClasses"))
    rules = named(schema.text("matchingRules"))
    for value in types.values():
        for rule in re.findall(r"(?:EQUALITY|ORDERING|SUBSTR) (\S+)", value):
            assert rule.lower() in rules, value
        for name in re.findall(r"SUP ([\w-]+)", value):
            assert name.lower() in types, value
    for value in classes.values():
        for part in re.findall(r"(?:MUST|MAY) (\([^)]*\)|[\w-]+)", value):
            for name in re.findall(r"[\w-]+", part):
                assert name.lower() in types, value


def test_syntaxes_and_use(schema):
    syntaxes = schema.text("ldapSyntaxes")
    for oid in ("1.3.6.1.4.1.1466.115.121.1.15", "1.3.6.1.4.1.1466.115.121.1.27",
                "1.3.6.1.4.1.1466.115.121.1.12"):
        assert any(value.startswith(f"( {oid} ") for value in syntaxes)
    use = named(schema.text("matchingRuleUse"))
    assert "uidNumber" in use["integermatch"]


def test_subschema_entry(anon, schema):
    assert {"top", "subentry", "subschema", "extensibleObject"} <= set(schema.text("objectClass"))
    assert schema.text("cn") == ["Subschema"]
    assert re.fullmatch(r"\d{14}Z", schema.text("createTimestamp")[0])
    assert anon.search("cn=subSCHEMA", BASE, "(objectClass=subschema)").dns() == ["cn=Subschema"]
    assert anon.read("cn=Subschema").names() == ["objectClass", "cn"]
    assert anon.read("cn=Subschema", ["objectClasses"]).names() == ["objectClasses"]


@pytest.mark.parametrize("scope", [1, 2])
def test_subschema_is_not_searched(anon, scope):
    expect.code(anon.search("cn=Subschema", scope),
                expect.differs(32, {32, 0}, "RFC 4512 4.2: clients read it with a base search"))


def test_definitions_from_slapd_conf(make):
    extra = """\
objectidentifier falcotRoot 1.3.6.1.4.1.99999
objectidentifier falcotType falcotRoot:1
attributetype ( falcotType:1 NAME 'falcotBadge' DESC 'a badge' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32} SINGLE-VALUE )
objectclass ( falcotRoot:2 NAME 'falcotPerson' SUP top AUXILIARY MAY falcotBadge )
"""
    server = make(extra=extra)
    with server.admin() as admin:
        jean = data.dn_of("jean")
        expect.ok(admin.modify(jean, [(0, "objectClass", ["falcotPerson"]),
                                      (0, "falcotBadge", ["A 1"])]))
        assert admin.search(data.SUFFIX, 2, "(falcotBadge=a  1)").dns() == [jean]
        assert admin.search(data.SUFFIX, 2, "(1.3.6.1.4.1.99999.1.1=a 1)").dns() == [jean]
        schema = admin.read("cn=Subschema", ["attributeTypes"])
        assert "1.3.6.1.4.1.99999.1.1" in named(schema.text("attributeTypes"))["falcotbadge"]
    server.stop()
