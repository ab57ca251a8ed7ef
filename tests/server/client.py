"""An LDAP client over a raw socket that shows everything a server sends and hides nothing.

Every operation returns a Result; send() and recv() give the single messages for tests of
pipelining, abandon and hostile bytes.
"""

import socket
from dataclasses import dataclass, field

from . import ber, filters

BIND, BIND_RESPONSE, UNBIND = 0x60, 0x61, 0x42
SEARCH, ENTRY, DONE, REFERENCE = 0x63, 0x64, 0x65, 0x73
MODIFY, ADD, DELETE, MODRDN, COMPARE = 0x66, 0x68, 0x4A, 0x6C, 0x6E
ABANDON, EXTENDED, EXTENDED_RESPONSE, INTERMEDIATE = 0x50, 0x77, 0x78, 0x79

BASE, ONE, SUB, CHILDREN = 0, 1, 2, 3
MOD_ADD, MOD_DELETE, MOD_REPLACE, MOD_INCREMENT = 0, 1, 2, 3

NOTICE_OF_DISCONNECTION = b"1.3.6.1.4.1.1466.20036"
WHOAMI = "1.3.6.1.4.1.4203.1.11.3"
CANCEL = "1.3.6.1.1.8"

PAGED = "1.2.840.113556.1.4.319"
ASSERTION = "1.3.6.1.1.12"
PRE_READ = "1.3.6.1.1.13.1"
POST_READ = "1.3.6.1.1.13.2"
MATCHED_VALUES = "1.2.826.0.1.3344810.2.3"
MANAGE_DSA_IT = "2.16.840.1.113730.3.4.2"
SUBENTRIES = "1.3.6.1.4.1.4203.1.10.1"
DONT_USE_COPY = "1.3.6.1.1.22"
RELAX = "1.3.6.1.4.1.4203.666.5.12"
NOOP = "1.3.6.1.4.1.4203.666.5.2"
TREE_DELETE = "1.2.840.113556.1.4.805"
DOMAIN_SCOPE = "1.2.840.113556.1.4.1339"
PERMISSIVE_MODIFY = "1.2.840.113556.1.4.1413"


@dataclass
class Entry:
    """One SearchResultEntry, attributes and values in the order in which they came."""

    dn: str
    attrs: list
    controls: list = field(default_factory=list)

    def get(self, name):
        """Returns the values of an attribute by its exact description, without case."""
        for attr, values in self.attrs:
            if attr.lower() == name.lower():
                return values
        return []

    def text(self, name):
        """Returns the values of an attribute as str."""
        return [value.decode() for value in self.get(name)]

    def names(self):
        """Returns the attribute descriptions in the order in which they came."""
        return [attr for attr, _ in self.attrs]


@dataclass
class Result:
    """An LDAPResult, and for a search what came before it."""

    code: int
    matched: str = ""
    text: str = ""
    referrals: list = field(default_factory=list)
    controls: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    references: list = field(default_factory=list)
    name: bytes = None
    value: bytes = None

    def dns(self):
        """Returns the names of the entries in order."""
        return [entry.dn for entry in self.entries]

    def control(self, oid):
        """Returns the value of a response control, or None when it is absent."""
        for got, _, value in self.controls:
            if got == oid:
                return value if value is not None else b""
        return None

    def entry(self):
        """Returns the only entry."""
        assert len(self.entries) == 1, self
        return self.entries[0]


class Disconnected(Exception):
    """The server closed the connection."""


def control(oid, value=None, critical=True):
    """Encodes one control."""
    parts = [ber.octets(oid)]
    if critical:
        parts.append(ber.boolean(True))
    if value is not None:
        parts.append(ber.octets(value))
    return ber.sequence(*parts)


def paged(size, cookie=b"", critical=True):
    """The paged results control of RFC 2696."""
    return control(PAGED, ber.sequence(ber.integer(size), ber.octets(cookie)), critical)


def read_control(oid, attrs, critical=True):
    """A pre-read or post-read control (RFC 4527)."""
    return control(oid, ber.sequence(*[ber.octets(attr) for attr in attrs]), critical)


def message(msgid, op, controls=()):
    """Encodes an LDAPMessage."""
    tail = ber.tlv(0xA0, *controls) if controls else b""
    return ber.sequence(ber.integer(msgid), op, tail)


