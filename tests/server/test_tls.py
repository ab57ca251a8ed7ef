"""TLS: ldaps://, StartTLS, client certificates, bad files, and peers that do not play along."""

import os
import random
import pathlib
import pwd
import resource
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest

from . import ber, certs, data, expect, harness
from .client import (BASE, DONE, ENTRY, EXTENDED_RESPONSE, SUB, WHOAMI, Client, Disconnected,
                     add_request, bind_request, decode_result, extended_request, message, search_request)

STARTTLS = "1.3.6.1.4.1.1466.20037"
RELOAD = "2.25.86984604475757958756636892340540278960.6.1"


class Pki:
    """Authorities and pairs for all tests of this file."""

    def __init__(self, top):
        self.top = top
        self.ca = certs.Authority(top / "ca")
        self.other = certs.Authority(top / "other", "Other CA")
        self.server = self.ca.server()
        self.second = self.ca.server("second", "second")
        self.expired = self.ca.server("expired", "expired", days=(
            "-startdate", "20200101000000Z", "-enddate", "20210101000000Z"))
        self.client = self.ca.client()
        self.foreign = self.other.client("foreign", "Stranger")
        self.revoked = self.ca.client("revoked", "Revoked")
        self.ca.revoke(self.revoked[0])
        self.crl = self.ca.crl()


@pytest.fixture(scope="module", name="pki")
def make_pki(tmp_path_factory):
    """One set of certificates."""
    return Pki(tmp_path_factory.mktemp("pki"))


def options(pki, pair=None, lines=""):
    """The lines of slapd.conf."""
    cert, key = pair or pki.server
    return (f"TLSCertificateFile {cert}\nTLSCertificateKeyFile {key}\n"
            f"TLSCACertificateFile {pki.ca.cert}\n{lines}\n")


def launch(make, pki, lines="", pair=None, **more):
    """Starts a server that listens on ldap, ldaps and ldapi."""
    extra = more.pop("conf_lines", None) or options(pki, pair, lines)
    server = make(start=False, extra=extra, flags=["-d", "256"],
                  **{"entries": data.entries(), **more})
    server.port, server.tls_port = harness.free_port(), harness.free_port()
    server.urls = f"{server.uri} ldaps://127.0.0.1:{server.tls_port} {server.ldapi}"
    return server.start(server.urls)


def context(pki, pair=None, trust=None):
    """A client's side that verifies the server."""
    made = ssl.create_default_context(cafile=str(trust or pki.ca.cert))
    if pair:
        made.load_cert_chain(*map(str, pair))
    return made


def wrap(client, made):
    """Does the handshake on a client's socket."""
    client.sock = made.wrap_socket(client.sock, server_hostname="127.0.0.1")
    return client


def ldaps(server, made, timeout=20):
    """Connects to ldaps://."""
    client = Client(("127.0.0.1", server.tls_port), timeout)
    try:
        return wrap(client, made)
    except BaseException:
        client.close()
        raise


def start_tls(server, made):
    """Connects in clear and asks for TLS."""
    client = server.client()
    expect.ok(client.ask(extended_request(STARTTLS)))
    return wrap(client, made)


def whoami(client):
    """Returns the authorization identity."""
    return expect.ok(client.ask(extended_request(WHOAMI))).value or b""


