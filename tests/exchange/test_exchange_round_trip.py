"""A frontier goes out and comes in again: to the last bit, on both databases, with its origin, once."""

import io
import json
import math

import pytest
from fastapi.testclient import TestClient
from frontier_files import AWKWARD, EVERYTHING, fill, members, packed, with_run
from sqlalchemy import select, text
from typer.testing import CliRunner

from backend.app import create_app
from backend.cli import app as cli
from backend.datasets import DATASETS
from backend.exchange.bring import _new_run, bring
from backend.exchange.read import read
from backend.settings import Settings
from backend.spec import RunSpec
from backend.store import arrivals, exchange, history
from backend.store.exchange import Selection
from backend.store.migrate import upgrade
from backend.store.session import Database, DatabaseError
from backend.store.staging import staged
from backend.store.tables import Point, Run

HERE = "http://127.0.0.1:8050"
MOST = 2**29


@pytest.fixture
def other(tmp_path):
    """Another program's database, empty."""
    upgrade(f"sqlite:///{tmp_path}/other.db")
    database = Database(f"sqlite:///{tmp_path}/other.db")
    yield database
    database.dispose()


@pytest.fixture
def rest(database, tmp_path):
    """REST over a database, once on SQLite and once on Postgres."""
    url = database.url.render_as_string(hide_password=False)
    app = create_app(Settings(home=tmp_path, database_url=url))
    yield TestClient(app, base_url=HERE)
    app.state.database.dispose()


def content(database, selection=EVERYTHING):
    """All that a file holds of a database, without what is new by design: ids and origin."""
    with database.read() as session:
        found = []
        for each in exchange.stored(session, exchange.chosen(session, selection)):
            run = {name: value for name, value in vars(each.run).items() if name[0] != "_"}
            for name in ("id", "origin", "revision", "progress", "worker"):
                del run[name]
            points = []
            for stored in each.points:
                point = {name: value for name, value in vars(stored.point).items() if name[0] != "_"}
                del point["id"], point["run_id"]
                pictures = [(p.name, p.png, p.count, p.columns, p.height, p.width, p.channels) for p in stored.pictures]
                points.append((point, pictures))
            found.append((run, [(step, dict(columns)) for step, columns in each.history], points))
    return found


def exact(value):
    """A text that two values share only where every bit of every number is the same."""
    return json.dumps(value, default=repr)


def test_everything_comes_back_to_the_last_bit(database, other):
    bodies = ({"dataset": "digits", "beta": 0.3}, {"dataset": "digits", "seed": 1})
    fill(database, *bodies)
    fill(database, {"dataset": "digits", "seed": 2}, rate=None)
    found = bring(other, io.BytesIO(packed(database)), MOST)
    assert (len(found.runs), found.points, found.already, found.datasets) == (3, 3, [], [])
    before, after = content(database), content(other)
    for _, curve, _ in before:
        for _, columns in curve:
            columns.pop("loss", None)  # null there; what a row lacks is null
    assert exact(after) == exact(before)
    arrays = after[0][2][0][0]["arrays"]["kl_per_dimension"]
    assert [repr(each) for each in arrays] == [repr(each) for each in AWKWARD]
    # And back: what Postgres gets from SQLite is the same again.
    again = members(packed(other))["runs.jsonl"]
    assert [json.loads(line)["points"][0]["arrays"] for line in again.splitlines()] == [
        each[2][0][0]["arrays"] for each in before
    ]


def test_the_same_runs_make_the_same_bytes_but_for_the_time(database):
    fill(database, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})
    one, two = members(packed(database)), members(packed(database))
    assert list(one) == list(two)
    assert one.pop("manifest.json")[:40] == two.pop("manifest.json")[:40]
    assert one == two
    assert len([name for name in one if name.startswith("pictures/")]) == 3, "what two points share is there once"


def test_what_is_here_already_is_not_added_again_also_by_a_detour(database, other, tmp_path):
    ids = fill(database, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})
    file = packed(database)
    first = bring(other, io.BytesIO(file), MOST)
    second = bring(other, io.BytesIO(file), MOST)
    assert (second.runs, second.points, list(second.already)) == ([], 0, list(first.runs))
    assert list(bring(database, io.BytesIO(packed(other)), MOST).already) == ids, "they came from here"
    upgrade(f"sqlite:///{tmp_path}/third.db")
    third = Database(f"sqlite:///{tmp_path}/third.db")
    bring(third, io.BytesIO(packed(other)), MOST)
    assert bring(third, io.BytesIO(file), MOST).runs == [], "known by where they were trained"
    third.dispose()


