"""Changes of cn=config while connections idle, a search runs, and somebody does not read."""

import os
import resource
import socket
import time

import pytest

from . import data, expect, harness
from .client import MOD_ADD, MOD_DELETE, MOD_REPLACE, search_request

pytestmark = pytest.mark.ours("cn=config is changed online in ways OpenLDAP has not")

DB, SECOND = "olcDatabase={1}mdb,cn=config", "olcDatabase={2}mdb,cn=config"
MANY, PEOPLE = 3000, 12000


def memory(server):
    """Returns the resident memory of the server in KiB."""
    with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
        return next(int(row.split()[1]) for row in file if row.startswith("VmRSS:"))


def has_open(server, path):
    """Whether the server holds a file below path."""
    top = f"/proc/{server.pid}/fd"
    for name in os.listdir(top):
        try:
            if os.readlink(f"{top}/{name}").startswith(str(path)):
                return True
        except FileNotFoundError:
            continue
    return False


def wait_until(holds, seconds=10):
    """Waits for something to become true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(name="crowd", scope="module")
def _crowd():
    """A server with two databases, the second one large."""
    made = harness.Slapd(entries=data.entries(), databases=[
        harness.Database(lines="access to * by * read"),
        harness.Database("dc=crowd", name="crowd", index="objectClass eq",
                         lines="sizelimit unlimited\naccess to * by * read")])
    rows = ["dn: dc=crowd\nobjectClass: domain\ndc: crowd\n"]
    rows += [f"dn: uid=u{i},dc=crowd\nobjectClass: account\nuid: u{i}\n"
             f"description: person number {i} of this crowd, {'x' * 200}\n"
             for i in range(PEOPLE)]
    path = made.top / "crowd.ldif"
    path.write_text("\n".join(rows))
    try:
        done = made.tool("slapadd", "-q", "-b", "dc=crowd", "-l", path)
        assert done.returncode == 0, done
        yield made.convert().start()
        made.stop()
    finally:
        made.remove()


def test_thousands_idle(crowd):
    """A change is at once that of connections that do nothing, and takes no longer for them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * MANY)), hard))
    idle = []
    try:
        for _ in range(MANY):
            idle.append(crowd.client())
        expect.ok(idle[0].search(data.SUFFIX, 0))
        with crowd.local() as root:
            start = time.monotonic()
            for limit in range(1, 21):
                expect.ok(root.modify("cn=config", [
                    (MOD_REPLACE, "olcSizeLimit", [str(limit)])]))
            assert time.monotonic() - start < 20
            expect.ok(root.modify("cn=config", [(MOD_REPLACE, "olcSizeLimit", ["3"])]))
            for connection in idle[::100]:
                got = connection.search(data.SUFFIX)
                assert got.code == 4 and len(got.entries) == 3
            expect.ok(root.modify("cn=config", [(MOD_DELETE, "olcSizeLimit", [])]))
        for connection in idle[50::100]:
            expect.ok(connection.search(data.SUFFIX))
    finally:
        for connection in idle:
            connection.close()


def test_worlds_are_given_back(crowd):
    """Hundreds of changes, of the schema as well, with connections that do nothing meanwhile."""
    idle = [crowd.client() for _ in range(50)]
    for connection in idle:
        expect.ok(connection.search("dc=crowd", 0))
    grown = []
    with crowd.local() as root:
        for rounds in (60, 60, 60):
            for number in range(rounds):
                expect.ok(root.modify("cn=config", [
                    (MOD_REPLACE, "olcIdleTimeout", [str(1000 + number)])]))
                if number % 3:
                    continue
                expect.ok(root.add("cn=w,cn=schema,cn=config", {
                    "objectClass": ["olcSchemaConfig"], "cn": ["w"], "olcAttributeTypes": [
                        "( 1.3.6.1.4.1.99999.6.1 NAME 'worldNote' SUP name )"]}))
                name = root.search("cn=schema,cn=config", 1, "(cn=*w)").dns()[0]
                expect.ok(root.delete(name))
            grown.append(memory(crowd))
        expect.ok(root.modify("cn=config", [(MOD_DELETE, "olcIdleTimeout", [])]))
    assert grown[2] - grown[1] < 4000, grown
    for connection in idle:
        expect.ok(connection.search("dc=crowd", 0))
        connection.close()


