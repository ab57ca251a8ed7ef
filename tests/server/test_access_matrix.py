"""Operation by right by spelling: every cell compared with the model of slapd.access(5).

The first half is systematic: one entry for every right on every kind of target, and every operation
in every spelling on each. The second half draws rules at random. Writes are no-ops, so that the
cells do not see each other. Run with MUSTER_SLAPD=debian the same model is held against Debian's.
"""

import itertools
import random

import pytest

from . import access_model as model
from . import ber, filters, harness
from .access_model import Clause, Entry, Rule, Who
from .client import (ASSERTION, BASE, ENTRY, MATCHED_VALUES, NOOP, ONE, RELAX,
                     SUB, add_request, compare_request, control,
                     decode_entry, decode_result, delete_request, modify_request, modrdn_request,
                     search_request, bind_request)
from .harness import Database, Slapd

OURS = harness.IMPL == "ours"
SUFFIX = "dc=example"
ADMIN = f"cn=admin,{SUFFIX}"
BOX, OTHER, PEOPLE = f"ou=box,{SUFFIX}", f"ou=other,{SUFFIX}", f"ou=people,{SUFFIX}"
USER = Who(f"uid=u1,{PEOPLE}", "pw1")
SECOND = Who(f"uid=u2,{PEOPLE}", "pw2")
THIRD = Who(f"uid=u3,{PEOPLE}", "pw3")
ANONYMOUS = Who()
NUMBER = "+1 555 0001"
GROUP = f"cn=crew,{SUFFIX}"

RIGHTS = ["none", "disclose", "auth", "compare", "search", "read", "add", "delete", "write",
          "manage", "=0", "=d", "=x", "=c", "=s", "=r", "=a", "=z", "=w", "=m", "=rd", "=sd",
          "=cd", "=wd", "=ad", "=zd", "=rscd", "=wrscd"]
# name of the kind of target: (attrs=, val=)
PLACES = {"entry": ("entry", None), "children": ("children", None),
          "number": ("telephoneNumber", None), "name": ("name", None),
          "option": ("cn;lang-fr", None), "value": ("telephoneNumber", NUMBER),
          "all": (None, None), "class": ("@person", None)}


def text_rdn(dn):
    """The value of the first RDN."""
    return dn.split(",")[0].split("=")[1]


def person(dn, **more):
    """An entry that may have every attribute that the cells look at."""
    attrs = {"objectClass": ["inetOrgPerson", "extensibleObject"], "cn": [text_rdn(dn)],
             "sn": ["Smith"], "telephoneNumber": [NUMBER, "+1 555 0002"],
             "description": ["plain"], "cn;lang-fr": ["francois"], "uidNumber": ["7"],
             "userPassword": ["secret"], "member": [USER.dn, SECOND.dn]}
    attrs.update(more)
    return Entry(dn, {name: [v.encode() for v in values] for name, values in attrs.items()})


def account(who):
    """The entry of a requestor."""
    rdn = text_rdn(who.dn)
    return Entry(who.dn, {name: [v.encode() for v in values] for name, values in {
        "objectClass": ["inetOrgPerson", "extensibleObject"], "uid": [rdn], "cn": [rdn],
        "sn": [rdn], "userPassword": [who.password], "telephoneNumber": [NUMBER],
        "member": [who.dn]}.items()})


def place(dn):
    """An organizational unit."""
    return Entry(dn, {"objectClass": [b"organizationalUnit"], "ou": [text_rdn(dn).encode()]})


def foundation():
    """The entries that every directory of this file has, superiors first."""
    group = Entry(GROUP, {"objectClass": [b"groupOfNames"], "cn": [b"crew"],
                          "member": [USER.dn.encode()]})
    top = Entry(SUFFIX, {"objectClass": [b"organization", b"dcObject"], "o": [b"x"],
                         "dc": [b"example"]})
    return [top, place(BOX), place(OTHER), place(PEOPLE), group, account(USER), account(SECOND),
            account(THIRD)]