def test_nan_survives_where_the_database_knows_it(other, tmp_path):
    ids = fill(other, {"dataset": "digits"})
    with other.write() as session:
        history.add_rows(session, ids[0], [(20, {"rate": math.nan, "loss": -math.inf})])
        point = session.query(Point).one()
        point.arrays = {**point.arrays, "odd": [math.nan, math.inf, None, 1.0]}
    file = packed(other)
    assert b'"odd":["NaN","Infinity",null,1.0]' in members(file)["runs.jsonl"]
    upgrade(f"sqlite:///{tmp_path}/third.db")
    third = Database(f"sqlite:///{tmp_path}/third.db")
    bring(third, io.BytesIO(file), MOST)
    assert exact(content(third)[0][2]) == exact(content(other)[0][2])
    assert "NaN" in exact(content(third)[0][1])
    third.dispose()


def test_a_database_without_nan_keeps_null(database, other):
    ids = fill(other, {"dataset": "digits"})
    with other.write() as session:
        history.add_rows(session, ids[0], [(20, {"rate": math.nan})])
    bring(database, io.BytesIO(packed(other)), MOST)
    with database.read() as session:
        (found,) = exchange.stored(session, exchange.chosen(session, EVERYTHING))
    kept = found.history[-1][1]["rate"]
    assert math.isnan(kept) if database.is_sqlite else kept is None


def test_rest_exports_and_imports_and_says_where_runs_are_from(rest, other):
    ids = fill(other, {"dataset": "digits", "seed": 5})
    answer = rest.post("/api/v1/import", files={"file": ("a.frontier", packed(other))})
    assert answer.status_code == 201, answer.text
    (run_id,) = answer.json()["runs"]
    run = rest.get(f"/api/v1/runs/{run_id}").json()
    assert run_id not in ids
    assert (run["origin"]["run"], run["status"], run["tags"][0]) == (ids[0], "succeeded", "<img onerror=1>")
    assert rest.get("/api/v1/points?dataset=digits").json()["total"] == 1
    (point_id,) = run["points"]
    assert rest.get(f"/api/v1/points/{point_id}/images/inputs.png").content.startswith(b"\x89PNG")
    again = rest.post("/api/v1/import", files={"file": ("a.frontier", packed(other))})
    assert (again.status_code, again.json()["already"]) == (200, [run_id])
    exported = rest.get("/api/v1/export?dataset=digits")
    assert exported.headers["content-type"] == "application/vnd.rd-frontier+zip"
    assert "digits-static.frontier" in exported.headers["content-disposition"]
    line = json.loads(members(exported.content)["runs.jsonl"])
    assert (line["id"], line["origin"]["run"]) == (run_id, ids[0])


def test_an_imported_run_has_no_model_here(rest, other):
    fill(other, {"dataset": "digits"})
    (run_id,) = rest.post("/api/v1/import", files={"file": ("a", packed(other))}).json()["runs"]
    (point_id,) = rest.get(f"/api/v1/runs/{run_id}").json()["points"]
    refused = rest.post(f"/api/v1/points/{point_id}/jobs", json={"kind": "draw", "count": 4})
    assert (refused.status_code, "imported" in refused.json()["detail"]) == (409, True)
    longer = rest.post(f"/api/v1/runs/{run_id}/continue", json={"epochs": 2})
    assert (longer.status_code, "no checkpoint here" in longer.json()["detail"]) == (409, True)
    assert rest.post(f"/api/v1/runs/{run_id}/retry").status_code == 409
    assert rest.post(f"/api/v1/runs/{run_id}/cancel").status_code == 409
    assert rest.get(f"/api/v1/runs/{run_id}/checkpoint").status_code == 404
    assert rest.delete(f"/api/v1/runs/{run_id}").status_code == 204
    assert rest.post("/api/v1/import", files={"file": ("a", packed(other))}).status_code == 201, "it may come again"


def test_export_takes_a_selection_and_refuses_an_empty_one(rest):
    database = rest.app.state.database
    ids = fill(database, {"dataset": "digits"}, {"dataset": "digits/threshold"})
    rest.patch(f"/api/v1/runs/{ids[1]}", json={"tags": ["mine"]})
    sweep = rest.post("/api/v1/sweeps", json={"base": {"dataset": "digits"}, "grid": {"seed": [0]}}).json()
    for query, expected in (
        ("", ids), ("dataset=digits/threshold", ids[1:]), ("tag=mine", ids[1:]), (f"sweep={sweep['id']}", ids[:1]),
    ):  # fmt: skip
        file = rest.get(f"/api/v1/export?{query}")
        assert [json.loads(line)["id"] for line in members(file.content)["runs.jsonl"].splitlines()] == expected
    for query, status in (("tag=none", 409), ("dataset=none", 422), ("sweep=none", 404)):
        refused = rest.get(f"/api/v1/export?{query}")
        assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")


