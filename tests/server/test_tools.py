"""slapcat, slapindex, slapmodify, slappasswd, slapdn, slapschema, slaptest."""

import re

import pytest

from . import data, expect, harness, ldif

JEAN = data.dn_of("jean")


@pytest.fixture(scope="module")
def cold():
    """A filled database without a running server."""
    server = harness.Slapd(entries=data.entries())
    yield server
    server.remove()


def names(text):
    """Returns the names in an LDIF text."""
    return [record[0][1].decode() for record in ldif.load(text)]


ALL = [dn for dn, _ in data.entries()]

CAT = [
    ("all", [], ALL),
    ("by number", ["-n", "1"], ALL),
    ("by suffix", ["-b", data.SUFFIX], ALL),
    ("filter", ["-a", "(uid=jean)"], [JEAN]),
    ("no match", ["-a", "(uid=none)"], []),
    ("undefined filter", ["-a", "(nosuch=x)"], []),
    ("continue", ["-c"], ALL),
]


@pytest.mark.parametrize("name,options,dns", CAT, ids=expect.case_ids(CAT))
def test_slapcat(cold, name, options, dns):
    done = cold.tool("slapcat", *options)
    assert done.returncode == 0, done
    assert names(done.stdout) == dns


@pytest.mark.ours("the reference dies of it (munmap_chunk) or asks for a URL build")
@pytest.mark.parametrize("options,count", [
    (["-s", data.GROUPS], 4), (["-s", data.PEOPLE, "-a", "(uid=j*)"], 2),
    (["-H", f"ldap:///{data.PEOPLE}??sub?(uid=joe)"], 1),
])
def test_slapcat_subtree(cold, options, count):
    done = cold.tool("slapcat", *options)
    assert done.returncode == 0 and len(names(done.stdout)) == count


def test_slapcat_format(cold):
    done = cold.tool("slapcat", "-a", "(uid=jean)")
    lines = done.stdout.split("\n")
    assert lines[:5] == [f"dn: {JEAN}", "objectClass: inetOrgPerson", "objectClass: posixAccount",
                         "uid: jean", "cn: Jean Dupont"]
    keys = [line.split(":")[0] for line in lines if line]
    assert keys[-7:] == ["structuralObjectClass", "entryUUID", "creatorsName", "createTimestamp",
                         "entryCSN", "modifiersName", "modifyTimestamp"]
    assert "userPassword:: amVhbi1wdw==" in lines
    assert done.stdout.endswith("\n\n")


def test_slapcat_verbose(cold):
    assert cold.tool("slapcat", "-v", "-a", "(uid=jean)").stdout.startswith("# id=00000006\ndn: ")


def test_slapcat_wrap(cold):
    wide = cold.tool("slapcat", "-a", "(uid=jean)", "-o", "ldif-wrap=no").stdout
    narrow = cold.tool("slapcat", "-a", "(uid=jean)", "-o", "ldif-wrap=40").stdout
    assert all(len(line) <= 40 for line in narrow.split("\n"))
    assert narrow.replace("\n ", "") == wide
    assert cold.tool("slapcat", "-o", "ldif-wrap=x").returncode == 1


def test_slapcat_to_a_file(cold):
    path = cold.top / "out.ldif"
    done = cold.tool("slapcat", "-l", path)
    assert done.returncode == 0 and done.stdout == ""
    assert names(path.read_text()) == ALL


BAD_CAT = [["-a", "bad"], ["-s", "zz"], ["-b", "dc=other"], ["-n", "7"], ["-Q"], ["extra"],
           ["-l", "/nonexistent/x"]]


@pytest.mark.parametrize("options", BAD_CAT)
def test_slapcat_refuses(cold, options):
    done = cold.tool("slapcat", *options)
    assert done.returncode == 1 and done.stderr


def test_dump_loads_back_identically(make, cold):
    text = cold.tool("slapcat").stdout
    other = make(start=False, entries=text)
    assert other.tool("slapcat").stdout == text


def test_dump_of_odd_values_loads_back(make):
    odd = {"objectClass": ["person"], "cn": ["odd"], "sn": [" lead", "trail ", ":colon", "<less",
           "\u00e9t\u00e9", "a\nb", "x" * 300, "\u0001"], "description": ["#hash", "-"]}
    server = make()
    with server.admin() as admin:
        expect.ok(admin.add(f"cn=odd,{data.SUFFIX}", odd))
        before = admin.search(data.SUFFIX, attrs=["*", "+"]).entries
    server.stop()
    text = server.tool("slapcat").stdout
    other = make(entries=text)
    with other.admin() as admin:
        assert admin.search(data.SUFFIX, attrs=["*", "+"]).entries == before
    other.stop()


