"""The parts of a benchmark run; each fills the list of results."""

import contextlib
import dataclasses
import pathlib
import subprocess
import sys
import time

import measure
import servers
import workloads

KINDS = ("debian", "ours")
FIXED_ENTRIES = 3 + 64  # the suffix, two units, the people with argon2id passwords


def say(words):
    """Tells how far it is, on standard error."""
    print(f"bench: {words}", file=sys.stderr, flush=True)


def rotated(kinds, number):
    """Returns the servers in the order of a round: nobody is always first."""
    turn = number % len(kinds)
    return list(kinds[turn:]) + list(kinds[:turn])


class Bench:
    """What the phases share: options, folders, results."""

    def __init__(self, options, programs, top, short):
        """top: folder for data; short: for sockets, whose paths may have 107 bytes at most."""
        self.options, self.programs = options, programs
        self.top, self.short = pathlib.Path(top), pathlib.Path(short)
        self.results, self.tables, self.series, self.failures = [], [], [], []
        self.begun = time.monotonic()
        self.hash = self._strong_hash()
        self.tls = self._certificate()

    def _strong_hash(self):
        done = subprocess.run([self.programs.sbin("ours", "slappasswd"), "-h", "{ARGON2}", "-s",
                               "strong secret"], capture_output=True, encoding="utf-8", check=True)
        return done.stdout.strip()

    def _certificate(self):
        cert, key = self.top / "server.crt", self.top / "server.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert,
                        "-days", "30", "-subj", "/CN=localhost"], check=True, capture_output=True)
        return cert, key

    def out_of_time(self):
        """Whether the time that the run may take is used up."""
        budget = self.options.budget
        return bool(budget) and time.monotonic() - self.begun > budget

    def rounds(self, count=None):
        """Counts rounds, one at least, until there are enough or the time is used up."""
        for number in range(count or self.options.rounds):
            if number and self.out_of_time():
                return
            yield number

    def ldif(self, people, group=0):
        """Generates the data once; returns its path."""
        path = self.top / f"people-{people}-{group}.ldif"
        if not path.exists():
            say(f"generating {people} people" + (f" and a group of {group}" if group else ""))
            with open(path, "wb") as out:
                subprocess.run([self.programs.root / "tests/bench/generate", str(people),
                                "--strong", self.hash, "--group", str(group)], stdout=out, check=True)
        return path

    def server(self, kind, people, group=0, **options):
        """Returns a server on the database of that size; loads it when it is not there."""
        data = self.top / f"{kind}-{people}-{group}"
        empty = not data.exists() or not any(data.iterdir())
        place = self.short / f"{kind}-{people}-{group}"
        made = servers.Server(self.programs, kind, place, data, tls=self.tls, **options)
        if empty:
            made.load(self.ldif(people, group))
        return made

    def client(self, people):
        """Returns the load generator for a size."""
        return measure.Client(self.programs, people, people + FIXED_ENTRIES)

    def result(self, row, group):
        """Makes a row of the report."""
        made = measure.Result(row, group)
        self.results.append(made)
        return made

    @contextlib.contextmanager
    def running(self, people, group=0, **options):
        """Starts both servers; stops them at the end."""
        both = {kind: self.server(kind, people, group, **options) for kind in KINDS}
        with contextlib.ExitStack() as stack:
            for one in both.values():
                stack.callback(one.stop)
                one.start()
            yield both


def load_phase(bench):
    """Fills databases with slapadd -q and with slapadd."""
    jobs = [(size, True) for size in bench.options.sizes]
    jobs += [(size, False) for size in bench.options.plain]
    for entries, quick in jobs:
        rows = {name: bench.result(row, "loading")
                for name, row in workloads.loading(entries, quick).items()}
        rounds = bench.options.rounds if entries <= 100000 and quick else 1
        for number in bench.rounds(rounds):
            for kind in rotated(KINDS, number):
                say(f"{rows['speed'].row.title}, round {number + 1}, {kind}")
                _load_once(bench, rows, kind, (entries, quick, number))


def _load_once(bench, rows, kind, job):
    entries, quick, number = job
    data = bench.top / (f"{kind}-{entries}-0" if quick else f"{kind}-plain")
    one = servers.Server(bench.programs, kind, bench.short / f"load-{kind}", data)
    one.remove()
    data.mkdir()
    took = one.load(bench.ldif(entries), quick)
    rows["speed"].add(kind, number, {"value": (entries + FIXED_ENTRIES) / took["seconds"], **took})
    rows["peak"].add(kind, number, {"value": took["peak"] / 2**20})
    rows["disk"].add(kind, number, {"value": took["disk"] / 2**20})
    if not quick:
        one.remove()


def row_phase(bench, rows, title, people, **options):
    """Measures rows round by round, each on all servers in turn. Returns the results."""
    group = options.pop("group", 0)
    found = {row.key: bench.result(row, title) for row in rows}
    null = servers.Null(bench.programs, bench.short / "null")
    client = bench.client(people)
    with bench.running(people, group, **options) as both:
        for number in range(bench.options.rounds):
            say(f"{title}, round {number + 1} of {bench.options.rounds}")
            for row in rows:
                if number and bench.out_of_time():
                    return list(found.values())
                if row.specs and not found[row.key].errors:
                    _row_once(bench, client, (both, null), (row, found, number))
    return list(found.values())