class Cells:
    """Collects requests with the answers wanted, sends them and counts the differences."""

    def __init__(self, running):
        self.running = running
        self.wrong = []
        self.count = 0

    def run(self, who, cells):
        """cells: (label, request, controls, Answer wanted)."""
        with self.running.client(who.dn or None, who.password) as connection:
            for at in range(0, len(cells), 50):
                self._batch(connection, who, cells[at:at + 50])

    def _batch(self, connection, who, cells):
        numbers = [connection.send(request, controls) for _, request, controls, _ in cells]
        results, entries = {}, {number: [] for number in numbers}
        while len(results) < len(cells):
            number, tag, parts, controls = connection.recv()
            if tag == ENTRY:
                entries[number].append(decode_entry(parts, controls))
            else:
                results[number] = decode_result(parts, controls)
        for number, (label, _, _, wanted) in zip(numbers, cells):
            self.count += 1
            got = self._seen(results[number], entries[number])
            if got != (wanted.code, wanted.matched, wanted.entries):
                self.wrong.append(f"{text_rdn(who.dn) if who.dn else 'anonymous'} {label}: "
                                  f"wanted {wanted}, got {got} {results[number].text}")

    @staticmethod
    def _seen(result, entries):
        known = {name.lower() for name in model.TYPES}
        seen = {entry.dn: {name: values for name, values in entry.attrs
                           if name.split(";")[0].lower() in known}
                for entry in entries}
        return result.code, result.matched, seen

    def check(self):
        """Fails with the first differences."""
        head = "\n".join(self.wrong[:40] + self.wrong[-1:])
        assert not self.wrong, f"{len(self.wrong)} of {self.count} cells differ:\n{head}"


def launch(entries, rules, lines=""):
    """Starts a server with these entries under these rules."""
    directory = [(e.dn, list(e.attrs.items())) for e in entries]
    access = lines + rules.text()
    running = Slapd(databases=[Database(suffix=SUFFIX, lines=access,
                                        index="objectClass,cn,sn,telephoneNumber eq")],
                    entries=directory)
    return running.start()


# -- what is asked of an entry

ATTRS = [[], ["*"], ["1.1"], ["telephoneNumber"], ["TELEPHONENUMBER"], ["2.5.4.20"], ["name"],
         ["cn"], ["commonName"], ["2.5.4.3"], ["cn;lang-fr"], ["CN;LANG-FR"], ["@person"], ["+"],
         ["sn", "cn;lang-fr"], ["*", "+"]]

_FORMS = ["({a}=*)", "({a}={v})", "({a}=none)", "({a}={v}*)", "({a}~={v})", "({a}:={v})",
          "({a}:{r}:={v})"]
_NAMES = [("telephoneNumber", NUMBER, "telephoneNumberMatch"),
          ("2.5.4.20", "+1-555-0002", "2.5.13.20"), ("name", "smith", "caseIgnoreMatch"),
          ("cn;lang-fr", "Francois", "caseIgnoreMatch"), ("surname", "SMITH", "2.5.13.2"),
          ("cn", "francois", "caseIgnoreMatch"), ("description", "plain", "caseIgnoreMatch")]


def filter_texts():
    """Every form on every attribute, plain and negated, and a few combinations."""
    items = [form.format(a=name, v=value, r=rule)
             for name, value, rule in _NAMES for form in _FORMS]
    mixed = ["(&(cn=*)(telephoneNumber=*))", "(|(sn=none)(telephoneNumber=*))",
             "(!(&(sn=Smith)(telephoneNumber=none)))", "(!(|(sn=none)(description=none)))",
             "(&(!(telephoneNumber=none))(!(cn=none)))", "(|(!(name=none))(sn=none))",
             "(uidNumber>=7)", "(uidNumber<=6)", "(!(uidNumber>=8))"]
    return items + [f"(!{item})" for item in items] + mixed


FILTERS = [(text, filters.parse(text)) for text in filter_texts()]
ANY = filters.parse("(objectClass=*)")


def search_cells(judge, who, dn):
    """Base searches: selections with and without values, then filters."""
    for attrs, types in itertools.product(ATTRS, (False, True)):
        yield (f"read {dn} {attrs} types={types}",
               search_request(dn, BASE, "(cn=*)", attrs, types=types), (),
               judge.search(who, dn, filters.parse("(cn=*)"), attrs, types))
    for text, node in FILTERS:
        yield (f"filter {dn} {text}", search_request(dn, BASE, text, ["1.1"]), (),
               judge.search(who, dn, node, ["1.1"]))


