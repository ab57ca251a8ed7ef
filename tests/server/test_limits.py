"""limits, sizelimit and timelimit: for whom, how many entries, candidates and pages, how long."""

import pytest

from . import ber, data, expect, harness
from .client import BASE, ONE, PAGED, SUB, paged

GROUPS = [
    (f"cn=big,{data.GROUPS}", [("objectClass", ["groupOfNames"]), ("cn", ["big"]),
                               ("member", [data.dn_of("jean")])]),
    (f"cn=uni,{data.GROUPS}", [("objectClass", ["groupOfUniqueNames"]), ("cn", ["uni"]),
                               ("uniqueMember", [data.dn_of("joe")])]),
]
ENTRIES = data.entries() + GROUPS
ALL = len(ENTRIES)
MOST = 2 ** 31 - 1
JEAN, PEOPLE = data.dn_of("jean"), data.PEOPLE


@pytest.fixture(scope="module")
def lines():
    """A function that gives a running server with these lines in its database, one for a text."""
    made = {}

    def get(text, extra=""):
        if (text, extra) not in made:
            server = harness.Slapd(databases=[harness.Database(lines=text)], entries=ENTRIES,
                                   extra=extra)
            made[text, extra] = server
            server.start()
        return made[text, extra]

    yield get
    for server in made.values():
        server.remove()


def connect(server, who):
    """A connection for nobody (None), the manager ("admin") or a person."""
    if who in (None, "admin"):
        return server.client(who)
    return server.client(data.dn_of(who), f"{who}-pw")


def search(server, who=None, scope=SUB, filter="(objectClass=*)", **options):
    """Returns code and number of entries of one search below the suffix."""
    with connect(server, who) as connection:
        result = connection.search(data.SUFFIX, scope, filter, ["1.1"], **options)
    expect.code(result, {0, 3, 4, 11})
    return result.code, len(result.entries)


def pages(server, page, who=None, critical=True, **options):
    """Reads page after page. Returns the last code and the numbers of entries."""
    found, cookie = [], b""
    with connect(server, who) as connection:
        while True:
            result = connection.search(data.SUFFIX, SUB, attrs=["1.1"],
                                       controls=[paged(page, cookie, critical)], **options)
            found.append(len(result.entries))
            value = result.control(PAGED)
            if result.code != 0 or value is None:
                return result.code, found
            (_, (_, cookie)), _ = ber.decode_one(value)
            cookie = cookie[1]
            if not cookie or len(found) > ALL:
                return 0, found


# ---- for whom ----

# Who a line is for, and whether it fits anonymous, jean and laure.
WHO = [
    ("*", "ajl"), ("anonymous", "a"), ("users", "jl"), ("USERS", "jl"),
    (JEAN, "j"), (f"dn={JEAN}", "j"), (f"dn.exact=UID=Jean,{PEOPLE}", "j"), (f"dn.base={JEAN}", "j"),
    (f"DN.EXACT={JEAN}", "j"), (f"dn.self={JEAN}", "j"), (f"dn.self.exact={JEAN}", "j"),
    (f"dn.onelevel={PEOPLE}", "jl"), (f"dn.one={data.SUFFIX}", ""), (f"dn.onelevel={JEAN}", ""),
    (f"dn.subtree={PEOPLE}", "jl"), (f"dn.subtree={JEAN}", "j"), (f"dn.sub={data.SUFFIX}", "jl"),
    (f"dn.children={PEOPLE}", "jl"), (f"dn.children={JEAN}", ""),
    ("dn.regex=^uid=jean,.*$", "j"), ("dn.regex=JEAN", "j"), ("dn.regex=nobody", ""),
    ("dn.regex=.*", "ajl"), ("dn.regex=", "jl"), ("dn.regex=^$", ""),
    ("dn=", ""), ("dn.exact=", ""), ("dn.subtree=", ""), ("dn.children=", ""), ("dn.onelevel=", ""),
    ("dn=*", "ajl"), ("dn.exact=*", "ajl"), ("dn.anonymous=", "a"), ("dn.anonymous=x", "a"),
    (f"dn.this={data.SUFFIX}", "ajl"), (f"dn.this.exact={JEAN}", ""),
    (f"dn.this.subtree={data.SUFFIX}", "ajl"), (f"dn.this.children={data.SUFFIX}", ""),
    ("dn.this.children=dc=com", "ajl"), ("dn.this.onelevel=dc=com", "ajl"),
    ("dn.this.regex=falcot", "ajl"), ("dn.self.subtree=dc=com", "jl"),
    (f"group=cn=big,{data.GROUPS}", "j"), (f"group/groupOfNames=cn=BIG,{data.GROUPS}", "j"),
    (f"group/groupOfNames/member=cn=big,{data.GROUPS}", "j"),
    (f"group/groupOfUniqueNames/uniqueMember=cn=big,{data.GROUPS}", ""),
    (f"group=cn=uni,{data.GROUPS}", ""), (f"group=cn=none,{data.GROUPS}", ""),
    ("group=cn=big,dc=elsewhere", ""), (f"group/posixGroup/memberUid=cn=admins,{data.GROUPS}", ""),
]


