"""Random operations on cn=config, sent to Debian's slapd and to ours: codes and values are the same.

MUSTER_CONFIG_OPS gives the number of operations, MUSTER_CONFIG_SEED the seed. What differs on
purpose is a row of DIFFERENT with its reason; everything else fails.
"""

import collections
import os
import random

import pytest

from . import confgen, data, harness
from .client import MOD_REPLACE, Disconnected, Result

pytestmark = [
    pytest.mark.ours("compares with the reference"),
    pytest.mark.skipif(not os.path.exists(harness.sbin("slapd", "debian")), reason="no reference")]

OPS = int(os.environ.get("MUSTER_CONFIG_OPS", "300"))
SEED = int(os.environ.get("MUSTER_CONFIG_SEED", "1"))

Case = collections.namedtuple("Case", "kind what theirs ours same before after")


def has_extra_copy(case):
    """The reference holds a value twice, at two places."""
    return any(len({v.split("}", 1)[-1] for v in theirs}) < len(theirs)
               for theirs, _ in case.after.values()) or case.ours.code == 20


REFUSED_BOTH = {(80, 21), (80, 20), (80, 16), (16, 80), (21, 16), (65, 64), (21, 64), (71, 53),
                (20, 80), (16, 21), (19, 20), (20, 21), (19, 21), (19, 16),
                (64, 53), (19, 64), (20, 16), (21, 20)}

DIFFERENT = [
    ("OpenLDAP does not survive it", lambda c: c.theirs.code == -1),
    ("OpenLDAP has one line of limits for each who; here the first that fits counts",
     lambda c: c.theirs.code == 80 and "olcLimits" in c.theirs.text and c.ours.code in (0, 20)),
    ("a password without the name it belongs to is refused; OpenLDAP keeps it without effect",
     lambda c: (c.theirs.code, c.ours.code) == (0, 80) and "olcRootPW needs" in c.ours.text),
    ("RFC 4512 2.2: no two equal values; OpenLDAP keeps one that stands at another place twice",
     lambda c: (c.theirs.code, c.ours.code) == (0, 20) and has_extra_copy(c)),
    ("both refuse what is wrong in two ways; which is told first is nobody's business",
     lambda c: c.same and (c.theirs.code, c.ours.code) in REFUSED_BOTH),
    ("OpenLDAP keeps a limit that it does not know, and a referral to nowhere",
     lambda c: (c.theirs.code, c.ours.code) == (0, 80) and (
         "is not a limit" in c.ours.text or "is not an LDAP URL" in c.ours.text)),
    ("several referrals for what is nowhere; OpenLDAP keeps one",
     lambda c: (c.theirs.code, c.ours.code) == (19, 0) and "olcReferral" in c.theirs.text),
    ("what a modify passes through is not looked at, only what it leaves (RFC 4511 4.6)",
     lambda c: c.theirs.code in (19, 80) and c.ours.code == 0 and len({
         attr for _, attr, _ in c.what[1]}) < len(c.what[1])),
    ("OpenLDAP cannot take a word out of olcSecurity",
     lambda c: c.theirs.code == 1 and "olcSecurity" in c.theirs.text),
    ("RFC 4511 4.6: a replace by nothing is ignored where there is nothing",
     lambda c: (c.theirs.code, c.ours.code) == (16, 0) and any(
         how == MOD_REPLACE and not values for how, _, values in c.what[1])),
    ("a value that is wrong is other(80) throughout; OpenLDAP: 19 for a line with too few words",
     lambda c: c.same and (c.theirs.code, c.ours.code) == (19, 80)),
]


DIED = -1


