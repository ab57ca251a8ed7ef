"""Differences that are right: each a test on (operation, reference View, our View) and why.

A rule that fires makes the tested View equal in the one thing it explains, so that everything else
of the same result is still compared.
"""

import re

from tests.server import data

# (reference code, our code, kind of operation or None, reason)
_CODES = [
    (64, 19, None, "RFC 4512 3.4: an operational naming attribute is not a user's to set"),
    (65, 64, "add", "RFC 4511 4.7: both are so, an operational naming attribute and a class fault"),
    (32, 122, "search", "RFC 4511 4.5.1.2: the subschema exists, the assertion does not hold"),
    (32, 0, "search", "RFC 4511 4.5.1.2: the subschema has no subordinates, but it exists"),
    (122, 10, None, "RFC 4528 3: the assertion is on the target, which is elsewhere"),
    (32, 33, "search", "RFC 4511 A.2: aliasProblem for an alias that names no entry"),
]


def _critical(operation, reference, ours):
    if ours.code == 12 and reference.code != 12 \
            and (operation.kind == "search" and "[noop]" in operation.text
                 or "[unknown]" in operation.text or reference.code == 2):
        vars(ours).update(vars(reference))
        return "RFC 4511 4.1.11: a critical control that does not fit refuses the request"
    return None


def _derived(operation, reference, ours):
    if operation.kind == "compare" and reference.text.endswith("compare not supported"):
        vars(ours).update(vars(reference))
        return "RFC 5020 and RFC 4512 4.2: derived attributes have equality rules like others"
    return None


def _unknown(operation, reference, ours):
    if operation.kind == "compare" and ours.code == 17 and reference.code != 17 \
            and reference.text:
        vars(ours).update(vars(reference))
        return "RFC 4511 A.2: undefinedAttributeType; the reference says it with another code"
    return None


def _unbounded(operation, reference, ours):
    if re.search(r"integerBit\w+:=", operation.text) and reference.entries != ours.entries:
        ours.entries = reference.entries
        return "RFC 4517 3.3.16: integers have no bound; the reference finds large ones Undefined"
    return None


def _named_class(operation, reference, ours):
    if ":objectIdentifierMatch:=" in operation.text and reference.entries != ours.entries:
        ours.entries = reference.entries
        return "RFC 4517 4.2.26: names stand for their OIDs; one number alone is none (RFC 4512 1.4)"
    return None


def _empty_piece(operation, reference, ours):
    if re.search(r"(homePhone|pager|mobile|telephoneNumber)=([^)]*\*)?[ -]+(\*|\))", operation.text) \
            and (reference.code, reference.entries) != (ours.code, ours.entries):
        vars(ours).update(vars(reference))
        return "RFC 4518 2.6.3: hyphens do not count, a piece of them alone matches anywhere"
    return None


def _unreadable(operation, reference, ours):
    """The reference lets a name pass whose type it has met in a filter before."""
    if ours.code == 34 and reference.code not in (0, 34) and "nosuch=x" in operation.text:
        vars(ours).update(vars(reference))
        return "RFC 4511 A.2: invalidDNSyntax, whatever else is wrong with the request"
    return None


def _internal(_operation, reference, ours):
    if reference.code == 80 and ours.code not in (0, 80):
        vars(ours).update(vars(reference))
        return "RFC 4511 A.2: other is for errors of the server's own"
    return None


def _elsewhere(operation, reference, ours):
    """The reference forgets an alias to a referral among children, and goes too deep one level."""
    if operation.deref in (1, 3) and " 1 (" in operation.text \
            and set(reference.references) > set(ours.references):
        ours.references = reference.references
        return "RFC 4511 4.5.1.3: singleLevel is not applied to subordinates of what aliases name"
    if operation.deref in (1, 3) and " 3 (" in operation.text \
            and set(reference.references) < set(ours.references):
        ours.references = reference.references
        return "RFC 4511 4.5.3: what could not be searched here is told as a reference"
    return None


def _looped(operation, reference, ours):
    if operation.deref in (1, 3) and " 1 (" in operation.text \
            and (reference.code, ours.code) == (0, 4):
        vars(ours).update(vars(reference))
        return "RFC 4511 4.5.1.3: singleLevel is applied to any dereferenced object, the base too"
    extra = {dn for dn, _ in ours.entries} - {dn for dn, _ in reference.entries}
    if operation.deref in (1, 3) and len(extra) == 1 \
            and operation.text.lower().startswith(f"'{extra.copy().pop().lower()}' 1 "):
        ours.entries = reference.entries
        return "RFC 4511 4.5.1.3: singleLevel is applied to any dereferenced object, the base too"
    return None


def _code(operation, reference, ours):
    for theirs, mine, kind, reason in _CODES:
        if (reference.code, ours.code) == (theirs, mine) and kind in (None, operation.kind):
            vars(ours).update(vars(reference))
            return reason
    return None


def _limited(operation, reference, ours):
    if operation.kind == "search" and operation.limit and reference.code == ours.code == 4 \
            and len(reference.entries) == len(ours.entries) \
            and (reference.entries, reference.references) != (ours.entries, ours.references):
        ours.entries, ours.references = reference.entries, reference.references
        return "RFC 4511 4.5.1.4: which entries come before the limit is not fixed"
    return None


