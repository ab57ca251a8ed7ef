"""cn=Monitor: the layout of the reference, and counters that are exact."""

import re
import socket
import time

import pytest

from . import ber, data, expect, harness
from . import client as ldap
from .client import Client

MONITOR = "cn=Monitor"
MANAGER = "cn=admin,cn=Monitor"
OPERATIONS = ["Bind", "Unbind", "Search", "Compare", "Modify", "Modrdn", "Add", "Delete", "Abandon",
              "Extended"]
OURS = "figures of our own"


class MonitorDatabase:
    """The slapd.conf lines of the monitor database."""

    def __init__(self, lines=""):
        self.lines = lines

    def text(self, _):
        """Prints the lines."""
        return f'database monitor\nrootdn "{MANAGER}"\nrootpw {data.PASSWORD}\n{self.lines}\n'


def databases(lines="access to * by * read"):
    """One database with data, and cn=Monitor, which everybody reads unless other rules are given."""
    return [harness.Database(), MonitorDatabase(lines)]


class Counting(Client):
    """A client that counts the bytes it gets."""

    received = 0

    def _fill(self):
        before = len(self.data)
        super()._fill()
        self.received += len(self.data) - before


@pytest.fixture(name="served")
def served_fixture(make):
    """A server with cn=Monitor; the harness' first connection is over."""
    server = make(databases=databases())
    with connect(server) as connection:
        until(lambda: number(read(connection), "cn=Current,cn=Connections") == 1)
    return server


def connect(server):
    """Opens a counting connection."""
    return Counting(("127.0.0.1", server.port))


def read(connection, scope=ldap.SUB, base=MONITOR, filter="(objectClass=*)"):
    """Reads the tree. Returns {dn: entry} in order."""
    result = expect.ok(connection.search(base, scope, filter, attrs=["*", "+"]))
    return {entry.dn: entry for entry in result.entries}


def number(tree, dn, attr="monitorCounter"):
    """Returns a number of an entry."""
    return int(tree[f"{dn},{MONITOR}"].text(attr)[0])


def operations(tree, attr):
    """Returns {operation: count}."""
    return {name: number(tree, f"cn={name},cn=Operations", attr) for name in OPERATIONS}


def authz(entry):
    """Returns who a connection is; the reference sends no value for nobody."""
    return (entry.text("monitorConnectionAuthzDN") or [""])[0]


