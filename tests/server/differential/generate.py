"""Random operations on a random tree: mostly valid, often nearly, sometimes nonsense.

The generator keeps a rough model of the names that exist, so that most operations hit something.
"""

from dataclasses import dataclass, field

from tests.server import ber, data, filters
from tests.server.client import (ASSERTION, DOMAIN_SCOPE, MANAGE_DSA_IT, NOOP, PERMISSIVE_MODIFY,
                                 POST_READ, PRE_READ, RELAX, SUBENTRIES, control, read_control)

WORDS = ["alpha", "Beta", "gamma ray", "DELTA", "e", "Zo\u00eb", "\u0416\u0443\u043a", "a  b",
         "omega", "x-y", "100", "beta"]
NUMBERS = ["0", "1", "7", "42", "-5", "1000000", "99999999999999999999"]
NAMES = {
    "cn": WORDS, "sn": WORDS, "description": WORDS, "title": WORDS, "ou": WORDS, "uid": WORDS,
    "givenName": WORDS, "mail": ["a@b.c", "A@B.C", "x@y.z"], "uidNumber": NUMBERS,
    "gidNumber": NUMBERS, "memberUid": ["joe", "JOE", "jean"], "homeDirectory": ["/home/a", "/"],
    "telephoneNumber": ["+1 2 3", "+1-23", "555"], "loginShell": ["/bin/sh"],
    "displayName": WORDS, "employeeNumber": NUMBERS, "preferredLanguage": ["fr", "en"],
    "seeAlso": [data.SUFFIX, data.dn_of("jean"), "DC=FALCOT,dc=com"],
    "description;lang-fr": WORDS, "sn;lang-de": WORDS, "postalAddress": ["a$b", "A $ b"],
    "l": WORDS, "roomNumber": WORDS, "userPassword": ["secret", "{SSHA}x"],
}
BAD = [("nosuch", ["x"]), ("uidNumber", ["abc"]), ("seeAlso", ["notadn"]), ("sn;foo", ["x"]),
       ("cn", [""]), ("telephoneNumber", [""]), ("sn", [b"\xff"]), ("entryUUID", ["x"]),
       ("createTimestamp", ["20200101000000Z"]), ("objectClass", ["nosuch"]), ("", ["x"]),
       ("mail", ["\u00e9"]), ("displayName", ["a", "b"]), ("sn", ["same", "SAME"]),
       ("uidNumber", ["01"]), ("description", [])]
CLASSES = {
    "inetOrgPerson": ("cn", ["cn", "sn"], ["description", "title", "mail", "uid", "seeAlso",
                                           "telephoneNumber", "displayName", "givenName", "l",
                                           "employeeNumber", "description;lang-fr", "sn;lang-de",
                                           "preferredLanguage", "postalAddress", "roomNumber"]),
    "person": ("cn", ["cn", "sn"], ["description", "telephoneNumber", "seeAlso", "userPassword"]),
    "organizationalUnit": ("ou", ["ou"], ["description", "l", "telephoneNumber", "seeAlso"]),
    "posixGroup": ("cn", ["cn", "gidNumber"], ["description", "memberUid"]),
    "device": ("cn", ["cn"], ["description", "l", "seeAlso", "ou"]),
}
ASKED = [[], ["*"], ["+"], ["*", "+"], ["1.1"], ["cn", "sn"], ["name"], ["nosuch", "cn"],
         ["@person"], ["description;lang-fr"], ["entryDN", "hasSubordinates"], ["2.5.4.3"],
         ["sn;lang-"], ["SN", "sn", "surname"]]


