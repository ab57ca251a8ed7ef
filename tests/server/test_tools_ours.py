"""What our tools promise beyond OpenLDAP's: all or nothing, places in errors, owners, cn=config."""

import os
import pathlib
import pwd
import re
import signal
import subprocess
import sys
import time

import pytest

from . import data, expect, harness, ldif

pytestmark = pytest.mark.ours("the whole file")

BASE = ldif.dump(data.base_entries())
GENERATE = harness.REPO / "tests/bench/generate"


def person(name, superior=data.SUFFIX, extra=""):
    """Returns the record of a person."""
    return f"dn: cn={name},{superior}\nobjectClass: person\nsn: x\n{extra}\n"


def names(server, *options):
    """Returns the names in the database in the order of slapcat."""
    done = server.tool("slapcat", *options)
    assert done.returncode == 0, done
    return [record[0][1].decode() for record in ldif.load(done.stdout)]


def people(count, first=0):
    """Returns the LDIF of many people."""
    done = subprocess.run([sys.executable, GENERATE, str(count), str(first)], check=True,
                          capture_output=True, encoding="utf-8")
    return done.stdout


# slapadd

@pytest.mark.parametrize("options", [[], ["-q"]])
def test_failure_leaves_a_filled_database_as_it_was(make, options):
    server = make(start=False, entries=data.entries())
    before = server.tool("slapcat").stdout
    done = server.tool("slapadd", *options,
                       stdin=person("one") + person("two") + person("bad", extra="nosuch: x\n"))
    assert done.returncode == 1
    assert "standard input:9:" in done.stderr and "cn=bad" in done.stderr
    assert server.tool("slapcat").stdout == before
    assert server.tool("slapindex", "--check").returncode == 0


@pytest.mark.parametrize("options", [[], ["-q"]])
def test_continue_adds_the_rest_and_counts(make, options):
    server = make(start=False, entries=data.base_entries())
    text = person("one") + person("bad", extra="uidNumber: x\n") + person("one") \
        + person("lost", f"ou=no,{data.SUFFIX}") + "garbage\n\n" + person("two")
    done = server.tool("slapadd", "-c", *options, stdin=text)
    assert done.returncode == 1
    for place in (5, 10, 14, 18):
        assert f"standard input:{place}:" in done.stderr, done.stderr
    assert "2 entries added, 4 skipped" in done.stderr
    assert names(server)[2:] == [f"cn=one,{data.SUFFIX}", f"cn=two,{data.SUFFIX}"]
    assert server.tool("slapindex", "--check").returncode == 0


def test_orphans_are_named_with_their_superior(make):
    server = make(start=False)
    text = BASE + "".join(person(f"p{n}", f"ou=no{n},{data.SUFFIX}") for n in range(80))
    done = server.tool("slapadd", stdin=text)
    assert done.returncode == 1
    assert f'its superior "ou=no7,{data.SUFFIX}" does not exist' in done.stderr
    assert "30 more entries" in done.stderr
    assert len(done.stderr.splitlines()) < 60


def test_long_chain_in_reverse(make):
    server = make(start=False)
    dn, chain = data.SUFFIX, []
    for number in range(200):
        dn = f"ou=o{number},{dn}"
        chain.append(f"dn: {dn}\nobjectClass: organizationalUnit\n\n")
    done = server.tool("slapadd", stdin="".join(reversed(chain)) + BASE)
    assert done.returncode == 0, done
    assert len(names(server)) == 202 and names(server)[-2] == dn


def test_operational_attributes_are_made_up_or_kept(make):
    server = make(start=False)
    uuid = "b1b1b1b1-0000-1000-8000-000000000000"
    given = f"entryUUID: {uuid}\ncreateTimestamp: 20200101000000Z\nhasSubordinates: FALSE\n"
    done = server.tool("slapadd", "-S", "5", stdin=BASE + person("kept", extra=given))
    assert done.returncode == 0, done
    made, kept = (dict(record) for record in
                  (ldif.load(server.tool("slapcat", "-a", f"(cn={name})").stdout)[0]
                   for name in ("admin", "kept")))
    assert kept["entryUUID"].decode() == uuid and kept["createTimestamp"] == b"20200101000000Z"
    assert "hasSubordinates" not in kept
    assert kept["creatorsName"].decode() == data.ADMIN
    assert made["structuralObjectClass"] == b"organizationalRole"
    assert re.fullmatch(r"\d{14}\.\d{6}Z#000000#005#000000", made["entryCSN"].decode())


