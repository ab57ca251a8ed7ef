"""Wrong changes of cn=config: refused with the cure, and nothing is different afterwards."""

import pytest

from . import certs, data, expect, harness, wrong_config
from .client import MOD_ADD, MOD_DELETE, MOD_REPLACE

pytestmark = pytest.mark.ours("the texts are ours")

ROOT, FRONTEND = "cn=config", "olcDatabase={-1}frontend,cn=config"
CONFIG, DB = "olcDatabase={0}config,cn=config", "olcDatabase={1}mdb,cn=config"
SECOND, BACKEND, SCHEMA = ("olcDatabase={2}mdb,cn=config", "olcBackend={0}mdb,cn=config",
                           "cn=schema,cn=config")
PLACE = {wrong_config.GLOBAL: ROOT, wrong_config.DB: DB, wrong_config.BACKEND: BACKEND}
ADD, DELETE, REPLACE, RENAME = "add", "delete", "modify", "rename"


# What cn=config says in other words than slapd.conf: its syntaxes are checked first.
WORDS = [("is not on or off", "expected TRUE or FALSE"), ("is not a DN", "a distinguished name"),
         ("name an identity", "a distinguished name"),
         ("replication is not built in", "expected TRUE or FALSE"),
         ('below a "database" line', "belongs in a database"),
         ('below a "database mdb" line', "belongs in a database of type mdb"),
         ('below a "backend mdb" line', "belongs in olcBackend={n}mdb,cn=config")]
# Right in cn=config, where a value needs no quotes; or of another entry (see ENTRIES).
NOT_WRONG = {"rootpw a b", "requires_ authc", "database hdb", "database nosuch",
             "overlay ppolicy", "backend ldap", "backend mdb", "moduleload nosuch",
             "moduleload ppolicy.la", 'rootdn ""'}
OF_FRONTEND = {"olcDefaultSearchBase", "olcSortVals", "olcSchemaDN"}


def said(cure):
    """The words of which a refusal must hold one."""
    found = [cure] + [ours for theirs, ours in WORDS if theirs == cure]
    return found + ([cure.replace("is not ", "from ", 1)] if cure.startswith("is not ") else [])


def option_rows():
    """The lines of slapd.conf as changes; a misspelt directive is a misspelt attribute."""
    for where, line, cure in wrong_config.ROWS:
        made = wrong_config.change(line)
        name, _, value = line.partition(" ")
        if line in NOT_WRONG:
            continue
        if made is not None:
            place = FRONTEND if made[0] in OF_FRONTEND else PLACE[where]
            yield place, *made, said(cure)
        elif "did you mean" in cure and not name.startswith(("objectclas", "databse")):
            yield PLACE[where], f"olc{name}", value, [f"olc{name}"]


OPTIONS = list(option_rows())


class World:
    """The server of all rows and what must stay as it is."""

    def __init__(self, server):
        self.server = server
        self.root = server.local()
        self.disk, self.tree = self.look()

    def look(self):
        """Returns the files of slapd.d and the entries of cn=config."""
        top = self.server.config_dir
        disk = {str(p.relative_to(top)): p.is_file() and p.read_bytes()
                for p in sorted(top.rglob("*"))}
        found = expect.ok(self.root.search("cn=config", attrs=["*", "+"]))
        return disk, [(e.dn, e.attrs) for e in found.entries]

    def refused(self, result, words):
        """Checks a refusal: its text, and that nothing has changed."""
        assert result.code != 0 and result.text, result
        for word in words:
            any_of = word if isinstance(word, list) else [word]
            assert any(one.lower() in result.text.lower() for one in any_of), (word, result)
        disk, tree = self.look()
        assert disk == self.disk
        assert tree == self.tree
        expect.ok(self.root.search(data.SUFFIX, 0))


@pytest.fixture(name="world", scope="module")
def _world(tmp_path_factory):
    top = tmp_path_factory.mktemp("wrong")
    place = harness.scratch()
    ca = certs.Authority(top / "ca")
    cert, key = ca.server()
    other = ca.issue("other", "/CN=other")
    server = harness.Slapd(entries=data.entries(), databases=[
        harness.Database(lines="access to * by * read"), harness.Database("dc=second", name="b")])
    server.rewrite(lambda text: text.replace("database mdb", "backend mdb\ndatabase mdb", 1))
    try:
        made = World(server.convert().start())
        made.files = {"cert": cert, "key": key, "other": other[1], "top": top,
                      "db": server.top / "db", "empty": place}
        yield made
        server.stop()
    finally:
        server.remove()
        harness.shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize("dn,olc,value,cure", OPTIONS,
                         ids=[f"{row[1]}: {row[2]}" for row in OPTIONS])
