"""Access as issue 2 wants it: none configured, and Debian's default rules."""

import pytest

from . import data, expect, filters
from .client import ASSERTION, BASE, SUB, control
from .harness import DEBIAN_ACCESS

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
