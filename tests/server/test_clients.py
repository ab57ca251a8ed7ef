"""The clients people use: ldap-utils, python-ldap, ldap3, Net::LDAP, go-ldap, ldapvi."""

import os
import pathlib
import shutil

import pytest

from . import data
from .harness import run

HERE = pathlib.Path(__file__).parent / "clients"
TOTAL = len(data.entries())


@pytest.fixture
def server(make):
    """A server of its own for each session."""
    running = make(extra="moduleload back_monitor")
    yield running
    running.stop()


def arguments(server):
    """What every session takes: URL, manager, password, suffix."""
    return [server.uri, data.ADMIN, data.PASSWORD, data.SUFFIX]


def test_python_ldap(server):
    ldap = pytest.importorskip("ldap")
    from ldap import modlist
    from ldap.controls import SimplePagedResultsControl
    from ldap.controls.readentry import PostReadControl, PreReadControl
    from ldap.schema import SubSchema
    connection = ldap.initialize(server.uri)
    with pytest.raises(ldap.INVALID_CREDENTIALS):
        connection.simple_bind_s(data.ADMIN, "bad")
    connection.simple_bind_s(data.ADMIN, data.PASSWORD)
    assert connection.whoami_s() == f"dn:{data.ADMIN}"
    dn = f"cn=python,{data.SUFFIX}"
    connection.add_s(dn, modlist.addModlist({"objectClass": [b"person"], "sn": [b"Snake"],
                                             "cn": [b"python"]}))
    with pytest.raises(ldap.ALREADY_EXISTS):
        connection.add_s(dn, [("objectClass", [b"person"]), ("sn", [b"x"])])
    pre, post = PreReadControl(True, ["sn"]), PostReadControl(True, ["sn"])
    msgid = connection.modify_ext(dn, [(ldap.MOD_REPLACE, "sn", [b"Boa"])],
                                  serverctrls=[pre, post])
    _, _, _, controls = connection.result3(msgid)
    assert [c.entry["sn"] for c in controls] == [[b"Snake"], [b"Boa"]]
    assert connection.compare_s(dn, "sn", b"boa") is True
    connection.rename_s(dn, "cn=anaconda", data.PEOPLE)
    moved = f"cn=anaconda,{data.PEOPLE}"
    assert connection.search_s(moved, ldap.SCOPE_BASE)[0][1]["sn"] == [b"Boa"]
    connection.delete_s(moved)
    with pytest.raises(ldap.NO_SUCH_OBJECT) as caught:
        connection.search_s(moved, ldap.SCOPE_BASE)
    assert caught.value.args[0]["matched"] == data.PEOPLE
    page = SimplePagedResultsControl(True, 4, "")
    seen = []
    while True:
        msgid = connection.search_ext(data.SUFFIX, ldap.SCOPE_SUBTREE, "(objectClass=*)", ["1.1"],
                                      serverctrls=[page])
        _, found, _, controls = connection.result3(msgid)
        seen += [name for name, _ in found]
        page.cookie = controls[0].cookie
        if not page.cookie:
            break
    assert len(seen) == len(set(seen)) == TOTAL
    schema = SubSchema(connection.read_subschemasubentry_s("cn=Subschema"), 0)
    assert schema.get_obj(ldap.schema.ObjectClass, "inetOrgPerson").names == ("inetOrgPerson",)
    msgid = connection.search(data.SUFFIX, ldap.SCOPE_SUBTREE)
    connection.abandon(msgid)
    connection.unbind_s()


def test_ldap3(server):
    ldap3 = pytest.importorskip("ldap3")
    host = ldap3.Server("127.0.0.1", server.port, get_info=ldap3.ALL)
    connection = ldap3.Connection(host, data.ADMIN, data.PASSWORD, auto_bind=True)
    assert data.SUFFIX in host.info.naming_contexts
    assert "inetOrgPerson" in host.schema.object_classes
    assert connection.extend.standard.who_am_i() == f"dn:{data.ADMIN}"
    dn = f"cn=three,{data.SUFFIX}"
    assert connection.add(dn, "inetOrgPerson", {"sn": "Three", "mail": ["a@b.c"]})
    assert not connection.add(dn, "person", {"sn": "x"})
    assert connection.result["result"] == 68
    assert connection.modify(dn, {"sn": [(ldap3.MODIFY_REPLACE, ["Drei"])],
                                  "title": [(ldap3.MODIFY_ADD, ["x", "y"])]})
    assert connection.compare(dn, "sn", "drei")
    assert connection.search(data.SUFFIX, "(title=X)", attributes=["*", "+"])
    entry = connection.entries[0]
    assert entry.entry_dn == dn and entry.sn.value == "Drei"
    assert entry.createTimestamp.value.year >= 2024
    paged = connection.extend.standard.paged_search(data.SUFFIX, "(objectClass=*)", paged_size=4,
                                                    generator=False)
    assert len(paged) == TOTAL + 1
    assert connection.modify_dn(dn, "cn=drei", new_superior=data.PEOPLE)
    assert connection.delete(f"cn=drei,{data.PEOPLE}")
    assert not connection.search(data.SUFFIX, "(uid=nobody)")
    connection.unbind()


def test_net_ldap(server):
    if run(["perl", "-MNet::LDAP", "-e", "1"]).returncode:
        pytest.skip("libnet-ldap-perl is not installed")
    done = run(["perl", str(HERE / "session.pl"), *arguments(server)])
    assert done.returncode == 0, done
    assert f"paged {TOTAL + 1}\n" in done.stdout and "schema: ok" in done.stdout


GOPATH = "/usr/share/gocode"


