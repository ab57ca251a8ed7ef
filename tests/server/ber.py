"""A small BER encoder and decoder (RFC 4511 section 5.1) for tests.

The encoder returns bytes and never checks: hostile messages are made with it. The decoder is
strict about lengths and returns a tree of (tag, value), value being bytes or a list of nodes.
"""

SEQUENCE = 0x30
SET = 0x31
BOOLEAN = 0x01
INTEGER = 0x02
OCTETS = 0x04
NULL = 0x05
ENUM = 0x0A


def octets_of(text):
    """Returns text as bytes: str in UTF-8, bytes as they are."""
    return text.encode() if isinstance(text, str) else bytes(text)


def length(count):
    """Encodes a definite length in the shortest form."""
    if count < 0x80:
        return bytes([count])
    body = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(body)]) + body


def tlv(tag, *parts):
    """Encodes one element whose content is the parts in order."""
    body = b"".join(parts)
    return bytes([tag]) + length(len(body)) + body


def integer(value, tag=INTEGER):
    """Encodes an INTEGER or ENUMERATED in the shortest two's complement form."""
    size = max(1, (value.bit_length() + 8) // 8)
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def enum(value):
    """Encodes an ENUMERATED."""
    return integer(value, ENUM)


def boolean(value, tag=BOOLEAN):
    """Encodes a BOOLEAN as LDAP wants it: TRUE is FF."""
    return tlv(tag, b"\xff" if value else b"\x00")


def octets(value, tag=OCTETS):
    """Encodes an OCTET STRING from str or bytes."""
    return tlv(tag, octets_of(value))


def sequence(*parts, tag=SEQUENCE):
    """Encodes a SEQUENCE (or another constructed tag)."""
    return tlv(tag, *parts)


def setof(*parts):
    """Encodes a SET OF."""
    return tlv(SET, *parts)


class Truncated(Exception):
    """The bytes end before the element does: read more."""


def header(data, at=0):
    """Reads a tag and a length. Returns (tag, offset of the content, offset after the content)."""
    if len(data) < at + 2:
        raise Truncated
    tag, first = data[at], data[at + 1]
    at += 2
    if first < 0x80:
        return tag, at, at + first
    count = first & 0x7F
    if len(data) < at + count:
        raise Truncated
    size = int.from_bytes(data[at:at + count], "big")
    return tag, at + count, at + count + size


def decode_one(data, at=0):
    """Decodes the element at an offset. Returns ((tag, value), offset after it)."""
    tag, start, end = header(data, at)
    if end > len(data):
        raise Truncated
    body = data[start:end]
    if tag & 0x20:
        return (tag, decode_all(body)), end
    return (tag, body), end


def decode_all(data):
    """Decodes a run of elements. Returns the list of (tag, value)."""
    nodes, at = [], 0
    while at < len(data):
        node, at = decode_one(data, at)
        nodes.append(node)
    return nodes


def number(node):
    """Returns the value of an INTEGER or ENUMERATED node."""
    return int.from_bytes(node[1], "big", signed=True)
