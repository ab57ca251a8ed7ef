"""The metrics listener: Prometheus' text format over HTTP, and peers that do not behave."""

import re
import socket
import time
import urllib.error
import urllib.request

import pytest

from . import data, expect, harness

pytestmark = pytest.mark.ours("the reference has no metrics")


def serve(make, **options):
    """Starts a server that serves metrics. Returns it with the port."""
    port = harness.free_port()
    extra = f"metricslisten 127.0.0.1:{port}\n" + options.pop("extra", "")
    return make(extra=extra, **options), port


def get(port, path="/metrics", **options):
    """Returns the body of a page."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", **options)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return answer.read().decode()


def raw(port, request, linger=True):
    """Sends bytes and returns all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        sock.sendall(request)
        if not linger:
            sock.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := sock.recv(65536):
            answer += chunk
        return answer


NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\d+(?:\.\d+)?)")


def parse(text):
    """Checks the format strictly. Returns {(name, labels): value}."""
    assert text.endswith("\n")
    samples, types, helped, current = {}, {}, set(), None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name, words = line[7:].split(" ", 1)
            assert name not in helped and words and re.fullmatch(NAME, name)
            helped.add(name)
            continue
        if line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            assert name not in types and name in helped and kind in ("counter", "gauge")
            assert kind != "counter" or name.endswith("_total")
            types[name] = kind
            current = name
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        assert match[1] == current, "samples of a metric stand together, behind its type"
        key = (match[1], match[2] or "")
        assert key not in samples
        samples[key] = float(match[3])
    return samples


def test_format_and_numbers(make):
    server, port = serve(make)
    before = parse(get(port))
    with server.client() as c:
        expect.ok(c.bind())
        for _ in range(4):
            expect.ok(c.search(data.PEOPLE, filter="(telephoneNumber=1)"))
        after = parse(get(port))
        assert after["muster_connections", ""] == 1

    def grown(name, labels=""):
        return after.get((name, labels), 0) - before.get((name, labels), 0)

    assert grown("muster_connections_opened_total") == 1
    assert grown("muster_operations_initiated_total", 'operation="Search"') == 4
    assert grown("muster_operations_completed_total", 'operation="Bind"') == 1
    assert grown("muster_sent_messages_total") == 5
    suffix = f'database="{{1}}mdb",suffix="{data.SUFFIX}"'
    assert after["muster_database_entries", suffix] == len(data.entries())
    assert grown("muster_unindexed_searches_total",
                 'database="{1}mdb",attribute="telephoneNumber",index="eq"') == 4
    assert abs(after["muster_start_time_seconds", ""] - time.time()) < 120


def test_prometheus_library_reads_it(make):
    parser = pytest.importorskip("prometheus_client.parser")
    _, port = serve(make)
    text = get(port)
    families = {family.name: family for family in parser.text_string_to_metric_families(text)}
    assert families["muster_connections"].type == "gauge"
    assert families["muster_operations_initiated"].type == "counter"
    assert sum(len(family.samples) for family in families.values()) == len(parse(text))
    assert all(family.documentation for family in families.values())


def test_labels_are_escaped(make):
    database = harness.Database(suffix=r"o=a\\22b\\5Cc")
    server, port = serve(make, databases=[database], entries=None)
    labels = {key[1] for key in parse(get(port)) if key[0] == "muster_database_entries"}
    value = re.search(r'suffix="(.*)"$', labels.pop())[1]
    with server.client() as c:
        suffix = c.read("", ["namingContexts"]).text("namingContexts")[0]
    assert "\\" in suffix and re.sub(r"\\(.)", r"\1", value) == suffix