def test_go_ldap(server, tmp_path):
    if not shutil.which("go") or not os.path.isdir(f"{GOPATH}/src/github.com/go-ldap/ldap"):
        pytest.skip("golang-go and golang-github-go-ldap-ldap-dev are not installed")
    env = {"GO111MODULE": "off", "GOPATH": GOPATH, "GOFLAGS": "", "HOME": str(tmp_path),
           "GOCACHE": os.environ.get("GOCACHE", "/tmp/muster-go-cache")}
    binary = tmp_path / "session"
    built = run(["go", "build", "-o", str(binary), str(HERE / "session.go")], env=env, timeout=300)
    assert built.returncode == 0, built
    done = run([str(binary), *arguments(server)])
    assert done.returncode == 0, done
    assert f"paged {TOTAL + 1}: ok" in done.stdout and "compare true" in done.stdout


def test_ldapvi(server):
    if not shutil.which("ldapvi"):
        pytest.skip("ldapvi is not installed")
    common = ["--host", server.uri, "--user", data.ADMIN, "--password", data.PASSWORD,
              "--bind", "simple"]
    done = run(["ldapvi", *common, "--base", data.SUFFIX, "--out", "(uid=jean)"])
    assert done.returncode == 0 and data.dn_of("jean") in done.stdout, done
    record = f"dn: cn=vi,{data.SUFFIX}\nobjectClass: person\ncn: vi\nsn: Editor\n"
    done = run(["ldapvi", *common, "--in", "--ldif", "--add"], stdin=record)
    assert done.returncode == 0, done
    record = f"dn: cn=vi,{data.SUFFIX}\nchangetype: modify\nreplace: sn\nsn: Changed\n-\n"
    done = run(["ldapvi", *common, "--in", "--ldif"], stdin=record)
    assert done.returncode == 0, done
    with server.client() as anon:
        assert anon.read(f"cn=vi,{data.SUFFIX}").text("sn") == ["Changed"]
    done = run(["ldapvi", *common, "--delete", f"cn=vi,{data.SUFFIX}"])
    assert done.returncode == 0, done


ADD = f"""\
dn: cn=utils,{data.SUFFIX}
objectClass: person
cn: utils
sn: Tools
"""
CHANGE = f"""\
dn: cn=utils,{data.SUFFIX}
changetype: modify
add: description
description: one
-
replace: sn
sn: New
"""


def test_ldap_utils(server):
    steps = [
        ("ldapadd", [], ADD, 0), ("ldapadd", [], ADD, 68), ("ldapadd", ["-c"], ADD, 68),
        ("ldapmodify", [], CHANGE, 0), ("ldapmodify", [], CHANGE, 20),
        ("ldapcompare", [f"cn=utils,{data.SUFFIX}", "sn:new"], None, 6),
        ("ldapcompare", [f"cn=utils,{data.SUFFIX}", "sn:old"], None, 5),
        ("ldapmodrdn", ["-r", f"cn=utils,{data.SUFFIX}", "cn=tools"], None, 0),
        ("ldapmodrdn", ["-s", data.PEOPLE, f"cn=tools,{data.SUFFIX}", "cn=tools"], None, 0),
        ("ldapdelete", [data.PEOPLE], None, 66),
        ("ldapdelete", [f"cn=tools,{data.PEOPLE}"], None, 0),
        ("ldapdelete", [f"cn=tools,{data.PEOPLE}"], None, 32),
        ("ldapwhoami", [], None, 0), ("ldapexop", ["whoami"], None, 0),
        ("ldapexop", ["1.2.3.4"], None, 1), ("ldapwhoami", ["-e", "!1.2.3.4"], None, None),
    ]
    for name, argv, text, status in steps:
        done = server.ldap(name, *argv, admin=True, stdin=text)
        assert status is None or done.returncode == status, (name, argv, done)


SEARCHES = [
    (["-E", "mv=(uid=jean)", "(uid=jean)", "uid"], "uid: jean"),
    (["-e", "assert=(dc=falcot)", "-s", "base"], "o: Falcot Corp"),
    (["-E", "!subentries=true"], "numResponses: 1"),
    (["-a", "always", "(uid=jean)"], "numEntries: 1"),
    (["-A", "(uid=jean)", "cn"], "cn:\n"),
    (["-s", "base", "+"], "entryUUID: "),
    (["-E", "!domainScope", "-s", "base"], "dc: falcot"),
]


@pytest.mark.parametrize("argv,text", SEARCHES)
def test_ldapsearch_options(server, argv, text):
    done = server.ldap("ldapsearch", "-b", data.SUFFIX, *argv)
    assert done.returncode == 0 and text in done.stdout, done


def test_ldapmodify_controls(server):
    dn = data.dn_of("joe")
    text = f"dn: {dn}\nchangetype: modify\nreplace: description\ndescription: x\n"
    for option, status in (("assert=(uid=joe)", 0), ("assert=(uid=x)", 122), ("preread=sn", 0),
                           ("postread=description", 0), ("manageDSAit", 0), ("noop", None)):
        done = server.ldap("ldapmodify", "-e", f"!{option}", admin=True, stdin=text)
        if status is not None:
            assert done.returncode == status, (option, done)
        if option.startswith("postread"):
            assert "description: x" in done.stdout


def test_ldapi_with_external(server):
    done = run(["ldapwhoami", "-Q", "-Y", "EXTERNAL", "-H", server.ldapi])
    assert done.stdout == "dn:gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth\n", done


def test_v2_client_is_told(server):
    done = server.ldap("ldapsearch", "-P", "2", "-b", data.SUFFIX)
    assert done.returncode == 2, done
