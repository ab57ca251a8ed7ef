"""The rules of the tree cn=config: names, {n}, what may be where; offline changes; kill -9."""

import random
import threading

import pytest

from . import data, expect, harness
from .client import MOD_ADD, MOD_DELETE, MOD_REPLACE, Disconnected
from .expect import differs

DB = "olcDatabase={1}mdb,cn=config"
SCHEMA = "cn=schema,cn=config"
RULES = ["to attrs=userPassword by self write by * auth", "to dn.base=cn=x by * read",
         "to * by * read"]


@pytest.fixture(name="conf", scope="module")
def _conf(make_once):
    """One server on a slapd.d; its cn=config has a password, as the reference needs one."""
    server = make_once(start=False, entries=data.entries(),
                       extra=f"database config\nrootpw {data.PASSWORD}\n")
    for name in ("two", "three", "four"):
        (server.top / name).mkdir()
    return server.convert().start()


@pytest.fixture(scope="module")
def make_once():
    """Makes servers that live as long as the file's tests."""
    made = []

    def make(**options):
        options.pop("start")
        made.append(harness.Slapd(**options))
        return made[-1]

    yield make
    for server in made:
        server.remove()


@pytest.fixture(name="root")
def _root(conf):
    """A connection that manages cn=config; the rules are as they were before each test."""
    with conf.client("cn=config") as root:
        expect.ok(root.modify(DB, [(MOD_REPLACE, "olcAccess", RULES)]))
        yield root


def values(root, dn, attr):
    """Returns the values of one attribute."""
    return root.read(dn, [attr]).text(attr)


def stripped(rows):
    """Checks that values are numbered from 0 and returns them without the numbers."""
    for number, row in enumerate(rows):
        assert row.startswith(f"{{{number}}}"), rows
    return [row.split("}", 1)[1] for row in rows]


X, Y = "to dn.base=cn=new by * read", "to dn.base=cn=other by * read"
A, B, C = RULES

ORDER = [
    ("append", [(MOD_ADD, [X])], [A, B, C, X]),
    ("insert", [(MOD_ADD, ["{0}" + X])], [X, A, B, C]),
    ("middle", [(MOD_ADD, ["{2}" + X])], [A, B, X, C]),
    ("behind", [(MOD_ADD, ["{99}" + X])], [A, B, C, X]),
    ("two", [(MOD_ADD, ["{1}" + X, "{1}" + Y])], [A, Y, X, B, C]),
    ("by number", [(MOD_DELETE, ["{1}"])], [A, C]),
    ("by numbers", [(MOD_DELETE, ["{0}", "{1}"])], [C]),
    ("by value", [(MOD_DELETE, [B])], [A, C]),
    ("by both", [(MOD_DELETE, ["{1}" + B])], [A, C]),
    ("in turn", [(MOD_ADD, ["{0}" + X]), (MOD_DELETE, ["{3}"])], [X, A, B]),
    ("there and back", [(MOD_ADD, ["{0}" + X]), (MOD_DELETE, ["{0}"])], [A, B, C]),
    ("replace", [(MOD_REPLACE, [X, Y])], [X, Y]),
    ("replace, far numbers", [(MOD_REPLACE, ["{5}" + X, "{3}" + Y])], [X, Y]),
    ("replace, one number", [(MOD_REPLACE, ["{0}" + X, "{0}" + Y])], [Y, X]),
    ("moved, added first", [(MOD_ADD, ["{0}" + C]), (MOD_DELETE, ["{3}" + C])], [C, A, B]),
    ("delete all", [(MOD_DELETE, [])], []),
]


@pytest.mark.parametrize("name,changes,wanted", ORDER, ids=expect.case_ids(ORDER))
def test_order_of_values(root, name, changes, wanted):
    expect.ok(root.modify(DB, [(op, "olcAccess", rows) for op, rows in changes]))
    assert stripped(values(root, DB, "olcAccess")) == wanted


