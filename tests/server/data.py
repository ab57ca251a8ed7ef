"""The Falcot Corp directory that most tests start from."""

SUFFIX = "dc=falcot,dc=com"
ADMIN = f"cn=admin,{SUFFIX}"
PASSWORD = "s3cret"
PEOPLE = f"ou=People,{SUFFIX}"
GROUPS = f"ou=Groups,{SUFFIX}"
ALIASES = f"ou=Aliases,{SUFFIX}"

_PERSONS = [
    ("jean", "Jean", "Dupont", 10001),
    ("laure", "Laure", "Martin", 10002),
    ("sophie", "Sophie", "Lef\u00e8vre", 10003),
    ("joe", "Joe", "User", 10004),
    ("roland", "Rapha\u00ebl", "Roland", 10005),
]

_GROUPS = [
    ("admins", 20001, ["jean", "roland"]),
    ("sales", 20002, ["laure", "sophie", "joe"]),
    ("empty", 20003, []),
]


def person(uid, given, surname, number):
    """Returns the attributes of a person with an account."""
    return [
        ("objectClass", ["inetOrgPerson", "posixAccount"]),
        ("uid", [uid]),
        ("cn", [f"{given} {surname}"]),
        ("givenName", [given]),
        ("sn", [surname]),
        ("mail", [f"{uid}@falcot.com"]),
        ("telephoneNumber", [f"+33 4 77 00 {number % 100:02d} {number % 97:02d}"]),
        ("uidNumber", [str(number)]),
        ("gidNumber", ["20001" if uid in ("jean", "roland") else "20002"]),
        ("homeDirectory", [f"/home/{uid}"]),
        ("loginShell", ["/bin/bash"]),
        ("userPassword", [f"{uid}-pw"]),
    ]


def base_entries():
    """Returns the two entries of a directory as installed: the organisation and its manager."""
    return [
        (SUFFIX, [("objectClass", ["top", "dcObject", "organization"]),
                  ("o", ["Falcot Corp"]), ("dc", ["falcot"])]),
        (ADMIN, [("objectClass", ["simpleSecurityObject", "organizationalRole"]),
                 ("cn", ["admin"]), ("description", ["LDAP administrator"]),
                 ("userPassword", [PASSWORD])]),
    ]


def entries():
    """Returns the whole directory as a list of (dn, [(name, values)]), superiors first."""
    found = base_entries()
    for ou in ("People", "Groups", "Aliases"):
        found.append((f"ou={ou},{SUFFIX}",
                      [("objectClass", ["organizationalUnit"]), ("ou", [ou])]))
    for row in _PERSONS:
        found.append((f"uid={row[0]},{PEOPLE}", person(*row)))
    for name, number, members in _GROUPS:
        attrs = [("objectClass", ["posixGroup"]), ("cn", [name]), ("gidNumber", [str(number)])]
        found.append((f"cn={name},{GROUPS}", attrs + ([("memberUid", members)] if members else [])))
    for name, targets in (("postmaster", ["jean"]), ("webmaster", ["jean", "sophie"])):
        found.append((f"cn={name},{ALIASES}", [("objectClass", ["nisMailAlias"]), ("cn", [name]),
                                               ("rfc822MailMember", targets)]))
    return found


def dn_of(uid):
    """Returns the name of a person."""
    return f"uid={uid},{PEOPLE}"
