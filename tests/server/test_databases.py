"""Several databases in one server: glued, with the empty suffix, hidden, read-only, limited."""

import pytest

from . import data, expect
from .client import BASE, MANAGE_DSA_IT, ONE, PAGED, SUB, control, paged
from .harness import Database, ServerError, schema_file

OU = ("objectClass", ["organizationalUnit"])


def glued():
    """A superior database and two subordinate ones, the deepest first as slapd.conf wants it."""
    return [
        Database(f"ou=Deep,ou=Branch,{data.SUFFIX}", "subordinate", name="deep"),
        Database(f"ou=Branch,{data.SUFFIX}", "subordinate", name="branch"),
        Database(name="top"),
    ]


@pytest.fixture
def glue(make):
    """A server with glued databases, filled through the superior one's manager."""
    server = make(databases=glued(), entries=[])
    with server.client(data.ADMIN) as admin, \
            server.client(f"cn=admin,ou=Branch,{data.SUFFIX}") as branch, \
            server.client(f"cn=admin,ou=Deep,ou=Branch,{data.SUFFIX}") as deep:
        for dn, attrs in data.entries():
            expect.ok(admin.add(dn, attrs))
        expect.ok(branch.add(f"ou=Branch,{data.SUFFIX}", [OU]))
        expect.ok(branch.add(f"cn=b,ou=Branch,{data.SUFFIX}",
                             {"objectClass": "person", "sn": "glued"}))
        expect.ok(deep.add(f"ou=Deep,ou=Branch,{data.SUFFIX}", [OU]))
        expect.ok(deep.add(f"cn=d,ou=Deep,ou=Branch,{data.SUFFIX}",
                           {"objectClass": "person", "sn": "glued"}))
    yield server
    server.stop()


def test_glued_search(glue):
    branch, deep = f"ou=Branch,{data.SUFFIX}", f"ou=Deep,ou=Branch,{data.SUFFIX}"
    with glue.client() as connection:
        dns = expect.ok(connection.search(data.SUFFIX, SUB, attrs=["1.1"])).dns()
        assert len(dns) == len(set(dns)) == len(data.entries()) + 4
        assert {branch, deep, f"cn=b,{branch}", f"cn=d,{deep}"} <= set(dns)
        assert sorted(connection.search(data.SUFFIX, SUB, "(sn=glued)", ["1.1"]).dns()) == \
            sorted([f"cn=b,{branch}", f"cn=d,{deep}"])
        assert branch in connection.search(data.SUFFIX, ONE, attrs=["1.1"]).dns()
        assert deep not in connection.search(data.SUFFIX, ONE, attrs=["1.1"]).dns()
        assert sorted(connection.search(branch, ONE, attrs=["1.1"]).dns()) == \
            sorted([f"cn=b,{branch}", deep])
        assert connection.search(data.SUFFIX, BASE, attrs=["1.1"]).dns() == [data.SUFFIX]


def test_glued_naming_contexts(glue):
    with glue.client() as connection:
        assert connection.read("", ["namingContexts"]).text("namingContexts") == [data.SUFFIX]


def test_glued_limits_and_pages(glue):
    with glue.client() as connection:
        total = len(connection.search(data.SUFFIX, attrs=["1.1"]).entries)
        result = expect.code(connection.search(data.SUFFIX, size=total - 1), 4)
        assert len(result.entries) == total - 1
        expect.ok(connection.search(data.SUFFIX, size=total))


def test_glued_matched_dn(glue):
    branch = f"ou=Branch,{data.SUFFIX}"
    with glue.client() as connection:
        expect.matched(expect.code(connection.search(f"cn=no,{branch}"), 32), branch)


def test_glued_writes(glue):
    """Each database has its own manager; the superior's may write below as OpenLDAP lets it."""
    dn = f"cn=w,ou=Branch,{data.SUFFIX}"
    with glue.client(f"cn=admin,ou=Branch,{data.SUFFIX}") as branch:
        expect.ok(branch.add(dn, {"objectClass": "person", "sn": "x"}))
        expect.ok(branch.modify(dn, [(2, "sn", ["y"])]))
        expect.code(branch.modrdn(dn, "cn=w", True, data.PEOPLE), {71, 53, 50})
        expect.ok(branch.delete(dn))
    with glue.client(data.ADMIN) as admin:
        expect.code(admin.delete(data.SUFFIX), 66)


