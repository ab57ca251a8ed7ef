"""Modify (RFC 4511 4.6), increment (RFC 4525) and the permissive modify control."""

import itertools

import pytest

from . import ber, data, expect, filters
from .client import (ASSERTION, DONT_USE_COPY, MOD_ADD, MOD_DELETE, MOD_INCREMENT, MOD_REPLACE,
                     NOOP, PERMISSIVE_MODIFY, POST_READ, PRE_READ, RELAX, SUBENTRIES, control,
                     control_entry, paged, read_control)

ADD, DELETE, REPLACE, INCREMENT = MOD_ADD, MOD_DELETE, MOD_REPLACE, MOD_INCREMENT
JPEG = b"\xff\xd8\xff\xe0x"
UUID = "b1b1b1b1-0000-1000-8000-000000000000"

_numbers = itertools.count(1)


@pytest.fixture
def target(admin, sandbox):
    """An inetOrgPerson with three sn and two descriptions. Gives its DN."""
    dn = f"cn=t,{sandbox}"
    expect.ok(admin.add(dn, [("objectClass", ["inetOrgPerson"]), ("cn", ["t"]),
                             ("sn", ["a", "b", "c"]), ("description", ["One", "Two"])]))
    return dn


CN, SN, DESC = ("cn", ["t"]), ("sn", ["a", "b", "c"]), ("description", ["One", "Two"])

APPLIED = [
    ("add a value at the end", [(ADD, "sn", ["d"])], [CN, ("sn", ["a", "b", "c", "d"]), DESC]),
    ("add a new attribute at the end", [(ADD, "title", ["t"])], [CN, SN, DESC, ("title", ["t"])]),
    ("delete a value, other case", [(DELETE, "sn", ["B"])], [CN, ("sn", ["a", "c"]), DESC]),
    ("delete an attribute", [(DELETE, "description", [])], [CN, SN]),
    ("delete every value", [(DELETE, "description", ["two", "one"])], [CN, SN]),
    ("replace moves to the end", [(REPLACE, "sn", ["z", "y"])], [CN, DESC, ("sn", ["z", "y"])]),
    ("replace what is absent by nothing", [(REPLACE, "title", [])], [CN, SN, DESC]),
    ("replace what is absent", [(REPLACE, "title", ["q"])], [CN, SN, DESC, ("title", ["q"])]),
    ("replace by nothing", [(REPLACE, "description", [])], [CN, SN]),
    ("replace keeping the RDN value", [(REPLACE, "cn", ["o", "t"])],
     [SN, DESC, ("cn", ["o", "t"])]),
    ("add then delete", [(ADD, "title", ["t"]), (DELETE, "title", ["t"])], [CN, SN, DESC]),
    ("delete then add again", [(DELETE, "sn", ["a"]), (ADD, "sn", ["a"])],
     [CN, ("sn", ["b", "c", "a"]), DESC]),
    ("a MUST may be away in between", [(DELETE, "sn", []), (ADD, "sn", ["n"])],
     [CN, DESC, ("sn", ["n"])]),
    ("no changes", [], [CN, SN, DESC]),
    ("by an alias name", [(DELETE, "surname", ["a"])], [CN, ("sn", ["b", "c"]), DESC]),
    ("by OID", [(ADD, "2.5.4.4", ["q"])], [CN, ("sn", ["a", "b", "c", "q"]), DESC]),
    ("a language tag", [(ADD, "sn;LANG-fr", ["x"])], [CN, SN, DESC, ("sn;lang-fr", ["x"])]),
    ("no equality rule, first value", [(ADD, "jpegPhoto", [JPEG])],
     [CN, SN, DESC, ("jpegPhoto", [JPEG])]),
    ("the same values again", [(REPLACE, "sn", ["a", "b", "c"])], [CN, DESC, SN]),
    ("change the case of a value", [(REPLACE, "description", ["ONE", "two"])],
     [CN, SN, ("description", ["ONE", "two"])]),
]


def plain(pairs):
    """Returns attributes with values as bytes, without objectClass."""
    return [(name, [ber.octets_of(value) for value in values])
            for name, values in pairs if name != "objectClass"]


