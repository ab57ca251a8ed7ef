"""Prints results as text, as markdown and as JSON, and writes docs/performance.md between its markers."""

import json
import pathlib
import time

import plot
import workloads

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def number(value):
    """Prints a figure with three digits that mean something."""
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def size(value):
    """Prints bytes as MiB."""
    return "-" if value is None else f"{number(value / 2**20)} MiB"


def _bar(result):
    row = result.row
    parts = [f">= {row.bar:g}x"] if row.bar else []
    if row.null_bar:
        parts.append(f"<= {row.null_bar:g}x null")
    if row.limit:
        parts.append(f"<= {row.limit:g} ms")
    return ", ".join(parts)


def _verdict(result):
    return {None: "", True: "yes", False: "NO"}[result.reached()]


HEAD = ["workload", "unit", "Debian", "ours", "ratio", "null", "ours/null", "p99 Debian µs",
        "p99 ours µs", "bar", "reached"]


def cells(result):
    """Returns the columns of one row."""
    ratio, floor = result.paired("debian"), result.paired("null")
    return [result.row.title + (" *" if result.client_bound() else ""),
            workloads.UNITS[result.row.metric], number(result.median("debian")),
            number(result.median("ours")), f"{number(ratio)}x" if ratio else "-",
            number(result.median("null")), f"{number(1 / floor)}x" if floor else "",
            number(result.median("debian", "p99_us")), number(result.median("ours", "p99_us")),
            _bar(result), "ERROR" if result.errors else _verdict(result)]


def groups_of(results):
    """Returns [(group, results)] in the order of appearance."""
    found = {}
    for result in results:
        found.setdefault(result.group, []).append(result)
    return list(found.items())


def aligned(head, rows):
    """Returns lines in columns."""
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, *rows]:
        columns = [str(cell).ljust(width) if i < 2 else str(cell).rjust(width)
                   for i, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(columns).rstrip())
    return lines


def grid(head, rows):
    """Returns a markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def _tables(run):
    """Yields (title, head, rows) of everything that was measured."""
    for group, results in groups_of(run["results"]):
        yield group, HEAD, [cells(result) for result in results]
    for table in run["tables"]:
        yield table["title"], table["head"], table["rows"]


def derived(run):
    """Returns sentences that compare rows with each other."""
    found = {r.row.key: r for r in run["results"] if r.group == run["main"]}
    lines = []
    if found.get("bind") and found.get("bind-argon2"):
        plain, strong = found["bind"].median("ours"), found["bind-argon2"].median("ours")
        if plain and strong:
            lines.append(f"A repeated argon2id bind costs {strong / plain:.1f} times an SSHA bind "
                         f"(at most 2): {'reached' if strong <= 2 * plain else 'NOT reached'}.")
    for result in run["results"]:
        for error in result.errors:
            lines.append(f"ERROR {result.row.title}: {error}")
    lines += [f"ERROR part {failure}" for failure in run["failures"]]
    if any(result.client_bound() for result in run["results"]):
        lines.append("* The load generator was the limit; the server could do more.")
    return lines


def machine_lines(run):
    """Returns what a reader must know about the run."""
    m = run["machine"]
    return [f"{m['processor']}, {m['cores']} cores, {m['memory_bytes'] / 2**30:.0f} GiB, Linux "
            f"{m['kernel']}, {m['filesystem']}, {m['fdatasync_per_s']} fdatasync/s; servers on core "
            f"{m['server_cpus']}, load generator on {m['client_cpus']}; load average at start "
            f"{m['load_at_start']:.1f}.",
            f"Debian's slapd {m['debian']} against ours at {m['ours']}, {run['date']}, "
            f"{run['people']} people, {run['rounds']} rounds of {run['seconds']:g} s; medians, and "
            "medians of the ratios of each round."]


def text(run):
    """Returns the whole report for a terminal."""
    lines = machine_lines(run)
    for title, head, rows in _tables(run):
        lines += ["", title, *aligned(head, rows)]
    return "\n".join(lines + [""] + derived(run)) + "\n"


def markdown(run, pictures):
    """Returns the whole report for docs/; pictures: their file names."""
    lines = machine_lines(run)
    lines = [lines[0], "", lines[1]]
    for title, head, rows in _tables(run):
        lines += ["", f"**{title[0].upper() + title[1:]}**", "", *grid(head, rows)]
    lines += [""] + [f"- {line}" for line in derived(run)]
    lines += [""] + [f"![{name}]({name})" for name in pictures]
    return "\n".join(lines).rstrip() + "\n"


def plain(run):
    """Returns the run as plain values."""
    return {**run, "results": [result.plain() for result in run["results"]]}


def write(run, folder):
    """Writes results.json, table.txt, table.md and the plots into a folder. Returns its files."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {"performance.svg": plot.ratios(run["results"], run["main"])}
    if run["growth"]:
        pictures["performance-growth.svg"] = plot.growth(run["growth"])
    for name, picture in pictures.items():
        (folder / name).write_text(picture)
    (folder / "results.json").write_text(json.dumps(plain(run), indent=1) + "\n")
    (folder / "table.txt").write_text(text(run))
    (folder / "table.md").write_text(markdown(run, pictures))
    return pictures


def publish(run, page, pictures):
    """Replaces what stands between the markers of docs/performance.md; plots go beside it."""
    page = pathlib.Path(page)
    old = page.read_text()
    if old.count(BEGIN) != 1 or old.count(END) != 1 or old.index(BEGIN) > old.index(END):
        raise ValueError(f"{page}: needs the lines {BEGIN} and {END}, once each, in this order")
    head, rest = old.split(BEGIN)
    tail = rest.split(END)[1]
    page.write_text(f"{head}{BEGIN}\n{markdown(run, pictures)}{END}{tail}")
    for name, picture in pictures.items():
        (page.parent / name).write_text(picture)


def today():
    """Returns the date."""
    return time.strftime("%Y-%m-%d")
