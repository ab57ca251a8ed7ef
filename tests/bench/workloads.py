"""The rows of the benchmark: what is asked, what is measured, what must be reached.

A ratio is always "how many times better ours is", so above 1 ours is ahead. The bars are those
that the project has set itself.
"""

import dataclasses

CPU, RATE, ENTRIES, P99 = "cpu", "rate", "entries", "p99"
MEMORY, TIME, SMALL = "memory", "time", "small"
UNITS = {CPU: "µs CPU/op", RATE: "ops/s", ENTRIES: "entries/s", P99: "p99 ms", MEMORY: "MiB",
         TIME: "ms", SMALL: "KiB"}
GROWS = (RATE, ENTRIES)  # more is better


@dataclasses.dataclass(frozen=True)
class Row:
    """One workload."""

    key: str
    title: str
    specs: tuple           # as the load generator takes them; the first one is measured
    metric: str = CPU
    bar: float = None      # ours must be this many times better than Debian's
    null_bar: float = None  # and cost at most so many times what the null server does
    null_entries: int = None  # entries of the null server's answer; None: it does not take part
    transport: str = "ldap"
    write: bool = False
    undo: str = None       # spec that takes back what this row did, measured as row `undo_key`
    undo_key: str = None
    short: bool = True     # part of the short form
    twenty: bool = False   # measured with the set of twenty rules, too
    seconds: float = 1.0   # times the options' seconds
    requests: int = 20000
    warm: float = None     # seconds before the measurement; None: as the driver thinks fit
    growth: bool = False   # measured at every size
    whole: bool = False    # every search returns the whole directory
    limit: float = None    # value that ours must stay under


def reads():
    """Searches, compares and binds."""
    return [
        Row("equality-16", "equality search, 16 connections", ("equality:16:1",), bar=2.5,
            null_bar=1.6, null_entries=1, twenty=True, growth=True),
        Row("equality-16x8", "equality search, 16 connections, 8 in flight", ("equality:16:8",), bar=6,
            null_entries=1, twenty=True),
        Row("equality-rate", "equality search, 16 connections, 8 in flight: rate",
            ("equality:16:8",), RATE, short=False),
        Row("getpw", "getpw-like search, seven attributes", ("getpw:16:1",), bar=3, null_entries=1,
            twenty=True, growth=True),
        Row("mail", "mail lookup, one attribute", ("mail:16:1",), bar=3, null_entries=1, twenty=True,
            growth=True),
        Row("miss-16", "miss", ("miss:16:1",), bar=2.5, null_entries=0, growth=True),
        Row("miss-16x8", "miss, 8 in flight", ("miss:16:8",), bar=6, null_entries=0),
        Row("base-16", "base read", ("base:16:1",), bar=2.5, null_entries=1, growth=True),
        Row("base-16x8", "base read, 8 in flight", ("base:16:8",), bar=6, null_entries=1),
        Row("compare-16", "compare", ("compare:16:1",), bar=2.5, null_entries=1, twenty=True),
        Row("compare-16x8", "compare, 8 in flight", ("compare:16:8",), bar=6, null_entries=1),
        Row("substring", "substring search", ("substring:16:1",), twenty=True, growth=True),
        Row("range", "range of twenty numbers", ("range:1:1",), growth=True, requests=2000),
        Row("and", "AND of two common terms", ("and:1:1",), growth=True, requests=100),
        Row("dump", "whole-tree dump", ("dump:1:1",), ENTRIES, bar=10, requests=1, twenty=True,
            whole=True),
        Row("paged", "paged dump, 1000 a page", ("paged:1:1",), ENTRIES, requests=1),
        Row("bind", "bind, SSHA", ("bind:16:1",), bar=2.5, null_entries=1, twenty=True),
        Row("bind-argon2", "bind, argon2id, repeated", ("bind-argon2:16:1",), requests=256,
            warm=2),
        Row("storm", "search beside 64 wrong argon2id binds", ("equality:16:1", "bind-wrong:64:1"),
            P99, limit=20, seconds=2),
        Row("equality-ldapi", "equality search over ldapi", ("equality:16:1",), transport="ldapi",
            null_entries=1, short=False),
        Row("getpw-ldapi", "getpw-like search over ldapi", ("getpw:16:1",), transport="ldapi",
            null_entries=1, short=False),
        Row("equality-tls", "equality search over TLS", ("equality:16:1",), bar=2, transport="tls"),
        Row("equality-tls-x8", "equality search over TLS, 8 in flight", ("equality:16:8",),
            transport="tls", short=False),
        Row("getpw-tls", "getpw-like search over TLS", ("getpw:16:1",), bar=2, transport="tls",
            short=False),
        Row("mail-tls", "mail lookup over TLS", ("mail:16:1",), bar=2, transport="tls",
            short=False),
    ]


