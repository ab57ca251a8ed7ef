"""The process: signals, pid and args files, command line, tool modes, listeners."""

import os
import pathlib
import signal
import socket
import time

import pytest

from . import data, expect, harness
from .client import BASE, SUB, Client, Disconnected, modify_request, search_request


def listens(port):
    """Tells whether somebody listens on a loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


def gone(path, seconds=5):
    """Waits until a file is gone."""
    deadline = time.monotonic() + seconds
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not path.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_with_status_zero(make, number):
    server = make()
    with server.admin() as admin:
        expect.ok(admin.modify(data.SUFFIX, [(2, "description", ["last"])]))
        server.stop(number, 0)
        with pytest.raises((Disconnected, OSError)):
            admin.search("", 0)
    assert not (server.top / "slapd.pid").exists()
    assert not (server.top / "slapd.args").exists()
    server.start()
    with server.client() as anon:
        assert anon.read(data.SUFFIX).text("description") == ["last"]
    server.stop()


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGPIPE])
def test_signal_that_does_no_harm(make, number):
    server = make()
    server.process.send_signal(number)
    with server.client() as anon:
        expect.ok(anon.search(data.SUFFIX))
    server.stop()


def test_running_operations_finish(make):
    """Writes sent before the signal are answered or not done, never half."""
    server = make()
    with server.admin() as admin:
        sent = {admin.send(modify_request(data.SUFFIX, [(0, "description", [f"d{n}"])])): f"d{n}"
                for n in range(40)}
        server.process.send_signal(signal.SIGTERM)
        acknowledged = set()
        try:
            while True:
                msgid, _, parts, _ = admin.recv()
                if msgid in sent and parts[0][1] == b"\0":
                    acknowledged.add(sent[msgid])
        except (Disconnected, OSError):
            pass
    server.reap(0)
    server.start()
    with server.client() as anon:
        values = anon.read(data.SUFFIX).text("description")
        assert acknowledged <= set(values) <= set(sent.values())
    server.stop()


@pytest.mark.ours("OpenLDAP waits for who never reads")
def test_a_client_that_does_not_read_does_not_hold_up_the_end(make):
    server = make(extra="sizelimit unlimited\nwritetimeout 0")
    with server.admin() as admin, server.client() as deaf:
        expect.ok(admin.add(f"cn=big,{data.SUFFIX}", {"objectClass": "person", "sn": "x",
                                                      "description": ["y" * 100000]}))
        for _ in range(200):
            deaf.send(search_request(data.SUFFIX, SUB))
        expect.ok(admin.search(data.SUFFIX, BASE))
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 15


def test_pid_and_args_files(make):
    server = make()
    assert (server.top / "slapd.pid").read_text() == f"{server.pid}\n"
    assert (server.top / "slapd.args").read_text().split() == " ".join(server.argv()).split()
    server.stop()


def test_forks_without_d(make):
    server = make(start=False, entries=data.entries())
    server.port = harness.free_port()
    argv = [harness.sbin("slapd"), "-h", f"{server.uri} {server.ldapi}", "-f", str(server.conf)]
    done = harness.run(argv, timeout=20)
    assert done.returncode == 0, done
    pidfile = server.top / "slapd.pid"
    deadline = time.monotonic() + 5
    while not (pidfile.exists() and listens(server.port)) and time.monotonic() < deadline:
        time.sleep(0.02)
    pid = int(pidfile.read_text())
    try:
        with server.client() as anon:
            expect.ok(anon.search(data.SUFFIX))
    finally:
        os.kill(pid, signal.SIGTERM)
    assert gone(pidfile) and gone(pathlib.Path(server.socket_path))


def test_second_server_on_the_same_port(make):
    server = make()
    done = harness.run(server.argv(), timeout=20)
    assert done.returncode == 1
    with server.client() as anon:
        expect.ok(anon.search(data.SUFFIX))
    server.stop()


BAD_ARGUMENTS = [
    ("unknown option", ["-Z"]), ("extra word", ["extra"]), ("tool z", ["-Tz"]),
    ("bad URL scheme", ["-h", "foo://x"]), ("bad port", ["-h", "ldap://127.0.0.1:1x"]),
    ("bad address", ["-h", "ldap://300.1.1.1"]), ("unknown user", ["-u", "nosuchuser"]),
    ("unknown group", ["-g", "nosuchgroup"]), ("bad level", ["-d", "foo"]),
    ("unknown -o", ["-o", "foo=bar"]), ("no root directory", ["-r", "/nonexistent"]),
    ("missing argument", ["-f"]),
]


@pytest.mark.parametrize("name,arguments", BAD_ARGUMENTS, ids=expect.case_ids(BAD_ARGUMENTS))
def test_bad_argument(make, name, arguments):
    server = make(start=False)
    fixed = ["-f", str(server.conf), "-d", "0"]
    if name in ("bad level", "missing argument"):
        fixed = []
    done = harness.run([harness.sbin("slapd"), *fixed, *arguments], timeout=20)
    assert done.returncode == 1, done
    if harness.IMPL == "ours":
        assert done.stderr.strip(), "say what is wrong"


@pytest.mark.parametrize("option", ["-f", "-F"])
def test_missing_configuration(option):
    done = harness.run([harness.sbin("slapd"), "-d", "0", option, "/nonexistent"], timeout=20)
    assert done.returncode == 1


@pytest.mark.parametrize("arguments", [["-VV"], ["-V", "-V"], ["-4", "-VV"]])
def test_version(arguments):
    done = harness.run([harness.sbin("slapd"), *arguments], timeout=20)
    assert done.returncode == 0 and "slapd" in done.stderr + done.stdout


MODES = [
    ("test", "-Ttest", []), ("t", "-Tt", []), ("apart", "-T t", []),
    ("cat", "-Tcat", ["-a", "(cn=admin)"]), ("c", "-Tc", []), ("index", "-Tindex", []),
    ("i", "-Ti", []), ("dn", "-Tdn", ["cn=x,dc=y"]), ("d", "-Td", ["cn=x,dc=y"]),
    ("schema", "-Tschema", []),
]


@pytest.mark.parametrize("name,option,arguments", MODES, ids=expect.case_ids(MODES))
def test_tool_mode(make, name, option, arguments):
    server = make(start=False, entries=data.entries())
    done = harness.run([harness.sbin("slapd"), *option.split(), "-f", str(server.conf),
                        *arguments], timeout=30)
    assert done.returncode == 0, done
    if name in ("cat", "c"):
        assert f"dn: {data.ADMIN}\n" in done.stdout


def test_tool_mode_add_modify_and_passwd(make):
    server = make(start=False)
    slapd = harness.sbin("slapd")
    from . import ldif
    done = harness.run([slapd, "-Ta", "-f", str(server.conf)], ldif.dump(data.base_entries()))
    assert done.returncode == 0, done
    change = f"dn: {data.SUFFIX}\nchangetype: modify\nreplace: o\no: New\n-\n"
    done = harness.run([slapd, "-Tm", "-f", str(server.conf)], change)
    assert done.returncode == 0, done
    assert "o: New\n" in server.tool("slapcat").stdout
    done = harness.run([slapd, "-Tp", "-h", "{SSHA}", "-s", "x"])
    assert done.returncode == 0 and done.stdout.startswith("{SSHA}")


def test_loglevel_list():
    for option in ("-d", "-s"):
        done = harness.run([harness.sbin("slapd"), option, "?"], timeout=20)
        assert done.returncode == 0 and "tats" in done.stdout


def test_ipv6(make):
    server = make(start=False, entries=data.entries())
    server.port = harness.free_port()
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 loopback here")
    server.start(f"{server.uri} ldap://[::1]:{server.port}")
    with Client(("::1", server.port)) as connection:
        expect.ok(connection.search(data.SUFFIX))
    assert server.ldap("ldapwhoami", uri=f"ldap://[::1]:{server.port}").stdout == "anonymous\n"
    server.stop()


def test_several_listeners(make):
    server = make(start=False, entries=data.entries())
    server.port = harness.free_port()
    other = harness.free_port()
    server.start(f"{server.uri} ldap://127.0.0.1:{other}/ {server.ldapi}")
    for address in (("127.0.0.1", server.port), ("127.0.0.1", other), server.socket_path):
        with Client(address) as connection:
            expect.ok(connection.search(data.SUFFIX))
    server.stop()


def test_ldapi_alone(make):
    server = make(start=False, entries=data.entries())
    server.port = harness.free_port()
    server.start()
    mode = os.stat(server.socket_path).st_mode & 0o777
    assert mode & 0o666 == 0o666, "everybody may connect to ldapi"
    done = server.ldap("ldapsearch", "-LLL", "-b", data.SUFFIX, "-s", "base", "o",
                       uri=server.ldapi)
    assert "o: Falcot Corp" in done.stdout
    server.stop()


def test_stale_socket_and_pid_file(make):
    """What a crash left behind does not prevent the next start."""
    server = make()
    server.kill()
    assert os.path.exists(server.socket_path)
    server.start()
    with Client(server.socket_path) as connection:
        expect.ok(connection.search(data.SUFFIX))
    server.stop()


def test_user_and_group(make):
    """-u and -g give up root; the data must then belong to that user."""
    if os.getuid() != 0:
        pytest.skip("needs root")
    server = make(start=False, entries=data.entries())
    os.chmod(server.top, 0o777)
    harness.run(["chown", "-R", "nobody:nogroup", str(server.top)])
    server.flags = ["-u", "nobody", "-g", "nogroup"]
    server.start()
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    assert "Uid:\t65534\t65534\t65534\t65534" in status
    assert "Gid:\t65534\t65534\t65534\t65534" in status
    with server.admin() as admin:
        expect.ok(admin.modify(data.SUFFIX, [(2, "o", ["x"])]))
    server.stop()


def test_descriptors_come_back(make):
    """Connections that end give their descriptors back."""
    server = make()
    count = len(os.listdir(f"/proc/{server.pid}/fd"))
    for _ in range(200):
        with server.client() as connection:
            connection.send(search_request("", 0))
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with server.client() as connection:
            expect.ok(connection.search("", 0))
        if len(os.listdir(f"/proc/{server.pid}/fd")) <= count + 6:
            break
        time.sleep(0.1)
    assert len(os.listdir(f"/proc/{server.pid}/fd")) <= count + 6
    server.stop()


def reaches(address, port):
    """Tells whether somebody listens on an address."""
    try:
        socket.create_connection((address, port), timeout=5).close()
        return True
    except OSError:
        return False


@pytest.mark.parametrize("flag,served,silent", [("-4", "127.0.0.1", "::1"), ("-6", "::1", "127.0.0.1")])
def test_one_address_family_only(flag, served, silent):
    """A listener without an address serves the family that -4 or -6 names."""
    server = harness.Slapd(flags=[flag])
    try:
        server.port = harness.free_port()
        server.start(f"ldap://:{server.port} {server.ldapi}")
        assert reaches(served, server.port)
        assert not reaches(silent, server.port)
        server.stop()
    finally:
        server.remove()


def test_log_tells_no_password():
    """Neither a bind nor a filter on userPassword writes the value into the log."""
    server = harness.Slapd(entries=data.entries(),
                           flags=["-d", "stats"])
    try:
        server.start()
        with server.client() as anon:
            anon.search(data.SUFFIX, SUB, "(&(uid=jean)(|(userPassword=s3cr3t-value)(cn=x)))")
            anon.bind(f"uid=jean,ou=People,{data.SUFFIX}", "s3cr3t-value")
        server.stop()
        log = server.log()
        assert "SRCH" in log and "(uid=jean)" in log
        assert "s3cr3t-value" not in log
    finally:
        server.remove()