def attributes(attrs):
    """Encodes a list of (name, values) as a sequence of PartialAttribute."""
    if isinstance(attrs, dict):
        attrs = attrs.items()
    return [ber.sequence(ber.octets(name), ber.setof(*[ber.octets(v) for v in listed(values)]))
            for name, values in attrs]


def listed(values):
    """A single value stands for a list of one."""
    return [values] if isinstance(values, (str, bytes)) else values


def bind_request(dn="", password="", version=3):
    """A simple BindRequest."""
    return ber.tlv(BIND, ber.integer(version), ber.octets(dn), ber.octets(password, 0x80))


def sasl_request(mechanism, credentials=None, dn=""):
    """A SASL BindRequest."""
    parts = [ber.octets(mechanism)]
    if credentials is not None:
        parts.append(ber.octets(credentials))
    return ber.tlv(BIND, ber.integer(3), ber.octets(dn), ber.tlv(0xA3, *parts))


def search_request(base, scope=SUB, filter="(objectClass=*)", attrs=(), **options):
    """A SearchRequest; options: deref, size, time, types, and raw for an encoded filter."""
    return ber.tlv(SEARCH, ber.octets(base), ber.enum(scope), ber.enum(options.get("deref", 0)),
                   ber.integer(options.get("size", 0)), ber.integer(options.get("time", 0)),
                   ber.boolean(options.get("types", False)),
                   options.get("raw") or filters.encode(filter),
                   ber.sequence(*[ber.octets(attr) for attr in attrs]))


def add_request(dn, attrs):
    """An AddRequest."""
    return ber.tlv(ADD, ber.octets(dn), ber.sequence(*attributes(attrs)))


def modify_request(dn, changes):
    """A ModifyRequest; changes is a list of (operation, name, values)."""
    encoded = [ber.sequence(ber.enum(kind), attributes([(name, values or [])])[0])
               for kind, name, values in changes]
    return ber.tlv(MODIFY, ber.octets(dn), ber.sequence(*encoded))


def delete_request(dn):
    """A DelRequest."""
    return ber.octets(dn, DELETE)


def modrdn_request(dn, rdn, delete_old=True, superior=None):
    """A ModifyDNRequest."""
    parts = [ber.octets(dn), ber.octets(rdn), ber.boolean(delete_old)]
    if superior is not None:
        parts.append(ber.octets(superior, 0x80))
    return ber.tlv(MODRDN, *parts)


def compare_request(dn, attr, value):
    """A CompareRequest."""
    return ber.tlv(COMPARE, ber.octets(dn), ber.sequence(ber.octets(attr), ber.octets(value)))


def extended_request(oid, value=None):
    """An ExtendedRequest."""
    parts = [ber.octets(oid, 0x80)]
    if value is not None:
        parts.append(ber.octets(value, 0x81))
    return ber.tlv(EXTENDED, *parts)


def cancel_request(msgid):
    """A Cancel request (RFC 3909)."""
    return extended_request(CANCEL, ber.sequence(ber.integer(msgid)))


def decode_controls(nodes):
    """Decodes a list of controls to (oid, critical, value)."""
    found = []
    for _, parts in nodes:
        oid, critical, value = parts[0][1].decode(), False, None
        for tag, body in parts[1:]:
            if tag == ber.BOOLEAN:
                critical = body != b"\0"
            else:
                value = body
        found.append((oid, critical, value))
    return found


def decode_entry(parts, controls=()):
    """Decodes the content of a SearchResultEntry."""
    attrs = [(pair[0][1].decode(), [value for _, value in pair[1][1]]) for _, pair in parts[1][1]]
    return Entry(parts[0][1].decode(), attrs, list(controls))


def decode_result(parts, controls=()):
    """Decodes the content of anything that begins with LDAPResult."""
    result = Result(ber.number(parts[0]), parts[1][1].decode(), parts[2][1].decode("utf-8"),
                    controls=list(controls))
    for tag, body in parts[3:]:
        if tag == 0xA3:
            result.referrals = [url.decode() for _, url in body]
        elif tag == 0x8A:
            result.name = body
        elif tag in (0x8B, 0x87):
            result.value = body
    return result


