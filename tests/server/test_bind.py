"""Bind and unbind (RFC 4511 4.2 and 4.3, RFC 4513)."""

import time

import pytest

from . import ber, data, expect
from .client import BIND, WHOAMI, Client, control

JEAN = data.dn_of("jean")

BINDS = [
    ("anonymous", "", "", 0),
    ("manager", data.ADMIN, data.PASSWORD, 0),
    ("manager, other case and spaces", "CN=Admin, DC=falcot,dc=COM", data.PASSWORD, 0),
    ("user", JEAN, "jean-pw", 0),
    ("user, case matters in the password", JEAN, "JEAN-PW", 49),
    ("wrong password", data.ADMIN, "bad", 49),
    ("password with a NUL after the right one", JEAN, "jean-pw\0", 49),
    ("no such entry", f"uid=none,{data.PEOPLE}", "bad", 49),
    ("no such parent", f"uid=none,ou=none,{data.SUFFIX}", "bad", 49),
    ("entry without a password", data.PEOPLE, "bad", 49),
    ("outside of every database", "cn=x,dc=other", "bad", 49),
    ("unauthenticated (RFC 4513 5.1.2)", JEAN, "", 53),
    ("unauthenticated, no such entry", f"uid=none,{data.PEOPLE}", "", 53),
    ("password without a name", "", "pw", 49),
    ("not a DN", "garbage", "pw", 34),
    ("not a DN, no password", "garbage", "", 34),
    ("unknown attribute in the DN", "nosuch=x", "pw", 34),
]


@pytest.mark.parametrize("name,dn,password,code", BINDS, ids=expect.case_ids(BINDS))
def test_simple_bind(anon, name, dn, password, code):
    expect.code(anon.bind(dn, password), code)


def test_failures_share_one_text(anon):
    """Whether the name or the password was wrong must not show."""
    texts = {anon.bind(dn, "bad").text for dn in
             (data.ADMIN, JEAN, f"uid=none,{data.PEOPLE}", data.PEOPLE, "dc=other")}
    assert len(texts) == 1


@pytest.mark.ours("OpenLDAP tells by the time it takes")
def test_failures_take_the_same_time(anon):
    """A wrong password costs what an unknown name costs, whatever is stored."""
    def fastest(dn):
        times = []
        for _ in range(5):
            begun = time.monotonic()
            expect.code(anon.bind(dn, "bad"), 49)
            times.append(time.monotonic() - begun)
        return min(times)
    times = [fastest(dn) for dn in (JEAN, data.ADMIN, data.PEOPLE, f"uid=none,{data.PEOPLE}")]
    assert min(times) > max(times) / 3


@pytest.mark.parametrize("dn,password", [("", ""), (JEAN, "jean-pw"), (JEAN, "bad")])
def test_version_two_is_refused(anon, dn, password):
    expect.code(anon.bind(dn, password, version=2), 2)


def test_version_two_when_allowed(make):
    server = make(extra="allow bind_v2")
    with server.client() as connection:
        expect.ok(connection.bind(JEAN, "jean-pw", version=2))
    server.stop()


@pytest.mark.parametrize("version", [0, 1, 4, 127, 128, -1])
def test_unknown_version(anon, version):
    result = anon.bind(JEAN, "jean-pw", version=version)
    expect.code(result, 2)


def test_anonymous_bind_can_be_disallowed(make):
    server = make(extra="disallow bind_anon")
    with server.client() as connection:
        expect.code(connection.bind(), 48)
    server.stop()


@pytest.mark.parametrize("mechanism", ["NOSUCH", "", "x" * 21, "simple"])
def test_unknown_sasl_mechanism(anon, mechanism):
    expect.code(anon.sasl(mechanism), 7)


def test_external_needs_ldapi(anon):
    expect.code(anon.sasl("EXTERNAL"), 7)


def test_unknown_authentication_choice(anon):
    request = ber.tlv(BIND, ber.integer(3), ber.octets(""), ber.octets("x", 0x85))
    expect.code(anon.ask(request), 7)


def test_identity_follows_the_bind(server):
    with server.client() as connection:
        assert connection.extended(WHOAMI).value == b""
        expect.ok(connection.bind(JEAN, "jean-pw"))
        assert connection.extended(WHOAMI).value == f"dn:{JEAN}".encode()
        expect.ok(connection.bind("UID=LAURE," + data.PEOPLE, "laure-pw"))
        assert connection.extended(WHOAMI).value.lower() == \
            f"dn:{data.dn_of('laure')}".lower().encode()
        expect.code(connection.bind(JEAN, "bad"), 49)
        assert connection.extended(WHOAMI).value == b"", "a failed bind must drop the identity"
        expect.ok(connection.bind(JEAN, "jean-pw"))
        expect.ok(connection.bind())
        assert connection.extended(WHOAMI).value == b""


def test_failed_sasl_drops_the_identity(server):
    with server.client(JEAN, "jean-pw") as connection:
        expect.code(connection.sasl("NOSUCH"), 7)
        assert connection.extended(WHOAMI).value == b""


