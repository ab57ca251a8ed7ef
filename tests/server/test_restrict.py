"""require, security, restrict, allow, disallow and readonly: who may do what, over which connection.

Each case names what a condition changes; everything else must be as without it.
"""

import socket
import ssl

import pytest

from . import certs, data, expect, harness
from .client import BASE, DONT_USE_COPY, MOD_REPLACE, WHOAMI, Client, control

JEAN = data.dn_of("jean")
NONE = f"cn=none,{data.SUFFIX}"
PROXY = "2.16.840.1.113730.3.4.18"

ACTIONS = {
    "search": lambda k: k.search(data.SUFFIX, BASE, attrs=["1.1"]),
    "rootdse": lambda k: k.search("", BASE, attrs=["1.1"]),
    "schema": lambda k: k.search("cn=Subschema", BASE, attrs=["1.1"]),
    "nobase": lambda k: k.search("dc=nowhere", BASE),
    "noentry": lambda k: k.search(NONE, BASE),
    "baddn": lambda k: k.search("bad", BASE),
    "badcontrol": lambda k: k.search(data.SUFFIX, BASE, controls=[control("1.2.3.4")]),
    "compare": lambda k: k.compare(JEAN, "cn", "x"),
    "add": lambda k: k.add(JEAN, dict(data.person("jean", "J", "D", 1))),
    "modify": lambda k: k.modify(JEAN, [(MOD_REPLACE, "description", ["x"])]),
    "rename": lambda k: k.modrdn(NONE, "cn=other"),
    "delete": lambda k: k.delete(NONE),
    "whoami": lambda k: k.extended(WHOAMI),
    "unknown": lambda k: k.extended("1.2.3.4"),
    "copy": lambda k: k.search(data.SUFFIX, BASE, attrs=["1.1"],
                               controls=[control(DONT_USE_COPY, None, False)]),
}

SESSIONS = {
    "anon": (False, None),
    "anonbind": (False, lambda k: k.bind()),
    "simple": (False, lambda k: k.bind(data.ADMIN, data.PASSWORD)),
    "person": (False, lambda k: k.bind(JEAN, "jean-pw")),
    "wrong": (False, lambda k: k.bind(JEAN, "no")),
    "nobody": (False, lambda k: k.bind("cn=x,dc=nowhere", "no")),
    "local": (True, None),
    "external": (True, lambda k: k.sasl("EXTERNAL", b"")),
    "localsimple": (True, lambda k: k.bind(data.ADMIN, data.PASSWORD)),
}

TCP, LOCAL = "anon anonbind simple person wrong nobody", "local external localsimple"
NOBODY = "anon anonbind wrong nobody local"
BOUND = "simple person localsimple"
DB_READ, ALL_READ = "search noentry compare copy", "search rootdse schema noentry compare copy"
WRITE = "add modify rename delete"

