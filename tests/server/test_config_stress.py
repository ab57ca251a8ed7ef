"""The configuration changes under load: no answer is wrong, no acknowledged change is lost."""

import threading
import time

import pytest

from . import data
from .client import MOD_ADD, MOD_REPLACE, Disconnected

pytestmark = pytest.mark.ours("cn=config is changed online in ways OpenLDAP has not")

DB = "olcDatabase={1}mdb,cn=config"
SECONDS = 6

SCHEMA_ADD = """dn: cn=stress,cn=schema,cn=config
changetype: add
objectClass: olcSchemaConfig
cn: stress
olcAttributeTypes: ( 1.3.6.1.4.1.99999.3.1 NAME 'stressNote' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )

"""


def stress_schema(server):
    """Returns the record that deletes the schema entry under the name it has now."""
    done = server.root("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", "cn=schema,cn=config",
                       "(cn=*stress)", "1.1")
    name = [row for row in done.stdout.splitlines() if row.startswith("dn: ")][0]
    return f"{name}\nchangetype: delete\n\n"


class Load:
    """Threads that read and write until told to stop, and what they found wrong."""

    def __init__(self, server):
        self.server = server
        self.over = threading.Event()
        self.wrong = []
        self.reads = 0
        self.written = {}
        self.threads = [threading.Thread(target=self.guard, args=(work, number))
                        for number, work in enumerate([self.read, self.read, self.write,
                                                       self.write])]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def guard(self, work, number):
        """Runs a loop and keeps what ends it."""
        try:
            work(number)
        except (AssertionError, Disconnected, OSError) as error:
            self.wrong.append(repr(error))

    def read(self, _number):
        """Searches for what must be there."""
        with self.server.client() as anon:
            while not self.over.is_set():
                got = anon.search(data.SUFFIX, filter="(uid=jean)")
                assert got.code == 0 and len(got.entries) == 1, got
                got = anon.search(data.SUFFIX, filter="(&(objectClass=*)(description=none))")
                assert got.code == 0 and not got.entries, got
                self.reads += 1

    def write(self, number):
        """Counts up in an entry of its own."""
        dn = f"cn=stress{number},{data.SUFFIX}"
        with self.server.admin() as admin:
            got = admin.add(dn, [("objectClass", ["device"]), ("serialNumber", ["0"])])
            assert got.code == 0, got
            count = 0
            while not self.over.is_set():
                got = admin.modify(dn, [(MOD_REPLACE, "serialNumber", [str(count + 1)]),
                                        (MOD_REPLACE, "description", [f"count {count + 1}"])])
                if got.code == 51:  # the configuration is just being changed
                    continue
                assert got.code == 0, got
                count += 1
                self.written[dn] = count


CHANGES = [
    lambda s: SCHEMA_ADD,
    lambda s: f"dn: {DB}\nchangetype: modify\nadd: olcDbIndex\nolcDbIndex: description eq,sub\n\n",
    lambda s: "dn: cn=config\nchangetype: modify\nreplace: olcSizeLimit\nolcSizeLimit: 400\n\n",
    lambda s: f"dn: {DB}\nchangetype: modify\nadd: olcAccess\nolcAccess: to * by * read\n\n",
    lambda s: "dn: olcDatabase=mdb,cn=config\nchangetype: add\nobjectClass: olcDatabaseConfig\n"
              "objectClass: olcMdbConfig\nolcDatabase: mdb\nolcSuffix: dc=other\n"
              f"olcDbDirectory: {s.top}/other\n\n",
    stress_schema,
    lambda s: f"dn: {DB}\nchangetype: modify\ndelete: olcDbIndex\n"
              "olcDbIndex: description eq,sub\n\n",
    lambda s: "dn: cn=config\nchangetype: modify\ndelete: olcSizeLimit\n\n",
    lambda s: f"dn: {DB}\nchangetype: modify\ndelete: olcAccess\nolcAccess: {{0}}\n\n",
    lambda s: "dn: olcDatabase={2}mdb,cn=config\nchangetype: delete\n\n",
]


def test_changes_under_load(make):
    """Schema, index, limit, access and database come and go while four clients work."""
    server = make(start=False, entries=data.entries()).convert().start()
    (server.top / "other").mkdir()
    until = time.monotonic() + SECONDS
    rounds = 0
    with Load(server) as load:
        while time.monotonic() < until and not load.wrong:
            for change in CHANGES:
                server.configure(change(server))
            rounds += 1
    assert not load.wrong and rounds > 0 and load.reads > 0
    with server.admin() as admin:
        for dn, count in load.written.items():
            entry = admin.read(dn)
            assert entry.text("serialNumber") == [str(count)]
            assert admin.search(data.SUFFIX,
                                filter=f"(description=count {count})").dns().count(dn) == 1
        assert admin.modify(f"cn=stress2,{data.SUFFIX}",
                            [(MOD_ADD, "stressNote", ["gone"])]).code == 17
    server.stop()
    assert server.tool("slapindex", "--check").returncode == 0
