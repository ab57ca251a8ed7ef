"""What random operations are made of: attributes, values good and bad, classes, selections.

Left out, because the reference errs and the directories would part: letters that RFC 4518 2.2 folds
or drops (sharp s, soft hyphen, full width), surrogates in UTF-8 (RFC 3629 3), options in a DN
(RFC 4514 3), Guide and Presentation Address values, OIDs of one number (RFC 4512 1.4), unknown
names in a pre-read, absent values to delete under the permissive modify control (Microsoft ADTS
3.1.1.3.4.1.8), substrings that span the lines of an address (RFC 4517 4.2.13). test_precedence.py
has most of them one by one.
"""

from tests.server import data

WORDS = ["alpha", "Beta", "gamma ray", "DELTA", "e", "Zo\u00eb", "\u0416\u0443\u043a", "a  b",
         "omega", "x-y", "100", "beta", "Zoe\u0308", "a*b(c)", " lead", "trail ",
         "tab\there", "x" * 300]
SHORT = WORDS[:12]
NUMBERS = ["0", "1", "7", "42", "-5", "1000000", "99999999999999999999", "2147483648", "-1"]
NAMES_OF_ENTRIES = [data.SUFFIX, data.dn_of("jean"), "DC=FALCOT,dc=com", "cn=gone,dc=other", "",
                    "cn = Jean , dc=falcot , dc=com", "cn=a\\2Cb,dc=x", "2.5.4.3=oid,dc=x"]
NAMES = {
    "cn": WORDS, "sn": WORDS, "description": WORDS, "title": WORDS, "ou": WORDS, "uid": WORDS,
    "givenName": WORDS, "mail": ["a@b.c", "A@B.C", "x@y.z"], "uidNumber": NUMBERS,
    "gidNumber": NUMBERS, "memberUid": ["joe", "JOE", "jean"], "homeDirectory": ["/home/a", "/"],
    "telephoneNumber": ["+1 2 3", "+1-23", "555"], "loginShell": ["/bin/sh"],
    "displayName": WORDS, "employeeNumber": NUMBERS, "preferredLanguage": ["fr", "en"],
    "seeAlso": NAMES_OF_ENTRIES, "description;lang-fr": WORDS, "sn;lang-de": WORDS,
    "postalAddress": ["a$b", "A $ b", "a\\24b$c"], "l": WORDS, "roomNumber": WORDS,
    "userPassword": ["secret", "{SSHA}x"], "cn;lang-fr;lang-en-us": SHORT,
    "description;lang-en": SHORT, "sn;lang-de-at": SHORT,
}
# Attributes of all syntaxes, for entries of class extensibleObject: values good and bad.
TYPED = {
    "member": NAMES_OF_ENTRIES + ["notadn", "cn=,dc=x", "cn=x,,dc=y"],
    "uniqueMember": ["dc=x", "dc=x#'0101'B", "DC=X#'0101'B", "dc=x#'012'B", "dc=x#x", ""],
    "manager": NAMES_OF_ENTRIES, "c": ["fr", "FR", "fra", "", "f1"],
    "facsimileTelephoneNumber": ["+1 2", "+1 2$fineResolution", "+1 2$nosuch", ""],
    "internationaliSDNNumber": ["123 45", "12345", "x"], "x121Address": ["12 3", "123", "x"],
    "destinationIndicator": ["AB", "ab c", "\u00e9"], "labeledURI": ["ldap://x y", "LDAP://x y"],
    "mailPreferenceOption": ["0", "2", "x"], "x500UniqueIdentifier": ["'0101'B", "'01'B", "'2'B"],
    "jpegPhoto": [b"\xff\xd8\xff\xe0x", b"x"], "audio": [b"\x00\x01", b"x"],
    "userCertificate;binary": [b"x"], "userCertificate": [b"x"],
    "nisNetgroupTriple": ["(a,b,c)", "(,,)", "(a,b)"],
    "macAddress": ["00:11:22:33:44:55", "x"], "ipServicePort": ["80", "080", "-1"],
    "bootParameter": ["a=b:c", "x"], "memberURL": ["ldap:///dc=x??sub", "http://x"],
    "associatedDomain": ["A.b", "a.B", "\u00e9"], "dc": ["a", "b"], "o": SHORT,
    "carLicense": SHORT, "businessCategory": SHORT, "documentVersion": SHORT,
    "preferredDeliveryMethod": ["any", "any $ mhs", "nosuch"],
    "telexNumber": ["1$2$3", "1$2"],
    "shadowLastChange": NUMBERS, "homePhone": ["+1 2 3", "+12-3"], "pager": ["1 2"],
    "street": SHORT, "st": SHORT, "ref": ["ldap://a/", "x y"],
    "aliasedObjectName": [data.dn_of("jean"), "notadn"],
    "createTimestamp": ["20200101000000Z"], "nosuch": ["x"], "x500uniqueidentifier": ["'1'B"],
    "dITRedirect": ["dc=x"], "mobile": ["5"], "ipHostNumber": ["10.0.0.1", ""],
    "memberNisNetgroup": SHORT, "rfc822MailMember": ["joe", "JOE"], "host": SHORT,
}
BAD = [("nosuch", ["x"]), ("uidNumber", ["abc"]), ("seeAlso", ["notadn"]), ("sn;foo", ["x"]),
       ("cn", [""]), ("telephoneNumber", [""]), ("sn", [b"\xff"]), ("entryUUID", ["x"]),
       ("createTimestamp", ["20200101000000Z"]), ("objectClass", ["nosuch"]), ("", ["x"]),
       ("mail", ["\u00e9"]), ("displayName", ["a", "b"]), ("sn", ["same", "SAME"]),
       ("uidNumber", ["01"]), ("description", []), ("uidNumber", ["-0"]), ("uidNumber", ["+1"]),
       ("uidNumber", [""]), ("sn;lang-", ["x"]), ("cn;binary", ["x"]), ("2.5.4.4", ["byoid"]),
       ("surname", ["alias"]), ("bad attr", ["x"]), ("sn;lang-fr;lang-fr", ["x"]),
       ("sn;LANG-FR", ["x"]), ("objectClass", ["2.5.6.6"]), ("description", [b"a\xc3"]),
       ("description", ["\U0001f600"]),
       ("telephoneNumber", ["_"]), ("gidNumber", [" 1"]), ("memberUid", ["\u00e9"]),
       ("name", ["x"]), ("hasSubordinates", ["TRUE"]), ("entryDN", ["cn=x"]),
       ("description", ["same", "  SAME ", "x"]), ("sn", ["y" * 70000]), ("cn", [" "]),
       ("structuralObjectClass", ["person"]), ("9.9.9.9", ["x"]), ("description", [b"a\0b"])]
