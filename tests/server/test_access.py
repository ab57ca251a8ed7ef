"""Access: no rule configured, Debian's default rules, and what single operations ask for."""

import pytest

from . import data, expect, filters
from .client import (ASSERTION, BASE, POST_READ, PRE_READ, RELAX, SUB, TREE_DELETE, control,
                     read_control)
from .harness import DEBIAN_ACCESS, Database

EXPLAIN = "2.25.86984604475757958756636892340540278960.5.1"

JEAN, JOE = data.dn_of("jean"), data.dn_of("joe")


@pytest.fixture(scope="module")
def ruled(server):  # pylint: disable=unused-argument
    """A server with Debian's three access lines."""
    from .conftest import launch
    running = launch(access=DEBIAN_ACCESS)
    yield running
    running.stop()
    running.remove()


def test_without_rules_everyone_reads(anon):
    entry = anon.read(JEAN)
    assert entry.get("userPassword") == [b"jean-pw"]


@pytest.mark.ours("OpenLDAP says nothing about it")
def test_without_rules_there_is_a_warning(make):
    server = make()
    server.stop()
    assert "access" in server.log().lower()


READERS = [
    ("anonymous", None, None, []),
    ("self", JEAN, "jean-pw", [b"jean-pw"]),
    ("another user", JOE, "joe-pw", []),
    ("manager", data.ADMIN, data.PASSWORD, [b"jean-pw"]),
]


@pytest.mark.parametrize("name,dn,password,seen", READERS, ids=expect.case_ids(READERS))
def test_password_reading(ruled, name, dn, password, seen):
    with ruled.client(dn, password or "") as connection:
        entry = connection.read(JEAN, ["*", "+"])
        assert entry.get("userPassword") == seen
        assert ("userPassword" in entry.names()) == bool(seen)
        assert entry.text("sn") == ["Dupont"]
        assert len(connection.search(data.SUFFIX).entries) == len(data.entries())


FILTERS = ["(userPassword=*)", "(userPassword=jean-pw)", "(userPassword:octetStringMatch:=jean-pw)",
           "(|(userPassword=jean-pw)(cn=none))", "(&(objectClass=person)(userPassword=jean-pw))"]


@pytest.mark.parametrize("text", FILTERS)
def test_password_in_a_filter(ruled, text):
    """What may not be searched is undefined, so it matches nothing, negated or not."""
    with ruled.client() as anon:
        assert anon.search(data.SUFFIX, SUB, text).dns() == []
        assert anon.search(data.SUFFIX, SUB, f"(!{text})", ["1.1"]).dns().count(JEAN) == 0
    with ruled.admin() as admin:
        assert JEAN in admin.search(data.SUFFIX, SUB, text).dns()


def test_password_in_a_compare(ruled):
    with ruled.client() as anon:
        expect.code(anon.compare(JEAN, "userPassword", "jean-pw"), {50, 16})
        expect.code(anon.compare(JEAN, "userPassword", "bad"), {50, 16})
    with ruled.client(JOE, "joe-pw") as joe:
        expect.code(joe.compare(JEAN, "userPassword", "jean-pw"), {50, 16})
    with ruled.client(JEAN, "jean-pw") as jean:
        expect.code(jean.compare(JEAN, "userPassword", "jean-pw"), 6)


def test_password_in_an_assertion(ruled):
    """RFC 4528 4: the assertion is no way around the right to search."""
    from .client import ASSERTION, control
    from . import filters
    for text in ("(userPassword=jean-pw)", "(userPassword=*)", "(!(userPassword=bad))"):
        asserted = [control(ASSERTION, filters.encode(text))]
        with ruled.client() as anon, ruled.client(JEAN, "jean-pw") as jean:
            expect.code(anon.search(JEAN, BASE, controls=asserted), 122)
            expect.code(anon.compare(JEAN, "sn", "Dupont", asserted), 122)
            expect.ok(jean.search(JEAN, BASE, controls=asserted))