def _once(operation, reference, ours):
    theirs, mine = (reference.entries, reference.references), (ours.entries, ours.references)
    if operation.deref in (1, 3) and (reference.code, ours.code) == (4, 0) \
            and set(theirs[0]) <= set(mine[0]):
        vars(ours).update(vars(reference))
        return "RFC 4511 4.5.1.3: an entry reached twice is returned once"
    repeats = operation.deref in (1, 3) or "page=0" not in operation.text
    if operation.kind == "search" and repeats and theirs != mine \
            and set(theirs[0]) == set(mine[0]) and set(theirs[1]) == set(mine[1]):
        ours.entries, ours.references = theirs
        return "RFC 4511 4.5.1.3: an entry reached twice is returned once"
    return None


def _explained(_operation, reference, ours):
    if ours.text and not reference.text:
        ours.text = ""
        return "RFC 4511 4.1.9: a text of our own where the reference has none"
    return None


# (text of the reference, ours, why ours is better); both are regular expressions.
_TEXTS = [
    (r".*: unrecognized option", r'unknown attribute option ".*"', "names the option"),
    (r"(: )?empty AttributeDescription", r"empty attribute description", "the same in words"),
    (r"(.*: )?AttributeDescription contains inappropriate characters",
     r"attribute description contains inappropriate characters", "the same in words"),
    (r'(.*: )?option "binary" not supported with type', r'option "binary" does not apply to ".*"',
     "names the attribute"),
    (r'attribute "(.*)" only allowed in the (.*)',
     r"attribute '.*' only allowed in the object class '.*'", "says of what"),
    (r"(.*): no-user-modification attribute not manageable", r".*: no user modification allowed",
     "one text for one fault"),
    (r"naming attribute has no equality matching rule",
     r"naming attribute '.*' has no equality matching rule", "names the attribute"),
    (r"cannot place an entry below itself", r"no global superior knowledge", "both are so"),
    (r"unable to normalize value for matching", r"value does not conform to assertion syntax",
     "one text for one fault"),
    (r"cannot delete the root DSE", r"cannot delete subschema subentry", "names what was asked"),
]


def _worded(_operation, reference, ours):
    if ours.text != reference.text and ours.text.lower() == reference.text.lower():
        ours.text = reference.text
        return "text: attributes are called as the schema spells them"
    for theirs, mine, reason in _TEXTS:
        if re.fullmatch(theirs, reference.text) and re.fullmatch(mine, ours.text):
            ours.text = reference.text
            return f"text: {reason}"
    return None


_OF_FILTERS = {
    "AttributeDescription contains inappropriate characters", "empty AttributeDescription",
    "matching rule not recognized", "attribute type undefined", "value does not conform to assertion syntax",
    "matching rule use with this attribute not appropriate", "inappropriate matching request",
}


def _undefined(operation, reference, ours):
    """The reference says what it did not understand in a filter with whatever result follows."""
    if ours.code == reference.code and ours.text != reference.text \
            and (reference.text in _OF_FILTERS or reference.text and not ours.text):
        ours.text = reference.text
        return "RFC 4511 4.5.1.7: what is unknown in a filter is Undefined, and no fault"
    return None


def _published(operation, reference, ours):
    if re.match(r"'(cn=subschema)?' ", operation.text.lower()) \
            and reference.entries != ours.entries \
            and [dn for dn, _ in reference.entries] == [dn for dn, _ in ours.entries]:
        ours.entries = reference.entries
        return "RFC 4512 4.2 and 5.1: each server publishes what it has"
    return None


_COMPUTED = ("entryDN", "subschemaSubentry", "hasSubordinates")


def _bare(operation, reference, ours):
    """The reference returns computed attributes without values when none of them matched."""
    if "[values]" not in operation.text or reference.entries == ours.entries:
        return None
    for view in (reference, ours):
        view.entries = tuple((dn, tuple(a for a in attrs if a[1] or a[0] not in _COMPUTED))
                             for dn, attrs in view.entries)
    return "RFC 4511 4.5.1.8: attributes come without values when typesOnly asks for it"


def _followed(operation, reference, ours):
    if operation.deref in (2, 3) and reference.code == ours.code == 10 \
            and reference.matched == ours.matched and reference.referrals != ours.referrals:
        ours.referrals = reference.referrals
        return "RFC 4511 4.1.10: after an alias the URL has the name it led to"
    return None


def _matched(operation, reference, ours):
    if operation.kind == "modrdn" and ours.code == reference.code == 32 and not reference.matched:
        ours.matched = ""
        return "RFC 4511 4.1.9: noSuchObject comes with matchedDN"
    return None


def _managed(operation, reference, ours):
    if reference.code == 10 and ours.code == 32 and "[manage]" in operation.text \
            and reference.matched == ours.matched:
        vars(ours).update(vars(reference))
        return "RFC 3296 3: under ManageDsaIT a referral is an entry like others, with nothing below"
    return None


def _spelled(operation, reference, ours):
    """The reference takes parts of names from the request instead of from the entry."""
    if reference.reads != ours.reads \
            and str(reference.reads).lower() == str(ours.reads).lower():
        ours.reads = reference.reads
        return "RFC 4527 3.2: post-read shows the entry, its name as it is stored"
    if data.SUFFIX not in operation.text and reference.code == ours.code == 10 \
            and reference.referrals != ours.referrals and reference.matched == ours.matched:
        ours.referrals = reference.referrals
        return "RFC 3296 5.2: names are compared by distinguishedNameMatch, whatever their case"
    return None


_RULES = [_followed, _derived, _unknown, _unbounded, _named_class, _managed, _critical, _code,
          _empty_piece, _unreadable, _internal, _elsewhere, _looped, _spelled, _bare, _limited,
          _once, _explained, _worded, _undefined, _published, _matched]


def why(operation, views):
    """Returns the reasons why differences are right, and takes them out of our View."""
    reference, ours = views
    found = [rule(operation, reference, ours) for rule in _RULES]
    return [reason for reason in found if reason]
