"""The log: `stats` lines as the reference writes them, and the same facts as JSON."""

import json
import re
import time

import pytest

from . import ber, data, expect, harness
from . import client as ldap

SECRETS = ["s3cret", "jean-pw", "wrong-pw", "new-pw", "c2VjcmV0"]
BASE64 = "c2VjcmV0"


def serve(make, extra="", level="stats", **options):
    """Starts a server that logs to its standard error."""
    return make(flags=["-d", level], extra=extra, **options)


def script(server):
    """Every kind of line. Returns the client's ports in order."""
    dn = f"cn=logged,{data.SUFFIX}"
    with server.client() as c:
        expect.ok(c.bind())
        expect.ok(c.search(data.SUFFIX, ldap.SUB, "(&(uid=jean)(cn=*a*))", attrs=["uid", "cn"]))
        expect.ok(c.search(data.PEOPLE, ldap.ONE, deref=2))
        c.search("dc=nowhere", ldap.BASE)
        expect.ok(c.bind(data.ADMIN, data.PASSWORD))
        expect.ok(c.add(dn, {"objectClass": ["device"], "cn": ["logged"]}))
        expect.ok(c.modify(dn, [(0, "description", ["a"]), (0, "serialNumber", ["b"])]))
        expect.ok(c.modrdn(dn, "cn=renamed"))
        assert c.compare(f"cn=renamed,{data.SUFFIX}", "cn", "renamed").code == 6
        expect.ok(c.delete(f"cn=renamed,{data.SUFFIX}"))
        expect.ok(c.extended(ldap.WHOAMI))
        c.extended("1.2.3.4.5")
        c.send(ber.tlv(ldap.ABANDON, b"\x63"))
        c.bind(data.dn_of("jean"), "wrong-pw")
        expect.ok(c.bind(data.dn_of("jean"), "jean-pw"))
        c.unbind()
    with server.client() as c:
        expect.ok(c.search("", ldap.BASE))


def settled(server, count):
    """Returns the log once so many connections are closed."""
    deadline = time.monotonic() + 10
    while len(re.findall(r'closed(?: \(|"|\n|$)', server.log())) < count:
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.02)
    return server.log()


