"""slapacl: random access rules compared with Debian's tool, its options, and what it explains."""

import os
import random

import pytest

from . import accessgen, harness

pytestmark = pytest.mark.ours("the other side of the comparison is Debian's slapacl itself")

RULE_SETS = 60
CALLS = 3


class Side:
    """One implementation with the small directory loaded."""

    def __init__(self, impl):
        self.server = harness.Slapd(
            impl=impl, entries=accessgen.ENTRIES,
            databases=[harness.Database(suffix=accessgen.SUFFIX, index="objectClass eq")],
            schemas=["core", "cosine", "inetorgperson", "dyngroup"])
        self.base = self.server.conf.read_text()

    def ask(self, rules, *argv):
        """Runs slapacl under the rules."""
        self.server.conf.write_text(self.base + rules + "\n")
        return self.server.tool("slapacl", *argv)


@pytest.fixture(name="ours", scope="module")
def fixture_ours():
    side = Side("ours")
    yield side
    side.server.remove()


@pytest.fixture(name="debian", scope="module")
def fixture_debian():
    if not os.access(harness.sbin("slapacl", "debian"), os.X_OK):
        pytest.skip("Debian's slapd is not installed")
    side = Side("debian")
    yield side
    side.server.remove()


def answers(done):
    """Returns the lines that say ALLOWED or DENIED."""
    return [line for line in done.stderr.splitlines() if line.endswith(("ALLOWED", "DENIED"))]


@pytest.mark.parametrize("seed", range(7000, 7000 + RULE_SETS))
def test_random_rules_decide_as_the_reference(ours, debian, seed):
    rules = accessgen.Rules(seed).lines()
    rng = random.Random(seed)
    for _ in range(CALLS):
        options, asked = accessgen.questions(rng)
        expected = answers(debian.ask(rules, *options, *asked))
        got = answers(ours.ask(rules, *options, *asked))
        assert len(expected) == len(asked), rules
        wrong = [pair for pair in zip(expected, got) if pair[0] != pair[1]]
        assert not wrong and len(got) == len(expected), (rules, options, wrong[:5])


A, B = accessgen.PEOPLE[0], accessgen.PEOPLE[1]

# Where the manual page and the reference's tool part, the manual page holds. (Its slapd searches
# the URLs of sets; its slapacl does not.)
DIFFERENT = [
    ("a pattern for everybody with a name", 'access to * by dn.regex=".+" write', ["-D", A],
     "write access to cn: ALLOWED"),
    ("realself is the name that bound", 'access to * by users realselfwrite',
     ["-D", A, "-o", f"authzDN={B}"], "write access to manager=cn=a,ou=p,dc=x: ALLOWED"),
    ("an URL in a set is searched",
     'access to * by set="[ldap:///ou=p,dc=x??sub?(title=boss)]/entryDN & user" write', ["-D", A],
     "write access to cn: ALLOWED"),
    ("an URL's own attributes count",
     'access to * by set="[ldap:///ou=p,dc=x?manager?sub?(title=boss)]/entryDN & user" write',
     ["-D", B], "write access to cn: ALLOWED"),
    ("a name with pattern characters is no pattern",
     'access to dn.regex="^cn=([^,]+),ou=p,dc=x$" by dn.regex="^cn=$1,ou=p" write', ["-D", A],
     "write access to cn: ALLOWED"),
]