def test_an_upload_that_is_not_here_is_shown_all_the_same(rest, other, tmp_path):
    fresh = create_app(Settings(home=tmp_path / "b", database_url=other.url.render_as_string(hide_password=False)))
    images = upload()
    made = TestClient(fresh, base_url=HERE).post("/api/v1/datasets", data={"name": "mine"}, files={"file": images})
    assert made.status_code == 201, made.text
    fill(other, {"dataset": "mine", "epochs": 1})
    brought = rest.post("/api/v1/import", files={"file": ("a", packed(other))}).json()
    assert brought["datasets"] == ["mine"]
    assert rest.get("/api/v1/points?dataset=mine").json()["total"] == 1
    assert rest.get("/api/v1/frontier?dataset=mine").json()["groups"][0]["staircase"]
    assert "mine" in [entry["name"] for entry in rest.get("/api/v1/catalogue").json()["datasets"]]
    assert rest.get("/api/v1/datasets/mine").json()["state"] == "absent"
    # Its images come later, and it is as any other.
    assert rest.post("/api/v1/datasets", data={"name": "mine"}, files={"file": images}).status_code == 201
    assert rest.get("/api/v1/datasets/mine").json()["state"] == "ready"
    assert rest.get("/api/v1/datasets/mine").json()["note"] != ""
    fresh.state.database.dispose()


def test_a_data_set_of_the_same_name_with_other_content_stops_everything(rest, other, tmp_path):
    fresh = create_app(Settings(home=tmp_path / "b", database_url=other.url.render_as_string(hide_password=False)))
    TestClient(fresh, base_url=HERE).post("/api/v1/datasets", data={"name": "mine"}, files={"file": upload(1)})
    fill(other, {"dataset": "digits"}, {"dataset": "mine", "epochs": 1})
    rest.post("/api/v1/datasets", data={"name": "mine"}, files={"file": upload(2)})
    refused = rest.post("/api/v1/import", files={"file": ("a", packed(other))})
    assert (refused.status_code, "other content" in refused.json()["detail"]) == (409, True)
    assert rest.get("/api/v1/runs").json()["items"] == []
    fresh.state.database.dispose()


def test_nothing_is_brought_where_one_run_cannot_be(database, other):
    """The first run of the file is inserted by the time that its point is found to be another's."""
    fill(other, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})
    file = packed(other)
    bring(database, io.BytesIO(file), MOST, keep_ids=True)
    before = content(database)
    with pytest.raises(DatabaseError):
        bring(database, io.BytesIO(with_run(file, lambda run: run.update(id="new"))), MOST, keep_ids=True)
    assert content(database) == before
    assert len(before) == 2


def test_a_number_that_is_none_stops_no_page(rest, other):
    """SQLite before 3.42 answers nothing that looks into JSON where that of one row holds a NaN."""
    fill(other, {"dataset": "digits"}, {"dataset": "digits", "seed": 1}, {"dataset": "digits", "seed": 2})

    def odd(run):
        for name in ("rate", "neg_elbo"):
            run["points"][0]["estimates"][name]["stderr"] = "NaN"
        run["points"][0]["arrays"]["odd"] = ["NaN", "Infinity"]

    assert rest.post("/api/v1/import", files={"file": ("a", with_run(packed(other), odd))}).status_code == 201
    for path in ("/points", "/frontier?dataset=digits", "/frontier/gaps?dataset=digits", "/runs", "/export"):
        answer = rest.get(f"/api/v1{path}")
        assert answer.status_code == 200, (path, answer.text)
    columns = rest.get("/api/v1/points").json()["columns"]
    assert sorted(columns["neg_elbo_stderr"], key=str) == [0.1, 0.1, None]
    for point_id in columns["id"]:
        assert rest.get(f"/api/v1/points/{point_id}").status_code == 200


