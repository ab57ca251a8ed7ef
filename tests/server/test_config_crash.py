"""kill -9 at any moment of a change of cn=config leaves the old configuration or the new one."""

import os
import random
import threading
import time

import pytest

from . import data
from .client import MOD_REPLACE, Disconnected

pytestmark = pytest.mark.ours("cn=config is changed online in ways OpenLDAP has not")

ROUNDS = int(os.environ.get("MUSTER_CONFIG_KILLS", "60"))
DB = "olcDatabase={1}mdb,cn=config"


class Changer(threading.Thread):
    """Makes change after change until the server is gone, and keeps what was acknowledged."""

    def __init__(self, server, first, known):
        super().__init__()
        self.server = server
        self.number = first
        self.known = known  # the state that every acknowledged change has led to
        self.next = known   # with the change that is under way
        self.wrong = None

    def run(self):
        try:
            with self.server.local() as root:
                while True:
                    self.number += 1
                    self.step(root, self.number)
                    self.known = self.next
        except (Disconnected, OSError):
            return
        except AssertionError as error:
            self.wrong = error

    def step(self, root, number):
        """One change: of a value, of several values, of the schema in and out."""
        config, database, notes = self.known
        if number % 4 == 0:
            self.next = (number, database, notes)
            got = root.modify("cn=config", [(MOD_REPLACE, "olcSizeLimit", [str(number)])])
        elif number % 4 == 1:
            self.next = (config, database, notes | {f"n{number}"})
            got = root.add(f"cn=n{number},cn=schema,cn=config", [
                ("objectClass", ["olcSchemaConfig"]), ("cn", [f"n{number}"]),
                ("olcAttributeTypes", [f"( 1.3.6.1.4.1.99999.9.{number} NAME 'note{number}' "
                                       "SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"])])
        elif number % 4 == 2:
            self.next = (config, number, notes)
            got = root.modify(DB, [
                (MOD_REPLACE, "olcSizeLimit", [str(number)]),
                (MOD_REPLACE, "olcAccess", ["{0}to attrs=cn by * ssf=%d none" % (number % 200),
                                            "{1}to * by * read"])])
        else:
            first = sorted(notes)[:1]
            self.next = (config, database, notes - set(first))
            got = self.remove(root, first)
        assert got is None or got.code == 0, (number, got)

    @staticmethod
    def remove(root, names):
        """Deletes a schema entry; those behind it move up."""
        for entry in root.search("cn=schema,cn=config", 1).entries:
            if entry.dn.partition(",")[0].partition("}")[2] in names:
                return root.delete(entry.dn)
        return None


def state(server):
    """What the changes have left behind, read from the server."""
    with server.local() as root:
        config = root.read("cn=config").text("olcSizeLimit")
        database = root.read(DB)
        limit = [int(v) for v in database.text("olcSizeLimit")]
        names = [e.dn.partition(",")[0].partition("}")[2]
                 for e in root.search("cn=schema,cn=config", 1).entries]
    if limit:
        assert database.text("olcAccess")[0].endswith(f"ssf={limit[0] % 200} none"), database
    return (int(config[0]) if config else 0, limit[0] if limit else 0,
            frozenset(n for n in names if n[:1] == "n" and n[1:].isdigit()))


def test_kill_during_changes(make):
    """What is found is what was acknowledged, or that and the change that was under way."""
    rng = random.Random(11)
    server = make(start=False, entries=data.entries()).convert().start()
    number, known = 0, (0, 0, frozenset())
    for _ in range(ROUNDS):
        changer = Changer(server, number, known)
        changer.start()
        time.sleep(rng.uniform(0.0, 0.06))
        server.kill()
        changer.join()
        assert changer.wrong is None, changer.wrong
        server.start()
        number, known = changer.number, state(server)
        assert known in (changer.known, changer.next)
    assert number > ROUNDS
    server.stop()
    assert server.tool("slaptest").returncode == 0