REQUESTS = [
    ("other page", b"GET / HTTP/1.1\r\n\r\n", b"404"),
    ("longer page", b"GET /metricsx HTTP/1.1\r\n\r\n", b"404"),
    ("query", b"GET /metrics?a=b HTTP/1.1\r\nHost: x\r\n\r\n", b"200"),
    ("old version", b"GET /metrics HTTP/1.0\r\n\r\n", b"200"),
    ("post", b"POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"405"),
    ("no version", b"GET /metrics\r\n\r\n", b"400"),
    ("nothing", b"\r\n\r\n", b"400"),
    ("words", b"hello there general\r\n\r\n", b"400"),
    ("nul", b"GET /met\0rics HTTP/1.1\r\n\r\n", b"400"),
    ("LDAP", b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00\r\n\r\n", b"400"),
    ("long", b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 5000 + b"\r\n\r\n", b"431"),
    ("endless", b"x" * 4096, b"431"),
    ("two requests", b"GET /metrics HTTP/1.1\r\n\r\n" * 2, b"200"),
]


@pytest.fixture(name="port", scope="module")
def port_fixture():
    """The port of a server for all requests."""
    port = harness.free_port()
    server = harness.Slapd(extra=f"metricslisten 127.0.0.1:{port}", entries=data.entries()).start()
    yield port
    server.stop()
    server.remove()


@pytest.mark.parametrize("name,request_bytes,status", REQUESTS, ids=expect.case_ids(REQUESTS))
def test_requests(port, name, request_bytes, status):
    answer = raw(port, request_bytes)
    assert answer.startswith(b"HTTP/1.1 " + status + b" "), (name, answer[:80])
    head, body = answer.split(b"\r\n\r\n", 1)
    assert int(re.search(rb"Content-Length: (\d+)", head)[1]) == len(body)
    assert b"Connection: close" in head


def test_head_has_no_body(port):
    answer = raw(port, b"HEAD /metrics HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n")


def test_a_request_in_pieces(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        for byte in b"GET /metrics HTTP/1.1\r\n\r\n":
            sock.sendall(bytes([byte]))
            time.sleep(0.005)
        assert sock.recv(12) == b"HTTP/1.1 200"


def test_silent_peers_are_dropped(port):
    """They hold every place; after their time others are served again."""
    silent = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(12)]
    for sock in silent:
        sock.sendall(b"GET /met")
    begin = time.monotonic()
    first = silent[0].recv(1)
    assert first == b"" and 3 < time.monotonic() - begin < 15
    for sock in silent:
        sock.close()
    assert "muster_info" in get(port)


def test_many_at_once(port):
    for _ in range(200):
        parse(get(port))


def test_ldap_goes_on_while_metrics_are_flooded(make):
    server, port = serve(make)
    flood = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(20)]
    with server.client() as c:
        begin = time.monotonic()
        for _ in range(100):
            expect.ok(c.search(data.SUFFIX, 0))
        assert time.monotonic() - begin < 3
    for sock in flood:
        sock.close()


def test_nothing_listens_by_default(make):
    server = make()
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", 9389)) != 0 or server.port == 9389


def test_address_in_use(make):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = make(start=False, extra=f"metricslisten 127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(harness.ServerError, match="another program listens there"):
            server.start()


REFUSED = [
    ("other machines", "10.0.0.1:9389", "metricsremote"),
    ("everybody", "0.0.0.0:9389", "metricsremote"),
    ("everybody, IPv6", "[::]:9389", "metricsremote"),
    ("mapped", "[::ffff:10.0.0.1]:9389", "metricsremote"),
    ("no port", "127.0.0.1", "expected"),
    ("port 0", "127.0.0.1:0", "expected"),
    ("large port", "127.0.0.1:65536", "expected"),
    ("negative", "127.0.0.1:-1", "expected"),
    ("name", "localhost:9389", "expected"),
    ("bare IPv6", "::1:9389", "expected"),
    ("words", "yes", "expected"),
    ("space", "127.0.0.1:93 89", "expected"),
    ("URL", "http://127.0.0.1:9389", "expected"),
]


@pytest.mark.parametrize("name,value,text", REFUSED, ids=expect.case_ids(REFUSED))
def test_refused_addresses(make, name, value, text):
    server = make(start=False, extra=f'metricslisten "{value}"')
    done = server.tool("slaptest", "-u")
    assert done.returncode == 1 and text in done.stderr, (name, done)


@pytest.mark.parametrize("lines", ["metricslisten [::1]:9389", "metricslisten 127.9.9.9:9389",
                                   "metricsremote TRUE\nmetricslisten 0.0.0.0:9389",
                                   "metricslisten 0.0.0.0:9389\nmetricsremote TRUE"])
def test_accepted_addresses(make, lines):
    server = make(start=False, extra=lines)
    assert server.tool("slaptest", "-u").returncode == 0
