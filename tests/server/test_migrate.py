"""ldapmigrate end to end: a machine's maps into a server, and back out of it.

MUSTER_SLAPD=debian tests the tool against the reference server; LDAPMIGRATE names another build of
the tool.
"""

import os
import pathlib
import stat
import subprocess
import time

import pytest

from . import data, harness
from .client import MOD_ADD, MOD_DELETE, MOD_REPLACE

TOOL = pathlib.Path(os.environ.get("LDAPMIGRATE", harness.REPO / "build/bin/ldapmigrate"))
ONLINE = harness.REPO / "migrate/migrate_all_online.sh"
OFFLINE = harness.REPO / "migrate/migrate_all_offline.sh"
SCHEMAS = ["core", "cosine", "inetorgperson", "nis", "misc"]
BASE = data.SUFFIX
# crypt(3) of "secret" with the traditional DES method
SECRET_HASH = "abNANd1rDfiNc"


@pytest.fixture(autouse=True)
def elsewhere(scratch, monkeypatch):
    """Runs every test in an empty folder: receipts without a name land in the present one."""
    (scratch / "here").mkdir()
    monkeypatch.chdir(scratch / "here")


@pytest.fixture
def target(make):
    """An empty server with the schemas that the maps need."""
    return make(entries=None, schemas=SCHEMAS)


@pytest.fixture
def machine(scratch):
    """A function that writes a machine's files. Gives its root folder."""
    (scratch / "etc").mkdir()

    def write(**maps):
        for name, content in maps.items():
            raw = content if isinstance(content, bytes) else content.encode()
            (scratch / "etc" / name).write_bytes(raw)
        return scratch

    return write


@pytest.fixture
def migrate(target, scratch):
    """A function that runs ldapmigrate against the server as its manager."""
    secret = scratch / "secret"
    secret.write_text(data.PASSWORD)
    secret.chmod(0o600)

    def call(*argv, root=None):
        bind = ["-H", target.uri, "-D", data.ADMIN, "-y", secret]
        place = ["--root", root] if root else []
        base = [] if "--undo" in argv else ["-b", BASE]
        return harness.run([str(part) for part in [TOOL, *base, *bind, *place, *argv]])

    return call


def offline(*argv):
    """Runs ldapmigrate without a server."""
    return harness.run([str(part) for part in [TOOL, "-b", BASE, *argv]])


def dump(server):
    """Returns the entries as the manager sees them: a dict from DN to attributes."""
    with server.admin() as client:
        found = client.search(BASE, 2)
    return {entry.dn: entry.attrs for entry in found.entries}


def texts(server, dn, name):
    """Returns the values of one attribute as sorted texts."""
    done = server.ldap("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn, name,
                       admin=True)
    rows = [row for row in done.stdout.splitlines() if row.startswith(f"{name}:")]
    return sorted(row.split(" ", 1)[1] for row in rows)


PASSWD = "rhertzog:x:1001:1001:Raphael Hertzog:/home/rhertzog:/bin/bash\n"
SHADOW = f"rhertzog:{SECRET_HASH}:19000:0:99999:7:::\n"
GROUP = "staff:x:1001:rhertzog\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="shadow is readable by root only")
def test_this_machine_answers_as_getent(migrate, target, scratch):
    receipt = scratch / "receipt"
    done = migrate("--apply", "--system", "--receipt", receipt)
    assert done.returncode == 0, done
    assert "(0 added" not in done.stdout and "0 failed" in done.stdout
    again = migrate("--apply", "--system", "--receipt", scratch / "second")
    assert again.returncode == 0 and "apply: 0 changes" in again.stdout
    assert not (scratch / "second").exists()
    verified = migrate("--verify", "--getent", "--system")
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.count(" 0 differences") == 2
    for name in ["root", "daemon"]:
        found = target.ldap("ldapsearch", "-LLL", "-b", BASE, f"(uid={name})", "uidNumber")
        number = subprocess.run(["id", "-u", name], capture_output=True, text=True, check=True)
        assert f"uidNumber: {number.stdout}" in found.stdout