def test_structural_class_that_contradicts_is_refused(make):
    server = make(start=False)
    done = server.tool("slapadd",
                       stdin=BASE + person("x", extra="structuralObjectClass: device\n"))
    assert done.returncode == 1 and "structuralObjectClass is 'device'" in done.stderr


def test_naming_value_is_added(make):
    server = make(start=False)
    assert server.tool("slapadd", stdin=BASE + person("named")).returncode == 0
    assert names(server, "-a", "(cn=named)") == [f"cn=named,{data.SUFFIX}"]


def test_unchecked_takes_what_the_schema_does_not(make):
    server = make(start=False)
    odd = person("odd", extra="nosuch: x\nuidNumber: 7\n")
    assert server.tool("slapadd", "-s", stdin=BASE + odd).returncode == 0
    assert "nosuch: x\n" in server.tool("slapcat", "-a", "(cn=odd)").stdout
    done = server.tool("slapschema")
    assert done.returncode == 1 and "dn: cn=odd," in done.stdout


def test_context_csn(make):
    server = make(start=False)
    csn = "20300101000000.000001Z#000000#003#000000"
    done = server.tool("slapadd", "-w", stdin=BASE + person("new", extra=f"entryCSN: {csn}\n"))
    assert done.returncode == 0, done
    top = ldif.load(server.tool("slapcat").stdout)[0]
    values = [value.decode() for name, value in top if name == "contextCSN"]
    assert len(values) == 2 and csn in values


def test_wrong_database_is_named(make):
    other = "dc=other"
    server = make(start=False, databases=[harness.Database(),
                                          harness.Database(other, name="other")])
    done = server.tool("slapadd", stdin=f"dn: {other}\nobjectClass: domain\n\n")
    assert done.returncode == 1 and "{2}mdb" in done.stderr and "use -b" in done.stderr
    assert server.tool("slapadd", "-b", other,
                       stdin=f"dn: {other}\nobjectClass: domain\n\n").returncode == 0
    assert names(server, "-n", "2") == [other]


def test_glued_databases_are_one(make):
    below = f"ou=Far,{data.SUFFIX}"
    server = make(start=False, databases=[harness.Database(below, name="far", first="subordinate"),
                                          harness.Database()])
    text = BASE + f"dn: {below}\nobjectClass: organizationalUnit\n\n" + person("x", below)
    assert server.tool("slapadd", stdin=text).returncode == 0
    assert names(server) == [data.SUFFIX, data.ADMIN, below, f"cn=x,{below}"]
    assert names(server, "-g", "-b", data.SUFFIX) == [data.SUFFIX, data.ADMIN]


def test_missing_directory(make):
    server = make(start=False)
    (server.top / "db").rmdir()
    for tool in ("slapadd", "slapcat", "slapindex", "slapmodify", "slapschema", "slaptest"):
        done = server.tool(tool, stdin="")
        assert done.returncode == 1 and str(server.top / "db") in done.stderr, done


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_files_of_root_belong_to_the_directory_owner(make, monkeypatch):
    monkeypatch.setenv("ASAN_OPTIONS", "detect_leaks=0")  # it cannot look after a change of user
    server = make(start=False)
    nobody = pwd.getpwnam("nobody")
    os.chmod(server.top, 0o755)
    os.chown(server.top / "db", nobody.pw_uid, nobody.pw_gid)
    for tool, options in (("slapadd", []), ("slapadd", ["-q", "-j", "14"]), ("slapindex", []),
                          ("slapcat", [])):
        text = BASE + person("x") if tool == "slapadd" else ""
        server.tool(tool, *options, stdin=text)
    files = list((server.top / "db").iterdir())
    assert files and {path.stat().st_uid for path in files} == {nobody.pw_uid}
    assert names(server)[:2] == [data.SUFFIX, data.ADMIN]


@pytest.mark.parametrize("options", [[], ["-q"]])
def test_killed_load_leaves_nothing(make, options):
    server = make(start=False)
    path = server.top / "many.ldif"
    path.write_text(people(20000))
    argv = [harness.sbin("slapadd"), "-f", str(server.conf), *options, "-l", str(path)]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as process:
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert server.tool("slapadd", stdin=BASE).returncode == 0
    assert names(server) == [data.SUFFIX, data.ADMIN]
    assert server.tool("slapindex", "--check").returncode == 0


