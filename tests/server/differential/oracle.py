"""A full-scan model of search: its own matching rules over plain dictionaries (ASCII only).

Three values: True, False and None for Undefined (RFC 4511 4.5.1.7).
"""

import re


def fold(value):
    """caseIgnoreMatch for ASCII: lower case, spaces run together and cut at the ends."""
    return re.sub(r" +", " ", value.strip(" ")).lower()


def exact(value):
    """caseExactIA5Match: spaces run together and cut at the ends."""
    return re.sub(r" +", " ", value.strip(" "))


def telephone(value):
    """telephoneNumberMatch: spaces and hyphens do not count."""
    return re.sub(r"[ -]", "", value).lower()


_INTEGER = re.compile(r"(0|-?[1-9][0-9]*)\Z")


class Rule:
    """How the values of an attribute are compared."""

    def __init__(self, prepare, substrings=True, ordering=None, valid=None):
        self.prepare = prepare
        self.substrings = substrings
        self.ordering = ordering
        self.valid = valid or (lambda value: value != "")


TEXT = Rule(fold)
INTEGER = Rule(lambda v: v, False, int, _INTEGER.match)
RULES = {
    "cn": TEXT, "sn": TEXT, "description": TEXT, "title": TEXT, "mail": TEXT, "uid": TEXT,
    "telephonenumber": Rule(telephone), "uidnumber": INTEGER, "gidnumber": INTEGER,
    "homedirectory": Rule(exact, False),
}
_SUPERIOR = {"name": ["cn", "sn", "title"]}


def values_of(entry, attr):
    """Returns (rule, values) of an attribute with its subtypes, or None when it is not known."""
    attr = attr.lower()
    names = _SUPERIOR.get(attr, [attr])
    if names[0] not in RULES:
        return None
    found = [value for name in names for value in entry.get(name, [])]
    return RULES[names[0]], found


def _substring(rule, value, node):
    """Tests the pieces of a substring assertion in order."""
    _, _, initial, middle, final = node
    text = rule.prepare(value)
    at = 0
    if initial is not None:
        piece = _piece(rule, initial, "initial")
        if not text.startswith(piece):
            return False
        at = len(piece)
    for part in middle:
        piece = _piece(rule, part, "any")
        where = text.find(piece, at)
        if where < 0:
            return False
        at = where + len(piece)
    if final is not None:
        piece = _piece(rule, final, "final")
        return len(text) - len(piece) >= at and text.endswith(piece)
    return True


def _piece(rule, part, _):
    """Prepares a piece: the generator makes none with spaces at its ends."""
    return rule.prepare(part.decode())


def _item(node, entry):
    """Evaluates one item."""
    kind, attr = node[0], node[1]
    known = values_of(entry, attr)
    if known is None:
        return None
    rule, values = known
    if kind == "present":
        return bool(values)
    if kind == "sub":
        return any(_substring(rule, v, node) for v in values) if rule.substrings else None
    asserted = node[2].decode()
    if not rule.valid(asserted):
        return None
    if kind == "=":
        return any(rule.prepare(v) == rule.prepare(asserted) for v in values)
    if rule.ordering is None:
        return None
    number = rule.ordering(asserted)
    if kind == ">=":
        return any(rule.ordering(v) >= number for v in values)
    return any(rule.ordering(v) <= number for v in values)


def matches(node, entry):
    """Evaluates a filter tree on an entry: {lower-case name: [value]}."""
    kind = node[0]
    if kind == "!":
        inner = matches(node[1], entry)
        return None if inner is None else not inner
    if kind not in "&|":
        return _item(node, entry)
    parts = [matches(part, entry) for part in node[1]]
    decisive = kind == "|"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def search(node, entries):
    """Returns the names of the entries for which the filter is true, in their order."""
    return [dn for dn, entry in entries.items() if matches(node, entry)]