TREE_FILTERS = ["(objectClass=*)", "(objectClass=inetOrgPerson)", "(cn=a)", "(!(cn=a))",
                "(telephoneNumber=+15550001)", "(&(sn=smith)(telephoneNumber=*))",
                "(|(sn=smith)(cn;lang-fr=francois))", "(name=smith)", "(!(name=none))", "(cn=*a*)"]
_VALUES = [["(telephoneNumber=+1 555 0001)"], ["(name=smith)", "(cn;lang-fr=*)"],
           ["(member=*)", "(description=plain)"]]


def tree_cells(judge, who, base):
    """Searches of a level and of a tree."""
    for one, text, attrs in itertools.product((True, False), TREE_FILTERS,
                                              (["1.1"], [], ["name", "member"])):
        node = filters.parse(text)
        wanted = judge.search_tree(who, base, one, node, attrs)
        label = f"{'level' if one else 'tree'} {base} {text} {attrs}"
        scope = ONE if one else SUB
        yield label, search_request(base, scope, text, attrs), (), wanted


def value_cells(judge, who, dn):
    """Values picked by the client from those it may read."""
    for texts, attrs in itertools.product(_VALUES, ([], ["telephoneNumber", "cn"])):
        items = [filters.parse(text) for text in texts]
        asked = control(MATCHED_VALUES, ber.sequence(*[filters.encode(item) for item in items]))
        yield (f"values {dn} {texts} {attrs}",
               search_request(dn, BASE, "(objectClass=*)", attrs), [asked],
               judge.matched_values(who, dn, items, attrs))


COMPARES = [("telephoneNumber", NUMBER), ("telephoneNumber", "+1 555 9"), ("2.5.4.20", NUMBER),
            ("TelephoneNumber", "+1-555-0002"), ("name", "smith"), ("name", "none"),
            ("sn", "Smith"), ("surname", "none"), ("cn", "francois"), ("cn;lang-fr", "francois"),
            ("commonName", "none"), ("uid", "none"), ("description", "plain")]
ASSERTED = ["(telephoneNumber=*)", "(!(telephoneNumber=none))", "(sn=Smith)", "(name=none)"]


def asserted(text):
    """The assertion control for a filter."""
    return control(ASSERTION, filters.encode(text))


def compare_cells(judge, who, dn):
    """Compares in every spelling, and under an assertion."""
    for name, value in COMPARES:
        yield (f"compare {dn} {name}={value}", compare_request(dn, name, value), (),
               judge.compare(who, dn, name, value))
    for text in ASSERTED:
        yield (f"compare {dn} asserting {text}", compare_request(dn, "sn", "Smith"),
               [asserted(text)], judge.compare(who, dn, "sn", "Smith", filters.parse(text)))


CHANGES = [[(0, "telephoneNumber", ["+1 555 3"])], [(0, "2.5.4.20", ["+1 555 3", "+1 555 4"])],
           [(1, "telephoneNumber", [NUMBER])], [(1, "telephoneNumber", ["+1 555 0002"])],
           [(1, "TELEPHONENUMBER", [])], [(2, "telephoneNumber", ["+1 555 5"])],
           [(2, "telephoneNumber", [NUMBER])], [(2, "telephoneNumber", [])],
           [(0, "cn", ["more"])], [(0, "cn;lang-fr", ["x"])], [(1, "cn;lang-fr", [])],
           [(2, "cn;lang-fr", ["x"])], [(0, "description", ["x"])], [(1, "description", [])],
           [(2, "sn", ["x"])], [(3, "uidNumber", ["1"])], [(2, "uidNumber", ["9"])],
           [(0, "description", ["x"]), (1, "telephoneNumber", [])],
           [(0, "member", [USER.dn + ",dc=x"])], [(1, "member", [USER.dn])],
           [(1, "member", [SECOND.dn])], [(2, "member", [USER.dn])]]


