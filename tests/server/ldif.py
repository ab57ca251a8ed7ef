"""LDIF (RFC 2849) for tests: prints entries, and reads records with their comments left out."""

import base64


def _line(name, value):
    raw = value.encode() if isinstance(value, str) else value
    plain = (not raw or (raw[0] not in b" :<" and raw[-1] not in b" "
                         and all(32 <= b < 127 for b in raw)))
    if plain:
        return f"{name}: {raw.decode()}".rstrip() + "\n" if not raw else f"{name}: {raw.decode()}\n"
    return f"{name}:: {base64.b64encode(raw).decode()}\n"


def dump(entries):
    """Prints a list of (dn, [(name, values)])."""
    text = []
    for dn, attrs in entries:
        text.append(_line("dn", dn))
        for name, values in attrs:
            text.extend(_line(name, value) for value in values)
        text.append("\n")
    return "".join(text)


def _pair(line):
    name, _, value = line.partition(":")
    if value.startswith(":"):
        return name, base64.b64decode(value[1:].strip())
    return name, value.lstrip(" ").encode()


def load(text):
    """Reads records. Returns a list of lists of (name, value), names as written."""
    records = []
    for block in text.replace("\r\n", "\n").replace("\n ", "").split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith("#")]
        if lines:
            records.append([_pair(line) for line in lines])
    return records
