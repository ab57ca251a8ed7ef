"""What dpkg configures, what the Administrator's Handbook adds, and ldapvi, on our slapd."""

import os
import pathlib
import pty
import pwd
import shutil
import stat
import subprocess
import time

import pytest

from . import data, expect, harness
from .client import MOD_ADD, MOD_DELETE, MOD_REPLACE, Client

pytestmark = pytest.mark.ours("Debian's slapd on its own configuration is Debian's matter")

INIT = pathlib.Path("/usr/share/slapd/slapd.init.ldif")
EASYRSA = os.environ.get("MUSTER_EASYRSA", "/usr/share/easy-rsa/easyrsa")
DB = "olcDatabase={1}mdb,cn=config"


# ---- dpkg's slapd.d ----

def debian_init(server):
    """Makes slapd.d as the package's configuration does."""
    hashed = harness.run([harness.sbin("slappasswd", "debian"), "-s", data.PASSWORD]).stdout
    text = INIT.read_text().replace("@SUFFIX@", data.SUFFIX)
    text = text.replace("@PASSWORD@", hashed.strip()).replace("/var/lib/ldap", f"{server.top}/db")
    text = text.replace("/var/run/slapd/", f"{server.top}/")
    server.config_dir = server.top / "slapd.d"
    server.config_dir.mkdir()
    done = harness.run([harness.sbin("slapadd", "debian"), "-n", "0", "-F",
                        str(server.config_dir)], text)
    assert done.returncode == 0, done


def config_of(connection):
    """Returns what is configured, without what the server itself keeps."""
    found = expect.ok(connection.search("cn=config", attrs=["*"]))
    return {e.dn: {name: e.text(name) for name in e.names()} for e in found.entries
            if not e.dn.startswith("cn=schema")}


CHANGES = [
    (DB, [(MOD_ADD, "olcDbIndex", ["mail,sn eq,sub"])]),
    (DB, [(MOD_ADD, "olcAccess", ["{0}to attrs=mail by users read by * none"]),
          (MOD_DELETE, "olcAccess", ["{2}"])]),
    (DB, [(MOD_ADD, "olcLimits", ["users size=50", "{0}dn.exact=\"cn=a b,dc=x\" time=5"])]),
    (DB, [(MOD_REPLACE, "olcSizeLimit", ["size.soft=5 size.hard=50"])]),
    ("cn=config", [(MOD_REPLACE, "olcLogLevel", ["stats sync"])]),
    ("cn=config", [(MOD_REPLACE, "olcIdleTimeout", ["600"]),
                   (MOD_ADD, "olcDisallows", ["bind_anon tls_authc"]),
                   (MOD_ADD, "olcReferral", ["ldap://elsewhere.example"])]),
    ("cn={1}cosine,cn=schema,cn=config", [(MOD_ADD, "olcAttributeTypes", [
        "( 1.3.6.1.4.1.99999.1.7 NAME 'falcotNote' SUP name )"])]),
    ("olcDatabase={-1}frontend,cn=config", [(MOD_REPLACE, "olcPasswordHash", ["{SSHA}"])]),
    ("olcDatabase={0}config,cn=config", [(MOD_ADD, "olcRootPW", ["geheim"])]),
]


@pytest.mark.skipif(not INIT.exists(), reason="Debian's slapd is not installed")
def test_debians_slapd_d_there_and_back(make):
    """Loads, is changed online, and Debian's slapd starts on what came out."""
    server = make(start=False)
    debian_init(server)
    server.start()
    with server.local() as root:
        before = config_of(root)
        for dn, changes in CHANGES:
            expect.ok(root.modify(dn, changes))
        expect.ok(root.add("cn=falcot,cn=schema,cn=config", {
            "objectClass": ["olcSchemaConfig"], "cn": ["falcot"], "olcObjectClasses": [
                "( 1.3.6.1.4.1.99999.2.7 NAME 'falcotThing' SUP top AUXILIARY MAY falcotNote )"]}))
        (server.top / "second").mkdir()
        expect.ok(root.add("olcDatabase=mdb,cn=config", {
            "objectClass": ["olcDatabaseConfig", "olcMdbConfig"], "olcDatabase": ["mdb"],
            "olcSuffix": ["dc=second"], "olcDbDirectory": [str(server.top / "second")],
            "olcAccess": ["to * by * read"]}))
        expect.ok(root.modrdn("olcDatabase={2}mdb,cn=config", "olcDatabase={1}mdb"))
        after = config_of(root)
    assert before.keys() < after.keys()
    server.stop()
    for place in ("db", "second"):
        shutil.rmtree(server.top / place)
        (server.top / place).mkdir()
    server.impl = "debian"
    done = harness.run([harness.sbin("slaptest", "debian"), "-u", "-F", str(server.config_dir)])
    assert done.returncode == 0 and "checksum" not in done.stderr, done
    server.start()
    with server.client("cn=admin,cn=config", "geheim") as root:
        theirs = config_of(root)
        assert "1.3.6.1.4.1.99999.2.7" in str(root.search("cn=schema,cn=config").entries)
    assert theirs == after


