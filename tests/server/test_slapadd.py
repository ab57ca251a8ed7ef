"""slapadd: what it takes, what it refuses, and how it says so."""

import pytest

from . import data, expect, harness, ldif

BASE = ldif.dump(data.base_entries())
GOOD = f"dn: cn=y,{data.SUFFIX}\nobjectClass: person\nsn: x\ncn: y\n"
LINE = BASE.count("\n") + 1


def names(server):
    """Returns the names in the database in the order of slapcat."""
    records = ldif.load(server.tool("slapcat").stdout)
    return [record[0][1].decode() for record in records]


def add(make, text, *options):
    """Runs slapadd on a text. Returns (result, names in the database)."""
    server = make(start=False)
    path = server.top / "in.ldif"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = server.tool("slapadd", *options, "-l", path)
    return done, names(server)


INSTALLED = [data.SUFFIX, data.ADMIN]

ACCEPTED = [
    ("plain", BASE, []),
    ("quick", BASE, ["-q"]),
    ("by number", BASE, ["-n", "1"]),
    ("by suffix", BASE, ["-b", data.SUFFIX]),
    ("comments", "# one\n\n# two\n" + BASE.replace("\no: ", "\n# three\no: "), []),
    ("folded lines", BASE.replace("Falcot Corp", "Fal\n cot Corp"), []),
    ("CR LF", BASE.replace("\n", "\r\n"), []),
    ("no newline at the end", BASE.rstrip("\n"), []),
    ("many empty lines", "\n\n\n" + BASE.replace("\n\n", "\n\n\n\n") + "\n\n", []),
    ("server ID", BASE, ["-S", "5"]),
    ("context CSN", BASE, ["-w"]),
    ("dn in base64", BASE.replace(f"dn: {data.ADMIN}", "dn:: Y249YWRtaW4sZGM9ZmFsY290LGRjPWNvbQ=="),
     []),
]


@pytest.mark.parametrize("name,text,options", ACCEPTED, ids=expect.case_ids(ACCEPTED))
def test_accepted(make, name, text, options):
    done, found = add(make, text, *options)
    assert done.returncode == 0, done
    assert found == INSTALLED


def test_verbose(make):
    done, _ = add(make, BASE, "-v")
    assert f'added: "{data.SUFFIX}" (00000001)' in done.stderr
    assert f'added: "{data.ADMIN}" (00000002)' in done.stderr


def test_dry_run(make):
    done, found = add(make, BASE, "-u", "-v")
    assert done.returncode == 0 and found == []
    assert f'added: "{data.ADMIN}"' in done.stderr


def test_dry_run_finds_errors(make):
    done, found = add(make, BASE + GOOD.replace("sn: x\n", ""), "-u")
    assert done.returncode == 1 and found == []


def test_standard_input(make):
    server = make(start=False)
    assert server.tool("slapadd", stdin=BASE).returncode == 0
    assert names(server) == INSTALLED


def test_unordered_input(make):
    """A child may come before its superior."""
    done, found = add(make, GOOD + "\n" + BASE)
    assert done.returncode == 0, done
    assert sorted(found) == sorted(INSTALLED + [f"cn=y,{data.SUFFIX}"])


@pytest.mark.parametrize("options", [[], ["-q"]])
def test_deeply_unordered_input(make, options):
    text = ldif.dump(reversed(data.entries()))
    server = make(start=False)
    path = server.top / "in.ldif"
    path.write_text(text)
    assert server.tool("slapadd", *options, "-l", path).returncode == 0
    server.start()
    with server.client() as anon:
        assert sorted(anon.search(data.SUFFIX).dns()) == sorted(dn for dn, _ in data.entries())
        assert len(anon.search(data.PEOPLE, 1).entries) == 5
        assert anon.search(data.SUFFIX, 2, "(uid=jean)").dns() == [data.dn_of("jean")]
    server.stop()


REFUSED = [
    ("undefined attribute", GOOD + "nosuch: x\n", "nosuch"),
    ("bad syntax", GOOD + "seeAlso: x\n", "seeAlso"),
    ("MUST missing", GOOD.replace("sn: x\n", ""), "sn"),
    ("not a DN", GOOD.replace("dn: cn=y", "dn: y"), "y,dc=falcot"),
    ("no dn", GOOD.split("\n", 1)[1], "dn"),
    ("no objectClass", GOOD.replace("objectClass: person\n", ""), "objectClass"),
    ("unknown class", GOOD.replace("person", "nosuch"), "nosuch"),
    ("other suffix", GOOD.replace("dc=falcot", "dc=other"), "dc=other"),
    ("line without a colon", GOOD + "garbage\n", "garbage"),
    ("two values of a single-valued one", GOOD.replace("person", "person\nobjectClass: "
                                                       "extensibleObject") + "c: fr\nc: de\n", "c"),
    ("change record", GOOD.replace("\n", "\nchangetype: add\n", 1), "changetype"),
    ("there already", GOOD + "\n" + GOOD, "cn=y"),
]