@pytest.mark.parametrize("name,rules,who,expected", DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_decisions_of_our_own(ours, name, rules, who, expected):
    done = ours.ask(rules, "-b", A, *who, "cn/write", f"manager/write:{A}")
    assert expected in done.stderr.splitlines(), (name, done)


EXPLAINED = [
    ('access to attrs=sn by self write by * none\naccess to * by * read', "sn",
     "access rule {0} of olcDatabase={1}mdb (", "to attrs=sn: by self write: granted write(=wrscxd)"),
    ('access to attrs=cn by self write\naccess to * by users read', "sn",
     "access rule {1} of olcDatabase={1}mdb (", "to *: by users read: granted read(=rscxd)"),
    ('access to * by anonymous read', "sn", "access rule {0}", "no clause applies: granted none(=0)"),
    ('access to attrs=cn by * read', "sn", "no access rule applies", "granted none(=0)"),
    ('access to * by * +r break', "sn", "access rule {0}", "no further rule applies: granted none"),
    ('', "sn", "there are no access rules: everybody may read", "granted read(=rscxd)"),
]


@pytest.mark.parametrize("rules,attr,start,end", EXPLAINED)
def test_verbose_names_the_rule_and_the_clause(ours, rules, attr, start, end):
    done = ours.ask(rules, "-v", "-b", A, "-D", A, attr)
    reason = done.stderr.splitlines()[-1].strip()
    assert done.returncode == 0 and reason.startswith(start) and end in reason, done


def test_groups_of_other_databases_count():
    other = harness.Database(suffix="dc=y", name="other", index="")
    server = harness.Slapd(
        impl="ours", schemas=["core", "cosine", "inetorgperson", "dyngroup"],
        databases=[harness.Database(suffix=accessgen.SUFFIX, index="", lines="access to * "
                                    'by group="cn=g,dc=y" write by * read'), other],
        entries=accessgen.ENTRIES)
    try:
        path = server.top / "y.ldif"
        path.write_text("dn: dc=y\nobjectClass: domain\ndc: y\n\ndn: cn=g,dc=y\n"
                        f"objectClass: groupOfNames\ncn: g\nmember: {B}\n")
        assert server.tool("slapadd", "-b", "dc=y", "-l", path).returncode == 0
        for who, answer in ((A, "DENIED"), (B, "ALLOWED")):
            done = server.tool("slapacl", "-b", A, "-D", who, "cn/write")
            assert done.stderr.splitlines()[-1] == f"write access to cn: {answer}", done
    finally:
        server.remove()


def test_rules_do_not_apply_to_the_rootdn(ours):
    done = ours.ask("access to * by * none", "-v", "-b", A, "-D", f"cn=admin,{accessgen.SUFFIX}",
                    "cn/manage")
    assert "manage access to cn: ALLOWED" in done.stderr
    assert "the rootdn: access rules do not apply" in done.stderr


def test_all_values_are_shown_but_no_password(ours):
    done = ours.ask("access to * by * read", "-b", A)
    lines = done.stderr.splitlines()
    assert lines[0] == "entry: read(=rscxd)" and lines[1] == "children: read(=rscxd)"
    assert "cn;lang-fr=ah: read(=rscxd)" in lines and "userPassword=****: read(=rscxd)" in lines
    assert "=secret:" not in done.stderr


@pytest.mark.parametrize("argv,text", [
    (["cn/frobnicate"], 'unknown access "frobnicate"'),
    (["cn/none"], '"none" not allowed'),
    (["nosuch/read"], "nosuch"),
    (["-D", A, "-U", "a", "cn"], "provided"),
    (["-D", "no dn", "cn"], "invalid DN"),
    (["-o", "ssf=strong", "cn"], "ssf"),
    (["-o", "operation=fly", "cn"], "fly"),
    (["-o", "nosuch=1", "cn"], "nosuch"),
])
def test_wrong_questions_are_refused(ours, argv, text):
    done = ours.ask("access to * by * read", "-b", A, *argv)
    assert done.returncode == 1 and text in done.stderr, done


def test_identities(ours):
    done = ours.ask('access to * by dn.exact="uid=joe,cn=auth" write by * read', "-b", A, "-U", "joe",
                    "cn/write")
    assert 'authcDN: "uid=joe,cn=auth"' in done.stderr and "ALLOWED" in done.stderr
    done = ours.ask(f'access to * by realdn.exact="{A}" write', "-b", A, "-D", A, "-X", f"dn:{B}",
                    "cn/write")
    assert f'authzDN: "{B}"' in done.stderr and "ALLOWED" in done.stderr


def test_operation_and_dry_run(ours):
    rules = "access to * by users op=search read by * none"
    for operation, expected in (("search", "ALLOWED"), ("modify", "DENIED")):
        done = ours.ask(rules, "-b", A, "-D", A, "-o", f"operation={operation}", "cn/read")
        assert done.stderr.splitlines()[-1].endswith(expected), done
    done = ours.ask("access to * by * read", "-u", "-b", "cn=none,dc=x", "cn/read", "entry/read")
    assert done.returncode == 0 and len(answers(done)) == 2
    done = ours.ask("access to * by * read", "-b", "cn=none,dc=x", "cn/read")
    assert done.returncode == 1 and "no entry" in done.stderr