def until(condition, seconds=10):
    """Waits until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)


# --- layout -------------------------------------------------------------------------------------

# What depends on how a server is built, not on the layout.
BUILT = re.compile(r"cn=(Backend|Overlay) \d|cn=Peak|cn=(Unindexed|Indexes),cn=Database|Connection ")
ATTRIBUTES_OF_OURS = {"musterPageBytes"}


def shape(tree):
    """Returns the entries that every server has."""
    return {dn: entry for dn, entry in tree.items() if not BUILT.search(dn)}


@pytest.mark.ours("two servers are compared")
def test_layout_is_the_references(make):
    trees = []
    for impl in ("debian", "ours"):
        server = make(databases=databases(), impl=impl)
        with connect(server) as connection:
            expect.ok(connection.bind(MANAGER, data.PASSWORD))
            trees.append(shape(read(connection)))
    theirs, ours = trees
    assert list(theirs) == list(ours), "names, or their order"
    for dn, wanted in theirs.items():
        got = ours[dn]
        assert got.get("objectClass") == wanted.get("objectClass"), dn
        names = set(got.names()) - ATTRIBUTES_OF_OURS
        if dn == "cn=Log,cn=Monitor":
            names -= {"managedInfo"}
        assert names == set(wanted.names()) - {"managedInfo"}, dn
        for name in ("hasSubordinates", "structuralObjectClass", "cn", "readOnly", "namingContexts",
                     "monitorIsShadow", "creatorsName"):
            if "Overlays" not in dn and not dn.startswith("cn=Database 1,"):
                assert got.get(name) == wanted.get(name), (dn, name)


@pytest.mark.ours("two servers are compared")
def test_a_connection_looks_as_the_references(make):
    seen = []
    for impl in ("debian", "ours"):
        server = make(databases=databases(), impl=impl)
        with connect(server) as connection:
            expect.ok(connection.bind(MANAGER, data.PASSWORD))
            tree = read(connection, ldap.ONE, f"cn=Connections,{MONITOR}",
                        "(objectClass=monitorConnection)")
            peer = [f"IP=127.0.0.1:{connection.sock.getsockname()[1]}"]
            seen.append([entry for entry in tree.values()
                         if entry.text("monitorConnectionPeerAddress") == peer])
    assert [len(found) for found in seen] == [1, 1]
    for theirs, ours in zip(*seen):
        assert theirs.dn == ours.dn and set(theirs.names()) == set(ours.names())
        for name in ("monitorConnectionNumber", "monitorConnectionProtocol", "monitorConnectionMask",
                     "monitorConnectionOpsReceived", "monitorConnectionOpsExecuting",
                     "monitorConnectionOpsPending", "monitorConnectionOpsCompleted",
                     "monitorConnectionAuthzDN", "monitorConnectionPeerDomain"):
            assert theirs.get(name) == ours.get(name), name


def test_connections_have_the_numbers_of_the_log(served):
    """The first connection of the harness is 1000, the fixture's the next."""
    with connect(served) as connection:
        tree = read(connection, ldap.ONE, f"cn=Connections,{MONITOR}")
        sock = connection.sock.getsockname()
        mine = tree[f"cn=Connection 1002,cn=Connections,{MONITOR}"]
        assert mine.text("monitorConnectionPeerAddress") == [f"IP=127.0.0.1:{sock[1]}"]
        assert mine.text("monitorConnectionLocalAddress") == [f"IP=127.0.0.1:{served.port}"]
        assert authz(mine) == ""


def test_connections_come_and_go(served):
    with connect(served) as reader:
        before = number(read(reader), "cn=Total,cn=Connections")
        others = [connect(served) for _ in range(20)]
        for other in others:
            expect.ok(other.bind(data.ADMIN, data.PASSWORD))
        tree = read(reader)
        assert number(tree, "cn=Total,cn=Connections") == before + 20
        assert number(tree, "cn=Current,cn=Connections") == 21
        bound = [entry for entry in tree.values() if authz(entry) == data.ADMIN]
        assert len(bound) == 20
        for other in others:
            other.close()
        until(lambda: number(read(reader), "cn=Current,cn=Connections") == 1)
        assert not [dn for dn in read(reader) if dn.startswith("cn=Connection 10")][1:]


def test_an_identity_is_shown_until_it_is_given_up(served):
    with connect(served) as reader, connect(served) as other:
        def shown():
            tree = read(reader, ldap.ONE, f"cn=Connections,{MONITOR}",
                        "(objectClass=monitorConnection)")
            return sorted(authz(entry) for entry in tree.values())

        expect.ok(reader.bind())
        assert shown() == ["", ""]
        expect.ok(other.bind(data.dn_of("jean"), "jean-pw"))
        assert shown() == ["", data.dn_of("jean")]
        other.bind(data.dn_of("jean"), "wrong")
        assert shown() == ["", ""]


SCOPES = [
    ("base", ldap.BASE, MONITOR, lambda dn: dn == MONITOR),
    ("one", ldap.ONE, MONITOR, lambda dn: dn.count(",") == 1),
    ("children", ldap.CHILDREN, MONITOR, lambda dn: dn != MONITOR),
    ("base below", ldap.BASE, "cn=Search,cn=Operations,cn=Monitor",
     lambda dn: dn == "cn=Search,cn=Operations,cn=Monitor"),
    ("one below", ldap.ONE, "cn=operations, CN=MONITOR", lambda dn: ",cn=Operations" in dn),
    ("sub below", ldap.SUB, "cn=Databases,cn=Monitor", lambda dn: "cn=Databases" in dn),
    ("deep", ldap.BASE, "cn=Unindexed,cn=Database 1,cn=Databases,cn=Monitor",
     lambda dn: dn.startswith("cn=Unindexed,")),
]


