"""Everything at once: the threads of the server meet over sessions, TLS, passwords, writes,
figures and configuration. tools/check runs this under ThreadSanitizer too."""

import shutil
import ssl
import threading
import time

import pytest

from . import certs, data, harness
from .client import (DONE, MOD_REPLACE, WHOAMI, Disconnected, extended_request, paged,
                     search_request)
from .test_paged import cookie_of
from .test_tls import RELOAD, STARTTLS

pytestmark = pytest.mark.ours("certificates and configuration change while the server runs")


SECONDS = 5
DB = "olcDatabase={1}mdb,cn=config"

RULES = """access to attrs=userPassword by self =xw by anonymous auth by * none
access to * by group/organizationalRole/roleOccupant="cn=nobody,dc=falcot,dc=com" write
  by set="this/manager & user" write by * break
access to filter=(uid=*) by ssf=1 read by * read
access to * by * read"""


class Server:
    """A server with slapd.d, TLS, rules that look at entries, and cn=Monitor."""

    def __init__(self, make, top):
        authority = certs.Authority(top / "ca")
        self.pairs = [authority.server("one"), authority.server("two")]
        self.files = [top / "server.crt", top / "server.key"]
        self.put(0)
        self.trust = ssl.create_default_context(cafile=str(authority.cert))
        self.slapd = make(start=False, entries=data.entries(), access=RULES, extra=(
            f"TLSCertificateFile {self.files[0]}\nTLSCertificateKeyFile {self.files[1]}\n"
            "threads 4\n")).convert()
        self.slapd.start()
        self.slapd.configure("dn: olcDatabase=monitor,cn=config\nchangetype: add\n"
                             "objectClass: olcMonitorConfig\nolcAccess: to * by * read\n\n")

    def put(self, number):
        """Puts one of two pairs in place, the key first: between the two they do not fit."""
        for part in (1, 0):
            shutil.copy(self.pairs[number][part], self.files[part])


class Load:
    """One thread for each method that begins with `do_`, repeated until told to stop."""

    def __init__(self, server):
        self.server, self.slapd = server, server.slapd
        self.over = threading.Event()
        self.wrong, self.rounds = [], {}
        self.tasks = [name for name in dir(self) if name.startswith("do_")]

    def repeat(self, name):
        """Runs a task again and again and keeps what ends it."""
        self.rounds[name] = 0
        try:
            while not self.over.is_set():
                getattr(self, name)(self.rounds[name])
                self.rounds[name] += 1
        except (AssertionError, Disconnected, OSError) as error:
            self.wrong.append(f"{name}, round {self.rounds[name]}: {error!r}")
            self.over.set()

    def run(self, seconds):
        """Lets all tasks run for so long."""
        threads = [threading.Thread(target=self.repeat, args=(name,)) for name in self.tasks]
        for thread in threads:
            thread.start()
        self.over.wait(seconds)
        self.over.set()
        for thread in threads:
            thread.join()

    def do_search(self, _):
        """A session of searches in one block, answered in any order of work."""
        with self.slapd.client() as anon:
            ids = {anon.send(search_request(data.SUFFIX, filter="(uid=jean)")) for _ in range(20)}
            while ids:
                got, tag, _, _ = anon.recv()
                if tag == DONE:
                    ids.discard(got)

    def do_pages(self, _):
        """Reads everything by pages."""
        with self.slapd.client() as anon:
            cookie = b""
            while True:
                got = anon.search(data.SUFFIX, controls=[paged(3, cookie)])
                assert got.code == 0, got
                cookie = cookie_of(got)[1]
                if not cookie:
                    break

    def do_leave(self, _):
        """Asks and goes away without reading."""
        with self.slapd.client() as anon:
            for _ in range(5):
                anon.send(search_request(data.SUFFIX))

    def do_tls(self, number):
        """StartTLS, with whichever certificate is in place."""
        with self.slapd.client() as client:
            assert client.ask(extended_request(STARTTLS)).code == 0
            client.sock = self.server.trust.wrap_socket(client.sock, server_hostname="127.0.0.1")
            assert client.search(data.SUFFIX, filter="(uid=joe)").code == 0
            if number % 2:
                client.unbind()

    def do_bind(self, number):
        """Right and wrong passwords in turns."""
        with self.slapd.client() as client:
            right = number % 2 == 0
            got = client.bind(self.slapd.databases[0].rootdn, data.PASSWORD if right else "no")
            assert got.code == (0 if right else 49), got

    def do_write(self, number):
        """An entry comes, changes, moves and goes."""
        name, other = f"cn=mixed{number},{data.SUFFIX}", f"cn=moved{number},{data.SUFFIX}"
        with self.slapd.admin() as admin:
            steps = [lambda: admin.add(name, [("objectClass", ["device"])]),
                     lambda: admin.modify(name, [(MOD_REPLACE, "description", [f"round {number}"])]),
                     lambda: admin.modrdn(name, f"cn=moved{number}"), lambda: admin.delete(other)]
            for step in steps:
                got = step()
                while got.code == 51:  # the configuration is just being changed
                    got = step()
                assert got.code == 0, got

    def do_figures(self, _):
        """Reads cn=Monitor and the configuration."""
        with self.slapd.local() as root:
            assert len(root.search("cn=Monitor", attrs=["+"]).entries) > 10
            assert root.search("cn=config").code == 0

    def do_configure(self, number):
        """Rules, limits and log levels change."""
        level = "stats" if number % 2 else "none"
        self.slapd.configure(
            f"dn: cn=config\nchangetype: modify\nreplace: olcLogLevel\nolcLogLevel: {level}\n-\n"
            f"replace: olcSizeLimit\nolcSizeLimit: {400 + number % 7}\n\n"
            f"dn: {DB}\nchangetype: modify\nadd: olcAccess\nolcAccess: {{0}}to attrs=mail by * read"
            f"\n\ndn: {DB}\nchangetype: modify\ndelete: olcAccess\nolcAccess: {{0}}\n\n")

    def do_certificate(self, number):
        """Another certificate is put in place and taken."""
        self.server.put(number % 2)
        with self.slapd.local() as root:
            assert root.ask(extended_request(RELOAD)).code == 0
        time.sleep(0.05)


def test_everything_at_once(make, scratch):
    """No wrong answer, every task got on, and the server ends as it should."""
    load = Load(Server(make, scratch))
    load.run(SECONDS * (2 if harness.sanitized() else 1))
    assert not load.wrong
    assert all(load.rounds.values()), load.rounds
    with load.slapd.admin() as admin:
        assert not admin.search(data.SUFFIX, filter="(|(cn=mixed*)(cn=moved*))").entries
        assert admin.ask(extended_request(WHOAMI)).code == 0
    load.slapd.stop()
    done = load.slapd.tool("slapindex", "--check")
    assert done.returncode == 0, done
