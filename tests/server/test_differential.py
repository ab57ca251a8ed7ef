"""The reference and ours in lock step: see differential/. Without Debian's slapd it is skipped."""

import os

import pytest

from . import harness
from .differential.pair import Pair
from .differential.run import compare

pytestmark = pytest.mark.skipif(not os.access(harness.sbin("slapd", "debian"), os.X_OK),
                                reason="Debian's slapd is not installed")


def run(seed, count, **options):
    """Compares the reference with the server under test. Returns the Outcome."""
    pair = Pair("debian", options.pop("tested", harness.IMPL))
    try:
        outcome = compare(pair, seed, count, options)
        pair.stop()
        return outcome
    finally:
        pair.remove()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_same_answers(seed):
    outcome = run(seed, 1500)
    assert [(n, str(op), text) for n, op, text in outcome.differences] == []
    assert len(outcome.codes) > 15, "the operations must reach many results"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_same_answers_for_long(seed):
    outcome = run(seed, 10000)
    assert [(n, str(op), text) for n, op, text in outcome.differences] == []


def test_the_comparison_makes_no_noise():
    assert run(9, 600, tested="debian").differences == []


def test_the_comparison_finds_one_changed_value():
    assert run(9, 400, tested="debian", mutate=250).differences != []