@pytest.mark.parametrize("name,changes,wanted", APPLIED, ids=expect.case_ids(APPLIED))
def test_applied(admin, target, name, changes, wanted):
    expect.ok(admin.modify(target, changes))
    assert plain(admin.read(target).attrs) == plain(wanted)


REFUSED = [
    ("add an existing value", [(ADD, "sn", ["A"])], 20),
    ("add a value twice", [(ADD, "sn", ["x", "X"])], 20),
    ("add nothing", [(ADD, "sn", [])], 2),
    ("delete an absent value", [(DELETE, "sn", ["z"])], 16),
    ("delete an absent attribute", [(DELETE, "title", [])], 16),
    ("delete a value of an absent attribute", [(DELETE, "title", ["x"])], 16),
    ("delete an absent tag", [(DELETE, "sn;lang-fr", [])], 16),
    ("delete by supertype", [(DELETE, "name", ["a"])], 16),
    ("delete a MUST", [(DELETE, "sn", [])], 65),
    ("delete a MUST value by value", [(DELETE, "sn", ["a", "b", "c"])], 65),
    ("replace a MUST by nothing", [(REPLACE, "sn", [])], 65),
    ("replace by equal values", [(REPLACE, "sn", ["x", "X"])], 20),
    ("undefined attribute", [(REPLACE, "nosuch", ["x"])], 17),
    ("delete an undefined attribute", [(DELETE, "nosuch", [])], 17),
    ("unknown option", [(ADD, "sn;x", ["x"])], 17),
    ("not allowed", [(REPLACE, "uidNumber", ["1"])], 65),
    ("supertype is not allowed", [(REPLACE, "name", ["a"])], 65),
    ("bad syntax", [(REPLACE, "seeAlso", ["x"])], 21),
    ("bad syntax in a delete", [(DELETE, "seeAlso", ["x"])], {21, 16}),
    ("second value of a single-valued one", [(ADD, "displayName", ["x"]),
                                             (ADD, "displayName", ["y"])], 19),
    ("two values of a single-valued one", [(REPLACE, "displayName", ["x", "y"])], 19),
    ("all or nothing", [(ADD, "title", ["t"]), (DELETE, "sn", ["zz"])], 16),
    ("the RDN attribute away", [(DELETE, "cn", [])], {64, 67}),
    ("the RDN value away", [(DELETE, "cn", ["t"])], {64, 67}),
    ("the RDN value replaced", [(REPLACE, "cn", ["other"])], {64, 67}),
    ("operation 4", [(4, "sn", ["x"])], 2),
    ("operation -1", [(-1, "sn", ["x"])], 2),
    ("no equality rule, second add", [(ADD, "jpegPhoto", [JPEG]), (ADD, "jpegPhoto", [JPEG])], 18),
    ("no equality rule, delete a value", [(ADD, "jpegPhoto", [JPEG]),
                                          (DELETE, "jpegPhoto", [JPEG])], 18),
    ("every class away", [(DELETE, "objectClass", [])], 65),
    ("the structural class away", [(DELETE, "objectClass", ["inetOrgPerson"])], 65),
    ("unknown class", [(ADD, "objectClass", ["nosuch"])], 21),
    ("class there already", [(ADD, "objectClass", ["inetorgperson"])], 20),
    ("second structural chain", [(ADD, "objectClass", ["account"])], 65),
    ("other structural class", [(REPLACE, "objectClass", ["device"])], {69, 65}),
    ("superior structural class", [(REPLACE, "objectClass", ["person"])], 69),
    ("auxiliary class without its MUST", [(ADD, "objectClass", ["posixAccount"])], 65),
    ("entryUUID", [(REPLACE, "entryUUID", [UUID])], 19),
    ("modifyTimestamp", [(REPLACE, "modifyTimestamp", ["20200101000000Z"])], 19),
    ("structuralObjectClass", [(REPLACE, "structuralObjectClass", ["device"])], 19),
    ("creatorsName", [(DELETE, "creatorsName", [])], 19),
    ("entryDN", [(REPLACE, "entryDN", ["cn=x"])], 19),
    ("hasSubordinates", [(REPLACE, "hasSubordinates", ["TRUE"])], 19),
]