# What a condition is, and what it changes: sessions, actions ("BIND" too), code and text.
CASES = [
    ("require LDAPv3", "", []), ("require none", "require none", []),
    ("require bind", "", [("anon local", f"{ALL_READ} whoami", 1, "BIND required")]),
    ("", "require bind", [("anon local", DB_READ, 1, "BIND required")]),
    ("require bind", "require none",
     [("anon local", f"{ALL_READ} whoami", 1, "BIND required")]),
    ("require authc", "",
     [(NOBODY, f"{ALL_READ} whoami", 53, "authentication required")]),
    ("", "require authc", [(NOBODY, DB_READ, 53, "authentication required")]),
    ("", "require bind authc", [(NOBODY, DB_READ, 53, "authentication required")]),
    ("require SASL", "",
     [(NOBODY, f"{ALL_READ} whoami", 8, "SASL authentication required"),
      (BOUND, f"{ALL_READ} {WRITE} whoami", 8, "SASL authentication required")]),
    ("", "require SASL",
     [(NOBODY, DB_READ, 8, "SASL authentication required"),
      (BOUND, f"{DB_READ} {WRITE} whoami", 8, "SASL authentication required")]),
    ("require strong", "",
     [(NOBODY, f"{ALL_READ} whoami", 8, "strong(er) authentication required")]),
    ("", "require strong", [(NOBODY, DB_READ, 8, "strong(er) authentication required")]),
    ("security ssf=1", "",
     [(TCP, f"{ALL_READ} {WRITE} whoami", 13, "confidentiality required"),
      ("simple person wrong", "BIND", 13, "confidentiality required")]),
    ("", "security ssf=1",
     [(TCP, f"{DB_READ} {WRITE}", 13, "confidentiality required"),
      ("simple person wrong", "BIND", 13, "confidentiality required")]),
    ("security ssf=1", "security ssf=0",
     [(TCP, f"{ALL_READ} {WRITE} whoami", 13, "confidentiality required"),
      ("simple person wrong", "BIND", 13, "confidentiality required")]),
    ("", "security transport=72",
     [(TCP, f"{DB_READ} {WRITE}", 13, "transport confidentiality required"),
      ("simple person wrong", "BIND", 13, "transport confidentiality required"),
      (LOCAL, f"{DB_READ} {WRITE}", 13, "stronger transport confidentiality required"),
      ("localsimple", "BIND", 13, "stronger transport confidentiality required")]),
    ("security transport=1", "",
     [(TCP, f"{ALL_READ} {WRITE} whoami", 13, "transport confidentiality required"),
      ("anonbind simple person wrong", "BIND", 13, "transport confidentiality required")]),
    ("", "security tls=1",
     [(f"{TCP} {LOCAL}", f"{DB_READ} {WRITE}", 13, "TLS confidentiality required"),
      ("simple person wrong localsimple", "BIND", 13, "TLS confidentiality required")]),
    ("", "security sasl=1",
     [(f"{TCP} {LOCAL}", f"{DB_READ} {WRITE}", 13, "SASL confidentiality required"),
      ("simple person wrong localsimple", "BIND", 13, "SASL confidentiality required")]),
    ("", "security simple_bind=1",
     [("simple person wrong", "BIND", 13, "confidentiality required")]),
    ("security simple_bind=72", "",
     [("simple person wrong", "BIND", 13, "confidentiality required"),
      ("localsimple", "BIND", 13, "stronger confidentiality required")]),
    ("", "security update_ssf=1", [(TCP, WRITE, 13, "confidentiality required for update")]),
    ("security update_ssf=72", "",
     [(TCP, WRITE, 13, "confidentiality required for update"),
      (LOCAL, WRITE, 13, "stronger confidentiality required for update")]),
    ("", "security update_transport=1",
     [(TCP, WRITE, 13, "transport confidentiality required for update")]),
    ("security update_tls=1", "",
     [(f"{TCP} {LOCAL}", WRITE, 13, "TLS confidentiality required for update")]),
    ("", "security update_sasl=1",
     [(f"{TCP} {LOCAL}", WRITE, 13, "SASL confidentiality required for update")]),
    ("security ssf=50\nlocalSSF 40", "",
     [(TCP, f"{ALL_READ} {WRITE} whoami", 13, "confidentiality required"),
      (LOCAL, f"{ALL_READ} {WRITE} whoami", 13, "stronger confidentiality required"),
      ("simple person wrong", "BIND", 13, "confidentiality required"),
      ("localsimple", "BIND", 13, "stronger confidentiality required")]),
    ("", "localSSF 100\nsecurity ssf=99",
     [(TCP, f"{DB_READ} {WRITE}", 13, "confidentiality required"),
      ("simple person wrong", "BIND", 13, "confidentiality required")]),
    ("restrict search", "",
     [(f"{TCP} {LOCAL}", "search noentry rootdse schema copy", 53, "operation restricted")]),
    ("", "restrict search",
     [(f"{TCP} {LOCAL}", "search noentry copy", 53, "operation restricted")]),
    ("", "restrict compare", [(f"{TCP} {LOCAL}", "compare", 53, "operation restricted")]),
    ("", "restrict read",
     [(f"{TCP} {LOCAL}", DB_READ, 53, "read operations restricted")]),
    ("", "restrict bind",
     [("simple person wrong localsimple", "BIND", 53, "operation restricted")]),
    ("", "restrict add", [(f"{BOUND} external", "add", 53, "operation restricted")]),
    ("", "restrict modify", [(f"{BOUND} external", "modify", 53, "operation restricted")]),
    ("restrict rename", "", [(f"{BOUND} external", "rename", 53, "operation restricted")]),
    ("", "restrict modrdn", [(f"{BOUND} external", "rename", 53, "operation restricted")]),
    ("", "restrict delete", [(f"{BOUND} external", "delete", 53, "operation restricted")]),
    ("restrict write", "", [(f"{BOUND} external", WRITE, 53, "operation restricted")]),
    ("", "restrict add\nrestrict delete modify rename",
     [(f"{BOUND} external", WRITE, 53, "operation restricted")]),
    ("restrict extended", "",
     [(f"{TCP} {LOCAL}", "whoami", 53, "operation restricted")]),
    ("", "restrict extended", [(BOUND, "whoami", 53, "operation restricted")]),
    (f"restrict extended={WHOAMI}", "",
     [(f"{TCP} {LOCAL}", "whoami", 53, "extended operation restricted")]),
    ("readonly on", "", [(f"{BOUND} external", WRITE, 53, "operation restricted")]),
    ("", "readonly on", [(f"{BOUND} external", WRITE, 53, "operation restricted")]),
    ("disallow dontusecopy_non_critical", "",
     [(f"{TCP} {LOCAL}", "copy", 2, "dontUseCopy criticality of FALSE not allowed")]),
    ("disallow bind_simple", "",
     [("simple person wrong nobody localsimple", "BIND", 53,
       "unwilling to perform simple authentication")]),
    ("disallow bind_anon", "",
     [("anonbind", "BIND", 48, "anonymous bind disallowed")]),
]


