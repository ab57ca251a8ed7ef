"""No change of cn=config shuts the machine's root out; slapd --rescue serves what else cannot."""

import os
import pwd
import re
import shutil

import pytest

from . import certs, data, expect, harness
from .client import MOD_ADD, MOD_DELETE, MOD_REPLACE, Disconnected

pytestmark = pytest.mark.ours("OpenLDAP has neither a protected root nor a rescue")

ROOT, FRONTEND = "cn=config", "olcDatabase={-1}frontend,cn=config"
CONFIG, DB = "olcDatabase={0}config,cn=config", "olcDatabase={1}mdb,cn=config"
NOBODY = "{0}to * by * none"
ALL_SECURITY = ("ssf=256 transport=256 tls=256 sasl=256 update_ssf=256 update_transport=256 "
                "update_tls=256 update_sasl=256 simple_bind=256")

# Each is valid, and hostile: (entry, attribute, values).
HOSTILE = [
    (CONFIG, "olcAccess", [NOBODY]),
    (FRONTEND, "olcAccess", [NOBODY]),
    (DB, "olcAccess", [NOBODY]),
    (ROOT, "olcDisallows", ["bind_anon", "bind_simple", "tls_2_anon", "tls_authc"]),
    (ROOT, "olcRequires", ["strong"]),
    (ROOT, "olcRequires", ["bind", "LDAPv3", "authc", "SASL", "strong"]),
    (CONFIG, "olcRequires", ["SASL", "strong"]),
    (FRONTEND, "olcRequires", ["strong"]),
    (ROOT, "olcSecurity", ["ssf=256"]),
    (ROOT, "olcSecurity", [ALL_SECURITY]),
    (FRONTEND, "olcSecurity", [ALL_SECURITY]),
    (CONFIG, "olcSecurity", [ALL_SECURITY]),
    (ROOT, "olcLocalSSF", ["0"]),
    (ROOT, "olcReadOnly", ["TRUE"]),
    (FRONTEND, "olcReadOnly", ["TRUE"]),
    (CONFIG, "olcReadOnly", ["TRUE"]),
    (ROOT, "olcRestrict", ["all"]),
    (FRONTEND, "olcRestrict", ["all"]),
    (CONFIG, "olcRestrict", ["all"]),
    (CONFIG, "olcRestrict", ["read", "write", "bind", "search", "modify", "extended"]),
    (CONFIG, "olcLimits", ["* size=1 time=1"]),
    (CONFIG, "olcSizeLimit", ["0"]),
    (ROOT, "olcSizeLimit", ["0"]),
    (ROOT, "olcSizeLimit", ["1"]),
    (FRONTEND, "olcSizeLimit", ["0"]),
    (ROOT, "olcTimeLimit", ["1"]),
    (ROOT, "olcConnMaxPending", ["1"]),
    (ROOT, "olcConnMaxPendingAuth", ["1"]),
    (ROOT, "olcSockbufMaxIncoming", ["1024"]),
    (ROOT, "olcSockbufMaxIncomingAuth", ["1024"]),
    (ROOT, "olcIdleTimeout", ["1"]),
    (ROOT, "olcWriteTimeout", ["1"]),
    (ROOT, "musterRequestTimeout", ["1"]),
    (ROOT, "olcMaxFilterDepth", ["1"]),
    (ROOT, "musterMaxFilterNodes", ["1"]),
    (ROOT, "musterMaxControls", ["1"]),
    (ROOT, "musterMaxRequestAttributes", ["16"]),
    (ROOT, "musterMaxDnSize", ["256"]),
    (ROOT, "musterMaxUnreadOutput", ["65536"]),
    (ROOT, "musterReservedFds", ["65536"]),
    (ROOT, "olcLogLevel", ["none"]),
    (ROOT, "olcLogLevel", ["any"]),
    (ROOT, "olcAuthzRegexp", ["gidNumber=.* cn=nobody"]),
    (ROOT, "olcSaslSecProps", ["noplain,noanonymous,minssf=256"]),
    (ROOT, "olcThreads", ["1"]),
    (ROOT, "musterEventLoops", ["1"]),
    (ROOT, "olcReverseLookup", ["TRUE"]),
    (DB, "olcDbMaxReaders", ["1"]),
    (DB, "olcHidden", ["TRUE"]),
    (DB, "olcReadOnly", ["TRUE"]),
]


