"""Every bad input is one clear problem that names the field and says what to do; never a 5xx, and nothing is stored."""

import json
import time

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from backend.api import bodies

DIGITS = {"dataset": "digits"}

BAD_BODIES = [
    ({"bet": 1.0}, ["bet"], "did you mean beta"),
    ({"dataset": "nothing"}, ["dataset"], "there are"),
    ({"dataset": "digits/none"}, ["dataset"], "choose"),
    ({**DIGITS, "beta": 0}, ["beta"], "greater than 0"),
    ({**DIGITS, "beta": -1.0}, ["beta"], "greater than 0"),
    ({**DIGITS, "beta": "1"}, ["beta"], "number"),
    ({**DIGITS, "beta": True}, ["beta"], "number"),
    ({**DIGITS, "beta": None}, ["beta"], "number"),
    ({**DIGITS, "beta": 2e6}, ["beta"], "1000000"),
    ({**DIGITS, "beta": 1.0, "target_rate": 2.0}, ["target_rate"], "keep one"),
    ({**DIGITS, "beta": 1.0, "objective": {"rate": {"beta": 1.0}}}, ["beta"], "keep one"),
    ({**DIGITS, "target_rate": -0.1}, ["target_rate"], "greater than or equal to 0"),
    ({**DIGITS, "epochs": 0}, ["epochs"], "1"),
    ({**DIGITS, "epochs": 10**9}, ["epochs"], "100000"),
    ({**DIGITS, "epochs": 1.5}, ["epochs"], "integer"),
    ({**DIGITS, "seed": -1}, ["seed"], "0"),
    ({**DIGITS, "seed": 2**53}, ["seed"], "9007199254740991"),
    ({**DIGITS, "seed": 10**4000}, ["seed"], "9007199254740991"),
    ({**DIGITS, "width": 0}, ["width"], "greater than 0"),
    ({**DIGITS, "width": 17}, ["width"], "16"),
    ({**DIGITS, "latent_dim": 10_001}, ["latent_dim"], "10000"),
    ({**DIGITS, "batch_size": 65_537}, ["batch_size"], "65536"),
    ({**DIGITS, "train_limit": 1258}, ["train_limit"], "1257"),
    ({"dataset": {"name": "digits", "eval_limit": 361}}, ["dataset", "eval_limit"], "360"),
    ({**DIGITS, "architecture": "-x-"}, ["architecture"], "symbol 2"),
    ({**DIGITS, "architecture": "--"}, ["architecture"], "three symbols"),
    ({**DIGITS, "architecture": ["-", "-", "-"]}, ["architecture"], "object"),
    ({**DIGITS, "architecture": {"encoder": {"kind": "magic"}}}, ["architecture", "encoder", "kind"], "gaussian"),
    ({**DIGITS, "method": "nothing"}, ["method"], "choose from"),
    ({**DIGITS, "method": "vae", "beta": 2.0}, ["beta"], "no such knob"),
    ({**DIGITS, "training": {"optimiser": "sgd"}}, ["training", "optimiser"], "has no optimiser"),
    ({**DIGITS, "training": 3}, ["training"], "object"),
    ({**DIGITS, "evaluation": {"estimators": "all"}}, ["evaluation", "estimators"], "array"),
    ({**DIGITS, "dataset": {"name": "digits", "sha256": "0" * 64}}, ["dataset", "sha256"], "other content"),
]

UNREADABLE = [
    b"",
    b"  ",
    b"{",
    b"null",
    b"[]",
    b"3",
    b'"digits"',
    b"\xff\xfe\x00",
    b'{"beta": NaN}',
    b'{"beta": Infinity}',
    b'{"beta": -Infinity}',
    b'{"beta": 1e999}',
    b'{"seed": ' + b"1" * 5000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"training":' * 40 + b"1" + b"}" * 40,
    b'{"dataset": "\\ud800"}',
    b'{"\\udfff": 1}',
    b'{"dataset": "a\\u0000b"}',
    b'{"beta": 1, "beta": 2}',
    b'{"architecture": "\\ud83d"}',
    b'{"method": "\\udc00x"}',
]


