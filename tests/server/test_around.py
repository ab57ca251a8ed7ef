"""Ways around the rules: by another database, another order, a look at nothing, peers that flood."""

import socket
import time

import pytest

from . import data, expect, filters, harness
from .client import (ASSERTION, BASE, MOD_ADD, MOD_DELETE, MOD_REPLACE, SUB,
                     cancel_request, control, modify_request)
from .harness import Database

pytestmark = pytest.mark.ours("what OpenLDAP lets pass here is refused")

JEAN = data.dn_of("jean")
CONFIG = "olcDatabase={0}config,cn=config"


def asserting(text):
    return control(ASSERTION, filters.encode(filters.parse(text)))


@pytest.mark.parametrize("condition", ["security ssf=1", "require authc", "restrict search"])
def test_conditions_of_a_subordinate_database(make, condition):
    """A search from above does not reach what one from below is refused."""
    sub = f"ou=sub,{data.SUFFIX}"
    inner = Database(suffix=sub, name="sub", lines=f"subordinate\n{condition}\n")
    server = make(databases=[inner, Database()], entries=None, start=False)
    server.start()
    with server.local() as low, server.client(data.ADMIN) as top:
        expect.ok(low.bind(inner.rootdn, data.PASSWORD))
        for dn, attrs in data.base_entries():
            expect.ok(top.add(dn, attrs))
        expect.ok(low.add(sub, {"objectClass": "organizationalUnit", "ou": "sub"}))
    with server.client() as anon:
        assert anon.search(sub, SUB).code != 0
        found = expect.ok(anon.search(data.SUFFIX, SUB, attrs=["1.1"])).dns()
        assert found == [dn for dn, _ in data.base_entries()]
    server.stop()


@pytest.mark.parametrize("dn", ["cn=Total,cn=Connections,cn=Monitor", "cn=config"])
def test_comparing_with_an_assertion_tells_nothing(make, dn):
    """A hidden entry in memory answers like one that is not there."""
    server = make(extra="database monitor\naccess to * by * none\n")
    with server.client() as anon:
        hidden = anon.compare(dn, "cn", "x", [asserting("(cn=x)")])
        absent = anon.compare(f"cn=none,{dn}", "cn", "x", [asserting("(cn=x)")])
        assert (hidden.code, hidden.text) == (absent.code, absent.text)
        assert hidden.code == 32


@pytest.mark.parametrize("right,led", [("none", False), ("disclose", True)])
def test_hidden_aliases_lead_nowhere(make, right, led):
    """An alias that may not be disclosed is like none: as a base, on the way to it, in a search."""
    alias, chain, group = (f"cn={name},ou=Als,{data.SUFFIX}" for name in ("al", "chain", "als"))
    lost = f"cn=lost,ou=Als,{data.SUFFIX}"
    server = make(access=f'access to dn.base="{alias}" by * {right}\naccess to * by * read\n',
                  entries=data.entries())
    with server.admin() as admin, server.client() as anon:
        expect.ok(admin.add(f"ou=Als,{data.SUFFIX}", {"objectClass": "organizationalUnit"}))
        for dn, to in [(alias, JEAN), (chain, alias), (lost, f"cn=none,{data.SUFFIX}")]:
            expect.ok(admin.add(dn, {"objectClass": ["alias", "extensibleObject"],
                                     "aliasedObjectName": to}))
        for deref in (2, 3):
            absent = anon.search(group, BASE, deref=deref)
            for dn in (alias, f"cn=x,{alias}"):
                found = anon.search(dn, BASE, deref=deref)
                if not led:
                    assert (found.code, found.matched) == (absent.code, absent.matched)
            assert (anon.search(alias, BASE, deref=deref).dns() == [JEAN]) == led
            assert (anon.search(chain, BASE, deref=deref).dns() == [JEAN]) == led
            if not led:
                broken = anon.search(lost, BASE, deref=deref)
                assert anon.search(chain, BASE, deref=deref).code == broken.code
        below = anon.search(f"ou=Als,{data.SUFFIX}", SUB, "(uid=jean)", deref=1).dns()
        assert (below == [JEAN]) == led
    server.stop()


