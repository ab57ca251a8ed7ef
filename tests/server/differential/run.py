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
from tests.server.client import MANAGE_DSA_IT, SUB, control
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
        for number, operation, text in self.differences:
            print(f"--- difference at operation {number}: {operation}\n{text}", file=out)
        print(f"differences: {len(self.differences)}", file=out)


def dump(side):
    """Returns the whole directory of one side, without what servers make up."""
    return View(side.connection.search(data.SUFFIX, SUB, attrs=["*", "structuralObjectClass"],
                                       controls=[control(MANAGE_DSA_IT)]))


def explained(views):
    """Prints what differs between the reference and the tested side."""
    return f"reference: {views[0].minus(views[1])}\ntested:    {views[1].minus(views[0])}"


def check_state(pair, generator, number, outcome):
    """Compares the whole directories, and lets the generator know the names."""
    views = [dump(side) for side in pair.sides]
    generator.known = [dn for dn, _ in views[0].entries] or [data.SUFFIX]
    if views[0] != views[1]:
        outcome.differences.append((number, "dump of the directory", explained(views)))


def check_order(pair, operation, result, number, outcome):
    """Checks the order in which the tested side returns entries."""
    if pair.order is None:
        return
    if operation.kind == "search":
        wrong = pair.order.wrong(result) if operation.deref in (0, 2) else None
    else:
        wrong = pair.order.refresh() if result.code == 0 else None
    if wrong:
        outcome.differences.append((number, operation, wrong))


def step(pair, operation, number, outcome):
    """Does one operation on both sides and notes a difference."""
    results = pair.ask(operation)
    views = [View(result) for result in results]
    outcome.kinds[operation.kind] += 1
    outcome.codes[views[0].code] += 1
    check_order(pair, operation, results[1], number, outcome)
    reasons = accepted.why(operation, views)
    for reason in reasons:
        outcome.reasons[reason] += 1
    if views[0] != views[1]:
        outcome.differences.append((number, operation, explained(views)))


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
            check_state(pair, generator, number, outcome)
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
