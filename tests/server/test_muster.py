"""muster: the administrator's verbs."""

import socket
import threading

import pytest

from . import data, expect, harness
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
