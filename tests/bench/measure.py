"""Runs one workload against one server and turns the load generator's figures into a value."""

import json
import statistics
import subprocess

import servers
import workloads

SILENCE_SECONDS = 900  # a range over a million entries can take the reference minutes


class WrongAnswer(Exception):
    """A server answered what it must not, or not at all."""


class Client:
    """The load generator with the options that all runs share."""

    def __init__(self, programs, people, total):
        self.programs, self.people, self.total = programs, people, total

    def load(self, server, specs, transport="ldap", **options):
        """Runs the load generator; returns its JSON. options: seconds, warm, requests, seed,
        limit, login, expect, idle."""
        argv = [self.programs.build / "bench/load", "-H", server.url(transport), "-p", server.pid,
                "-N", self.people, "-s", servers.SUFFIX, "-T", SILENCE_SECONDS]
        for spec in specs:
            argv += ["-w", spec]
        flags = {"seconds": "-t", "warm": "-W", "requests": "-R", "seed": "-S", "limit": "-n",
                 "expect": "-e", "idle": "-I"}
        for name, flag in flags.items():
            if options.get(name) is not None:
                argv += [flag, options[name]]
        if options.get("login"):
            argv += ["-D", servers.ADMIN, "-y", servers.PASSWORD]
        done = subprocess.run(self.programs.pinned(self.programs.client_cpus, argv),
                              capture_output=True, encoding="utf-8", check=False)
        if done.returncode != 0:
            raise WrongAnswer(f"{server.kind}: {' '.join(specs)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def run(self, server, row, seconds, seed):
        """Measures a row once. Returns {row key: sample}, two of them where a row takes back."""
        serial = row.undo is not None
        warm = row.warm if row.warm is not None else min(0.3, seconds / 2)
        raw = self.load(server, row.specs, row.transport, seconds=seconds * row.seconds,
                        warm=None if serial else warm, requests=row.requests,
                        seed=seed, login=row.write, expect=self.total if row.whole else None)
        samples = {row.key: sample_of(row, raw)}
        if serial:
            done = raw["groups"][0]["ops"]
            back = self.load(server, [row.undo], row.transport, seconds=600, limit=done,
                             requests=row.requests, seed=seed, login=True) if done else raw
            samples[row.undo_key] = sample_of(row, back)
        return samples


def cpu_ns(server):
    """Returns the server's CPU time: of threads that live, unless some ended meanwhile.

    The account that knows those who ended counts in ticks, so it must differ by more than a few.
    """
    ended = server["tick_ns"] > server["cpu_ns"] * 1.1 + 5e7
    return server["tick_ns"] if ended else server["cpu_ns"]


def sample_of(row, raw):
    """Picks the row's value out of the figures, keeping what explains it."""
    first = raw["groups"][0]
    ops = sum(group["ops"] for group in raw["groups"]) or 1
    values = {
        workloads.CPU: cpu_ns(raw["server"]) / ops / 1000,
        workloads.RATE: first["ops"] / raw["seconds"],
        workloads.ENTRIES: first["entries"] / raw["seconds"],
        workloads.P99: first["latency_us"]["p99"] / 1000,
    }
    return {"value": values[row.metric], "cpu_us": values[workloads.CPU],
            "rate": values[workloads.RATE], "p50_us": first["latency_us"]["p50"],
            "p99_us": first["latency_us"]["p99"], "ops": first["ops"],
            "anon": raw["server"]["anon"], "rss": raw["server"]["rss"],
            "server_busy": cpu_ns(raw["server"]) / raw["seconds"] / 1e9,
            "client_busy": raw["client_cpu_ns"] / raw["seconds"] / 1e9}


def better(metric, ours, theirs):
    """How many times better ours is."""
    if not ours or not theirs:
        return None
    return ours / theirs if metric in workloads.GROWS else theirs / ours


class Result:
    """All samples of one row: for each server one for each round."""

    def __init__(self, row, group=""):
        self.row, self.group = row, group
        self.samples = {"debian": {}, "ours": {}, "null": {}}
        self.errors = []

    def add(self, kind, number, sample):
        """Takes the sample of a round."""
        self.samples[kind][number] = sample

    def median(self, kind, field="value"):
        """Returns the median of a field, None without samples."""
        found = [sample[field] for sample in self.samples[kind].values() if field in sample]
        return statistics.median(found) if found else None

    def paired(self, kind):
        """Returns the median over rounds of ours against another server in the same round."""
        found = [better(self.row.metric, sample["value"], self.samples[kind][number]["value"])
                 for number, sample in self.samples["ours"].items()
                 if number in self.samples[kind]]
        found = [ratio for ratio in found if ratio is not None]
        return statistics.median(found) if found else None

    def reached(self):
        """Whether ours reaches its bars; None when there is no bar or nothing to judge."""
        ratio, floor, own = self.paired("debian"), self.paired("null"), self.median("ours")
        verdicts = []
        if self.row.bar is not None and ratio is not None:
            verdicts.append(ratio >= self.row.bar)
        if self.row.null_bar is not None and floor:
            verdicts.append(1 / floor <= self.row.null_bar)
        if self.row.limit is not None and own is not None:
            verdicts.append(own <= self.row.limit)
        return all(verdicts) if verdicts else None

    def client_bound(self):
        """Whether the load generator, not a server, was the limit of a rate."""
        if self.row.metric not in workloads.GROWS:
            return False
        return (self.median("ours", "client_busy") or 0) > 0.9

    def plain(self):
        """Returns everything as plain values for JSON."""
        return {"group": self.group, "key": self.row.key, "title": self.row.title,
                "metric": self.row.metric, "bar": self.row.bar, "null_bar": self.row.null_bar,
                "limit": self.row.limit, "ratio": self.paired("debian"),
                "null_ratio": self.paired("null"), "reached": self.reached(),
                "medians": {kind: self.median(kind) for kind in self.samples},
                "samples": self.samples, "errors": self.errors}
