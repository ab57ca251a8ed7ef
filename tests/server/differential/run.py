"""Sends random operations to the reference and to ours in lock step, and compares.

    /usr/bin/python3 -m tests.server.differential.run --seed 1 --ops 5000
    /usr/bin/python3 -m tests.server.differential.run --tested debian      no noise expected
    ... --tested debian --mutate 500     one silent change on one side: must be found
"""

import argparse
import collections
import random
import sys

from tests.server import data
from tests.server.client import SUB
from tests.server.differential import accepted
from tests.server.differential.generate import Generator
from tests.server.differential.pair import Pair, View

_DUMP_EVERY = 100


class Outcome:
    """What a run found."""

    def __init__(self):
        self.codes = collections.Counter()
        self.kinds = collections.Counter()
        self.reasons = collections.Counter()
        self.differences = []

    def report(self, out):
        """Prints the figures and the differences."""
        print("operations:", dict(self.kinds), file=out)
        print("result codes:", dict(sorted(self.codes.items())), file=out)
        for reason, count in self.reasons.most_common():
            print(f"accepted {count} times: {reason}", file=out)
        for number, operation, views in self.differences:
            print(f"--- difference at operation {number}: {operation}", file=out)
            print(f"reference: {views[0]}\ntested:    {views[1]}", file=out)
        print(f"differences: {len(self.differences)}", file=out)


def dump(side):
    """Returns the whole directory of one side in order, without what servers make up."""
    from tests.server.client import MANAGE_DSA_IT, control
    result = side.connection.search(data.SUFFIX, SUB, attrs=["*", "structuralObjectClass"],
                                    controls=[control(MANAGE_DSA_IT)])
    return View(result, ordered=True)


def same_state(pair, generator):
    """Compares the whole directories, and lets the generator know the names. None if equal."""
    views = [dump(side) for side in pair.sides]
    generator.known = [dn for dn, _ in views[0].entries] or [data.SUFFIX]
    return None if views[0] == views[1] else views


def step(pair, operation, number, outcome):
    """Does one operation on both sides and notes a difference."""
    results = pair.ask(operation)
    views = [View(result, operation.ordered) for result in results]
    outcome.kinds[operation.kind] += 1
    outcome.codes[views[0].code] += 1
    if views[0] == views[1]:
        return True
    reason = accepted.why(operation, views)
    if reason:
        outcome.reasons[reason] += 1
        return True
    outcome.differences.append((number, operation, views))
    return False


def mutate(pair):
    """Changes one value on the tested side only."""
    victim = pair.sides[1].connection.search(data.SUFFIX, SUB, "(sn=*)", ["sn"]).entries
    if victim:
        pair.sides[1].connection.modify(victim[0].dn, [(0, "sn", ["mutant"])])


def compare(pair, seed, count, options=None):
    """Runs a number of operations. Returns the Outcome."""
    options = options or {}
    generator, outcome = Generator(random.Random(seed)), Outcome()
    for number in range(count):
        if number == options.get("mutate"):
            mutate(pair)
        step(pair, generator.next(), number, outcome)
        if number % _DUMP_EVERY == 0 or number == count - 1:
            views = same_state(pair, generator)
            if views:
                outcome.differences.append((number, "dump of the directory", views))
        if len(outcome.differences) >= options.get("most", 10):
            break
    return outcome


def main():
    """Runs from the command line. The exit status is 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ops", type=int, default=2000)
    parser.add_argument("--reference", default="debian")
    parser.add_argument("--tested", default="ours")
    parser.add_argument("--mutate", type=int, help="change one value silently at this operation")
    parser.add_argument("--most", type=int, default=10, help="stop after so many differences")
    chosen = parser.parse_args()
    pair = Pair(chosen.reference, chosen.tested)
    try:
        outcome = compare(pair, chosen.seed, chosen.ops, vars(chosen))
        outcome.report(sys.stdout)
        pair.stop()
    finally:
        pair.remove()
    return 1 if outcome.differences else 0


if __name__ == "__main__":
    sys.exit(main())
