"""Other spellings of the same distinguished name (RFC 4514)."""

import re

_OIDS = {"cn": "2.5.4.3", "sn": "2.5.4.4", "ou": "2.5.4.11", "description": "2.5.4.13",
         "uid": "userid", "dc": "domainComponent"}


def _cased(rng, text):
    return "".join(rng.choice([c.upper(), c.lower()]) if c.isascii() else c for c in text)


def _typed(rng, text):
    """Names attribute types by OID or by another name."""
    return re.sub(r"(^|[,+])([a-z]+)=",
                  lambda m: f"{m[1]}{rng.choice([m[2], _OIDS.get(m[2], m[2])])}=", text)


def _spaced(rng, text):
    return re.sub(r"(?<!\\)([,+])|(?<=[a-z])(=)",
                  lambda m: " " * rng.randint(0, 1) + m[0] + " " * rng.randint(0, 1), text)


def _escaped(rng, text):
    """Writes some letters of values as pairs of hex digits."""
    def one(match):
        return "".join(f"\\{byte:02x}" for byte in match[0].encode())
    head, mark, rest = text.partition("=")
    if "\\" in text or not mark:
        return text
    return head + mark + re.sub(r"[b-z](?=[b-z])(?![a-z]*=)", one, rest, count=rng.randint(1, 2))


def _upper(_, text):
    return text.upper() if "\u00eb" not in text else text


def respelled(rng, dn):
    """Returns a name that means the same, sometimes one that nearly does."""
    ways = [_cased, _typed, _spaced, _escaped, _upper]
    for way in rng.sample(ways, rng.randint(1, 2)):
        if "\\" not in dn and '"' not in dn:
            dn = way(rng, dn)
    return dn