def test_password_in_other_disguises(ruled):
    """By OID, by class, with types only and through pre-read it stays hidden."""
    from .client import MATCHED_VALUES, control
    from . import ber, filters
    values = control(MATCHED_VALUES, ber.sequence(filters.encode("(userPassword=*)")))
    with ruled.client() as anon:
        for attrs in (["2.5.4.35"], ["USERPASSWORD"], ["@person"], ["userPassword;lang-"]):
            assert anon.read(JEAN, attrs).get("userPassword") == []
        assert "userPassword" not in anon.search(JEAN, BASE, types=True).entry().names()
        assert anon.search(JEAN, BASE, controls=[values]).entry().attrs == []


def test_own_password_is_written(ruled):
    with ruled.client(data.dn_of("laure"), "laure-pw") as laure:
        expect.ok(laure.modify(data.dn_of("laure"), [(2, "userPassword", ["new"])]))
        expect.code(laure.modify(data.dn_of("laure"), [(2, "sn", ["x"])]), 50)
        expect.code(laure.modify(JEAN, [(2, "userPassword", ["x"])]), 50)
        expect.code(laure.modify(data.dn_of("laure"), [(2, "userPassword", ["y"]),
                                                       (2, "sn", ["x"])]), 50)
    with ruled.client() as anon:
        expect.code(anon.bind(data.dn_of("laure"), "laure-pw"), 49)
        expect.ok(anon.bind(data.dn_of("laure"), "new"))


def test_shadow_last_change(ruled):
    """nslcd and sssd write it as the user after a password change."""
    sophie = data.dn_of("sophie")
    with ruled.admin() as admin:
        expect.ok(admin.modify(sophie, [(0, "objectClass", ["shadowAccount"]),
                                        (0, "shadowLastChange", ["1"])]))
    with ruled.client(sophie, "sophie-pw") as connection:
        expect.ok(connection.modify(sophie, [(2, "shadowLastChange", ["2"])]))
        expect.code(connection.modify(sophie, [(2, "shadowMin", ["2"])]), 50)
    with ruled.client(JOE, "joe-pw") as joe:
        expect.code(joe.modify(sophie, [(2, "shadowLastChange", ["3"])]), 50)
    with ruled.client() as anon:
        seen = anon.read(sophie).text("shadowLastChange")
        assert seen == expect.differs(["2"], seen, "issue 2: hidden from others until the access "
                                      "language is there") and seen in (["2"], [])


WRITES = [
    ("add", lambda c: c.add(f"cn=x,{data.SUFFIX}", {"objectClass": "person", "sn": "x"})),
    ("modify", lambda c: c.modify(JOE, [(2, "sn", ["x"])])),
    ("delete", lambda c: c.delete(JOE)),
    ("modrdn", lambda c: c.modrdn(JOE, "uid=x")),
]


@pytest.mark.parametrize("name,operation", WRITES, ids=expect.case_ids(WRITES))
def test_others_write_nothing(ruled, name, operation):
    with ruled.client() as anon, ruled.client(JEAN, "jean-pw") as jean:
        expect.code(operation(anon), {8, 50})
        expect.code(operation(jean), 50)


def test_bind_works_though_nobody_reads(ruled):
    with ruled.client() as anon:
        expect.ok(anon.bind(JEAN, "jean-pw"))
        expect.code(anon.bind(JEAN, "bad"), 49)


HIDDEN = ["(userPassword=jean-pw)", "(userPassword=wrong)", "(!(userPassword=wrong))",
          "(userPassword=*)", "(userPassword:octetStringOrderingMatch:=k)"]


def probe(connection, text):
    """Asks with an assertion in every way that names an entry; returns the codes."""
    asked = [control(ASSERTION, filters.encode(filters.parse(text)))]
    return (connection.search(JEAN, BASE, controls=asked).code,
            connection.compare(JEAN, "uid", "jean", asked).code,
            connection.delete(JEAN, asked).code,
            connection.modify(JEAN, [(2, "description", ["x"])], asked).code,
            connection.modrdn(JEAN, "uid=jean9", True, None, asked).code)


