"""Operational attributes that the server keeps (RFC 4512 3.4, 4530, 5020, 3673)."""

import re
import time

import pytest

from . import data, expect, ldif

JEAN = data.dn_of("jean")

SHAPES = [
    ("entryUUID", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ("entryCSN", r"\d{14}\.\d{6}Z#[0-9a-f]{6}#[0-9a-f]{3}#[0-9a-f]{6}"),
    ("createTimestamp", r"\d{14}Z"),
    ("modifyTimestamp", r"\d{14}Z"),
    ("creatorsName", re.escape(data.ADMIN)),
    ("modifiersName", re.escape(data.ADMIN)),
    ("structuralObjectClass", "inetOrgPerson"),
    ("entryDN", re.escape(JEAN)),
    ("subschemaSubentry", "cn=Subschema"),
    ("hasSubordinates", "FALSE"),
]


@pytest.mark.parametrize("name,shape", SHAPES, ids=expect.case_ids(SHAPES))
@pytest.mark.parametrize("source", ["slapadd", "add"])
def test_shape(admin, sandbox, source, name, shape):
    dn = JEAN
    if source == "add":
        dn = f"uid=new,{sandbox}"
        expect.ok(admin.add(dn, data.person("new", "New", "One", 99)))
        shape = shape.replace(re.escape(JEAN), re.escape(dn))
    values = admin.read(dn, [name]).text(name)
    assert len(values) == 1 and re.fullmatch(shape, values[0]), values


def test_uuids_and_csns_are_unique_and_grow(admin, sandbox):
    for n in range(30):
        expect.ok(admin.add(f"cn=n{n},{sandbox}", {"objectClass": "person", "sn": "x"}))
    entries = admin.search(sandbox, 2, "(sn=x)", ["entryUUID", "entryCSN"]).entries
    assert len({e.text("entryUUID")[0] for e in entries}) == 30
    stamps = [e.text("entryCSN")[0]
              for e in sorted(entries, key=lambda e: int(re.search(r"n(\d+)", e.dn).group(1)))]
    assert stamps == sorted(set(stamps)), "each change has a later CSN"


def test_times_are_now(admin, sandbox):
    before = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() - 2))
    expect.ok(admin.add(f"cn=t,{sandbox}", {"objectClass": "person", "sn": "x"}))
    entry = admin.read(f"cn=t,{sandbox}", ["createTimestamp", "modifyTimestamp"])
    after = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 2))
    for name in entry.names():
        assert before <= entry.text(name)[0] <= after


def test_structural_class_is_the_most_derived(admin, sandbox):
    dn = f"cn=s,{sandbox}"
    expect.ok(admin.add(dn, {"objectClass": ["person", "inetOrgPerson", "top",
                                             "organizationalPerson"], "sn": "x"}))
    assert admin.read(dn, ["structuralObjectClass"]).attrs == \
        [("structuralObjectClass", [b"inetOrgPerson"])]


def test_names_of_who_wrote(make):
    server = make(access="access to * by users write by * read")
    jean = "uid=JEAN,ou=people,dc=falcot,dc=com"
    with server.client(jean, "jean-pw") as connection:
        result = connection.modify(data.dn_of("joe"), [(2, "sn", ["y"])])
        if result.code == 0:
            names = connection.read(data.dn_of("joe"), ["creatorsName", "modifiersName"])
            assert names.text("creatorsName") == [data.ADMIN]
            assert names.text("modifiersName")[0].lower() == JEAN.lower()
    server.stop()


@pytest.mark.ours("OpenLDAP's mdb has no numSubordinates")
def test_num_subordinates(admin, sandbox):
    def count():
        return admin.read(sandbox, ["numSubordinates"]).text("numSubordinates")
    assert count() in (["0"], [])
    for n in range(3):
        expect.ok(admin.add(f"cn=n{n},{sandbox}", {"objectClass": "person", "sn": "x"}))
    assert count() == ["3"]
    expect.ok(admin.delete(f"cn=n0,{sandbox}"))
    assert count() == ["2"]
    assert sandbox in admin.search(data.SUFFIX, 2, "(numSubordinates=2)", ["1.1"]).dns()


def test_lastmod_off(make):
    server = make(access="lastmod off")
    with server.admin() as admin:
        dn = f"cn=x,{data.SUFFIX}"
        expect.ok(admin.add(dn, {"objectClass": "person", "sn": "x"}))
        names = admin.read(dn, ["+"]).names()
        assert "createTimestamp" not in names and "modifiersName" not in names
        assert "structuralObjectClass" in names
    server.stop()


def test_slapadd_keeps_given_stamps(make):
    given = [("entryUUID", ["11111111-2222-3333-4444-555555555555"]),
             ("creatorsName", ["cn=old"]), ("createTimestamp", ["19990101000000Z"]),
             ("entryCSN", ["20000101000000.000000Z#000000#000#000000"]),
             ("modifiersName", ["cn=older"]), ("modifyTimestamp", ["20000101000000Z"])]
    dn, attrs = data.entries()[0]
    server = make(entries=ldif.dump([(dn, attrs + given)]))
    with server.client() as connection:
        entry = connection.read(dn, ["+"])
        for name, values in given:
            assert entry.text(name) == values
    server.stop()