class Pair:
    """Both servers, changed alike."""

    def __init__(self, seed):
        self.servers = []
        try:
            for impl in ("debian", "ours"):
                server = harness.Slapd(impl=impl, entries=data.entries(), databases=[
                    harness.Database(lines="access to * by * read")],
                    extra=f"database config\nrootpw {data.PASSWORD}\n")
                self.servers.append(server)
                server.convert().start()
        except BaseException:
            self.remove()
            raise
        self.roots = [server.client("cn=config") for server in self.servers]
        self.drawn = confgen.Generator(random.Random(seed), self.place)
        self.start()

    def remove(self):
        """Ends both."""
        for server in self.servers:
            server.remove()

    def place(self, name):
        """Makes a directory at both; its name there is filled in by send()."""
        for server in self.servers:
            (server.top / name).mkdir(exist_ok=True)
        return f"@TOP@/{name}"

    def start(self):
        """Sets what the reference shows without being asked; it has no word for a default."""
        for table in (confgen.SINGLE, confgen.MULTI):
            for dn, attrs in table.items():
                for attr, (good, _) in attrs.items():
                    if good:
                        self.put(dn, attr, good[:1])

    def put(self, dn, attr, values):
        """Gives an attribute the same values at both."""
        for root in self.roots:
            result = root.modify(dn, [(MOD_REPLACE, attr, values)])
            # OpenLDAP has nothing to delete there (RFC 4511 4.6: "ignored if it does not exist").
            assert result.code == 0 or (result.code == 16 and not values), (root is self.roots[1], attr, values, result)

    def read(self, dn, attr):
        """Returns the values at both."""
        found = [root.read(dn, [attr]) for root in self.roots]
        return tuple(one.text(attr) if one else None for one in found)

    def send(self, number, kind, dn, what):
        """Sends an operation to one of them."""
        root, top = self.roots[number], str(self.servers[number].top)
        if kind.startswith("add"):
            return root.add(dn, {name: [v.replace("@TOP@", top) for v in values]
                                 for name, values in what.items()})
        return root.modrdn(dn, what) if kind.startswith("rename") else root.modify(dn, what)

    def theirs(self, kind, dn, what):
        """Sends an operation to the reference, which does not survive all of them."""
        try:
            return self.send(0, kind, dn, what)
        except (Disconnected, OSError):
            server = self.servers[0]
            server.process.kill()
            server.process.wait(20)
            server.process = None
            server.start()
            self.roots[0] = server.client("cn=config")
            return Result(DIED, text="ended")

    def names(self):
        """Returns the names of the entries at both."""
        return tuple(root.search("cn=config", attrs=["1.1"]).dns() for root in self.roots)

    def state(self, kind, dn, what):
        """Returns what an operation may change, at both."""
        if kind.startswith("modify"):
            return {attr: self.read(dn, attr) for _, attr, _ in what}
        return {"names": self.names()}

    def equal(self, attr, theirs, ours):
        """Whether values are the same; without an order of their own in any order."""
        ordered = attr == "names" or any(attr in t for t in confgen.ORDERED.values()) or \
            attr == "olcAttributeTypes"
        theirs, ours = ([" ".join(v.split()) for v in one or []] for one in (theirs, ours))
        return theirs == ours if ordered else sorted(theirs) == sorted(ours)

    def level(self, dn, before, after, both_done):
        """Makes values that have come apart the same again."""
        for attr, (theirs, ours) in after.items():
            if self.equal(attr, theirs, ours):
                continue
            old = [v.split("}", 1)[1] if v.startswith("{") and "}" in v else v
                   for v in before[attr][0]]
            # A default that the reference shows after a deletion is set at ours.
            self.put(dn, attr, theirs if both_done and ours == [] else old)

    def step(self):
        """One operation at both. Returns a Case."""
        kind, dn, what = self.drawn.draw(lambda d, attr: self.read(d, attr)[0])
        before = self.state(kind, dn, what)
        results = [self.theirs(kind, dn, what), self.send(1, kind, dn, what)]
        after = self.state(kind, dn, what)
        shown = {attr: (values if values[1] or not results[0].code == results[1].code == 0
                        or not kind.startswith("modify") else (values[1], values[1]))
                 for attr, values in after.items()}
        same = all(self.equal(attr, *values) for attr, values in shown.items())
        if kind.startswith("modify"):
            self.level(dn, before, after, [r.code for r in results] == [0, 0])
        self.drawn.schemas = [d for d in self.names()[0] if d.endswith(confgen.SCHEMA)
                              and ("drawn" in d or "other" in d)]
        return Case(kind, (dn, what), *results, same, before, after)


@pytest.mark.parametrize("seed", [SEED, SEED + 1, SEED + 2])
def test_both_do_the_same(seed):
    pair = Pair(seed)
    unlike, reasons, codes = [], collections.Counter(), collections.Counter()
    try:
        for _ in range(OPS):
            case = pair.step()
            codes[case.ours.code] += 1
            if case.same and case.theirs.code == case.ours.code:
                continue
            found = [why for why, fits in DIFFERENT if fits(case)]
            reasons[found[0] if found else None] += 1
            if not found:
                unlike.append(case)
            assert case.same or case.kind.startswith("modify"), case
    finally:
        pair.remove()
    print(dict(codes), dict(reasons))
    assert not unlike, "\n".join(
        f"{c.kind} {c.what}\n  {c.theirs.code} {c.theirs.text}\n  {c.ours.code} {c.ours.text}\n"
        f"  {c.before}\n  {c.after}" for c in unlike[:40])
    assert len(codes) >= 6