@pytest.mark.parametrize("name,changes,code", REFUSED, ids=expect.case_ids(REFUSED))
def test_refused(admin, target, name, changes, code):
    before = admin.read(target, ["*", "+"]).attrs
    expect.code(admin.modify(target, changes), code)
    assert admin.read(target, ["*", "+"]).attrs == before, "a refused change must change nothing"


def test_structural_class_cannot_be_refined(admin, sandbox):
    dn = f"cn=p,{sandbox}"
    expect.ok(admin.add(dn, [("objectClass", ["person"]), ("sn", ["x"])]))
    expect.code(admin.modify(dn, [(ADD, "objectClass", ["inetOrgPerson"])]), 69)


CLASSES = [
    ("auxiliary with its attributes",
     [(ADD, "objectClass", ["posixAccount"]), (ADD, "uid", ["u"]), (ADD, "uidNumber", ["1"]),
      (ADD, "gidNumber", ["1"]), (ADD, "homeDirectory", ["/"])],
     ["inetorgperson", "posixaccount"]),
    ("superior named as well", [(ADD, "objectClass", ["person"])], ["inetorgperson", "person"]),
    ("abstract top", [(ADD, "objectClass", ["top"])], ["inetorgperson", "top"]),
]


@pytest.mark.parametrize("name,changes,classes", CLASSES, ids=expect.case_ids(CLASSES))
def test_classes(admin, target, name, changes, classes):
    expect.ok(admin.modify(target, changes))
    got = [value.lower() for value in admin.read(target).text("objectClass")]
    assert got == classes


def test_auxiliary_class_goes_with_its_attributes(admin, target):
    expect.ok(admin.modify(target, CLASSES[0][1]))
    expect.code(admin.modify(target, [(DELETE, "objectClass", ["posixAccount"])]), 65)
    expect.ok(admin.modify(target, [(DELETE, "objectClass", ["posixAccount"]),
                                    (DELETE, "uidNumber", []), (DELETE, "gidNumber", []),
                                    (DELETE, "homeDirectory", [])]))


PLACES = [
    ("no such entry", f"uid=none,{data.PEOPLE}", 32, data.PEOPLE),
    ("no such context", "dc=other", 53, ""),
    ("malformed", "bad", 34, ""),
    ("root DSE", "", 53, ""),
    ("subschema", "cn=Subschema", 53, ""),
]


@pytest.mark.parametrize("name,dn,code,matched", PLACES, ids=expect.case_ids(PLACES))
def test_place(admin, name, dn, code, matched):
    expect.matched(expect.code(admin.modify(dn, [(REPLACE, "sn", ["x"])]), code), matched)


INCREMENTS = [
    ("by one", [(INCREMENT, "uidNumber", ["1"])], 0, "11"),
    ("below zero", [(INCREMENT, "uidNumber", ["-20"])], 0, "-10"),
    ("by zero", [(INCREMENT, "uidNumber", ["0"])], 0, "10"),
    ("twice in one request", [(INCREMENT, "uidNumber", ["1"]), (INCREMENT, "uidNumber", ["5"])],
     0, "16"),
    ("two values", [(INCREMENT, "uidNumber", ["1", "2"])], 2, "10"),
    ("no value", [(INCREMENT, "uidNumber", [])], 2, "10"),
    ("not a number", [(INCREMENT, "uidNumber", ["abc"])], 21, "10"),
    ("hexadecimal", [(INCREMENT, "uidNumber", ["0x10"])], 21, "10"),
    ("a string attribute", [(INCREMENT, "homeDirectory", ["1"])], 19, "10"),
    ("an absent attribute", [(INCREMENT, "shadowMin", ["1"])], {16, 65}, "10"),
    ("undefined attribute", [(INCREMENT, "nosuch", ["1"])], 17, "10"),
]


@pytest.mark.parametrize("name,changes,code,left", INCREMENTS, ids=expect.case_ids(INCREMENTS))
def test_increment(admin, sandbox, name, changes, code, left):
    dn = f"uid=i,{sandbox}"
    expect.ok(admin.add(dn, [("objectClass", ["account", "posixAccount"]), ("cn", ["x"]),
                             ("uidNumber", ["10"]), ("gidNumber", ["1"]),
                             ("homeDirectory", ["/"])]))
    expect.code(admin.modify(dn, changes), code)
    assert admin.read(dn).text("uidNumber") == [left]


