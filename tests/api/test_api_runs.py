"""``/runs``: submitted once, listed newest first, annotated, cancelled, retried, deleted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from rows import set_status, tiles

from backend.datasets import DATASETS
from backend.store import history, jobs, objects, results, runs
from backend.store.tables import (
    Artifact,
    Attempt,
    History,
    Job,
    JobPicture,
    LogLine,
    Picture,
    Point,
    Run,
    SweepRun,
)

DIGITS = {"dataset": "digits"}


def submit(client, **body):
    answer = client.post("/api/v1/runs", json={**DIGITS, **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_known_digest_answers_200_with_the_same_run(everywhere):
    first = everywhere.post("/api/v1/runs", json=DIGITS)
    again = everywhere.post("/api/v1/runs", json={"dataset": {"name": "digits"}, "objective": {"rate": {"beta": 1.0}}})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == f"/api/v1/runs/{first.json()['id']}"


def test_the_answer_is_written_out_in_full(client):
    run = submit(client, architecture="---", beta=0.5)
    assert run["spec"]["objective"]["rate"] == {"kind": "beta", "beta": 0.5, "anneal_epochs": 0}
    assert run["spec"]["dataset"]["sha256"]
    assert run["spec"]["training"]["epochs"] == DATASETS["digits"].defaults["training"]["epochs"]
    assert (run["architecture"], run["method"], run["status"]) == ("---", "beta-vae", "queued")
    assert run["progress"]["epochs"] == run["spec"]["training"]["epochs"]
    assert run["points"] == run["attempts"] == []
    assert run["error"] is run["worker"] is run["started_at"] is None


def test_duplicate_makes_a_new_run_and_the_oldest_stays_the_known_one(client):
    first = submit(client)
    second = client.post("/api/v1/runs?duplicate=true", json=DIGITS)
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]
    assert second.json()["digest"] == first["digest"]
    assert client.post("/api/v1/runs", json=DIGITS).json()["id"] == first["id"]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_known_run_that_ended_badly_is_queued_again(client, status):
    run = submit(client)
    set_status(client, run["id"], status)
    again = client.post("/api/v1/runs", json=DIGITS)
    assert again.status_code == 200
    assert (again.json()["id"], again.json()["status"]) == (run["id"], "queued")


def test_equal_posts_at_once_make_one_run(everywhere):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: everywhere.post("/api/v1/runs", json=DIGITS), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(everywhere.get("/api/v1/runs").json()["items"]) == 1


def test_pages_are_newest_first_and_stable_while_runs_arrive(everywhere):
    made = [submit(everywhere, seed=seed)["id"] for seed in range(5)]
    page = everywhere.get("/api/v1/runs?limit=2").json()
    submit(everywhere, seed=99)
    found = [run["id"] for run in page["items"]]
    while page["next"]:
        page = everywhere.get("/api/v1/runs", params={"limit": 2, "cursor": page["next"]}).json()
        found += [run["id"] for run in page["items"]]
    assert found == made[::-1]


def test_runs_made_in_the_same_instant_are_each_listed_once(everywhere):
    made = {submit(everywhere, seed=seed)["id"] for seed in range(4)}
    with everywhere.app.state.database.write() as session:
        for run in session.query(Run):
            run.created_at = datetime(2026, 1, 1, tzinfo=UTC)
    first = everywhere.get("/api/v1/runs?limit=3").json()
    second = everywhere.get("/api/v1/runs", params={"limit": 3, "cursor": first["next"]}).json()
    assert {run["id"] for run in first["items"] + second["items"]} == made
    assert second["next"] is None


def test_filters(client):
    vae = submit(client)
    beta = submit(client, beta=0.5)
    mnist = client.post("/api/v1/runs", json={"dataset": "mnist"}).json()
    client.post(f"/api/v1/runs/{beta['id']}/cancel")

    def found(**query):
        return {run["id"] for run in client.get("/api/v1/runs", params=query).json()["items"]}

    assert found(status="cancelled") == {beta["id"]}
    assert found(dataset="digits") == found(dataset="digits/static") == {vae["id"], beta["id"]}
    assert found(dataset="digits/dynamic") == set()
    assert found(method="beta-vae") == {beta["id"]}
    assert found(dataset="mnist", architecture="---") == {mnist["id"]}
    assert found(architecture="-+v") == set()
    assert found(status="", dataset="", architecture="") == {vae["id"], beta["id"], mnist["id"]}


def test_a_plus_in_a_query_may_arrive_as_a_space(client):
    run = submit(client)
    with client.app.state.database.write() as session:
        session.get(Run, run["id"]).architecture = "-+v"
    for written in ("-+v", "-%2Bv", "-%20v"):
        assert len(client.get(f"/api/v1/runs?architecture={written}").json()["items"]) == 1


def test_notes_and_tags_change_one_at_a_time(client):
    run = submit(client)
    path = f"/api/v1/runs/{run['id']}"
    assert client.patch(path, json={"notes": "köln"}).json()["notes"] == "köln"
    answer = client.patch(path, json={"tags": ["a", "b"]}).json()
    assert (answer["notes"], answer["tags"]) == ("köln", ["a", "b"])
    assert client.patch(path, json={"status": "succeeded"}).status_code == 422
    assert client.patch(path, json={"tags": "a"}).status_code == 422
    assert client.patch("/api/v1/runs/none", json={"notes": ""}).status_code == 404


def test_cancel_of_a_queued_run_is_at_once_and_of_an_ended_one_409(everywhere):
    run = submit(everywhere)
    cancelled = everywhere.post(f"/api/v1/runs/{run['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["finished_at"]
    assert everywhere.post(f"/api/v1/runs/{run['id']}/cancel").status_code == 409


def test_cancel_of_a_running_run_is_a_request(client):
    run = submit(client)
    set_status(client, run["id"], "running")
    answer = client.post(f"/api/v1/runs/{run['id']}/cancel").json()
    assert (answer["status"], answer["cancel_requested"]) == ("running", True)


@pytest.mark.parametrize(
    ("status", "expected"), [("queued", 409), ("running", 409), ("succeeded", 409), ("failed", 200), ("cancelled", 200)]
)
def test_retry_is_for_what_ended_badly(client, status, expected):
    run = submit(client)
    set_status(client, run["id"], status)
    answer = client.post(f"/api/v1/runs/{run['id']}/retry")
    assert answer.status_code == expected
    if expected == 200:
        assert answer.json()["status"] == "queued"
        assert answer.json()["error"] is None


def test_delete_leaves_no_row_and_no_object(everywhere, add_points):
    run_id, point_ids = add_points(everywhere, DIGITS, [(1.0, 2.0)], pictures=["inputs"])
    sweep = everywhere.post("/api/v1/sweeps", json={"base": DIGITS, "grid": {"seed": [0]}}).json()
    assert sweep["runs"] == [run_id]
    state = everywhere.app.state
    key = objects.checkpoint_key(run_id, 7, "token")
    state.artifacts.put(key, b"model")
    with state.database.write() as session:
        job = session.query(Job).filter(Job.run_id == run_id).one()
        objects.keep_checkpoint(session, job, run_id, key, 7, 5, "0" * 64)
        history.add_rows(session, run_id, [(0, {"rate": 1.0})])
        history.add_log(session, run_id, [(datetime.now(UTC), "began")])
        drawing = jobs.enqueue(session, kind="draw", queue="interactive", payload={}, point_id=point_ids[0])
        results.save_job_pictures(session, drawing.id, {"generation_sample": tiles()})
    assert everywhere.delete(f"/api/v1/runs/{run_id}").status_code == 204
    assert not state.artifacts.exists(key)
    with state.database.read() as session:
        for table in (Run, Point, Picture, Job, JobPicture, History, Artifact, Attempt, LogLine, SweepRun):
            assert session.query(table).count() == 0, table
    assert everywhere.get(f"/api/v1/points/{point_ids[0]}/images/inputs.png").status_code == 404
    assert everywhere.delete(f"/api/v1/runs/{run_id}").status_code == 404


def test_a_running_run_cannot_be_deleted(client):
    run = submit(client)
    set_status(client, run["id"], "running")
    answer = client.delete(f"/api/v1/runs/{run['id']}")
    assert answer.status_code == 409
    assert "cancel it first" in answer.json()["detail"]
    assert client.get(f"/api/v1/runs/{run['id']}").status_code == 200


def test_history_is_columns_of_equal_length(client):
    run = submit(client)
    with client.app.state.database.write() as session:
        history.add_rows(
            session, run["id"], [(0, {"rate": 2.0}), (20, {"rate": 1.5, "beta": 0.5}), (10, {"rate": 1.7})]
        )
    assert client.get(f"/api/v1/runs/{run['id']}/history").json() == {
        "step": [0, 10, 20],
        "rate": [2.0, 1.7, 1.5],
        "beta": [None, None, 0.5],
    }


def test_a_loss_that_is_no_number_is_null(client):
    run = submit(client)
    with client.app.state.database.write() as session:
        history.add_rows(session, run["id"], [(0, {"loss": float("nan"), "rate": float("inf")})])
    columns = client.get(f"/api/v1/runs/{run['id']}/history").json()
    assert columns == {"step": [0], "loss": [None], "rate": [None]}


def test_log_is_the_tail_oldest_first(client):
    run = submit(client)
    with client.app.state.database.write() as session:
        history.add_log(session, run["id"], [(datetime.now(UTC), f"line {number}") for number in range(5)])
    lines = client.get(f"/api/v1/runs/{run['id']}/log?limit=2").json()["lines"]
    assert [line["text"] for line in lines] == ["line 3", "line 4"]


def test_checkpoint_is_the_newest_one(client):
    run = submit(client)
    path = f"/api/v1/runs/{run['id']}/checkpoint"
    assert client.get(path).status_code == 404
    state = client.app.state
    for step in (5, 90):
        key = objects.checkpoint_key(run["id"], step, "token")
        state.artifacts.put(key, f"at {step}".encode())
        with state.database.write() as session:
            job = session.query(Job).one()
            objects.keep_checkpoint(session, job, run["id"], key, step, 5, "0" * 64)
    answer = client.get(path)
    assert answer.content == b"at 90"
    assert answer.headers["content-type"] == "application/octet-stream"


def test_points_and_attempts_of_a_run_are_in_order(client, add_points):
    run_id, point_ids = add_points(client, DIGITS, [(3.0, 1.0), (2.0, 2.0), (1.0, 3.0)])
    with client.app.state.database.write() as session:
        for token in ("a", "b"):
            session.add(
                Attempt(
                    run_id=run_id,
                    worker={"host": "here", "pid": 1},
                    lease_token=token,
                    started_at=datetime.now(UTC),
                    from_step=100 if token == "b" else 0,
                )
            )
            session.flush()
    run = client.get(f"/api/v1/runs/{run_id}").json()
    assert run["points"] == point_ids
    assert [attempt["from_step"] for attempt in run["attempts"]] == [0, 100]
    assert run["attempts"][0]["worker"] == {"host": "here", "pid": 1}


def test_a_run_without_a_job_cannot_be_retried(client):
    run = submit(client)
    with client.app.state.database.write() as session:
        session.query(Job).delete()
        runs.get(session, run["id"]).status = "failed"
    assert client.post(f"/api/v1/runs/{run['id']}/retry").status_code == 409