@pytest.mark.parametrize("who,fits", WHO, ids=expect.case_ids(WHO))
def test_who(lines, who, fits):
    server = lines(f'limits "{who}" size=3')
    got = "".join(letter for letter, name in (("a", None), ("j", "jean"), ("l", "laure"))
                  if search(server, name) == (4, 3))
    assert got == fits


def test_unique_members(lines):
    server = lines(f"limits group/groupOfUniqueNames/uniqueMember=cn=uni,{data.GROUPS} size=3")
    assert search(server, "joe") == (4, 3)
    assert search(server, "jean") == (0, ALL)


ORDER = [
    ("the first line that fits", "limits users size=3\nlimits * size=5", "jean", (4, 3)),
    ("a later line for others", "limits users size=3\nlimits * size=5", None, (4, 5)),
    ("the first line even when a later one is narrower", "limits * size=5\nlimits users size=3",
     "jean", (4, 5)),
    ("more than sizelimit", "sizelimit 4\nlimits users size=unlimited", "jean", (0, ALL)),
    ("sizelimit for the others", "sizelimit 4\nlimits users size=unlimited", None, (4, 4)),
    ("what a line leaves open is as sizelimit says", "sizelimit 4\nlimits users time=5", "jean",
     (4, 4)),
    ("never the manager", "limits * size=3 time=1 size.unchecked=disabled", "admin", (0, ALL)),
]


@pytest.mark.parametrize("name,text,who,wanted", ORDER, ids=expect.case_ids(ORDER))
def test_order(lines, name, text, who, wanted):
    assert name and search(lines(text), who) == wanted


@pytest.mark.ours("OpenLDAP does not look at lines of the frontend (limits_get)")
def test_lines_of_the_frontend_come_last(lines):
    server = lines("limits anonymous size=5", "limits * size=3")
    assert search(server) == (4, 5)
    assert search(server, "jean") == (4, 3)


def test_a_group_is_read_when_asked(lines):
    """Membership is that of the moment."""
    server = lines(f"limits group=cn=big,{data.GROUPS} size=2")
    assert search(server, "laure") == (0, ALL)
    with server.admin() as admin:
        for kind, wanted in ((0, (4, 2)), (1, (0, ALL))):
            expect.ok(admin.modify(f"cn=big,{data.GROUPS}",
                                   [(kind, "member", [data.dn_of("laure")])]))
            assert search(server, "laure") == wanted


# ---- how many entries ----

# The limit, then the number of entries for each size that a client asks for; 0 asks for none.
ASKED = [0, 2, 3, 5, 6, 7, 100, MOST]
SIZES = [
    ("size=3", [3, 2, 3, 3, 3, 3, 3, 3]),
    ("size.soft=3 size.hard=6", [3, 2, 3, 5, 6, 6, 6, 6]),
    ("size.soft=3 size.hard=soft", [3, 2, 3, 3, 3, 3, 3, 3]),
    ("size.soft=3 size.hard=unlimited", [3, 2, 3, 5, 6, 7, ALL, ALL]),
    ("size=unlimited", [ALL, 2, 3, 5, 6, 7, ALL, ALL]),
    ("size=none", [ALL, 2, 3, 5, 6, 7, ALL, ALL]),
    ("size=-1", [ALL, 2, 3, 5, 6, 7, ALL, ALL]),
    ("size.soft=10 size.hard=5", [10, 2, 3, 5, 6, 7, 10, 10]),
    ("size.soft=unlimited size.hard=5", [ALL, 2, 3, 5, 6, 7, ALL, ALL]),
    ("SIZE.Soft=3 Size.HARD=6", [3, 2, 3, 5, 6, 6, 6, 6]),
]