CLASSES = {
    "inetOrgPerson": ("cn", ["cn", "sn"], ["description", "title", "mail", "uid", "seeAlso",
                                           "telephoneNumber", "displayName", "givenName", "l",
                                           "employeeNumber", "description;lang-fr", "sn;lang-de",
                                           "preferredLanguage", "postalAddress", "roomNumber",
                                           "cn;lang-fr;lang-en-us", "sn;lang-de-at"]),
    "person": ("cn", ["cn", "sn"], ["description", "telephoneNumber", "seeAlso", "userPassword"]),
    "organizationalUnit": ("ou", ["ou"], ["description", "l", "telephoneNumber", "seeAlso"]),
    "posixGroup": ("cn", ["cn", "gidNumber"], ["description", "memberUid"]),
    "device": ("cn", ["cn"], ["description", "l", "seeAlso", "ou"]),
}
LISTED = [*CLASSES, "posixAccount", "nosuch", "extensibleObject", "top", "alias", "referral",
          "subentry", "PERSON", "2.5.6.6", "account", "shadowAccount", "dcObject", "country"]
ASKED = [[], ["*"], ["+"], ["*", "+"], ["1.1"], ["cn", "sn"], ["name"], ["nosuch", "cn"],
         ["@person"], ["description;lang-fr"], ["entryDN", "hasSubordinates"], ["2.5.4.3"],
         ["sn;lang-"], ["SN", "sn", "surname"], ["1.1", "cn"], ["*", "entryUUID"], ["@nosuch"],
         ["name;lang-de"], ["cn;lang-en-"], ["sn;lang-de-"], ["description;lang-en;lang-fr"],
         ["@posixGroup", "seeAlso"], ["@extensibleObject"], ["+", "sn"], ["!person"], [""],
         ["bad attr"], ["userCertificate"], ["userCertificate;binary"], ["cn;binary"],
         ["structuralObjectClass", "creatorsName"], ["distinguishedName"], ["2.5.4.0"],
         ["subschemaSubentry"], ["@top", "1.1"], ["nosuch"], ["member", "manager"]]
