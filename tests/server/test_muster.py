"""muster: the administrator's verbs."""

import json
import socket
import threading

import pytest

from . import ber, data, expect, harness
from .harness import run

MUSTER = str(harness.REPO / "build/bin/muster")


def muster(*argv, **options):
    """Runs muster."""
    return run([MUSTER, *map(str, argv)], **options)


@pytest.mark.parametrize("name", ["version", "--version"])
def test_version(name):
    done = muster(name)
    assert done.returncode == 0 and done.stdout.startswith("muster (Muster) ") and not done.stderr


@pytest.mark.parametrize("name", ["help", "--help"])
def test_help_lists_the_verbs(name):
    done = muster(name)
    assert done.returncode == 0
    assert all(verb in done.stdout for verb in ("status", "version", "help"))


USAGE = [
    ("nothing", [], "usage: muster"),
    ("unknown verb", ["stat"], '"stat" is no verb'),
    ("empty verb", [""], '"" is no verb'),
    ("argument of version", ["version", "x"], '"x"'),
    ("argument of status", ["status", "x"], "unexpected argument x"),
    ("unknown option", ["status", "-q"], "no option -q"),
    ("option without value", ["status", "-H"], "missing behind -H"),
    ("name without password", ["status", "-D", "cn=x"], "-D and -y go together"),
    ("password without name", ["status", "-y", "x"], "-D and -y go together"),
    ("prompt without name", ["status", "-W"], "-D and -y go together"),
    ("no interval", ["status", "-i", "0"], "-i takes seconds"),
    ("endless interval", ["status", "-i", "3601"], "-i takes seconds"),
    ("interval in words", ["status", "-i", "5s"], "-i takes seconds"),
    ("unknown long option", ["status", "--jason"], "no option"),
]


@pytest.mark.parametrize("name,argv,text", USAGE, ids=expect.case_ids(USAGE))
def test_usage(name, argv, text):
    done = muster(*argv)
    assert done.returncode == 2 and text in done.stderr and not done.stdout


def test_status_shows_the_server(server):
    done = muster("status", "-H", server.uri)
    assert done.returncode == 0, done
    rows = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert rows["server"] == server.uri
    assert rows["context"].startswith(data.SUFFIX)
    assert int(rows["schema"].split()[0]) > 100


@pytest.mark.ours("numSubordinates is not in the reference")
def test_status_counts_entries_below(server, admin):
    children = len(admin.search(data.SUFFIX, 1, attrs=["1.1"]).entries)
    done = muster("status", "-H", server.uri)
    assert f"{data.SUFFIX}: {children} entries directly below" in done.stdout


def test_status_over_the_local_socket(server):
    done = muster("status", "-H", server.ldapi)
    assert done.returncode == 0 and "EXTERNAL" in done.stdout


def test_status_with_password(server, scratch):
    secret = scratch / "secret"
    secret.write_text(data.PASSWORD + "\n")
    done = muster("status", "-H", server.uri, "-D", data.ADMIN, "-y", secret)
    assert done.returncode == 0, done
    secret.write_text("wrong")
    done = muster("status", "-H", server.uri, "-D", data.ADMIN, "-y", secret)
    assert done.returncode == 1 and "Invalid credentials" in done.stderr and not done.stdout


@pytest.mark.parametrize("content", [b"", b"x" * 1025])
def test_status_with_a_bad_password_file(server, scratch, content):
    (scratch / "secret").write_bytes(content)
    done = muster("status", "-H", server.uri, "-D", data.ADMIN, "-y", scratch / "secret")
    assert done.returncode == 1 and "1 to 1024 bytes" in done.stderr


def test_status_without_a_server():
    done = muster("status", "-H", f"ldap://127.0.0.1:{harness.free_port()}")
    assert done.returncode == 1 and "Can't contact LDAP server" in done.stderr


@pytest.mark.parametrize("uri", ["falcot", "http://127.0.0.1/", "ldap://127.0.0.1:x"])
def test_status_of_no_url(uri):
    done = muster("status", "-H", uri)
    assert done.returncode == 1 and "ldap://HOST:PORT" in done.stderr


class Peer:
    """A server that answers every connection with the same bytes, or never."""

    def __init__(self, answer):
        self.answer = answer
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.uri = f"ldap://127.0.0.1:{self.sock.getsockname()[1]}"
        self.kept = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.sock.accept()
            except OSError:
                return
            self.kept.append(peer)
            if self.answer is not None:
                peer.recv(4096)
                peer.sendall(self.answer)
                peer.close()

    def close(self):
        """Ends it."""
        for sock in [self.sock, *self.kept]:
            sock.close()


# A searchResDone with code 53 and a text that would colour a terminal.
ESCAPES = bytes.fromhex("30 13 02 01 01 65 0e 0a 01 35 04 00 04 07") + b"\x1b[31mhi"


@pytest.mark.parametrize("answer", [b"", b"\xff" * 64, b"HTTP/1.1 400 Bad Request\r\n\r\n",
                                    bytes.fromhex("3084ffffffff"), ESCAPES])
def test_status_of_something_else(answer):
    peer = Peer(answer)
    done = muster("status", "-H", peer.uri)
    peer.close()
    assert done.returncode == 1 and done.stderr.startswith("muster: ") and not done.stdout
    assert "\x1b" not in done.stderr