@pytest.mark.ours("the reference keeps its own order of scopes below volatile entries")
@pytest.mark.parametrize("name,scope,base,wanted", SCOPES, ids=expect.case_ids(SCOPES))
def test_scopes(served, name, scope, base, wanted):
    with connect(served) as connection:
        every = [dn for dn in read(connection) if wanted(dn)]
        assert list(read(connection, scope, base)) == every and every


def alone(connection):
    """Waits until the server has seen the end of earlier connections."""
    until(lambda: number(read(connection), "cn=Current,cn=Connections") == 1)


@pytest.mark.ours("the reference pages by its own rules")
def test_paging_gives_everything_once(served):
    with connect(served) as connection:
        alone(connection)
        seen, cookie = [], b""
        while True:
            result = expect.ok(connection.search(MONITOR, attrs=["1.1"],
                                                 controls=[ldap.paged(7, cookie)]))
            assert len(result.entries) <= 7
            seen += result.dns()
            (_, parts), _ = ber.decode_one(result.control(ldap.PAGED))
            cookie = parts[1][1]
            if not cookie:
                break
        assert seen == list(read(connection))


@pytest.mark.ours("one answer for what is hidden and what is not there")
@pytest.mark.parametrize("dn", [f"cn=nothing,{MONITOR}", f"cn=Connection 1,cn=Connections,{MONITOR}",
                                f"cn=x,cn=Search,cn=Operations,{MONITOR}"])
def test_what_is_not_there(served, dn):
    with connect(served) as connection:
        expect.code(connection.search(dn, ldap.BASE), 32)
        expect.code(connection.compare(dn, "cn", "x"), 32)


def test_compare(served):
    with connect(served) as connection:
        dn = f"cn=Current,cn=Connections,{MONITOR}"
        alone(connection)
        assert connection.compare(dn, "monitorCounter", "1").code == 6
        assert connection.compare(dn, "monitorCounter", "2").code == 5
        expect.code(connection.compare(dn, "monitoredInfo", "2"), 16)


def test_user_attributes_alone_by_default(served):
    with connect(served) as connection:
        entry = connection.read(f"cn=Total,cn=Connections,{MONITOR}")
        assert entry.names() == ["objectClass", "cn"]


def test_filters_see_the_numbers(served):
    with connect(served) as connection:
        result = expect.ok(connection.search(MONITOR, filter="(monitorCounter>=1)", attrs=["1.1"]))
        assert f"cn=Current,cn=Connections,{MONITOR}" in result.dns()
        result = expect.ok(connection.search(MONITOR, attrs=["1.1"],
                                             filter="(monitorCounter>=99999999999)"))
        assert not result.entries


# --- counters -----------------------------------------------------------------------------------

def script(connection):
    """One operation of each kind but unbind, and some that fail. Returns what was done."""
    dn = f"cn=counted,{data.SUFFIX}"
    expect.ok(connection.bind(data.ADMIN, data.PASSWORD))
    connection.bind(data.ADMIN, "wrong")
    expect.ok(connection.bind(data.ADMIN, data.PASSWORD))
    for _ in range(5):
        expect.ok(connection.search(data.PEOPLE, ldap.ONE))
    connection.search("dc=nowhere", ldap.BASE)
    assert connection.compare(data.dn_of("jean"), "uid", "jean").code == 6
    expect.ok(connection.add(dn, {"objectClass": ["device"], "cn": ["counted"]}))
    connection.add(dn, {"objectClass": ["device"], "cn": ["counted"]})
    expect.ok(connection.modify(dn, [(ldap.MOD_ADD, "description", ["x"])]))
    expect.ok(connection.modrdn(dn, "cn=renamed"))
    expect.ok(connection.delete(f"cn=renamed,{data.SUFFIX}"))
    expect.ok(connection.extended(ldap.WHOAMI))
    connection.extended("1.2.3.4")
    connection.send(ber.tlv(ldap.ABANDON, b"\x63"))
    expect.ok(connection.search(data.PEOPLE, ldap.BASE))
    return {"Bind": 3, "Search": 7, "Compare": 1, "Add": 2, "Modify": 1, "Modrdn": 1, "Delete": 1,
            "Extended": 2, "Abandon": 1, "Unbind": 0}