def test_increment_of_several_values(admin, sandbox):
    """RFC 4525 section 2: every value grows."""
    dn = f"cn=s,{sandbox}"
    expect.ok(admin.add(dn, [("objectClass", ["ipService"]), ("ipServiceProtocol", ["tcp"]),
                             ("ipServicePort", ["80"])]))
    expect.ok(admin.modify(dn, [(INCREMENT, "ipServicePort", ["8000"])]))
    assert admin.read(dn).text("ipServicePort") == ["8080"]


def test_increment_overflow_never_wraps(admin, sandbox):
    dn = f"uid=big,{sandbox}"
    expect.ok(admin.add(dn, [("objectClass", ["account", "posixAccount"]), ("cn", ["x"]),
                             ("uidNumber", ["10"]), ("gidNumber", ["1"]),
                             ("homeDirectory", ["/"])]))
    result = admin.modify(dn, [(INCREMENT, "uidNumber", ["9223372036854775807"])])
    left = admin.read(dn).text("uidNumber")
    if expect.differs("wraps", "right", "RFC 4525 2: the sum, or an error") == "right":
        assert left == (["9223372036854775817"] if result.code == 0 else ["10"]), result


PERMISSIVE = [
    ("existing values are skipped", [(ADD, "sn", ["a", "d"])], 0, [("sn", ["a", "b", "c", "d"])]),
    ("absent attribute", [(DELETE, "title", [])], 0, []),
    ("value of an absent attribute", [(DELETE, "title", ["x"])], 0, []),
    ("undefined attribute", [(ADD, "nosuch", ["x"])], 17, []),
    ("not allowed", [(ADD, "uidNumber", ["1"])], 65, []),
    ("replace", [(REPLACE, "title", [])], 0, []),
]


@pytest.mark.parametrize("name,changes,code,wanted", PERMISSIVE, ids=expect.case_ids(PERMISSIVE))
def test_permissive(admin, target, name, changes, code, wanted):
    expect.code(admin.modify(target, changes, [control(PERMISSIVE_MODIFY)]), code)
    entry = admin.read(target)
    for attr, values in wanted:
        assert entry.text(attr) == values


def test_permissive_delete_of_an_absent_value(admin, target):
    result = admin.modify(target, [(DELETE, "sn", ["a", "zz"])], [control(PERMISSIVE_MODIFY)])
    expect.code(result, expect.differs(16, {0, 16}, "draft-zeilenga-ldap-permissive-modify: "
                                       "deleting what is absent is no error"))


def test_permissive_takes_no_value(admin, target):
    expect.code(admin.modify(target, [], [control(PERMISSIVE_MODIFY, "x")]), 2)


CHANGE = [(REPLACE, "sn", ["x"])]

CONTROLS = [
    ("no-op", CHANGE, [control(NOOP)], 16654),
    ("no-op of a failure", [(DELETE, "sn", ["x"])], [control(NOOP)], 16),
    ("assertion false", CHANGE, [control(ASSERTION, filters.encode("(sn=zz)"))], 122),
    ("assertion undefined", CHANGE, [control(ASSERTION, filters.encode("(nosuch=zz)"))], 122),
    ("assertion not undefined", CHANGE, [control(ASSERTION, filters.encode("(!(nosuch=z))"))], 122),
    ("assertion without a value", CHANGE, [control(ASSERTION)], 2),
    ("post-read malformed", CHANGE, [control(POST_READ, "x")], 2),
    ("post-read without a value", CHANGE, [control(POST_READ)], 2),
    ("pre-read of a failure", [(DELETE, "sn", ["x"])], [read_control(PRE_READ, ["sn"])], 16),
    ("paging means nothing here", CHANGE, [paged(3)], 12),
    ("subentries mean nothing here", CHANGE, [control(SUBENTRIES, ber.boolean(True))], 12),
    ("dontUseCopy means nothing here", CHANGE, [control(DONT_USE_COPY)], 12),
    ("unknown critical", CHANGE, [control("1.2.3")], 12),
    ("assertion false before the change fails",
     [(DELETE, "sn", ["x"])], [control(ASSERTION, filters.encode("(sn=zz)"))], 122),
]


