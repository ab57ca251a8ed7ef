"""Random filters over random data against a full-scan oracle, before, during and after indexing."""

import random

import pytest

from . import data, expect, filters, harness
from .client import MOD_REPLACE
from .differential import oracle

WORDS = ["alpha", "Beta", "gamma", "Delta ray", "epsilon  minus", "zeta", "eta", "theta", "a", "bb",
         "beta", "ALPHA", "alphabet", "betatron", "xalpha"]
TEXTS = ["cn", "sn", "description", "title", "mail"]
INDEXES = ["", "index cn,sn,description,title,mail,uid,telephoneNumber pres,eq,sub\n"
           "index uidNumber,gidNumber,homeDirectory pres,eq"]
COUNT = 300


def some(rng, most=3):
    """Some different values."""
    found = {oracle.fold(value): value for value in
             (" ".join(rng.sample(WORDS, rng.randint(1, 2))) for _ in range(rng.randint(1, most)))}
    return list(found.values())


def entry(rng, number):
    """A random person. Returns (dn, {lower-case name: values}, [(name, values)])."""
    attrs = [("objectClass", ["inetOrgPerson", "posixAccount"]), ("uid", [f"u{number}"]),
             ("cn", some(rng)), ("sn", some(rng)), ("uidNumber", [str(rng.randint(-50, 1200))]),
             ("gidNumber", [str(rng.choice([0, 100, 1000, 99999999999]))]),
             ("homeDirectory", [rng.choice(["/home/", "/Home/", "/srv/"]) + rng.choice(WORDS[:3])])]
    if rng.random() < 0.5:
        attrs.append(("description", some(rng)))
    if rng.random() < 0.2:
        attrs.append(("title", some(rng)))
    if rng.random() < 0.4:
        attrs.append(("mail", [f"{rng.choice(WORDS[:3])}@{rng.choice(['a.b', 'C.D'])}"]))
    if rng.random() < 0.3:
        attrs.append(("telephoneNumber", [rng.choice(["+1 2-3", "+12 34", "555 1234"])]))
    return f"uid=u{number},{data.SUFFIX}", {n.lower(): v for n, v in attrs}, attrs


def leaf(rng):
    """A random filter item."""
    roll = rng.random()
    if roll < 0.25:
        attr = rng.choice(["uidNumber", "gidNumber"])
        value = rng.choice([str(rng.randint(-60, 1300)), "0", "100", "abc", "007", "99999999999"])
        return rng.choice(["=", ">=", "<="]), attr, value.encode()
    if roll < 0.35:
        return "present", rng.choice([*TEXTS, "telephoneNumber", "nosuch", "name"])
    if roll < 0.42:
        return "=", "homeDirectory", rng.choice([b"/home/alpha", b"/Home/alpha", b"/srv/Beta"])
    if roll < 0.47:
        return "=", "telephoneNumber", rng.choice([b"+123", b"+1-2-3-4", b"5551234"])
    if roll < 0.5:
        return rng.choice(["=", ">=", "sub"]), "nosuch", b"x", [], None
    attr = rng.choice([*TEXTS, "name", "uid"])
    if roll < 0.75:
        value = rng.choice(some(rng) + [f"u{rng.randint(0, COUNT)}", "a.b"])
        return "=", attr, (value.upper() if rng.random() < 0.5 else value).encode()
    return substring(rng, attr)


def substring(rng, attr):
    """A random substring item without spaces at the ends of its pieces."""
    word = rng.choice(WORDS).replace(" ", "").encode()
    low = rng.randint(0, len(word))
    high = rng.randint(low, len(word))
    pieces = [word[:low] or None, [word[low:high]] if word[low:high] else [], word[high:] or None]
    if rng.random() < 0.5:
        pieces[0] = None
    if rng.random() < 0.5:
        pieces[2] = None
    if not any(pieces):
        pieces[1] = [b"a"]
    return ("sub", attr, *pieces)


def tree(rng, depth=3):
    """A random filter tree."""
    if depth == 0 or rng.random() < 0.4:
        node = leaf(rng)
        return node if node[0] == "sub" or node[0] == "present" else node[:3]
    kind = rng.choice("&|!")
    if kind == "!":
        return "!", tree(rng, depth - 1)
    return kind, [tree(rng, depth - 1) for _ in range(rng.randint(1, 4))]