def control_entry(value):
    """Decodes the entry in a pre-read or post-read response value."""
    (_, parts), _ = ber.decode_one(value)
    return decode_entry(parts)


class Client:
    """One connection. Operations number their messages themselves."""

    def __init__(self, address, timeout=20):
        """address is (host, port) or the path of a unix socket."""
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        if family == socket.AF_INET and ":" in address[0]:
            family = socket.AF_INET6
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        self.sock.connect(address)
        if family != socket.AF_UNIX:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = b""
        self.last = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes the socket without an unbind."""
        self.sock.close()

    def send(self, op, controls=(), msgid=None):
        """Sends one request. Returns its message ID."""
        if msgid is None:
            self.last += 1
            msgid = self.last
        self.sock.sendall(message(msgid, op, controls))
        return msgid

    def recv(self):
        """Reads one message. Returns (message ID, tag, content, controls)."""
        while True:
            try:
                (_, parts), end = ber.decode_one(self.data)
                break
            except ber.Truncated:
                self._fill()
        self.data = self.data[end:]
        controls = decode_controls(parts[2][1]) if len(parts) > 2 else []
        return ber.number(parts[0]), parts[1][0], parts[1][1], controls

    def _fill(self):
        try:
            chunk = self.sock.recv(262144)
        except ConnectionResetError as error:
            raise Disconnected from error
        if not chunk:
            raise Disconnected
        self.data += chunk

    def result(self, msgid):
        """Reads until the result of a request; messages of others must not come."""
        entries, references = [], []
        while True:
            got, tag, parts, controls = self.recv()
            if got == 0 and msgid != 0:
                notice = decode_result(parts, controls)
                raise Disconnected(f"notice {notice.code} {notice.text}")
            assert got == msgid, f"message {got} while waiting for {msgid}"
            if tag == ENTRY:
                entries.append(decode_entry(parts, controls))
            elif tag == REFERENCE:
                references.append([url.decode() for _, url in parts])
            elif tag != INTERMEDIATE:
                result = decode_result(parts, controls)
                result.entries, result.references = entries, references
                return result

    def ask(self, op, controls=()):
        """Sends a request and returns its Result."""
        return self.result(self.send(op, controls))

    def bind(self, dn="", password="", version=3, controls=()):
        """Binds with a password."""
        return self.ask(bind_request(dn, password, version), controls)

    def sasl(self, mechanism, credentials=None, dn=""):
        """Does one step of a SASL bind."""
        return self.ask(sasl_request(mechanism, credentials, dn))

    def search(self, base, scope=SUB, filter="(objectClass=*)", attrs=(), controls=(), **options):
        """Searches. See search_request for the options."""
        return self.ask(search_request(base, scope, filter, attrs, **options), controls)

    def read(self, dn, attrs=(), controls=()):
        """Reads one entry. Returns the Entry, or None when there is none."""
        result = self.search(dn, BASE, attrs=attrs, controls=controls)
        return result.entries[0] if result.entries else None

    def add(self, dn, attrs, controls=()):
        """Adds an entry; attrs is a dict or a list of (name, values)."""
        return self.ask(add_request(dn, attrs), controls)

    def modify(self, dn, changes, controls=()):
        """Modifies an entry; changes is a list of (operation, name, values)."""
        return self.ask(modify_request(dn, changes), controls)

    def delete(self, dn, controls=()):
        """Deletes an entry."""
        return self.ask(delete_request(dn), controls)

    def modrdn(self, dn, rdn, delete_old=True, superior=None, controls=()):
        """Renames an entry."""
        return self.ask(modrdn_request(dn, rdn, delete_old, superior), controls)

    def compare(self, dn, attr, value, controls=()):
        """Compares a value."""
        return self.ask(compare_request(dn, attr, value), controls)

    def extended(self, oid, value=None, controls=()):
        """Does an extended operation."""
        return self.ask(extended_request(oid, value), controls)

    def unbind(self):
        """Sends an unbind and waits for the server to close. Returns what came before that."""
        self.send(ber.tlv(UNBIND))
        return self.rest()

    def rest(self):
        """Reads to the end of the connection. Returns the raw bytes."""
        try:
            while True:
                self._fill()
        except Disconnected:
            return self.data
