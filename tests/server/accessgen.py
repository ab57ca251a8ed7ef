"""Random access rules for a small directory, and the questions to ask about them.

What the reference treats as an accident is left out: write access to attributes that nobody may
write, values that are not in normal form, submatches that a pattern does not have.
"""

import random
import re

SUFFIX = "dc=x"
PEOPLE = ["cn=a,ou=p,dc=x", "cn=b,ou=p,dc=x", "cn=c,ou=q,ou=p,dc=x"]
GROUP = "cn=g,dc=x"
URLS = "cn=d,dc=x"
DNS = [SUFFIX, "ou=p,dc=x", "ou=q,ou=p,dc=x", *PEOPLE, GROUP]

ENTRIES = """\
dn: dc=x
objectClass: domain
objectClass: extensibleObject
dc: x
description: top

dn: ou=p,dc=x
objectClass: organizationalUnit
ou: p
description: people

dn: ou=q,ou=p,dc=x
objectClass: organizationalUnit
ou: q

dn: cn=a,ou=p,dc=x
objectClass: inetOrgPerson
cn: a
cn;lang-fr: ah
sn: alpha
title: boss
manager: cn=b,ou=p,dc=x
secretary: cn=c,ou=q,ou=p,dc=x
description: one
userPassword: secret

dn: cn=b,ou=p,dc=x
objectClass: inetOrgPerson
cn: b
sn: beta
title: clerk
manager: cn=a,ou=p,dc=x
description: two
seeAlso: cn=g,dc=x
userPassword: secret

dn: cn=c,ou=q,ou=p,dc=x
objectClass: person
cn: c
sn: gamma
seeAlso: cn=c,ou=q,ou=p,dc=x
description: one

dn: cn=g,dc=x
objectClass: groupOfNames
cn: g
owner: cn=b,ou=p,dc=x
member: cn=a,ou=p,dc=x
member: cn=c,ou=q,ou=p,dc=x

dn: cn=d,dc=x
objectClass: groupOfURLs
cn: d
memberURL: ldap:///ou=p,dc=x??sub?(title=*)
memberURL: ldap:///cn=c,ou=q,ou=p,dc=x??base?(sn=other)
"""

ATTRS = ["entry", "children", "cn", "sn", "name", "description", "userPassword", "title",
         "manager", "secretary", "seeAlso", "member", "owner", "objectClass", "cn;lang-fr"]
LISTS = ["entry", "children", "cn", "sn", "name", "description", "userPassword", "title",
         "manager", "secretary", "seeAlso", "member", "owner", "objectClass", "entry,children",
         "cn,sn", "title,description,entry", "distinguishedName", "@person", "!person",
         "@groupOfNames", "!inetOrgPerson", "@extensibleObject", "cn;lang-fr"]
LEVELS = ["disclose", "auth", "compare", "search", "read", "write", "add", "delete", "manage"]
VALUES = {"cn": ["a", "b"], "sn": ["alpha", "beta"], "title": ["boss", "clerk"],
          "description": ["one", "two"], "member": PEOPLE, "manager": PEOPLE, "seeAlso": PEOPLE,
          "objectClass": ["person", "inetOrgPerson"]}
FILTERS = ["(title=*)", "(objectClass=person)", "(!(sn=alpha))", "(|(cn=a)(description=two))",
           "(manager=cn=a,ou=p,dc=x)", "(ou=*)", "(nosuch=x)", "(member=cn=a,ou=p,dc=x)"]
SETS = ["this/manager & user", "user & [cn=a,ou=p,dc=x]", "this/-1 & user/-1",
        "[cn=g,dc=x]/member & user", "(this/manager | this/secretary) & user",
        "user/title & [boss]", "this/title & user/title", "this/manager->manager & user",
        "user/-* & [ou=p,dc=x]", "this/manager* & user", "[cn=] + user/cn + [,ou=p,dc=x] & this",
        "user/entryDN & this/entryDN", "this/objectClass & [inetOrgPerson]"]


def slot(who):
    """Returns what a <who> may say only once in a clause."""
    name = re.split(r"[.=/,]", who)[0]
    if name in ("*", "anonymous", "users", "self"):
        return "dn"
    return "realdn" if name.startswith("real") else name


