"""Random access rules on two running servers: searches, comparisons and changes have one outcome."""

import os
import random

import pytest

from . import accessgen, harness

pytestmark = pytest.mark.ours("the other side of the comparison is Debian's slapd itself")

PEOPLE, GROUP = accessgen.PEOPLE, accessgen.GROUP
FILTERS = ["(objectClass=*)", "(description=o*)", "(!(description=one))", "(userPassword=*)",
           "(|(title=boss)(sn=beta))", "(title=*)", "(!(sn=alpha))", "(member=cn=a,ou=p,dc=x)"]
ATTRS = [["*"], ["cn", "title", "member"], ["*", "hasSubordinates"], ["1.1"], ["name"], ["@person"]]
CHANGES = [("description", "new"), ("member", PEOPLE[1]), ("seeAlso", PEOPLE[0])]


def searched(client, rng):
    """One search: what was asked and what came back."""
    asked = (rng.choice(accessgen.DNS), rng.choice([0, 1, 2, 2]), rng.choice(FILTERS),
             rng.choice(ATTRS))
    result = client.search(*asked[:3], attrs=asked[3])
    entries = sorted((e.dn, sorted((n, tuple(sorted(v))) for n, v in e.attrs))
                     for e in result.entries)
    return asked, (result.code, entries)


def outcomes(server, seed):
    """Everything that two people and nobody may do."""
    rng = random.Random(seed)
    for who in (PEOPLE[0], PEOPLE[1], None):
        with server.client(who, "secret") if who else server.client() as client:
            for _ in range(8):
                asked, result = searched(client, rng)
                yield (who, *asked), result
            for target in (PEOPLE[0], PEOPLE[1], GROUP):
                for attr, values in accessgen.VALUES.items():
                    yield (who, target, attr), (client.compare(target, attr, values[0]).code,)
                for attr, value in CHANGES:
                    for kind in (0, 1):
                        result = client.modify(target, [(kind, attr, [value])])
                        yield (who, target, kind, attr), (result.code,)


def run(impl, rules, seed):
    """Starts a server with the rules and lists the outcomes."""
    server = harness.Slapd(
        impl=impl, entries=accessgen.ENTRIES, schemas=["core", "cosine", "inetorgperson", "dyngroup"],
        databases=[harness.Database(suffix=accessgen.SUFFIX, index="objectClass eq", lines=rules)])
    try:
        server.start()
        done = list(outcomes(server, seed))
        server.stop()
        return done
    finally:
        server.remove()


def same(reference, ours):
    """Whether two outcomes agree. Where the reference refuses, ours may say that nothing is there:
    whoever may not even disclose an entry learns nothing of it here."""
    return reference == ours or (reference[0] == 50 and ours[0] == 32)


@pytest.mark.parametrize("seed", range(9100, 9112))
def test_random_rules_on_running_servers(seed):
    if not os.access(harness.sbin("slapd", "debian"), os.X_OK):
        pytest.skip("Debian's slapd is not installed")
    rules = "access to attrs=userPassword by * auth\n" + accessgen.Rules(seed).lines()
    rules = rules.replace('"389$"', '"^PATH"')  # a free port may end so
    pairs = list(zip(run("debian", rules, seed), run("ours", rules, seed)))
    wrong = [(asked, reference, ours) for (asked, reference), (_, ours) in pairs
             if not same(reference, ours)]
    assert pairs and not wrong, (rules, wrong[:5])
