"""Random operations on a random tree: mostly valid, often nearly, sometimes nonsense.

The generator keeps a rough model of the names that exist, so that most operations hit something.
"""

from dataclasses import dataclass, field

from tests.server import ber, data, filters
from tests.server.client import (ASSERTION, DOMAIN_SCOPE, DONT_USE_COPY, MANAGE_DSA_IT,
                                 MATCHED_VALUES, NOOP, PERMISSIVE_MODIFY, POST_READ, PRE_READ,
                                 RELAX, SUBENTRIES, control, read_control)
from tests.server.differential.spell import respelled
from tests.server.differential.walk import walked
from tests.server.differential.words import (ASKED, BAD, CLASSES, FILTERED, LISTED, NAMES, NUMBERS,
                                             RDN_BAD, RDN_VALUES, READ, RULES, SHORT, TIMES, TYPED, WORDS)


URLS = ["ldap://o.example/dc=z", "ldap://p.example", "ldap://q.example:400/", "ldaps://r/cn=a%20b",
        "ldap://s/dc=z??sub?(cn=x)", "ldap://t/dc=z label"]


@dataclass
class Operation:
    """One operation: how to run it, how to show it, and what a comparison must know."""

    kind: str
    text: str
    run: object
    limit: int = 0
    deref: int = 0
    options: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.kind} {self.text}"