def test_everything_goes_there_and_back(make):
    """Debian's slapd, changed by its own server, is ours again with the same values."""
    server = make(start=False)
    debian_init(server)
    server.impl = "debian"
    server.start()
    with server.local() as root:
        for dn, changes in CHANGES:
            expect.ok(root.modify(dn, changes))
        theirs = config_of(root)
    server.stop()
    shutil.rmtree(server.top / "db")
    (server.top / "db").mkdir()
    server.impl = "ours"
    server.start()
    with server.local() as root:
        assert config_of(root) == theirs


# ---- the Handbook ----

def easyrsa(top, *argv):
    """Runs easy-rsa on a PKI below top."""
    done = harness.run([EASYRSA, f"--pki-dir={top}/pki", "--batch", *argv],
                       env={"EASYRSA": os.path.dirname(EASYRSA)})
    assert done.returncode == 0, done


def search(url, ca=None, *argv):
    """Runs the stock ldapsearch with nothing but the authority's certificate known."""
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    if ca:
        env["LDAPTLS_CACERT"] = str(ca)
    return subprocess.run(["ldapsearch", "-x", "-LLL", "-H", url, "-b", data.SUFFIX, "-s", "base",
                           *argv, "1.1"], env=env, capture_output=True, encoding="utf-8",
                          timeout=60, check=False)


@pytest.fixture(name="pki", scope="module")
def _pki(tmp_path_factory):
    if not os.path.exists(EASYRSA):
        pytest.skip("easy-rsa is not installed")
    top = tmp_path_factory.mktemp("easyrsa")
    easyrsa(top, "init-pki")
    easyrsa(top, "--req-cn=Falcot CA", "build-ca", "nopass")
    easyrsa(top, "--subject-alt-name=DNS:localhost,DNS:ldap.falcot.com,IP:127.0.0.1",
            "build-server-full", "ldap.falcot.com", "nopass")
    return top / "pki"


def set_pair(cert, key):
    """The Handbook's LDIF."""
    return ("dn: cn=config\nchangetype: modify\nadd: olcTLSCertificateFile\n"
            f"olcTLSCertificateFile: {cert}\n-\nadd: olcTLSCertificateKeyFile\n"
            f"olcTLSCertificateKeyFile: {key}\n-\n")


def listening(pid):
    """Returns the TCP ports that a process listens on."""
    sockets = {os.readlink(path) for path in pathlib.Path(f"/proc/{pid}/fd").iterdir()}
    ports = []
    for name in ("tcp", "tcp6"):
        for row in pathlib.Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            words = row.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
                ports.append(int(words[1].rpartition(":")[2], 16))
    return ports


def test_the_books_encryption(make, pki):
    """dpkg's slapd.d, the pair by ldapmodify, then SLAPD_SERVICES="ldaps:/// ldapi:///"."""
    server = make(start=False)
    debian_init(server)
    server.load(f"dn: {data.SUFFIX}\nobjectClass: organization\nobjectClass: dcObject\n"
                "o: Falcot\ndc: falcot\n")
    server.start()
    clear = server.uri
    assert search(clear).returncode == 0
    said = server.configure(set_pair(pki / "issued/ldap.falcot.com.crt",
                                     pki / "private/ldap.falcot.com.key"))
    assert 'modifying entry "cn=config"' in said
    server.stop()
    tls = f"ldaps://127.0.0.1:{server.port}"
    server.start(f"{tls} {server.ldapi}")
    ca = pki / "ca.crt"
    done = search(tls, ca)
    assert done.returncode == 0 and data.SUFFIX in done.stdout, done
    done = search(tls)
    assert done.returncode == 255 and "Can't contact LDAP server" in done.stderr, done
    assert search(clear, ca).returncode != 0
    assert search(clear, ca, "-ZZ").returncode != 0
    assert server.root("ldapwhoami").stdout.startswith("dn:gidNumber=0+uidNumber=0")
    assert listening(server.pid) == [server.port]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_files_of_root_for_a_server_that_is_not(make, pki):
    """The Handbook's next sentence: the key must be readable by the server's group."""
    user = pwd.getpwnam("nobody")
    server = make(start=False)
    debian_init(server)
    cert, key = server.top / "ldap.crt", server.top / "ldap.key"
    shutil.copy(pki / "issued/ldap.falcot.com.crt", cert)
    shutil.copy(pki / "private/ldap.falcot.com.key", key)
    (server.top / "db").mkdir(exist_ok=True)
    for path in [server.top, *server.top.rglob("*")]:
        if path not in (cert, key):
            os.chown(path, user.pw_uid, user.pw_gid)
    os.chmod(cert, 0o644)
    os.chmod(key, 0o600)
    server.flags = ["-u", "nobody"]
    server.start()
    files = {p: p.read_bytes() for p in server.config_dir.rglob("*.ldif")}
    said = server.configure(set_pair(cert, key), status=80)
    for word in (str(key), "owner root", "mode 0600", "slapd runs as nobody", "setfacl"):
        assert word in said, said
    assert {p: p.read_bytes() for p in server.config_dir.rglob("*.ldif")} == files
    os.chown(key, 0, user.pw_gid)
    os.chmod(key, stat.S_IRUSR | stat.S_IRGRP)
    server.configure(set_pair(cert, key))
    server.stop()
    tls = f"ldaps://127.0.0.1:{server.port}"
    server.start(f"{tls} {server.ldapi}")
    assert search(tls, pki / "ca.crt").returncode == 32
    with Client(server.socket_path) as root:
        expect.ok(root.sasl("EXTERNAL", b""))
        expect.ok(root.modify("cn=config", [(MOD_DELETE, "olcTLSCertificateFile", []),
                                            (MOD_DELETE, "olcTLSCertificateKeyFile", [])]))


