"""cn=config while the server runs: what is changed is seen at once, or nothing is changed."""

import pytest

from . import data, harness
from .client import MOD_ADD, MOD_DELETE, MOD_REPLACE

pytestmark = pytest.mark.ours("cn=config is changed online in ways OpenLDAP has not")

DB = "olcDatabase={1}mdb,cn=config"


@pytest.fixture(name="online")
def _online(make):
    """A server on a slapd.d of its own, with the Falcot data."""
    return make(start=False, entries=data.entries()).convert().start()


def tree(server):
    """Returns slapd.d as a dictionary of file texts."""
    return {str(p.relative_to(server.config_dir)): p.read_text()
            for p in sorted(server.config_dir.rglob("*.ldif"))}


def change(dn, *lines):
    """Returns a modify record."""
    return "\n".join([f"dn: {dn}", "changetype: modify", *lines]) + "\n"


def conf_value(server, dn, attr):
    """Returns the values of an attribute of cn=config, as root sees them."""
    done = server.root("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", dn, "-s", "base", attr)
    assert done.returncode == 0, done
    start = attr + ": "
    return [row[len(start):] for row in done.stdout.splitlines() if row.startswith(start)]


def test_size_limit_changes_at_once(online):
    """A limit holds for connections that were there before the change."""
    with online.client() as anon:
        assert anon.search(data.SUFFIX).code == 0
        online.configure(change("cn=config", "replace: olcSizeLimit", "olcSizeLimit: 2"))
        assert anon.search(data.SUFFIX).code == 4
        online.configure(change("cn=config", "delete: olcSizeLimit"))
        assert anon.search(data.SUFFIX).code == 0


def test_a_change_outlives_the_server(online):
    online.configure(change("cn=config", "replace: olcIdleTimeout", "olcIdleTimeout: 77"))
    online.kill()
    online.start()
    assert conf_value(online, "cn=config", "olcIdleTimeout") == ["77"]


@pytest.mark.parametrize("lines, expected", [
    (["replace: olcIdleTimeout", "olcIdleTimeout: -5"], "olcIdleTimeout"),
    (["replace: olcIdleTimeout", "olcIdleTimeout: soon"], "olcIdleTimeout"),
    (["add: olcNoSuchThing", "olcNoSuchThing: 1"], "olcNoSuchThing"),
    (["replace: olcSizeLimit", "olcSizeLimit: 10", "-", "replace: olcTimeLimit",
      "olcTimeLimit: never"], "olcTimeLimit"),
])
def test_refused_changes_nothing(online, lines, expected):
    before = tree(online)
    said = online.root("ldapmodify", stdin=change("cn=config", *lines))
    assert said.returncode != 0 and expected in said.stderr, said
    assert tree(online) == before
    assert conf_value(online, "cn=config", "olcSizeLimit") == []


def test_index_is_built_while_serving(online):
    online.configure(change(DB, "add: olcDbIndex", "olcDbIndex: description eq,sub"))
    with online.client() as anon:
        assert len(anon.search(data.SUFFIX, filter="(description=*a*)").entries) >= 0
    assert any("description" in v for v in conf_value(online, DB, "olcDbIndex"))
    online.configure(change(DB, "delete: olcDbIndex", "olcDbIndex: description eq,sub"))
    assert not any("description" in v for v in conf_value(online, DB, "olcDbIndex"))


SCHEMA = """dn: cn=falcot,cn=schema,cn=config
changetype: add
objectClass: olcSchemaConfig
cn: falcot
olcAttributeTypes: ( 1.3.6.1.4.1.99999.1.1 NAME 'badgeColour' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
olcObjectClasses: ( 1.3.6.1.4.1.99999.2.1 NAME 'badgeHolder' SUP top AUXILIARY MAY badgeColour )
"""


def test_schema_is_added_and_used(online):
    with online.admin() as admin:
        target = admin.search(data.SUFFIX, filter="(uid=jean)").entries[0].dn
        online.configure(SCHEMA)
        done = online.ldap("ldapmodify", admin=True, stdin=change(
            target, "add: objectClass", "objectClass: badgeHolder", "-", "add: badgeColour",
            "badgeColour: Blue"))
        assert done.returncode == 0, done
        assert len(admin.search(data.SUFFIX, filter="(badgeColour=blue)").entries) == 1
    online.kill()
    online.start()
    with online.client() as anon:
        assert len(anon.search(data.SUFFIX, filter="(badgeColour=BLUE)").entries) == 1