@pytest.mark.parametrize("name,text,word", REFUSED, ids=expect.case_ids(REFUSED))
def test_refused(make, name, text, word):
    done, found = add(make, BASE + text)
    assert done.returncode == 1, done
    assert word.lower() in done.stderr.lower()
    if harness.IMPL == "ours":
        assert "in.ldif:" in done.stderr, "errors name file and line"
        assert found == [], "all or nothing"
    else:
        assert f"line={LINE}" in done.stderr or f"line {LINE}" in done.stderr \
            or name == "there already"


@pytest.mark.ours("OpenLDAP reads these")
@pytest.mark.parametrize("text", [GOOD + "description:: !!\n", GOOD.replace("sn: x", "sn: x\nsn: X"),
                                  GOOD + "description:\n", GOOD + "description:: /w==\n"])
def test_refused_by_ours(make, text):
    done, found = add(make, BASE + text)
    assert done.returncode == 1 and found == []
    assert "in.ldif:" in done.stderr


def test_continue_on_errors(make):
    done, found = add(make, BASE + GOOD.replace("sn: x\n", "") + "\n" + GOOD.replace("y", "z"),
                      "-c")
    assert done.returncode in expect.differs({0}, {0, 1}, "slapadd(8) does not say")
    assert "sn" in done.stderr
    assert found == INSTALLED + [f"cn=z,{data.SUFFIX}"]


def test_missing_superior(make):
    done, found = add(make, BASE + GOOD.replace("cn=y,", "cn=y,ou=no,"))
    assert done.returncode == 1 and f"ou=no,{data.SUFFIX}" in done.stderr
    if harness.IMPL == "ours":
        assert found == []


def test_jump_to_a_line(make):
    server = make(start=False, entries=data.base_entries())
    path = server.top / "in.ldif"
    path.write_text(BASE + GOOD)
    done = server.tool("slapadd", "-j", LINE, "-l", path)
    assert done.returncode == 0, done
    assert names(server) == INSTALLED + [f"cn=y,{data.SUFFIX}"]


USAGE = [
    ("unknown option", ["-Z"]), ("no such database", ["-n", "9"]), ("no such suffix", ["-b", "dc=no"]),
    ("number that is none", ["-n", "x"]),
]


@pytest.mark.parametrize("name,options", USAGE, ids=expect.case_ids(USAGE))
def test_usage(make, name, options):
    server = make(start=False)
    done = server.tool("slapadd", *options, stdin=BASE)
    assert done.returncode == 1 and done.stderr
    assert names(server) == []


@pytest.mark.ours("OpenLDAP reads standard input without a word when the file is missing")
def test_missing_file(make):
    server = make(start=False)
    done = server.tool("slapadd", "-l", "/nonexistent.ldif")
    assert done.returncode == 1 and "/nonexistent.ldif" in done.stderr


def test_version_line_as_rfc_2849_has_it(make):
    done, found = add(make, "version: 1\n\n" + BASE)
    assert (done.returncode, found) == expect.differs(
        (1, []), (0, INSTALLED), "RFC 2849: an LDIF file begins with version-spec")


def test_empty_input(make):
    done, found = add(make, "")
    assert done.returncode == 0 and found == []


def test_relative_order_of_attributes_is_kept(make):
    text = f"dn: cn=o,{data.SUFFIX}\nsn: b\nsn: a\ncn: o\ndescription: 2\nobjectClass: person\n"
    server = make(start=False)
    assert server.tool("slapadd", stdin=BASE + text).returncode == 0
    out = server.tool("slapcat", "-a", "(cn=o)").stdout
    body = out[:out.index("structuralObjectClass")]
    assert body == text


def test_while_the_server_runs(make):
    """Both use the same file safely, or slapadd says that it will not."""
    server = make()
    done = server.tool("slapadd", stdin=GOOD)
    with server.client() as anon:
        found = anon.search(data.SUFFIX, 2, "(cn=y)").dns()
        assert found == ([f"cn=y,{data.SUFFIX}"] if done.returncode == 0 else [])
        if done.returncode:
            assert done.stderr
    server.stop()


def test_many_entries(make):
    people = [(f"uid=u{n},{data.PEOPLE}", data.person(f"u{n}", "Given", f"Name{n}", n))
              for n in range(3000)]
    server = make(start=False, entries=data.entries() + people)
    server.start()
    with server.client() as anon:
        found = anon.search(data.SUFFIX, 2, "(uidNumber=2500)", ["1.1"])
        assert found.dns() == [f"uid=u2500,{data.PEOPLE}"]
        assert len(anon.search(data.SUFFIX, 2, "(sn=name29*)", ["1.1"]).entries) == 111
    server.stop()
