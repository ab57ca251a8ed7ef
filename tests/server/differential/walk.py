"""A search, page by page when asked, as one result."""

from tests.server.client import PAGED, paged
from tests.server import ber

_MOST_PAGES = 5000


def _cookie(result):
    """Returns the cookie of a page, empty at the end."""
    value = result.control(PAGED)
    if value is None:
        return b""
    return ber.decode_one(value)[0][1][1][1]


def walked(connection, page, request, controls, options):
    """Searches; with a page size asks for pages to the end and returns them as one Result."""
    if not page:
        return connection.search(*request, controls, **options)
    entries, references, cookie = [], [], b""
    for _ in range(_MOST_PAGES):
        result = connection.search(*request, [*controls, paged(page, cookie)], **options)
        assert len(result.entries) <= page, result
        entries += result.entries
        references += result.references
        cookie = _cookie(result)
        if not cookie or result.code != 0:
            break
    assert not cookie or result.code != 0, "the pages do not end"
    result.entries, result.references = entries, references
    return result