def test_schema_in_use_stays(online):
    """What entries hold is not taken from them; once nothing holds it, it may go."""
    online.configure(SCHEMA)
    with online.admin() as admin:
        dn = admin.search(data.SUFFIX, filter="(uid=jean)").entries[0].dn
        assert admin.modify(dn, [(MOD_ADD, "objectClass", ["badgeHolder"]),
                                 (MOD_ADD, "badgeColour", ["Blue"])]).code == 0
        with online.local() as root:
            name = [e.dn for e in root.search("cn=schema,cn=config", 1).entries
                    if "falcot" in e.dn][0]
            got = root.delete(name)
            assert got.code == 53 and dn in got.text, got
            assert admin.modify(dn, [(MOD_DELETE, "objectClass", ["badgeHolder"]),
                                     (MOD_DELETE, "badgeColour", [])]).code == 0
            got = root.delete(name)
            assert got.code == 0, got
        assert admin.search(data.SUFFIX, filter="(badgeColour=blue)").entries == []


def test_database_added_used_and_removed(online):
    place = online.top / "second"
    place.mkdir()
    add = (f"dn: olcDatabase=mdb,cn=config\nchangetype: add\nobjectClass: olcDatabaseConfig\n"
           f"objectClass: olcMdbConfig\nolcDatabase: mdb\nolcSuffix: dc=second\n"
           f"olcDbDirectory: {place}\nolcRootDN: cn=admin,dc=second\nolcRootPW: geheim\n")
    online.configure(add)
    entry = "dn: dc=second\nobjectClass: domain\ndc: second\n"
    bind = ["-x", "-H", online.uri, "-D", "cn=admin,dc=second", "-w", "geheim"]
    done = harness.run(["ldapadd", *bind], stdin=entry)
    assert done.returncode == 0, done
    second = "olcDatabase={2}mdb,cn=config"
    online.configure(f"dn: {second}\nchangetype: delete\n")
    assert harness.run(["ldapsearch", "-x", "-H", online.uri, "-b", "dc=second"]).returncode == 32
    online.configure(add)
    done = harness.run(["ldapsearch", "-LLL", "-x", "-H", online.uri, "-b", "dc=second"])
    assert done.returncode == 0 and "dn: dc=second" in done.stdout


def test_missing_directory_is_told(online):
    before = tree(online)
    done = online.root("ldapadd", stdin=(
        "dn: olcDatabase=mdb,cn=config\nobjectClass: olcDatabaseConfig\nobjectClass: olcMdbConfig\n"
        "olcDatabase: mdb\nolcSuffix: dc=third\nolcDbDirectory: /nonexistent/third\n"))
    assert done.returncode != 0 and "/nonexistent/third" in done.stderr
    assert tree(online) == before


def test_nobody_else_changes(online):
    with online.admin() as admin:
        result = admin.modify("cn=config", [(MOD_REPLACE, "olcSizeLimit", ["1"])])
        assert result.code in (32, 50)
    done = online.ldap("ldapmodify", stdin=change("cn=config", "replace: olcSizeLimit",
                                                  "olcSizeLimit: 1"))
    assert done.returncode in (8, 32, 50)


def test_machine_root_is_removed_on_purpose_and_rescued(online):
    online.configure(change("cn=config", "add: musterMachineRoot", "musterMachineRoot: FALSE"))
    done = online.root("ldapmodify", stdin=change("cn=config", "replace: olcSizeLimit",
                                                  "olcSizeLimit: 1"))
    assert done.returncode != 0
    online.stop()
    online.flags = ["--rescue"]
    online.start()
    online.configure(change("cn=config", "replace: olcSizeLimit", "olcSizeLimit: 9"))
    online.stop()
    online.flags = []
    online.start()
    online.configure(change("cn=config", "delete: olcSizeLimit"))
