"""Differences that are right: each a test on (operation, reference result, our result) and why."""

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
    (12, 0, "delete", "draft-armijo-ldap-treedelete: supported here"),
    (33, 36, "search", "RFC 4511 A.2: aliasDereferencingProblem for loops"),
    (20, 0, "modify", "draft-zeilenga-ldap-permissive: duplicates in the request"),
    (16, 0, "permissive", "Microsoft ADTS 3.1.1.3.4.1.8: deleting what is absent is no error"),
]


def why(operation, views):
    """Returns the reason why a difference is right, or None."""
    reference, ours = views
    for theirs, mine, kind, reason in _CODES:
        if (reference.code, ours.code) == (theirs, mine) and kind in (None, operation.kind):
            return reason
    if operation.kind == "search" and operation.limit and reference.code == ours.code == 4 \
            and len(reference.entries) == len(ours.entries):
        return "RFC 4511 4.5.1.4: which entries come before the limit is not fixed"
    if operation.kind == "search" and operation.deref in (1, 3) and reference.code == ours.code \
            and set(reference.entries) == set(ours.entries):
        return "RFC 4511 4.5.1.3: an entry reached twice is returned once"
    return None