@pytest.mark.parametrize("limit,wanted", SIZES, ids=expect.case_ids(SIZES))
def test_sizes(lines, limit, wanted):
    server = lines(f"limits * {limit}")
    got = [search(server, size=size) for size in ASKED]
    assert got == [(0 if count == ALL else 4, count) for count in wanted]


def test_size_zero(lines):
    """Nothing is nothing, whatever is asked for."""
    server = lines("limits * size=0")
    assert search(server) == (4, 0)
    assert search(server, size=5) == expect.differs((4, 5), (4, 0), "slapd.conf(5): hard is soft")


def test_sizelimit_takes_the_same_words(lines):
    assert search(lines("sizelimit size.unchecked=disabled")) == (11, 0)
    assert pages(lines("sizelimit size.prtotal=4"), 3) == (4, [3, 1])
    assert pages(lines("sizelimit size.pr=4"), 5) == (11, [0])


# ---- how many candidates ----

UNCHECKED = [
    ("5", "everything", {}, (11, 0)),
    ("5", "the base object", {"scope": BASE}, (0, 1)),
    ("5", "an indexed term", {"filter": "(uid=jean)"}, (0, 1)),
    ("5", "an indexed term of nobody", {"filter": "(uid=nobody)"}, (0, 0)),
    ("5", "a term without index", {"filter": "(telephoneNumber=+33*)"}, (11, 0)),
    ("1", "one level", {"scope": ONE}, (11, 0)),
    ("1", "one candidate", {"filter": "(sn=Dupont)"}, (0, 1)),
    ("unlimited", "everything", {}, (0, ALL)),
    ("disabled", "everything", {}, (11, 0)),
    ("disabled", "the base object", {"scope": BASE}, (11, 0)),
    ("disabled", "an indexed term of nobody", {"filter": "(uid=nobody)"}, (11, 0)),
    ("0", "an indexed term", {"filter": "(uid=jean)"}, (11, 0)),
]


@pytest.mark.parametrize("limit,what,options,wanted", UNCHECKED,
                         ids=[f"{row[0]}: {row[1]}" for row in UNCHECKED])
def test_unchecked(lines, limit, what, options, wanted):
    assert what and search(lines(f"limits * size.unchecked={limit}"), **options) == wanted


def test_unchecked_counts_on_every_page(lines):
    assert pages(lines("limits * size.unchecked=5"), 3) == (11, [0])


def test_the_root_dse_has_no_limits(lines):
    server = lines("limits * size.unchecked=disabled")
    with server.client() as connection:
        assert len(expect.ok(connection.search("", BASE)).entries) == 1


# ---- pages ----

WHOLE = {2: [2] * 8 + [1], 3: [3] * 5 + [2], 4: [4] * 4 + [1], 5: [5, 5, 5, 2], 7: [7, 7, 3],
         100: [ALL]}
