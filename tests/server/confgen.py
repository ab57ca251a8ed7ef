"""Random operations on cn=config, for a comparison with the reference.

What is drawn is in the reference's canonical form where it has one, so that values can be compared
as they are. About a quarter of what is asked is wrong.
"""

from .client import MOD_ADD, MOD_DELETE, MOD_REPLACE

ROOT, FRONTEND = "cn=config", "olcDatabase={-1}frontend,cn=config"
DB, SCHEMA = "olcDatabase={1}mdb,cn=config", "cn=schema,cn=config"

RULES = ["to * by * read", "to attrs=userPassword by self write by anonymous auth by * none",
         'to dn.base="dc=falcot,dc=com" by users read', "to attrs=cn by * search",
         'to dn.subtree="ou=people,dc=falcot,dc=com" by self write by * read',
         "to attrs=sn,mail by dn.base=\"cn=x,dc=falcot,dc=com\" manage by * break",
         "to filter=(uid=a) by * compare", "to attrs=shadowLastChange by self write by * read"]
BAD_RULES = ["to * by", "by * read", "to attrs=nosuch by * read", "to * by nobody read", "{x}to *",
             "to * by * reed", ""]
LIMITS = ["users size=5", "anonymous time=3", "* size.soft=4 size.hard=unlimited",
          'dn.exact="cn=a,dc=falcot,dc=com" size.pr=10', "users time.soft=2 time.hard=8",
          'dn.subtree="ou=people,dc=falcot,dc=com" size=1']
BAD_LIMITS = ["users", "users size=x", "nobody size=3", "users speed=3"]
INDEXES = ["mail eq,sub", "description pres", "title eq", "o eq", "street sub", "l,st eq",
           "uidNumber eq", "givenName eq,pres,sub"]
BAD_INDEXES = ["nosuch eq", "mail fast", "jpegPhoto eq", "uidNumber sub"]

# Attribute: (values that are right, wrong ones).
SINGLE = {
    ROOT: {
        "olcIdleTimeout": (["0", "60", "7"], ["x", "-5", "1.5", "", "99999999999"]),
        "olcWriteTimeout": (["0", "9"], ["y"]),
        "olcConnMaxPending": (["100", "5"], ["a"]),
        "olcConnMaxPendingAuth": (["1000"], ["b"]),
        "olcToolThreads": (["1", "2"], ["z"]),
        "olcIndexIntLen": (["4", "8"], ["q"]),
        "olcIndexSubstrAnyLen": (["4", "6"], ["q"]),
        "olcGentleHUP": (["TRUE", "FALSE"], ["on", "maybe", "1"]),
        "olcReverseLookup": (["FALSE"], ["no"]),
        "olcLocalSSF": (["71", "128"], ["s"]),
        "olcReferral": (["ldap://a.example", "ldap://b.example"], ["nowhere"]),
        "olcAuthzPolicy": (["none", "to"], ["never"]),
    },
    DB: {
        "olcLastMod": (["TRUE"], ["yes"]),
        "olcMaxDerefDepth": (["15", "3"], ["deep"]),
        "olcRootDN": (["cn=admin,dc=falcot,dc=com", "cn=boss,dc=falcot,dc=com"], ["boss", "x=y"]),
        "olcAddContentAcl": (["TRUE", "FALSE"], ["wahr"]),
        "olcDbCheckpoint": (["512 30", "1024 5"], ["often", "5"]),
        "olcDbSearchStack": (["16", "32"], ["tall"]),
        "olcDbMaxReaders": (["0", "126"], ["all"]),
        "olcDbMode": (["0600", "0640"], ["rw"]),
        "olcDbNoSync": (["FALSE"], ["later"]),
        "olcDbRtxnSize": (["10000"], ["r"]),
        "olcSizeLimit": (["5", "unlimited", "size.soft=5 size.hard=7"], ["few", "-3"]),
        "olcTimeLimit": (["5", "unlimited"], ["soon"]),
        "olcMonitoring": (["TRUE", "FALSE"], ["x"]),
    },
    FRONTEND: {
        "olcSizeLimit": (["500", "5"], ["x"]),
        "olcTimeLimit": (["3600"], ["y"]),
        "olcDefaultSearchBase": (["dc=falcot,dc=com"], ["nowhere"]),
        "olcSchemaDN": (["cn=Subschema"], []),
    },
}
MULTI = {
    ROOT: {
        "olcLogLevel": (["stats", "sync", "256", "none", "stats sync"], ["loud"]),
        
        "olcAllows": (["bind_v2", "update_anon"], ["x"]),
        "olcDisallows": (["tls_2_anon", "tls_authc"], ["bind"]),
    },
    DB: {
        "olcRequires": (["LDAPv3"], ["luck"]),
        "olcSecurity": (["ssf=0", "simple_bind=0"], ["ssf=x", "speed=1"]),
        "olcUpdateRef": ([], ["x"]),
        "olcDbEnvFlags": (["nometasync"], ["fast"]),
    },
    FRONTEND: {"olcSortVals": (["memberUid"], ["nosuch"])},
}
ORDERED = {
    DB: {"olcAccess": (RULES, BAD_RULES), "olcLimits": (LIMITS, BAD_LIMITS)},
    FRONTEND: {"olcAccess": (RULES[:4], BAD_RULES)},
    ROOT: {"olcAuthzRegexp": (["uid=a cn=b", "uid=c cn=d", "uid=(.*),cn=e cn=$1"], ["uid=a"])},
}