WRONG = [
    ("there already", DB, [(MOD_ADD, "olcAccess", ["{0}" + A])], 20),
    ("no such number", DB, [(MOD_DELETE, "olcAccess", ["{9}"])], 16),
    ("no such value", DB, [(MOD_DELETE, "olcAccess", [X])], 16),
    ("other number", DB, [(MOD_DELETE, "olcAccess", ["{0}" + B])], 16),
    ("no attribute", DB, [(MOD_DELETE, "olcLimits", [])], 16),
    ("no number", DB, [(MOD_ADD, "olcAccess", ["{x}" + X])], differs(80, 21, "RFC 4511 4.1.5")),
    ("rule", DB, [(MOD_ADD, "olcAccess", ["to * by nobody read"])], 80),
    ("second rule", DB, [(MOD_REPLACE, "olcAccess", [X, "to * by nobody read"])], 80),
    ("boolean", DB, [(MOD_REPLACE, "olcReadOnly", ["maybe"])], 21),
    ("two of one", DB, [(MOD_REPLACE, "olcReadOnly", ["TRUE", "FALSE"])], 19),
    ("one more", DB, [(MOD_ADD, "olcRootDN", ["cn=x"])], 19),
    ("DN", DB, [(MOD_REPLACE, "olcRootDN", ["x"])], 21),
    ("index", DB, [(MOD_ADD, "olcDbIndex", ["nosuch eq"])], 80),
    ("index twice", DB, [(MOD_ADD, "olcDbIndex", ["mail eq"])], 80),
    ("undefined", DB, [(MOD_ADD, "olcNoSuch", ["1"])], 17),
    ("other entry", DB, [(MOD_ADD, "olcThreads", ["4"])], 65),
    ("other entry", "cn=config", [(MOD_ADD, "olcSuffix", ["dc=x"])], 65),
    ("no option", "cn=config", [(MOD_ADD, "description", ["x"])], 65),
    ("name", DB, [(MOD_REPLACE, "olcDatabase", ["{2}mdb"])], 67),
    ("name", "cn=config", [(MOD_REPLACE, "cn", ["x"])], 67),
    ("class", DB, [(MOD_ADD, "objectClass", ["olcGlobal"])], 53),
    ("server's", DB, [(MOD_REPLACE, "modifyTimestamp", ["20200101000000Z"])], 19),
    ("number", "cn=config", [(MOD_REPLACE, "olcThreads", ["x"])], 21),
    ("level", "cn=config", [(MOD_REPLACE, "olcLogLevel", ["nosuch"])], 80),
    ("first right", "cn=config", [(MOD_REPLACE, "olcIdleTimeout", ["71"]),
                                  (MOD_REPLACE, "olcLogLevel", ["nosuch"])], 80),
    ("no entry", "olcDatabase={9}mdb,cn=config", [(MOD_REPLACE, "olcReadOnly", ["TRUE"])], 32),
]


@pytest.mark.parametrize("name,dn,changes,code", WRONG,
                         ids=[f"{i}-{row[0]}" for i, row in enumerate(WRONG)])
def test_refused(root, conf, name, dn, changes, code):
    before = {p: p.read_text() for p in conf.config_dir.rglob("*.ldif")}
    expect.code(root.modify(dn, changes), code)
    assert {p: p.read_text() for p in conf.config_dir.rglob("*.ldif")} == before
    assert stripped(values(root, DB, "olcAccess")) == RULES
    assert values(root, "cn=config", "olcIdleTimeout") != ["71"]


@pytest.mark.differs("OpenLDAP keeps the value twice; RFC 4512 2.2: no two values are equal")
def test_value_at_another_place_too(root):
    expect.code(root.modify(DB, [(MOD_ADD, "olcAccess", ["{1}" + A])]), differs(0, 20, "as above"))


def database(conf, name, suffix=None):
    """Returns the attributes of a new database."""
    return {"objectClass": ["olcDatabaseConfig", "olcMdbConfig"],
            "olcSuffix": [suffix or f"dc={name}"], "olcDbDirectory": [str(conf.top / name)]}


def suffixes(root):
    """Returns the suffixes of the mdb databases in order."""
    got = root.search("cn=config", 1, "(olcSuffix=*)", ["olcSuffix", "olcDatabase"]).entries
    rows = sorted((e.text("olcDatabase")[0], e.text("olcSuffix")[0]) for e in got)
    for number, (name, _) in enumerate(rows, 1):
        assert name == f"{{{number}}}mdb", rows
    return [suffix for _, suffix in rows]