def test_slapcat_while_the_server_runs(make):
    server = make()
    with server.admin() as admin:
        expect.ok(admin.add(f"cn=live,{data.SUFFIX}", {"objectClass": "person", "sn": "x"}))
        assert f"cn=live,{data.SUFFIX}" in names(server.tool("slapcat").stdout)
    server.stop()


def test_slapcat_of_config(cold):
    server = harness.Slapd()
    try:
        server.conf.write_text(server.conf.read_text().replace(
            "database mdb", "database config\ndatabase mdb"))
        done = server.tool("slapcat", "-n", "0")
        assert done.returncode in (0, 1)
        if done.returncode == 0:
            assert "dn: cn=config" in done.stdout
    finally:
        server.remove()


def add_index(text):
    """Adds an index on description and mail substrings to a slapd.conf."""
    return text.replace("index objectClass eq\n", "index objectClass eq\n"
                        "index description,givenName eq,sub\n")


@pytest.mark.parametrize("options", [[], ["-q"], ["-v"], ["description", "givenName"], ["-t"]])
def test_slapindex_after_a_new_index(make, options):
    server = make(start=False, entries=data.entries())
    server.rewrite(add_index)
    done = server.tool("slapindex", *options)
    assert done.returncode == 0, done
    server.start()
    with server.client() as anon:
        assert anon.search(data.SUFFIX, 2, "(givenName=sop*)").dns() == [data.dn_of("sophie")]
        assert anon.search(data.SUFFIX, 2, "(description=ldap administrator)").dns() == [data.ADMIN]
    server.stop()


@pytest.mark.parametrize("arguments", [["nosuch"], ["-Z"], ["-n", "9"]])
def test_slapindex_refuses(cold, arguments):
    assert cold.tool("slapindex", *arguments).returncode == 1


@pytest.mark.ours("OpenLDAP has no --check")
def test_slapindex_check(make):
    server = make(start=False, entries=data.entries())
    done = server.tool("slapindex", "--check")
    assert done.returncode == 0, done
    path = next((server.top / "db").glob("*.mdb"))
    raw = bytearray(path.read_bytes())
    spot = raw.rfind(b"Sophie")
    assert spot > 0
    raw[spot] ^= 0x20
    path.write_bytes(raw)
    done = server.tool("slapindex", "--check")
    assert done.returncode == 1 and "sophie" in (done.stdout + done.stderr).lower()


def change(dn, *lines):
    """Returns a change record."""
    return "\n".join([f"dn: {dn}", *lines, "", ""])


REPLACE = change(JEAN, "changetype: modify", "replace: sn", "sn: New", "-")

MODIFY = [
    ("replace", REPLACE, 0),
    ("delete", change(data.dn_of("joe"), "changetype: delete"), 0),
    ("add", change(f"cn=n,{data.SUFFIX}", "changetype: add", "objectClass: person", "sn: x",
                   "cn: n"), 0),
    ("no such entry", REPLACE.replace("uid=jean", "uid=none"), 1),
    ("undefined attribute", REPLACE.replace("sn", "nosuch"), 1),
    ("schema", change(JEAN, "changetype: modify", "delete: sn", "-"), 1),
    ("not a change", change(f"cn=n,{data.SUFFIX}", "objectClass: person"), 1),
    ("not a leaf", change(data.PEOPLE, "changetype: delete"), 1),
    ("garbage", "garbage\n", 1),
]


@pytest.mark.parametrize("name,text,status", MODIFY, ids=expect.case_ids(MODIFY))
def test_slapmodify(make, name, text, status):
    server = make(start=False, entries=data.entries())
    before = server.tool("slapcat").stdout
    done = server.tool("slapmodify", stdin=text)
    assert done.returncode == status, done
    after = server.tool("slapcat").stdout
    assert (after == before) == (status != 0)
    if status:
        assert done.stderr


@pytest.mark.ours("slapmodify of 2.5.13 leaves the indexes as they were")
def test_slapmodify_then_search(make):
    server = make(start=False, entries=data.entries())
    assert server.tool("slapmodify", "-v", stdin=REPLACE).returncode == 0
    server.start()
    with server.client() as anon:
        assert anon.search(data.SUFFIX, 2, "(sn=new)").dns() == [JEAN]
        assert anon.search(data.SUFFIX, 2, "(sn=dupont)").dns() == []
    server.stop()


@pytest.mark.ours("slapmodify -u of 2.5.13 crashes")
def test_slapmodify_dry_run(make):
    server = make(start=False, entries=data.entries())
    before = server.tool("slapcat").stdout
    assert server.tool("slapmodify", "-u", stdin=REPLACE).returncode == 0
    assert server.tool("slapcat").stdout == before