def logged(server, part, seconds=5):
    """Waits for a line of the log."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if part in server.log():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module", name="tls")
def make_tls(pki):
    """One server with a certificate for the whole file."""
    server = harness.Slapd(extra=options(pki), flags=["-d", "256"], entries=data.entries())
    server.port, server.tls_port = harness.free_port(), harness.free_port()
    server.urls = f"{server.uri} ldaps://127.0.0.1:{server.tls_port} {server.ldapi}"
    server.start(server.urls)
    yield server
    try:
        if server.process is not None:
            server.stop()
    finally:
        server.remove()


def collect(client, count):
    """Reads the results of messages 1 to count, which may overtake each other."""
    found, done = {}, 0
    while done < count:
        got, tag, parts, _ = client.recv()
        if tag == ENTRY:
            found[got] = found.get(got, 0) + 1
        elif tag == DONE:
            expect.ok(decode_result(parts))
            done += 1
    return [found.get(n + 1, 0) for n in range(count)]


def tool(argv, pki, pair=None, trust=None):
    """Runs a client of ldap-utils that trusts an authority; what is in ~/.ldaprc plays no part."""
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent",
           "LDAPTLS_CACERT": str(trust or pki.ca.cert)}
    if pair:
        env.update(LDAPTLS_CERT=str(pair[0]), LDAPTLS_KEY=str(pair[1]))
    return subprocess.run(argv, env=env, capture_output=True, timeout=60, encoding="utf-8",
                          check=False)


# ---- it works ----

def test_ldaps(tls, pki):
    with ldaps(tls, context(pki)) as client:
        assert client.sock.version() == "TLSv1.3"
        assert len(expect.ok(client.search(data.SUFFIX)).entries) > 10
        expect.ok(client.bind(f"cn=admin,{data.SUFFIX}", data.PASSWORD))
        assert whoami(client) == f"dn:cn=admin,{data.SUFFIX}".encode()
    protocol = expect.differs("TLS1.3", "TLSv1.3", "OpenSSL and GnuTLS name versions so")
    assert logged(tls, f"TLS established tls_ssf=256 ssf=256 tls_proto={protocol} tls_cipher=")


def test_starttls(tls, pki):
    with start_tls(tls, context(pki)) as client:
        assert len(expect.ok(client.search(data.SUFFIX)).entries) > 10


def test_starttls_is_published(tls):
    with tls.client() as client:
        found = client.search("", BASE, attrs=["supportedExtension"]).entry()
        assert STARTTLS in found.text("supportedExtension")


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_ldapsearch(tls, pki, scheme):
    uri = tls.uri if scheme == "ldap" else f"ldaps://127.0.0.1:{tls.tls_port}"
    zz = ["-ZZ"] if scheme == "ldap" else []
    argv = ["ldapsearch", "-x", "-LLL", *zz, "-H", uri, "-b", data.SUFFIX, "-s", "base", "1.1"]
    done = tool(argv, pki)
    assert done.returncode == 0 and data.SUFFIX in done.stdout, done
    assert tool(argv, pki, trust=pki.other.cert).returncode != 0


def test_wrong_authority_is_the_clients_refusal(tls, pki):
    with pytest.raises(ssl.SSLCertVerificationError):
        ldaps(tls, context(pki, trust=pki.other.cert))
    assert logged(tls, "closed (TLS negotiation failure)")


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_versions(tls, pki, version):
    made = context(pki)
    made.minimum_version = made.maximum_version = ssl.TLSVersion[version]
    with ldaps(tls, made) as client:
        expect.ok(client.search("", BASE))


@pytest.mark.ours("HARDENING: TLS 1.2 or later")
def test_old_version_is_refused(tls, pki):
    made = context(pki)
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.minimum_version = ssl.TLSVersion.TLSv1
    made.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)):
        ldaps(tls, made)


@pytest.mark.ours("HARDENING: authenticated encryption and forward secrecy only")
def test_weak_ciphers_are_refused(tls, pki):
    made = context(pki)
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("AES128-SHA:AES256-GCM-SHA384:ECDHE-RSA-AES128-SHA")
    with pytest.raises((ssl.SSLError, OSError)):
        ldaps(tls, made)
    assert logged(tls, "no cipher that TLSCipherSuite allows")


def test_big_results_and_pipelining(tls, pki):
    """Many requests in one write, answered while the peer does not read, all of them whole."""
    count = expect.differs(90, 400, "OpenLDAP ends a connection with too many requests waiting")
    with ldaps(tls, context(pki), 60) as client:
        batch = b"".join(message(n + 1, search_request(data.SUFFIX)) for n in range(count))
        writer = threading.Thread(target=client.sock.sendall, args=(batch,))
        writer.start()
        time.sleep(0.5)
        with ldaps(tls, context(pki)) as quick:
            began = time.monotonic()
            expect.ok(quick.search("", BASE))
            assert time.monotonic() - began < 2
        found = collect(client, count)
        writer.join()
    assert len(set(found)) == 1 and found[0] > 10


def test_slow_reader(tls, pki):
    """Records that come out byte by byte."""
    with ldaps(tls, context(pki), 60) as client:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for n in range(60):
            client.send(search_request(data.SUFFIX), msgid=n + 1)
        time.sleep(0.3)
        assert len(set(collect(client, 60))) == 1


def test_one_byte_per_record(tls, pki):
    with ldaps(tls, context(pki)) as client:
        for byte in message(1, search_request("", BASE)) + message(2, search_request("", BASE)):
            client.sock.sendall(bytes([byte]))
        expect.ok(client.result(1))
        expect.ok(client.result(2))


@pytest.mark.ours("Debian's slapd ends the connection")
def test_key_updates(tls, pki):
    """A client that asks for new keys again and again is still answered."""
    client = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{tls.tls_port}",
                               "-CAfile", str(pki.ca.cert)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    time.sleep(0.5)
    for _ in range(20):
        client.stdin.write(b"K\n")
        client.stdin.flush()
        time.sleep(0.02)
    client.stdin.write(message(1, search_request("", BASE, attrs=["namingContexts"])))
    client.stdin.flush()
    time.sleep(0.5)
    got, _ = client.communicate(b"Q\n", timeout=20)
    assert got.count(b"KEYUPDATE") >= 10 and data.SUFFIX.encode() in got, got[-400:]


@pytest.mark.ours("OpenLDAP drops what was asked before the end")
def test_half_close(tls, pki):
    """After close_notify the answers still come."""
    made = context(pki)
    bio_in, bio_out = ssl.MemoryBIO(), ssl.MemoryBIO()
    obj = made.wrap_bio(bio_in, bio_out, server_hostname="127.0.0.1")
    with socket.create_connection(("127.0.0.1", tls.tls_port), 20) as sock:
        while True:
            try:
                obj.do_handshake()
                break
            except ssl.SSLWantReadError:
                sock.sendall(bio_out.read())
                bio_in.write(sock.recv(65536))
        obj.write(message(1, search_request(data.SUFFIX)))
        try:
            obj.unwrap()
        except ssl.SSLWantReadError:
            pass
        sock.sendall(bio_out.read())
        sock.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            chunk = sock.recv(65536)
            if not chunk:
                break
            got += chunk
    assert len(got) > 1000


# ---- StartTLS and the rules around it ----

def test_starttls_twice(tls, pki):
    with start_tls(tls, context(pki)) as client:
        result = expect.code(client.ask(extended_request(STARTTLS)), 1)
        assert result.text == "TLS already started"
        expect.ok(client.search("", BASE))
    with ldaps(tls, context(pki)) as client:
        expect.code(client.ask(extended_request(STARTTLS)), 1)


def test_starttls_with_a_value(tls):
    with tls.client() as client:
        expect.code(client.ask(extended_request(STARTTLS, b"x")), 2)
        expect.ok(client.search("", BASE))


def test_starttls_without_a_certificate(make):
    """RFC 4511 4.14.2: protocolError when it is not offered by configuration."""
    server = make()
    with server.client() as client:
        expect.code(client.ask(extended_request(STARTTLS)), 2)
        found = client.search("", BASE, attrs=["supportedExtension"]).entry()
        assert STARTTLS not in found.text("supportedExtension")


def read_all(sock):
    """Reads to the end, an error ends it too."""
    got = b""
    try:
        while True:
            chunk = sock.recv(65536)
            if not chunk:
                return got
            got += chunk
    except OSError:
        return got


@pytest.mark.parametrize("name,behind", [
    ("a search", message(2, search_request("", BASE))),
    ("a bind", message(2, bind_request(f"cn=admin,{data.SUFFIX}", data.PASSWORD))),
    ("half a message", message(2, search_request("", BASE))[:5]), ("one byte", b"\x30"),
    ("a second StartTLS", message(2, extended_request(STARTTLS)))])
@pytest.mark.ours("RFC 4511 4.14.1: nothing may stand behind the request")
def test_bytes_behind_starttls_are_never_run(tls, name, behind):
    """In one write: the connection ends, and nothing behind the request was answered."""
    with socket.create_connection(("127.0.0.1", tls.port), 20) as sock:
        sock.sendall(message(1, extended_request(STARTTLS)) + behind)
        got = read_all(sock)
    if got:
        (_, parts), end = ber.decode_one(got)
        assert parts[1][0] == EXTENDED_RESPONSE and end == len(got), (name, got)


def test_clear_bytes_instead_of_a_handshake(tls):
    """A bind sent in clear after the response is no handshake, and is not run."""
    with tls.client() as client:
        expect.ok(client.ask(extended_request(STARTTLS)))
        client.sock.sendall(message(2, bind_request(f"cn=admin,{data.SUFFIX}", data.PASSWORD)))
        got = read_all(client.sock)
    assert got[:1] != b"\x30" or b"\x61" not in got[:8], got
    assert logged(tls, "closed (TLS negotiation failure)")


def test_bytes_in_front_of_the_handshake_are_not_kept(tls, pki):
    """What an attacker puts in front of the ClientHello does not come to life inside TLS."""
    with tls.client() as client:
        expect.ok(client.ask(extended_request(STARTTLS)))
        client.sock.sendall(message(2, search_request(data.SUFFIX)))
        with pytest.raises((ssl.SSLError, OSError)):
            wrap(client, context(pki)).search("", BASE)


@pytest.mark.ours("Debian's slapd may have written the entry by then")
def test_starttls_while_operations_run(tls, pki):
    """An entry on its way to the disk, and StartTLS right behind it."""
    entry = add_request(f"ou=waits,{data.SUFFIX}", {"objectClass": "organizationalUnit"})
    with tls.admin() as client:
        client.sock.sendall(message(8, entry) + message(9, extended_request(STARTTLS)))
        results = {}
        for _ in range(2):
            got, _, parts, _ = client.recv()
            results[got] = decode_result(parts)
        expect.ok(results[8])
        expect.code(results[9], 1)
        assert results[9].text == "cannot start TLS when operations are outstanding"
        assert whoami(client) == f"dn:cn=admin,{data.SUFFIX}".encode()
        expect.ok(client.ask(extended_request(STARTTLS)))
        wrap(client, context(pki))
        expect.ok(client.search("", BASE))


def test_identity_does_not_go_into_tls(tls, pki):
    """Whoever was bound in clear is anonymous inside."""
    with tls.client() as client:
        expect.ok(client.bind(f"cn=admin,{data.SUFFIX}", data.PASSWORD))
        expect.ok(client.ask(extended_request(STARTTLS)))
        wrap(client, context(pki))
        assert whoami(client) == b""


def test_starttls_on_the_local_socket(tls, pki):
    with Client(tls.socket_path) as client:
        expect.ok(client.ask(extended_request(STARTTLS)))
        wrap(client, context(pki))
        expect.ok(client.search("", BASE))


# ---- client certificates ----

def try_client(server, made):
    """Returns who the peer is by EXTERNAL; None: not taken as anybody; False: no connection."""
    try:
        with ldaps(server, made) as client:
            expect.ok(client.search("", BASE))
            result = client.sasl("EXTERNAL", b"")
            return whoami(client) if result.code == 0 else None
    except (OSError, Disconnected):
        return False


# Debian's slapd with GnuTLS takes a stranger's certificate at its word; slapd.conf(5) says "ignored".
ALLOWED = {"foreign": None} if harness.IMPL == "ours" else {}
MODES = [
    ("never", None, {"none": None, "good": None, "foreign": None}),
    ("allow", None, {"none": None, "good": True, **ALLOWED}),
    ("try", None, {"none": None, "good": True, "foreign": False}),
    ("demand", None, {"none": False, "good": True, "foreign": False}),
    ("hard", None, {"none": False, "good": True}),
    ("try", "peer", {"none": None, "good": True, "revoked": False}),
    ("allow", "all", {"good": True, "revoked": None}),
    ("try", None, {"revoked": True}),
]


@pytest.mark.parametrize("mode,crl,wanted", MODES, ids=[f"{m}-{c}" for m, c, _ in MODES])
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_client_certificates(make, pki, mode, crl, wanted, version):
    lines = f"TLSVerifyClient {mode}\n"
    if crl:
        lines += f"TLSCRLFile {pki.crl}\n"
        if harness.IMPL == "ours":
            lines += f"TLSCRLCheck {crl}\n"
        elif crl == "all":
            pytest.skip("GnuTLS checks lists whenever they are there")
    server = launch(make, pki, lines)
    pairs = {"none": None, "good": pki.client, "foreign": pki.foreign, "revoked": pki.revoked}
    for name, outcome in wanted.items():
        made = context(pki, pairs[name])
        made.minimum_version = made.maximum_version = ssl.TLSVersion[version]
        got = try_client(server, made)
        if outcome is True:
            cn = {"good": b"jean", "revoked": b"revoked"}[name]
            assert got and got.lower() == b"dn:cn=" + cn + b",o=falcot", (name, got)
        else:
            assert got is outcome, (name, got)


def test_external_is_offered_to_who_has_a_certificate(make, pki):
    server = launch(make, pki, "TLSVerifyClient try")
    for pair, offered in ((pki.client, True), (None, False)):
        with ldaps(server, context(pki, pair)) as client:
            found = client.search("", BASE, attrs=["supportedSASLMechanisms"]).entry()
            assert ("EXTERNAL" in found.text("supportedSASLMechanisms")) == offered
    done = tool(["ldapwhoami", "-Q", "-Y", "EXTERNAL", "-ZZ", "-H", server.uri], pki, pki.client)
    assert done.stdout.strip().lower() == "dn:cn=jean,o=falcot", done


@pytest.mark.ours("names of local users belong to the local socket")
def test_certificate_named_as_a_local_user(make, pki):
    """A subject below cn=auth is nobody."""
    pair = pki.ca.issue("auth", "/CN=auth/O=falcot/CN=admin", "extendedKeyUsage=clientAuth\n")
    server = launch(make, pki, "TLSVerifyClient try")
    assert try_client(server, context(pki, pair)) is None


def test_external_for_another_identity(make, pki):
    server = launch(make, pki, "TLSVerifyClient try")
    with ldaps(server, context(pki, pki.client)) as client:
        assert client.sasl("EXTERNAL", f"dn:cn=admin,{data.SUFFIX}".encode()).code != 0
        assert whoami(client) == b""


# ---- peers that do not play along ----

@pytest.mark.parametrize("noise", [
    b"\x00" * 64, b"GET / HTTP/1.0\r\n\r\n", random.Random(7).randbytes(4096), b"\x16\x03\x01\xff\xff" + b"A" * 70000,
    b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", b"\x15\x03\x01\x00\x02\x02\x28",
    message(1, search_request("", BASE))], ids=lambda noise: noise[:6].hex())
def test_noise_on_the_ldaps_port(tls, pki, noise):
    with socket.create_connection(("127.0.0.1", tls.tls_port), 20) as sock:
        try:
            sock.sendall(noise)
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert not read_all(sock).startswith(b"\x30")
    with ldaps(tls, context(pki)) as client:
        expect.ok(client.search("", BASE))


@pytest.mark.ours("the reason in the log is ours")
def test_ldap_on_the_ldaps_port_is_explained(tls):
    with socket.create_connection(("127.0.0.1", tls.tls_port), 20) as sock:
        sock.sendall(message(1, search_request("", BASE)))
        read_all(sock)
    assert logged(tls, "the peer does not speak TLS on this connection")


def test_tls_on_the_ldap_port(tls, pki):
    with pytest.raises((ssl.SSLError, OSError)):
        wrap(Client(("127.0.0.1", tls.port)), context(pki))
    with tls.client() as client:
        expect.ok(client.search("", BASE))


@pytest.mark.ours("the timeout of handshakes is our option")
def test_handshakes_that_stop(make, pki):
    """200 peers that say nothing or half a greeting: others are served, they are closed."""
    server = launch(make, pki, "tlshandshaketimeout 2")
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"A" * 40
    socks = []
    for n in range(200):
        sock = socket.create_connection(("127.0.0.1", server.tls_port), 20)
        if n % 2 == 0:
            sock.sendall(hello)
        socks.append(sock)
    began = time.monotonic()
    with ldaps(server, context(pki)) as client, server.client() as clear:
        expect.ok(client.search(data.SUFFIX))
        expect.ok(clear.search(data.SUFFIX))
        assert time.monotonic() - began < 2
        for sock in socks:
            read_all(sock)
            sock.close()
        assert 1 < time.monotonic() - began < 15
        expect.ok(client.search(data.SUFFIX))
    assert logged(server, "TLS negotiation failure: timeout")


@pytest.mark.ours("patience is shorter when many wait")
@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 3000,
                    reason="needs 3000 file descriptors")
def test_patience_with_many_stalled_handshakes(make, pki):
    """Of 1 200 no more than 1 000 stay for the ten seconds that one may take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3000), hard))
    server = launch(make, pki, "eventloops 1")
    socks = [socket.create_connection(("127.0.0.1", server.tls_port), 20) for _ in range(1200)]
    for sock in socks:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    time.sleep(4)
    assert 150 <= server.log().count("TLS negotiation failure: timeout") <= 250
    with ldaps(server, context(pki)) as client:
        expect.ok(client.search("", BASE))
    for sock in socks:
        sock.close()


