"""Fixtures of the server tests. See README.md for how to run them."""

import itertools
import shutil

import pytest

from . import data, harness
from .harness import Slapd

_numbers = itertools.count(1)


def pytest_configure(config):
    """Declares the marks."""
    config.addinivalue_line("markers", "slow: takes longer than the whole of the rest should")
    config.addinivalue_line("markers", "ours(reason): only our slapd promises this")
    config.addinivalue_line("markers", "differs(reason): our slapd deliberately does otherwise")


def pytest_collection_modifyitems(items):
    """Leaves out what only ours promises when the reference is tested, and the reverse."""
    for item in items:
        mark = item.get_closest_marker("ours")
        if mark and harness.IMPL != "ours":
            item.add_marker(pytest.mark.skip(reason=f"only ours: {mark.args[0]}"))


def pytest_report_header():
    """Says which server is tested."""
    return f"slapd under test: {harness.sbin('slapd')} ({harness.IMPL})"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the end of the server's log to the report of a failed test."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for server in {id(v): v for v in item.funcargs.values() if isinstance(v, Slapd)}.values():
            if server.logs:
                report.sections.append(("slapd log", server.log()[-4000:]))


def launch(**options):
    """Makes and starts a server with the Falcot data unless entries are given."""
    options.setdefault("entries", data.entries())
    server = Slapd(**options)
    try:
        return server.start()
    except BaseException:
        server.remove()
        raise


@pytest.fixture(scope="module")
def server():
    """One server with the Falcot data for a whole file of tests, stopped with a check."""
    running = launch()
    yield running
    try:
        if running.process is not None:
            running.stop()
    finally:
        running.remove()


@pytest.fixture
def make():
    """A function that makes servers (see launch) and removes them after the test."""
    made = []

    def maker(start=True, **options):
        if not start:
            options.setdefault("entries", None)
        running = Slapd(**{"entries": data.entries(), **options})
        made.append(running)
        return running.start() if start else running

    yield maker
    for running in made:
        running.remove()


@pytest.fixture
def anon(server):
    """A connection that never bound."""
    with server.client() as connection:
        yield connection


@pytest.fixture
def admin(server):
    """A connection bound as the manager."""
    with server.admin() as connection:
        yield connection


@pytest.fixture
def sandbox(admin):
    """A new organizationalUnit that belongs to one test. Gives its DN."""
    dn = f"ou=box{next(_numbers)},{data.SUFFIX}"
    result = admin.add(dn, {"objectClass": ["organizationalUnit"],
                            "ou": [dn.split(",")[0].split("=")[1]]})
    assert result.code == 0, result
    return dn


@pytest.fixture
def scratch():
    """An empty directory, deleted after the test."""
    place = harness.scratch()
    yield place
    shutil.rmtree(place, ignore_errors=True)