class Generator:
    """Draws operations from what both servers hold."""

    def __init__(self, rng, place):
        self.rng = rng
        self.place = place  # makes a directory: takes a name
        self.schemas, self.databases, self.types = [], 1, 0

    def value(self, good, bad):
        """A value, now and then a wrong one."""
        wrong = bad and (not good or self.rng.random() < 0.2)
        return self.rng.choice(bad if wrong else good)

    def numbered(self, held, good, bad):
        """A value with or without a number, perhaps one that is there."""
        rng = self.rng
        text = self.value(good, bad)
        number = rng.choice([None, None, 0, 1, len(held), len(held) + 3, rng.randint(0, 9)])
        return text if number is None else "{%d}%s" % (number, text)

    def ordered(self, attr, held, good, bad):
        """One modification of an ordered attribute."""
        rng = self.rng
        how = rng.choice([MOD_ADD, MOD_ADD, MOD_ADD, MOD_DELETE, MOD_DELETE, MOD_REPLACE])
        if how == MOD_DELETE:
            if rng.random() < 0.5:
                return how, attr, ["{%d}" % rng.randint(0, max(len(held), 1))]
            if held and rng.random() < 0.7:
                one = rng.choice(held)
                return how, attr, [one if rng.random() < 0.5 else one.split("}", 1)[1]]
            return how, attr, [] if rng.random() < 0.3 else [self.value(good, bad)]
        count = rng.choice([1, 1, 1, 2]) if how == MOD_ADD else rng.randint(0, 4)
        values = [self.numbered(held, good, bad) for _ in range(count)]
        return how, attr, list(dict.fromkeys(values))

    def plain(self, attr, held, good, bad, most=3):
        """One modification of an attribute without an order."""
        rng = self.rng
        how = rng.choice([MOD_ADD, MOD_DELETE, MOD_REPLACE, MOD_REPLACE])
        if how == MOD_DELETE:
            some = [rng.choice(held)] if held else [self.value(good, bad)]
            return how, attr, some if rng.random() < 0.6 else []
        values = [self.value(good, bad) for _ in range(rng.randint(1, most))]
        return how, attr, list(dict.fromkeys(values))

    def modify(self, read):
        """A modify of one entry: (kind, dn, changes)."""
        rng = self.rng
        dn = rng.choice([ROOT, DB, DB, DB, FRONTEND])
        changes, kind = [], []
        for _ in range(rng.choice([1, 1, 1, 2])):
            table = rng.choice([SINGLE, MULTI, ORDERED, ORDERED, "index"])
            if table == "index" and dn == DB:
                attr, (good, bad) = "olcDbIndex", (INDEXES, BAD_INDEXES)
            else:
                attr = rng.choice(sorted((SINGLE if table == "index" else table)[dn]))
                good, bad = (SINGLE if table == "index" else table)[dn][attr]
            held = read(dn, attr)
            if table is ORDERED:
                changes.append(self.ordered(attr, held, good, bad))
            else:
                single = table is SINGLE or (table == "index" and attr != "olcDbIndex")
                changes.append(self.plain(attr, held, good, bad, 1 if single else 3))
            kind.append(attr)
        return "modify " + "+".join(kind), dn, changes

    def definition(self):
        """An attribute type, sometimes one that cannot be."""
        rng = self.rng
        self.types += 1
        oid, name = f"1.3.6.1.4.1.99999.7.{self.types}", f"drawn{self.types}"
        return rng.choice([f"( {oid} NAME '{name}' SUP name )"] * 4 + [
            f"( {oid} NAME '{name}' EQUALITY caseIgnoreMatch "
            "SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )",
            f"( {oid} NAME '{name}' SUP nosuch )", f"( {oid} NAME 'cn' SUP name )",
            f"( 2.5.4.3 NAME '{name}' SUP name )", f"( {oid} NAME '{name}' SYNTAX 1.2.99 )",
            f"( {oid} NAME 'open'", "rubbish"])

    def schema(self, read):
        """Schema entries and what is in them."""
        rng = self.rng
        if not self.schemas or rng.random() < 0.2:
            name = f"drawn{len(self.schemas)}"
            rows = {"objectClass": ["olcSchemaConfig"], "cn": [name],
                    "olcAttributeTypes": [self.definition() for _ in range(rng.randint(1, 2))]}
            return "add schema", f"cn={name},{SCHEMA}", rows
        dn = rng.choice(self.schemas)
        held = read(dn, "olcAttributeTypes")
        value = self.definition()
        if rng.random() < 0.3:
            value = "{%d}%s" % (rng.randint(0, len(held) + 1), value)
        if rng.random() < 0.3 and held:
            return "modify schema", dn, [(MOD_DELETE, "olcAttributeTypes", [
                rng.choice(held + ["{0}", "{7}"])])]
        return "modify schema", dn, [(MOD_ADD, "olcAttributeTypes", [value])]

    def database(self):
        """A database that comes, at the end or in front, with or without a mistake."""
        rng = self.rng
        self.databases += 1
        number = rng.choice(["", "", "{1}", "{2}", "{9}", "{0}", "{x}"])
        name = f"{number}mdb"
        suffix = rng.choice([f"dc=drawn{self.databases}"] * 4 + ["bad"])
        rows = {"objectClass": ["olcDatabaseConfig", "olcMdbConfig"], "olcDatabase": [name],
                "olcSuffix": [suffix], "olcDbDirectory": [
                    self.place(f"drawn{self.databases}") if rng.random() < 0.8 else "/nonexistent"]}
        if rng.random() < 0.1:
            rows["olcDatabase"] = ["mdb"]
        if rng.random() < 0.1:
            del rows["olcDbDirectory"]
        return "add database", f"olcDatabase={name},cn=config", rows

    def rename(self):
        """A new name for a schema entry or a database."""
        rng = self.rng
        if self.schemas and rng.random() < 0.5:
            dn = rng.choice(self.schemas)
            number = dn[4:dn.index("}")]
            return "rename schema", dn, rng.choice([
                "cn={%s}other%d" % (number, rng.randint(0, 99)), "cn={99}x"])
        return "rename database", rng.choice([DB, FRONTEND, ROOT, SCHEMA]), rng.choice([
            "olcDatabase={1}mdb", "olcDatabase={1}hdb", "olcDatabase=mdb", "cn=x",
            "olcDatabase={0}mdb"])

    def draw(self, read):
        """The next operation: (kind, dn, what)."""
        return self.rng.choices([
            lambda: self.modify(read), lambda: self.schema(read), self.database, self.rename,
        ], [80, 12, 2, 4])[0]()