def test_option(world, dn, olc, value, cure):
    """Every row of slapd.conf that has an attribute."""
    got = world.root.modify(dn, [(MOD_REPLACE, olc, [value])])
    world.refused(got, [olc, cure])


def mdb(suffix="dc=third", place="{empty}", **more):
    """The attributes of a new database."""
    rows = {"objectClass": ["olcDatabaseConfig", "olcMdbConfig"], "olcDatabase": ["mdb"],
            "olcSuffix": [suffix], "olcDbDirectory": [place], **more}
    return {name: values for name, values in rows.items() if values}


def schema(**more):
    """The attributes of a new schema entry."""
    return {"objectClass": ["olcSchemaConfig"], "cn": ["falcot"],
            **{name: [value] for name, value in more.items()}}


NEW, NOTES = "olcDatabase=mdb,cn=config", "cn=falcot,cn=schema,cn=config"

ENTRIES = [
    # Databases that cannot be.
    (ADD, NEW, mdb("dc=second"), ["dc=second", "suffix"]),
    (ADD, NEW, mdb(data.SUFFIX), [data.SUFFIX]),
    (ADD, NEW, mdb("not a dn"), ["olcSuffix", "not a dn"]),
    (ADD, NEW, mdb(place="{db}"), ["{db}", "directory"]),
    (ADD, NEW, mdb(place="{db}/"), ["{db}", "directory"]),
    (ADD, NEW, mdb(place="{db}/../db"), ["{db}", "directory"]),
    (ADD, NEW, mdb(place="/nonexistent/third"), ["/nonexistent/third", "does not exist; make it"]),
    (ADD, NEW, mdb(place="{cert}"), ["{cert}", "director"]),
    (ADD, NEW, mdb(olcDbDirectory=[]), ["olcDbDirectory"]),
    (ADD, NEW, mdb(olcSuffix=[]), ["suffix"]),
    (ADD, NEW, mdb(olcRootDN=["bad"]), ["olcRootDN"]),
    (ADD, NEW, mdb(olcRootPW=["x"]), ["olcRootPW", "olcRootDN"]),
    (ADD, NEW, mdb(olcDbIndex=["nosuch eq"]), ["olcDbIndex", "nosuch"]),
    (ADD, NEW, mdb(olcDbIndex=["cn eq", "cn eq"]), ["olcDbIndex", "more than once"]),
    (ADD, NEW, mdb(olcAccess=["to * by"]), ["olcAccess"]),
    (ADD, NEW, mdb(olcThreads=["3"]), ["olcThreads", "cn=config"]),
    (ADD, NEW, mdb(olcDatabase=["hdb"]), ["use mdb"]),
    (ADD, NEW, mdb(objectClass=["person"]), ["person"]),
    (ADD, NEW, mdb(objectClass=["olcGlobal"]), ["olcGlobal"]),
    (ADD, NEW, mdb(description=["x"]), ["description"]),
    (ADD, "olcDatabase=hdb,cn=config", mdb(olcDatabase=["hdb"]), ["hdb", "mdb"]),
    (ADD, "olcDatabase={x}mdb,cn=config", mdb(olcDatabase=["{x}mdb"]), ["{x}"]),
    (ADD, "olcDatabase={-2}mdb,cn=config", mdb(olcDatabase=["{-2}mdb"]), ["{-2}"]),
    (ADD, "olcDatabase={0}mdb,cn=config", mdb(olcDatabase=["{0}mdb"]), ["{0}"]),
    (ADD, "olcDatabase=config,cn=config", {"objectClass": ["olcDatabaseConfig"],
                                           "olcDatabase": ["config"]}, ["config"]),
    (ADD, "olcDatabase=frontend,cn=config", {
        "objectClass": ["olcDatabaseConfig", "olcFrontendConfig"],
        "olcDatabase": ["frontend"]}, ["frontend"]),
    (ADD, "olcDatabase=nosuch,cn=config", {"objectClass": ["olcDatabaseConfig"],
                                           "olcDatabase": ["nosuch"]}, ["nosuch", "mdb"]),
    (ADD, "cn=mdb,cn=config", mdb(), ["olcDatabase"]),
    (ADD, "olcDatabase=mdb,cn=nosuch,cn=config", mdb(), ["cn=nosuch"]),
    (ADD, f"olcDatabase=mdb,{DB}", mdb(), ["olcDatabase"]),
    (ADD, f"olcOverlay=ppolicy,{DB}", {"objectClass": ["olcOverlayConfig"],
                                       "olcOverlay": ["ppolicy"]}, ["ppolicy", "not built in"]),
    (ADD, "cn=stray,cn=config", {"objectClass": ["person"], "cn": ["stray"], "sn": ["x"]},
     ["person"]),
    (ADD, "cn=module,cn=config", {"objectClass": ["olcModuleList"], "cn": ["module"],
                                  "olcModuleLoad": ["nosuch.la"]}, ["nosuch"]),
    (ADD, "olcBackend=ldap,cn=config", {"objectClass": ["olcBackendConfig"],
                                        "olcBackend": ["ldap"]}, ["ldap", "mdb"]),
    (ADD, "cn=include,cn=config", {"objectClass": ["olcIncludeFile"], "cn": ["include"],
                                   "olcInclude": ["/etc/passwd"]}, ["include"]),
    # Schema that cannot be.
    (ADD, NOTES, schema(olcAttributeTypes="( 1.2.3.4.5 NAME 'a' SUP nosuch )"), ["nosuch"]),
    (ADD, NOTES, schema(olcAttributeTypes="( 1.2.3.4.5 NAME 'a' SYNTAX 1.2.3.99 )"),
     ["1.2.3.99"]),
    (ADD, NOTES, schema(olcAttributeTypes="( 1.2.3.4.5 NAME 'a' EQUALITY nosuchMatch "
                        "SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"), ["nosuchMatch"]),
    (ADD, NOTES, schema(olcAttributeTypes="( 1.2.3.4.5 NAME 'cn' SUP name )"), ["cn"]),
    (ADD, NOTES, schema(olcAttributeTypes="( 2.5.4.3 NAME 'other' SUP name )"), ["2.5.4.3"]),
    (ADD, NOTES, schema(olcAttributeTypes="( 1.2.3.4.5 NAME 'a' "), ["olcAttributeTypes"]),
    (ADD, NOTES, schema(olcAttributeTypes="nonsense"), ["olcAttributeTypes"]),
    (ADD, NOTES, schema(olcAttributeTypes="( 1.2.3.4.5 NAME 'a' )"), ["SYNTAX"]),
    (ADD, NOTES, schema(olcObjectClasses="( 1.2.3.4.5 NAME 'a' SUP nosuch )"), ["nosuch"]),
    (ADD, NOTES, schema(olcObjectClasses="( 1.2.3.4.5 NAME 'a' MAY nosuch )"), ["nosuch"]),
    (ADD, NOTES, schema(olcObjectClasses="( 1.2.3.4.5 NAME 'person' )"), ["person"]),
    (ADD, NOTES, schema(olcDitContentRules="( 1.2.3.4.5 NAME 'a' )"), ["1.2.3.4.5"]),
    (ADD, NOTES, schema(olcObjectIdentifier="a nosuch:1"), ["olcObjectIdentifier"]),
    (ADD, "cn=falcot,cn=config", schema(), ["olcSchemaConfig"]),
    (ADD, NOTES, {"objectClass": ["olcSchemaConfig"], "cn": ["other"]}, ["cn"]),
    # What must stay.
    (DELETE, ROOT, None, ["cn=config"]),
    (DELETE, FRONTEND, None, ["frontend"]),
    (DELETE, CONFIG, None, ["config"]),
    (DELETE, SCHEMA, None, ["cn=schema"]),
    (DELETE, "olcDatabase={7}mdb,cn=config", None, ["olcDatabase={7}mdb"]),
    (DELETE, "cn={0}core,cn=schema,cn=config", None,
     ["cosine,cn=schema,cn=config: olcObjectClasses", "pilotPerson", '"person"']),
    (DELETE, "cn={3}nis,cn=schema,cn=config", None, ["index"]),
    # Names.
    (RENAME, ROOT, "cn=other", ["cn=config"]),
    (RENAME, FRONTEND, "olcDatabase={1}frontend", ["frontend"]),
    (RENAME, CONFIG, "olcDatabase={1}config", ["config"]),
    (RENAME, DB, "olcDatabase={1}hdb", ["mdb"]),
    (RENAME, DB, "olcDatabase={x}mdb", ["{x}"]),
    (RENAME, DB, "olcDatabase={0}mdb", ["{0}"]),
    (RENAME, DB, "cn=mdb", ["olcDatabase"]),
    (RENAME, "cn={0}core,cn=schema,cn=config", "cn={99}core", ["keep the number {0}"]),
    (RENAME, "cn={0}core,cn=schema,cn=config", "cn={3}core", ["keep the number {0}"]),
    # Values beside each other.
    (REPLACE, DB, [(MOD_ADD, "olcSuffix", ["dc=second"])], ["dc=second"]),
    (REPLACE, DB, [(MOD_REPLACE, "olcSuffix", ["dc=second"])], ["olcRootPW", "suffix"]),
    (REPLACE, DB, [(MOD_DELETE, "olcSuffix", [])], ["suffix"]),
    (REPLACE, DB, [(MOD_DELETE, "olcDbDirectory", [])], ["olcDbDirectory"]),
    (REPLACE, DB, [(MOD_REPLACE, "olcDbDirectory", ["{db}/../b"])], ["directory"]),
    (REPLACE, DB, [(MOD_REPLACE, "olcDbDirectory", ["/nonexistent"])], ["/nonexistent"]),
    (REPLACE, DB, [(MOD_REPLACE, "olcRootDN", ["cn=a,dc=elsewhere"])], ["olcRootPW"]),
    (REPLACE, DB, [(MOD_DELETE, "olcRootDN", [])], ["olcRootPW"]),
    (REPLACE, DB, [(MOD_ADD, "olcRootDN", ["cn=two"])], ["olcRootDN"]),
    (REPLACE, DB, [(MOD_REPLACE, "olcReadOnly", ["TRUE", "FALSE"])], ["olcReadOnly"]),
    (REPLACE, DB, [(MOD_REPLACE, "olcReadOnly", ["maybe"])], ["olcReadOnly", "TRUE"]),
    (REPLACE, DB, [(MOD_ADD, "olcThreads", ["4"])], ["olcThreads"]),
    (REPLACE, DB, [(MOD_ADD, "objectClass", ["olcGlobal"])], ["classes"]),
    (REPLACE, DB, [(MOD_REPLACE, "olcDatabase", ["{2}mdb"])], ["olcDatabase"]),
    (REPLACE, DB, [(MOD_ADD, "olcAccess", ["{x}to * by * read"])], ["{x}"]),
    (REPLACE, DB, [(MOD_DELETE, "olcAccess", ["{9}"])], ["{9}"]),
    (REPLACE, DB, [(MOD_DELETE, "olcAccess", ["to * by * write"])], ["olcAccess"]),
    (REPLACE, DB, [(MOD_DELETE, "olcLimits", [])], ["olcLimits"]),
    (REPLACE, DB, [(MOD_ADD, "olcAccess", ["to * by group=cn=x,dc=y nosuch"])], ["nosuch"]),
    (REPLACE, DB, [(MOD_ADD, "olcAccess", ["to filter=(x by * read"])], ["filter"]),
    (REPLACE, DB, [(MOD_ADD, "olcAccess", ["to * by peername.ip=999.1.1.1 read"])],
     ["999.1.1.1"]),
    (REPLACE, DB, [(MOD_ADD, "olcAccess", ["to * by set=\"this/\" read"])], ["set"]),
    (REPLACE, DB, [(MOD_ADD, "olcAccess", [""])], ["olcAccess"]),
    (REPLACE, DB, [(MOD_ADD, "olcAccess", ["by * read"])], ["to"]),
    (REPLACE, DB, [(MOD_ADD, "olcDbIndex", ["uid eq"])], ["uid"]),
    (REPLACE, DB, [(MOD_ADD, "olcDbIndex", ["title,nosuch eq"])], ["nosuch"]),
    (REPLACE, DB, [(MOD_ADD, "olcDbIndex", ["jpegPhoto sub"])], ["jpegPhoto"]),
    (REPLACE, DB, [(MOD_ADD, "olcDbIndex", ["title eq,fast"])], ["fast"]),
    (REPLACE, DB, [(MOD_ADD, "olcDbIndex", [""])], ["olcDbIndex"]),
    (REPLACE, DB, [(MOD_ADD, "olcLimits", ["users size=5", "{x}* size=1"])], ["olcLimits"]),
    (REPLACE, ROOT, [(MOD_REPLACE, "cn", ["x"])], ["cn"]),
    (REPLACE, ROOT, [(MOD_REPLACE, "olcIdleTimeout", ["5"]),
                     (MOD_REPLACE, "olcLogLevel", ["nosuch"])], ["olcLogLevel", "nosuch"]),
    (REPLACE, ROOT, [(MOD_ADD, "olcSuffix", ["dc=x"])], ["olcSuffix"]),
    (REPLACE, ROOT, [(MOD_ADD, "description", ["x"])], ["description"]),
    (REPLACE, ROOT, [(MOD_ADD, "nosuch", ["x"])], ["nosuch"]),
    (REPLACE, ROOT, [(MOD_REPLACE, "objectClass", ["top"])], ["objectClass"]),
    (REPLACE, ROOT, [(MOD_REPLACE, "modifyTimestamp", ["20200101000000Z"])],
     ["modifyTimestamp"]),
    (REPLACE, ROOT, [(MOD_REPLACE, "olcPidFile", ["a", "b"])], ["olcPidFile"]),
    (REPLACE, ROOT, [(MOD_REPLACE, "olcThreads", [""])], ["olcThreads"]),
    (REPLACE, ROOT, [(MOD_REPLACE, "olcThreads", ["9" * 400])], ["olcThreads"]),
    (REPLACE, ROOT, [(MOD_REPLACE, "olcLogFile", ["/nonexistent/x.log"])],
     ["/nonexistent/x.log", "No such"]),
    (REPLACE, "cn={0}core,cn=schema,cn=config", [(MOD_DELETE, "olcAttributeTypes", [])],
     ["cn={0}core,cn=schema,cn=config: olcObjectClasses", "unknown attribute type"]),
    # Certificates.
    (REPLACE, ROOT, [(MOD_ADD, "olcTLSCertificateFile", ["{cert}"])], ["both in one modify"]),
    (REPLACE, ROOT, [(MOD_ADD, "olcTLSCertificateKeyFile", ["{key}"])], ["both in one modify"]),
    (REPLACE, ROOT, [(MOD_ADD, "olcTLSCertificateFile", ["{cert}"]),
                     (MOD_ADD, "olcTLSCertificateKeyFile", ["{other}"])], ["is not the key of"]),
    (REPLACE, ROOT, [(MOD_ADD, "olcTLSCertificateFile", ["/nonexistent.pem"]),
                     (MOD_ADD, "olcTLSCertificateKeyFile", ["{key}"])],
     ["/nonexistent.pem does not exist"]),
    (REPLACE, ROOT, [(MOD_ADD, "olcTLSCertificateFile", ["{top}"]),
                     (MOD_ADD, "olcTLSCertificateKeyFile", ["{key}"])], ["not a regular file"]),
    (REPLACE, ROOT, [(MOD_ADD, "olcTLSCertificateFile", ["{cert}"]),
                     (MOD_ADD, "olcTLSCertificateKeyFile", ["{key}"]),
                     (MOD_ADD, "olcTLSCACertificateFile", ["{key}"])], ["holds no certificate"]),
    (REPLACE, ROOT, [(MOD_ADD, "olcTLSVerifyClient", ["demand"])], ["olcTLS"]),
]


def ask(root, how, dn, what):
    """Sends one row."""
    if how == ADD:
        return root.add(dn, what)
    if how == DELETE:
        return root.delete(dn)
    return root.modrdn(dn, what) if how == RENAME else root.modify(dn, what)


def filled(what, files):
    """Puts the paths of the test into a row."""
    def fill(text):
        for name, path in files.items():
            text = text.replace("{%s}" % name, str(path))
        return text

    if isinstance(what, dict):
        return {name: [fill(v) for v in values] for name, values in what.items()}
    if isinstance(what, list):
        return [fill(row) if isinstance(row, str) else (*row[:2], [fill(v) for v in row[2]])
                for row in what]
    return what


@pytest.mark.parametrize("how,dn,what,words", ENTRIES,
                         ids=[f"{i}-{row[0]} {row[1]}" for i, row in enumerate(ENTRIES)])
def test_entry(world, how, dn, what, words):
    """Mistakes of whole entries, names, order and files."""
    got = ask(world.root, how, dn, filled(what, world.files))
    world.refused(got, filled(words, world.files))


def test_there_are_enough():
    assert len(OPTIONS) >= 200 and len(ENTRIES) >= 100