# A limit, what is asked (page size, sizeLimit), and the pages that come before the last code.
PAGES = [
    ("size=7", (2, 0), 4, [2, 2, 2, 1]), ("size=7", (3, 0), 4, [3, 3, 1]),
    ("size=7", (7, 0), 4, [7, 0]), ("size=7", (100, 0), 4, [7]), ("size=7", (3, 5), 4, [3, 2]),
    ("size=7", (3, 8), 4, [3, 3, 1]), ("size=7", (3, 2), 4, [2]), ("size=7", (3, MOST), 4, [3, 3, 1]),
    ("size.soft=3 size.hard=7", (2, 0), 4, [2, 2, 2, 1]),
    ("size.soft=3 size.hard=7", (100, 0), 4, [7]),
    ("size.soft=3 size.hard=unlimited", (4, 0), 0, WHOLE[4]),
    ("size=unlimited", (5, 0), 0, WHOLE[5]), ("size=unlimited", (3, 8), 4, [3, 3, 2]),
    ("size.pr=4", (4, 0), 0, WHOLE[4]), ("size.pr=4", (5, 0), 11, [0]),
    ("size.pr=4", (100, 0), 11, [0]), ("size.pr=4", (3, 5), 4, [3, 2]),
    ("size.pr=4 size=7", (4, 0), 4, [4, 3]), ("size.pr=4 size=7", (5, 0), 11, [0]),
    ("size.pr=noEstimate", (7, 0), 0, WHOLE[7]), ("size.pr=0", (7, 0), 0, WHOLE[7]),
    ("size.pr=unlimited", (7, 0), 0, WHOLE[7]),
    ("size.prtotal=7", (3, 0), 4, [3, 3, 1]), ("size.prtotal=7", (7, 0), 4, [7, 0]),
    ("size.prtotal=7", (3, 5), 4, [3, 2]), ("size.prtotal=7", (3, 8), 4, [3, 3, 1]),
    ("size.prtotal=7", (3, MOST), 4, [3, 3, 1]),
    ("size.prtotal=unlimited size=3", (3, 0), 0, WHOLE[3]),
    ("size.prtotal=unlimited size=3", (100, 0), 0, WHOLE[100]),
    ("size.prtotal=unlimited size=3", (3, 8), 4, [3, 3, 2]),
    ("size.prtotal=hard size.soft=3 size.hard=6", (4, 0), 4, [4, 2]),
    ("size.prtotal=hard size.soft=3 size.hard=6", (3, 0), 4, [3, 3, 0]),
    ("size.prtotal=0 size=6", (4, 0), 4, [4, 2]),
    ("size=6 size.prtotal=16", (5, 0), 4, [5, 5, 5, 1]),
    ("size=6 size.prtotal=16", (4, 0), 4, [4, 4, 4, 4, 0]),
    (f"size=6 size.prtotal={ALL}", (5, 0), 0, WHOLE[5]),
    ("size.pr=4 size.prtotal=7", (4, 0), 4, [4, 3]),
    ("size.pr=4 size.prtotal=unlimited", (2, 0), 0, WHOLE[2]),
    ("size.prtotal=disabled", (3, 0), 11, [0]), ("size.prtotal=disabled", (0, 0), 11, [0]),
    ("size.prtotal=disabled", (3, 5), 11, [0]), ("size.prtotal=disabled", (3, 2), 4, [2]),
]


@pytest.mark.parametrize("limit,asked,code,wanted", PAGES,
                         ids=[f"{row[0]} {row[1]}" for row in PAGES])
def test_pages(lines, limit, asked, code, wanted):
    server = lines(f"limits * {limit}")
    assert pages(server, asked[0], size=asked[1]) == (code, wanted)


def test_page_size_bound_leaves_the_size_limit_alone(lines):
    server = lines("limits * size.pr=4")
    assert pages(server, 3, size=8) == expect.differs(
        (11, [0]), (4, [3, 3, 2]), "size.pr is about pages, sizeLimit about all (RFC 2696 3)")


def test_page_limits_say_what_is_wrong(lines):
    for limit, size, text in (("size.prtotal=disabled", 3, "pagedResults control not allowed"),
                              ("size.pr=4", 5, "illegal pagedResults page size")):
        with lines(f"limits * {limit}").client() as connection:
            result = connection.search(data.SUFFIX, controls=[paged(size)])
        assert result.code == 11 and result.text.startswith(text)


@pytest.mark.parametrize("limit", ["size.prtotal=disabled", "size.pr=2"])
def test_pages_of_the_manager(lines, limit):
    assert pages(lines(f"limits * {limit}"), 3, "admin") == (0, WHOLE[3])


def test_disabled_pages_even_when_not_critical(lines):
    assert pages(lines("limits * size.prtotal=disabled"), 3, critical=False) == (11, [0])