@pytest.mark.slow
def test_status_does_not_wait_for_ever():
    peer = Peer(None)
    done = muster("status", "-H", peer.uri, timeout=60)
    peer.close()
    assert done.returncode == 1 and "Timed out" in done.stderr


# --- figures ------------------------------------------------------------------------------------

class Monitor:
    """The slapd.conf lines of cn=Monitor, which everybody reads."""

    def text(self, _):
        """Prints the lines."""
        return "database monitor\naccess to * by * read\n"


@pytest.fixture(name="monitored")
def monitored_fixture(make):
    """A server with cn=Monitor on which an index is missing."""
    server = make(databases=[harness.Database(), Monitor()])
    with server.client() as connection:
        for _ in range(3):
            expect.ok(connection.search(data.SUFFIX, filter="(telephoneNumber=1)"))
        expect.ok(connection.search(data.SUFFIX, filter="(uid=jean)"))
    return server


def test_status_names_the_cure(monitored):
    done = muster("status", "-H", monitored.uri)
    assert done.returncode == 0, done
    rows = [line.strip() for line in done.stdout.splitlines()]
    if harness.IMPL == "ours":
        assert "3 searches looked at every entry; cure: olcDbIndex: telephoneNumber eq" in rows
        assert any(row.startswith("index uid ") and row.endswith("used 1 times") for row in rows)
    entries = len(data.entries())
    assert any(f"{data.SUFFIX}: {entries} entries" in row for row in rows)
    assert any(row.startswith("up ") and "since 20" in row for row in rows)
    assert any(row.startswith("connections ") and "1 open" in row for row in rows)


def test_status_over_an_interval(monitored):
    done = muster("status", "-H", monitored.uri, "-i", "1")
    assert done.returncode == 0 and "over the last 1." in done.stdout, done
    rate = float(done.stdout.split("operations  ")[1].split()[0])
    assert 0.5 < rate < 3


@pytest.mark.ours("figures of our own")
def test_status_as_json(monitored):
    done = muster("status", "-H", monitored.uri, "--json")
    assert done.returncode == 0, done
    told = json.loads(done.stdout)
    assert told["connections"]["open"] == 1 and told["uptime_s"] < 60
    assert told["operations_begun"]["Search"] == told["operations_done"]["Search"] + 1
    base, = told["databases"]
    assert base["suffix"] == data.SUFFIX and base["entries"] == len(data.entries())
    assert base["unindexed"] == [{"attribute": "telephoneNumber", "kind": "eq", "searches": 3}]
    assert {"attribute": "uid", "kind": "eq,sub", "ready": True, "uses": 1} in base["indexes"]


def test_status_without_monitor(server):
    done = muster("status", "-H", server.uri)
    assert done.returncode == 0 and "cn=Monitor cannot be read" in done.stdout
    done = muster("status", "-H", server.uri, "--json")
    assert done.returncode == 1 and "cn=Monitor" in done.stderr and not done.stdout


class Liar:
    """A server that answers every search with one entry of the bytes given."""

    def __init__(self, dn, attrs):
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.uri = f"ldap://127.0.0.1:{self.sock.getsockname()[1]}"
        self.entry = ber.tlv(0x64, ber.octets(dn) + ber.tlv(0x30, b"".join(
            ber.tlv(0x30, ber.octets(name) + ber.tlv(0x31, b"".join(map(ber.octets, values))))
            for name, values in attrs)))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        try:
            peer, _ = self.sock.accept()
            while request := peer.recv(65536):
                (_, parts), _ = ber.decode_one(request)
                msgid = ber.tlv(0x02, bytes([ber.number(parts[0])]))
                done = ber.tlv(0x65, bytes.fromhex("0a010004000400"))
                peer.sendall(ber.tlv(0x30, msgid + self.entry) + ber.tlv(0x30, msgid + done))
        except OSError:
            return

    def close(self):
        """Ends it."""
        self.sock.close()


NASTY = [b"\x1b[31m", b"\xff\xfe", b"\0\0", b"-1", b"99999999999999999999999999", b"", b"x" * 9000]


@pytest.mark.parametrize("flag", [[], ["--json"]])
@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_status_of_a_liar(value, flag):
    names = ["cn", "monitorCounter", "monitoredInfo", "monitorTimestamp", "namingContexts",
             "olmMDBPagesMax", "olmMDBPagesUsed", "musterPageBytes", "musterIndexAttribute",
             "musterIndexKind", "musterIndexState", "musterIndexLast", "vendorVersion"]
    for dn in (b"cn=Monitor", b"cn=Uptime,cn=Time,cn=Monitor", b"cn=Search,cn=Operations,cn=Monitor",
               b"cn=TLS,cn=Monitor", b"", value):
        liar = Liar(dn, [("objectClass", [b"olmMDBDatabase", b"musterIndex"])] +
                    [(name, [value, value]) for name in names])
        done = muster("status", "-H", liar.uri, *flag)
        liar.close()
        assert done.returncode == 0, (dn, done)
        assert "\x1b" not in done.stdout + done.stderr and "\0" not in done.stdout
        if flag:
            json.loads(done.stdout)