def assert_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.content.decode("utf-8"))
    assert set(problem) >= {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["detail"]
    return problem


@pytest.mark.parametrize(("body", "loc", "says"), BAD_BODIES)
def test_a_bad_field_is_named(refusing, body, loc, says):
    problem = assert_problem(refusing.post("/api/v1/runs", json=body), 422)
    named = {tuple(error["loc"]): error["msg"] for error in problem["errors"]}
    assert tuple(loc) in named
    assert says in named[tuple(loc)]
    assert refusing.get("/api/v1/runs").json()["items"] == []


@pytest.mark.parametrize("content", UNREADABLE, ids=range(len(UNREADABLE)))
def test_an_unreadable_body_is_a_problem(refusing, content):
    for path in ("/api/v1/runs", "/api/v1/sweeps"):
        problem = assert_problem(refusing.post(path, content=content), 422)
        assert problem["errors"]
    assert refusing.get("/api/v1/runs").json()["items"] == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_named(refusing, number):
    content = f'{{"dataset": "digits", "objective": {{"rate": {{"beta": {number}}}}}}}'
    (error,) = assert_problem(refusing.post("/api/v1/runs", content=content), 422)["errors"]
    assert (error["loc"], error["msg"]) == (["objective", "rate", "beta"], "Input should be a finite number")


def test_a_body_of_nothing_but_mistakes_is_answered_at_once(refusing):
    bodies = [
        {f"a{number}": 1 for number in range(60_000)},
        {"training": {f"a{number}": 1 for number in range(60_000)}},
        {"evaluation": {"estimators": ["x"] * 100_000}},
    ]
    for body in bodies:
        began = time.monotonic()
        problem = assert_problem(refusing.post("/api/v1/runs", json=body), 422)
        assert 0 < len(problem["errors"]) <= 50
        assert time.monotonic() - began < 10
    doubles = b"{" + b",".join(b'"a%d": 1' % number for number in range(50_000)) + b', "a49999": 1}'
    assert "a49999" in assert_problem(refusing.post("/api/v1/runs", content=doubles), 422)["detail"]


def test_a_body_of_too_many_values_is_refused_however_they_lie():
    for body in ([0] * 500_000, [[0] * 1000] * 500, {"a": {str(number): [] for number in range(100_000)}}):
        (problem,) = bodies._unstorable(body)
        assert "more than 20000 values" in problem.msg


def test_notes_that_no_database_can_keep_are_refused(everywhere):
    run = everywhere.post("/api/v1/runs", json=DIGITS).json()
    path = f"/api/v1/runs/{run['id']}"
    for notes in (b'{"notes": "a\\u0000b"}', b'{"notes": "\\ud800"}', b'{"tags": ["\\u0000"]}'):
        assert_problem(everywhere.patch(path, content=notes), 422)
    assert everywhere.get(path).json()["notes"] == ""


def test_ids_that_cannot_be_are_404(everywhere):
    for bad in ("a%00b", "%00", "%ED%A0%80", "x" * 2000, "..%2f..", "%F0%9F%92%A9"):
        for path in (f"runs/{bad}", f"points/{bad}", f"points/{bad}/samples", f"jobs/{bad}", f"sweeps/{bad}"):
            assert_problem(everywhere.get(f"/api/v1/{path}"), 404)
        assert_problem(everywhere.get(f"/api/v1/datasets/{bad}"), 404)
        assert_problem(everywhere.delete(f"/api/v1/runs/{bad}"), 404)


def test_nul_in_a_query_is_a_problem(everywhere):
    for query in ("architecture=%00", "method=%00", "sweep=%00", "dataset=%00", "cursor=%00", "status=%00"):
        assert_problem(everywhere.get(f"/api/v1/runs?{query}"), 422)
    for query in ("architecture=%00", "method=%00", "sweep=%00", "dataset=%00"):
        assert_problem(everywhere.get(f"/api/v1/points?{query}"), 422)
    assert_problem(everywhere.get("/api/v1/frontier?dataset=%00"), 422)


def test_a_cursor_of_another_list_is_a_problem(everywhere):
    for cursor in ("x", "AAAA", "MjAyNg==", "é", "ZZZZ" * 20):
        problem = assert_problem(everywhere.get("/api/v1/runs", params={"cursor": cursor}), 422)
        assert problem["errors"][0]["loc"] == ["cursor"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=" + "9" * 5000, "status=done"])
def test_a_bad_query_names_its_parameter(refusing, query):
    problem = assert_problem(refusing.get(f"/api/v1/runs?{query}"), 422)
    assert problem["errors"][0]["loc"] == [query.partition("=")[0]]


def test_unknown_paths_under_api_are_404_as_json(refusing):
    for path in ("/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/runs", "/api/v1/run", "/api/v1/runs/a/b/c"):
        for method in ("GET", "POST", "DELETE", "PATCH", "PUT"):
            assert_problem(refusing.request(method, path), 404)


def test_unknown_methods_are_405_and_say_which_are_known(refusing):
    for method, path, allowed in (
        ("DELETE", "/api/v1/runs", "GET, POST"),
        ("GET", "/api/v1/runs/x/cancel", "POST"),
        ("PUT", "/api/v1/runs/x", "GET, PATCH, DELETE"),
        ("POST", "/api/v1/catalogue", "GET"),
        ("BREW", "/api/v1/points", "GET"),
    ):
        answer = refusing.request(method, path)
        assert_problem(answer, 405)
        assert answer.headers["allow"] == allowed


def test_a_body_over_the_limit_is_413_however_it_arrives(refusing):
    large = b'{"notes": "' + b"x" * (2 * 2**20) + b'"}'
    assert_problem(refusing.post("/api/v1/runs", content=large), 413)
    assert_problem(refusing.post("/api/v1/runs", content=iter([large[: 2**19]] * 6)), 413)
    assert_problem(refusing.post("/api/v1/runs", content=b"{}", headers={"content-length": "9" * 30}), 413)


def test_a_database_that_is_away_is_503_with_a_sentence(client, monkeypatch):
    def away(*_arguments, **_more):
        raise OperationalError("SELECT 1", {}, Exception("could not connect to server"))

    monkeypatch.setattr(client.app.state.database.engine.pool, "connect", away)
    for path in ("/api/v1/runs", "/api/v1/changes", "/api/v1/points", "/api/v1/catalogue"):
        problem = assert_problem(client.get(path), 503)
        assert "could not connect to server" in problem["detail"]
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_full_disk_is_409_and_nothing_is_lost(client):
    run = client.post("/api/v1/runs", json=DIGITS).json()
    engine = client.app.state.database.engine
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine.dispose()
    event.listen(engine, "connect", lambda raw, _record: raw.execute(f"PRAGMA max_page_count = {pages}"))
    answers = [client.post("/api/v1/runs", json={**DIGITS, "seed": seed}) for seed in range(1, 20)]
    problem = assert_problem(answers[-1], 409)
    assert "full" in problem["detail"]
    stored = {each["id"] for each in client.get("/api/v1/runs").json()["items"]}
    assert stored == {run["id"]} | {answer.json()["id"] for answer in answers if answer.status_code == 201}