def writes():
    """Durable changes, at growing numbers of connections."""
    rows = []
    for count in (1, 16, 64, 256):
        short = count in (1, 64)
        rows += [
            Row(f"modify-{count}", f"modify, {count} connections", (f"modify:{count}:1",), RATE,
                bar={64: 10, 1: 1}.get(count), write=True, short=short, twenty=count == 64,
                requests=100000),
            Row(f"add-{count}", f"add, {count} connections", (f"add:{count}:1",), RATE,
                bar={64: 20}.get(count), write=True, undo=f"delete:{count}:1",
                undo_key=f"delete-{count}", short=short, requests=60000),
            Row(f"delete-{count}", f"delete, {count} connections", (), RATE,
                bar={64: 20}.get(count), write=True, short=short),
            Row(f"mixed-{count}", f"80/20 searches and modifies, {count} connections",
                (f"mixed:{count}:1",), RATE, write=True, short=count == 64, requests=100000),
        ]
    return rows


MEMBER = Row("member", "one member more in a group of {members}", ("member-add:1:1",), RATE,
             bar=50, write=True, undo="member-delete:1:1", undo_key="member-delete",
             requests=20000)
MEMBER_DELETE = Row("member-delete", "one member fewer", (), RATE, write=True)


def growth_rows():
    """The rows whose cost is measured at every size."""
    return [row for row in reads() if row.growth]


def loading(entries, quick):
    """The rows of filling a database: speed, memory, size on disk."""
    tool = "slapadd -q" if quick else "slapadd"
    key = f"{'quick' if quick else 'plain'}-{entries}"
    bars = {"speed": 5 if quick and entries >= 1000000 else 50 if not quick else None,
            "peak": 2 if quick and entries >= 1000000 else None}
    return {
        "speed": Row(f"load-{key}", f"{tool}, {entries} entries", (), ENTRIES, bar=bars["speed"]),
        "peak": Row(f"load-{key}-peak", f"{tool}, {entries} entries: peak memory", (), MEMORY,
                    bar=bars["peak"]),
        "disk": Row(f"load-{key}-disk", f"{tool}, {entries} entries: on disk", (), MEMORY),
    }


def standing(entries):
    """The rows of a server with so many entries: cold start and memory."""
    return {
        "cold": Row(f"cold-{entries}", f"cold start to the first answer, {entries} entries", (), TIME,
                    limit=100 if entries >= 1000000 else None),
        "anon": Row(f"anon-{entries}", f"own memory after random searches, {entries} entries", (),
                    MEMORY),
        "rss": Row(f"rss-{entries}", f"resident memory, pages of the database too, {entries} entries",
                   (), MEMORY),
    }


def idle(count):
    """The rows of idle connections."""
    return {
        "each": Row("idle", f"memory for each of {count} idle connections", (), SMALL, bar=1),
        "p99": Row("idle-p99", f"equality search beside {count} idle connections",
                   ("equality:16:1",), P99),
        "cpu": Row("idle-cpu", f"equality search beside {count} idle connections: cost",
                   ("equality:16:1",), CPU),
    }