# What differs from run to run, and what is meant for people.
MASKS = [
    (re.compile(r"^[0-9a-f]+\.[0-9a-f]+ (0x[0-9a-f]+ )?"), ""),
    (re.compile(r"fd=\d+"), "fd=N"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:N"),
    (re.compile(r"[qe]time=\d+\.\d{6}"), "time"),
    (re.compile(r"text=.*"), "text="),
    (re.compile(r"conn=\d+ "), ""),
    (re.compile(r"objectclass", re.I), "objectClass"),
    (re.compile(r"closed.*"), "closed"),
]


def lines_of(log):
    """Returns the lines of connections without what differs, by connection in their order."""
    found = {}
    for line in log.splitlines():
        number = re.search(r"conn=(\d+) (?:op|fd)=", line)
        if number is None or "do_extended:" in line:  # no line of the level stats
            continue
        for mask, by in MASKS:
            line = mask.sub(by, line)
        found.setdefault(int(number[1]), []).append(line)
    return found


def by_operation(lines):
    """Returns {operation: its lines}."""
    found = {}
    for line in lines:
        found.setdefault(line.split()[0], []).append(line)
    return {number: texts for number, texts in found.items() if number.startswith("op=")}


@pytest.mark.ours("two servers are compared")
def test_lines_are_the_references(make):
    logs = []
    for impl in ("debian", "ours"):
        server = serve(make, impl=impl)
        script(server)
        logs.append(lines_of(settled(server, 3)))
    theirs, ours = logs
    for number in (1001, 1002):
        # Threads of the reference log at the same time: lines of one operation alone have an order.
        assert sorted(theirs[number]) == sorted(ours[number])
        assert by_operation(theirs[number]) == by_operation(ours[number])


@pytest.mark.ours("two servers are compared")
def test_external_lines_are_the_references(make):
    logs = []
    for impl in ("debian", "ours"):
        server = serve(make, impl=impl)
        assert server.root("ldapwhoami").returncode == 0
        lines = lines_of(settled(server, 2))[1001]
        logs.append([line.replace(str(server.top), "") for line in lines if "ACCEPT" not in line])
    assert logs[0] == logs[1]


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_logged(make, form):
    extra = f"logformat {form}" if harness.IMPL == "ours" else ""
    server = serve(make, extra, level="any" if harness.IMPL == "ours" else "stats")
    script(server)
    with server.admin() as admin:
        for secret in ("jean-pw", "new-pw"):
            admin.search(data.SUFFIX, filter=f"(userPassword={secret})")
            admin.search(data.SUFFIX, filter=f"(!(userPassword;lang-fr=*{secret}))")
            admin.compare(data.dn_of("jean"), "userPassword", secret)
            admin.modify(data.dn_of("jean"), [(2, "userPassword", [secret])])
        admin.sasl("PLAIN", b"\0jean\0jean-pw")
        admin.sasl("NOSUCH", b"new-pw")
    log = settled(server, 4)
    for secret in SECRETS:
        if harness.IMPL == "ours":
            assert secret not in log, secret


# --- JSON ---------------------------------------------------------------------------------------

def objects_of(log):
    """Returns the lines that are JSON; only what is said before the configuration is read is
    not."""
    found = []
    for line in log.splitlines():
        if found or line.startswith("{"):
            found.append(json.loads(line))
    return found


@pytest.mark.ours("the reference has no JSON")
def test_json_has_the_facts_of_the_text(make):
    texts = serve(make)
    script(texts)
    text = lines_of(settled(texts, 3))[1001]
    server = serve(make, "logformat json")
    script(server)
    objects = [x for x in objects_of(settled(server, 3)) if x.get("conn") == 1001]
    assert len(objects) == len(text)
    for line, fact in zip(text, objects):
        event = fact["event"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", fact["time"])
        assert event in line or line.startswith("op=") and "anonymous" in line
        for key, value in fact.items():
            if key in ("time", "conn", "event", "fd", "qtime", "etime", "text", "from", "listener",
                       "reason"):
                continue
            if (key, event) == ("dn", "BIND") and "anonymous" in line:
                continue
            wanted = f'{key}="{value}"' if isinstance(value, str) else f"{key}={value}"
            assert wanted in line or wanted.replace('"', "") in line, (line, fact)


@pytest.mark.ours("the reference has no JSON")
def test_json_types(make):
    server = serve(make, "logformat json")
    script(server)
    objects = objects_of(settled(server, 3))
    result = next(x for x in objects if x.get("event") == "SEARCH RESULT")
    assert isinstance(result["qtime"], float) and isinstance(result["nentries"], int)
    accept = next(x for x in objects if x.get("event") == "ACCEPT" and x["conn"] == 1001)
    assert accept["from"].startswith("IP=127.0.0.1:") and accept["listener"].endswith(
        str(server.port))
    assert {x["level"] for x in objects if "message" in x} <= {"none", "error"}


CLUMSY = [
    ("quotes", b'cn="x\\"', '"'),
    ("line ends", b"cn=a\nconn=1 op=1 RESULT\r\n,dc=x", "\\0A"),
    ("escape sequences", b"cn=\x1b[31mred", "\\1B"),
    ("nul", b"cn=a\0b", "\\00"),
    ("not UTF-8", b"cn=\xff\xfe\xc3", ""),
    ("overlong", b"cn=\xc0\xaf\xe0\x80\xaf", ""),
    ("surrogate", b"cn=\xed\xa0\x80", ""),
    ("beyond Unicode", b"cn=\xf4\x90\x80\x80\xf8\x88\x80\x80\x80", ""),
    ("truncated", b"cn=\xe2\x82", ""),
    ("control in UTF-8", "cn=\u009b31m".encode(), ""),
    ("long", b"cn=" + b"x" * 7000, "x" * 500),
    ("long and clumsy", b"cn=" + b"\xff\"\n" * 2500, ""),
    ("long UTF-8", "cn=".encode() + "\u20ac".encode() * 2500, ""),
]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("name,dn,shown", CLUMSY, ids=expect.case_ids(CLUMSY))
def test_what_peers_send_makes_one_line(make, form, name, dn, shown):
    if harness.IMPL == "debian":
        pytest.skip("the reference logs what it is given")
    server = serve(make, f"logformat {form}", entries=None)
    with server.client() as c:
        for request in (ldap.delete_request(dn), ldap.compare_request(dn, dn, b"x"),
                        ldap.search_request(dn, attrs=[dn]), ldap.extended_request(dn),
                        ldap.bind_request(dn, "wrong-pw")):
            try:
                c.ask(request)
            except ldap.Disconnected:
                break
    log = settled(server, 2)
    for line in log.splitlines():
        assert all(ord(char) >= 32 for char in line), line
        assert not re.match(r"conn=1 op=1", line)
    if form == "json":
        assert any(fact.get("conn") == 1001 for fact in objects_of(log))
    elif shown:
        assert shown in log


@pytest.mark.ours("the reference keeps old requests as they came")
def test_a_line_that_is_cut_says_so(make):
    server = serve(make, "logformat json", entries=None)
    with server.client() as c:
        c.delete("cn=" + "x" * 7000)
    cut = [x for x in objects_of(settled(server, 2)) if x.get("event") == "DEL"]
    assert len(cut) == 1 and cut[0]["cut"] is True and cut[0]["dn"].endswith("xxx")


@pytest.mark.ours("the reference has no such option")
@pytest.mark.parametrize("value", ["xml", "", "JSON5", "text json"])
def test_unknown_formats_are_refused(make, value):
    server = make(start=False, extra=f'logformat "{value}"')
    done = server.tool("slaptest", "-u")
    assert done.returncode == 1 and "text or json" in done.stderr


@pytest.mark.ours("the reference has no such option")
def test_format_changes_while_the_server_runs(make):
    server = serve(make)
    change = "dn: cn=config\nchangetype: modify\nreplace: musterLogFormat\nmusterLogFormat: "
    server.configure(change + "json\n")
    mark = len(server.log())
    with server.client() as c:
        expect.ok(c.search("", ldap.BASE))
    settled(server, 2)
    assert any(fact.get("event") == "SRCH" for fact in objects_of(server.log()[mark:]))
    done = server.root("ldapmodify", stdin=change + "xml\n")
    assert done.returncode != 0 and "text or json" in done.stderr, done