@pytest.mark.ours("the reference counts an operation as done after its answer is out")
def test_operations_are_counted_exactly(served):
    with connect(served) as reader, connect(served) as worker:
        before = read(reader)
        done = script(worker)
        after = read(reader)
        for attr in ("monitorOpInitiated", "monitorOpCompleted"):
            was, now = operations(before, attr), operations(after, attr)
            done["Search"] += 1  # the first reading, which was running when it counted
            if attr == "monitorOpInitiated":
                assert number(before, "cn=Search,cn=Operations", attr) - 1 == \
                    number(before, "cn=Search,cn=Operations", "monitorOpCompleted")
            assert {name: now[name] - was[name] for name in OPERATIONS} == done
            total = number(after, "cn=Operations", attr) - number(before, "cn=Operations", attr)
            assert total == sum(done.values())
            done["Search"] -= 1


@pytest.mark.ours("the reference has the entries of a running search in its counters")
def test_what_is_sent_is_counted_exactly(served):
    with connect(served) as reader, connect(served) as worker:
        before = read(reader)
        first_answer = reader.received
        result = expect.ok(worker.search(data.SUFFIX))
        expect.ok(worker.bind(data.ADMIN, data.PASSWORD))
        after = read(reader)

        def grown(name):
            return number(after, f"cn={name},cn=Statistics") - \
                number(before, f"cn={name},cn=Statistics")

        entries = len(before) + len(result.entries)
        assert grown("Entries") == entries
        assert grown("PDU") == entries + 3
        assert grown("Bytes") == first_answer + worker.received
        assert grown("Referrals") == 0


@pytest.mark.ours("the reference differs in what it counts for references")
def test_references_are_counted(served):
    with served.admin() as admin, connect(served) as reader:
        expect.ok(admin.add(f"ou=away,{data.SUFFIX}", {
            "objectClass": ["referral", "extensibleObject"], "ou": ["away"],
            "ref": ["ldap://away.example.com/"]}))
        before = number(read(reader), "cn=Referrals,cn=Statistics")
        assert len(admin.search(data.SUFFIX).references) == 1
        assert number(read(reader), "cn=Referrals,cn=Statistics") == before + 1


def test_unbinds_and_lost_connections(served):
    with connect(served) as reader:
        before = number(read(reader), "cn=Unbind,cn=Operations", "monitorOpCompleted")
        for _ in range(3):
            connect(served).unbind()
        for _ in range(3):
            with connect(served) as other:
                expect.ok(other.bind())
        until(lambda: number(read(reader), "cn=Current,cn=Connections") == 1)
        after = number(read(reader), "cn=Unbind,cn=Operations", "monitorOpCompleted")
        assert after == before + 3


@pytest.mark.ours("exact figures")
def test_operations_of_lost_connections_are_over(served):
    """Requests whose connection goes away while they run do not stay in the counters."""
    with connect(served) as reader:
        for _ in range(10):
            other = connect(served)
            for _ in range(50):
                other.send(ldap.search_request(data.SUFFIX))
            other.send(ldap.bind_request(data.ADMIN, "wrong"))
            other.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            other.close()
        until(lambda: number(read(reader), "cn=Current,cn=Connections") == 1)
        tree = read(reader)
        begun, over = (number(tree, "cn=Operations", f"monitorOp{what}")
                       for what in ("Initiated", "Completed"))
        assert begun - over == 1