def test_ldapi_external_identity(server):
    with Client(server.socket_path) as connection:
        expect.ok(connection.sasl("EXTERNAL", ""))
        who = connection.extended(WHOAMI).value.decode()
        assert who == "dn:gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth"


def test_ldapi_external_in_two_steps(server):
    """Without an initial response the server asks for one (RFC 4422 appendix A)."""
    with Client(server.socket_path) as connection:
        expect.code(connection.sasl("EXTERNAL"), 14)
        expect.ok(connection.sasl("EXTERNAL", ""))


def test_ldapi_external_other_identity_is_refused(server):
    with Client(server.socket_path) as connection:
        result = connection.sasl("EXTERNAL", f"dn:{data.ADMIN}")
        expect.code(result, expect.differs(50, {49, 50, 123}, "RFC 4513 5.2.1.8: any refusal"))


def test_mechanism_may_change_between_steps(server):
    with Client(server.socket_path) as connection:
        expect.code(connection.sasl("EXTERNAL"), 14)
        expect.ok(connection.bind(JEAN, "jean-pw"))
        assert connection.extended(WHOAMI).value == f"dn:{JEAN}".encode()


@pytest.mark.parametrize("critical,code", [(True, 12), (False, 0)])
def test_unknown_control_on_bind(anon, critical, code):
    expect.code(anon.bind(JEAN, "jean-pw", controls=[control("1.2.3.4", critical=critical)]), code)


def test_ppolicy_request_is_ignored_when_unsupported(anon):
    """nslcd and sssd send it with every bind."""
    request = control("1.3.6.1.4.1.42.2.27.8.5.1", critical=False)
    expect.ok(anon.bind(JEAN, "jean-pw", controls=[request]))




def _crypt(password):
    import crypt  # pylint: disable=deprecated-module
    return "{CRYPT}" + crypt.crypt(password, crypt.mksalt(crypt.METHOD_SHA512, rounds=1000))


def _salted(name, algorithm):
    import base64
    import hashlib
    digest = hashlib.new(algorithm, b"sesame" + b"salt").digest()
    return f"{{{name}}}" + base64.b64encode(digest + b"salt").decode()


def _plain(name, algorithm):
    import base64
    import hashlib
    return f"{{{name}}}" + base64.b64encode(hashlib.new(algorithm, b"sesame").digest()).decode()


STORED = [
    ("clear text", "sesame"),
    ("SSHA", _salted("SSHA", "sha1")),
    ("SMD5", _salted("SMD5", "md5")),
    ("SHA", _plain("SHA", "sha1")),
    ("MD5", _plain("MD5", "md5")),
    ("scheme in lower case", _salted("ssha", "sha1")),
    ("crypt", _crypt("sesame")),
]


@pytest.mark.parametrize("name,stored", STORED, ids=expect.case_ids(STORED))
def test_stored_password(server, admin, sandbox, name, stored):
    dn = f"cn={name},{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": "person", "sn": "x", "userPassword": stored}))
    with server.client() as connection:
        expect.ok(connection.bind(dn, "sesame"))
        expect.code(connection.bind(dn, "sesam"), 49)
        expect.code(connection.bind(dn, stored if stored != "sesame" else "x"), 49)


BROKEN = ["{NOSUCH}sesame", "{SSHA}", "{SSHA}!!!", "{SSHA}QQ==", "{MD5}QQ==", "{CRYPT}", "{",
          "{CRYPT}x", "{SHA}" + "A" * 200]


@pytest.mark.parametrize("stored", BROKEN)
def test_malformed_stored_password(server, admin, sandbox, stored):
    """A hash that makes no sense lets nobody in and disturbs nobody."""
    dn = f"cn=broken,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": "person", "sn": "x", "userPassword": stored}))
    with server.client() as connection:
        expect.code(connection.bind(dn, "sesame"), 49)
        expect.ok(connection.bind(JEAN, "jean-pw"))


def test_several_passwords(server, admin, sandbox):
    dn = f"cn=several,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": "person", "sn": "x",
                             "userPassword": ["one", _salted("SSHA", "sha1")]}))
    with server.client() as connection:
        for password, code in (("one", 0), ("sesame", 0), ("two", 49)):
            expect.code(connection.bind(dn, password), code)


def test_bind_at_an_alias_or_referral_fails(server, admin, sandbox):
    expect.ok(admin.add(f"cn=al,{sandbox}", {"objectClass": ["alias", "extensibleObject"],
                                             "aliasedObjectName": JEAN}))
    with server.client() as connection:
        expect.code(connection.bind(f"cn=al,{sandbox}", "jean-pw"), 49)


def test_bind_as_rootdn_without_an_entry(make):
    """The manager of slapd.conf needs no entry."""
    server = make(entries=data.entries()[:1])
    with server.client() as connection:
        expect.ok(connection.bind(data.ADMIN, data.PASSWORD))
        expect.code(connection.bind(data.ADMIN, "bad"), 49)
    server.stop()


def test_unbind_closes_without_an_answer(server):
    connection = server.client(JEAN, "jean-pw")
    assert connection.unbind() == b""