def test_empty_suffix_beside_others(make):
    server = make(databases=[Database(), Database("", name="root", rootpw=True)], entries=[])
    with server.admin() as admin, server.client("cn=admin") as other:
        for dn, attrs in data.base_entries():
            expect.ok(admin.add(dn, attrs))
        expect.ok(other.add("o=elsewhere", {"objectClass": "organization"}))
        expect.ok(other.add("ou=x,o=elsewhere", [OU]))
        expect.ok(other.add("dc=com", {"objectClass": ["dcObject", "organization"], "o": "com"}))
        assert other.search("o=elsewhere", SUB).dns() == ["o=elsewhere", "ou=x,o=elsewhere"]
        assert admin.search(data.SUFFIX, SUB).dns() == [dn for dn, _ in data.base_entries()]
        assert other.read("", ["namingContexts"]).text("namingContexts") == [data.SUFFIX, ""]
        assert other.search("", BASE).dns() == [""]
        expect.matched(expect.code(other.search("cn=no,o=elsewhere"), 32), "o=elsewhere")
        expect.code(other.search("o=no"), 32)
        found = expect.ok(other.search("", ONE, "(objectClass=organization)", ["1.1"])).dns()
        assert {"o=elsewhere", "dc=com"} <= set(found)
    server.stop()


def test_two_contexts(make):
    server = make(databases=[Database(), Database("dc=second", name="db2")])
    with server.client("cn=admin,dc=second") as second, server.admin() as first:
        expect.ok(second.add("dc=second", {"objectClass": ["dcObject", "organization"], "o": "x"}))
        assert first.read("", ["namingContexts"]).text("namingContexts") == \
            [data.SUFFIX, "dc=second"]
        expect.code(first.add("ou=x,dc=second", [OU]), 50)
        expect.code(second.modify(data.SUFFIX, [(2, "o", ["x"])]), 50)
        assert first.search("dc=second").dns() == ["dc=second"]
    server.stop()


def test_one_suffix_for_each_database(make):
    """An mdb database holds one context; slapd-mdb(5) takes one suffix too."""
    server = make(start=False, databases=[Database(lines='suffix "dc=alias,dc=net"')])
    with pytest.raises(ServerError, match=expect.differs("", "suffix", "errors say why")):
        server.start()


def test_read_only(make):
    server = make(access="readonly on")
    with server.admin() as admin:
        for result in (admin.add(f"cn=x,{data.SUFFIX}", {"objectClass": "person", "sn": "x"}),
                       admin.modify(data.SUFFIX, [(2, "o", ["x"])]),
                       admin.delete(data.dn_of("jean")),
                       admin.modrdn(data.dn_of("jean"), "uid=x")):
            expect.code(result, 53)
        assert len(admin.search(data.SUFFIX).entries) == len(data.entries())
    server.stop()


def test_read_only_everywhere(make):
    server = make(extra="readonly on")
    with server.admin() as admin:
        expect.code(admin.modify(data.SUFFIX, [(2, "o", ["x"])]), 53)
    server.stop()


def test_hidden(make):
    server = make(databases=[Database(), Database("dc=secret", "hidden on", name="db2")])
    with server.client() as anon:
        assert anon.read("", ["namingContexts"]).text("namingContexts") == [data.SUFFIX]
        expect.code(anon.bind("cn=admin,dc=secret", data.PASSWORD), 49)
        expect.code(anon.search("dc=secret"), 32)
    server.stop()


def limited(make, where):
    """A server that returns at most five entries, set globally or for the database."""
    return make(extra="sizelimit 5") if where == "global" else make(access="sizelimit 5")


@pytest.mark.parametrize("where", ["global", "database"])
def test_size_limit(make, where):
    server = limited(make, where)
    with server.client() as anon, server.admin() as admin:
        assert len(expect.code(anon.search(data.SUFFIX), 4).entries) == 5
        assert len(expect.code(anon.search(data.SUFFIX, size=3), 4).entries) == 3
        assert len(expect.code(anon.search(data.SUFFIX, size=10), {4, 11}).entries) <= 5
        expect.ok(anon.search(data.SUFFIX, SUB, "(objectClass=person)"))
        assert len(expect.ok(admin.search(data.SUFFIX)).entries) == len(data.entries())
    server.stop()


def test_size_limit_counts_over_pages(make):
    """nslcd sees at most the limit, paged or not."""
    from .test_paged import cookie_of
    server = make(extra="sizelimit 5")
    with server.client() as anon:
        first = expect.ok(anon.search(data.SUFFIX, attrs=["1.1"], controls=[paged(4)]))
        second = anon.search(data.SUFFIX, attrs=["1.1"], controls=[paged(4, cookie_of(first)[1])])
        assert len(expect.code(second, 4).entries) == 1
    server.stop()


LIMITS = ["sizelimit unlimited", "sizelimit size.soft=3 size.hard=6", "timelimit 5",
          "timelimit unlimited", "timelimit time.soft=1 time.hard=2"]