def test_verify_names_the_differing_field(migrate, target, machine):
    root = machine(passwd=PASSWD, shadow=SHADOW, group=GROUP)
    assert migrate("--apply", "-q", root=root).returncode == 0
    with target.admin() as client:
        assert client.modify(f"uid=rhertzog,ou=People,{BASE}", [
            (MOD_REPLACE, "loginShell", ["/bin/false"])]).code == 0
        assert client.modify(f"cn=staff,ou=Group,{BASE}", [
            (MOD_ADD, "memberUid", ["intruder"])]).code == 0
        assert client.modify(f"uid=rhertzog,ou=People,{BASE}", [
            (MOD_DELETE, "gecos", [])]).code == 0
    done = migrate("--verify", root=root)
    assert done.returncode == 1
    assert "loginShell: directory has /bin/false" in done.stdout
    assert "memberUid: only in the directory: intruder" in done.stdout
    assert "gecos: missing in the directory: Raphael Hertzog" in done.stdout
    assert "3 differences" in done.stdout
    assert f"{root}/etc/passwd:1:" in done.stdout


def test_verify_sees_a_missing_entry(migrate, machine):
    root = machine(passwd=PASSWD)
    assert migrate("--apply", "-q", root=root).returncode == 0
    root = machine(passwd=PASSWD + "new:x:1005:1:New One:/home/new:/bin/sh\n")
    done = migrate("--verify", "-q", root=root)
    assert done.returncode == 1 and "uid=new" in done.stdout and "missing" in done.stdout


def test_plan_shows_and_changes_nothing(migrate, target, machine):
    root = machine(passwd=PASSWD, shadow=SHADOW, group=GROUP)
    done = migrate("--plan", root=root)
    assert done.returncode == 0
    assert f"add dn: uid=rhertzog,ou=People,{BASE}" in done.stdout
    assert "+ loginShell: /bin/bash" in done.stdout
    assert SECRET_HASH not in done.stdout + done.stderr
    assert target.ldap("ldapsearch", "-b", BASE).returncode == 32


def test_apply_merges_and_keeps_what_differs(migrate, target, machine, scratch):
    root = machine(passwd=PASSWD, shadow=SHADOW, group=GROUP)
    assert migrate("--apply", "-q", root=root).returncode == 0
    person = f"uid=rhertzog,ou=People,{BASE}"
    with target.admin() as client:
        assert client.modify(person, [(MOD_ADD, "description", ["by hand"])]).code == 0
    machine(passwd=PASSWD.replace("/bin/bash", "/bin/zsh"), group="staff:x:1001:rhertzog,other\n",
            shadow=SHADOW.replace(SECRET_HASH, "!"))
    plan = migrate("--plan", root=root)
    assert "+ memberUid: other" in plan.stdout and "! loginShell: /bin/zsh" in plan.stdout
    done = migrate("--apply", "--receipt", scratch / "r1", root=root)
    assert "1 changes (0 added, 1 changed)" in done.stdout, done
    assert texts(target, person, "loginShell") == ["/bin/bash"]
    assert len(texts(target, person, "userPassword")) == 1, "a second password was added"
    done = migrate("--apply", "--update", "--receipt", scratch / "r2", root=root)
    assert "1 changes (0 added, 1 changed)" in done.stdout, done
    assert texts(target, person, "loginShell") == ["/bin/zsh"]
    assert texts(target, person, "description") == ["by hand"]
    assert "apply: 0 changes" in migrate("--apply", "--update", root=root).stdout
    assert migrate("--undo", scratch / "r2").returncode == 0
    assert texts(target, person, "loginShell") == ["/bin/bash"]
    assert target.ldap("ldapwhoami", "-D", person, "-w", "secret").returncode == 0