def test_assertions_tell_nothing_of_hidden_attributes(ruled):
    """RFC 4528 4: an assertion is no way around access control."""
    with ruled.client(JOE, "joe-pw") as joe:
        answers = {probe(joe, text) for text in HIDDEN}
    assert len(answers) == 1, answers


# -- what the whole language brings; the matrix (test_access_matrix.py) has the rest

AUTH = "access to attrs=userPassword by anonymous auth by self write\n"


@pytest.fixture
def under(make):
    """Starts a server with access lines behind the one that lets people bind."""
    return lambda lines, entries=(), **more: make(
        access=AUTH + lines, entries=data.entries() + list(entries), **more)


MANAGED = f'''access to dn.exact="{data.SUFFIX}" attrs=entry by dn.exact="{JOE}" manage by * read
access to dn.subtree="{data.PEOPLE}" attrs=sn by dn.exact="{JEAN}" write by * read
access to dn.subtree="{data.GROUPS}" by * none
access to * by * read
'''
REFUSED = [
    ("modify", lambda c, asked: c.modify(JEAN, [(2, "sn", ["x"])], asked), "attrs=sn"),
    ("delete", lambda c, asked: c.delete(JEAN, asked), "by * read"),
    ("add", lambda c, asked: c.add(f"cn=x,{data.PEOPLE}", {"objectClass": "person", "sn": "x"},
                                   asked), "by * read"),
    ("modrdn", lambda c, asked: c.modrdn(JEAN, "uid=x", True, None, asked), "by * read"),
    ("compare", lambda c, asked: c.compare(data.GROUPS, "ou", "Groups", asked), "by * none"),
    ("search", lambda c, asked: c.search(data.GROUPS, BASE, controls=asked), "by * none"),
]


@pytest.mark.ours("the control is ours")
@pytest.mark.parametrize("name,operation,clause", REFUSED, ids=expect.case_ids(REFUSED))
def test_refusals_are_explained_to_managers(under, name, operation, clause):
    """Joe manages the top of the database: he is told the rule. Others hear nothing of rules."""
    server = under(MANAGED)
    code = 32 if name in ("compare", "search") else 50
    for critical in (True, False):
        asked = [control(EXPLAIN, critical=critical)]
        with server.client(JOE, "joe-pw") as manager, server.client() as anon, \
                server.client(data.dn_of("laure"), "laure-pw") as other:
            told = expect.code(operation(manager, asked), code).text
            assert "access rule {" in told and clause in told, told
            assert "slapd.conf" in told
            assert "access rule {" not in expect.code(operation(manager, []), code).text
            assert "access rule {" not in expect.code(operation(other, asked), code).text
            assert "access rule {" not in operation(anon, asked).text


@pytest.mark.ours("the control is ours")
def test_the_explain_control_is_announced(anon):
    assert EXPLAIN in anon.read("", ["supportedControl"]).text("supportedControl")
    expect.code(anon.search(JEAN, BASE, controls=[control(EXPLAIN, b"x")]), 2)
    expect.ok(anon.search(JEAN, BASE, controls=[control(EXPLAIN)]))


@pytest.mark.ours("OpenLDAP logs every step of every decision instead")
def test_refusals_are_logged_at_level_acl(under):
    server = under(MANAGED, flags=["-d", "128"])
    with server.client(data.dn_of("laure"), "laure-pw") as other:
        expect.code(other.modify(JEAN, [(2, "sn", ["secret-value"])]), 50)
    server.stop()
    lines = [line for line in server.log().splitlines() if "ACCESS refused" in line]
    assert len(lines) == 1 and "uid=laure" in lines[0] and "attrs=sn" in lines[0], lines
    assert "secret-value" not in lines[0] and "laure-pw" not in server.log()