@dataclass
class Operation:
    """One operation: how to run it, how to show it, and what a comparison must know."""

    kind: str
    text: str
    run: object
    limit: int = 0
    deref: int = 0
    ordered: bool = True
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
        return self.rng.choice(NAMES.get(attr, WORDS))

    def values(self, attr, most=3):
        """Some values of an attribute, usually different ones."""
        found = [self.value(attr) for _ in range(self.rng.randint(1, most))]
        return found if self.rng.random() < 0.1 else list(dict.fromkeys(found))

    def rdn(self, attr=None):
        """A random RDN."""
        attr = attr or self.rng.choice(["cn", "ou", "uid", "sn", "description"])
        text = f"{attr}={self.rng.choice(WORDS)}"
        if self.rng.random() < 0.08:
            text += f"+{self.rng.choice(['sn', 'description', attr])}={self.rng.choice(WORDS)}"
        if self.rng.random() < 0.03:
            text = self.rng.choice(["bad", "cn=", "nosuch=x", "cn=a,ou=b", "", "uidNumber=x"])
        return text

    def place(self):
        """The name of an entry, mostly one that exists."""
        roll = self.rng.random()
        if roll < 0.85:
            dn = self.rng.choice(self.known)
            return dn.upper() if self.rng.random() < 0.05 else dn
        if roll < 0.95:
            return f"{self.rdn()},{self.rng.choice(self.known)}"
        return self.rng.choice(["", "bad", "dc=other", "cn=Subschema", f"cn=x,,{data.SUFFIX}"])

    def controls(self, choices):
        """Usually none, sometimes one control of those given. Returns (controls, text)."""
        if self.rng.random() > 0.12:
            return [], ""
        name = self.rng.choice(choices + ["unknown"])
        attrs = self.rng.choice([["*"], ["cn", "sn"], ["+"], []])
        made = {
            "assert": lambda: control(ASSERTION, filters.encode(self.filter(1))),
            "noop": lambda: control(NOOP), "relax": lambda: control(RELAX),
            "manage": lambda: control(MANAGE_DSA_IT), "pre": lambda: read_control(PRE_READ, attrs),
            "post": lambda: read_control(POST_READ, attrs),
            "permissive": lambda: control(PERMISSIVE_MODIFY),
            "scope": lambda: control(DOMAIN_SCOPE),
            "subentries": lambda: control(SUBENTRIES, ber.boolean(False)),
            "unknown": lambda: control("1.2.3.4", critical=self.rng.random() < 0.5),
        }[name]()
        return [made], f" [{name}]"

    def leaf(self):
        """One filter item."""
        attr = self.rng.choice(list(NAMES) + ["objectClass", "name", "nosuch", "entryDN",
                                              "hasSubordinates", "structuralObjectClass"])
        value = ber.octets_of(self.value(attr))
        if attr == "objectClass":
            value = self.rng.choice([*CLASSES, "top", "nosuch", "2.5.6.6"]).encode()
        if attr in ("entryDN", "seeAlso"):
            value = self.rng.choice(self.known).encode()
        kind = self.rng.choice(["=", "=", "=", "present", "sub", "sub", ">=", "<=", "ext"])
        if kind == "present":
            return "present", attr
        if kind == "sub":
            return self.substring(attr, value)
        if kind == "ext":
            rule = self.rng.choice([None, "caseExactMatch", "caseIgnoreMatch", "integerMatch",
                                    "2.5.13.2", "nosuchMatch"])
            named = attr if rule is None or self.rng.random() < 0.8 else None
            return "ext", named, rule, value, self.rng.random() < 0.3
        return kind, attr, value

    def substring(self, attr, value):
        """A substring item cut from a value."""
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
        attrs = self.rng.choice(ASKED)
        limit = self.rng.choice([0] * 12 + [1, 3, 10])
        deref = self.rng.choice([0] * 8 + [1, 2, 3])
        types = self.rng.random() < 0.05
        extra, text = self.controls(["assert", "manage", "scope", "subentries", "noop"])
        whole = scope == 2 and base.lower() == data.SUFFIX
        return Operation("search", f"{base!r} {scope} {filters.text(tree)} {attrs} size={limit} "
                         f"deref={deref}{text}",
                         lambda c: c.search(base, scope, tree, attrs, extra, size=limit,
                                            deref=deref, types=types),
                         limit, deref, whole and not deref)

    def compare(self):
        """A compare."""
        dn, attr = self.place(), self.rng.choice([*NAMES, "objectClass", "nosuch", "entryDN"])
        value = self.value(attr)
        extra, text = self.controls(["assert", "manage"])
        return Operation("compare", f"{dn!r} {attr} {value!r}{text}",
                         lambda c: c.compare(dn, attr, value, extra))

    def new_entry(self, kind):
        """Attributes of a new entry, and its RDN."""
        naming, must, may = CLASSES[kind]
        attrs = {"objectClass": [kind] + (["top"] if self.rng.random() < 0.3 else [])}
        for attr in must + self.rng.sample(may, self.rng.randint(0, min(4, len(may)))):
            attrs[attr] = self.values(attr, 1 if attr in ("uidNumber", "gidNumber") else 3)
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
            pairs = [("objectClass", ["alias", "extensibleObject"]), ("aliasedObjectName", [target])]
        elif self.rng.random() < 0.03:
            pairs = [("objectClass", ["referral", "extensibleObject"]),
                     ("ref", ["ldap://o.example/dc=z"])]
        extra, text = self.controls(["assert", "noop", "relax", "manage", "post", "pre"])
        return Operation("add", f"{dn!r} {pairs}{text}", lambda c: c.add(dn, pairs, extra),
                         options={"add": dn})

    def change(self):
        """One modification."""
        attr = self.rng.choice([a for a in NAMES if a not in ("ou", "uid")])
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
                            [self.rng.choice([*CLASSES, "posixAccount", "nosuch"])]))
        extra, text = self.controls(["assert", "noop", "manage", "pre", "post", "permissive"])
        kind = "permissive" if "permissive" in text else "modify"
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
        if roll < 0.55:
            return self.add()
        if roll < 0.75:
            return self.modify()
        if roll < 0.85:
            return self.modrdn()
        if roll < 0.92:
            return self.compare()
        return self.delete()
