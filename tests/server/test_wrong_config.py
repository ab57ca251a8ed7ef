"""Every wrong configuration is refused with its place, the option's name and the cure."""

import pytest

from . import expect, harness, wrong_config
from .client import MOD_REPLACE, SUB, Client

pytestmark = pytest.mark.ours("the texts are ours")


def put(server, where, line):
    """Writes slapd.conf with the line in its section. Returns the number of the line."""
    head, tail = server.conf.read_text().split("database mdb", 1)
    before = {wrong_config.GLOBAL: head, wrong_config.BACKEND: head + "backend mdb\n",
              wrong_config.DB: head + "database mdb" + tail}[where]
    after = "" if where == wrong_config.DB else "database mdb" + tail
    server.conf.write_text(f"{before}{line}\n{after}")
    return before.count("\n") + 1


@pytest.fixture(scope="module")
def server():
    """A configuration that is right; nobody serves it."""
    made = harness.Slapd(schemas=["core", "cosine", "inetorgperson", "nis"])
    yield made
    made.remove()


@pytest.mark.parametrize("where,line,cure", wrong_config.ROWS,
                         ids=[f"{row[0]}: {row[1]}" for row in wrong_config.ROWS])
def test_refused(server, where, line, cure):
    right = server.conf.read_text()
    number = put(server, where, line)
    try:
        done = server.tool("slaptest", "-u")
    finally:
        server.conf.write_text(right)
    assert done.returncode == 1
    said = [row for row in done.stderr.splitlines() if f"{server.conf}:{number}: " in row]
    assert said, done.stderr
    text = said[0].split(f":{number}: ", 1)[1]
    assert wrong_config.keyword(line).lower() in text.lower()
    assert cure in text


def test_there_are_enough():
    assert len({row[1] for row in wrong_config.ROWS}) == len(wrong_config.ROWS) >= 200


def test_every_option_has_a_wrong_value():
    tried = {wrong_config.keyword(line).lower() for _, line, _ in wrong_config.ROWS}
    missing = set(wrong_config._attributes()) - tried  # pylint: disable=protected-access
    # Options of SASL are kept as they are, and what OpenLDAP alone reads is not looked at.
    assert {name for name in missing if not name.startswith(("sasl-", "auth"))} <= UNCHECKED


def test_what_is_right_stays_right(server):
    assert server.tool("slaptest", "-u").returncode == 0


UNCHECKED = {"modulepath", "pluginlog", "replogfile", "replica-argsfile", "replica-pidfile",
             "tlscacertificatefile", "tlscacertificatepath", "tlscertificatekeyfile", "tlsdhparamfile",
             "tlscertificatefile", "tlsciphersuite", "tlscrlfile", "tlsrandfile", "tlsecname"}


# ---- the same in cn=config ----

# What the tree says in its own words: the syntax of the attribute, or the entry it belongs in.
PHRASES = ("expected a number from", "expected TRUE or FALSE", "expected a distinguished name",
           "it belongs in", "expected one of", "is refused", 'expected "("', "expected a keyword")
# One word or several make a difference in slapd.conf only; databases are entries.
FILE_ONLY = ("rootpw", "overlay", "database", "backend")


def tree(connection):
    """Everything below cn=config."""
    result = expect.ok(connection.search("cn=config", SUB))
    return [(entry.dn, entry.attrs) for entry in result.entries]


def test_refused_online(make):
    """Two hundred wrong modifies over ldapi: each refused with the cure, and nothing changes."""
    server = make()
    places = {wrong_config.GLOBAL: "cn=config",
              wrong_config.DB: "olcDatabase={1}mdb,cn=config"}
    tried, wrong = 0, []
    with Client(server.socket_path) as root:
        expect.ok(root.sasl("EXTERNAL", b""))
        before = tree(root)
        for where, line, cure in wrong_config.ROWS:
            change = wrong_config.change(line)
            if not change or where not in places or wrong_config.keyword(line) in FILE_ONLY:
                continue
            tried += 1
            result = root.modify(places[where], [(MOD_REPLACE, *change[:1], [change[1]])])
            named = any(name.lower() in result.text.lower()
                        for name in (change[0], wrong_config.keyword(line)))
            if result.code == 0 or not named or not any(
                    part in result.text for part in (cure, *PHRASES)):
                wrong.append((line, result.code, result.text))
        assert tree(root) == before
    assert not wrong
    assert tried >= 200
