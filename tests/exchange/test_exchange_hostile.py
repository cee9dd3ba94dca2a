"""Files that are not what they say: each is refused by one clear sentence, and nothing of it comes in."""

import hashlib
import io
import json
import random
import stat
import struct
import sys
import tracemalloc
import zipfile
import zlib

import pytest
from fastapi.testclient import TestClient
from frontier_files import chunk, fill, members, packed, png, signed, with_picture, with_run, zipped
from typer.testing import CliRunner

from backend.app import create_app
from backend.cli import app as cli
from backend.errors import FrontierError, Invalid, TooLarge
from backend.exchange import names
from backend.exchange.bring import bring
from backend.exchange.read import read
from backend.settings import Settings
from backend.spec import RunSpec
from backend.store.migrate import upgrade
from backend.store.session import Database

MOST = 2**24


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A good file: two runs of digits."""
    url = f"sqlite:///{tmp_path_factory.mktemp('good')}/frontier.db"
    upgrade(url)
    database = Database(url)
    fill(database, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})
    yield packed(database)
    database.dispose()


def refusal(content, most=MOST):
    """What is said of a file."""
    with pytest.raises((Invalid, TooLarge)) as raised:
        read(io.BytesIO(content), most)
    assert len(raised.value.detail) < 1500
    return raised.value.detail


def test_the_good_file_is_good(file):
    frontier = read(io.BytesIO(file), MOST)
    assert [len(run.entry.points) for run in frontier.runs()] == [1, 1]


@pytest.mark.parametrize("content", [b"", b"PK", b"a letter to my aunt" * 100, b"\x89PNG\r\n\x1a\n", b"{}"])
def test_what_is_no_archive(content):
    assert "no complete file of a frontier" in refusal(content)


def test_a_file_cut_short_anywhere(file):
    for length in range(0, len(file) - 1, 97):
        refusal(file[:length])


def test_a_file_with_a_flipped_bit_anywhere(file):
    """Where nothing is said, the bit was one that means nothing, and everything is as it was."""
    whole = [run.entry for run in read(io.BytesIO(file), MOST).runs()]
    silent = 0
    for at in range(0, len(file), 23):
        broken = bytearray(file)
        broken[at] ^= 0x10
        try:
            found = read(io.BytesIO(bytes(broken)), MOST)
        except (Invalid, TooLarge):
            continue
        silent += 1
        assert [run.entry for run in found.runs()] == whole
    assert silent < len(file) / 23 / 5


def test_something_else_before_or_inside(file):
    assert "another kind of file" in refusal(b"#!/bin/sh\nrm -rf /\n" + file)
    parts = members(file)
    for name in (
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\boot.ini",
        "pictures/../x.png",
        "model.pkl",
        "pictures/",
        "a\0b",
    ):
        assert "does not belong" in refusal(zipped(parts, (name, b"x"))), name
    assert "does not belong" in refusal(zipped(signed({**parts, "more.json": b"{}"})))


def test_a_name_that_stands_twice(file):
    assert "twice" in refusal(zipped(members(file), ("runs.jsonl", b"{}")))


def test_a_link_and_a_locked_member(file):
    parts = members(file)
    link = zipfile.ZipInfo("runs.jsonl")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    del parts["runs.jsonl"]
    assert "link" in refusal(zipped(parts, (link, b"/etc/passwd")))
    locked = bytearray(file)
    at = locked.rindex(b"PK\1\2")
    locked[at + 8] |= 1
    assert "encrypted" in refusal(bytes(locked))


@pytest.mark.parametrize("missing", ["manifest.json", "datasets.json", "runs.jsonl"])
def test_a_member_that_is_missing(file, missing):
    parts = members(file)
    del parts[missing]
    assert missing in refusal(zipped(parts))


def test_a_member_that_is_not_what_the_manifest_says(file):
    parts = members(file)
    assert "SHA-256" in refusal(
        zipped({**parts, "datasets.json": parts["datasets.json"].replace(b"digits", b"digitz")})
    )
    parts = members(file)
    del parts[next(name for name in parts if name.startswith("pictures/"))]
    assert "does not hold" in refusal(zipped(parts))
    assert "lacks a picture" in refusal(zipped(signed(parts)))
    assert "name is not its SHA" in refusal(zipped(signed({**members(file), f"pictures/{'0' * 64}.png": png()})))
    stranger = b"no picture at all"  # nothing decodes what no point has
    name = f"pictures/{hashlib.sha256(stranger).hexdigest()}.png"
    assert "of no point" in refusal(zipped(signed({**members(file), name: stranger})))
    counts = json.loads(members(file)["manifest.json"])["counts"]
    assert "of no point" in refusal(zipped(signed(members(file), counts={**counts, "pictures": 99})))
    assert "data sets" in refusal(zipped(signed(members(file), counts={**counts, "datasets": 2})))


def test_bombs(file):
    parts = members(file)
    zeros = zipped(signed({**parts, "runs.jsonl": b" " * 2**25}))
    assert len(zeros) < 2**17
    assert "bomb" in refusal(zeros)
    many = {**parts, **{f"pictures/{number:064x}.png": b"\0" * 2**20 for number in range(9)}}
    assert "unpacks to" in refusal(zipped(many), most=2**21)
    picture = noise()
    shared = with_run(file, lambda run: share(run, hashlib.sha256(picture).hexdigest(), points=4), **named(picture))
    assert len(shared) < 2**18
    assert "points have pictures of more than 8 MiB" in refusal(shared, most=2**21)
    blank = grey(8192, 4096, zlib.compress(bytes(8193 * 4096)))
    cut = {"count": 32, "columns": 8, "height": 1024, "width": 1024}
    large = with_run(file, lambda run: run["points"][0]["pictures"][0].update(cut, **digest(blank)), **named(blank))
    assert "unpack to pixels of more than 16 MiB" in refusal(large, most=2**20)
    # One kernel of packed data that many names share (D. Fifield, 2019).
    lying = bytearray(file)
    directory = [index for index in range(len(lying) - 4) if lying[index : index + 4] == b"PK\1\2"]
    offset = lying[directory[0] + 42 : directory[0] + 46]
    lying[directory[1] + 42 : directory[1] + 46] = offset
    assert "overlap" in refusal(bytes(lying))


def noise():
    """A picture of 256 x 512 pixels that does not pack."""
    rows = random.Random(0).randbytes(513 * 256)
    return grey(512, 256, zlib.compress(bytes(0 if at % 513 == 0 else each for at, each in enumerate(rows))))


def digest(picture):
    return {"sha256": hashlib.sha256(picture).hexdigest()}


def named(picture):
    return {hashlib.sha256(picture).hexdigest(): picture}


def share(run, sha256, points):
    """Let a run have so many points, each with 64 names for one picture."""
    tiles = {"sha256": sha256, "count": 1, "columns": 1, "height": 256, "width": 512, "channels": 1}
    first = run["points"][0]
    pictures = [{"name": f"p{number}", **tiles} for number in range(64)]
    run["points"] = [{**first, "id": f"{first['id']}-{number}", "pictures": pictures} for number in range(points)]


def test_what_many_points_share_is_never_held_for_all_of_them(file, sqlite_url):
    picture = noise()
    shared = with_run(file, lambda run: share(run, hashlib.sha256(picture).hexdigest(), points=8), **named(picture))
    database = Database(sqlite_url)
    tracemalloc.start()
    found = bring(database, io.BytesIO(shared), 2**26)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.points == 9
    assert peak < 2**25, "512 copies have 64 MiB"
    database.dispose()


def test_too_large_says_what_to_do(file):
    for words in ("FRONTIER_UPLOAD_LIMIT_MB", "export fewer"):
        assert words in refusal(file, most=len(file) - 1)


def test_too_many_members(file, monkeypatch):
    from backend.exchange import archive

    monkeypatch.setattr(archive, "MOST_MEMBERS", 5)
    assert "at most 5" in refusal(file)
    monkeypatch.setattr(archive, "MOST_CONTENTS_BYTES", 100)
    assert "table of contents" in refusal(file)


def test_a_line_that_never_ends(file, monkeypatch):
    from backend.exchange import archive

    monkeypatch.setattr(archive, "MOST_LINE_BYTES", 1000)
    assert "longer than" in refusal(file)


def test_a_newer_format_says_upgrade(file):
    parts = signed(members(file), version=names.VERSION + 1, program="7.0", something_new={"a": 1})
    said = refusal(zipped(parts))
    assert f"made by version 7.0 in format {names.VERSION + 1}" in said
    assert "upgrade" in said
    assert "another program" in refusal(zipped(signed(members(file), format="zip of holiday pictures")))


@pytest.mark.parametrize("text", [b"", b"null", b"[]", b"{", b'{"format": "rd-frontier"}', b"\xff\xfe", b"[" * 100_000])
def test_a_manifest_that_is_none(file, text):
    refusal(zipped({**members(file), "manifest.json": text}))


NOT_RUNS = {
    "unknown field": lambda run: run.update(code="import os"),
    "missing field": lambda run: run.pop("digest"),
    "number as text": lambda run: run["points"][0].update(beta="1.0"),
    "text as number": lambda run: run.update(notes=5),
    "long notes": lambda run: run.update(notes="x" * 20_001),
    "NUL": lambda run: run.update(notes="a\0b"),
    "NUL inside": lambda run: run["points"][0]["estimates"]["rate"]["settings"].update(a="a\0b"),
    "half a surrogate": lambda run: run.update(notes="\ud800"),
    "a sum that is none": lambda run: place(run, "neg_elbo", 2.5),
    "a sum that is a little off": lambda run: place(run, "neg_elbo", 2.5 + 1 / 3 + 1e-4),
    "a sum without end": lambda run: place(run, "neg_elbo", "-Infinity"),
    "a sum of nothing": lambda run: place(run, "rate", None),
    "no sum": lambda run: place(run, "neg_elbo", None),
    "a rate that is no number": lambda run: place(run, "rate", "NaN"),
    "seconds as text": lambda run: run.update(timings={"train_s": "x"}),
    "seconds as a list": lambda run: run.update(timings={"train_s": [1.0]}),
    "seconds below nothing": lambda run: run.update(timings={"train_s": -1.0}),
    "seconds without end": lambda run: run.update(timings={"train_s": "NaN"}),
    "before the calendar": lambda run: run.update(created_at="0001-01-01T00:00:00+14:00"),
    "after the calendar": lambda run: run.update(finished_at="9999-12-31T23:59:59-14:00"),
    "before there were runs": lambda run: run["points"][0].update(created_at="0001-01-01T00:00:00Z"),
    "many tags": lambda run: run.update(tags=["x"] * 101),
    "no time zone": lambda run: run.update(created_at="2026-01-01T00:00:00"),
    "no time": lambda run: run.update(created_at=0),
    "a whole number without end": lambda run: run["points"][0].update(beta=10**400),
    "odd text for a number": lambda run: run["points"][0]["arrays"].update(a=["nan"]),
    "array of arrays": lambda run: run["points"][0]["arrays"].update(a=[[1.0]]),
    "name with a path": lambda run: run["points"][0]["arrays"].update({"../../a": [1.0]}),
    "id with a path": lambda run: run.update(id="../runs"),
    "picture with a path": lambda run: run["points"][0]["pictures"][0].update(name="../inputs"),
    "deep": lambda run: run["points"][0]["estimates"]["rate"]["settings"].update(a=json.loads("[" * 40 + "]" * 40)),
    "very deep": lambda run: run.update(timings=deep(900)),
    "no points": lambda run: run.update(points=[]),
    "the same point twice": lambda run: run["points"].append(run["points"][0]),
    "no rate": lambda run: run["points"][0]["estimates"].pop("rate"),
    "a label of its own": lambda run: run["points"][0].update(label="<b>best</b>"),
    "another digest": lambda run: run.update(digest="0" * 64),
    "another specification": lambda run: run["spec"].update(seed=99),
    "a specification of a newer version": lambda run: run["spec"].update(quantum=True),
    "a part of a newer version": lambda run: run["spec"]["architecture"].update(marginal={"kind": "quantum"}),
    "a tuple it is not": lambda run: run.update(architecture="+++"),
    "a data set it is not": lambda run: run.update(dataset="digits/threshold"),
    "a data set nobody knows": lambda run: run["spec"]["dataset"].update(name="secret"),
    "a method nobody knows": lambda run: run.update(method="quantum-vae"),
    "a curve that is no table": lambda run: run["history"].update(rate=[1.0]),
    "a curve that goes back": lambda run: run["history"].update(step=[9, 1]),
    "a curve without steps": lambda run: run["history"].update(step=[1.5, 2.5]),
    "pictures cut otherwise": lambda run: run["points"][0]["pictures"][0].update(columns=1),
    "pictures without end": lambda run: run["points"][0]["pictures"][0].update(count=10**12),
    "two pictures of one name": lambda run: run["points"][0]["pictures"].append(run["points"][0]["pictures"][0]),
    "a picture that is elsewhere": lambda run: run["points"][0]["pictures"][0].update(sha256="0" * 64),
    "an origin of its own": lambda run: run.update(origin={"run": "x", "evil": 1}),
}


def place(run, name, value):
    run["points"][0]["estimates"][name]["value"] = value


def deep(levels):
    value = {}
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize("wrong", NOT_RUNS)
def test_a_run_that_is_not_one(file, wrong):
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 3000))
    said = refusal(with_run(file, NOT_RUNS[wrong]))
    assert "runs.jsonl" in said or "run" in said or "point" in said


def test_one_wrong_line_is_named(file):
    said = refusal(with_run(file, lambda run: run.update(notes=5)))
    assert "runs.jsonl (run " in said
    assert "notes" in said
    assert "made by version" not in said


def test_an_unknown_field_of_another_version_says_so(file):
    parts = members(with_run(file, lambda run: run.update(quantum=True)))
    assert "made by version 9.9" in refusal(zipped(signed(parts, program="9.9")))


@pytest.mark.parametrize("text", [b"\n", b"null\n", b"[]\n", b"{\n", b"{}\n", b"\xff\n", b'{"id": 1, "id": 2}\n'])
def test_lines_that_are_no_runs(file, text):
    parts = members(file)
    refusal(zipped(signed({**parts, "runs.jsonl": parts["runs.jsonl"] + text})))


def test_numbers_of_runs_and_points_that_are_not_so(file):
    parts = members(file)
    line = parts["runs.jsonl"].splitlines(keepends=True)[0]
    one = signed({**parts, "runs.jsonl": line})
    assert any(words in refusal(zipped(one)) for words in ("holds 1 runs", "of no point"))
    assert "twice" in refusal(zipped(signed({**parts, "runs.jsonl": line * 2})))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../digits"},
        {"height": 10**9},
        {"splits": {"train": 0, "validation": 0, "test": 0}},
        {"splits": {"train": 10}},
        {"sha256": "0" * 64},
        {"values": "<script>"},
        {"images": [1, 2, 3]},
    ],
)
def test_a_data_set_that_is_not_one(file, change):
    parts = members(file)
    told = json.loads(parts["datasets.json"])
    told["datasets"][0] |= change
    refusal(zipped(signed({**parts, "datasets.json": json.dumps(told).encode()})))


def test_what_ships_with_the_program_is_as_the_program_knows_it(file):
    """A file cannot make grey digits binary ones."""
    parts = members(file)
    told = json.loads(parts["datasets.json"])
    told["datasets"][0]["values"] = "binary"
    parts["datasets.json"] = json.dumps(told).encode()

    def binary(run):
        run["spec"]["dataset"]["binarize"] = "none"
        run.update(dataset="digits/none", digest=RunSpec.model_validate_json(json.dumps(run["spec"])).digest)

    assert "was not trained on the data set digits" in refusal(with_run(zipped(signed(parts)), binary))


def grey(width, height, data, *, kind=0, depth=8, more=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = chunk(b"IHDR", header) + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


NOT_PICTURES = {
    "no PNG": b"GIF89a" + bytes(100),
    "a page": b"<svg onload=alert(1)>",
    "cut short": png()[:-20],
    "something behind": png() + b"<?php",
    "text inside": png(before_end=chunk(b"tEXt", b"Comment\0<script>")),
    "a profile": png(before_end=chunk(b"iCCP", b"x")),
    "a wrong checksum": png().replace(b"IDAT", b"IDAS"),
    "larger than its header": grey(16, 8, zlib.compress(bytes(17 * 9))),
    "smaller than its header": grey(16, 8, zlib.compress(bytes(17 * 7))),
    "a bomb": grey(16, 8, zlib.compress(bytes(2**24))),
    "a bomb in the header": grey(50_000, 50_000, zlib.compress(b"")),
    "sizes without end": grey(2**31 - 1, 2**31 - 1, zlib.compress(b"")),
    "no size": grey(0, 0, zlib.compress(b"")),
    "sixteen bits": grey(16, 8, zlib.compress(bytes(33 * 8)), depth=16),
    "a palette": grey(16, 8, zlib.compress(bytes(17 * 8)), kind=3),
    "not packed": grey(16, 8, bytes(17 * 8)),
    "a filter that is none": grey(16, 8, zlib.compress((b"\x09" + bytes(16)) * 8)),
    "packed data behind the packed data": grey(16, 8, zlib.compress(bytes(17 * 8)) + b"more"),
    "two headers": png().replace(chunk(b"IEND", b""), png()[8:]),
}


@pytest.mark.parametrize("wrong", NOT_PICTURES)
def test_a_picture_that_is_not_one(file, wrong):
    assert "picture" in refusal(with_picture(file, NOT_PICTURES[wrong]))


def test_a_picture_of_another_size_or_colour(file):
    for other in (png(height=9), png(width=8), png(colour=2)):
        assert "not cut as it says" in refusal(with_picture(file, other))


def test_rest_and_the_command_line_refuse_and_keep_nothing(file, sqlite_url, tmp_path, monkeypatch):
    settings = Settings(home=tmp_path, database_url=sqlite_url, upload_limit_mb=1)
    app = create_app(settings)
    client = TestClient(app, base_url="http://127.0.0.1:8050")
    second = with_run(file, lambda run: run["points"][0].update(beta="1.0"))
    for content, status in ((second, 422), (file[:-30], 422), (b"", 422), (bytes(2**20 + 2**17), 413)):
        answer = client.post("/api/v1/import", files={"file": ("a.frontier", content)})
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    late = with_run(file, lambda run: run.update(created_at="0001-01-01T00:00:00+14:00"))
    answer = client.post("/api/v1/import", files={"file": ("a.frontier", late)})
    assert (answer.status_code, "created_at" in answer.json()["detail"]) == (422, True)
    answer = client.post("/api/v1/import", content=b"--", headers={"Content-Type": "multipart/form-data"})
    assert (answer.status_code, "multipart/form-data" in answer.json()["errors"][0]["msg"]) == (400, True)
    for body in ({"data": {"file": "x"}}, {"json": {}}, {"content": b"--"}):
        assert client.post("/api/v1/import", **body).status_code == 422
    monkeypatch.setenv("FRONTIER_DATABASE_URL", sqlite_url)
    bad = tmp_path / "bad.frontier"
    bad.write_bytes(second)
    for arguments in (["import", bad], ["open", bad], ["import", tmp_path / "none"], ["open", tmp_path]):
        found = CliRunner().invoke(cli, [str(each) for each in arguments])
        assert isinstance(found.exception, FrontierError), found
    assert client.get("/api/v1/runs").json()["items"] == []
    assert client.get("/api/v1/points").json()["total"] == 0
    app.state.database.dispose()