class Rules:
    """One random list of access lines."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.fills = False

    def pick(self, items):
        """Returns one of the items."""
        return self.random.choice(items)

    def what(self):
        """Returns a <what>."""
        parts = []
        self.fills = False
        kind = self.random.random()
        if kind < 0.5:
            style = self.pick(["exact", "one", "subtree", "children", "base", "onelevel"])
            parts.append(f'dn.{style}="{self.pick(DNS)}"')
        elif kind < 0.65:
            parts.append('dn.regex="%s"' % self.pick(
                ["^cn=([^,]+),(.*)$", "ou=p,dc=x$", "^(.+,)?ou=([^,]+),dc=x$", "^cn=[ab],ou=p"]))
            self.fills = "(" in parts[-1]
        if self.random.random() < 0.15:
            parts.append(f"filter={self.pick(FILTERS)}")
        if self.random.random() < 0.55:
            parts.append(f"attrs={self.pick(LISTS)}")
            attr = parts[-1][6:]
            if attr in VALUES and self.random.random() < 0.4:
                parts.append(self.value(attr))
        return " ".join(parts) or "*"

    def value(self, attr):
        """Returns a val= part."""
        if attr in ("member", "manager", "seeAlso") and self.random.random() < 0.5:
            return f'val.{self.pick(["exact", "one", "subtree", "children"])}="{self.pick(DNS)}"'
        if self.random.random() < 0.4:
            return 'val.regex="^%s"' % self.pick(["a", "b", "cn=a", "[a-c].*$"])
        return f'val="{self.pick(VALUES[attr])}"'

    def who(self):
        """Returns a <who>."""
        simple = ["*", "anonymous", "users", "self", "self.level{1}", "self.level{-1}",
                  "dnattr=manager", "dnattr=member", "dnattr=seeAlso", "realanonymous",
                  "realusers", "realself", f'group="{GROUP}"', f'group/groupOfNames/owner="{GROUP}"',
                  f'group/groupOfURLs/memberURL="{URLS}"', "ssf=56", "tls_ssf=1",
                  "transport_ssf=64", "sasl_ssf=1", 'peername.ip=127.0.0.1',
                  'peername.ip=192.168.0.0%255.255.0.0', 'peername.regex="^IP=10[.]"',
                  'peername.exact="IP=10.0.0.1:99"', "peername.ip=10.0.0.1{99}",
                  'sockurl.regex="^ldaps"', 'sockurl="ldap:///"', 'domain.subtree=example.com',
                  'domain.exact=www.example.com', 'sockname.regex="389$"',
                  'peername.ipv6=2001:db8::%ffff:ffff::', 'peername.path=/run/ldapi']
        kind = self.random.random()
        if kind < 0.3:
            style = self.pick(["exact", "one", "subtree", "children", "level{2}"])
            real = self.pick(["", "", "", "real"])
            return f'{real}dn.{style}="{self.pick(DNS)}"'
        if kind < 0.4:
            return f'set="{self.pick(SETS)}"'
        if kind < 0.5:
            return 'dn.regex="%s"' % self.pick(["^cn=[ab],", "ou=p,dc=x$$", ".+,dc=x", "^cn=c"])
        if kind < 0.6 and self.fills:
            return self.pick(['dn.exact,expand="cn=$1,ou=p,dc=x"', 'dn.regex="^cn=$1,.*"',
                              'group.expand="cn=$1,dc=x"', 'dn.subtree,expand="$0"',
                              'dn.regex="^cn=[^,]*,$2$$"'])
        return self.pick(simple)

    def access(self):
        """Returns an <access>."""
        if self.random.random() < 0.1:
            return self.pick(["selfwrite", "selfread", "selfadd"])
        if self.random.random() < 0.6:
            return self.pick(["none", *LEVELS])
        bits = "".join(self.random.sample("mwazrscxd", self.random.randint(1, 4)))
        return self.pick("=+-") + bits

    def clause(self):
        """Returns by <who> <access> <control>."""
        who = self.who()
        if self.random.random() < 0.15:
            more = self.who()
            if slot(more) != slot(who):
                who += " " + more
        control = self.pick(["", "", "", " stop", " continue", " break"])
        return f"by {who} {self.access()}{control}"

    def lines(self):
        """Returns the access lines of a database."""
        rows = []
        for _ in range(self.random.randint(1, 6)):
            what = self.what()
            clauses = [self.clause() for _ in range(self.random.randint(1, 4))]
            if self.random.random() < 0.4:
                clauses.append("by * break")
            rows.append(f"access to {what}\n    " + "\n    ".join(clauses))
        return "\n".join(rows) + "\n"


def questions(rng):
    """Returns options and questions of one call of slapacl."""
    options = ["-b", rng.choice(DNS)]
    if rng.random() < 0.85:
        options += ["-D", rng.choice([*PEOPLE, *PEOPLE, "cn=z", "ou=p,dc=x"])]
        if rng.random() < 0.1:
            options += ["-o", "authzDN=" + rng.choice(PEOPLE)]
    for name, values in (("peername", ["IP=127.0.0.1:4", "IP=10.0.0.1:99", "IP=192.168.3.4:5",
                                       "IP=[2001:db8::1]:389", "PATH=/run/ldapi"]),
                         ("sockurl", ["ldap:///", "ldaps://h/"]), ("domain", ["www.example.com",
                                                                             "anexample.com"]),
                         ("sockname", ["IP=127.0.0.1:389"]), ("ssf", ["64"]), ("tls_ssf", ["128"]),
                         ("transport_ssf", ["71"]), ("sasl_ssf", ["56"])):
        if rng.random() < 0.5:
            options += ["-o", f"{name}={rng.choice(values)}"]
    asked = [f"{attr}/{level}" for attr in ATTRS for level in LEVELS]
    for attr, values in VALUES.items():
        for level in ("read", "write", "add"):
            asked += [f"{attr}/{level}:{value}" for value in values]
    asked += ["entryUUID/read", "entryUUID/search"]
    return options, asked