def entry(root, dn):
    """Returns the values of one entry of cn=config."""
    found = expect.ok(root.search(dn, 0)).entry()
    return {name: sorted(values) for name, values in found.attrs}


def is_sound(server, before):
    """Checks that a new root reads and changes, and that users are served as before."""
    with server.local() as root:
        assert len(expect.ok(root.search("cn=config")).entries) == before
        expect.ok(root.modify(ROOT, [(MOD_REPLACE, "olcIdleTimeout", ["0"])]))
    with server.admin() as admin:
        assert len(expect.ok(admin.search(data.SUFFIX)).entries) == len(data.entries())


@pytest.fixture(name="server", scope="module")
def _server():
    made = harness.Slapd(entries=data.entries(), databases=[
        harness.Database(lines="access to * by * read")], extra="idletimeout 0\n")
    try:
        yield made.convert().start()
        made.stop()
    finally:
        made.remove()


@pytest.mark.parametrize("restart", [False, True], ids=["online", "after a restart"])
@pytest.mark.parametrize("dn,attr,values", HOSTILE,
                         ids=[f"{i}-{row[1]} {row[2]}"[:50] for i, row in enumerate(HOSTILE)])
def test_root_undoes_it(server, dn, attr, values, restart):
    with server.local() as root:
        before = entry(root, dn).get(attr, [])
        count = len(root.search("cn=config").entries)
        expect.ok(root.modify(dn, [(MOD_REPLACE, attr, values)]))
    if restart:
        server.kill()
        with pytest.MonkeyPatch.context() as patch:
            # The harness looks for an answer to strangers, whom some of these leave without one.
            patch.setattr(server, "_wait", lambda _: wait_for_root(server))
            server.start()
    done = server.root("ldapsearch", "-LLL", "-b", "cn=config", "-s", "base", "cn")
    assert done.returncode == 0 and "cn: config" in done.stdout, done
    with server.local() as root:
        assert len(expect.ok(root.search("cn=config")).entries) == count
        assert entry(root, dn).get(attr)
        expect.ok(root.modify(dn, [(MOD_REPLACE, attr, before)]))
    is_sound(server, count)


def wait_for_root(server):
    """Waits until root is answered."""
    deadline = harness.time.monotonic() + 20
    while True:
        try:
            with server.local(timeout=5) as root:
                root.search("cn=config", 0)
                return
        except (OSError, Disconnected):
            assert server.process.poll() is None, server.log()
            assert harness.time.monotonic() < deadline
            harness.time.sleep(0.01)


def test_wrong_ciphers_are_not_taken(server):
    with server.local() as root:
        got = root.modify(ROOT, [(MOD_REPLACE, "olcTLSCipherSuite", ["NONE"])])
        assert got.code != 0 and "cipher" in got.text, got


def test_everything_at_once(server):
    """All of it in one configuration, and root takes it back."""
    with server.local() as root:
        count = len(root.search("cn=config").entries)
        wanted, old = {}, {}
        for dn, attr, values in HOSTILE:
            wanted[dn, attr] = values
        for dn, attr in wanted:
            old[dn, attr] = entry(root, dn).get(attr, [])
        for (dn, attr), values in wanted.items():
            expect.ok(root.modify(dn, [(MOD_REPLACE, attr, values)]))
    for (dn, attr), values in old.items():
        with server.local() as root:
            expect.ok(root.modify(dn, [(MOD_REPLACE, attr, values)]))
    is_sound(server, count)


# ---- what was accepted starts again ----

EXTREMES = {"BOOL": ["TRUE", "FALSE"], "TEXT": ["/nonexistent/x", "/", "/dev/full"],
            "DN": ["cn=x", data.SUFFIX], "INT": []}
OTHERS = ["x", "/nonexistent", "5", "none", "all", "any"]
LARGEST = {"INT32_MAX": str(2**31 - 1), "INT64_MAX": str(2**63 - 1)}


def extremes():
    """For each option its least and greatest values, or what may look like one."""
    table = (harness.REPO / "slapd/config/option_table.c").read_text()
    for row in re.split(r"\n    {\.", table)[1:]:
        found = dict(re.findall(r'(olc|type|min|max) = "?(?:OPTION_T_)?([-\w;]+)', row))
        if "olc" not in found or found["olc"] == "musterMachineRoot":
            continue
        most = LARGEST.get(found.get("max"), found.get("max"))
        ends = [end for end in (found.get("min", "0"), most) if end]
        for value in EXTREMES.get(found["type"], OTHERS) or ends:
            yield found["olc"], value