def test_a_hidden_entry_answers_as_an_absent_one(under):
    """Whatever is asked: the code, the text and matchedDN are those of a name nobody has."""
    server = under(f'access to dn.subtree="{JOE}" by * none\naccess to * by * read\n')
    absent = JOE.replace("joe", "nobody")
    asked = [
        lambda c, dn: c.search(dn, BASE), lambda c, dn: c.search(f"cn=x,{dn}", BASE),
        lambda c, dn: c.compare(dn, "sn", "x"), lambda c, dn: c.compare(f"cn=x,{dn}", "sn", "x"),
        lambda c, dn: c.modify(dn, [(2, "sn", ["x"])]), lambda c, dn: c.delete(dn),
        lambda c, dn: c.modrdn(dn, "uid=y"), lambda c, dn: c.modify(dn, []),
        lambda c, dn: c.add(f"cn=x,{dn}", {"objectClass": "person", "sn": "x"}),
        lambda c, dn: c.delete(dn, [control(ASSERTION, filters.encode("(sn=none)"))]),
    ]
    with server.client(JEAN, "jean-pw") as jean:
        for question in asked:
            hidden, free = question(jean, JOE), question(jean, absent)
            assert hidden.code in expect.differs({32, 50, 0}, {32}, "disclose hides existence"), \
                hidden
            if expect.differs(False, True, "OpenLDAP's matchedDN tells one from the other"):
                assert (hidden.code, hidden.text, hidden.matched) == \
                    (free.code, free.text, free.matched)


RENAMES = [
    ("all rights", "write", True, 0, 0),
    ("old value stays", "add", False, 0, 0),
    ("no right to delete the old value", "add", True, 50, 50),
    ("no right to add the new one", "delete", False, 0, 50),
    ("reading alone", "read", False, 0, 50),
]


@pytest.mark.parametrize("name,right,delete,reference,ours", RENAMES,
                         ids=expect.case_ids(RENAMES))
def test_rename_asks_for_the_naming_values(under, name, right, delete, reference, ours):
    """slapd.access(5): add on the new RDN's attributes, delete on the old one's."""
    assert name
    server = under(f'access to dn.subtree="{data.PEOPLE}" attrs=uid by users {right}\n'
                   "access to * by users write by * read\n")
    with server.client(JEAN, "jean-pw") as jean:
        expect.code(jean.modrdn(JOE, "uid=joe2", delete),
                    expect.differs(reference, ours, "slapd.access(5), OPERATION REQUIREMENTS"))


def test_rename_between_regions_asks_both(under):
    server = under(f'access to dn.exact="{data.PEOPLE}" attrs=children by users =zrscd\n'
                   f'access to dn.exact="{data.GROUPS}" attrs=children by users =arscd\n'
                   f'access to dn.exact="{data.ALIASES}" attrs=children by users read\n'
                   "access to * by users write by * read\n")
    with server.client(JEAN, "jean-pw") as jean:
        expect.code(jean.modrdn(JOE, "uid=joe", True, data.ALIASES), 50)
        expect.code(jean.modrdn(JOE, "uid=joe2", True), 50)
        expect.ok(jean.modrdn(JOE, "uid=joe", True, data.GROUPS))
        expect.code(jean.modrdn(f"uid=joe,{data.GROUPS}", "uid=joe", True, data.PEOPLE), 50)


def test_read_controls_show_what_may_be_read(under):
    server = under(f'access to dn.exact="{JOE}" attrs=entry by users =wscxd by * read\n'
                   "access to attrs=description by users =wscxd\n"
                   "access to * by users write by * read\n")
    with server.client(JEAN, "jean-pw") as jean:
        changed = jean.modify(data.dn_of("laure"), [(2, "sn", ["New"]), (2, "description", ["d"])],
                              [read_control(POST_READ, ["sn", "description"])])
        assert b"New" in expect.ok(changed).control(POST_READ)
        assert b"description" not in changed.control(POST_READ)
        unseen = jean.modify(JOE, [(2, "sn", ["New"])],
                             [read_control(PRE_READ, ["sn"], critical=False)])
        assert unseen.control(PRE_READ) is None, unseen


@pytest.mark.ours("Debian's knows no tree delete")
def test_tree_delete_asks_for_every_entry(under):
    server = under(f'access to dn.exact="{JOE}" attrs=entry by users read by * read\n'
                   "access to * by users write by * read\n")
    with server.client(JEAN, "jean-pw") as jean:
        expect.code(jean.delete(data.PEOPLE, [control(TREE_DELETE)]), 50)
        assert jean.read(JEAN) is not None
        expect.ok(jean.delete(data.GROUPS, [control(TREE_DELETE)]))