HIDDEN = [("description", "SECRET", ["(description=secret)", "(description=se*)",
                                     "(description=*cre*)", "(description~=secret)",
                                     "(description:caseExactMatch:=SECRET)",
                                     "(description:caseExactSubstringsMatch:=*ECR*)",
                                     "(:caseExactMatch:=SECRET)"]),
          ("uidNumber", "4711", ["(uidNumber=4711)", "(uidNumber>=4711)", "(uidNumber>=4000)",
                                 "(uidNumber<=4711)", "(uidNumber<=5000)",
                                 "(uidNumber:1.2.840.113556.1.4.803:=4711)"])]


@pytest.mark.parametrize("name,value,texts", HIDDEN)
def test_a_hidden_value_is_not_found_by_any_assertion(make, name, value, texts):
    """What does not name the value exactly does not find it either."""
    server = make(access=f'access to attrs={name} val="{value.lower()}" by * none\n'
                         "access to * by * read\n", entries=data.entries())
    with server.admin() as admin, server.client() as anon:
        expect.ok(admin.modify(JEAN, [(MOD_REPLACE, name, [value])]))
        for text in texts:
            if admin.search(JEAN, BASE, text).dns() == []:
                assert ":" in text or "~" in text, text
            assert anon.search(JEAN, BASE, text).dns() == [], text
            asked = [asserting(text)]
            assert anon.compare(JEAN, "sn", "x", asked).code != 5, text
        expect.ok(admin.modify(JEAN, [(MOD_REPLACE, name, ["17"])]))
        assert anon.search(JEAN, BASE, f"({name}=1*)" if name == "description"
                           else f"({name}>=17)").dns() == [JEAN]


@pytest.fixture(name="online")
def _online(make):
    rules = f'database config\naccess to dn.base="{CONFIG}" by * none\n' \
            f'access to dn.base="cn=config" by dn.exact="{JEAN}" write by * none\n'
    return make(start=False, entries=data.entries(), extra=rules).convert().start()


@pytest.mark.parametrize("changes", [[], [(MOD_ADD, "noSuchThing", ["x"])]])
def test_changing_nothing_tells_nothing(online, changes):
    """A change of a hidden entry that can have no effect is answered as where there is none."""
    with online.client(data.ADMIN) as user:
        hidden = user.modify(CONFIG, changes)
        absent = user.modify("olcDatabase={9}mdb,cn=config", changes)
        assert (hidden.code, hidden.text) == (absent.code, absent.text)
        assert hidden.code == 32


def test_assertions_hold_when_the_change_is_made(online):
    """Of changes that wait for each other, each looks at what the one before left."""
    with online.client(JEAN, "jean-pw") as jean:
        expect.ok(jean.modify("cn=config", [(MOD_REPLACE, "olcIdleTimeout", ["100"])]))
        wanted = [asserting("(olcIdleTimeout=100)")]
        sent = [jean.send(modify_request("cn=config", [(MOD_REPLACE, "olcIdleTimeout", [str(n)])]),
                          wanted) for n in range(201, 209)]
        codes = [jean.result(number).code for number in sent]
        assert codes == [0] + [122] * 7


def test_a_right_that_is_gone_is_gone_for_what_waits(online):
    """Changes sent before their right was taken away, but carried out behind that, are refused."""
    take = f"dn: {CONFIG}\nchangetype: modify\nreplace: olcAccess\nolcAccess: to * by * none\n"
    with online.client(JEAN, "jean-pw") as jean:
        expect.ok(jean.modify("cn=config", [(MOD_REPLACE, "olcIdleTimeout", ["100"])]))
        online.configure(take)
        expect.code(jean.modify("cn=config", [(MOD_REPLACE, "olcIdleTimeout", ["101"])]), {32, 50})