def test_dump_of_many_loads_back_identically(make):
    loaded = people(3000)
    server = make(start=False, entries=loaded)
    dump = server.tool("slapcat").stdout
    assert dump.count("\ndn: ") == loaded.count("\ndn: ") > 3000
    again = make(start=False, entries=dump)
    assert again.tool("slapcat").stdout == dump
    plain = make(start=False)
    assert plain.tool("slapadd", stdin=dump).returncode == 0
    assert plain.tool("slapcat").stdout == dump


def test_output_that_cannot_be_written(make):
    server = make(start=False, entries=data.entries())
    done = server.tool("slapcat", "-l", "/dev/full")
    assert done.returncode == 1 and "space" in done.stderr


def test_names_in_errors_cannot_steer_the_terminal(make):
    server = make(start=False)
    done = server.tool("slapadd", stdin=BASE + "dn:: Y249G1szMW0=\nobjectClass: person\n\n")
    assert done.returncode == 1 and "\x1b" not in done.stderr


# slapcat, slapindex

URLS = [
    (f"ldap:///{data.PEOPLE}??base", 1), (f"ldap:///{data.PEOPLE}??one", 5),
    (f"ldap:///{data.PEOPLE}??sub", 6), (f"ldap:///{data.PEOPLE}??children", 5),
    ("ldap:///??sub?(uid=jean)", 1),
]


@pytest.mark.parametrize("url,count", URLS, ids=expect.case_ids(URLS))
def test_slapcat_url(server, url, count):
    assert len(names(server, "-H", url)) == count


@pytest.mark.parametrize("url", ["http:///x", "ldap://host/dc=x", f"ldap:///{data.SUFFIX}?cn",
                                 "ldap:///dc=other", "ldap:///???(bad"])
def test_slapcat_refuses_urls(server, url):
    done = server.tool("slapcat", "-H", url)
    assert done.returncode == 1 and done.stderr and not done.stdout


def test_slapindex_names_what_is_not_configured(make):
    server = make(start=False, entries=data.entries())
    done = server.tool("slapindex", "description")
    assert done.returncode == 1 and "no index configured for description" in done.stderr
    assert server.tool("slapindex", "--check", "uid").returncode == 1


# slapmodify

def change(dn, *lines):
    """Returns a change record."""
    return "\n".join([f"dn: {dn}", *lines, "", ""])


RENAME = change(data.PEOPLE, "changetype: modrdn", "newrdn: ou=Folk", "deleteoldrdn: 1")


def test_slapmodify_renames_a_subtree(make):
    server = make(start=False, entries=data.entries())
    done = server.tool("slapmodify", stdin=RENAME)
    assert done.returncode == 0, done
    folk = f"ou=Folk,{data.SUFFIX}"
    assert f"uid=jean,{folk}" in names(server) and data.PEOPLE not in names(server)
    move = change(f"uid=jean,{folk}", "changetype: moddn", "newrdn: uid=jean", "deleteoldrdn: 0",
                  f"newsuperior: {data.GROUPS}")
    assert server.tool("slapmodify", stdin=move).returncode == 0
    assert f"uid=jean,{data.GROUPS}" in names(server)
    assert server.tool("slapindex", "--check").returncode == 0


REFUSED = [
    ("below itself", change(data.PEOPLE, "changetype: moddn", "newrdn: ou=x", "deleteoldrdn: 0",
                            f"newsuperior: uid=jean,{data.PEOPLE}")),
    ("onto another", change(data.PEOPLE, "changetype: modrdn", "newrdn: ou=Groups",
                            "deleteoldrdn: 1")),
    ("to nowhere", change(data.PEOPLE, "changetype: moddn", "newrdn: ou=x", "deleteoldrdn: 0",
                          f"newsuperior: ou=no,{data.SUFFIX}")),
    ("the suffix", change(data.SUFFIX, "changetype: modrdn", "newrdn: dc=x", "deleteoldrdn: 0")),
    ("structural class", change(data.GROUPS, "changetype: modify", "replace: objectClass",
                                "objectClass: nosuch", "-")),
    ("existing", change(data.GROUPS, "changetype: add", "objectClass: organizationalUnit")),
    ("empty DN", change("", "changetype: delete")),
    ("outside", change("dc=other", "changetype: delete")),
]