REFERRAL = (f"cn=ref,{data.SUFFIX}", [("objectClass", ["referral", "extensibleObject"]),
                                      ("cn", ["ref"]), ("ref", ["ldap://o.example/dc=y"])])


@pytest.mark.parametrize("rule,shown,code", [
    ("", True, 10), (f'access to dn.exact="{REFERRAL[0]}" attrs=entry by * search\n', False, 10),
    (f'access to dn.exact="{REFERRAL[0]}" attrs=ref by * search\n', False, 10),
    (f'access to dn.exact="{REFERRAL[0]}" attrs=entry by * disclose\n', False, 50),
    (f'access to dn.exact="{REFERRAL[0]}" by * none\n', False, 32)])
def test_referrals_ask(under, rule, shown, code):
    """Continuation references need read on the entry and on ref; the base needs search."""
    server = under(rule + "access to * by * read\n", [REFERRAL])
    with server.client() as anon:
        assert bool(anon.search(data.SUFFIX, SUB, "(cn=ref)").references) == shown
        expect.code(anon.search(REFERRAL[0], BASE), code)
        below = expect.code(anon.search(f"cn=x,{REFERRAL[0]}", BASE), 32 if code == 32 else 10)
        assert bool(below.referrals) == (below.code == 10)


def test_glued_databases_have_rules_of_their_own(make):
    """Each part of a glued tree is under its own database's lines."""
    sub = f"ou=sub,{data.SUFFIX}"
    inner = Database(suffix=sub, name="sub", lines='subordinate\naccess to attrs=sn by * none\n'
                                                   'access to * by * read\n')
    outer = Database(lines="access to attrs=description by * none\naccess to * by * read\n")
    server = make(databases=[inner, outer], entries=None)
    with server.client(data.ADMIN) as top, server.client(inner.rootdn) as low:
        for dn, attrs in data.base_entries():
            expect.ok(top.add(dn, attrs))
        expect.ok(low.add(sub, {"objectClass": "organizationalUnit", "ou": "sub"}))
        person = {"objectClass": "inetOrgPerson", "sn": "Hidden", "description": "seen"}
        expect.ok(low.add(f"cn=p,{sub}", person))
    with server.client() as anon:
        found = anon.search(data.SUFFIX, SUB, "(description=*)", ["sn", "description"])
        assert found.dns() == [f"cn=p,{sub}"] and found.entry().names() == ["description"]
        assert anon.search(data.SUFFIX, SUB, "(sn=Hidden)").dns() == []


def test_root_dse_and_schema_are_under_the_frontends_rules(make):
    server = make(extra='access to dn.base="" attrs=namingContexts by * none\n'
                        'access to dn.base="cn=Subschema" attrs=attributeTypes by * none\n'
                        "access to * by * read")
    with server.client() as anon:
        assert "namingContexts" not in anon.read("", ["*", "+"]).names()
        assert anon.search("", BASE, "(namingContexts=*)").dns() == []
        assert anon.search("", BASE, "(!(namingContexts=x))").dns() == []
        expect.code(anon.compare("", "namingContexts", data.SUFFIX), 50)
        assert anon.read("cn=Subschema", ["attributeTypes", "objectClasses"]).names() == \
            ["objectClasses"]


def test_increment_and_replace_need_both_rights(under):
    """Who may only add or only delete must not replace."""
    server = under("access to attrs=uidNumber by dn.exact=\"" + JEAN + "\" =ascd "
                   "by dn.exact=\"" + JOE + "\" =zscd by users write\n"
                   "access to * by users write by * read\n")
    for dn, password in ((JEAN, "jean-pw"), (JOE, "joe-pw")):
        with server.client(dn, password) as connection:
            expect.code(connection.modify(JOE, [(3, "uidNumber", ["1"])]), 50)
            expect.code(connection.modify(JOE, [(2, "uidNumber", ["1"])]), 50)
    with server.client(data.dn_of("laure"), "laure-pw") as laure:
        expect.ok(laure.modify(JOE, [(3, "uidNumber", ["1"])]))


