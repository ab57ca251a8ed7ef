"""The three servers of the benchmark: Debian's slapd, ours, and one that answers with canned bytes.

Each has its own folder, socket and ports; configurations differ only where they must (modules,
the size of the map, which ours does not need).
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

SUFFIX = "dc=falcot,dc=com"
ADMIN = f"cn=admin,{SUFFIX}"
PASSWORD = "a measured secret"
SCHEMAS = ["core", "cosine", "inetorgperson", "nis"]
INDEXES = ["objectClass eq", "uid eq,sub", "cn eq,sub", "sn eq", "mail eq,sub", "member eq",
           "departmentNumber,employeeType eq", "uidNumber,gidNumber eq"]
START_SECONDS = 120
STOP_SECONDS = 120
MAP_BYTES = 85899345920

# What the Debian package configures.
ACCESS_DEBIAN = """\
access to attrs=userPassword by self write by anonymous auth by * none
access to attrs=shadowLastChange by self write by * read
access to * by * read
"""

# Twenty rules as a grown directory has them; everybody still reads what the workloads ask for.
ACCESS_TWENTY = f"""\
access to dn.base="" by * read
access to dn.base="cn=Subschema" by * read
access to attrs=userPassword by self write by dn.exact="uid=u1,ou=People,{SUFFIX}" write by anonymous auth by * none
access to attrs=shadowLastChange by self write by users read by * none
access to dn.subtree="ou=Secrets,{SUFFIX}" by group.exact="cn=keepers,ou=Groups,{SUFFIX}" write by * none
access to dn.children="ou=Hosts,{SUFFIX}" by peername.ip=10.0.0.0%255.0.0.0 read by users read by * none
access to attrs=homePhone,homePostalAddress,jpegPhoto by self write by dn.children="ou=HR,{SUFFIX}" read by * none
access to attrs=carLicense,employeeNumber by self read by group.exact="cn=hr,ou=Groups,{SUFFIX}" write by * none
access to dn.subtree="ou=Aliases,{SUFFIX}" by dn.exact="cn=postmaster,{SUFFIX}" write by * read
access to dn.subtree="ou=Groups,{SUFFIX}" attrs=member by dnattr=owner write by * read
access to dn.subtree="ou=Groups,{SUFFIX}" by group.exact="cn=admins,ou=Groups,{SUFFIX}" write by * read
access to filter=(objectClass=organizationalRole) by users read by * none
access to filter=(employeeType=retired) by group.exact="cn=hr,ou=Groups,{SUFFIX}" write by users read by * none
access to dn.regex="^uid=([^,]+),ou=Private,{SUFFIX}$" by dn.exact,expand="uid=$1,ou=People,{SUFFIX}" write by * none
access to attrs=telephoneNumber,mobile,title by self write by * read
access to attrs=mail,labeledURI by dn.exact="cn=postmaster,{SUFFIX}" write by * read
access to attrs=loginShell,gecos by self write by * read
access to attrs=uidNumber,gidNumber,homeDirectory by group.exact="cn=admins,ou=Groups,{SUFFIX}" write by * read
access to dn.subtree="ou=People,{SUFFIX}" by group.exact="cn=admins,ou=Groups,{SUFFIX}" write by * read
access to * by * read
"""
ACCESS = {"debian": ACCESS_DEBIAN, "twenty": ACCESS_TWENTY}


def tlv(tag, content):
    """Encodes one BER element."""
    n = len(content)
    size = bytes([n]) if n < 128 else bytes([0x84]) + n.to_bytes(4, "big")
    return bytes([tag]) + size + content


def search_request(base, filter_bytes, scope):
    """Encodes a search for everything, message ID 1."""
    body = (tlv(4, base.encode()) + tlv(10, bytes([scope])) + tlv(10, b"\0") + tlv(2, b"\0") * 2
            + tlv(1, b"\0") + filter_bytes + tlv(0x30, b""))
    return tlv(0x30, tlv(2, b"\1") + tlv(0x63, body))


def equality_request(name, value):
    """Encodes a subtree search for one value."""
    assertion = tlv(0xa3, tlv(4, name.encode()) + tlv(4, value.encode()))
    return search_request(SUFFIX, assertion, 2)


ROOT_DSE = search_request("", tlv(0x87, b"objectClass"), 0)


def free_port():
    """Returns a loopback port that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class ServerError(Exception):
    """A server or a tool did not do what it must."""


