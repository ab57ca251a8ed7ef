"""Access lines: what slaptest accepts, refuses and warns of, and what a slapd.d keeps of them."""

import pytest

from . import harness

ACCEPTED = [
    "to * by * read", "to * by *", "to * by users", "to * by * break",
    'to dn.subtree="ou=People,dc=falcot,dc=com" by self write by * read',
    'to dn.exact="" by * read', "to dn.children=dc=falcot,dc=com attrs=children by * =az",
    r'to dn.regex="^(.+,)?uid=([^,]+),ou=People,dc=falcot,dc=com$" '
    r'by dn.exact,expand="uid=$2,ou=People,dc=falcot,dc=com" write by * none',
    r'to dn.regex="^uid=([^,]+),(.*)$" by dn.regex="^uid=$1,$2$$" write',
    'to dn.sub="dc=falcot,dc=com" filter="(&(objectClass=person)(cn=a b*))" attrs=cn,sn by * read',
    "to attrs=entry,children,@person,cn;lang-fr by users read", "to attrs=!person by users read",
    "to attrs=cn val=Jean by * read", 'to attrs=cn val.regex="^J" by * read',
    "to attrs=cn val/caseExactMatch=Jean by * read",
    'to attrs=member val.subtree="ou=People,dc=falcot,dc=com" by users =w',
    "to attrs=member by dnattr=owner write by users selfwrite by * read",
    'to * by group="cn=admins,dc=falcot,dc=com" write by * read',
    'to * by group/groupOfUniqueNames/uniqueMember.exact="cn=a,dc=falcot,dc=com" write',
    "to * by self.level{1} write by self.level{-1} =rscx",
    "to * by peername.ip=192.0.2.0%255.255.255.0 read by peername.ipv6=2001:db8::%ffff:ffff:: read",
    "to * by peername.path=/run/ldapi write by peername.regex=^IP=127 read",
    "to * by sockurl.regex=^ldapi by domain.sub=falcot.com read by sockname=x none",
    "to * by ssf=71 tls_ssf=128 users read by transport_ssf=1 read by sasl_ssf=56 read",
    'to * by set="user & this/manager" write by set.expand="[$1]/member & user" read',
    "to * by * =cs continue by users +r break", "to * by users -w by anonymous +0 stop",
    "to * by realusers read by realself write by realdn.one=dc=falcot,dc=com read",
    "TO * BY Users Read Stop",
]


@pytest.mark.parametrize("line", ACCEPTED)
def test_accepted(make, line):
    server = make(start=False, access=f"access {line}")
    done = server.tool("slaptest", "-u")
    assert done.returncode == 0, done


@pytest.mark.parametrize("line", ACCEPTED)
def test_kept_in_a_directory(make, line):
    """A slapd.d made from slapd.conf holds the same rule."""
    server = make(start=False, access=f"access {line}")
    target = server.top / "slapd.d"
    target.mkdir()
    done = server.tool("slaptest", "-F", target, "-n", "0")
    assert done.returncode == 0, done
    again = harness.run([harness.sbin("slaptest"), "-F", str(target), "-u"])
    assert again.returncode == 0, again


@pytest.mark.ours("reads what the reference writes")
@pytest.mark.parametrize("line", ACCEPTED)
def test_directory_of_the_reference(make, line):
    server = make(start=False, impl="debian", access=f"access {line}")
    target = server.top / "slapd.d"
    target.mkdir()
    done = server.tool("slaptest", "-F", target, "-n", "0")
    assert done.returncode == 0, done
    again = harness.run([harness.sbin("slaptest"), "-F", str(target), "-u"])
    assert again.returncode == 0, again


REFUSED = [
    ("to", "nothing stands after"), ("to *", 'no "by"'), ("to * by", 'ends after "by"'),
    ("to * * by * read", "given already"), ("to * by * reed", '"reed"'),
    ("to * by user read", "did you mean users?"), ("to * by * users read", "given already"),
    ("to * by * read by", 'ends after "by"'), ("to * by * read stop go", '"go"'),
    ("to nosuch=x by * read", '"nosuch=x" is not known after "to"'),
    ("to attrs=userPasword by * read", "did you mean userPassword?"),
    ("to attrs=@persn by * read", "did you mean person?"),
    ("to attrs=cn,sn val=x by * read", "exactly one attribute"),
    ("to attrs=uidNumber val=x by * read", "not a value of uidNumber"),
    ("to attrs=cn val/integerMatch=1 by * read", "does not apply"),
    ("to attrs=cn val.sub=x by * read", "style is for DNs"),
    ("to dn.subtre=dc=com by * read", "did you mean subtree?"),
    ("to dn.sub=x by * read", "not a DN"), ("to dn.regex=( by * read", "regular expression"),
    ("to filter=(cn=x by * read", "not a filter"),
    ("to * by dn.exact= read", "needs a value"), ("to * by dnattr=cn read", "no DNs"),
    ("to * by group/person/member=cn=x read", "class person has no attribute member"),
    ("to * by group=x read", "not a DN"), ("to * by ssf=0 read", "expected a strength"),
    ("to * by peername.ip=1.2.3.4{x} read", "expected a port"),
    ("to * by peername.sub=x read", "takes the styles"),
    ("to * by self.level{x} read", "level{n}"), ("to * by dynacl/nosuch read", "not supported"),
]


@pytest.mark.parametrize("line,says", REFUSED)
def test_refused(make, line, says):
    server = make(start=False, access=f"access {line}")
    done = server.tool("slaptest", "-u")
    assert done.returncode == 1, done
    if harness.IMPL == "ours":
        number = server.conf.read_text()[:-1].count("\n") + 1
        assert f"{server.conf}:{number}: access: " in done.stderr
        assert says in done.stderr


WARNED = [
    ("access to * by * read\naccess to attrs=cn by * none", "it can never decide: rule {0}"),
    ("access to * by * none by users read", '"by users read" can never decide'),
    ("access to dn.sub=dc=other by * read", "it can never match"),
    ("access to filter=(nosuch=x) by * read", "the filter names what the schema does not know"),
    ("access to * by peername.ip=192.0.2.7%255.255.255.0 read", "can never match: the address"),
]


@pytest.mark.ours("OpenLDAP says nothing about it")
@pytest.mark.parametrize("lines,says", WARNED)
def test_warned(make, lines, says):
    server = make(start=False, access=lines)
    done = server.tool("slaptest", "-u")
    assert done.returncode == 0, done
    assert says in done.stderr
    assert "access rule" not in server.tool("slaptest", "-u", "-Q").stderr


@pytest.mark.ours("OpenLDAP says nothing about it")
def test_right_rules_are_not_warned_of(make):
    server = make(start=False, access=harness.DEBIAN_ACCESS)
    assert "access rule" not in server.tool("slaptest", "-u").stderr


def test_a_wrong_rule_stops_the_start(make):
    server = make(start=False, access="access to * by * reed")
    server.port = harness.free_port()
    done = harness.run(server.argv())
    assert done.returncode == 1
    assert not (server.top / "slapd.pid").exists()