@pytest.mark.parametrize("line", LIMITS)
def test_limit_lines(make, line):
    server = make(extra=line)
    with server.client() as anon:
        result = anon.search(data.SUFFIX)
        assert len(result.entries) == (3 if "soft=3" in line else len(data.entries()))
        if "hard=6" in line:
            assert len(expect.code(anon.search(data.SUFFIX, size=6), 4).entries) == 6
            expect.code(anon.search(data.SUFFIX, size=7), {4, 11})
    server.stop()


def test_config_is_closed_to_others(make):
    server = make()
    with server.client() as anon, server.admin() as admin:
        for connection in (anon, admin):
            result = connection.search("cn=config")
            assert result.code in (32, 50, 0) and not result.entries
            code = connection.modify("cn=config", [(2, "olcLogLevel", ["0"])]).code
            assert code in (50, 53, 8, 32)
    server.stop()


def test_config_has_a_manager(make):
    server = make(start=False, databases=[])
    text = server.conf.read_text() + "database config\nrootpw conf\n" + Database().text(server.top)
    server.conf.write_text(text)
    server.start()
    with server.client("cn=config", "conf") as manager:
        dns = expect.ok(manager.search("cn=config", SUB, attrs=["1.1"])).dns()
        assert "cn=config" in dns and "cn=schema,cn=config" in dns
        name = next(dn for dn in dns if dn.endswith("mdb,cn=config"))
        entry = manager.read(name)
        assert entry.text("olcSuffix") == [data.SUFFIX]
        from .test_paged import cookie_of
        seen, cookie = [], b""
        while not seen or cookie:
            result = expect.ok(manager.search("cn=config", SUB, attrs=["1.1"],
                                              controls=[paged(2, cookie, critical=False)]))
            assert len(result.entries) <= 2 or len(result.entries) == len(dns)
            seen += result.dns()
            cookie = cookie_of(result)[1] if result.control(PAGED) else b""
        assert seen == dns
    server.stop()


def test_monitor(make):
    server = make(extra="moduleload back_monitor")
    server.stop()
    server.conf.write_text(server.conf.read_text() + "database monitor\n")
    server.start()
    with server.client() as anon:
        assert anon.search("cn=Monitor", BASE).dns() == ["cn=Monitor"]
        assert anon.read("", ["monitorContext"]).text("monitorContext") == ["cn=Monitor"]
    server.stop()


def test_include_chain(make, scratch):
    """An include file may hold anything, schema and databases too."""
    extra = scratch / "extra.conf"
    extra.write_text(f"# a comment\n\ninclude {schema_file('duaconf')}\nsizelimit\n  7\n")
    server = make(extra=f"include {extra}")
    with server.client() as anon:
        assert len(expect.code(anon.search(data.SUFFIX), 4).entries) == 7
    server.stop()


def test_glue_with_manage_dsa_it(glue):
    """With the control each database answers alone (as OpenLDAP's glue does)."""
    with glue.client() as connection:
        dns = expect.ok(connection.search(data.SUFFIX, SUB, "(sn=glued)", ["1.1"],
                                          [control(MANAGE_DSA_IT)])).dns()
        assert len(dns) in (0, 2)


@pytest.mark.ours("the reference renames into and away from glued databases")
def test_rename_keeps_out_of_glued_databases(glue):
    """An entry may neither take a glued suffix as its name nor leave a glued database behind."""
    with glue.client(data.ADMIN) as admin:
        expect.ok(admin.add(f"ou=Other,{data.SUFFIX}", [OU]))
        expect.code(admin.modrdn(f"ou=Other,{data.SUFFIX}", "ou=Branch"), 71)
        expect.ok(admin.search(f"ou=Other,{data.SUFFIX}", BASE))


@pytest.mark.parametrize("forbidden", ["bind", "compare", "search", "write"])
def test_restricted_operations(make, forbidden):
    """restrict of a database refuses what it names and nothing else."""
    server = make(access=f"restrict {forbidden}")
    jean = data.dn_of("jean")
    with server.client() as anon, server.client() as manager:
        bound = anon.bind(jean, "jean-pw").code
        manager.bind(data.ADMIN, data.PASSWORD)
        codes = {"bind": bound, "compare": manager.compare(jean, "uid", "jean").code,
                 "search": manager.search(jean, BASE).code,
                 "write": manager.modify(jean, [(2, "description", ["x"])]).code}
    assert codes[forbidden] == 53
    others = {"compare": 6, "search": 0, "bind": 0}
    for name, code in others.items():
        if name != forbidden and forbidden != "bind":
            assert codes[name] == code
