"""The server starts, answers and stops."""

from . import data


def test_the_book(make):
    server = make(entries=data.base_entries())
    done = server.ldap("ldapsearch", "-b", data.SUFFIX)
    assert done.returncode == 0
    assert "# numEntries: 2" in done.stdout
    server.stop()
