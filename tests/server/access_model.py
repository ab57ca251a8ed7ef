"""What slapd.access(5) promises, written down a second time and from the manual alone.

A Directory holds entries, Rules decide bits, and Model says for an operation what a server must
answer. Nothing here is shared with slapd; test_access_matrix.py compares the two, and both with
Debian's. Where ours deliberately answers otherwise than Debian's, `ours` decides.
"""

import re
from dataclasses import dataclass, field

NOOP_DONE = 16654
TRUE, FALSE, UNDEFINED = "true", "false", "undefined"

_SINGLE = {"d": 1, "x": 2, "c": 4, "s": 8, "r": 16, "a": 32, "z": 64, "w": 96, "m": 128, "0": 0}
_LEVELS = {"none": 0, "disclose": 1, "auth": 3, "compare": 7, "search": 15, "read": 31,
           "add": 63, "delete": 95, "write": 127, "manage": 255}

# name: (OID, other names, supertype)
TYPES = {
    "objectClass": ("2.5.4.0", [], None),
    "name": ("2.5.4.41", [], None),
    "cn": ("2.5.4.3", ["commonName"], "name"),
    "sn": ("2.5.4.4", ["surname"], "name"),
    "ou": ("2.5.4.11", ["organizationalUnitName"], "name"),
    "dc": ("0.9.2342.19200300.100.1.25", ["domainComponent"], None),
    "o": ("2.5.4.10", ["organizationName"], "name"),
    "description": ("2.5.4.13", [], None),
    "telephoneNumber": ("2.5.4.20", [], None),
    "userPassword": ("2.5.4.35", [], None),
    "distinguishedName": ("2.5.4.49", [], None),
    "member": ("2.5.4.31", [], "distinguishedName"),
    "uid": ("0.9.2342.19200300.100.1.1", ["userid"], None),
    "uidNumber": ("1.3.6.1.1.1.1.0", [], None),
    "entry": ("", [], None),
    "children": ("", [], None),
}
_BY_NAME = {}
for _name, (_oid, _aliases, _sup) in TYPES.items():
    for _key in (_name, _oid, *_aliases):
        _BY_NAME[_key.lower()] = _name

PERSON = {"sn", "cn", "userPassword", "telephoneNumber", "seeAlso", "description", "objectClass"}


def bits_of(text):
    """Reads a level or a privilege list. Returns (operator, bits)."""
    if text[0] in "=+-":
        value = 0
        for letter in text[1:]:
            value |= _SINGLE[letter]
        return text[0], value
    return "=", _LEVELS[text]


def desc_of(text):
    """Splits an attribute description. Returns (type name, set of options)."""
    name, *options = text.split(";")
    return _BY_NAME[name.lower()], frozenset(option.lower() for option in options)


def is_subtype(sub, sup):
    """Whether a description is another one or descends from it."""
    name, options = sub
    while name is not None and name != sup[0]:
        name = TYPES[name][2]
    return name is not None and options >= sup[1]


def normal(name, value):
    """The form in which values of a type are compared."""
    text = value.decode() if isinstance(value, bytes) else value
    if name == "telephoneNumber":
        return re.sub(r"[ -]", "", text).lower()
    if name in ("userPassword", "uidNumber"):
        return text
    return " ".join(text.lower().split())


def parent(dn):
    """The superior's name; "" above the top."""
    return dn.split(",", 1)[1] if "," in dn else ""


def under(dn, top):
    """Whether a normal name is another one or lies below it."""
    return top == "" or dn == top or dn.endswith("," + top)


@dataclass
class Entry:
    """An entry: descriptions as written with their values."""

    dn: str
    attrs: dict

    @property
    def key(self):
        """The normal name."""
        return self.dn.lower()

    def of(self, desc):
        """The stored (description, values) pairs that are desc or subtypes of it."""
        return [(desc_of(name), values) for name, values in self.attrs.items()
                if is_subtype(desc_of(name), desc)]


@dataclass
class Who:
    """One requestor."""

    dn: str = ""
    password: str = ""
    root: bool = False

    @property
    def key(self):
        """The normal name; "" anonymous."""
        return self.dn.lower()