def check(connection, rng, model, count):
    """Asks random filters and compares with the model."""
    hits = 0
    for _ in range(count):
        node = tree(rng)
        result = expect.ok(connection.search(data.SUFFIX, 1, node, ["1.1"]))
        wanted = oracle.search(node, model)
        assert sorted(result.dns()) == sorted(wanted), filters.text(node)
        hits += bool(wanted)
    assert hits > count // 10, "most filters must find something"


def populated(make, rng, index, count=COUNT):
    """A server with random people. Returns (server, model)."""
    rows = [entry(rng, n) for n in range(count)]
    database = harness.Database(index=index.removeprefix("index "))
    suffix = (data.SUFFIX, [("objectClass", ["dcObject", "organization"]), ("o", ["x"])])
    server = make(databases=[database], extra="sizelimit unlimited",
                  entries=[suffix] + [(dn, attrs) for dn, _, attrs in rows])
    return server, {dn: attrs for dn, attrs, _ in rows}


@pytest.mark.parametrize("index", INDEXES, ids=["no index", "indexed"])
@pytest.mark.parametrize("seed", [1, 2])
def test_random_filters(make, index, seed):
    rng = random.Random(seed)
    server, model = populated(make, rng, index)
    with server.client() as anon:
        check(anon, rng, model, 250)
    server.stop()


def change(admin, rng, model, number):
    """Adds, changes, renames and deletes an entry, on the server and in the model."""
    dn, plain, attrs = entry(rng, number)
    expect.ok(admin.add(dn, attrs))
    model[dn] = plain
    victim = rng.choice(list(model))
    name, values = rng.choice(TEXTS[1:4]), some(rng)
    expect.ok(admin.modify(victim, [(MOD_REPLACE, name, values)]))
    model[victim] = {**model[victim], name: values}
    old = rng.choice(list(model))
    expect.ok(admin.modrdn(old, f"uid=r{number}"))
    model[f"uid=r{number},{data.SUFFIX}"] = {**model.pop(old), "uid": [f"r{number}"]}
    gone = rng.choice(list(model))
    expect.ok(admin.delete(gone))
    del model[gone]


@pytest.mark.parametrize("index", INDEXES, ids=["no index", "indexed"])
def test_random_filters_between_changes(make, index):
    """The index follows adds, changes, renames and deletes."""
    rng = random.Random(11)
    server, model = populated(make, rng, index, 150)
    with server.admin() as admin:
        for number in range(1000, 1120):
            change(admin, rng, model, number)
            if number % 10 == 0:
                check(admin, rng, model, 12)
    server.stop()


def test_after_slapindex(make):
    rng = random.Random(21)
    server, model = populated(make, rng, "")
    server.stop()
    server.rewrite(lambda text: text + INDEXES[1] + "\n")
    done = server.tool("slapindex")
    assert done.returncode == 0, done
    server.start()
    with server.client() as anon:
        check(anon, rng, model, 400)
    server.stop()


@pytest.mark.ours("OpenLDAP answers wrongly until slapindex has run")
def test_during_a_background_index_build(make):
    """The index is new and nobody ran slapindex: answers are right from the first moment."""
    rng = random.Random(31)
    server, model = populated(make, rng, "", 3000)
    server.stop()
    server.rewrite(lambda text: text + INDEXES[1] + "\n")
    server.start()
    with server.admin() as admin:
        check(admin, rng, model, 30)
        for number in range(5000, 5060):
            change(admin, rng, model, number)
            if number % 10 == 0:
                check(admin, rng, model, 20)
        check(admin, rng, model, 60)
    server.stop()
    server.start()
    with server.client() as anon:
        check(anon, rng, model, 60)
    server.stop()


@pytest.mark.slow
@pytest.mark.ours("OpenLDAP answers wrongly until slapindex has run")
def test_while_an_index_build_is_killed_and_goes_on(make):
    """So many entries that the build takes seconds; the server dies in the middle, three times."""
    rng = random.Random(41)
    server, model = populated(make, rng, "", 20000)
    server.stop()
    server.rewrite(lambda text: text + INDEXES[1] + "\n")
    for life in range(4):
        server.start()
        with server.admin() as admin:
            for number in range(3):
                change(admin, rng, model, 50000 + 10 * life + number)
            check(admin, rng, model, 4 * life + 4)
        if life < 3:
            server.kill()
    server.stop()
    done = server.tool("slapindex", "--check")
    assert done.returncode == 0, done
    server.start()
    with server.client() as anon:
        check(anon, rng, model, 40)
    server.stop()