@pytest.mark.ours("exact figures")
def test_bytes_that_are_no_requests_count_as_nothing_begun(served):
    with connect(served) as reader:
        before = number(read(reader), "cn=Operations", "monitorOpInitiated")
        for junk in (b"\xff" * 100, b"GET / HTTP/1.0\r\n\r\n", bytes.fromhex("3003020101")):
            with connect(served) as other:
                other.sock.sendall(junk)
                other.sock.shutdown(socket.SHUT_WR)
                other.rest()
        tree = read(reader)
        assert number(tree, "cn=Operations", "monitorOpInitiated") == before + 1


@pytest.mark.ours("a waiter is a connection here")
def test_a_peer_that_does_not_read_is_a_write_waiter(make):
    served = make(databases=databases(), entries=data.entries() + [
        (f"cn=big{i},{data.SUFFIX}", [("objectClass", ["device"]), ("cn", [f"big{i}"]),
                                      ("description", ["x" * 20000])]) for i in range(400)])
    with connect(served) as reader, connect(served) as lazy:
        for _ in range(4):
            lazy.send(ldap.search_request(data.SUFFIX))
        until(lambda: number(read(reader), "cn=Write,cn=Waiters") == 1)
        assert number(read(reader), "cn=Read,cn=Waiters") >= 1


def test_time(served):
    with connect(served) as connection:
        tree = read(connection)
        start, now = (time.mktime(time.strptime(
            tree[f"cn={name},cn=Time,{MONITOR}"].text("monitorTimestamp")[0], "%Y%m%d%H%M%SZ"))
            for name in ("Start", "Current"))
        uptime = int(tree[f"cn=Uptime,cn=Time,{MONITOR}"].text("monitoredInfo")[0])
        assert 0 <= now - start < 60 and abs(uptime - (now - start)) <= 1


def test_entries_of_a_database(served):
    with served.admin() as admin, connect(served) as reader:
        def count():
            return number(read(reader), "cn=Database 1,cn=Databases", "olmMDBEntries")

        before = count()
        expect.ok(admin.add(f"ou=more,{data.SUFFIX}", {"objectClass": ["organizationalUnit"],
                                                       "ou": ["more"]}))
        assert count() == before + 1
        tree = read(reader)
        used = number(tree, "cn=Database 1,cn=Databases", "olmMDBPagesUsed")
        assert 0 < used <= number(tree, "cn=Database 1,cn=Databases", "olmMDBPagesMax")


# --- ours: unindexed searches -------------------------------------------------------------------

@pytest.mark.ours(OURS)
def test_unindexed_searches_are_counted(served):
    base = f"cn=Unindexed,cn=Database 1,cn=Databases,{MONITOR}"
    with connect(served) as connection:
        assert list(read(connection, ldap.ONE, base)) == []
        for _ in range(3):
            expect.ok(connection.search(data.SUFFIX, filter="(telephoneNumber=1)"))
        expect.ok(connection.search(data.SUFFIX, filter="(description=*sh)"))
        expect.ok(connection.search(data.SUFFIX, filter="(uid=jean)"))
        tree = read(connection, ldap.ONE, base)
        got = {(e.text("musterIndexAttribute")[0], e.text("musterIndexKind")[0]):
               int(e.text("monitorCounter")[0]) for e in tree.values()}
        assert got == {("telephoneNumber", "eq"): 3, ("description", "sub"): 1}


# --- cn=Log -------------------------------------------------------------------------------------

LOG = f"cn=Log,{MONITOR}"


def levels(connection):
    """Returns the levels shown."""
    return set(connection.read(LOG, ["managedInfo"]).text("managedInfo"))