@dataclass
class Clause:
    """by <who> <access> <control>; who is (kind, argument)."""

    who: tuple
    access: str
    control: str = "stop"

    def text(self):
        """The clause as slapd.conf has it."""
        kind, argument = self.who
        word = kind if argument is None else f'{kind}="{argument}"'
        if kind in ("dnattr", "ssf"):
            word = f"{kind}={argument}"
        stop = "" if self.control == "stop" else f" {self.control}"
        return f"by {word} {self.access}{stop}"


@dataclass
class Rule:
    """to <what> by ...; dn is (style, name); val an exact value of the only attribute."""

    clauses: list
    dn: tuple = None
    attrs: list = field(default_factory=list)
    val: str = None
    val_style: str = "exact"
    filter: tuple = None

    def text(self):
        """The line as slapd.conf has it."""
        what = [f'dn.{self.dn[0]}="{self.dn[1]}"'] if self.dn else []
        if self.filter:
            what.append(f"filter=({self.filter[0]}={self.filter[1]})")
        if self.attrs:
            what.append("attrs=" + ",".join(self.attrs))
        if self.val is not None:
            style = "" if self.val_style == "exact" else f".{self.val_style}"
            what.append(f'val{style}="{self.val}"')
        lines = ["access to " + (" ".join(what) or "*")]
        return "\n    ".join(lines + [clause.text() for clause in self.clauses]) + "\n"


class Directory:
    """Entries by normal name."""

    def __init__(self, entries):
        self.entries = {entry.key: entry for entry in entries}

    def get(self, dn):
        """The entry, or None."""
        return self.entries.get(dn.lower())

    def children(self, dn):
        """The names right below."""
        return [e for e in self.entries.values() if parent(e.key) == dn.lower()]


def _dn_matches(style, pattern, dn):
    pattern = pattern.lower()
    if style in ("exact", "base"):
        return dn == pattern
    if style == "one":
        return parent(dn) == pattern and dn != ""
    if style == "children":
        return dn != pattern and under(dn, pattern)
    if style.startswith("level"):
        return under(dn, pattern) and \
            len(dn.split(",")) - len(pattern.split(",")) == int(style[6:-1])
    if style == "regex":
        return re.search(pattern, dn) is not None
    return under(dn, pattern)


class Rules:
    """Decides what a requestor has on a target."""

    def __init__(self, rules, directory):
        self.rules = rules
        self.directory = directory
        self.kept = {}
        self.left = 0

    def text(self):
        """The lines for slapd.conf."""
        return "".join(rule.text() for rule in self.rules)

    def bits(self, who, entry, desc, value=None):
        """The bits on desc ((type, options), "entry" and "children" included) of the entry."""
        if who.root:
            return 255
        if not self.rules:
            return _LEVELS["read"]
        key = (who.key, entry.key, id(entry), desc, value)
        if key not in self.kept:
            self.kept[key] = self._bits(who, entry, desc, value)
        return self.kept[key]

    def _bits(self, who, entry, desc, value):
        mask = self.left = 0
        for rule in self.rules:
            if not self._is_about(rule, entry, desc, value):
                continue
            mask, control = self._apply(rule, mask, (who, entry, desc, value))
            if control != "break":
                return mask
        self.left = mask
        return 0

    def left_over(self, who, entry, desc):
        """What a last "break" leaves behind: granted to nobody, but Debian's looks for disclose in
        it when the base of a search is refused."""
        self.left = 0
        return self._bits(who, entry, desc, None) | self.left

    @staticmethod
    def _is_about(rule, entry, desc, value):
        if rule.dn and not _dn_matches(*rule.dn, entry.key):
            return False
        if rule.filter:
            name, wanted = rule.filter
            stored = [v for d, values in entry.of(desc_of(name)) for v in values]
            if wanted != "*" and normal(name, wanted) not in [normal(name, v) for v in stored]:
                return False
            if not stored:
                return False
        if rule.attrs and not any(Rules._names(attr, desc) for attr in rule.attrs):
            return False
        if rule.val is None:
            return True
        if value is None:
            return False
        form = normal(desc[0], value)
        if rule.val_style == "exact":
            return form == normal(desc[0], rule.val)
        return _dn_matches(rule.val_style, rule.val, form)

    @staticmethod
    def _names(attr, desc):
        if attr == "@person":
            return any(is_subtype(desc, (name, frozenset())) for name in PERSON if name in TYPES)
        return is_subtype(desc, desc_of(attr))

    def _apply(self, rule, mask, question):
        for clause in rule.clauses:
            access = clause.access
            selfish = access.startswith("self")
            if not self._holds(clause.who, question):
                continue
            if selfish and not self._is_own(question):
                continue
            operator, bits = bits_of(access[4:] if selfish else access)
            if operator == "+":
                mask |= bits
            elif operator == "-":
                mask &= ~bits
            else:
                mask = bits
            if clause.control != "continue":
                return mask, clause.control
        return 0, "stop"

    @staticmethod
    def _set_holds(expression, who, entry):
        """The one set expression that the cells use."""
        assert expression == "this/member & user"
        listed = [normal("member", v) for _, values in entry.of(desc_of("member")) for v in values]
        return who.key != "" and who.key in listed

    @staticmethod
    def _is_own(question):
        """Whether the value asked about is the requestor's own name ("selfwrite")."""
        who, _, desc, value = question
        return who.key != "" and value is not None and normal(desc[0], value) == who.key

    def _holds(self, condition, question):
        who, entry = question[:2]
        kind, argument = condition
        if kind == "*":
            return True
        if kind == "anonymous":
            return who.key == ""
        if kind == "users":
            return who.key != ""
        if kind == "self":
            return who.key != "" and who.key == entry.key
        if kind == "dnattr":
            listed = [normal("member", v) for _, values in entry.of(desc_of(argument))
                      for v in values]
            return who.key != "" and who.key in listed
        if kind == "set":
            return self._set_holds(argument, who, entry)
        if kind == "ssf":
            return int(argument) == 0
        if kind == "self.level{1}":
            return who.key != "" and parent(who.key) == entry.key
        if kind.startswith("group"):
            group = self.directory.get(argument)
            listed = group.attrs.get("member", []) if group else []
            return who.key != "" and who.key in [normal("member", v) for v in listed]
        if kind == "peername.ip":
            return argument == "127.0.0.1"
        style = kind.split(".")[1]
        return who.key != "" and _dn_matches(style, argument, who.key)