@pytest.mark.ours("handshakes have two milliseconds of each turn")
def test_a_flood_of_handshakes_does_not_stall_others(make, pki):
    server = launch(make, pki, "eventloops 1")
    made = context(pki)
    stop = time.monotonic() + 3
    failures = []

    def flood():
        while time.monotonic() < stop:
            try:
                ldaps(server, made).close()
            except (OSError, Disconnected) as error:
                failures.append(error)

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    slowest = 0
    with server.client() as clear:
        while time.monotonic() < stop:
            began = time.monotonic()
            expect.ok(clear.search("", BASE))
            slowest = max(slowest, time.monotonic() - began)
    for thread in threads:
        thread.join()
    assert not failures and slowest < 1, (failures[:3], slowest)


def test_peers_that_vanish(tls, pki):
    for n in range(50):
        client = ldaps(tls, context(pki))
        client.send(search_request(data.SUFFIX))
        if n % 2:
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
    with ldaps(tls, context(pki)) as client:
        expect.ok(client.search("", BASE))


# ---- files that cannot be used ----

def refused(make, extra, entries=None):
    """Starts a server that must not start. Returns what it says."""
    server = make(start=False, extra=extra, entries=entries)
    server.port = harness.free_port()
    with pytest.raises(harness.ServerError):
        server.start(f"{server.uri} {server.ldapi}")
    return server.log()