STEPS = [
    ("replace", [(2, "managedInfo", ["stats", "CONFIG"])], 0, {"Stats", "Config"}),
    ("number", [(0, "managedInfo", ["128"])], 19, {"Stats", "Config"}),
    ("unknown", [(0, "managedInfo", ["loud"])], 19, {"Stats", "Config"}),
    ("there already", [(0, "managedInfo", ["Stats"])], 20, {"Stats", "Config"}),
    ("not there", [(1, "managedInfo", ["Trace"])], 16, {"Stats", "Config"}),
    ("all or nothing", [(0, "managedInfo", ["ACL"]), (0, "managedInfo", ["loud"])], 19,
     {"Stats", "Config"}),
    ("delete one", [(1, "managedInfo", ["Config"])], 0, {"Stats"}),
    ("another attribute", [(2, "description", ["x"])], 53, {"Stats"}),
    ("any", [(2, "managedInfo", ["Any"])], 0, {"Any"}),
    ("delete all", [(1, "managedInfo", [])], 0, set()),
]


def test_levels_of_the_log(served):
    with served.client(MANAGER) as manager:
        for name, changes, wanted, shown in STEPS:
            if name == "all or nothing" and harness.IMPL == "debian":
                continue
            assert manager.modify(LOG, changes).code == wanted, name
            assert levels(manager) == shown, name


@pytest.mark.ours("the reference is not configured over LDAP here")
def test_levels_outlive_other_changes(served):
    with served.client(MANAGER) as manager:
        expect.ok(manager.modify(LOG, [(2, "managedInfo", ["ACL"])]))
        served.configure("dn: cn=config\nchangetype: modify\nreplace: olcSizeLimit\n"
                         "olcSizeLimit: 400\n")
        assert levels(manager) == {"ACL"}
        served.configure("dn: cn=config\nchangetype: modify\nreplace: olcLogLevel\n"
                         "olcLogLevel: config\n")
        assert levels(manager) == {"Config"}


@pytest.mark.ours("the reference lets some of these pass without effect")
def test_nothing_else_can_be_changed(served):
    with served.client(MANAGER) as manager, served.admin() as admin:
        expect.code(manager.modify(f"cn=Time,{MONITOR}", [(2, "managedInfo", ["Stats"])]), 53)
        expect.code(manager.modify(f"cn=Time,{MONITOR}", [(2, "description", ["x"])]), 53)
        expect.code(manager.modify(f"cn=Total,cn=Connections,{MONITOR}",
                                   [(2, "monitorCounter", ["0"])]), 19)
        expect.code(manager.add(f"cn=x,{MONITOR}", {"objectClass": ["monitor"], "cn": ["x"]}), 53)
        expect.code(manager.delete(f"cn=Time,{MONITOR}"), 53)
        expect.code(manager.modrdn(f"cn=Time,{MONITOR}", "cn=x"), 53)
        expect.code(admin.modify(LOG, [(2, "managedInfo", ["Any"])]), 50)
        with served.client() as anon:
            expect.code(anon.modify(LOG, [(2, "managedInfo", ["Any"])]), 8)


# --- access -------------------------------------------------------------------------------------

def sees(connection):
    """Returns whether a connection sees anything of the tree."""
    return bool(connection.search(MONITOR).entries)


def test_access_rules_hold(make):
    served = make(databases=databases(
        f'access to dn.base="cn=Operations,{MONITOR}" by * search\n'
        f'access to attrs=monitorOpInitiated by * none\n'
        f'access to * by dn.exact={data.ADMIN} read by * none'))
    operations_dn = f"cn=Operations,{MONITOR}"
    with served.client() as anon, served.admin() as admin, served.client(MANAGER) as manager:
        assert not sees(anon) and sees(admin) and sees(manager)
        assert anon.compare(f"cn=Current,cn=Connections,{MONITOR}", "monitorCounter", "1").code in (
            32, 50)
        hidden = "(monitorOpInitiated>=0)"
        assert not admin.search(f"cn=Search,{operations_dn}", 0, hidden).entries
        assert manager.search(f"cn=Search,{operations_dn}", 0, hidden).entries
        entry = admin.read(f"cn=Search,{operations_dn}", ["*", "+"])
        assert "monitorOpInitiated" not in entry.names() and entry.get("monitorOpCompleted")
        expect.code(admin.modify(LOG, [(2, "managedInfo", ["Any"])]), 50)