def test_what_is_accepted_starts_again(server):
    """No option's value that the running server takes keeps it from starting, or root from it."""
    taken, tried = 0, 0
    root = server.local()
    for dn in (ROOT, FRONTEND, DB):
        for attr, value in extremes():
            tried += 1
            before = entry(root, dn).get(attr, [])
            if root.modify(dn, [(MOD_REPLACE, attr, [value])]).code != 0:
                continue
            taken += 1
            root.close()
            server.kill()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(server, "_wait", lambda _: wait_for_root(server))
                server.start()
            root = server.local()
            expect.ok(root.modify(dn, [(MOD_REPLACE, attr, before)]))
    root.close()
    assert tried > 500 and taken > 100, (tried, taken)


# ---- what root may lose, and the rescue ----

def rescue(server):
    """Starts the rescue. Returns its log."""
    server.flags = ["--rescue"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "_wait", lambda _: wait_for_root(server))
        server.start()
    return server.log()


def back(server):
    """From the rescue to an ordinary start."""
    server.stop()
    server.flags = []
    return server.start()


@pytest.fixture(name="own")
def _own(make):
    """A server of the test's own."""
    return make(start=False, entries=data.entries(), databases=[
        harness.Database(lines="access to * by * read"),
        harness.Database("dc=second", name="second", lines="access to * by * read\n"
                         "database monitor\naccess to * by * read")]).convert().start()


def test_the_right_removed_on_purpose(own):
    """Root is nobody then, whatever else; the rescue gives the right back for good."""
    with own.local() as root:
        count = len(root.search("cn=config").entries)
        for dn in (CONFIG, FRONTEND):
            expect.ok(root.modify(dn, [(MOD_REPLACE, "olcAccess", [NOBODY])]))
            expect.ok(root.modify(dn, [(MOD_REPLACE, "olcRestrict", ["all"])]))
            expect.ok(root.modify(dn, [(MOD_REPLACE, "olcReadOnly", ["TRUE"])]))
        expect.ok(root.modify(ROOT, [(MOD_REPLACE, "olcRequires", ["strong"]),
                                     (MOD_ADD, "olcSecurity", [ALL_SECURITY]),
                                     (MOD_ADD, "musterMachineRoot", ["FALSE"])]))
        assert root.modify(ROOT, [(MOD_REPLACE, "olcIdleTimeout", ["1"])]).code != 0
    assert own.root("ldapsearch", "-b", "cn=config").returncode != 0
    own.stop()
    rescue(own)
    with own.local() as root:
        assert not entry(root, ROOT).get("musterMachineRoot")
        for dn in (CONFIG, FRONTEND):
            for attr in ("olcAccess", "olcRestrict", "olcReadOnly"):
                expect.ok(root.modify(dn, [(MOD_DELETE, attr, [])]))
        expect.ok(root.modify(ROOT, [(MOD_DELETE, "olcRequires", []),
                                     (MOD_DELETE, "olcSecurity", [])]))
    back(own)
    is_sound(own, count)


def refuses_to_start(server, *words):
    """Checks that an ordinary start fails with a text."""
    with pytest.raises(harness.ServerError):
        server.start()
    for word in words:
        assert word in server.log(), server.log()


def test_rescue_without_the_certificates(own, tmp_path):
    ca = certs.Authority(tmp_path / "ca")
    cert, key = ca.server()
    with own.local() as root:
        expect.ok(root.modify(ROOT, [(MOD_ADD, "olcTLSCertificateFile", [str(cert)]),
                                     (MOD_ADD, "olcTLSCertificateKeyFile", [str(key)])]))
    own.stop()
    os.unlink(cert)
    refuses_to_start(own, str(cert), "does not exist")
    rescue(own)
    with own.local() as root:
        expect.ok(root.modify(ROOT, [(MOD_DELETE, "olcTLSCertificateFile", []),
                                     (MOD_DELETE, "olcTLSCertificateKeyFile", [])]))
        count = len(root.search("cn=config").entries)
    back(own)
    is_sound(own, count)


DAMAGES = {
    "gone": lambda place: shutil.rmtree(place),
    "a file": lambda place: (shutil.rmtree(place), place.write_text("x")),
    "rubbish": lambda place: [p.write_bytes(b"rubbish" * 4096) for p in place.iterdir()],
    "empty data": lambda place: [p.write_bytes(b"") for p in place.iterdir()],
}