def start(glob="", database=""):
    """Starts a server that may not answer anonymous clients, so nothing is asked first."""
    extra = [line for line in database.split("\n") if line.startswith("localSSF")]
    lines = [line for line in database.split("\n") if not line.startswith("localSSF")]
    server = harness.Slapd(databases=[harness.Database(lines="\n".join(lines))],
                           entries=data.entries(), extra="\n".join([glob, *extra]))
    try:
        server.start()
    except BaseException:
        server.remove()
        raise
    return server


def outcomes(server):
    """Does everything in every session. Returns {(session, action): (code, text)}."""
    found = {}
    for name, (local, bind) in SESSIONS.items():
        with Client(server.socket_path if local else ("127.0.0.1", server.port)) as client:
            if bind is not None:
                result = bind(client)
                found[name, "BIND"] = (result.code, result.text)
            for action, act in ACTIONS.items():
                result = act(client)
                found[name, action] = (result.code, result.text)
    return found


@pytest.fixture(scope="module")
def usual():
    """What happens without any condition."""
    server = start()
    yield outcomes(server)
    server.remove()


def expected(usual, changes):
    """What must happen: as usual, but for the changes; who does not get in stays anonymous."""
    wanted = dict(usual)
    for sessions, actions, _, _ in changes:
        for session in sessions.split() if actions == "BIND" else []:
            like = "local" if session.startswith("local") else "wrong"
            for action in ACTIONS:
                wanted[session, action] = usual[like, action]
    for sessions, actions, code, text in changes:
        for session in sessions.split():
            for action in actions.split():
                wanted[session, action] = (code, text)
    return wanted


def same(got, wanted):
    """Codes count always, texts where conditions speak."""
    return got == wanted if wanted[0] in (1, 8, 13, 48) and wanted[1] else got[0] == wanted[0]


@pytest.mark.parametrize("glob,database,changes", CASES,
                         ids=[f"{row[0]} | {row[1]}" for row in CASES])
def test_conditions(usual, glob, database, changes):
    server = start(glob, database)
    try:
        got = outcomes(server)
    finally:
        server.remove()
    wanted = expected(usual, changes)
    wrong = {key: (got[key], wanted[key]) for key in wanted if not same(got[key], wanted[key])}
    assert not wrong