READ = [["*"], ["cn", "sn"], ["+"], [], ["*", "+"], ["1.1"], ["name"], ["2.5.4.3"],
        ["entryDN", "hasSubordinates"], ["sn;lang-de"], ["description", "entryUUID"]]
RULES = [None, "caseExactMatch", "caseIgnoreMatch", "integerMatch", "2.5.13.2", "nosuchMatch",
         "caseIgnoreOrderingMatch", "integerOrderingMatch", "distinguishedNameMatch",
         "caseExactIA5Match", "telephoneNumberMatch", "objectIdentifierMatch", "booleanMatch",
         "octetStringMatch", "caseIgnoreIA5Match", "numericStringMatch", "generalizedTimeMatch",
         "integerBitAndMatch", "integerBitOrMatch", "dnSubtreeMatch", "dnOneLevelMatch",
         "dnSuperiorMatch", "dnSubordinateMatch", "caseIgnoreSubstringsMatch", "1.2.3.4", "",
         "caseIgnoreListMatch", "bitStringMatch", "uniqueMemberMatch", "UUIDMatch"]
FILTERED = [*NAMES, *TYPED, "objectClass", "name", "nosuch", "entryDN", "hasSubordinates",
            "structuralObjectClass", "sn;lang-", "sn;lang-de", "description;lang-fr-", "2.5.4.4",
            "surname", "createTimestamp", "entryUUID", "creatorsName", "subschemaSubentry",
            "bad attr", "", "cn;binary", "sn;foo", "entryCSN", "modifyTimestamp", "distinguishedName"]
TIMES = ["20000101000000Z", "20991231235959Z", "200001010000Z", "2000010100Z", "bad",
         "20000101000000.5Z", "20000101000000+0100", "20001301000000Z"]
RDN_VALUES = [*WORDS[:14], "a\\,b", "a\\2Cb", "a\\+b", "\\#x", "\\ lead", "trail\\ ", "a\\\"b",
              "a\\\\b", "\\<x\\>", "a\\=b", "a=b", "a\\;b", "\\C3\\A9", "\"quoted, text\"", "a\\3Db",
              "x" * 100]
RDN_BAD = ["bad", "cn=", "nosuch=x", "cn=a,ou=b", "", "uidNumber=x", "cn=a+cn=b", "cn=a+",
           "=x", "cn=\\", "cn=\\zz", "cn=#zz", "cn=a;ou=b", "cn=a\"b",
           "cn=\\ff", "9.9.9=x", "cn=a+sn=", "cn=<x>", "entryUUID=x", "hasSubordinates=TRUE",
           "jpegPhoto=x", "userPassword=secret", "gidNumber=7",
           "seeAlso=dc\\3Dx", "telephoneNumber=\\+1 2", "uid=a+cn=b+sn=c", "cn=a\\00b"]

_NOT_HERE = ("cn", "nosuch", "createTimestamp", "userCertificate", "userCertificate;binary",
             "x500uniqueidentifier", "ref", "aliasedObjectName")
# Entries with every attribute that the operations name. The reference numbers attributes when they
# first appear, and forgets half of it when that operation fails: then it decodes wrongly.
EVERYTHING = [
    (f"cn=everything,{data.SUFFIX}", [
        ("objectClass", ["device", "extensibleObject"]), ("cn", ["everything"]),
        *[(name, [values[0]]) for name, values in {**NAMES, **TYPED}.items()
          if name not in _NOT_HERE], ("sn;lang-fr", ["x"])]),
    (f"cn=pointer,{data.SUFFIX}", [
        ("objectClass", ["alias", "extensibleObject"]), ("cn", ["pointer"]),
        ("aliasedObjectName", [data.dn_of("jean")])]),
    (f"cn=elsewhere,{data.SUFFIX}", [
        ("objectClass", ["referral", "extensibleObject"]), ("cn", ["elsewhere"]),
        ("ref", ["ldap://o.example/dc=z"])]),
    (f"cn=sub,{data.SUFFIX}", [
        ("objectClass", ["subentry", "extensibleObject"]), ("cn", ["sub"]),
        ("subtreeSpecification", ["{}"])])]