def test_account_of_an_existing_person_gains_only_the_posix_side(migrate, target, machine):
    root = machine(passwd="rhertzog:x:1001:1001::/home/r:/bin/sh\n")
    assert migrate("--apply", "-q", "hosts", root=machine(hosts="")).returncode == 0
    with target.admin() as client:
        assert client.add(f"ou=People,{BASE}", {"objectClass": ["organizationalUnit"],
                                                "ou": ["People"]}).code == 0
        assert client.add(f"uid=rhertzog,ou=People,{BASE}", {
            "objectClass": ["inetOrgPerson"], "cn": ["R H"], "sn": ["H"],
            "uid": ["rhertzog"]}).code == 0
    done = migrate("--apply", "-q", "passwd", root=root)
    assert done.returncode == 0, done
    classes = texts(target, f"uid=rhertzog,ou=People,{BASE}", "objectClass")
    assert classes == ["inetOrgPerson", "posixAccount"]
    assert "apply: 0 changes" in migrate("--apply", "-q", "passwd", root=root).stdout


def test_entry_of_another_kind_is_a_conflict(migrate, target, machine):
    root = machine(services="http 80/tcp\n")
    assert migrate("--apply", "-q", "hosts", root=machine(hosts="")).returncode == 0
    with target.admin() as client:
        assert client.add(f"ou=Services,{BASE}", {"objectClass": ["organizationalUnit"],
                                                  "ou": ["Services"]}).code == 0
        assert client.add(f"cn=http,ou=Services,{BASE}", {
            "objectClass": ["device"], "cn": ["http"]}).code == 0
    done = migrate("--apply", "services", root=root)
    assert done.returncode == 1 and "1 conflicts" in done.stdout
    assert "conflict dn: cn=http" in done.stdout
    assert texts(target, f"cn=http,ou=Services,{BASE}", "objectClass") == ["device"]


def test_netgroups_merge_and_undo_as_a_whole(migrate, target, machine, scratch):
    assert migrate("--apply", "-q", root=machine(netgroup="g (a.x,,) (b,,)\n")).returncode == 0
    root = machine(netgroup="g (a.x,,) (c,,)\n")
    receipt = scratch / "r"
    done = migrate("--apply", "-q", "--receipt", receipt, root=root)
    assert "1 changes" in done.stdout, done
    name = f"cn=g,ou=Netgroup,{BASE}"
    assert texts(target, name, "nisNetgroupTriple") == ["(a.x,,)", "(b,,)", "(c,,)"]
    assert "only in the directory: (b,,)" in migrate("--verify", root=root).stdout
    assert "apply: 0 changes" in migrate("--apply", "-q", root=root).stdout
    assert migrate("--undo", receipt).returncode == 0
    assert texts(target, name, "nisNetgroupTriple") == ["(a.x,,)", "(b,,)"]


def test_receipt_of_a_killed_apply_is_complete(migrate, target, machine, scratch):
    rows = "".join(f"user{i}:*:{2000 + i}:1::/h:/s\n" for i in range(3000))
    root = machine(passwd=rows)
    receipt = scratch / "r"
    argv = [TOOL, "-b", BASE, "-H", target.uri, "-D", data.ADMIN, "-w", data.PASSWORD, "--root", root,
            "--apply", "-q", "--receipt", receipt, "passwd"]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not (receipt.exists()
                                                   and receipt.stat().st_size > 20000):
            time.sleep(0.005)
        process.kill()
    assert 1 < len(dump(target)) < 3000
    undone = migrate("--undo", receipt)
    assert undone.returncode == 0, undone
    assert target.ldap("ldapsearch", "-b", BASE).returncode == 32