def test_managed_by_rule(make):
    served = make(databases=databases(f'access to * by dn.exact={data.ADMIN} write by * read'))
    with served.admin() as admin, served.client() as anon:
        expect.ok(admin.modify(LOG, [(2, "managedInfo", ["ACL"])]))
        assert levels(anon) == {"ACL"}
        expect.code(anon.modify(LOG, [(2, "managedInfo", ["Stats"])]), 8)


def test_open_without_rules(make):
    served = make(databases=databases(""))
    with served.client() as anon, served.admin() as admin, served.client(MANAGER) as manager:
        assert sees(anon) and sees(admin) and sees(manager)


@pytest.mark.ours("root of the machine reads cn=Monitor whatever the rules say")
def test_closed_by_rule_but_to_root(make):
    served = make(databases=databases("access to * by * none"))
    with served.client() as anon, served.admin() as admin, served.client(MANAGER) as manager:
        assert not sees(anon) and not sees(admin) and sees(manager)
    done = served.root("ldapsearch", "-LLL", "-b", LOG, "managedInfo")
    assert done.returncode == 0 and "cn=Log" in done.stdout, done
    done = harness.run([str(harness.REPO / "build/bin/muster"), "status", "-H", served.ldapi])
    assert done.returncode == 0 and "since the start" in done.stdout, done


# --- many ---------------------------------------------------------------------------

def test_limits_hold(make):
    served = make(databases=databases(), extra="sizelimit 5")
    with served.client() as anon, served.client(MANAGER) as manager:
        result = anon.search(MONITOR)
        assert result.code == 4 and len(result.entries) == 5
        result = anon.search(MONITOR, size=3)
        assert result.code == 4 and len(result.entries) == 3
        assert len(read(manager)) > 40


@pytest.mark.ours("the reference pages by its own rules")
def test_limits_hold_over_pages(make):
    served = make(databases=databases(), extra="sizelimit 10")
    with served.client() as anon:
        seen, cookie, code = 0, b"", 0
        while code == 0:
            result = anon.search(MONITOR, attrs=["1.1"], controls=[ldap.paged(4, cookie)])
            seen, code = seen + len(result.entries), result.code
            if code == 0:
                (_, parts), _ = ber.decode_one(result.control(ldap.PAGED))
                cookie = parts[1][1]
        assert code == 4 and seen == 10


@pytest.mark.slow
def test_a_thousand_connections(served):
    many = [connect(served) for _ in range(1000)]
    with connect(served) as reader:
        expect.ok(reader.bind(MANAGER, data.PASSWORD))
        until(lambda: number(read(reader), "cn=Current,cn=Connections") == 1001)
        begin = time.monotonic()
        tree = read(reader)
        assert time.monotonic() - begin < 5
        assert number(tree, "cn=Current,cn=Connections") == 1001
        assert sum(dn.startswith("cn=Connection 1") or dn.startswith("cn=Connection 2")
                   for dn in tree) == 1001
        begin = time.monotonic()
        assert len(read(reader, ldap.BASE, f"cn=Total,cn=Connections,{MONITOR}")) == 1
        one = f"cn=Connection 1500,cn=Connections,{MONITOR}"
        assert list(read(reader, ldap.SUB, one)) == [one]
        for other in many:
            other.close()
        until(lambda: number(read(reader), "cn=Current,cn=Connections") == 1)