def test_databases_come_move_and_go(root, conf):
    expect.ok(root.add("olcDatabase=mdb,cn=config", database(conf, "two")))
    expect.ok(root.add("olcDatabase={1}mdb,cn=config", database(conf, "three")))
    assert suffixes(root) == ["dc=three", data.SUFFIX, "dc=two"]
    expect.ok(root.modrdn("olcDatabase={1}mdb,cn=config", "olcDatabase={3}mdb"))
    assert suffixes(root) == [data.SUFFIX, "dc=two", "dc=three"]
    expect.ok(root.modrdn("olcDatabase={3}mdb,cn=config", "olcDatabase={2}mdb"))
    assert suffixes(root) == [data.SUFFIX, "dc=three", "dc=two"]
    expect.code(root.modrdn("olcDatabase={2}mdb,cn=config", "olcDatabase=mdb"), 64)
    expect.code(root.modrdn("olcDatabase={2}mdb,cn=config", "olcDatabase={2}monitor"), 53)
    expect.code(root.add("olcDatabase=mdb,cn=config", database(conf, "four", "dc=two")), 80)
    expect.code(root.add("olcDatabase=mdb,cn=config", database(conf, "nosuchfolder")), 80)
    result = expect.code(root.delete("olcDatabase={9}mdb,cn=config"), 32)
    expect.matched(result, "cn=config")
    expect.ok(root.delete("olcDatabase={2}mdb,cn=config"))
    expect.ok(root.delete("olcDatabase={2}mdb,cn=config"))
    assert suffixes(root) == [data.SUFFIX]
    with conf.client() as anon:
        assert len(anon.search(data.SUFFIX).entries) == len(data.entries())


NOT_DELETED = [("cn=config", differs(66, 53, "it is no matter of what is below")),
               (SCHEMA, differs(66, 53, "it is no matter of what is below")),
               ("olcDatabase={0}config,cn=config", 53), ("olcDatabase={-1}frontend,cn=config", 53)]


@pytest.mark.parametrize("dn,code", NOT_DELETED)
def test_what_always_is_stays(root, dn, code):
    expect.code(root.delete(dn), code)


def test_schema_entries(root):
    kind = {"objectClass": ["olcSchemaConfig"]}
    one = "( 1.3.6.1.4.1.99999.1 NAME 'treeOne' SUP name )"
    two = "( 1.3.6.1.4.1.99999.2 NAME 'treeTwo' SUP treeOne )"
    expect.ok(root.add(f"cn=tree,{SCHEMA}", {**kind, "olcAttributeTypes": [one]}))
    dn = f"cn={{{len(harness.SCHEMAS)}}}tree,{SCHEMA}"
    expect.ok(root.modify(dn, [(MOD_ADD, "olcAttributeTypes", [two])]))
    assert stripped(values(root, dn, "olcAttributeTypes")) == [one, two]
    expect.code(root.add(f"cn=again,{SCHEMA}", {**kind, "olcAttributeTypes": [one]}), 80)
    expect.code(root.modify(dn, [(MOD_ADD, "olcAttributeTypes", ["nonsense"])]),
                differs(19, 80, "all that is wrong in a value is told alike"))


@pytest.mark.ours("OpenLDAP deletes no schema")
def test_schema_in_use_stays_until_it_is_not(root):
    dn = f"cn={{{len(harness.SCHEMAS)}}}tree,{SCHEMA}"
    result = expect.code(root.modify(dn, [(MOD_DELETE, "olcAttributeTypes", ["{0}"])]), 80)
    assert "treeTwo" in result.text and "treeOne" in result.text
    expect.ok(root.modify(DB, [(MOD_ADD, "olcDbIndex", ["treeTwo eq"])]))
    result = expect.code(root.delete(dn), 80)
    assert "olcDbIndex" in result.text and "treeTwo" in result.text
    expect.ok(root.modify(DB, [(MOD_DELETE, "olcDbIndex", ["treeTwo eq"])]))
    expect.ok(root.modify(DB, [(MOD_ADD, "olcAccess", ["{0}to attrs=treeTwo by * read"])]))
    result = expect.code(root.delete(dn), 80)
    assert "treeTwo" in result.text
    expect.ok(root.modify(DB, [(MOD_DELETE, "olcAccess", ["{0}"])]))
    expect.code(root.modrdn(dn, "cn={0}tree"), 53)
    expect.ok(root.delete(dn))
    assert values(root, f"cn={{0}}core,{SCHEMA}", "cn") == ["{0}core"]


