"""Search filters (RFC 4511 4.5.1.7, RFC 4517, RFC 4518), undefined ones included.

Each row gives how many of the Falcot entries match, or their leading RDN values.
"""

import pytest

from . import ber, data, expect, filters

PEOPLE = ["jean", "laure", "sophie", "joe", "roland"]

FILTERS = [
    # equality and presence
    ("(uid=jean)", ["jean"]), ("(uid=JEAN)", ["jean"]), ("(UID=jean)", ["jean"]),
    ("(uid= jean )", ["jean"]), ("(cn=jean  dupont)", ["jean"]), ("(cn=jeandupont)", []),
    ("(userid=jean)", ["jean"]), ("(0.9.2342.19200300.100.1.1=jean)", ["jean"]),
    ("(uid=*)", PEOPLE), ("(description=*)", ["admin"]), ("(telephoneNumber=*)", PEOPLE),
    ("(objectClass=*)", len(data.entries())), ("(mail=JEAN@falcot.com)", ["jean"]),
    ("(memberUid=jean)", ["admins"]), ("(memberUid=JEAN)", []),
    ("(homeDirectory=/home/joe)", ["joe"]), ("(homeDirectory=/home/JOE)", []),
    ("(userPassword=jean-pw)", ["jean"]), ("(userPassword=JEAN-pw)", []),
    # classes: superiors match, OIDs too
    ("(objectClass=person)", PEOPLE), ("(objectClass=INETORGPERSON)", PEOPLE),
    ("(objectClass=2.5.6.6)", PEOPLE), ("(objectClass=top)", len(data.entries())),
    ("(objectClass=posixGroup)", ["admins", "sales", "empty"]), ("(objectClass=device)", []),
    # boolean
    ("(&(objectClass=person)(uid=j*))", ["jean", "joe"]),
    ("(|(uid=jean)(uid=joe)(cn=admins))", ["jean", "joe", "admins"]),
    ("(&(objectClass=person)(!(uid=jean)))", PEOPLE[1:]),
    ("(!(objectClass=person))", len(data.entries()) - 5),
    ("(&)", len(data.entries())), ("(|)", []), ("(!(&))", []), ("(!(|))", len(data.entries())),
    ("(&(uid=jean)(uid=joe))", []), ("(!(!(uid=jean)))", ["jean"]),
    ("(&(|(uid=jean)(uid=joe))(|(uid=joe)(uid=laure)))", ["joe"]),
    # substrings
    ("(uid=je*)", ["jean"]), ("(uid=*n)", ["jean"]), ("(uid=*o*)", ["sophie", "joe", "roland"]),
    ("(uid=j*a*n)", ["jean"]), ("(uid=je*an)", ["jean"]), ("(uid=jea*an)", []),
    ("(uid=jean*jean)", []), ("(uid=jean*)", ["jean"]), ("(uid=*jean)", ["jean"]),
    ("(uid=JE*)", ["jean"]), ("(cn=jean d*)", ["jean"]), ("(cn=*  dupont)", ["jean"]),
    ("(cn=jean *)", ["jean"]), ("(cn=* martin)", ["laure"]), ("(uid=j**n)", ["jean"]),
    ("(mail=*@FALCOT.com)", PEOPLE), ("(telephoneNumber=*7700*)", PEOPLE),
    ("(telephoneNumber=+33-4 77*)", PEOPLE), ("(sn=l*vre)", ["sophie"]),
    ("(sn=*\u00e8*)", ["sophie"]), ("(sn=*\u00c8*)", ["sophie"]),
    # ordering
    ("(uidNumber>=10003)", ["sophie", "joe", "roland"]),
    ("(uidNumber<=10003)", ["jean", "laure", "sophie"]), ("(uidNumber>=9)", PEOPLE),
    ("(uidNumber<=-1)", []), ("(&(uidNumber>=10002)(uidNumber<=10003))", ["laure", "sophie"]),
    ("(!(uidNumber>=10003))", len(data.entries()) - 3), ("(gidNumber>=20002)", 5),
    ("(createTimestamp>=20200101000000Z)", len(data.entries())),
    ("(createTimestamp<=20200101000000Z)", []),
    ("(createTimestamp>=20990101000000Z)", []),
    # integers
    ("(uidNumber=10001)", ["jean"]), ("(gidNumber=20001)", ["jean", "roland", "admins"]),
    # Unicode preparation
    ("(sn=lef\u00e8vre)", ["sophie"]), ("(sn=LEF\u00c8VRE)", ["sophie"]),
    ("(sn=Lefe\\cc\\80vre)", ["sophie"]), ("(sn=lefevre)", []),
    ("(givenName=RAPHA\u00cbL)", ["roland"]),
    # supertypes
    ("(name=dupont)", ["jean"]), ("(name=jean*)", ["jean"]), ("(name=admins)", ["admins"]),
    ("(name=*)", 15),
    # approximate
    ("(sn~=dupont)", ["jean"]), ("(sn~=dupond)", ["jean"]), ("(sn~=martn)", ["laure"]),
    ("(sn~=xyz)", []),
    # extensible
    ("(uid:=JEAN)", ["jean"]), ("(uid:caseExactMatch:=jean)", ["jean"]),
    ("(uid:caseExactMatch:=Jean)", []), ("(uid:2.5.13.5:=jean)", ["jean"]),
    ("(:caseIgnoreMatch:=JEAN)", ["jean"]), ("(:caseExactMatch:=JEAN)", []),
    ("(ou:dn:=people)", 6), ("(:dn:2.5.13.2:=people)", 6), ("(dc:dn:=falcot)", 15),
    ("(cn:dn:=admin)", ["admin"]), ("(ou:dn:caseExactMatch:=people)", []),
    ("(uidNumber:1.2.840.113556.1.4.803:=1)", ["jean", "sophie", "roland"]),
    ("(uidNumber:1.2.840.113556.1.4.804:=6)", ["laure", "sophie", "joe", "roland"]),
    # operational attributes
    ("(structuralObjectClass=inetOrgPerson)", PEOPLE),
    (f"(entryDN={data.dn_of('jean')})", ["jean"]),
    ("(entryDN=UID=Jean, OU=people,dc=falcot,dc=com)", ["jean"]),
    (f"(entryDN:dnSubtreeMatch:={data.PEOPLE})", 6),
    (f"(entryDN:dnOneLevelMatch:={data.PEOPLE})", 5),
    ("(hasSubordinates=TRUE)", 4), ("(hasSubordinates=FALSE)", len(data.entries()) - 4),
    ("(!(hasSubordinates=TRUE))", len(data.entries()) - 4), ("(entryUUID=*)", 15),
    (f"(creatorsName={data.ADMIN})", len(data.entries())),
    # undefined: no entry, no error (RFC 4511 4.5.1.7)
    ("(nosuch=x)", []), ("(nosuch=*)", []), ("(!(nosuch=x))", []), ("(!(nosuch=*))", []),
    ("(|(nosuch=x)(uid=jean))", ["jean"]), ("(&(nosuch=x)(uid=jean))", []),
    ("(!(|(nosuch=x)(uid=jean)))", []), ("(!(&(nosuch=x)(uid=jean)))", 14),
    ("(!(!(nosuch=x)))", []), ("(objectClass=nosuch)", []), ("(!(objectClass=nosuch))", []),
    ("(uidNumber=abc)", []), ("(!(uidNumber=abc))", []), ("(uidNumber>=abc)", []),
    ("(gidNumber=%g)", []), ("(|(gidNumber=%g)(uid=joe))", ["joe"]),
    ("(uidNumber=1*)", []), ("(!(uidNumber=1*))", []), ("(sn<=m)", []), ("(!(sn<=m))", []),
    ("(sn=\\ff)", []), ("(!(sn=\\ff))", []), ("(jpegPhoto=x)", []), ("(!(jpegPhoto=x))", []),
    ("(createTimestamp=bad)", []), ("(seeAlso=notadn)", []), ("(!(seeAlso=notadn))", []),
    ("(:nosuch:=x)", []), ("(!(:nosuch:=x))", []), ("(uid:nosuch:=x)", []),
    ("(uid:integerMatch:=5)", []), ("(uidNumber:caseIgnoreMatch:=10001)", []),
    ("(sn;foo=x)", []), ("(!(sn;foo=x))", []), ("(bad attr=x)", []), ("(objectClass=per*)", []),
    ("(cn;lang-xx=x)", []), ("(!(cn;lang-xx=x))", len(data.entries())),
    ("(homeDirectory=/home/*)", []), ("(gidNumber=+20001)", []), ("(gidNumber=-0)", []),
    ("(uidNumber=010001)", []), ("(:dn:=x)", []),
]