def modify_cells(judge, who, dn):
    """Modifications by value, as a whole, of several attributes, asserted and relaxed."""
    noop = control(NOOP)
    stored = judge.directory.get(dn).attrs["member"]
    for changes in CHANGES:
        operation, name, values = changes[0]
        if operation == 1 and name == "member" and values[0].encode() not in stored:
            continue
        yield (f"modify {dn} {changes}", modify_request(dn, changes), [noop],
               judge.modify(who, dn, changes))
    for text in ASSERTED[:2]:
        changes = CHANGES[0]
        yield (f"modify {dn} asserting {text}", modify_request(dn, changes),
               [noop, asserted(text)],
               judge.modify(who, dn, changes, filters.parse(text)))
    yield (f"modify {dn} relaxed", modify_request(dn, CHANGES[12]), [noop, control(RELAX)],
           judge.modify(who, dn, CHANGES[12], relax=True))


def place_cells(judge, who, dn):
    """Add, delete and rename."""
    noop = control(NOOP)
    kid = person(f"cn=new,{dn}")
    yield (f"add below {dn}", add_request(kid.dn, kid.attrs), [noop], judge.add(who, kid))
    yield f"delete {dn}", delete_request(dn), [noop], judge.delete(who, dn)
    for text in ASSERTED[:2]:
        yield (f"delete {dn} asserting {text}", delete_request(dn), [noop, asserted(text)],
               judge.delete(who, dn, filters.parse(text)))
    for old, superior in itertools.product((True, False), (None, OTHER)):
        yield (f"rename {dn} {old} {superior}", modrdn_request(dn, "cn=renamed", old, superior),
               [noop], judge.modrdn(who, dn, "cn=renamed", old, superior))
    yield (f"read below {dn}", search_request(f"cn=no,{dn}", BASE), (),
           judge.search(who, f"cn=no,{dn}", ANY, []))
    yield (f"compare below {dn}", compare_request(f"cn=no,{dn}", "sn", "x"), (),
           judge.compare(who, f"cn=no,{dn}", "sn", "x"))


def every_cell(judge, who, dn):
    """All of the above."""
    kinds = [search_cells, value_cells, compare_cells]
    if who.dn:
        kinds += [modify_cells, place_cells]
    return [cell for kind in kinds for cell in kind(judge, who, dn)]


# -- the systematic half

def subject(kind, right):
    """The entry whose rule gives this right on this kind of target."""
    return f"cn={kind} {right.replace('=', 'is ')},{BOX}"


def systematic():
    """The directory and the rules: a right to the user, nothing to anonymous."""
    entries, rules = foundation(), []
    for kind, (attrs, value) in PLACES.items():
        for right in RIGHTS:
            dn = subject(kind, right)
            entries.append(person(dn))
            clauses = [Clause(("dn.exact", USER.dn), right), Clause(("users", None), "none"),
                       Clause(("*", None), right)]
            rules.append(Rule(clauses, ("exact", dn), [attrs] if attrs else [], value))
    rules.append(Rule([Clause(("dn.exact", USER.dn), "manage"), Clause(("*", None), "read")]))
    directory = model.Directory(entries)
    return entries, directory, model.Rules(rules, directory)


@pytest.fixture(scope="module")
def boxes():
    """The server of the systematic half."""
    entries, directory, rules = systematic()
    running = launch(entries, rules)
    yield Cells(running), model.Model(directory, rules, OURS)
    running.stop()
    running.remove()


@pytest.mark.parametrize("kind", PLACES)
def test_rights(boxes, kind):  # pylint: disable=redefined-outer-name
    """Every operation, in every spelling, with every right on one kind of target."""
    cells, judge = Cells(boxes[0].running), boxes[1]
    for right in RIGHTS:
        for who in (USER, ANONYMOUS):
            cells.run(who, every_cell(judge, who, subject(kind, right)))
    assert cells.count > 3000
    cells.check()


def test_rights_to_bind(boxes):  # pylint: disable=redefined-outer-name
    """Only the right to authenticate on the password counts."""
    running, judge, wrong = boxes[0].running, boxes[1], []
    with running.client() as connection:
        for kind, right in itertools.product(PLACES, RIGHTS):
            for password in ("secret", "bad") if kind == "all" else ("secret",):
                dn = subject(kind, right)
                got = connection.result(connection.send(bind_request(dn, password))).code
                wanted = judge.bind(dn, password.encode()).code
                if got != wanted:
                    wrong.append((dn, password, wanted, got))
    assert not wrong


# -- the half by chance