@pytest.mark.ours("the relax rules control asks for manage on the entry, in OpenLDAP only for "
                  "attributes that no user may modify")
def test_relaxed_rules_need_manage(under):
    stamp = [(2, "entryUUID", ["11111111-2222-3333-4444-555555555555"])]
    server = under("access to * by users write by * read\n")
    with server.client(JEAN, "jean-pw") as jean:
        for changes in (stamp, [(2, "sn", ["x"])]):
            expect.code(jean.modify(JOE, changes, [control(RELAX)]), 50)
        added = {"objectClass": "person", "sn": "x"}
        expect.code(jean.add(f"cn=x,{data.PEOPLE}", added, [control(RELAX)]), 50)
    server = under("access to * by users manage by * read\n")
    with server.client(JEAN, "jean-pw") as jean:
        expect.ok(jean.modify(JOE, stamp, [control(RELAX)]))


def test_groups_are_looked_up_as_they_are_now(under):
    """A member added is a member at the next operation, also of a group in another database."""
    group = f"cn=writers,{data.GROUPS}"
    server = under(f'access to attrs=description by group="{group}" write by * read\n'
                   f'access to dn.exact="{group}" by * none\naccess to * by * read\n',
                   [(group, [("objectClass", ["groupOfNames"]), ("cn", ["writers"]),
                             ("member", [JOE])])])
    change = [(2, "description", ["x"])]
    with server.client(JEAN, "jean-pw") as jean, server.admin() as admin:
        expect.code(jean.modify(JOE, change), 50)
        expect.ok(admin.modify(group, [(0, "member", [JEAN])]))
        expect.ok(jean.modify(JOE, change))
        expect.ok(admin.modify(group, [(1, "member", [JEAN])]))
        expect.code(jean.modify(JOE, change), 50)


TYPELESS = [
    ("value", "(:caseIgnoreMatch:=jean)", [], [JEAN]),
    ("name", "(:dn:caseIgnoreMatch:=jean)", [], [JEAN]),
    ("name of a superior", "(:dn:caseIgnoreMatch:=admins)", [f"cn=admins,{data.GROUPS}"], None),
]


@pytest.mark.parametrize("name,text,anonymous,jean", TYPELESS, ids=expect.case_ids(TYPELESS))
def test_filters_without_a_type_ask_too(under, name, text, anonymous, jean):
    assert name
    server = under("access to attrs=uid,givenName,mail by self read by * none\n"
                   "access to * by * read\n")
    with server.client() as anon, server.client(JEAN, "jean-pw") as own:
        assert anon.search(data.SUFFIX, SUB, text).dns() == anonymous
        assert own.search(data.SUFFIX, SUB, text).dns() == (jean or anonymous)
        if jean:
            seen = anon.search(data.SUFFIX, SUB, f"(!{text})").dns()
            assert (JEAN in seen) == expect.differs(
                True, False, "RFC 4511 4.5.1.7: what may not be searched is Undefined")
            assert (JOE in seen) == (JEAN in seen)


