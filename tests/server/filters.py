"""Search filters: RFC 4515 text to a tree of tuples, the tree to BER, and the tree to text.

Tree nodes: ("&", [..]) ("|", [..]) ("!", node) ("=", attr, value) (">=", ..) ("<=", ..)
("~=", ..) ("present", attr) ("sub", attr, initial, [any], final) ("ext", attr, rule, value, dn);
values are bytes; a missing initial, final, attr or rule is None.
"""

import re

from . import ber

_ESCAPE = re.compile(rb"\\([0-9a-fA-F]{2})")


def unescape(text):
    """Decodes the \\XX escapes of an assertion value."""
    return _ESCAPE.sub(lambda m: bytes([int(m.group(1), 16)]), ber.octets_of(text))


def escape(value):
    """Encodes an assertion value for a filter text."""
    special = b"*()\\\0"
    return "".join(f"\\{b:02x}" if b in special or b > 126 or b < 32 else chr(b)
                   for b in ber.octets_of(value))


def parse(text):
    """Parses one filter. Raises ValueError when it is not one."""
    node, at = _node(text, 0)
    if at != len(text):
        raise ValueError(f"garbage after the filter at {at}: {text}")
    return node


def _node(text, at):
    if text[at:at + 1] != "(":
        raise ValueError(f"expected ( at {at}: {text}")
    at += 1
    kind = text[at]
    if kind in "&|":
        parts, at = _list(text, at + 1)
        return (kind, parts), at
    if kind == "!":
        part, at = _node(text, at + 1)
        return ("!", part), at + 1
    end = text.index(")", at)
    return _item(text[at:end]), end + 1


def _list(text, at):
    parts = []
    while text[at] != ")":
        part, at = _node(text, at)
        parts.append(part)
    return parts, at + 1


def _item(text):
    left, value = text.split("=", 1)
    if left.endswith(":"):
        return _extensible(left[:-1], value)
    if left[-1:] in "<>~" and left:
        return left[-1] + "=", left[:-1], unescape(value)
    if value == "*":
        return "present", left
    if "*" in value:
        parts = [unescape(p) for p in value.split("*")]
        middle = [p for p in parts[1:-1] if p]
        return "sub", left, parts[0] or None, middle, parts[-1] or None
    return "=", left, unescape(value)


def _extensible(left, value):
    attr, *rest = left.split(":")
    dn = bool(rest) and rest[0].lower() == "dn"
    rule = rest[1 if dn else 0:]
    return "ext", attr or None, rule[0] if rule else None, unescape(value), dn


_SIMPLE = {"=": 0xA3, ">=": 0xA5, "<=": 0xA6, "~=": 0xA8}


def encode(node):
    """Encodes a tree as RFC 4511 Filter."""
    if isinstance(node, str):
        node = parse(node)
    kind = node[0]
    if kind in "&|":
        return ber.tlv(0xA0 if kind == "&" else 0xA1, *[encode(part) for part in node[1]])
    if kind == "!":
        return ber.tlv(0xA2, encode(node[1]))
    if kind == "present":
        return ber.octets(node[1], 0x87)
    if kind == "sub":
        return _encode_sub(node)
    if kind == "ext":
        return _encode_ext(node)
    return ber.tlv(_SIMPLE[kind], ber.octets(node[1]), ber.octets(node[2]))


def _encode_sub(node):
    _, attr, initial, middle, final = node
    parts = [ber.octets(p, 0x81) for p in middle]
    if initial is not None:
        parts.insert(0, ber.octets(initial, 0x80))
    if final is not None:
        parts.append(ber.octets(final, 0x82))
    return ber.tlv(0xA4, ber.octets(attr), ber.sequence(*parts))


def _encode_ext(node):
    _, attr, rule, value, dn = node
    parts = []
    if rule is not None:
        parts.append(ber.octets(rule, 0x81))
    if attr is not None:
        parts.append(ber.octets(attr, 0x82))
    parts.append(ber.octets(value, 0x83))
    if dn:
        parts.append(ber.boolean(True, 0x84))
    return ber.tlv(0xA9, *parts)


def text(node):
    """Prints a tree as RFC 4515 text."""
    kind = node[0]
    if kind in "&|":
        return f"({kind}{''.join(text(part) for part in node[1])})"
    if kind == "!":
        return f"(!{text(node[1])})"
    if kind == "present":
        return f"({node[1]}=*)"
    if kind == "sub":
        parts = [node[2] or b"", *node[3], node[4] or b""]
        return f"({node[1]}={'*'.join(escape(p) for p in parts)})"
    if kind == "ext":
        dn = ":dn" if node[4] else ""
        rule = f":{node[2]}" if node[2] else ""
        return f"({node[1] or ''}{dn}{rule}:={escape(node[3])})"
    return f"({node[1]}{kind}{escape(node[2])})"