class Programs:
    """Where the programs are, and on which processors they run."""

    def __init__(self, build, server_cpus, client_cpus):
        self.build = pathlib.Path(build).resolve()
        self.root = pathlib.Path(__file__).resolve().parents[2]
        self.server_cpus = server_cpus
        self.client_cpus = client_cpus

    def sbin(self, kind, tool):
        """Returns the path of slapd or slapadd."""
        return str(self.build / "sbin" / tool) if kind == "ours" else f"/usr/sbin/{tool}"

    def schema(self, kind):
        """Returns the folder of schema files."""
        return str(self.root / "schema") if kind == "ours" else "/etc/ldap/schema"

    def pinned(self, cpus, argv):
        """Returns the command line that keeps the program on these processors."""
        return ["taskset", "-c", cpus, *map(str, argv)] if cpus else [str(a) for a in argv]

    def missing(self):
        """Lists the programs that are not there."""
        needed = [self.sbin(kind, tool) for kind in ("ours", "debian") for tool in ("slapd", "slapadd")]
        needed += [str(self.build / "bench" / name) for name in ("load", "null")]
        return [path for path in needed if not os.path.exists(path)]


class Server:
    """One slapd with its database; kind is "debian" or "ours"."""

    def __init__(self, programs, kind, top, data, **options):
        """top: folder of configuration and sockets; data: of the database. options: access, tls
        (certificate, key), lines (more global lines), cpus."""
        self.programs, self.kind, self.top, self.data = programs, kind, top, data
        self.access = options.get("access", "debian")
        self.tls = options.get("tls")
        self.lines = options.get("lines", [])
        self.cpus = options.get("cpus", programs.server_cpus)
        self.process = None
        self.ports = {}
        top.mkdir(parents=True, exist_ok=True)
        data.mkdir(parents=True, exist_ok=True)
        self.conf = top / "slapd.conf"
        self.conf.write_text(self._text())
        self.conf.chmod(0o600)

    def _text(self):
        schema = self.programs.schema(self.kind)
        rows = [f"include {schema}/{name}.schema" for name in SCHEMAS]
        rows += ["loglevel none", "sizelimit unlimited", "timelimit unlimited", *self.lines]
        if self.kind == "debian":
            rows += ["modulepath /usr/lib/ldap", "moduleload back_mdb", "moduleload argon2"]
        if self.tls:
            rows += [f"TLSCertificateFile {self.tls[0]}", f"TLSCertificateKeyFile {self.tls[1]}"]
        rows += ["database mdb", f'suffix "{SUFFIX}"', f'rootdn "{ADMIN}"',
                 f'rootpw "{PASSWORD}"', f"directory {self.data}"]
        if self.kind == "debian":
            rows.append(f"maxsize {MAP_BYTES}")
        rows += [f"index {line}" for line in INDEXES]
        return "\n".join(rows) + "\n" + ACCESS[self.access]

    def load(self, ldif, quick=True):
        """Fills the database. Returns seconds, CPU seconds, peak bytes and bytes on disk.

        The kernel counts the driver's own size at the start as the child's, so a peak below some
        20 MiB cannot be seen.
        """
        argv = [self.programs.sbin(self.kind, "slapadd"), *(["-q"] if quick else []), "-f",
                self.conf, "-l", ldif]
        begin = time.monotonic()
        with open(self.top / "slapadd.log", "wb") as log:
            child = subprocess.Popen(self.programs.pinned("", argv), stdout=log, stderr=log)
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - begin
        if child.returncode != 0:
            tail = (self.top / "slapadd.log").read_text(errors="replace")[-500:]
            raise ServerError(f"{self.kind}: slapadd ended with status {child.returncode}: {tail}")
        size = sum(f.stat().st_blocks * 512 for f in self.data.iterdir())
        return {"seconds": wall, "cpu": usage.ru_utime + usage.ru_stime,
                "peak": usage.ru_maxrss * 1024, "disk": size}

    def url(self, transport="ldap"):
        """Returns the URL of a transport: ldap, ldapi or tls."""
        if transport == "ldapi":
            return "ldapi://" + str(self.top / "ldapi").replace("/", "%2F")
        scheme = "ldaps" if transport == "tls" else "ldap"
        return f"{scheme}://127.0.0.1:{self.ports[transport]}"

    def start(self):
        """Starts the server and waits for its first answer. Returns the seconds that took."""
        self.ports = {"ldap": free_port(), "tls": free_port()}
        urls = [self.url("ldap"), self.url("ldapi")] + ([self.url("tls")] if self.tls else [])
        argv = [self.programs.sbin(self.kind, "slapd"), "-d", "0", "-h", " ".join(urls), "-f",
                self.conf]
        return self._launch(argv, ROOT_DSE)

    def start_cold(self, request):
        """Starts after the kernel has forgotten the database. Returns seconds to the answer."""
        for path in self.data.iterdir():
            with open(path, "rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        self.ports = {"ldap": free_port(), "tls": free_port()}
        argv = [self.programs.sbin(self.kind, "slapd"), "-d", "0", "-h", self.url("ldapi"), "-f",
                self.conf]
        return self._launch(argv, request)

    def _launch(self, argv, request):
        begin = time.monotonic()
        with open(self.top / "slapd.log", "wb") as log:
            self.process = subprocess.Popen(self.programs.pinned(self.cpus, argv),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while time.monotonic() - begin < START_SECONDS:
            if self.process.poll() is not None:
                tail = (self.top / "slapd.log").read_text(errors="replace")[-500:]
                raise ServerError(f"{self.kind}: slapd ended at start: {tail}")
            if self._answers(request):
                return time.monotonic() - begin
            time.sleep(0.001)
        self.stop()
        raise ServerError(f"{self.kind}: no answer within {START_SECONDS} s")

    def _answers(self, request):
        """Whether a search over ldapi returns an entry."""
        with socket.socket(socket.AF_UNIX) as sock:
            try:
                sock.settimeout(START_SECONDS)
                sock.connect(str(self.top / "ldapi"))
                sock.sendall(request)
                return b"\x64" in sock.recv(65536)[:10]
            except OSError:
                return False

    @property
    def pid(self):
        """The process ID while the server runs."""
        return self.process.pid

    def stop(self):
        """Ends the server; one that does not end in time is killed, which is an error."""
        if self.process is None or self.process.poll() is not None:
            self.process = None
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as late:
            self.process.kill()
            self.process.wait()
            raise ServerError(f"{self.kind}: did not end within {STOP_SECONDS} s") from late
        finally:
            self.process = None

    def remove(self):
        """Stops the server and removes its database."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)


class Null:
    """The server that answers with canned bytes."""

    kind = "null"

    def __init__(self, programs, top):
        self.programs, self.top = programs, top
        self.process = None
        self.port = None
        top.mkdir(parents=True, exist_ok=True)

    def start(self, entries, transport="ldap"):
        """Starts it with so many entries as the answer to each search."""
        self.port = free_port()
        self.process = subprocess.Popen(self.programs.pinned(self.programs.server_cpus, [
            self.programs.build / "bench/null", "-l", self.url(transport), "-e", entries]))
        for _ in range(1000):
            with socket.socket(socket.AF_UNIX if transport == "ldapi" else socket.AF_INET) as sock:
                where = str(self.top / "ldapi") if transport == "ldapi" else ("127.0.0.1", self.port)
                if sock.connect_ex(where) == 0:
                    return
            time.sleep(0.01)
        raise ServerError("null: does not listen")

    def url(self, transport="ldap"):
        """Returns the URL of a transport."""
        if transport == "ldapi":
            return "ldapi://" + str(self.top / "ldapi").replace("/", "%2F")
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def pid(self):
        """The process ID while it runs."""
        return self.process.pid

    def stop(self):
        """Ends it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None
            (self.top / "ldapi").unlink(missing_ok=True)