# ---- ldapvi ----

def ldapvi(server, script, answers="", *argv):
    """Runs ldapvi on a terminal with a Python program as the editor; returns what it printed."""
    editor = server.top / "editor.py"
    editor.write_text("#!/usr/bin/python3\nimport re, sys\npath = sys.argv[-1]\n"
                      "text = open(path).read()\n" + script + "\nopen(path, 'w').write(text)\n")
    editor.chmod(0o755)
    env = {**os.environ, "EDITOR": str(editor), "VISUAL": str(editor), "TERM": "dumb",
           "HOME": str(server.top), "LDAPNOINIT": "1"}
    control, terminal = pty.openpty()
    child = subprocess.Popen(["ldapvi", "-Y", "EXTERNAL", "-h", server.ldapi, "-b", "cn=config",
                              *argv], stdin=terminal, stdout=terminal, stderr=terminal, env=env,
                             start_new_session=True)
    os.close(terminal)
    os.write(control, answers.encode())
    out = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            piece = os.read(control, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(control)
    assert child.wait(10) == 0, out
    return out.decode(errors="replace")


@pytest.mark.skipif(shutil.which("ldapvi") is None, reason="ldapvi is not installed")
def test_ldapvi_edits_the_configuration(make):
    """Values changed and added, entries added, renamed and deleted, as the Handbook shows."""
    server = make(start=False)
    debian_init(server)
    server.start()
    said = ldapvi(server, "text = re.sub(r'olcLogLevel: none', 'olcLogLevel: stats', text)\n"
                  "text = text.replace('olcDbIndex: cn,uid eq',"
                  " 'olcDbIndex: cn,uid eq\\nolcDbIndex: mail eq,sub')", "", "--noquestions")
    with server.local() as root:
        assert root.read("cn=config", ["olcLogLevel"]).text("olcLogLevel") == ["stats"], said
        assert "mail eq,sub" in root.read(DB, ["olcDbIndex"]).text("olcDbIndex"), said
    ldapvi(server, "text += '''\nadd cn=falcot,cn=schema,cn=config\n"
           "objectClass: olcSchemaConfig\ncn: falcot\n"
           "olcAttributeTypes: ( 1.3.6.1.4.1.99999.1.9 NAME 'ldapviNote' SUP name )\n'''", "",
           "--noquestions")
    with server.local() as root:
        name = root.search("cn=schema,cn=config", 1, "(cn=*falcot)").dns()
        assert name == ["cn={4}falcot,cn=schema,cn=config"]
    ldapvi(server, "text = text.replace('cn={4}falcot,cn=schema', 'cn={4}renamed,cn=schema')\n"
           "text = text.replace('cn: {4}falcot', 'cn: {4}renamed')", "", "--noquestions")
    with server.local() as root:
        assert root.read("cn={4}renamed,cn=schema,cn=config", ["cn"]).text("cn") == ["{4}renamed"]
    said = ldapvi(server, "blocks = text.split('\\n\\n')\n"
                  "text = '\\n\\n'.join(b for b in blocks if '{4}renamed' not in b)", "",
                  "--noquestions")
    with server.local() as root:
        assert root.search("cn=schema,cn=config", 1, "(cn=*renamed)").dns() == [], said
    server.kill()
    server.start()
    with server.local() as root:
        assert root.read("cn=config", ["olcLogLevel"]).text("olcLogLevel") == ["stats"]


@pytest.mark.skipif(shutil.which("ldapvi") is None, reason="ldapvi is not installed")
def test_ldapvi_shows_a_refusal(make):
    """The text reaches whoever edits, and nothing has changed."""
    server = make(start=False)
    debian_init(server)
    server.start()
    said = ldapvi(server, "text = text.replace('olcDbIndex: cn,uid eq', 'olcDbIndex: cn,udi eq')",
                  "yQy", "--noquestions", "--continue")
    assert "udi" in said and "not in the schema" in said, said
    with server.local() as root:
        assert "cn,uid eq" in root.read(DB, ["olcDbIndex"]).text("olcDbIndex")