def test_revoking_oneself_in_one_go(make):
    """The same when both were sent at once."""
    rules = f'database config\naccess to * by dn.exact="{JEAN}" write by * none\n'
    server = make(start=False, entries=data.entries(), extra=rules).convert().start()
    with server.client(JEAN, "jean-pw") as jean:
        gone = jean.send(modify_request(CONFIG, [(MOD_REPLACE, "olcAccess", ["to * by * none"])]))
        late = [jean.send(modify_request("cn=config", [(MOD_REPLACE, "olcIdleTimeout", ["7"])]))
                for _ in range(4)]
        expect.ok(jean.result(gone))
        assert {jean.result(number).code for number in late} <= {32, 50}
    server.stop()


def test_what_is_cancelled_is_not_changed(online):
    """A change of cn=config that waits can be cancelled: then it is not made, and says so."""
    with online.client(JEAN, "jean-pw") as jean:
        for attempt in range(5):
            sent = [jean.send(modify_request("cn=config",
                                             [(MOD_REPLACE, "olcIdleTimeout", [str(n)])]))
                    for n in range(attempt * 10 + 101, attempt * 10 + 109)]
            cancel = jean.result(jean.send(cancel_request(sent[-1])))
            codes = [jean.result(number).code for number in sent]
            assert codes[:-1] == [0] * 7
            assert (cancel.code, codes[-1]) in {(0, 118), (121, 0), (119, 0)}
            now = jean.search("cn=config", BASE, f"(olcIdleTimeout={attempt * 10 + 108})")
            assert len(now.dns()) == (codes[-1] == 0)


def test_unindexed_searches_are_counted_by_type(make):
    """Options that a client makes up are no rows of their own."""
    server = make(extra="database monitor\n", entries=data.entries())
    with server.client() as anon:
        for number in range(40):
            anon.search(data.SUFFIX, SUB, f"(title;lang-x{number}=x)")
    with server.local() as root:
        expect.ok(root.sasl("EXTERNAL", b""))
        rows = [dn for dn in root.search("cn=Monitor", SUB, attrs=["1.1"]).dns() if "title" in dn]
        assert len(rows) == 1, rows


def test_monitor_changes_heed_assertions(make):
    server = make(extra="database monitor\nrootdn cn=root,cn=Monitor\nrootpw secret\n")
    with server.client("cn=root,cn=Monitor", "secret") as root:
        change = [(MOD_ADD, "managedInfo", ["Trace"])]
        expect.code(root.modify("cn=Log,cn=Monitor", change, [asserting("(cn=other)")]), 122)
        expect.ok(root.modify("cn=Log,cn=Monitor", change, [asserting("(cn=Log)")]))
        expect.ok(root.modify("cn=Log,cn=Monitor", [(MOD_DELETE, "managedInfo", ["Trace"])]))


def test_a_flood_behind_a_request_for_metrics(make):
    """One peer that never stops sending holds up neither the others nor the server's end."""
    port = harness.free_port()
    server = make(extra=f"metricslisten 127.0.0.1:{port}\n")
    block, until = bytes(64 << 20), time.monotonic() + 2
    with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
        peer.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        with pytest.raises(OSError):
            while time.monotonic() < until:
                peer.sendall(block)
    with server.client() as anon:
        expect.ok(anon.search("", BASE))
    server.stop()


def test_passwords_of_the_server_are_not_logged(make):
    server = make(flags=["-d", "stats"])
    with server.client() as anon:
        for name in ("olcRootPW", "OLCROOTPW;x-a", "sambaNTPassword", "userPassword"):
            anon.search("cn=config", SUB, f"(|({name}=s3cr3t-{name[0]})(!({name}>=s3cr3t)))")
    log = server.log()
    assert log.count(r"\28hidden\29") == 8 and "s3cr3t" not in log