@pytest.mark.parametrize("name,changes,controls,code", CONTROLS, ids=expect.case_ids(CONTROLS))
def test_control_refuses(admin, target, name, changes, controls, code):
    before = admin.read(target, ["*", "+"]).attrs
    result = expect.code(admin.modify(target, changes, controls), code)
    assert admin.read(target, ["*", "+"]).attrs == before
    assert result.control(PRE_READ) is None


def test_assertion_true(admin, target):
    expect.ok(admin.modify(target, CHANGE, [control(ASSERTION, filters.encode("(sn=b)"))]))


def test_noncritical_misplaced_control_is_ignored(admin, target):
    expect.ok(admin.modify(target, CHANGE, [paged(3, critical=False)]))


def test_pre_and_post_read(admin, target):
    result = expect.ok(admin.modify(target, CHANGE, [read_control(PRE_READ, ["sn", "cn"]),
                                                     read_control(POST_READ, ["sn"])]))
    before = control_entry(result.control(PRE_READ))
    after = control_entry(result.control(POST_READ))
    assert before.attrs == [("cn", [b"t"]), ("sn", [b"a", b"b", b"c"])]
    assert after.attrs == [("sn", [b"x"])]
    assert before.dn == after.dn == target


@pytest.mark.parametrize("attrs,first", [([], "objectClass"), (["*"], "objectClass"),
                                         (["+"], "structuralObjectClass")])
def test_post_read_selection(admin, target, attrs, first):
    result = expect.ok(admin.modify(target, CHANGE, [read_control(POST_READ, attrs)]))
    entry = control_entry(result.control(POST_READ))
    assert entry.names()[0] == first
    assert ("sn" in entry.names()) == (attrs != ["+"])


def test_relax_allows_operational_attributes(admin, target):
    expect.ok(admin.modify(target, [(REPLACE, "entryUUID", [UUID])], [control(RELAX)]))
    assert admin.read(target, ["entryUUID"]).text("entryUUID") == [UUID]
    assert admin.search(data.SUFFIX, 2, f"(entryUUID={UUID})", ["1.1"]).dns() == [target]


def test_modify_updates_the_stamps(admin, target):
    before = admin.read(target, ["+"])
    expect.ok(admin.modify(target, CHANGE))
    after = admin.read(target, ["+"])
    assert after.text("entryCSN")[0] > before.text("entryCSN")[0]
    assert after.text("modifyTimestamp")[0] >= before.text("modifyTimestamp")[0]
    for name in ("entryUUID", "createTimestamp", "creatorsName", "structuralObjectClass"):
        assert after.get(name) == before.get(name)


def test_large_group_grows_and_shrinks(admin, sandbox):
    dn = f"cn=g,{sandbox}"
    members = [f"u{n}" for n in range(1500)]
    expect.ok(admin.add(dn, [("objectClass", ["posixGroup"]), ("gidNumber", ["1"]),
                             ("memberUid", members[:1000])]))
    expect.ok(admin.modify(dn, [(ADD, "memberUid", members[1000:])]))
    assert sorted(admin.read(dn).text("memberUid")) == sorted(members)
    expect.code(admin.modify(dn, [(ADD, "memberUid", ["fresh", "u7"])]), 20)
    expect.ok(admin.modify(dn, [(DELETE, "memberUid", members[:1499])]))
    assert admin.read(dn).text("memberUid") == ["u1499"]
    assert admin.search(sandbox, 2, "(memberUid=u1499)", ["1.1"]).dns() == [dn]
    assert admin.search(sandbox, 2, "(memberUid=u7)", ["1.1"]).dns() == []


def test_index_follows_the_change(admin, sandbox):
    dn = f"uid=ix,{sandbox}"
    expect.ok(admin.add(dn, data.person("ix", "Ix", "Indexed", 777)))
    expect.ok(admin.modify(dn, [(REPLACE, "sn", ["Other"]), (REPLACE, "uidNumber", ["778"])]))
    for text, found in (("(sn=indexed)", []), ("(sn=other)", [dn]), ("(sn=*dexe*)", []),
                        ("(sn=oth*)", [dn]), ("(uidNumber=777)", []), ("(uidNumber=778)", [dn])):
        assert admin.search(sandbox, 2, text, ["1.1"]).dns() == found, text
