"""Short assertions on results, and the deliberate differences from the reference."""

from . import harness

# Codes that are answers, not failures: they need no diagnostic text.
_ANSWERS = {0, 5, 6, 10, 14}


def differs(reference, ours, reason):
    """Returns what the server under test must do where ours deliberately does otherwise."""
    assert reason, "a difference needs the RFC section or issue that says ours is right"
    return ours if harness.IMPL == "ours" else reference


def code(result, wanted):
    """Checks a result code, or one of several; ours must explain every failure in a text."""
    allowed = wanted if isinstance(wanted, (set, tuple)) else {wanted}
    assert result.code in allowed, result
    if harness.IMPL == "ours" and result.code not in _ANSWERS:
        assert result.text, f"a failure without a text: {result}"
    return result


def ok(result):
    """Checks for success."""
    return code(result, 0)


def matched(result, dn):
    """Checks matchedDN."""
    assert result.matched == dn, result
    return result


def case_ids(rows):
    """Names the cases of a table by their first column."""
    return [str(row[0]) for row in rows]