SCHEMES = [("SSHA", r"\{SSHA\}[A-Za-z0-9+/=]{32,}"), ("SHA", r"\{SHA\}EfatjsUqKYSrqv18O1FlA3hcIHI="),
           ("MD5", r"\{MD5\}ndTkYSaMgDT1yFZOFVxnpg=="), ("SMD5", r"\{SMD5\}[A-Za-z0-9+/=]+"),
           ("CRYPT", r"\{CRYPT\}.+"), ("CLEARTEXT", "x")]


def passwd(*arguments, stdin=None):
    """Runs slappasswd."""
    return harness.run([harness.sbin("slappasswd"), *arguments], stdin)


@pytest.mark.parametrize("scheme,shape", SCHEMES, ids=expect.case_ids(SCHEMES))
def test_slappasswd(scheme, shape):
    done = passwd("-s", "x", "-h", f"{{{scheme}}}")
    assert done.returncode == 0 and re.fullmatch(shape, done.stdout.rstrip("\n"))
    assert done.stdout.endswith("\n")


@pytest.mark.parametrize("scheme", ["SSHA", "MD5", "CRYPT", "SMD5"])
def test_slappasswd_output_verifies(server, admin, sandbox, scheme):
    stored = passwd("-n", "-s", "p\u00e4ss", "-h", f"{{{scheme}}}").stdout
    dn = f"cn=pw,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": "person", "sn": "x", "userPassword": stored}))
    with server.client() as connection:
        expect.ok(connection.bind(dn, "p\u00e4ss"))
        expect.code(connection.bind(dn, "pass"), 49)


def test_slappasswd_options(scratch):
    secret = scratch / "secret"
    secret.write_text("x")
    assert passwd("-T", str(secret), "-h", "{MD5}").stdout == "{MD5}ndTkYSaMgDT1yFZOFVxnpg==\n"
    assert not passwd("-n", "-s", "x").stdout.endswith("\n")
    assert passwd("-s", "x").stdout != passwd("-s", "x").stdout
    generated = passwd("-g").stdout.strip()
    assert len(generated) >= 8 and not generated.startswith("{")
    done = passwd("-c", "$6$%.8s", "-s", "x")
    assert re.fullmatch(r"\{CRYPT\}\$6\$.{8}\$.{86}", done.stdout.strip())


@pytest.mark.parametrize("arguments", [["-s", "x", "-h", "{NOSUCH}"], ["-Z"],
                                       ["-T", "/nonexistent"], ["-s", "x", "-T", "/etc/hostname"],
                                       ["-s", "x", "-g"]])
def test_slappasswd_refuses(arguments):
    done = passwd(*arguments)
    assert done.returncode == 1 and done.stderr


DNS = [
    ("pretty and normal", ["cn=A  b, DC=Falcot,dc=com"], 0,
     ["normalized: <cn=a b,dc=falcot,dc=com>", "pretty:     <cn=A  b,dc=Falcot,dc=com>"]),
    ("normal only", ["-N", "CN=A  b, DC=Falcot"], 0, ["cn=a b,dc=falcot"]),
    ("pretty only", ["-P", "CN=A  b, DC=Falcot"], 0, ["cn=A  b,dc=Falcot"]),
    ("quotes", ["-P", 'cn="a,b"+sn=c,dc=x'], 0, [r"cn=a\2Cb+sn=c,dc=x"]),
    ("bad", ["bad"], 1, []),
    ("one bad of three", ["cn=x", "bad", "sn=y"], 1, []),
]


@pytest.mark.parametrize("name,arguments,status,lines", DNS, ids=expect.case_ids(DNS))
def test_slapdn(cold, name, arguments, status, lines):
    done = cold.tool("slapdn", *arguments)
    assert (done.returncode != 0) == (status != 0), done
    text = " ".join((done.stdout + done.stderr).split())
    for line in lines:
        assert " ".join(line.split()) in text, done


def test_slapschema_clean(cold):
    done = cold.tool("slapschema")
    assert done.returncode == 0 and "dn:" not in done.stdout


def test_slapschema_finds_what_no_longer_fits(make):
    server = make(start=False, entries=data.entries())
    server.rewrite(lambda text: re.sub(r"include .*/(misc|nis)\.schema\n", "", text)
                   .replace("index uidNumber,gidNumber,memberUid eq\n", ""))
    done = server.tool("slapschema")
    assert f"dn: {JEAN}\n" in done.stdout
    assert data.ADMIN not in done.stdout


def test_slaptest(cold):
    done = cold.tool("slaptest")
    assert done.returncode == 0 and "config file testing succeeded" in done.stderr + done.stdout
    assert cold.tool("slaptest", "-u").returncode == 0
    quiet = cold.tool("slaptest", "-Q")
    assert quiet.returncode == 0 and quiet.stdout == ""
