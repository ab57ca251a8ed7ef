"""Two servers with the same configuration and data, asked the same in lock step."""

import re

from tests.server import data
from tests.server.client import Disconnected, Result, control_entry
from tests.server.client import MANAGE_DSA_IT, POST_READ, PRE_READ, SUB, control
from tests.server.differential.words import EVERYTHING
from tests.server.harness import Slapd

# Values that two servers make up for themselves, and names only one of them publishes.
_OWN = {"entryuuid", "entrycsn", "createtimestamp", "modifytimestamp", "contextcsn"}
_ONLY_OURS = {"numsubordinates"}

# RFC 4511 4.1.7: the order of attributes means nothing. Ours stores operational ones behind the
# others, the reference where they came: each group is compared in order, not their mixture.
_OPERATIONAL = _OWN | {"structuralobjectclass", "creatorsname", "modifiersname", "entrydn",
                       "subschemasubentry", "hassubordinates", "ref", "subtreespecification"}

_LIMITS = "sizelimit unlimited"


def launch(impl, entries=None):
    """Starts one server of the pair."""
    server = Slapd(impl=impl, entries=entries or [*data.entries(), *EVERYTHING], extra=_LIMITS)
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
    attrs.sort(key=lambda attr: attr[0].lower() in _OPERATIONAL)
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
    """What of a Result must be the same on both sides.

    RFC 4511 4.5.2 leaves the order of entries open; Order checks that of the tested side.
    """

    def __init__(self, result):
        self.code = result.code
        self.text = result.text
        self.matched = result.matched
        self.referrals = tuple(result.referrals)
        self.entries = tuple(sorted(_entry(entry) for entry in result.entries))
        self.references = tuple(sorted(tuple(urls) for urls in result.references))
        self.reads = _reads(result)

    def __eq__(self, other):
        return vars(self) == vars(other)

    def minus(self, other):
        """Prints what differs from another View."""
        lines = [f"code {self.code} {self.text!r} matched {self.matched!r} {self.referrals}"]
        for name in ("entries", "references", "reads"):
            lines += [f"  {name}: {one}" for one in getattr(self, name)
                      if one not in getattr(other, name)]
        if sorted(set(self.entries)) == sorted(set(other.entries)):
            lines += [f"  entries {len(self.entries)}, references {len(self.references)}"]
        return "\n".join(lines)


class Order:
    """Entries come in the order in which they were added, whatever happens to them later."""

    def __init__(self, connection):
        self.connection = connection
        self.ids = []
        self.place = {}
        self.refresh()

    def refresh(self):
        """Reads the names again. Returns what is wrong with their order, or None."""
        found = self.connection.search(data.SUFFIX, SUB, attrs=["entryUUID"],
                                       controls=[control(MANAGE_DSA_IT)]).entries
        ids = [bytes(entry.get("entryUUID")[0]) for entry in found]
        self.place = {entry.dn: number for number, entry in enumerate(found)}
        kept = [one for one in self.ids if one in set(ids)]
        added = [one for one in ids if one not in set(self.ids)]
        self.ids = ids
        return None if ids == kept + added else f"order of the directory: {list(self.place)}"

    def wrong(self, result):
        """Returns what is wrong with the order of a result, or None."""
        places = [self.place[dn] for dn in result.dns() if dn in self.place]
        return None if places == sorted(places) else f"order of the result: {result.dns()}"


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
            self.order = Order(self.servers[1].admin()) if tested == "ours" else None
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