def _row_once(bench, client, running, job):
    """Measures one row on each server; the first wrong answer ends the row."""
    both, null = running
    row, found, number = job
    kinds = KINDS + (("null",) if row.null_entries is not None else ())
    try:
        for kind in rotated(kinds, number):
            if kind == "null":
                null.start(row.null_entries, row.transport)
            samples = client.run(null if kind == "null" else both[kind], row,
                                 bench.options.seconds, number + 1)
            for key, sample in samples.items():
                found[key].add(kind, number, sample)
            null.stop()
    except measure.WrongAnswer as wrong:
        found[row.key].errors.append(str(wrong))
        say(f"WRONG: {wrong}")
    finally:
        null.stop()


def chosen(bench):
    """Returns the rows of the main part; a tiny run does not wait for 64 argon2id binds."""
    rows = [row for row in workloads.reads() + workloads.writes() if bench.options.wants(row)]
    if not bench.options.smoke:
        return rows
    return [dataclasses.replace(row, warm=0, specs=tuple(
        spec.replace("bind-wrong:64", "bind-wrong:2") for spec in row.specs)) for row in rows]


def main_phase(bench):
    """The workloads under Debian's default rules."""
    rows = chosen(bench)
    row_phase(bench, rows, bench.options.title, bench.options.people)


def twenty_phase(bench):
    """Some of them under twenty rules."""
    rows = [row for row in chosen(bench) if row.twenty]
    row_phase(bench, rows, "with a set of twenty access rules", bench.options.people,
              access="twenty")


def member_phase(bench):
    """One member more and one fewer in a large group."""
    members = bench.options.members
    row = dataclasses.replace(workloads.MEMBER, title=workloads.MEMBER.title.format(members=members))
    row_phase(bench, [row, workloads.MEMBER_DELETE], "a large group", members, group=members)


def standing_phase(bench):
    """Cold start and memory at each size, and cost against size."""
    rows = workloads.growth_rows() if len(bench.options.sizes) > 1 else []
    points = {row.key: {kind: [] for kind in KINDS} for row in rows}
    for people in bench.options.sizes:
        found = {name: bench.result(row, "starting and memory")
                 for name, row in workloads.standing(people).items()}
        for number in bench.rounds():
            for kind in rotated(KINDS, number):
                _stand_once(bench, found, kind, (people, number))
        if rows:
            _grow(bench, rows, points, people)
    bench.series = [{"title": row.title, "points": points[row.key]} for row in rows]


def _stand_once(bench, found, kind, job):
    people, number = job
    one = bench.server(kind, people)
    try:
        seconds = one.start_cold(servers.equality_request("uid", f"u{people - 1}"))
        found["cold"].add(kind, number, {"value": seconds * 1000})
        one.stop()
        one.start()
        raw = bench.client(people).load(one, ["equality:16:8"], seconds=bench.options.seconds * 2)
        found["anon"].add(kind, number, {"value": raw["server"]["anon"] / 2**20})
        found["rss"].add(kind, number, {"value": raw["server"]["rss"] / 2**20})
    except measure.WrongAnswer as wrong:
        found["anon"].errors.append(str(wrong))
    finally:
        one.stop()


def _grow(bench, rows, points, people):
    """Measures the rows of the plot at one size; the null server has no part in it."""
    rows = [dataclasses.replace(row, null_entries=None, null_bar=None, bar=None) for row in rows]
    for result in row_phase(bench, rows, f"at {people} entries", people):
        for kind in KINDS:
            points[result.row.key][kind].append((people, result.median(kind)))


def idle_phase(bench):
    """Many idle connections beside a search."""
    count = bench.options.idle
    found = {name: bench.result(row, "idle connections")
             for name, row in workloads.idle(count).items()}
    for number in bench.rounds():
        for kind in rotated(KINDS, number):
            one = bench.server(kind, bench.options.people)
            try:
                one.start()
                raw = bench.client(bench.options.people).load(
                    one, ["equality:16:1"], seconds=bench.options.seconds, idle=count)
                grown = raw["idle"]["anon_after"] - raw["idle"]["anon_before"]
                found["each"].add(kind, number, {"value": grown / count / 1024})
                for name in ("p99", "cpu"):
                    found[name].add(kind, number, measure.sample_of(found[name].row, raw))
            except measure.WrongAnswer as wrong:
                found["each"].errors.append(str(wrong))
            finally:
                one.stop()


def scaling_phase(bench):
    """One event loop against two, on all processors: what a second loop adds and costs."""
    rows = []
    for spec in ("equality:64:8", "getpw:64:1", "modify:64:1"):
        cells = [spec]
        for loops in (1, 2):
            one = bench.server("ours", bench.options.people, lines=[f"eventloops {loops}"], cpus="")
            try:
                one.start()
                raw = bench.client(bench.options.people).load(
                    one, [spec], seconds=bench.options.seconds, login="modify" in spec)
            finally:
                one.stop()
            ops = raw["groups"][0]["ops"] or 1
            cells += [f"{ops / raw['seconds']:.0f}", f"{raw['server']['cpu_ns'] / ops / 1000:.2f}"]
        rows.append(cells)
    bench.tables.append({"title": "one event loop and two (the load generator shares the cores)",
                         "head": ["workload", "1: ops/s", "1: µs CPU/op", "2: ops/s",
                                  "2: µs CPU/op"], "rows": rows})


PHASES = {"load": load_phase, "main": main_phase, "twenty": twenty_phase, "member": member_phase,
          "standing": standing_phase, "idle": idle_phase, "scaling": scaling_phase}