# ---- allow and the rest of disallow ----

def test_allow_bind_v2(make):
    with make(extra="allow bind_v2").client() as connection:
        expect.ok(connection.bind(data.ADMIN, data.PASSWORD, version=2))
    with make().client() as connection:
        expect.code(connection.bind(data.ADMIN, data.PASSWORD, version=2), 2)


def test_require_v3_of_a_session_of_v2(make):
    server = make(extra="allow bind_v2\nrequire LDAPv3")
    with server.client() as connection:
        expect.ok(connection.bind(data.ADMIN, data.PASSWORD, version=2))
        result = connection.search(data.SUFFIX, BASE)
        assert (result.code, result.text) == (1, "operation restricted to LDAPv3 clients")
        expect.ok(connection.bind(data.ADMIN, data.PASSWORD))
        expect.ok(connection.search(data.SUFFIX, BASE))


ANONYMOUS = [
    ("", ("", "x"), 49), ("allow bind_anon_cred", ("", "x"), 0),
    ("", (data.ADMIN, ""), 53), ("allow bind_anon_dn", (data.ADMIN, ""), 0),
    ("allow bind_anon_cred bind_anon_dn", ("", "x"), 0),
    ("allow bind_anon_cred bind_anon_dn", (data.ADMIN, ""), 0),
]


@pytest.mark.parametrize("line,name,code", ANONYMOUS)
def test_allow_anonymous_binds(make, line, name, code):
    with make(extra=line).client() as connection:
        result = connection.bind(*name)
        assert result.code == code
        assert connection.extended(WHOAMI).value in (b"", None)


def test_allow_update_anon(make):
    rules = "access to * by anonymous write by * read"
    for line, code in (("", 8), ("allow update_anon", 0)):
        server = make(databases=[harness.Database(lines=rules)], extra=line)
        with server.client() as connection:
            assert connection.add(f"cn=x,{data.SUFFIX}", {"objectClass": ["device"],
                                                         "cn": ["x"]}).code == code


def test_disallow_proxy_authorization_that_is_not_critical(make):
    wish = [control(PROXY, f"dn:{JEAN}", False)]
    with make(extra="disallow proxy_authz_non_critical").admin() as connection:
        result = connection.search(data.SUFFIX, BASE, controls=wish)
        assert (result.code, result.text) == (
            2, "proxied authorization criticality of FALSE not allowed")


@pytest.mark.ours("OpenLDAP takes the word and does nothing about it")
def test_restrict_cancel(make):
    cancel = "1.3.6.1.1.8"
    with make(extra=f"restrict extended={cancel}").client() as connection:
        result = connection.extended(cancel, b"\x30\x03\x02\x01\x63")
        assert (result.code, result.text) == (53, "extended operation restricted")
        expect.ok(connection.extended(WHOAMI))


# ---- the administrator is never locked out ----

LOCKS = ["restrict all", "require SASL", "security tls=1", "security ssf=256", "readonly on",
         "restrict bind search", "disallow bind_simple bind_anon", "plainpasswords off"]


@pytest.mark.ours("cn=config is reached by root whatever holds for all")
@pytest.mark.parametrize("line", LOCKS)
def test_root_reaches_the_configuration(line):
    server = start(f"{line}\ndatabase config")
    try:
        with Client(server.socket_path) as connection:
            expect.ok(connection.sasl("EXTERNAL", b""))
            result = expect.ok(connection.search("cn=config", BASE, attrs=["cn"]))
            assert result.dns() == ["cn=config"]
    finally:
        server.remove()


def test_conditions_of_the_configuration_itself(make):
    """They hold for whoever has its password; root of the machine can take them back."""
    server = make(extra="database config\nrestrict search\nrootpw geheim")
    with server.client("cn=config", "geheim") as connection:
        assert connection.search("cn=config", BASE).code == 53
    if harness.IMPL == "ours":
        with server.local() as connection:
            expect.ok(connection.search("cn=config", BASE))