@pytest.mark.parametrize("text,wanted", FILTERS, ids=expect.case_ids(FILTERS))
def test_filter(anon, text, wanted):
    result = expect.ok(anon.search(data.SUFFIX, 2, text, ["1.1"]))
    if isinstance(wanted, int):
        assert len(result.entries) == wanted, result.dns()
    else:
        assert [dn.split(",")[0].split("=")[1] for dn in result.dns()] == wanted


def substrings(*parts):
    """Encodes a substrings filter on uid from (tag, value) parts in any order."""
    return ber.tlv(0xA4, ber.octets("uid"), ber.sequence(*[ber.octets(v, t) for t, v in parts]))


ODD = [
    ("no substrings", substrings()),
    ("empty initial", substrings((0x80, ""))),
    ("empty any", substrings((0x81, ""))),
    ("two initials", substrings((0x80, "j"), (0x80, "e"))),
    ("final before any", substrings((0x82, "n"), (0x81, "e"))),
    ("unknown substring", substrings((0x83, "j"))),
    ("unknown choice", ber.tlv(0xAA, ber.octets("uid"))),
    ("presence of nothing", ber.octets("", 0x87)),
    ("match without type and rule", ber.tlv(0xA9, ber.octets("x", 0x83))),
    ("match without value", ber.tlv(0xA9, ber.octets("uid", 0x82))),
    ("not of nothing", ber.tlv(0xA2)),
    ("equality of garbage", ber.tlv(0xA3, b"\x04")),
    ("empty equality", ber.tlv(0xA3)),
    ("primitive and", b"\x80\x00"),
]


