"""kill -9 during writes: what was acknowledged is there after the restart."""

import random
import threading
import time

import pytest

from . import data, expect
from .client import Disconnected


def write(server, number, acknowledged):
    """Adds, changes and deletes until the server goes away, and notes what was acknowledged."""
    try:
        with server.admin() as admin:
            for count in range(100000):
                dn = f"cn=k{number}-{count},{data.SUFFIX}"
                if admin.add(dn, {"objectClass": "person", "sn": "x"}).code:
                    return
                acknowledged[dn] = "x"
                if count % 3 == 0:
                    acknowledged[dn] = None
                    if admin.modify(dn, [(2, "sn", ["y"])]).code == 0:
                        acknowledged[dn] = "y"
                if count % 5 == 4:
                    acknowledged.pop(dn)
                    admin.delete(dn)
    except (Disconnected, OSError, AssertionError):
        pass


def one_round(server, rng, kept):
    """Writes from three connections, kills, restarts and compares."""
    acknowledged = {}
    threads = [threading.Thread(target=write, args=(server, f"{rng.random()}", acknowledged))
               for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.05 + rng.random() * 0.2)
    server.kill()
    for thread in threads:
        thread.join()
    begun = time.monotonic()
    server.start()
    assert time.monotonic() - begun < 5, "ready at once"
    with server.admin() as admin:
        kept.update(acknowledged)
        found = {e.dn: e.text("sn")[0] for e in admin.search(data.SUFFIX, 1, "(sn=*)").entries}
        lost = [dn for dn, value in kept.items()
                if dn not in found or value is not None and found[dn] != value]
        assert lost == []
        indexed = {e.dn for value in "xy"
                   for e in admin.search(data.SUFFIX, 1, f"(sn={value})", ["1.1"]).entries}
        assert indexed == set(found), "the index tells the same as the entries"


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_kill_during_writes(make, rounds):
    server = make(entries=data.base_entries(), extra="sizelimit unlimited")
    rng, kept = random.Random(rounds), {}
    for _ in range(rounds):
        one_round(server, rng, kept)
    assert server.tool("slapcat").returncode == 0
    server.stop()


def test_kill_while_idle(make):
    server = make()
    server.kill()
    server.start()
    with server.client() as anon:
        assert len(expect.ok(anon.search(data.SUFFIX)).entries) == len(data.entries())
    server.stop()