@pytest.mark.ours("the texts are ours")
@pytest.mark.parametrize("name", ["missing", "directory", "empty", "no pem", "damaged", "mismatch",
                                  "swapped", "passphrase", "no ca", "bad ca", "bad crl", "cipher",
                                  "suite", "curve", "dh", "half", "unreadable dir"])
def test_bad_files_are_named(make, pki, tmp_path, name):
    cert, key = pki.server
    bad = tmp_path / "bad.pem"
    text = pathlib.Path(cert).read_text()
    bad.write_text({"empty": "", "no pem": "hello\n", "damaged": text[:200] + "!!!!" + text[204:]}
                   .get(name, "hello\n"))
    if name == "passphrase":
        certs.openssl("pkey", "-in", key, "-out", bad, "-aes128", "-passout", "pass:x")
    base = options(pki)
    rows = {
        "missing": (options(pki, (tmp_path / "none", key)), "does not exist"),
        "directory": (options(pki, (tmp_path, key)), "is not a regular file"),
        "empty": (options(pki, (bad, key)), "is empty"),
        "no pem": (options(pki, (bad, key)), "holds no certificate in PEM form"),
        "damaged": (options(pki, (bad, key)), "TLSCertificateFile"),
        "mismatch": (options(pki, (cert, pki.second[1])),
                     f"is not the key of the certificate in {cert}"),
        "swapped": (options(pki, (key, cert)), "holds no certificate in PEM form"),
        "passphrase": (options(pki, (cert, bad)), "protected by a passphrase"),
        "no ca": (base + f"TLSCACertificateFile {tmp_path}/none\n", "does not exist"),
        "bad ca": (f"TLSCACertificateFile {bad}\nTLSCertificateFile {cert}\n"
                   f"TLSCertificateKeyFile {key}\n", "holds no certificate"),
        "bad crl": (base + f"TLSCRLFile {bad}\n", "holds no revocation list"),
        "cipher": (base + "TLSCipherSuite ECDHE+AESGCM:NOSUCH\n", "NOSUCH: no such cipher"),
        "suite": (base + "TLSCipherSuite TLS_NO_SUCH\n", "no such cipher of TLS 1.3"),
        "curve": (base + "TLSECName nosuch\n", "no such curve"),
        "dh": (base + f"TLSDHParamFile {bad}\n", "2048 bits or more"),
        "half": (f"TLSCertificateFile {cert}\n", "both in one modify"),
        "unreadable dir": (base + f"TLSCACertificatePath {bad}\n", "is not a directory"),
    }
    extra, says = rows[name]
    if name == "no ca":
        extra = extra.replace(f"TLSCACertificateFile {pki.ca.cert}\n", "", 1)
    log = refused(make, extra)
    assert says in log, log