@dataclass
class Answer:
    """What a server must say: code, and for a search the entries with values by description."""

    code: int
    matched: str = ""
    entries: dict = field(default_factory=dict)


class Model:
    """Operations under rules. Writes are no-ops: what succeeds answers 16654."""

    def __init__(self, directory, rules, ours=True, content=False):
        self.directory = directory
        self.rules = rules
        self.ours = ours
        self.content = content
        self.root = Entry("", {})

    def has(self, who, entry, what, want, value=None):
        """Whether all privileges in want ("r", "az" ...) are granted on a description."""
        need = bits_of("=" + want)[1]
        got = self.rules.bits(who, entry, desc_of(what) if isinstance(what, str) else what, value)
        return got & need == need

    def _shown(self, who, dn):
        """matchedDN for an absent entry: ours names the nearest superior that may be seen."""
        up = parent(dn)
        while up:
            entry = self.directory.get(up)
            if entry and self.has(who, entry, "entry", "d"):
                return entry.dn
            if entry and not self.ours:
                return ""
            up = parent(up)
        return ""

    def _hidden(self, who, entry):
        return Answer(32, self._shown(who, entry.dn) if self.ours else "")

    def _refused(self, who, entry):
        """insufficientAccess, or what is said of absent entries when this one is not disclosed."""
        if self.has(who, entry, "entry", "d"):
            return Answer(50)
        return self._hidden(who, entry)

    def _denied_write(self, who, entry):
        return self._refused(who, entry) if self.ours else Answer(50)

    # -- filters

    def test(self, who, entry, node):
        """Evaluates a parsed filter (filters.py) by three-valued logic."""
        kind = node[0]
        if kind in "&|":
            decisive = FALSE if kind == "&" else TRUE
            results = [self.test(who, entry, part) for part in node[1]]
            if decisive in results:
                return decisive
            if UNDEFINED in results:
                return UNDEFINED
            return TRUE if kind == "&" else FALSE
        if kind == "!":
            result = self.test(who, entry, node[1])
            return {TRUE: FALSE, FALSE: TRUE}.get(result, result)
        return self._test_item(who, entry, node)

    def _test_item(self, who, entry, node):
        kind, attr = node[0], node[1]
        desc = desc_of(attr)
        value = None
        if kind in ("=", ">=", "<=", "~="):
            value = node[2]
        elif kind == "ext":
            value = node[3]
        if not self.has(who, entry, desc, "s", value):
            return UNDEFINED
        result = FALSE
        # Debian's forgets the subtypes' own rules in extensible matches.
        lax = kind == "ext" and not self.ours
        for stored, values in entry.of(desc):
            if stored != desc and not lax and not self.has(who, entry, stored, "s", value):
                result = UNDEFINED
            elif self._any_matches(kind, node, stored[0],
                                   self._told(who, entry, stored, values, kind)):
                return TRUE
        return result

    def _told(self, who, entry, stored, values, kind):
        """The values that an item may tell of: Debian's lets items that name none find all."""
        if not self.ours or kind in ("=", "present"):
            return values
        return [v for v in values if self.has(who, entry, stored, "s", v)]

    @staticmethod
    def _any_matches(kind, node, name, values):
        forms = [normal(name, v) for v in values]
        if kind == "present":
            return True
        if not forms:
            return False
        if kind == "sub":
            first, inner = normal(name, node[2] or b""), [normal(name, v) for v in node[3]]
            return any(form.startswith(first) and all(part in form for part in inner)
                       for form in forms)
        wanted = normal(name, node[3] if kind == "ext" else node[2])
        if kind == ">=":
            return any(int(form) >= int(wanted) for form in forms)
        if kind == "<=":
            return any(int(form) <= int(wanted) for form in forms)
        return wanted in forms

    # -- operations

    def search(self, who, dn, node, attrs, types=False):
        """A base search; attrs: descriptions, "*" or "1.1"; [] means "*"."""
        entry = self.directory.get(dn)
        if entry is None:
            return Answer(32, self._shown(who, dn))
        if not self.has(who, entry, "entry", "s"):
            if not self.ours and self.rules.left_over(who, entry, desc_of("entry")) & 1:
                return Answer(50)
            return self._refused(who, entry)
        found = {}
        if self.test(who, entry, node) == TRUE and self.has(who, entry, "entry", "r"):
            found[entry.dn] = self._selected(who, entry, attrs or ["*"], types)
        return Answer(0, "", found)

    def search_tree(self, who, dn, one, node, attrs):
        """A one-level or subtree search below an entry that is there."""
        base = self.directory.get(dn)
        first = self.search(who, dn, node, attrs)
        if first.code != 0:
            return first
        found = {}
        for entry in self.directory.entries.values():
            inside = parent(entry.key) == base.key if one else under(entry.key, base.key)
            if inside and self.test(who, entry, node) == TRUE and \
                    self.has(who, entry, "entry", "r"):
                found[entry.dn] = self._selected(who, entry, attrs or ["*"], False)
        return Answer(0, "", found)

    def matched_values(self, who, dn, items, attrs):
        """A base search under the matched values control (RFC 3876): items are filter items."""
        answer = self.search(who, dn, ("present", "objectClass"), attrs)
        for name, selected in answer.entries.items():
            answer.entries[name] = {
                attr: kept for attr, values in selected.items()
                if (kept := [v for v in values if self._item_wants(items, attr, v)])}
        return answer

    def _item_wants(self, items, attr, value):
        desc = desc_of(attr)
        return any(is_subtype(desc, desc_of(item[1])) and
                   self._any_matches(item[0], item, desc[0], [value]) for item in items)

    def _selected(self, who, entry, attrs, types):
        result = {}
        for name, values in entry.attrs.items():
            desc = desc_of(name)
            if not any(self._wants(attr, desc) for attr in attrs):
                continue
            if types:
                if self.has(who, entry, desc, "r"):
                    result[name] = []
                continue
            seen = [v for v in values if self.has(who, entry, desc, "r", v)]
            if seen:
                result[name] = seen
        return result

    @staticmethod
    def _wants(attr, desc):
        if attr == "*":
            return True
        if attr in ("+", "1.1"):
            return False
        if attr == "@person":
            return any(is_subtype(desc, (n, frozenset())) for n in PERSON if n in TYPES)
        return is_subtype(desc, desc_of(attr))

    def _assertion(self, who, entry, node):
        return node is None or self.test(who, entry, node) == TRUE

    def compare(self, who, dn, attr, value, assertion=None):
        """Compare, with an assertion control when given."""
        entry = self.directory.get(dn)
        if entry is None:
            return Answer(32, self._shown(who, dn))
        code = self._compare_code(who, entry, (desc_of(attr), value), assertion)
        if code in (5, 6) or self.has(who, entry, "entry", "d"):
            return Answer(code)
        return self._hidden(who, entry)

    def _compare_code(self, who, entry, asked, assertion):
        desc, value = asked
        if not self.has(who, entry, desc, "c", value):
            return 50
        if not self._assertion(who, entry, assertion):
            return 122
        stored = entry.of(desc)
        if not stored:
            return 16
        refused = False
        for other, values in stored:
            if other != desc and not self.has(who, entry, other, "c", value):
                refused = True
                if self.ours:
                    continue
                return 50
            if normal(other[0], value) in [normal(other[0], v) for v in values]:
                return 6
        return 50 if refused else 5

    def modify(self, who, dn, changes, assertion=None, relax=False):
        """Modify; changes as for client.modify."""
        entry = self.directory.get(dn)
        if entry is None:
            return Answer(32, self._shown(who, dn))
        if not self._assertion(who, entry, assertion):
            if self.ours and not self.has(who, entry, "entry", "d"):
                return self._hidden(who, entry)
            return Answer(122)
        if relax and self.ours and not self.has(who, entry, "entry", "m"):
            return self._denied_write(who, entry)
        if all(self._may_change(who, entry, change) for change in changes):
            return Answer(NOOP_DONE)
        return self._denied_write(who, entry)

    def _may_change(self, who, entry, change):
        operation, name, values = change
        desc = desc_of(name)
        if operation == 0:
            return all(self.has(who, entry, desc, "a", v) for v in values)
        if operation == 1 and values:
            return all(self.has(who, entry, desc, "z", v) for v in values)
        if not self.has(who, entry, desc, "z"):
            return False
        return all(self.has(who, entry, desc, "a", v) for v in values)

    def _superior(self, entry):
        return self.directory.get(parent(entry.dn)) or self.root

    def delete(self, who, dn, assertion=None):
        """Delete."""
        entry = self.directory.get(dn)
        if entry is None:
            return Answer(32, self._shown(who, dn))
        if not self.has(who, self._superior(entry), "children", "z"):
            return self._denied_write(who, entry)
        if not self._assertion(who, entry, assertion):
            if self.ours and not self.has(who, entry, "entry", "d"):
                return self._hidden(who, entry)
            return Answer(122)
        if not self.has(who, entry, "entry", "z"):
            return self._denied_write(who, entry)
        return Answer(66 if self.directory.children(dn) else NOOP_DONE)

    def modrdn(self, who, dn, rdn, delete_old, superior=None):
        """Modify DN to a name that is free; rdn is cn=value."""
        entry = self.directory.get(dn)
        old = self._superior(entry)
        if not self.has(who, old, "children", "z" if superior else "w"):
            return self._denied_write(who, entry)
        if not self.has(who, entry, "entry", "w"):
            return self._denied_write(who, entry)
        if superior:
            new = self.directory.get(superior)
            if not self.has(who, new, "children", "a"):
                if self.ours and not self.has(who, new, "entry", "d"):
                    return Answer(32)
                return self._denied_write(who, entry)
        # Debian's never asks for the new values, and for the old ones under the new name.
        attr, value = rdn.split("=")
        if self.ours and not self.has(who, entry, attr, "a", value):
            return self._denied_write(who, entry)
        asked = entry if self.ours else Entry(f"{rdn},{superior or parent(dn)}", entry.attrs)
        attr, value = dn.split(",")[0].split("=")
        if delete_old and not self.has(who, asked, attr, "z", value):
            return self._denied_write(who, entry)
        return Answer(NOOP_DONE)

    def add(self, who, new):
        """Add of a new Entry below one that exists."""
        above = self.directory.get(parent(new.dn))
        if not self.has(who, above, "children", "a"):
            return self._denied_write(who, above)
        if not self.has(who, new, "entry", "a"):
            return Answer(50)
        if self.content and not all(self.has(who, new, name, "a", v)
                                    for name, values in new.attrs.items() for v in values):
            return Answer(50)
        return Answer(NOOP_DONE)

    def bind(self, dn, password):
        """A simple bind: the values that anonymous may authenticate against."""
        entry = self.directory.get(dn)
        stored = entry.attrs.get("userPassword", []) if entry else []
        usable = [v for v in stored if self.has(Who(), entry, "userPassword", "x", v)]
        return Answer(0 if password in usable else 49)