@pytest.mark.parametrize("name,text", REFUSED, ids=expect.case_ids(REFUSED))
def test_slapmodify_is_all_or_nothing(make, name, text):
    server = make(start=False, entries=data.entries())
    before = server.tool("slapcat").stdout
    good = change(data.dn_of("joe"), "changetype: delete")
    done = server.tool("slapmodify", stdin=good + text)
    assert done.returncode == 1 and "standard input:4:" in done.stderr, done
    assert server.tool("slapcat").stdout == before


def test_slapmodify_continues(make):
    server = make(start=False, entries=data.entries())
    text = change(data.PEOPLE, "changetype: delete") + change(data.dn_of("joe"),
                                                              "changetype: delete")
    done = server.tool("slapmodify", "-c", stdin=text)
    assert done.returncode == 1 and "1 changes made, 1 skipped" in done.stderr
    assert data.dn_of("joe") not in names(server)


def test_slapmodify_stamps(make):
    server = make(start=False, entries=data.entries())
    text = change(data.dn_of("joe"), "changetype: modify", "add: description", "description: d",
                  "-", "increment: uidNumber", "uidNumber: 5", "-")
    assert server.tool("slapmodify", "-S", "9", stdin=text).returncode == 0
    joe = dict(ldif.load(server.tool("slapcat", "-a", "(uid=joe)").stdout)[0])
    assert joe["uidNumber"] == b"10009" and joe["description"] == b"d"
    assert b"#009#" in joe["entryCSN"]
    text = change(data.dn_of("joe"), "changetype: modify", "replace: modifyTimestamp",
                  "modifyTimestamp: 20010101000000Z", "-")
    assert server.tool("slapmodify", stdin=text).returncode == 0
    joe = dict(ldif.load(server.tool("slapcat", "-a", "(uid=joe)").stdout)[0])
    assert joe["modifyTimestamp"] == b"20010101000000Z"


# slappasswd

def passwd(*arguments, stdin=None):
    """Runs slappasswd."""
    return harness.run([harness.sbin("slappasswd"), *arguments], stdin)


def test_slappasswd_default_is_argon2():
    done = passwd("-s", "x")
    assert done.stdout.startswith("{ARGON2}$argon2id$v=19$m=19456,t=2,p=1$")


def test_slappasswd_asks_twice():
    assert passwd("-h", "{MD5}", stdin="x\nx\n").stdout == "{MD5}ndTkYSaMgDT1yFZOFVxnpg==\n"
    done = passwd("-h", "{MD5}", stdin="x\ny\n")
    assert done.returncode == 1 and not done.stdout and "do not match" in done.stderr


@pytest.mark.parametrize("salt", ["%n%n", "$6$", "$6$%d", "$6$%.99s", "%s%s", "$6$%.s", "%"])
def test_slappasswd_salt_formats_never_reach_printf(salt):
    done = passwd("-c", salt, "-s", "x")
    assert done.returncode == 1 and not done.stdout


# cn=config

def test_conversion_and_back(make, tmp_path):
    server = make(start=False, entries=data.entries())
    place = tmp_path / "slapd.d"
    done = server.tool("slaptest", "-F", place)
    assert done.returncode == 0 and "config file testing succeeded" in done.stderr
    dump = server.tool("slapcat", "-F", place, "-n", "0", conf=False).stdout
    assert dump.startswith("dn: cn=config\n") and "olcSuffix: dc=falcot,dc=com" in dump
    assert names(server) == [dn for dn, _ in data.entries()]
    second = tmp_path / "second.d"
    done = server.tool("slapadd", "-n", "0", "-F", second, conf=False, stdin=dump)
    assert done.returncode == 0, done
    assert server.tool("slapcat", "-F", second, "-n", "0", conf=False).stdout == dump
    assert server.tool("slaptest", "-F", second, conf=False).returncode == 0
    done = server.tool("slapadd", "-n", "0", "-F", second, conf=False, stdin=dump)
    assert done.returncode == 1, "what is there is not overwritten"
    again = server.tool("slaptest", "-F", place)
    assert again.returncode == 1


BAD_CONFIG = [
    ("outside", "dn: dc=x\nobjectClass: domain\n", "dc=x"),
    ("up and away", "dn: cn=config\nobjectClass: olcGlobal\n\ndn: cn=../../x,cn=config\nobjectClass: olcGlobal\n",
     "holds a character"),
    ("hidden", "dn: cn=config\nobjectClass: olcGlobal\n\ndn: .x=y,cn=config\nobjectClass: olcGlobal\n", "not known"),
    ("no root", "dn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\n", "cn=config"),
    ("unknown attribute", "dn: cn=config\nobjectClass: olcGlobal\nolcNoSuch: x\n", "olcNoSuch"),
    ("twice", "dn: cn=config\nobjectClass: olcGlobal\n\ndn: cn=config\nobjectClass: olcGlobal\n",
     "twice"),
    ("a change", "dn: cn=config\nchangetype: delete\n", "change"),
    ("nothing", "", "cn=config"),
]