@pytest.mark.ours("the texts are ours")
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_unreadable_key_says_whose_it_is(make, pki, tmp_path):
    """The first hour of everybody: a key that slapd's user may not read."""
    nobody = pwd.getpwnam("nobody")
    os.chmod(tmp_path, 0o755)
    for parent in tmp_path.parents:
        if str(parent).startswith("/tmp/"):
            os.chmod(parent, 0o755)
    cert, key = (pathlib.Path(shutil.copy(path, tmp_path)) for path in pki.server)
    os.chmod(cert, 0o644)
    os.chmod(key, 0o640)
    server = make(start=False, extra=f"TLSCertificateFile {cert}\nTLSCertificateKeyFile {key}\n",
                  flags=["-u", "nobody"])
    for path in [server.top, *server.top.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    server.port = harness.free_port()
    with pytest.raises(harness.ServerError):
        server.start(f"{server.uri} {server.ldapi}")
    assert f"{key} cannot be read (owner root:root, mode 0640; slapd runs as nobody)" \
        in server.log()
    assert f"setfacl -m u:nobody:r {key}" in server.log()
    os.chmod(key, 0o644)
    os.chmod(tmp_path, 0o700)
    with pytest.raises(harness.ServerError):
        server.start(f"{server.uri} {server.ldapi}")
    assert f"its directory {tmp_path} may not be entered" in server.log()
    os.chmod(tmp_path, 0o755)
    server.start(f"{server.uri} {server.ldapi}")
    assert "may be read by everybody" in server.log()


@pytest.mark.ours("the texts are ours")
def test_expired_certificate_is_served_with_a_warning(make, pki):
    server = launch(make, pki, pair=pki.expired)
    assert "has expired on Jan  1 00:00:00 2021 GMT" in server.log()
    with pytest.raises(ssl.SSLCertVerificationError):
        ldaps(server, context(pki))


@pytest.mark.ours("a server without TLS still serves what it can")
def test_ldaps_listener_without_a_certificate(make, pki):
    server = launch(make, pki, conf_lines="# none")
    with pytest.raises((ssl.SSLError, OSError)):
        ldaps(server, context(pki))
    assert logged(server, "no certificate is configured; set olcTLSCertificateFile")
    with server.client() as client:
        expect.ok(client.search("", BASE))


@pytest.mark.ours("GnuTLS's strings are taken, too")
def test_priority_string_of_debian(make, pki):
    server = launch(make, pki, "TLSCipherSuite SECURE256:-VERS-TLS-ALL:+VERS-TLS1.2:+VERS-TLS1.3")
    assert "priority string of GnuTLS" in server.log()
    made = context(pki)
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    with ldaps(server, made) as client:
        assert client.sock.cipher()[2] == 256
    made.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    with pytest.raises((ssl.SSLError, OSError)):
        ldaps(server, made)


@pytest.mark.ours("GnuTLS takes other strings")
@pytest.mark.parametrize("suite", ["HIGH:MEDIUM:+SSLv2", "DEFAULT:!kRSA:@STRENGTH",
                                   "ECDHE+AESGCM,TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"])
def test_cipher_lists(make, pki, suite):
    """Lists as they stand in configurations, old ones included."""
    server = launch(make, pki, f'TLSCipherSuite "{suite}"')
    for version in ("TLSv1_2", "TLSv1_3"):
        made = context(pki)
        made.minimum_version = made.maximum_version = ssl.TLSVersion[version]
        with ldaps(server, made) as client:
            assert "TLS_" not in suite or version == "TLSv1_2" or client.sock.cipher()[2] == 128


# ---- reading the files again ----

def replace(pair, source):
    """Puts another pair in place, as an administrator's tool does."""
    for path, new in zip(pair, source):
        shutil.copy(new, f"{path}.new")
        os.replace(f"{path}.new", path)


def name_of(server, pki):
    """The common name a new connection sees."""
    with ldaps(server, context(pki)) as client:
        return dict(pair[0] for pair in client.sock.getpeercert()["subject"])["commonName"]


def reload(server):
    """Asks for a reload over ldapi."""
    with Client(server.socket_path) as root:
        assert root.sasl("EXTERNAL", b"").code == 0
        return root.ask(extended_request(RELOAD))


@pytest.mark.ours("a server of ours reads its certificate again")
def test_reload(make, pki, tmp_path):
    pair = tuple(pathlib.Path(shutil.copy(path, tmp_path)) for path in pki.server)
    server = launch(make, pki, pair=pair)
    with ldaps(server, context(pki)) as old:
        assert name_of(server, pki) == "localhost"
        replace(pair, pki.second)
        expect.ok(reload(server))
        assert name_of(server, pki) == "second"
        replace(pair, (pki.server[0], pki.second[1]))
        result = expect.code(reload(server), 53)
        assert f"{pair[1]}: is not the key of the certificate in {pair[0]}" in result.text
        assert "the old certificate stays in use" in result.text
        replace(pair, pki.expired)
        assert "has expired on" in expect.code(reload(server), 53).text
        pair[1].unlink()
        assert f"{pair[1]} does not exist" in expect.code(reload(server), 53).text
        assert name_of(server, pki) == "second"
        expect.ok(old.search(data.SUFFIX))


@pytest.mark.ours("a server of ours reads its certificate again")
def test_changed_files_are_noticed(make, pki, tmp_path):
    pair = tuple(pathlib.Path(shutil.copy(path, tmp_path)) for path in pki.server)
    server = launch(make, pki, pair=pair)
    with ldaps(server, context(pki)) as old:
        pair[1].write_text("rubbish")
        assert logged(server, "files have changed, but cannot be used", 10)
        assert name_of(server, pki) == "localhost"
        replace(pair, pki.second)
        assert logged(server, "were read again", 10)
        assert name_of(server, pki) == "second"
        assert server.log().count("cannot be used") == 1
        expect.ok(old.search(data.SUFFIX))


@pytest.mark.ours("a server of ours reads its certificate again")
def test_reload_is_for_root_alone(tls):
    with tls.client("admin") as admin:
        expect.code(admin.ask(extended_request(RELOAD)), 50)
    with Client(tls.socket_path) as anybody:
        expect.code(anybody.ask(extended_request(RELOAD)), 50)


@pytest.mark.ours("the program is ours")
def test_muster_tls(make, pki, tmp_path):
    muster = os.path.join(os.path.dirname(harness.sbin("slapd")), "..", "bin", "muster")
    pair = tuple(pathlib.Path(shutil.copy(path, tmp_path)) for path in pki.server)
    server = launch(make, pki, pair=pair)
    done = harness.run([muster, "tls", "status", "-H", server.ldapi])
    assert done.returncode == 0 and "subject: CN=localhost" in done.stdout, done
    assert "names: DNS:localhost, IP Address:127.0.0.1" in done.stdout
    assert f"certificate: {pair[0]}" in done.stdout
    replace(pair, pki.second)
    assert harness.run([muster, "tls", "reload", "-H", server.ldapi]).returncode == 0
    assert name_of(server, pki) == "second"
    pair[0].write_text("rubbish")
    done = harness.run([muster, "tls", "reload", "-H", server.ldapi])
    assert done.returncode == 1 and str(pair[0]) in done.stderr, done
    for wrong in (["tls"], ["tls", "again"], ["tls", "status", "-Q"], ["tls", "status", "x"],
                  ["tls", "status", "-H"]):
        assert harness.run([muster, *wrong]).returncode == 2


# ---- cn=config ----

@pytest.mark.ours("cn=config over ldapi as the machine's root")
def test_first_certificate_by_ldapmodify(make, pki, tmp_path):
    """The book's way: the pair by ldapmodify over ldapi, then encrypted connections."""
    server = launch(make, pki, conf_lines="# none")

    def modify(*changes):
        rows = [f"{how}: {attr}\n{attr}: {value}\n" for how, attr, value in changes]
        return harness.run(["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", server.ldapi],
                           "dn: cn=config\nchangetype: modify\n" + "-\n".join(rows))

    cert, key = pki.server
    done = modify(("add", "olcTLSCertificateFile", cert))
    assert done.returncode != 0 and "both in one modify" in done.stderr, done
    done = modify(("add", "olcTLSCertificateFile", cert),
                  ("add", "olcTLSCertificateKeyFile", pki.second[1]))
    assert done.returncode != 0 and "is not the key of the certificate" in done.stderr, done
    done = modify(("add", "olcTLSCertificateFile", pki.expired[0]),
                  ("add", "olcTLSCertificateKeyFile", pki.expired[1]))
    assert done.returncode != 0 and "has expired on" in done.stderr, done
    with pytest.raises((ssl.SSLError, OSError)):
        ldaps(server, context(pki))
    done = modify(("add", "olcTLSCertificateFile", cert),
                  ("add", "olcTLSCertificateKeyFile", key))
    assert done.returncode == 0, done
    with ldaps(server, context(pki)) as first:
        assert name_of(server, pki) == "localhost"
        done = modify(("replace", "olcTLSCertificateFile", pki.second[0]),
                      ("replace", "olcTLSCertificateKeyFile", pki.second[1]))
        assert done.returncode == 0, done
        assert name_of(server, pki) == "second"
        expect.ok(first.search(data.SUFFIX))
    done = harness.run(["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", server.ldapi],
                       "dn: cn=config\nchangetype: modify\ndelete: olcTLSCertificateFile\n-\n"
                       "delete: olcTLSCertificateKeyFile\n")
    assert done.returncode == 0, done
    with pytest.raises((ssl.SSLError, OSError)):
        ldaps(server, context(pki))


@pytest.mark.ours("cn=config over ldapi as the machine's root")
def test_pair_inside_cn_config(make, pki):
    """olcTLSCertificate;binary and its key: no file at all."""
    server = launch(make, pki, conf_lines="# none")
    cert = ssl.PEM_cert_to_DER_cert(pathlib.Path(pki.server[0]).read_text())
    key = pki.top / "server.der"
    certs.openssl("pkey", "-in", pki.server[1], "-outform", "DER", "-out", key)
    der = pki.top / "server.cert.der"
    der.write_bytes(cert)
    done = harness.run(["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", server.ldapi],
                       "dn: cn=config\nchangetype: modify\nadd: olcTLSCertificate;binary\n"
                       f"olcTLSCertificate;binary:< file://{der}\n-\n"
                       "add: olcTLSCertificateKey;binary\n"
                       f"olcTLSCertificateKey;binary:< file://{key}\n")
    assert done.returncode == 0, done
    assert name_of(server, pki) == "localhost"


def wrong_changes(pki, top):
    """Changes of cn=config that must be refused, each with what the text must say."""
    rubbish = top / "rubbish"
    rubbish.write_text("rubbish\n")
    cert, key = pki.server
    return [
        ([("replace", "olcTLSCertificateFile", "/none")], "/none does not exist"),
        ([("replace", "olcTLSCertificateFile", rubbish)], "holds no certificate in PEM form"),
        ([("replace", "olcTLSCertificateFile", top)], "is not a regular file"),
        ([("replace", "olcTLSCertificateFile", "/dev/zero")], "is not a regular file"),
        ([("replace", "olcTLSCertificateFile", pki.second[0])], "is not the key of"),
        ([("replace", "olcTLSCertificateKeyFile", cert)], "holds no private key"),
        ([("replace", "olcTLSCertificateKeyFile", pki.second[1])], "is not the key of"),
        ([("delete", "olcTLSCertificateKeyFile", key)], "both in one modify"),
        ([("delete", "olcTLSCertificateFile", cert)], "both in one modify"),
        ([("replace", "olcTLSCertificateFile", pki.expired[0]),
          ("replace", "olcTLSCertificateKeyFile", pki.expired[1])], "has expired"),
        ([("replace", "olcTLSCACertificateFile", key)], "holds no certificate"),
        ([("replace", "olcTLSCACertificateFile", "")], "olcTLSCACertificateFile"),
        ([("add", "olcTLSCACertificatePath", cert)], "is not a directory"),
        ([("add", "olcTLSCRLFile", cert)], "holds no revocation list"),
        ([("replace", "olcTLSCRLCheck", "peer")], "needs revocation lists"),
        ([("replace", "olcTLSCRLCheck", "sometimes")], "none, peer or all"),
        ([("replace", "olcTLSVerifyClient", "maybe")], "never, allow, try or demand"),
        ([("add", "olcTLSCipherSuite", "ROT13")], "no such cipher"),
        ([("add", "olcTLSCipherSuite", "NORMAL:+ROT13")], "GnuTLS"),
        ([("add", "olcTLSDHParamFile", cert)], "2048 bits"),
        ([("add", "olcTLSECName", "curve9")], "no such curve"),
        ([("replace", "olcTLSProtocolMin", "9")], "is no version"),
        ([("add", "musterTlsHandshakeTimeout", "0")], "1 to 3600 seconds"),
    ]


@pytest.mark.ours("cn=config over ldapi as the machine's root")
def test_wrong_changes_leave_everything_as_it_was(make, pki, tmp_path):
    """Each is refused with a text that names the cure; tree, disk and connections stay."""
    server = make(start=False, extra=options(pki), entries=data.entries()).convert()
    server.port, server.tls_port = harness.free_port(), harness.free_port()
    server.start(f"{server.uri} ldaps://127.0.0.1:{server.tls_port} {server.ldapi}")

    def files():
        return {path: path.read_bytes() for path in server.config_dir.rglob("*.ldif")}

    before = files()
    with ldaps(server, context(pki)) as old:
        for changes, says in wrong_changes(pki, tmp_path):
            rows = [f"{how}: {attr}\n{attr}: {value}\n" for how, attr, value in changes]
            done = harness.run(["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", server.ldapi],
                               "dn: cn=config\nchangetype: modify\n" + "-\n".join(rows))
            assert done.returncode != 0 and says in done.stderr, (changes, done.stderr)
            assert files() == before, changes
        assert name_of(server, pki) == "localhost"
        expect.ok(old.search(data.SUFFIX))


@pytest.mark.ours("cn=config over ldapi as the machine's root")
def test_other_changes_do_not_look_at_certificates(make, pki, tmp_path):
    """A certificate that has become unusable is no reason to refuse a change of a size limit."""
    pair = tuple(pathlib.Path(shutil.copy(path, tmp_path)) for path in pki.server)
    server = launch(make, pki, pair=pair)
    pair[0].write_text("rubbish")
    done = harness.run(["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", server.ldapi],
                       "dn: cn=config\nchangetype: modify\nreplace: olcSizeLimit\n"
                       "olcSizeLimit: 3\n")
    assert done.returncode == 0, done
    with ldaps(server, context(pki)) as client:
        assert client.search(data.SUFFIX).code == 4


EASYRSA = os.environ.get("MUSTER_EASYRSA", "/usr/share/easy-rsa/easyrsa")


@pytest.mark.ours("the book's way, on our slapd")
@pytest.mark.skipif(not os.path.exists(EASYRSA), reason="easy-rsa is not installed")
def test_certificate_made_with_easy_rsa(make, tmp_path):
    """The Administrator's Handbook: easy-rsa, ldapmodify over ldapi, then only ldaps and ldapi."""
    def easyrsa(*argv):
        done = harness.run([EASYRSA, f"--pki-dir={tmp_path}/pki", "--batch", *argv],
                           env={"EASYRSA": os.path.dirname(EASYRSA)})
        assert done.returncode == 0, done

    easyrsa("init-pki")
    easyrsa("--req-cn=Falcot CA", "build-ca", "nopass")
    easyrsa("--subject-alt-name=DNS:ldap.falcot.com,IP:127.0.0.1", "build-server-full",
            "ldap.falcot.com", "nopass")
    server = make(start=False, entries=data.entries()).convert().start()
    done = harness.run(["ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", server.ldapi],
                       "dn: cn=config\nchangetype: modify\nadd: olcTLSCertificateFile\n"
                       f"olcTLSCertificateFile: {tmp_path}/pki/issued/ldap.falcot.com.crt\n-\n"
                       "add: olcTLSCertificateKeyFile\n"
                       f"olcTLSCertificateKeyFile: {tmp_path}/pki/private/ldap.falcot.com.key\n-\n")
    assert done.returncode == 0, done
    server.stop()
    url = f"ldaps://127.0.0.1:{server.port}"
    server.start(f"{url} {server.ldapi}")
    argv = ["ldapsearch", "-x", "-LLL", "-H", url, "-b", data.SUFFIX, "-s", "base", "1.1"]
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent",
           "LDAPTLS_CACERT": f"{tmp_path}/pki/ca.crt"}
    done = subprocess.run(argv, env=env, capture_output=True, encoding="utf-8", timeout=60,
                          check=False)
    assert done.returncode == 0 and data.SUFFIX in done.stdout, done
    argv[argv.index(url)] = server.uri
    assert subprocess.run(argv, env=env, capture_output=True, timeout=60,
                          check=False).returncode != 0


def test_many_connections(tls, pki):
    """Sixty at once, each with its own work."""
    made, failures = context(pki), []

    def work():
        try:
            with ldaps(tls, made) as client:
                for _ in range(5):
                    expect.ok(client.search(data.SUFFIX, SUB, "(objectClass=person)"))
        except (OSError, Disconnected, AssertionError) as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