@pytest.mark.parametrize("name", DAMAGES)
def test_rescue_without_a_database(own, name):
    """The database that cannot be opened is absent, the log says why; it is taken out or mended."""
    own.stop()
    place = own.top / "second"
    shutil.copytree(place, own.top / "kept", dirs_exist_ok=True)
    DAMAGES[name](place)
    if name != "empty data":
        refuses_to_start(own, "{2}mdb", str(place))
    log = rescue(own)
    if name != "empty data":
        assert "database {2}mdb" in log and str(place) in log and "it is not served" in log, log
    with own.local() as root:
        found = expect.ok(root.search("cn=config")).dns()
        assert "olcDatabase={2}mdb,cn=config" in found
        assert root.search("dc=second").code == (32 if name == "empty data" else 52)
        assert root.add("dc=second", {"objectClass": ["domain"], "dc": ["second"]}).code in (50, 52)
        assert root.compare("dc=second", "dc", "second").code in (32, 52)
        assert root.bind("cn=x,dc=second", "x").code == 49
        expect.ok(root.sasl("EXTERNAL", b""))
        expect.ok(root.search("cn=Monitor"))
        expect.ok(root.modify(ROOT, [(MOD_REPLACE, "olcSizeLimit", ["100"])]))
        got = root.modify(DB, [(MOD_REPLACE, "olcDbDirectory", ["/nonexistent"])])
        assert got.code == 80 and "/nonexistent" in got.text, got
        expect.ok(root.delete("olcDatabase={2}mdb,cn=config"))
    back(own)
    is_sound(own, len(found) - 1)


def test_rescue_mends_the_directory(own):
    """Another directory is given, or the old one made: the next change opens the database."""
    own.stop()
    shutil.rmtree(own.top / "second")
    rescue(own)
    (own.top / "third").mkdir()
    with own.local() as root:
        expect.ok(root.modify("olcDatabase={2}mdb,cn=config", [
            (MOD_REPLACE, "olcDbDirectory", [str(own.top / "third")])]))
    back(own)
    with own.client("cn=admin,dc=second") as admin:
        expect.ok(admin.add("dc=second", {"objectClass": ["domain"], "dc": ["second"]}))


def test_rescue_without_the_log_file(own):
    with own.local() as root:
        (own.top / "log").mkdir()
        expect.ok(root.modify(ROOT, [(MOD_ADD, "olcLogFile", [str(own.top / "log/slapd.log")])]))
    own.stop()
    shutil.rmtree(own.top / "log")
    refuses_to_start(own, "log/slapd.log")
    assert "log/slapd.log" in rescue(own)
    with own.local() as root:
        expect.ok(root.modify(ROOT, [(MOD_DELETE, "olcLogFile", [])]))
    back(own)


def test_rescue_without_the_metrics_port(own):
    """A port that is taken is not configured; one that is taken later is the rescue's."""
    port = harness.free_port()
    with harness.socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with own.local() as root:
            got = root.modify(ROOT, [(MOD_ADD, "musterMetricsListen", [
                f"127.0.0.1:{taken.getsockname()[1]}"])])
            assert got.code == 80 and "another program listens there" in got.text, got
            got = root.modify(ROOT, [(MOD_ADD, "musterMetricsListen", [f"127.0.0.1:{port}"])])
            assert "when slapd is started again" in expect.ok(got).text
    own.stop()
    with harness.socket.socket() as taken:
        taken.setsockopt(harness.socket.SOL_SOCKET, harness.socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        refuses_to_start(own, "another program listens there")
        rescue(own)
        with own.local() as root:
            expect.ok(root.modify(ROOT, [(MOD_REPLACE, "olcSizeLimit", ["100"])]))
            expect.ok(root.modify(ROOT, [(MOD_DELETE, "musterMetricsListen", [])]))
        back(own)


def test_rescue_listens_on_ldapi_alone(own):
    own.stop()
    rescue(own)
    with pytest.raises(OSError):
        own.client()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_rescue_as_the_servers_user(own):
    """-u holds in the rescue as well: files it writes stay the server's."""
    nobody = pwd.getpwnam("nobody")
    own.stop()
    for path in [own.top, *own.top.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    own.flags = ["--rescue", "-u", "nobody"]
    own.start()
    own.configure("dn: cn=config\nchangetype: modify\nreplace: olcSizeLimit\nolcSizeLimit: 7\n")
    assert {p.stat().st_uid for p in own.config_dir.rglob("*.ldif")} == {nobody.pw_uid}