@pytest.mark.parametrize("name,raw", ODD, ids=expect.case_ids(ODD))
def test_odd_filter(server, name, raw):
    """Nonsense is undefined (no entries) or a protocol error, and hurts nobody else."""
    from .client import Disconnected
    with server.client() as connection:
        try:
            result = connection.search(data.SUFFIX, 2, raw=raw)
            assert result.code in (0, 2, 18) and not result.entries
        except Disconnected:
            pass
    with server.client() as connection:
        expect.ok(connection.search("", 0))


TRICKY = ["a*b", "a(b)", "a\\b", "a\u0001b", "caf\u00e9", "\u00df", "a  b", " lead", "\ufb01n",
          "\u212b", "x\u00adx", "\u0130", "\U0001f600"]


@pytest.mark.parametrize("value", TRICKY)
def test_value_finds_itself(admin, sandbox, value):
    dn = f"cn=v,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": "person", "sn": "x", "description": value}))
    for text in (f"(description={filters.escape(value)})",
                 f"(description=*{filters.escape(value.strip())}*)",
                 f"(description={filters.escape(value.strip()[:1])}*)"):
        assert admin.search(sandbox, 2, text).dns() == [dn], text


PREPARED = [
    ("compatibility", "\ufb01n", "fin", True),
    ("sharp s folds", "stra\u00dfe", "STRASSE", True),
    ("soft hyphen goes", "co\u00adop", "coop", True),
    ("no-break space is a space", "a\u00a0b", "a b", True),
    ("tab is a space", "a\tb", "a b", True),
    ("full width", "\uff21\uff22", "ab", True),
    ("accents stay", "\u00e9", "e", False),
    ("angstrom", "\u212b", "\u00e5", True),
]


@pytest.mark.ours("RFC 4518 in full: the reference folds a part of it only")
@pytest.mark.parametrize("name,stored,asked,same", PREPARED, ids=expect.case_ids(PREPARED))
def test_preparation(admin, sandbox, name, stored, asked, same):
    dn = f"cn=v,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": "person", "sn": "x", "description": stored}))
    found = admin.search(sandbox, 2, f"(description={filters.escape(asked)})").dns()
    assert found == ([dn] if same else [])


MATCHING = [
    # attribute, stored, asked, whether it matches
    ("member", "CN=A  b,DC=x", "cn=a b,dc=X", True),
    ("member", "cn=a,dc=x", "cn=a,dc=y", False),
    ("member", "cn=a+sn=b,dc=x", "sn=B+cn=A,dc=x", True),
    ("uniqueMember", "cn=a,dc=x", "CN=A,dc=x", True),
    ("telephoneNumber", "+33 4 77", "+33477", True),
    ("telephoneNumber", "+33 4-77", "+334 77", True),
    ("postalAddress", "a$b c$d", "A$B  C$d", True),
    ("x121Address", "12 34", "1234", True),
    ("labeledURI", "http://A/", "http://a/", False),
    ("destinationIndicator", "ABC", "abc", True),
    ("x500UniqueIdentifier", "'0101'B", "'0101'B", True),
    ("preferredDeliveryMethod", "mhs $ any", "mhs $ any", None),
    ("dITRedirect", "dc=x", "DC=X", True),
    ("macAddress", "00:1A:2b:3c:4d:5e", "00:1a:2B:3C:4D:5E", True),
    ("nisNetgroupTriple", "(h,u,d)", "(h,u,d)", None),
    ("bootFile", "/A", "/a", False),
    ("aRecord", "1.2.3.4", "1.2.3.4", True),
]


@pytest.mark.parametrize("attr,stored,asked,same", MATCHING,
                         ids=[f"{row[0]} {row[1]}" for row in MATCHING])
def test_matching_rules(admin, sandbox, attr, stored, asked, same):
    """None: the attribute has no equality rule in the reference, so the term is undefined."""
    dn = f"cn=v,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": ["device", "extensibleObject"], attr: stored}))
    found = admin.search(sandbox, 2, f"({attr}={filters.escape(asked)})").dns()
    if same is not None:
        assert found == ([dn] if same else [])


def test_tagged_values(admin, sandbox):
    dn = f"cn=v,{sandbox}"
    expect.ok(admin.add(dn, [("objectClass", ["person"]), ("sn", ["base"]),
                             ("sn;lang-fr", ["fr"]), ("sn;lang-fr-ca", ["ca"])]))
    for text, found in (("(sn=fr)", True), ("(sn;lang-fr=fr)", True), ("(sn;lang-fr=base)", False),
                        ("(sn;lang-fr=ca)", False), ("(sn;lang-fr-=ca)", True),
                        ("(sn;lang-=ca)", True), ("(sn;lang-=base)", False),
                        ("(name;lang-fr=fr)", True), ("(sn;lang-de=fr)", False),
                        ("(sn;LANG-FR=*)", True), ("(sn;lang-de=*)", False)):
        assert bool(admin.search(sandbox, 2, text).entries) is found, text