# ---- passwords in the clear ----

def own_address():
    """An address of this machine other than loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))
            address = sock.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


@pytest.mark.ours("an option of ours")
@pytest.mark.parametrize("line,codes", [("", (0, 49, 0)), ("plainpasswords on", (0, 49, 0)),
                                        ("plainpasswords off", (13, 13, 0))])
def test_plain_passwords(make, line, codes):
    address = own_address()
    if address is None:
        pytest.skip("this machine has only loopback addresses")
    server = make(start=False, extra=line, entries=data.entries())
    server.port = harness.free_port()
    server.start(f"ldap://{address}:{server.port} ldap://127.0.0.1:{server.port} {server.ldapi}")
    binds = ((data.ADMIN, data.PASSWORD), (JEAN, "no"), ("", ""))
    with Client((address, server.port)) as connection:
        got = [connection.bind(*bind) for bind in binds]
    assert tuple(result.code for result in got) == codes
    if codes[0] == 13:
        assert "StartTLS" in got[0].text
    for place in (("127.0.0.1", server.port), server.socket_path):
        with Client(place) as connection:
            expect.ok(connection.bind(*binds[0]))


# ---- TLS ----

STARTTLS = "1.3.6.1.4.1.1466.20037"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority with a pair for a server on this machine."""
    made = certs.Authority(tmp_path_factory.mktemp("pki"))
    made.pair = made.server()
    return made


def tls_lines(authority, lines):
    """Global lines with a certificate."""
    return (f"TLSCertificateFile {authority.pair[0]}\nTLSCertificateKeyFile {authority.pair[1]}\n"
            f"TLSCACertificateFile {authority.cert}\n{lines}")


def into_tls(client):
    """Goes on inside TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client.sock = context.wrap_socket(client.sock)
    return client


@pytest.mark.parametrize("line,outside", [
    ("security tls=1", 13), ("security ssf=128", 13), ("security simple_bind=128", 13),
    ("security update_tls=128", 0), ("security tls=1024", 13)])
def test_tls_gives_strength(authority, line, outside):
    server = start(tls_lines(authority, line))
    try:
        with server.client() as connection:
            assert connection.bind(data.ADMIN, data.PASSWORD).code == outside
            change = [(MOD_REPLACE, "description", ["x"])]
            assert connection.modify(JEAN, change).code in (13, 8)
            expect.ok(connection.extended(STARTTLS))
            into_tls(connection)
            inside = 13 if "1024" in line else 0
            assert connection.bind(data.ADMIN, data.PASSWORD).code == inside
            assert connection.modify(JEAN, change).code == inside
    finally:
        server.remove()


@pytest.mark.parametrize("line,name", [("", b""), ("disallow tls_2_anon", b"dn:" + JEAN.encode())])
def test_identity_in_tls(authority, line, name):
    server = start(tls_lines(authority, line))
    try:
        with server.client(JEAN, "jean-pw") as connection:
            expect.ok(connection.extended(STARTTLS))
            assert (into_tls(connection).extended(WHOAMI).value or b"") == name
    finally:
        server.remove()


@pytest.mark.ours("slapd.conf(5) says so; OpenLDAP 2.5.13 takes the word without effect")
def test_no_tls_once_bound(authority):
    server = start(tls_lines(authority, "disallow tls_authc"))
    try:
        with server.client(JEAN, "jean-pw") as connection:
            result = connection.extended(STARTTLS)
            assert (result.code, result.text) == (1, "cannot start TLS after authentication")
            expect.ok(connection.bind())
            expect.ok(connection.extended(STARTTLS))
    finally:
        server.remove()


@pytest.mark.ours("slapd.conf(5) says so; OpenLDAP 2.5.13 takes the word without effect")
def test_restrict_start_tls(authority):
    server = start(tls_lines(authority, f"restrict extended={STARTTLS}"))
    try:
        with server.client() as connection:
            result = connection.extended(STARTTLS)
            assert (result.code, result.text) == (53, "extended operation restricted")
    finally:
        server.remove()