def test_server_that_goes_away_ends_the_apply(target, machine, scratch):
    rows = "".join(f"user{i}:*:{2000 + i}:1::/h:/s\n" for i in range(20000))
    root = machine(passwd=rows)
    receipt = scratch / "r"
    argv = [TOOL, "-b", BASE, "-H", target.uri, "-D", data.ADMIN, "-w", data.PASSWORD, "--root", root,
            "--apply", "-q", "--receipt", receipt, "passwd"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not receipt.exists():
            time.sleep(0.005)
        target.kill()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 3 and "stopped before the end" in err, (out, err)
    assert "receipt:" in out


def test_undo_takes_back_exactly_the_apply(migrate, target, machine, scratch):
    root = machine(passwd=PASSWD, shadow=SHADOW)
    assert migrate("--apply", "-q", "passwd", root=root).returncode == 0
    before = dump(target)
    machine(group=GROUP, passwd=PASSWD + "two:x:1002:1::/home/two:/bin/sh\n",
            hosts="10.0.0.1 srv\n")
    receipt = scratch / "receipt"
    assert migrate("--apply", "-q", "--receipt", receipt, root=root).returncode == 0
    assert stat.S_IMODE(receipt.stat().st_mode) == 0o600
    assert dump(target) != before
    done = migrate("--undo", receipt)
    assert done.returncode == 0, done
    assert dump(target) == before
    assert not receipt.exists() and pathlib.Path(f"{receipt}.undone").exists()


def test_undo_refuses_what_changed_since(migrate, target, machine, scratch):
    root = machine(passwd=PASSWD, group=GROUP)
    receipt = scratch / "receipt"
    assert migrate("--apply", "-q", "--receipt", receipt, root=root).returncode == 0
    with target.admin() as client:
        assert client.modify(f"uid=rhertzog,ou=People,{BASE}", [
            (MOD_ADD, "description", ["mine now"])]).code == 0
    done = migrate("--undo", receipt)
    assert done.returncode == 1 and "changed since" in done.stderr
    assert "entries below it" in done.stderr, "its container must stay too"
    assert texts(target, f"uid=rhertzog,ou=People,{BASE}", "description") == ["mine now"]
    assert receipt.exists()
    done = migrate("--undo", receipt, "--force")
    assert done.returncode == 0, done
    assert target.ldap("ldapsearch", "-b", BASE).returncode == 32


def test_undo_distrusts_a_receipt_that_others_can_write(migrate, machine, scratch):
    receipt = scratch / "receipt"
    migrate("--apply", "-q", "--receipt", receipt, root=machine(passwd=PASSWD))
    receipt.chmod(0o666)
    done = migrate("--undo", receipt)
    assert done.returncode == 3 and "not trusted" in done.stderr


@pytest.mark.parametrize("content", ["", "not a receipt\n", "receipt: 1\nuri: x\n+cn: early\n",
                                     "receipt: 1\nuri: x\nadd:: %%%\n",
                                     "receipt: 1\nuri: x\nadd: dc=x\nnonsense\n"])
def test_undo_refuses_a_damaged_receipt(migrate, scratch, content):
    receipt = scratch / "receipt"
    receipt.write_text(content)
    receipt.chmod(0o600)
    assert migrate("--undo", receipt).returncode == 2


def test_receipt_is_never_written_over(migrate, target, machine, scratch):
    receipt = scratch / "receipt"
    receipt.write_text("precious")
    done = migrate("--apply", "--receipt", receipt, root=machine(passwd=PASSWD))
    assert done.returncode == 3 and receipt.read_text() == "precious"
    assert target.ldap("ldapsearch", "-b", BASE).returncode == 32


@pytest.mark.parametrize("field", ["", "!", "!!", "*", "*LK*", f"!{SECRET_HASH}",
                                   f"*{SECRET_HASH}", "x"])
def test_locked_account_never_becomes_loginable(migrate, target, machine, field):
    root = machine(passwd="who:x:1001:1:W H O:/home/who:/bin/sh\n",
                   shadow=f"who:{field}:1::::::\n")
    done = migrate("--apply", root=root)
    assert done.returncode == (1 if field == "" else 0), done
    who = f"uid=who,ou=People,{BASE}"
    for attempt in ["secret", field or "!", SECRET_HASH, "{CRYPT}!", "*0"]:
        bound = target.ldap("ldapwhoami", "-D", who, "-w", attempt)
        assert bound.returncode != 0, attempt


def test_unlocked_account_binds_with_the_old_password(migrate, target, machine):
    root = machine(passwd=PASSWD, shadow=SHADOW)
    assert migrate("--apply", root=root).returncode == 0
    who = f"uid=rhertzog,ou=People,{BASE}"
    assert target.ldap("ldapwhoami", "-D", who, "-w", "secret").returncode == 0
    assert target.ldap("ldapwhoami", "-D", who, "-w", "wrong").returncode == 49


BAD_FILES = {
    "passwd": b"ok:x:1001:1:\xc3\x89mile Zola,R 3,+33 1,x:/home/ok:/bin/sh\r\n"
              b"OK:x:1002:1::/h:/s\nok:x:1003:1::/h:/s\nshort:x\nlat:x:1005:1:J\xf6rg:/h:/s\n"
              b"nul:x:1006:1:a\0b:/h:/s\n:x:1:1::/:/\n+::::::\nneg:x:-1:1::/h:/s\n"
              b"big:x:4294967295:1::/h:/s\nsame:x:1001:1::/h:/s\n"
              b"a,b+c=d\"e;f<g>#:x:1010:1:#Odd \\Name:/h:/s\nesc:x:1:1:\x1b[31m:/h:/s\n"
              + b"l" * (5 << 20) + b"\nlast:x:1020:1:The Last:/h:/s",
    "shadow": b"ok:" + SECRET_HASH.encode() + b":19000::::::\nghost:x:1::::::\nlast:x:abc::::::\n",
    "group": b"g:x:1001:ok,,ok,nobody-here\nG:x:1002:\nbad\ng3:x:x:\n",
    "services": b"http 80/tcp www # Web\nhttp 80/udp\nhttp 81/tcp\nbad 99999/tcp\nbad 5\n",
    "protocols": b"ip 0 IP\nfoo x\n", "rpc": b"portmapper 100000 sunrpc\nx\n",
    "networks": b"loop 127\nbad 1.2.3.4.5\n",
    "hosts": b"127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.0.0.1 a b\n10.0.0.2 a b\n"
             b"fe80::1%eth0 ll\n1.2.3 bad\n1.2.3.4\n",
    "ethers": b"0:1:2:A:b:C pc1\n00-11-22-33-44-55 pc1\nzz:1:2:3:4:5 bad\n",
    "netgroup": b"admins (srv.falcot.com,ok,falcot.com) (-,root,) \\\n others\nothers ( ,b, )\n"
                b"broken (a,b)\n",
    "aliases": b"root: ok,\n last@falcot.com\n\"odd name\": \"|/bin/prog -a, b\", :include:/l\n"
               b"empty:\nnocolon\nRoot: dup\n",
}


def test_bad_lines_are_reported_and_the_rest_is_done(migrate, machine, scratch):
    root = machine(**BAD_FILES)
    done = migrate("--apply", "--receipt", scratch / "r", root=root)
    assert done.returncode == 1, done
    assert "0 failed" in done.stdout, done.stderr
    expected = {"passwd": [2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14], "shadow": [2, 3], "group": [2, 3, 4],
                "services": [4, 5], "protocols": [2], "rpc": [2], "networks": [2], "hosts": [6, 7],
                "ethers": [3], "netgroup": [4], "aliases": [4, 5, 6]}
    for name, lines in expected.items():
        refused = [int(row.split(":")[1]) for row in done.stderr.splitlines()
                   if row.startswith(f"{root}/etc/{name}:") and ": refused: " in row]
        assert sorted(refused) == lines, name
    assert "passwd: 15 lines read, 4 written, 11 skipped; 4 entries" in done.stderr
    assert "\x1b" not in done.stderr
    verified = migrate("--verify", "-q", root=root)
    assert verified.returncode == 1 and ", 0 differences" in verified.stdout, verified.stdout
    assert "apply: 0 changes" in migrate("--apply", "-q", root=root).stdout
    assert migrate("--undo", scratch / "r").returncode == 0


def test_latin1_is_converted_once(machine):
    root = machine(passwd="a:x:1001:1:Jörg Müller:/h:/s\n".encode("latin-1")
                   + "b:x:1002:1:Jörg Müller:/h:/s\n".encode())
    done = offline("--root", root, "--charset", "iso-8859-1", "passwd")
    # base64 of the UTF-8 form, twice the same
    assert done.returncode == 0 and done.stdout.count("cn:: SsO2cmcgTcO8bGxlcg==") == 2


def test_groups_with_member_dns(make, machine, scratch):
    bis = harness.REPO / "schema/rfc2307bis.schema"
    server = make(entries=None, schemas=["core", "cosine", "inetorgperson"],
                  extra=f"include {bis}")
    root = machine(passwd=PASSWD, group="staff:x:1001:rhertzog,elsewhere\nempty:x:1002:\n")
    common = ["-H", server.uri, "-D", data.ADMIN, "-w", data.PASSWORD, "--root", root, "-q"]
    refused = offline(*common, "--apply", "passwd", "group")
    assert refused.returncode == 3 and "--groups rfc2307bis" in refused.stderr
    for kind in ["rfc2307bis", "groupOfNames"]:
        receipt = scratch / kind
        done = offline(*common, "--apply", "--groups", kind, "--receipt", receipt, "passwd", "group")
        assert done.returncode == 0, done
        staff = f"cn=staff,ou=Group,{BASE}"
        assert texts(server, staff, "member") == [f"uid=rhertzog,ou=People,{BASE}"]
        assert texts(server, staff, "memberUid") == ["elsewhere"]
        assert offline(*common, "--verify", "--groups", kind, "passwd", "group").returncode == 0
        undone = harness.run([str(TOOL), "-H", server.uri, "-D", data.ADMIN, "-w", data.PASSWORD,
                              "--undo", str(receipt)])
        assert undone.returncode == 0, undone


def test_unknown_schema_is_named_before_anything_is_written(make, machine):
    server = make(entries=None, schemas=["core", "cosine", "inetorgperson", "nis"])
    root = machine(passwd=PASSWD, aliases="root: rhertzog\n")
    done = offline("-H", server.uri, "-D", data.ADMIN, "-w", data.PASSWORD, "--root", root, "--apply")
    assert done.returncode == 3 and "nisMailAlias" in done.stderr
    assert server.ldap("ldapsearch", "-b", BASE).returncode == 32


def test_ldif_loads_with_slapadd(make, machine):
    root = machine(**BAD_FILES)
    done = offline("--root", root)
    server = make(start=False, schemas=SCHEMAS)
    server.load(done.stdout)
    server.start()
    assert len(dump(server)) == f"\n{done.stdout}".count("\ndn:")


def test_password_never_stands_in_argv(target, machine):
    root = machine(passwd=PASSWD)
    with subprocess.Popen([TOOL, "-b", BASE, "-H", "ldap://127.0.0.1:1", "-D", data.ADMIN, "-w",
                           "visible-secret", "--plan", "--file", "passwd=/dev/stdin", "passwd"],
                          stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 10
        command = b"visible-secret"
        while b"********" not in command and time.monotonic() < deadline:
            command = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.stdin.close()
    assert b"visible-secret" not in command and b"********" in command
    assert root and target


@pytest.mark.parametrize("impossible", [["-b", "nonsense"], ["--file", "nomap=/x"], ["nomap"],
                                        ["--uid-min", "-5"], ["shadow"], ["--undo"], ["-Y", "GSSAPI"],
                                        ["--container", "hosts=cn=x"], ["--plan", "-D", "cn=x"],
                                        ["--file", "hosts=/does/not/exist", "hosts"],
                                        ["--file", "hosts=/", "hosts"], ["--from", "nowhere"],
                                        ["--from", "getent", "netgroup"], ["-b", "cn=x"]])
def test_usage_errors_leave_with_2(impossible):
    done = offline(*impossible)
    assert done.returncode == 2 and done.stderr.strip(), done
    assert done.stdout == ""


def test_server_errors_leave_with_3(target, machine):
    root = machine(passwd=PASSWD)
    for bind in [["-H", "ldap://127.0.0.1:1"], ["-H", "bogus://x"],
                 ["-H", target.uri, "-D", data.ADMIN, "-w", "wrong"],
                 ["-H", target.uri, "-Z"]]:
        done = offline("--apply", "--root", root, *bind)
        assert done.returncode == 3 and done.stderr, done


def test_refused_by_the_server_is_an_error_with_its_text(target, machine):
    root = machine(passwd=PASSWD)
    done = offline("--apply", "--root", root, "-H", target.uri)
    assert done.returncode == 3 and "failed" in done.stdout
    assert "dc=falcot,dc=com:" in done.stderr


def test_getent_gives_what_the_files_give():
    maps = ["passwd", "group", "services", "protocols", "networks"]
    files = offline("--system", "--file", "shadow=/dev/null", *maps)
    asked = offline("--system", "--from", "getent", *maps)
    assert files.returncode == 0 and asked.returncode == 0, asked
    blocks = [{"\n".join(row for row in entry.splitlines() if not row.startswith("description:"))
               for entry in done.stdout.split("\n\n")} for done in [files, asked]]
    assert blocks[0] == blocks[1]


def test_endless_input_ends(scratch):
    begun = time.monotonic()
    done = offline("--file", "hosts=/dev/zero", "hosts")
    assert done.returncode == 2 and "1 GiB" in done.stderr
    assert time.monotonic() - begun < 60 and scratch


def test_fifty_thousand_accounts_in_seconds(machine):
    rows = (f"user{i}:x:{1000 + i}:1000:User Number{i},Room {i},,:/home/user{i}:/bin/bash\n"
            for i in range(60000) if i != 64534)
    members = ",".join(f"user{i}" for i in range(50000))
    root = machine(passwd="".join(rows), group=f"all:x:1000:{members}\n")
    begun = time.monotonic()
    done = offline("--root", root, "passwd", "group")
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("\ndn: uid=") == 60000
    assert done.stdout.count("\nmemberUid: ") == 50000
    assert time.monotonic() - begun < 30


def script(path, server, machine_root, stdin="", **env):
    """Runs one of the scripts with PADL's variables."""
    files = {f"ETC_{name.upper()}": str(machine_root / "etc" / name)
             for name in ["passwd", "shadow", "group", "services", "hosts"]}
    return harness.run([str(path), "--receipt", str(machine_root / "receipt"), "passwd", "shadow",
                        "group", "services", "hosts"] if server else [str(path), "passwd", "shadow"],
                       stdin, env={**files, **env})


def test_online_script_takes_the_environment(target, machine):
    root = machine(passwd=PASSWD, shadow=SHADOW, group=GROUP, services="http 80/tcp\n",
                   hosts="10.0.0.1 srv\n")
    done = script(ONLINE, target, root, LDAP_BASEDN=BASE, LDAPHOST=target.uri,
                  LDAP_BINDDN=data.ADMIN, LDAP_BINDCRED=data.PASSWORD, LDAP_PROFILE="no",
                  LDAP_DEFAULT_MAIL_DOMAIN="falcot.com")
    assert done.returncode == 0, done
    assert texts(target, f"uid=rhertzog,ou=People,{BASE}", "mail") == ["rhertzog@falcot.com"]
    assert texts(target, f"cn=srv,ou=Hosts,{BASE}", "ipHostNumber") == ["10.0.0.1"]


def test_online_script_asks(make, machine):
    server = make(entries=None, schemas=SCHEMAS + ["duaconf"])
    root = machine(passwd=PASSWD, shadow=SHADOW, group=GROUP, services="http 80/tcp\n", hosts="")
    done = script(ONLINE, server, root, f"{BASE}\n{server.uri}\n\n{data.PASSWORD}\nyes\n")
    assert done.returncode == 0, done
    assert data.PASSWORD not in done.stderr
    profile = f"cn=default,ou=profile,{BASE}"
    assert texts(server, profile, "defaultServerList") == [f"127.0.0.1:{server.port}"]


def test_profile_is_left_out_where_the_schema_lacks_it(migrate, target, machine):
    done = migrate("--apply", "--profile", "passwd", root=machine(passwd=PASSWD))
    assert done.returncode == 0 and "DUAConfigProfile" in done.stderr
    assert target.ldap("ldapsearch", "-b", f"ou=profile,{BASE}").returncode == 32


def test_offline_script_writes_a_private_file(machine):
    root = machine(passwd=PASSWD, shadow=SHADOW)
    out = root / "out.ldif"
    done = script(OFFLINE, None, root, LDAP_BASEDN=BASE, LDAP_PROFILE="no", LDIF=str(out))
    assert done.returncode == 0, done
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert f"uid=rhertzog,ou=People,{BASE}" in out.read_text()
