"""Does the benchmark work? Everything runs once, tiny; answers are judged, figures are not."""

import json
import pathlib
import subprocess
import sys
import tempfile
import types
from xml.etree import ElementTree

import pytest

import machine
import measure
import phases
import plot
import report
import servers
import workloads

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"


@pytest.fixture(name="programs", scope="module")
def fixture_programs():
    """The programs, or no test."""
    programs = servers.Programs(BUILD, *machine.share_out())
    if programs.missing():
        pytest.skip("missing: " + ", ".join(programs.missing()))
    return programs


@pytest.fixture(name="null")
def fixture_null(programs):
    """The server of canned answers: one entry for each search."""
    with tempfile.TemporaryDirectory() as top:
        server = servers.Null(programs, pathlib.Path(top))
        server.start(1)
        yield server
        server.stop()


def test_every_part_runs_and_every_answer_is_right(programs, tmp_path):
    assert programs
    done = subprocess.run([sys.executable, ROOT / "tests/bench/run", "--smoke", "--dir", tmp_path,
                           "--out", tmp_path / "out"], capture_output=True, encoding="utf-8",
                          timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    run = json.loads((tmp_path / "out/results.json").read_text())
    assert not run["failures"]
    found = {(row["group"], row["key"]): row for row in run["results"]}
    assert len(found) == len(run["results"]) > 40
    for (group, key), row in found.items():
        assert not row["errors"], row
        assert row["samples"]["debian"] and row["samples"]["ours"], (group, key)
    assert any(row["samples"]["null"] for row in found.values())
    assert "<svg" in (tmp_path / "out/performance.svg").read_text()
    assert not list(tmp_path.glob("bench-*"))


def test_wrong_answer_fails_the_run(programs, null):
    client = measure.Client(programs, 500, 567)
    with pytest.raises(measure.WrongAnswer, match="1 entries instead of 0"):
        client.load(null, ["miss:2:4"], seconds=0.05)
    with pytest.raises(measure.WrongAnswer, match="result 0 .* instead of 49"):
        client.load(null, ["bind-wrong:1:1"], seconds=0.05)


def test_server_that_goes_away_fails_the_run(programs, null):
    client = measure.Client(programs, 500, 567)
    null.stop()
    null.process = types.SimpleNamespace(pid=1, terminate=lambda: None, wait=lambda: None)
    with pytest.raises(measure.WrongAnswer, match="connect"):
        client.load(null, ["equality"], seconds=0.05)


def test_limit_is_the_number_of_requests(programs, null):
    client = measure.Client(programs, 500, 567)
    raw = client.load(null, ["equality:4:8", "compare:2:1"], seconds=60, limit=333)
    assert [group["ops"] for group in raw["groups"]] == [333, 333]
    assert raw["groups"][0]["codes"] == {"0": 333}
    assert raw["groups"][0]["entries"] == 333
    assert raw["groups"][1]["codes"] == {"6": 333}
    times = raw["groups"][0]["latency_us"]
    assert 0 < times["min"] <= times["p50"] <= times["p99"] <= times["max"]
    assert raw["server"]["cpu_ns"] > 0


def test_load_generator_refuses_a_wrong_command_line(programs):
    for argv in ([], ["-H", "ldap://127.0.0.1:1"], ["-H", "http://x", "-w", "equality"],
                 ["-H", "ldap://127.0.0.1:1", "-w", "nothing"], ["-H", "ldapi://x", "-w", "base"],
                 ["-H", "ldap://127.0.0.1:1", "-w", "base:0"], ["-N", "x"],
                 ["-H", "ldap://127.0.0.1:1", "-w", "base:1:257"]):
        done = subprocess.run([BUILD / "bench/load", *argv], capture_output=True, check=False)
        assert done.returncode == 2, (argv, done)


def result(metric, debian, ours, **bars):
    """Makes a result out of values for each round."""
    made = measure.Result(workloads.Row("key", "a title", ("equality",), metric, **bars), "main")
    for kind, values in (("debian", debian), ("ours", ours)):
        for number, value in enumerate(values):
            made.add(kind, number, {"value": value})
    return made


@pytest.mark.parametrize("metric, debian, ours, ratio", [
    (workloads.CPU, [10, 20, 30], [5, 5, 5], 4), (workloads.RATE, [10, 20, 30], [20, 80, 60], 2),
    (workloads.TIME, [10], [20], 0.5), (workloads.CPU, [10, 20], [5], 2), (workloads.CPU, [], [5], None),
    (workloads.CPU, [10], [0], None)])
def test_ratio_is_the_median_of_pairs(metric, debian, ours, ratio):
    assert result(metric, debian, ours).paired("debian") == ratio


def test_time_of_threads_that_ended_counts():
    assert measure.cpu_ns({"cpu_ns": 1e9, "tick_ns": 1.01e9}) == 1e9
    assert measure.cpu_ns({"cpu_ns": 1e6, "tick_ns": 2e7}) == 1e6
    assert measure.cpu_ns({"cpu_ns": 1e8, "tick_ns": 2e9}) == 2e9


@pytest.mark.parametrize("bars, reached", [
    ({}, None), ({"bar": 2}, True), ({"bar": 2.1}, False), ({"limit": 5}, True), ({"limit": 4}, False),
    ({"bar": 2, "limit": 4}, False), ({"null_bar": 1.6}, None)])
def test_bars(bars, reached):
    assert result(workloads.CPU, [10], [5], **bars).reached() is reached


def run_of(*results):
    """Makes a run as the driver does."""
    return {"machine": {"processor": "a processor", "cores": 2, "memory_bytes": 2**33, "kernel": "6",
                        "filesystem": "ext4", "fdatasync_per_s": 1000, "load_at_start": 0.1,
                        "debian": "2.5", "ours": "abc", "server_cpus": "0", "client_cpus": "1"},
            "date": "2026-01-01", "people": 1, "rounds": 1, "seconds": 1.0, "main": "main",
            "results": list(results), "tables": [], "growth": [], "failures": []}


def test_publish_replaces_what_is_between_the_markers(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(f"above\n{report.BEGIN}\nold\n{report.END}\nbelow\n")
    run = run_of(result(workloads.CPU, [10], [5]))
    for _ in range(2):
        report.publish(run, page, report.write(run, tmp_path / "out"))
    text = page.read_text()
    assert text.startswith(f"above\n{report.BEGIN}\n") and text.endswith(f"{report.END}\nbelow\n")
    assert "old" not in text and text.count("| a title | µs CPU/op | 10.0 | 5.00 | 2.00x |") == 1
    assert (tmp_path / "performance.svg").exists()
    page.write_text("no markers")
    with pytest.raises(ValueError):
        report.publish(run, page, {})
    assert page.read_text() == "no markers"


def test_our_page_has_the_markers():
    text = (ROOT / "docs/performance.md").read_text()
    assert text.count(report.BEGIN) == text.count(report.END) == 1


def test_plots_of_odd_values():
    for results in ([], [result(workloads.CPU, [], [])], [result(workloads.CPU, [1e9], [1e-3])],
                    [result(workloads.CPU, [1], [1e3], bar=2.5)]):
        ElementTree.fromstring(plot.ratios(results, "main"))
    for points in ([], [(1000, 5.0)], [(1000, 5.0), (1000000, None)], [(10, 1.0), (1000, 9.0)]):
        series = [{"title": "a <title>", "points": {"ours": points, "debian": points}}]
        ElementTree.fromstring(plot.growth(series))


def test_rows_have_keys_of_their_own():
    rows = workloads.reads() + workloads.writes()
    assert len({row.key for row in rows}) == len(rows)
    assert all(row.undo_key in {other.key for other in rows} for row in rows if row.undo)
    assert phases.rotated(("a", "b", "c"), 4) == ["b", "c", "a"]


def test_generated_people_are_the_same_each_time():
    argv = [sys.executable, ROOT / "tests/bench/generate", "50", "--group", "7", "--strong", "{X}y"]
    first, second = (subprocess.run(argv, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second
    assert first.count(b"\nuid: u") == 50 and first.count(b"\nuid: s") == 64
    assert first.count(b"\nmember: ") == 7 and first.count(b"userPassword: {X}y\n") == 64