_WHOS = [("*", None), ("users", None), ("anonymous", None), ("self", None),
         ("dn.exact", USER.dn), ("dn.one", PEOPLE), ("dn.children", SUFFIX),
         ("dn.regex", "^uid=u[12],"), ("dnattr", "member"), ("group", GROUP),
         ("peername.ip", "127.0.0.1"), ("peername.ip", "127.0.0.2"), ("ssf", "1"),
         ("set", "this/member & user"), ("self.level{1}", None), ("dn.level{2}", SUFFIX),
         ("group/groupOfNames/member", GROUP), ("dn.subtree", USER.dn)]
_TARGETS = [("subtree", BOX), ("one", BOX), ("children", SUFFIX), ("exact", f"cn=a,{BOX}"),
            ("subtree", PEOPLE), ("regex", "^cn=[ab],"), ("exact", SUFFIX), None, None]
_ATTRS = [["entry"], ["children"], ["entry", "children"], ["telephoneNumber"], ["name"], ["cn"],
          ["cn;lang-fr"], ["@person"], ["member"], ["sn", "description"],
          ["userPassword"], [], [], [], ["2.5.4.20"], ["commonName"], ["TELEPHONENUMBER", "Entry"],
          ["distinguishedName"]]
_ACCESS = ["none", "disclose", "compare", "search", "read", "write", "manage", "=rscd", "=rs",
           "+r", "+w", "+scd", "-r", "-s", "-d", "=w", "=az", "=s", "=c", "selfwrite",
           "selfread", "=0", "+0"]
_CONTROLS = ["stop", "stop", "stop", "continue", "break", "break"]


def random_clause(source):
    """One by clause."""
    return Clause(source.choice(_WHOS), source.choice(_ACCESS), source.choice(_CONTROLS))


def random_rule(source):
    """One rule."""
    rule = Rule([random_clause(source) for _ in range(source.randint(1, 4))],
                source.choice(_TARGETS), source.choice(_ATTRS))
    if rule.attrs == ["telephoneNumber"] and source.random() < 0.5:
        rule.val = NUMBER
    if rule.attrs == ["member"] and source.random() < 0.5:
        rule.val, rule.val_style = PEOPLE, source.choice(["subtree", "one", "children", "exact"])
    if source.random() < 0.15:
        rule.filter = source.choice([("sn", "smith"), ("description", "*"), ("sn", "none")])
    return rule


def by_chance(seed):
    """Directory and rules of a seed; what nobody spoke of is readable in every third."""
    source = random.Random(seed)
    entries = foundation() + [person(f"cn=a,{BOX}"), person(f"cn=b,{BOX}", member=[SECOND.dn]),
                              person(f"cn=c,{OTHER}", sn=["Other"])]
    rules = [Rule([Clause(("anonymous", None), "auth"), Clause(("*", None), "+0", "break")],
                  ("subtree", PEOPLE), ["userPassword"])]
    rules += [random_rule(source) for _ in range(source.randint(2, 9))]
    if seed % 3 == 0:
        rules.append(Rule([Clause(("*", None), "read")]))
    directory = model.Directory(entries)
    return entries, directory, model.Rules(rules, directory)


def chance(seed):
    """Runs the cells of one seed. Returns the Cells."""
    entries, directory, rules = by_chance(seed)
    content = seed % 4 == 1 and "add_content_acl on\n" or ""
    running = launch(entries, rules, content)
    judge = model.Model(directory, rules, OURS, bool(content))
    cells = Cells(running)
    try:
        for who in (USER, SECOND, THIRD, ANONYMOUS):
            for dn in (f"cn=a,{BOX}", f"cn=b,{BOX}", f"cn=c,{OTHER}"):
                cells.run(who, every_cell(judge, who, dn))
            for dn in (SUFFIX, BOX, PEOPLE):
                cells.run(who, list(tree_cells(judge, who, dn)))
        running.stop()
    finally:
        running.remove()
    if cells.wrong:
        cells.wrong.append(rules.text())
    return cells


@pytest.mark.parametrize("seed", range(12))
def test_rules_by_chance(seed):
    """Rules of every shape, four requestors."""
    chance(seed).check()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 160))
def test_more_rules_by_chance(seed):
    """The same with more seeds."""
    chance(seed).check()