@pytest.mark.ours("there is an overlay memberof in OpenLDAP")
def test_overlays_are_refused_by_name(root):
    result = root.add(f"olcOverlay=memberof,{DB}", {"objectClass": ["olcOverlayConfig"]})
    expect.code(result, 53)
    assert "memberof" in result.text


# without a server

CHANGES = f"""\
dn: cn=config
changetype: modify
replace: olcIdleTimeout
olcIdleTimeout: 77

dn: {DB}
changetype: modify
add: olcDbIndex
olcDbIndex: title eq
"""


@pytest.fixture(name="quiet")
def _quiet(make):
    """A stopped server on a slapd.d."""
    return make(start=False, entries=data.entries()).convert()


def test_slapmodify_changes_the_configuration(quiet):
    assert quiet.tool("slapmodify", "-n", "0", stdin=CHANGES).returncode == 0
    dump = quiet.tool("slapcat", "-n", "0").stdout
    assert "olcIdleTimeout: 77" in dump and "olcDbIndex: title eq" in dump
    quiet.start()
    with quiet.client() as anon:
        assert len(anon.search(data.SUFFIX).entries) == len(data.entries())


@pytest.mark.ours("OpenLDAP writes record by record")
def test_slapmodify_changes_all_or_nothing(quiet):
    before = quiet.tool("slapcat", "-n", "0").stdout
    bad = CHANGES + "\ndn: cn=config\nchangetype: modify\nreplace: olcThreads\nolcThreads: x\n"
    done = quiet.tool("slapmodify", "-n", "0", stdin=bad)
    assert done.returncode == 1 and ":11:" in done.stderr and "olcThreads" in done.stderr, done
    assert quiet.tool("slapcat", "-n", "0").stdout == before
    unbuilt = CHANGES.replace("title eq", "nosuch eq")
    done = quiet.tool("slapmodify", "-n", "0", stdin=unbuilt)
    assert done.returncode == 1 and "nosuch" in done.stderr, done
    assert quiet.tool("slapcat", "-n", "0").stdout == before
    assert quiet.tool("slapmodify", "-u", "-n", "0", stdin=CHANGES).returncode == 0
    assert quiet.tool("slapcat", "-n", "0").stdout == before
    done = quiet.tool("slapmodify", "-c", "-n", "0", stdin=bad)
    assert done.returncode == 1 and "2 changes made, 1 skipped" in done.stderr, done
    assert "olcIdleTimeout: 77" in quiet.tool("slapcat", "-n", "0").stdout


@pytest.mark.ours("OpenLDAP writes beneath a running server")
def test_a_running_server_keeps_the_directory(quiet):
    quiet.start()
    done = quiet.tool("slapmodify", "-n", "0", stdin=CHANGES)
    assert done.returncode == 1 and "ldapmodify" in done.stderr, done
    assert quiet.tool("slapcat", "-n", "0").returncode == 0
    quiet.stop()
    assert quiet.tool("slapmodify", "-n", "0", stdin=CHANGES).returncode == 0


def test_slapadd_adds_a_schema(quiet):
    text = (f"dn: cn=more,{SCHEMA}\nobjectClass: olcSchemaConfig\ncn: more\nolcAttributeTypes: "
            "( 1.3.6.1.4.1.99999.7 NAME 'more' SUP name )\n")
    done = quiet.tool("slapadd", "-n", "0", stdin=text)
    assert done.returncode == 0, done
    assert f"{len(harness.SCHEMAS)}}}more" in quiet.tool("slapcat", "-n", "0").stdout