def test_while_a_search_runs(crowd):
    """It ends in the world it began in; whoever asks meanwhile is in the new one."""
    clients = [crowd.client() for _ in range(6)]
    with crowd.client() as other, crowd.local() as root:
        request = search_request("dc=crowd", filter="(&(description=*crowd*)(!(uid=u7)))",
                                 attrs=["uid"])
        numbers = [client.send(request) for client in clients]
        expect.ok(root.modify(SECOND, [(MOD_REPLACE, "olcAccess", ["to * by * none"])]))
        assert other.search("dc=crowd").code in (32, 50)
        expect.ok(root.modify(SECOND, [(MOD_ADD, "olcDbIndex", ["uid eq"])]))
        expect.ok(root.modify(SECOND, [(MOD_REPLACE, "olcAccess", ["to * by * read"])]))
        expect.ok(other.search("dc=crowd", filter="(uid=u9)"))
        for client, number in zip(clients, numbers):
            got = client.result(number)
            client.close()
            assert (got.code, len(got.entries)) in ((0, PEOPLE - 1), (32, 0), (50, 0)), got.code
        expect.ok(root.modify(SECOND, [(MOD_DELETE, "olcDbIndex", ["uid eq"])]))


def slow(server):
    """A connection that takes little before it reads."""
    client = server.client(timeout=60)
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    return client


def test_while_somebody_does_not_read(crowd):
    """Results that wait to be read are of one world, whatever changes before they are."""
    with slow(crowd) as client, crowd.local() as root:
        number = client.send(search_request("dc=crowd"))
        time.sleep(0.3)
        expect.ok(root.modify(SECOND, [(MOD_ADD, "olcDbIndex", ["description pres"])]))
        expect.ok(root.add("cn=s,cn=schema,cn=config", {
            "objectClass": ["olcSchemaConfig"], "cn": ["s"], "olcAttributeTypes": [
                "( 1.3.6.1.4.1.99999.6.2 NAME 'slowNote' SUP name )"]}))
        expect.ok(root.modify(SECOND, [(MOD_REPLACE, "olcAccess", ["to * by * none"])]))
        got = client.result(number)
        assert got.code == 0 and len(got.entries) == PEOPLE + 1
        expect.ok(root.modify(SECOND, [(MOD_REPLACE, "olcAccess", ["to * by * read"])]))
        name = [d for d in root.search("cn=schema,cn=config", 1).dns() if "}s," in d]
        expect.ok(root.delete(name[0]))
        expect.ok(root.modify(SECOND, [(MOD_DELETE, "olcDbIndex", ["description pres"])]))


def test_the_database_goes_under_a_search(crowd):
    """Taken out while its entries wait to be read: the search ends, then its files are closed."""
    place = crowd.top / "crowd"
    with slow(crowd) as client, crowd.client() as other, crowd.local() as root:
        number = client.send(search_request("dc=crowd"))
        time.sleep(0.3)
        kept = {name: values for name, values in root.read(SECOND).attrs
                if name not in ("entryUUID", "creatorsName")}
        expect.ok(root.delete(SECOND))
        assert other.search("dc=crowd").code == 32
        got = client.result(number)
        assert got.code == 0 and len(got.entries) == PEOPLE + 1
        wait_until(lambda: not has_open(crowd, place))
        expect.ok(root.add("olcDatabase=mdb,cn=config", list(kept.items())))
        assert len(expect.ok(other.search("dc=crowd")).entries) == PEOPLE + 1
        number = client.send(search_request("dc=crowd"))
        time.sleep(0.2)
        expect.ok(root.delete(SECOND))
        expect.ok(root.add("olcDatabase=mdb,cn=config", list(kept.items())))
        assert len(expect.ok(client.result(number)).entries) == PEOPLE + 1
        assert len(expect.ok(other.search("dc=crowd")).entries) == PEOPLE + 1


def test_the_reader_goes_away(crowd):
    """Nothing of an old world stays when whoever kept it is gone."""
    with crowd.local() as root:
        client = slow(crowd)
        client.send(search_request("dc=crowd"))
        time.sleep(0.2)
        kept = {name: values for name, values in root.read(SECOND).attrs}
        expect.ok(root.delete(SECOND))
        client.close()
        wait_until(lambda: not has_open(crowd, crowd.top / "crowd"))
        expect.ok(root.add("olcDatabase=mdb,cn=config", list(kept.items())))