def test_lineage_survives_two_hops(database, other, tmp_path):
    parent, child = fill(database, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})
    with database.write() as session:
        run = session.get_one(Run, child)
        tree = json.loads(json.dumps(run.spec))
        tree["training"]["continues"] = {"run": parent, "sha256": "0" * 64, "epochs": 1}
        spec = RunSpec.model_validate_json(json.dumps(tree))
        run.spec, run.digest, run.continues = spec.model_dump(mode="json"), spec.digest, parent
    upgrade(f"sqlite:///{tmp_path}/third.db")
    third = Database(f"sqlite:///{tmp_path}/third.db")
    for source, target in ((database, other), (other, third)):
        bring(target, io.BytesIO(packed(source)), MOST)
        with target.read() as session:
            found = {run.origin["run"]: run for run in session.scalars(select(Run))}
            assert found[child].continues == found[parent].id != parent
    third.dispose()


def test_lineage_is_found_where_the_parent_came_first(database, other):
    parent, child = fill(database, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})
    with database.write() as session:
        for run_id, tag in ((parent, "old"), (child, "young")):
            session.get_one(Run, run_id).tags = [tag]
        run = session.get_one(Run, child)
        tree = json.loads(json.dumps(run.spec))
        tree["training"]["continues"] = {"run": parent, "sha256": "0" * 64, "epochs": 1}
        spec = RunSpec.model_validate_json(json.dumps(tree))
        run.spec, run.digest = spec.model_dump(mode="json"), spec.digest
    (first,) = bring(other, io.BytesIO(packed(database, Selection(tag="old"))), MOST).runs
    (second,) = bring(other, io.BytesIO(packed(database, Selection(tag="young"))), MOST).runs
    with other.read() as session:
        assert session.get_one(Run, second).continues == first


def test_nobody_waits_for_the_database_while_a_file_is_read(database, other):
    """SQLite has one writer: here a second one writes at every read of the file."""
    fill(other, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})

    class Slow(io.BytesIO):
        def read(self, size=-1):
            with database.write() as session:
                session.execute(text("UPDATE revision SET value = value"))
            return super().read(size)

    assert len(bring(database, Slow(packed(other)), MOST).runs) == 2


def test_a_run_that_comes_in_meanwhile_is_not_added_again(database, other):
    fill(other, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})
    file = packed(other)
    frontier = read(io.BytesIO(file), MOST)
    new = [_new_run(frontier, run) for run in frontier.runs()]
    with staged(new, exact=database.is_sqlite) as ready:
        first = bring(database, io.BytesIO(file), MOST).runs
        with database.write() as session:
            found = arrivals.add(session, ready, [], list(frontier.trained_as.values()))
    assert (found.runs, found.points, found.already) == ([], 0, list(first))
    assert len(content(database)) == 2


def test_a_list_goes_on_behind_any_id_that_a_file_may_have(rest, other):
    ids = fill(other, {"dataset": "digits"}, {"dataset": "digits", "seed": 1})
    file = with_run(packed(other), lambda run: run.update(id="-a_B-9"))
    bring(rest.app.state.database, io.BytesIO(file), MOST, keep_ids=True)
    seen, cursor = [], ""
    while cursor is not None:
        page = rest.get("/api/v1/runs", params={"limit": 1, "cursor": cursor})
        assert page.status_code == 200, page.text
        seen += [run["id"] for run in page.json()["items"]]
        cursor = page.json()["next"]
    assert sorted(seen) == sorted(["-a_B-9", ids[1]])


def test_home_means_home(other, tmp_path, monkeypatch):
    """FRONTIER_URL is a habit of the shell; what stands on the command line is meant."""
    monkeypatch.setenv("FRONTIER_URL", "http://127.0.0.1:9")
    fill(other, {"dataset": "digits"})
    file, home, out = tmp_path / "a.frontier", tmp_path / "home", tmp_path / "b.frontier"
    file.write_bytes(packed(other))
    for command, here in ((["import", file], "added 1 run"), (["export", "--output", out], "1 runs, 1 points")):
        asked = [str(each) for each in command]
        found = CliRunner().invoke(cli, [*asked, "--home", str(home)])
        assert (found.exit_code, here in found.output) == (0, True), found.output
        both = CliRunner().invoke(cli, [*asked, "--home", str(home), "--url", "http://127.0.0.1:9"])
        assert "--home and --url" in str(both.exception)
        assert "no server answers" in str(CliRunner().invoke(cli, asked).exception)


def test_every_data_set_there_is_can_be_told_of(other):
    from backend.exchange.entries import DatasetEntry
    from backend.exchange.write import _facts

    for facts in DATASETS.values():
        DatasetEntry.model_validate_json(json.dumps(_facts(facts)), strict=True)


def upload(seed=0):
    import numpy as np

    buffer = io.BytesIO()
    np.savez(buffer, images=np.random.default_rng(seed).random((30, 8, 8)).astype(np.float32))
    return ("mine.npz", buffer.getvalue())
