"""Two servers with the same configuration and data, asked the same in lock step."""

import re

from tests.server import data
from tests.server.client import Disconnected, Result, control_entry
from tests.server.client import POST_READ, PRE_READ
from tests.server.harness import Slapd

# Values that two servers make up for themselves, and names only one of them publishes.
_OWN = {"entryuuid", "entrycsn", "createtimestamp", "modifytimestamp", "contextcsn"}
_ONLY_OURS = {"numsubordinates"}

_LIMITS = "sizelimit unlimited"


def launch(impl, entries=None):
    """Starts one server of the pair."""
    server = Slapd(impl=impl, entries=data.entries() if entries is None else entries,
                   extra=_LIMITS)
    return server.start()


def _entry(entry):
    """Reduces an entry to what must be equal: name, and attributes and values in order."""
    attrs = []
    for name, values in entry.attrs:
        lower = name.lower()
        if lower in _ONLY_OURS:
            continue
        if lower == "objectclass":
            values = [value.lower() for value in values]
        attrs.append((name, tuple(b"..." for _ in values) if lower in _OWN else tuple(values)))
    return entry.dn, tuple(attrs)


def _reads(result):
    """Returns what pre-read and post-read controls brought."""
    found = []
    for oid in (PRE_READ, POST_READ):
        value = result.control(oid)
        if value is not None:
            found.append((oid, _entry(control_entry(value))))
    return tuple(found)


class View:
    """What of a Result must be the same on both sides."""

    def __init__(self, result, ordered):
        self.code = result.code
        self.matched = result.matched
        self.referrals = tuple(result.referrals)
        entries = [_entry(entry) for entry in result.entries]
        references = [tuple(urls) for urls in result.references]
        self.entries = tuple(entries if ordered else sorted(entries))
        self.references = tuple(sorted(references))
        self.reads = _reads(result)
        self.cookie = None

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __str__(self):
        lines = [f"code {self.code} matched {self.matched!r} referrals {self.referrals}"]
        lines += [f"  entry {dn!r} {attrs}" for dn, attrs in self.entries]
        lines += [f"  reference {urls}" for urls in self.references]
        lines += [f"  read {read}" for read in self.reads]
        return "\n".join(lines)


class Side:
    """A server and a manager's connection to it, opened again when it is closed."""

    def __init__(self, server):
        self.server = server
        self.connection = server.admin()

    def ask(self, operation):
        """Does one operation. A closed connection counts as a code of its own."""
        try:
            return operation.run(self.connection)
        except Disconnected as error:
            self.connection = self.server.admin()
            return Result(-1, text=str(error))


class Pair:
    """The reference and the server under test."""

    def __init__(self, reference="debian", tested="ours"):
        self.servers = []
        try:
            for impl in (reference, tested):
                self.servers.append(launch(impl))
            self.sides = [Side(server) for server in self.servers]
        except BaseException:
            self.remove()
            raise

    def ask(self, operation):
        """Asks both. Returns the two results."""
        return [side.ask(operation) for side in self.sides]

    def stop(self):
        """Stops both and checks how they end."""
        for server in self.servers:
            server.stop()

    def remove(self):
        """Ends what runs and deletes the directories."""
        for server in self.servers:
            server.remove()


def normal_name(dn):
    """Returns a name in lower case without spaces around the separators."""
    return re.sub(r"\s*([,+=])\s*", r"\1", dn).lower()
