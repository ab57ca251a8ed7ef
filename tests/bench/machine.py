"""The machine that the benchmark runs on: what it is, how busy it is, how processors are shared out."""

import os
import pathlib
import platform
import re
import subprocess


def _first(pattern, path):
    try:
        found = re.search(pattern, pathlib.Path(path).read_text(), re.M)
    except OSError:
        return None
    return found.group(1).strip() if found else None


def _version(argv):
    done = subprocess.run(argv, capture_output=True, encoding="utf-8", errors="replace", check=False)
    found = re.search(r"slapd[ -](?:\(\w+\) )?v?(\d[\w.+~-]*)", done.stdout + done.stderr)
    return found.group(1) if found else "unknown"


def _commit(root):
    done = subprocess.run(["git", "-C", root, "describe", "--always", "--dirty"], capture_output=True,
                          encoding="utf-8", check=False)
    return done.stdout.strip() or "unknown"


def _filesystem(path):
    done = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, encoding="utf-8",
                          check=False)
    return done.stdout.strip()


def describe(programs, folder):
    """Returns what a reader needs to judge the figures."""
    return {
        "processor": _first(r"^model name\s*: (.*)$", "/proc/cpuinfo") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "filesystem": _filesystem(folder),
        "fdatasync_per_s": round(fdatasync_rate(folder)),
        "load_at_start": os.getloadavg()[0],
        "debian": _version(["/usr/sbin/slapd", "-VV"]),
        "ours": _commit(programs.root),
        "server_cpus": programs.server_cpus or "all",
        "client_cpus": programs.client_cpus or "all",
    }


def fdatasync_rate(folder, count=200):
    """Returns how many small appends with fdatasync the disk takes in a second."""
    path = pathlib.Path(folder) / "fdatasync"
    clock = os.times().elapsed
    with open(path, "wb", buffering=0) as file:
        for _ in range(count):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
    path.unlink()
    return count / max(os.times().elapsed - clock, 0.01)


def share_out():
    """Returns the processors for servers and for the client; both empty when there is only one."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        return "", ""
    return str(cpus[0]), ",".join(map(str, cpus[1:]))


def busy():
    """Says why figures of this machine would mislead now, or returns None."""
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    if load > 0.5 * cores:
        return f"the load average is {load:.1f} on {cores} cores: other work shares the machine"
    return None