def test_rules_look_into_other_databases(make):
    """Groups and sets of another database, for reading on the loop and changing on the writer."""
    other = "dc=other"
    found = f"[ldap:///{data.PEOPLE}??one?(sn=Dupont)]/entryDN"
    lines = AUTH + (f'access to attrs=description by group="cn=w,{other}" write by * read\n'
                    f'access to attrs=title by set="user & {found}" write by * read\n'
                    f'access to attrs=mail by group="cn=w,{other}" read by * none\n'
                    "access to * by * read\n")
    group = {"objectClass": "groupOfNames", "cn": "w", "member": [JOE]}
    server = make(databases=[Database(lines=lines), Database(suffix=other, name="other")],
                  entries=None)
    with server.client(data.ADMIN) as top, server.client(f"cn=admin,{other}") as second:
        for dn, attrs in data.entries():
            expect.ok(top.add(dn, attrs))
        expect.ok(second.add(other, {"objectClass": ["dcObject", "organization"], "o": "x",
                                     "dc": "other"}))
        expect.ok(second.add(f"cn=w,{other}", group))
    with server.client(JEAN, "jean-pw") as jean, server.client(JOE, "joe-pw") as joe:
        for connection, described, titled, mails in ((jean, 50, 0, []),
                                                     (joe, 0, 50, [b"jean@falcot.com"])):
            expect.code(connection.modify(JEAN, [(2, "description", ["x"])]), described)
            expect.code(connection.modify(JEAN, [(2, "title", ["x"])]), titled)
            assert connection.read(JEAN, ["mail"]).get("mail") == mails
            assert bool(connection.search(data.SUFFIX, SUB, "(mail=jean@*)").entries) == bool(mails)


def test_selfwrite_is_for_the_own_name(under):
    """A list that people enter and leave by themselves."""
    names = f"cn=list,{data.GROUPS}"
    server = under("access to attrs=member by users selfwrite by * read\naccess to * by * read\n",
                   [(names, [("objectClass", ["groupOfNames"]), ("cn", ["list"]),
                             ("member", [JOE, data.dn_of("laure")])])])
    with server.client(JEAN, "jean-pw") as jean, server.client(JOE, "joe-pw") as joe:
        expect.ok(jean.modify(names, [(0, "member", [JEAN])]))
        expect.code(jean.modify(names, [(0, "member", [data.dn_of("sophie")])]), 50)
        expect.code(jean.modify(names, [(1, "member", [JOE])]), 50)
        expect.code(jean.modify(names, [(2, "member", [JEAN])]), 50)
        expect.code(jean.modify(names, [(1, "member", [])]), 50)
        expect.ok(joe.modify(names, [(1, "member", [JOE])]))
        assert jean.read(names).text("member") == [data.dn_of("laure"), JEAN]


def test_configuration_and_monitor_are_under_their_own_rules(make):
    """cn=config is closed without a rule; with rules the entries and values that they open."""
    server = make(extra="moduleload back_monitor")
    with server.client(JEAN, "jean-pw") as jean:
        expect.code(jean.search("cn=config", SUB), {32, 50})
        expect.code(jean.compare("cn=config", "cn", "config"), {32, 50})
        expect.code(jean.modify("cn=config", [(2, "olcSizeLimit", ["7"])]), {32, 50})
        expect.code(jean.delete("cn=schema,cn=config"), {32, 50, 66})
    server.stop()
    server.conf.write_text(server.conf.read_text() + f'''
database monitor
access to dn.subtree="cn=Connections,cn=Monitor" by * none
access to attrs=monitoredInfo by dn.exact="{JOE}" read by * none
access to * by users read
database config
access to attrs=olcSizeLimit by dn.exact="{JEAN}" write by * none
access to dn.exact="cn=config" by dn.exact="{JEAN}" read by * none
''')
    server.start()
    with server.client(JEAN, "jean-pw") as jean, server.client(JOE, "joe-pw") as joe:
        assert jean.search("cn=config", SUB, attrs=["1.1"]).dns() == ["cn=config"]
        expect.code(joe.search("cn=config", SUB), 32)
        expect.code(joe.modify("cn=config", [(2, "olcSizeLimit", ["7"])]), {32, 50})
        expect.code(jean.modify("cn=config", [(2, "olcTimeLimit", ["7"])]), 50)
        level = jean.search("cn=Monitor", SUB, "(monitoredInfo=*)", ["monitoredInfo"])
        assert level.dns() == []
        shown = joe.search("cn=Monitor", SUB, "(monitoredInfo=*)", ["monitoredInfo"]).dns()
        assert shown and not [dn for dn in shown if "cn=Connections" in dn]
        expect.code(jean.search("cn=Connections,cn=Monitor", BASE), 32)
    with server.client() as anon:
        expect.code(anon.search("cn=Monitor", BASE), 32)