class Generator:
    """Makes operations from a seeded random.Random."""

    def __init__(self, rng):
        self.rng = rng
        self.known = [dn for dn, _ in data.entries()]

    def value(self, attr):
        """A value that may fit an attribute."""
        if self.rng.random() < 0.04:
            return self.rng.choice(WORDS + NUMBERS)
        if attr in TYPED:
            return self.rng.choice(TYPED[attr])
        if attr.lower().endswith("timestamp"):
            return self.rng.choice(TIMES)
        return self.rng.choice(NAMES.get(attr, WORDS))

    def values(self, attr, most=3):
        """Some values of an attribute, usually different ones."""
        found = [self.value(attr) for _ in range(self.rng.randint(1, most))]
        return found if self.rng.random() < 0.1 else list(dict.fromkeys(found))

    def rdn(self, attr=None):
        """A random RDN."""
        attr = attr or self.rng.choice(["cn", "ou", "uid", "sn", "description"])
        words = SHORT if self.rng.random() < 0.8 else RDN_VALUES
        text = f"{attr}={self.rng.choice(words)}"
        if self.rng.random() < 0.08:
            text += f"+{self.rng.choice(['sn', 'description', attr])}={self.rng.choice(words)}"
        return self.rng.choice(RDN_BAD) if self.rng.random() < 0.03 else text

    def place(self):
        """The name of an entry, mostly one that exists."""
        roll = self.rng.random()
        if roll < 0.85:
            dn = self.rng.choice(self.known)
            return respelled(self.rng, dn) if self.rng.random() < 0.08 else dn
        if roll < 0.95:
            return f"{self.rdn()},{self.rng.choice(self.known)}"
        return self.rng.choice(["", "bad", "dc=other", "cn=Subschema", f"cn=x,,{data.SUFFIX}"])

    def controls(self, choices):
        """Usually none, sometimes one control of those given. Returns (controls, text)."""
        if self.rng.random() > 0.12:
            return [], ""
        name = self.rng.choice(choices + ["unknown"])
        attrs, tree = self.rng.choice(READ), self.filter(1)
        items = [self.item() for _ in range(self.rng.randint(1, 3))]
        shown = {"assert": filters.text(tree), "values": "".join(map(filters.text, items)),
                 "pre": attrs, "post": attrs}.get(name, "")
        made = {
            "assert": lambda: control(ASSERTION, filters.encode(tree)),
            "noop": lambda: control(NOOP), "relax": lambda: control(RELAX),
            "manage": lambda: control(MANAGE_DSA_IT), "pre": lambda: read_control(PRE_READ, attrs),
            "post": lambda: read_control(POST_READ, attrs),
            "permissive": lambda: control(PERMISSIVE_MODIFY),
            "scope": lambda: control(DOMAIN_SCOPE),
            "subentries": lambda: control(SUBENTRIES, ber.boolean(self.rng.random() < 0.5)),
            "copy": lambda: control(DONT_USE_COPY),
            "values": lambda: control(MATCHED_VALUES, ber.sequence(
                *[filters.encode(item) for item in items])),
            "unknown": lambda: control("1.2.3.4", critical=self.rng.random() < 0.5),
        }[name]()
        return [made], f" [{name}] {shown}"

    def leaf(self):
        """One filter item."""
        attr = self.rng.choice(FILTERED if self.rng.random() < 0.3 else list(NAMES))
        value = ber.octets_of(self.value(attr))
        if attr in ("objectClass", "structuralObjectClass"):
            value = self.rng.choice(LISTED).encode()
        if attr in ("entryDN", "seeAlso") and self.rng.random() < 0.8:
            value = respelled(self.rng, self.rng.choice(self.known)).encode()
        kind = self.rng.choice(["=", "=", "=", "present", "sub", "sub", ">=", "<=", "ext"])
        if kind == "present":
            return "present", attr
        if kind == "sub":
            return self.substring(attr, value)
        if kind == "ext":
            rule = self.rng.choice(RULES)
            named = attr if rule is None or self.rng.random() < 0.8 else None
            return "ext", named, rule, value, self.rng.random() < 0.3
        return kind, attr, value

    def item(self):
        """One item of a matched values control: an extensible one without dnAttributes."""
        node = self.leaf()
        return (*node[:4], False) if node[0] == "ext" else node

    def substring(self, attr, value):
        """A substring item cut from a value."""
        if attr == "postalAddress":
            return "=", attr, value
        text = value.decode("utf-8", "replace")
        cut = [self.rng.randint(0, len(text)) for _ in range(2)]
        low, high = min(cut), max(cut)
        parts = [text[:low], text[low:high], text[high:]]
        initial = parts[0].strip() if self.rng.random() < 0.6 else ""
        final = parts[2].strip() if self.rng.random() < 0.6 else ""
        middle = [parts[1].strip().encode()] if parts[1].strip() else []
        if not (initial or final or middle):
            return "present", attr
        return "sub", attr, initial.encode() or None, middle, final.encode() or None

    def deep(self, depth):
        """A filter that is nested that deep."""
        node = self.leaf()
        for _ in range(depth):
            kind = self.rng.choice("&|!")
            beside = [self.leaf()] if self.rng.random() < 0.5 else []
            node = (kind, node) if kind == "!" else (kind, [*beside, node])
        return node

    def filter(self, depth=3):
        """A random filter tree."""
        if depth == 0 or self.rng.random() < 0.45:
            return self.leaf()
        kind = self.rng.choice("&|!")
        if kind == "!":
            return "!", self.filter(depth - 1)
        return kind, [self.filter(depth - 1) for _ in range(self.rng.randint(0 if depth < 3 else 1,
                                                                            3))]

    def search(self):
        """A search, mostly of a subtree."""
        base = data.SUFFIX if self.rng.random() < 0.6 else self.place()
        scope = self.rng.choice([2, 2, 2, 1, 0, 3])
        tree = self.filter() if self.rng.random() < 0.85 else ("present", "objectClass")
        if self.rng.random() < 0.02:
            tree = self.deep(self.rng.randint(5, 20))
        attrs = self.rng.choice(ASKED)
        limit = self.rng.choice([0] * 12 + [1, 3, 10])
        deref = self.rng.choice([0] * 8 + [1, 2, 3])
        types = self.rng.random() < 0.05
        extra, text = self.controls(["assert", "manage", "scope", "subentries", "noop", "values",
                                     "values", "copy"])
        # With aliases the reference pages through other entries than it finds without pages.
        paged = deref in (0, 2) and self.rng.random() < 0.07
        page = self.rng.choice([1, 2, 5, 100]) if paged else 0
        options = {"size": limit, "deref": deref, "types": types}
        return Operation("search", f"{base!r} {scope} {filters.text(tree)} {attrs} size={limit} "
                         f"deref={deref} types={types} page={page}{text}",
                         lambda c: walked(c, page, (base, scope, tree, attrs), extra, options),
                         limit, deref)

    def compare(self):
        """A compare."""
        dn, attr = self.place(), self.rng.choice(FILTERED)
        value = self.rng.choice(LISTED) if attr == "objectClass" else self.value(attr)
        if attr == "entryDN":
            value = respelled(self.rng, dn)
        extra, text = self.controls(["assert", "manage"])
        return Operation("compare", f"{dn!r} {attr} {value!r}{text}",
                         lambda c: c.compare(dn, attr, value, extra))

    def new_entry(self, kind):
        """Attributes of a new entry, and its RDN."""
        naming, must, may = CLASSES[kind]
        attrs = {"objectClass": [kind] + (["top"] if self.rng.random() < 0.3 else [])}
        for attr in must + self.rng.sample(may, self.rng.randint(0, min(4, len(may)))):
            attrs[attr] = self.values(attr, 1 if attr in ("uidNumber", "gidNumber") else 3)
        if self.rng.random() < 0.15:
            attrs["objectClass"].append("extensibleObject")
            for attr in self.rng.sample(list(TYPED), self.rng.randint(1, 3)):
                attrs[attr] = self.values(attr, 2)
        rdn = self.rdn(naming)
        if self.rng.random() < 0.1:
            attrs.pop(self.rng.choice(must), None)
        if self.rng.random() < 0.1:
            name, values = self.rng.choice(BAD)
            attrs[name] = values
        pairs = list(attrs.items())
        self.rng.shuffle(pairs)
        return rdn, pairs

    def add(self):
        """An add, mostly of a valid entry below one that exists."""
        kind = self.rng.choice(list(CLASSES))
        rdn, pairs = self.new_entry(kind)
        parent = self.place() if self.rng.random() < 0.3 else self.rng.choice(self.known)
        dn = f"{rdn},{parent}" if parent else rdn
        if self.rng.random() < 0.05:
            target = self.rng.choice(self.known)
            pairs = [("objectClass", ["alias", "extensibleObject"]),
                     ("aliasedObjectName", [respelled(self.rng, target)])]
        elif self.rng.random() < 0.03:
            pairs = [("objectClass", ["referral", "extensibleObject"]),
                     ("ref", self.rng.sample(URLS, self.rng.randint(1, 2)))]
        elif self.rng.random() < 0.01:
            pairs = [("objectClass", ["subentry", "extensibleObject"]),
                     ("subtreeSpecification", ["{}"])]
        extra, text = self.controls(["assert", "noop", "relax", "manage", "post", "pre"])
        return Operation("add", f"{dn!r} {pairs}{text}", lambda c: c.add(dn, pairs, extra),
                         options={"add": dn})

    def change(self):
        """One modification."""
        attr = self.rng.choice([a for a in NAMES if a not in ("ou", "uid")])
        if self.rng.random() < 0.08:
            attr = self.rng.choice(list(TYPED))
        kind = self.rng.choice([0, 0, 1, 1, 2, 2, 2, 3])
        if self.rng.random() < 0.08:
            attr, values = self.rng.choice(BAD)
            return kind, attr, values
        if kind == 3:
            return 3, self.rng.choice(["uidNumber", "gidNumber", attr]), [self.rng.choice(NUMBERS)]
        if kind == 1 and self.rng.random() < 0.5 or kind == 2 and self.rng.random() < 0.15:
            return kind, attr, []
        return kind, attr, self.values(attr)

    def modify(self):
        """A modify of one to three changes."""
        dn = self.place()
        changes = [self.change() for _ in range(self.rng.randint(1, 3))]
        if self.rng.random() < 0.06:
            changes.append((self.rng.choice([0, 1, 2]), "objectClass",
                            self.rng.sample(LISTED, self.rng.randint(1, 2))))
        extra, text = self.controls(["assert", "noop", "manage", "pre", "post", "permissive"])
        kind = "permissive" if "permissive" in text else "modify"
        if kind == "permissive":
            changes = [change for change in changes if change[0] != 1 or not change[2]]
        return Operation(kind, f"{dn!r} {changes}{text}", lambda c: c.modify(dn, changes, extra))

    def delete(self):
        """A delete, mostly of an entry that exists."""
        dn = self.place()
        extra, text = self.controls(["assert", "noop", "manage", "pre", "post"])
        return Operation("delete", f"{dn!r}{text}", lambda c: c.delete(dn, extra),
                         options={"delete": dn})

    def modrdn(self):
        """A rename, sometimes with a new superior."""
        dn, rdn, drop = self.place(), self.rdn(), self.rng.random() < 0.5
        superior = self.place() if self.rng.random() < 0.4 else None
        extra, text = self.controls(["assert", "noop", "manage", "pre", "post"])
        return Operation("modrdn", f"{dn!r} {rdn!r} {drop} {superior!r}{text}",
                         lambda c: c.modrdn(dn, rdn, drop, superior, extra),
                         options={"rename": True})

    def next(self):
        """The next operation."""
        roll = self.rng.random()
        if roll < 0.35:
            return self.search()
        if roll < 0.53:
            return self.add()
        if roll < 0.74:
            return self.modify()
        if roll < 0.83:
            return self.modrdn()
        if roll < 0.88:
            return self.compare()
        return self.delete()