@pytest.mark.ours("it is the other server")
def test_openldap_reads_what_changes_leave(make):
    """After changes online, Debian's slaptest takes the directory; ours takes what it changed."""
    server = make(start=False, entries=data.entries()).convert().start()
    (server.top / "more").mkdir()
    server.configure(
        f"dn: olcDatabase={{1}}mdb,cn=config\nchangetype: add\nobjectClass: olcMdbConfig\n"
        f"olcSuffix: dc=more\nolcDbDirectory: {server.top}/more\nolcAccess: {{1}}to * by * read\n"
        f"olcAccess: {{0}}to attrs=userPassword by * auth\n\n"
        f"dn: cn=new,{SCHEMA}\nchangetype: add\nobjectClass: olcSchemaConfig\n"
        "olcAttributeTypes: ( 1.3.6.1.4.1.99999.9 NAME 'fresh' SUP name )\n\n"
        "dn: cn=config\nchangetype: modify\nreplace: olcLogLevel\nolcLogLevel: stats\n")
    server.stop()
    done = harness.run(["/usr/sbin/slaptest", "-u", "-F", str(server.config_dir)])
    assert done.returncode == 0, done
    done = harness.run(["/usr/sbin/slapmodify", "-n", "0", "-F", str(server.config_dir)],
                       stdin="dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\n"
                             "add: olcAccess\nolcAccess: {1}to attrs=fresh by users read\n")
    assert done.returncode == 0, done
    dump = server.tool("slapcat", "-n", "0")
    assert "olcAccess: {1}to attrs=fresh by users read" in dump.stdout, dump
    server.start()


# kill -9

class Writer(threading.Thread):
    """Adds and deletes a database in front of the others until the server goes away."""

    def __init__(self, conf):
        super().__init__()
        self.conf = conf
        self.acknowledged = self.tried = 0

    def run(self):
        try:
            with self.conf.client("cn=config") as root:
                while True:
                    self.tried += 1
                    if self.tried % 2 == 1:
                        result = root.add(DB, database(self.conf, "two"))
                    else:
                        result = root.delete(DB)
                    assert result.code == 0, result
                    self.acknowledged += 1
        except (Disconnected, OSError):
            pass


def _kill_while_changing(make, rounds):
    server = make(start=False, entries=data.entries(),
                  extra=f"database config\nrootpw {data.PASSWORD}\n").convert()
    (server.top / "two").mkdir()
    chance = random.Random(7)
    changes = 0
    for _ in range(rounds):
        server.start()
        with server.client("cn=config") as root:
            if suffixes(root) != [data.SUFFIX]:
                expect.ok(root.delete(DB))
        writer = Writer(server)
        writer.start()
        writer.join(chance.uniform(0.0, 0.15))
        server.kill()
        writer.join()
        changes += writer.acknowledged
        server.start()
        with server.client("cn=config") as root:
            states = [[data.SUFFIX], ["dc=two", data.SUFFIX]]
            allowed = [states[n % 2] for n in (writer.acknowledged, writer.tried)]
            assert suffixes(root) in allowed
            assert not (server.config_dir / ".change").exists()
        server.kill()
    return changes


@pytest.mark.ours("OpenLDAP writes file after file")
def test_reading_while_changing(make):
    """slapcat sees one state or the other, whole, while the server writes slapd.d."""
    server = make(start=False, entries=data.entries(),
                  extra=f"database config\nrootpw {data.PASSWORD}\n").convert()
    (server.top / "two").mkdir()
    writer = Writer(server.start())
    writer.start()
    states = [[data.SUFFIX], ["dc=two", data.SUFFIX]]
    for _ in range(25):
        done = server.tool("slapcat", "-n", "0")
        assert done.returncode == 0, done
        rows = [row.split(": ", 1) for row in done.stdout.splitlines() if ": " in row]
        names = [value for key, value in rows if key == "olcDatabase" and "mdb" in value]
        found = [value for key, value in rows if key == "olcSuffix"]
        assert found in states and names == [f"{{{n}}}mdb" for n in range(1, len(found) + 1)]
    assert writer.is_alive() and writer.acknowledged > 25
    server.kill()
    writer.join()


@pytest.mark.ours("OpenLDAP writes file after file")
def test_kill_while_changing(make):
    assert _kill_while_changing(make, 8) > 8


@pytest.mark.slow
@pytest.mark.ours("OpenLDAP writes file after file")
def test_kill_while_changing_500_times(make):
    assert _kill_while_changing(make, 500) > 500