def test_a_cookie_does_not_move_to_another_limit(lines):
    """The count is in the cookie: a page asked for twice counts once, and nothing begins anew."""
    server = lines("limits * size.prtotal=7")
    with server.client() as connection:
        first = connection.search(data.SUFFIX, attrs=["1.1"], controls=[paged(4)])
        (_, (_, cookie)), _ = ber.decode_one(first.control(PAGED))
        for _ in range(2 if harness.IMPL == "ours" else 1):
            again = connection.search(data.SUFFIX, attrs=["1.1"], controls=[paged(4, cookie[1])])
            assert (again.code, len(again.entries)) == (4, 3)


# ---- how long ----

TIMES = ["time=5", "time.soft=5 time.hard=8", "time.hard=soft time.soft=5", "time=unlimited",
         "time=none", "time.soft=1 time.hard=unlimited"]


@pytest.mark.parametrize("limit", TIMES)
def test_times_are_taken(lines, limit):
    server = lines(f"limits * {limit}")
    for asked in (0, 3, 5, 6, 8, 9, MOST):
        assert search(server, time=asked) == (0, ALL)


# ---- what is refused ----

WRONG = [
    ("limits *", "<who>"), ("limits * size", "size"), ("limits * size=", "size="),
    ("limits * size=abc", "size=abc"), ("limits * size=-2", "size=-2"),
    ("limits * size=soft", "size=soft"), ("limits * size=99999999999", "size=99999999999"),
    ("limits * size.hard=-5", "size.hard=-5"), ("limits * size.soft=hard", "size.soft=hard"),
    ("limits * size.unchecked=abc", "size.unchecked=abc"),
    ("limits * size.pr=disabled", "size.pr=disabled"),
    ("limits * size.prtotal=soft", "size.prtotal=soft"), ("limits * size.nosuch=5", "size.nosuch"),
    ("limits * sizes=5", "sizes=5"), ("limits * time.unchecked=5", "time.unchecked"),
    ("limits * time.soft=abc", "time.soft=abc"), ("limits dn size=5", "dn"),
    ("limits dn.exact size=5", "dn.exact"), ("limits dn.nosuch=cn=x size=5", "dn.nosuch"),
    ("limits dn.users=x size=5", "dn.users"), ("limits dn.exact=bad size=5", "bad"),
    ("limits dn.regex=cn=( size=5", "cn=("), ("limits nosuch size=5", "nosuch"),
    ("limits self size=5", "self"), ("limits group size=5", "group"),
    ("limits group=bad size=5", "bad"), ("limits group/nosuch=cn=x size=5", "nosuch"),
    ("limits group/groupOfNames/nosuch=cn=x size=5", "nosuch"),
    ("limits group.exact=cn=x size=5", "group"),
]


@pytest.mark.parametrize("line,part", WRONG, ids=expect.case_ids(WRONG))
def test_refused(make, line, part):
    server = make(start=False, databases=[harness.Database(lines=line)])
    done = server.tool("slaptest", "-u")
    assert done.returncode == 1
    if harness.IMPL == "ours":
        number = server.conf.read_text()[:server.conf.read_text().index(line)].count("\n") + 1
        assert f"{server.conf}:{number}: limits" in done.stderr
        assert part in done.stderr.replace(line, "")
        assert "expected" in done.stderr or "not in the schema" in done.stderr or \
            "regular expression" in done.stderr or "unknown attribute" in done.stderr


@pytest.mark.ours("OpenLDAP takes words that it does not know")
@pytest.mark.parametrize("line", ["limits * 5", "limits * unlimited", "limits * nosuch=5"])
def test_unknown_words_are_refused(make, line):
    done = make(start=False, databases=[harness.Database(lines=line)]).tool("slaptest", "-u")
    assert done.returncode == 1 and "is not a limit" in done.stderr


@pytest.mark.ours("OpenLDAP says nothing")
@pytest.mark.parametrize("line,text", [
    ("limits dn= size=5", "fits nobody"),
    ("limits * size=5\nlimits users size=6", "never looked at"),
    ("limits * size.hard=5", "size.hard=5 is less than size.soft=500"),
    ("limits * time.soft=unlimited time.hard=5", "time.hard=5 is not followed"),
])
def test_warnings(make, line, text):
    done = make(start=False, databases=[harness.Database(lines=line)]).tool("slaptest", "-u")
    assert done.returncode == 0 and text in done.stderr