@pytest.mark.parametrize("name,text,word", BAD_CONFIG, ids=expect.case_ids(BAD_CONFIG))
def test_bad_configuration_writes_nothing(make, tmp_path, name, text, word):
    server = make(start=False)
    left = set(pathlib.Path("/tmp").glob("slapadd-*"))
    done = server.tool("slapadd", "-n", "0", "-F", tmp_path / "d", conf=False, stdin=text)
    assert done.returncode == 1 and word in done.stderr, done
    assert not (tmp_path / "d").exists()
    assert set(pathlib.Path("/tmp").glob("slapadd-*")) <= left


# -T

@pytest.mark.parametrize("argument", ["-Tdn", "-Td", "-TDN"])
def test_tools_by_option(make, argument):
    server = make(start=False)
    done = harness.run([harness.sbin("slapd"), argument, "-f", str(server.conf), "-N", "CN=X"])
    assert done.returncode == 0 and done.stdout == "cn=x\n"


TOOLS = [("a", "slapadd"), ("add", "slapadd"), ("acl", "slapacl"), ("A", "slapacl"),
         ("auth", "slapauth"), ("c", "slapcat"), ("d", "slapdn"), ("i", "slapindex"),
         ("m", "slapmodify"), ("s", "slapschema"), ("t", "slaptest")]


@pytest.mark.parametrize("letter,name", TOOLS)
def test_tool_names(letter, name):
    done = harness.run([harness.sbin("slapd"), f"-T{letter}", "-Z"])
    assert done.returncode == 1 and f"usage: {name} " in done.stderr


# slapacl, slapauth

def test_slapacl_shows_the_decision(make):
    server = make(start=False, entries=data.entries(), access=harness.DEBIAN_ACCESS)
    jean = data.dn_of("jean")
    done = server.tool("slapacl", "-b", jean, "-D", data.dn_of("joe"), "userPassword/read",
                       "sn/read", "sn/write", "userPassword", "sn")
    assert done.returncode == 0, done
    assert "read access to userPassword: DENIED" in done.stderr
    assert "read access to sn: ALLOWED" in done.stderr
    assert "write access to sn: DENIED" in done.stderr
    assert "sn: read(=rscxd)" in done.stderr
    done = server.tool("slapacl", "-b", jean, "-D", data.ADMIN)
    assert "entry: manage(=mwrscxd)" in done.stderr and "sn=Dupont: manage" in done.stderr
    done = server.tool("slapacl", "-b", f"uid=none,{data.SUFFIX}")
    assert done.returncode == 1 and "no entry" in done.stderr
    assert server.tool("slapacl", "-u", "-b", f"uid=none,{data.SUFFIX}", "sn/read").returncode == 0


def test_slapauth_escapes(make):
    server = make(start=False)
    done = server.tool("slapauth", "-U", "a,b", "-R", "r")
    assert done.returncode == 0 and r"<uid=a\2Cb,cn=r,cn=auth>" in done.stderr


@pytest.mark.parametrize("options", [[], ["-q"]])
def test_load_into_an_empty_database_that_is_served(make, options):
    server = make(entries=None)
    done = server.tool("slapadd", *options, stdin=BASE)
    assert done.returncode == 0, done
    with server.admin() as admin:
        assert admin.search(data.SUFFIX).dns() == [data.SUFFIX, data.ADMIN]
        expect.ok(admin.add(f"cn=later,{data.SUFFIX}", {"objectClass": "person", "sn": "x"}))
    server.stop()
    assert len(names(server)) == 3
    assert server.tool("slapindex", "--check").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_directory_of_somebody_else(make):
    server = make(start=False)
    os.chmod(server.top, 0o755)
    os.chmod(server.conf, 0o644)
    argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
            harness.sbin("slapadd"), "-f", str(server.conf)]
    done = harness.run(argv, BASE)
    assert done.returncode == 1 and str(server.top / "db") in done.stderr, done
    assert "ermission" in done.stderr
