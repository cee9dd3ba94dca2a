"""``/datasets`` and ``/jobs``: built-in facts, uploads, downloads, draws."""

import io
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fastapi.testclient import TestClient
from rows import HERE, set_status, tiles

from backend.api import datasets as datasets_api
from backend.settings import Settings
from backend.store import jobs, objects, results
from backend.store.dataset_files import artifact_key, unpack
from backend.store.datasets import get
from backend.store.tables import Artifact, DatasetRow, Job

DIGITS = {"dataset": "digits"}


def npz(seed=0, count=40, **more):
    file = io.BytesIO()
    raw = np.random.default_rng(seed).integers(0, 256, (count, 6, 5)).astype(np.uint8)
    np.savez(file, images=raw, **more)
    return file.getvalue()


def upload(client, name, content):
    return client.post("/api/v1/datasets", data={"name": name}, files={"file": ("mine.npz", content)})


def test_built_in_data_sets_and_their_state(everywhere):
    listed = {entry["name"]: entry for entry in everywhere.get("/api/v1/datasets").json()["items"]}
    digits, mnist = listed["digits"], listed["mnist"]
    assert (digits["state"], digits["shape"], digits["size"]) == ("ready", [8, 8, 1], 1797 * 64)
    assert digits["splits"] == {"train": 1257, "validation": 180, "test": 360}
    assert (mnist["state"], mnist["size"], mnist["progress"]) == ("absent", None, None)
    assert len(mnist["checksum"]) == 64
    assert everywhere.get("/api/v1/datasets/mnist").json() == mnist
    assert everywhere.get("/api/v1/datasets/none").status_code == 404


def test_an_upload_is_a_data_set_to_train_on(everywhere):
    labels = np.arange(40) % 3
    answer = upload(everywhere, "mine", npz(labels=labels))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["shape"], made["classes"], made["uploaded"]) == ("ready", [6, 5, 1], 3, True)
    assert made["splits"] == {"train": 32, "validation": 4, "test": 4}
    assert everywhere.get(answer.headers["location"]).json() == made
    run = everywhere.post("/api/v1/runs", json={"dataset": "mine"})
    assert run.status_code == 201, run.text
    assert run.json()["spec"]["dataset"]["sha256"] == made["checksum"]
    assert run.json()["spec"]["architecture"]["encoder"]["network"]["kind"] == "mlp"
    every = {"architecture": ["".join(symbols) for symbols in itertools.product("-+", "-+", "-+vl")]}
    sweep = everywhere.post("/api/v1/sweeps", json={"base": {"dataset": "mine"}, "grid": every})
    assert sweep.status_code == 201, sweep.text
    listed = everywhere.get("/api/v1/runs?dataset=mine&architecture=%2B%2Bv").json()["items"]
    assert listed[0]["spec"]["architecture"]["marginal"] == {"kind": "vamp", "pseudo_inputs": 32}
    assert "mine" in [entry["name"] for entry in everywhere.get("/api/v1/catalogue").json()["datasets"]]
    state = everywhere.app.state
    with state.database.read() as session:
        facts = get(session, "mine")
    arrays = unpack(state.artifacts.get(artifact_key(facts)), facts)
    assert arrays["train_labels"].shape == (32,)
    assert made["size"] == state.artifacts.size(artifact_key(facts))


def test_an_upload_of_large_images_leaves_the_catalogue_whole(client):
    """The catalogue writes out the default run of every data set."""
    file = io.BytesIO()
    np.savez_compressed(file, images=np.zeros((10, 1024, 1024, 1), dtype=bool))
    assert upload(client, "large", file.getvalue()).status_code == 201
    names = [entry["name"] for entry in client.get("/api/v1/catalogue").json()["datasets"]]
    assert "large" in names
    assert client.post("/api/v1/runs", json={"dataset": "large"}).status_code == 201


def test_the_same_content_again_is_the_same_data_set_and_other_content_409(client):
    assert upload(client, "mine", npz()).status_code == 201
    again = upload(client, "mine", npz())
    assert (again.status_code, again.json()["name"]) == (200, "mine")
    other = upload(client, "mine", npz(seed=1))
    assert other.status_code == 409
    assert "other content" in other.json()["detail"]
    assert upload(client, "mnist", npz()).status_code == 409
    assert upload(client, "second-name", npz()).status_code == 201


@pytest.mark.parametrize(
    ("content", "named"),
    [(b"nonsense", "file"), (npz(count=1), "images"), (npz(labels=np.arange(3)), "labels"), (npz()[:500], "file")],
)
def test_a_bad_upload_leaves_nothing_behind(client, content, named):
    answer = upload(client, "mine", content)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == [named]
    assert client.get("/api/v1/datasets/mine").status_code == 404
    assert list(client.app.state.artifacts.keys()) == []


def test_an_upload_needs_a_name_and_a_file(client):
    file = {"file": ("a.npz", npz())}
    for arguments, named in (
        ({"files": file}, "name"),
        ({"data": {"name": "mine"}, "files": {"other": ("a.npz", b"")}}, "file"),
        ({"data": {"name": "mine", "file": "text"}, "files": {}}, "file"),
        ({"data": {"name": "Mine"}, "files": file}, "name"),
        ({"json": {"name": "mine"}}, "name"),
        ({"content": b""}, "name"),
    ):
        answer = client.post("/api/v1/datasets", **arguments)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["loc"] == [named]
    for content, kind in ((b"--y\r\nnonsense", "multipart/form-data; boundary=x"), (b"", "multipart/form-data")):
        answer = client.post("/api/v1/datasets", content=content, headers={"content-type": kind})
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
        assert "send name and file as multipart/form-data" in answer.json()["errors"][0]["msg"]
    two = [("file", ("a.npz", npz())), ("file", ("b.npz", npz()))]
    assert client.post("/api/v1/datasets", data={"name": "mine"}, files=two).status_code == 400


def test_an_upload_over_the_limit_is_413(client, sqlite_url, tmp_path):
    from backend.app import create_app

    small = create_app(Settings(home=tmp_path, database_url=sqlite_url, upload_limit_mb=1))
    content = np.random.default_rng(0).bytes(2**21)
    assert upload(TestClient(small, base_url=HERE), "mine", content).status_code == 413
    small.state.database.dispose()


def test_an_upload_in_use_cannot_be_deleted(everywhere):
    upload(everywhere, "mine", npz())
    run = everywhere.post("/api/v1/runs", json={"dataset": "mine"}).json()
    answer = everywhere.delete("/api/v1/datasets/mine")
    assert answer.status_code == 409
    assert "1 run:" in answer.json()["detail"]
    everywhere.delete(f"/api/v1/runs/{run['id']}")
    assert everywhere.delete("/api/v1/datasets/mine").status_code == 204
    assert everywhere.get("/api/v1/datasets/mine").status_code == 404
    assert list(everywhere.app.state.artifacts.keys()) == []
    with everywhere.app.state.database.read() as session:
        assert session.query(DatasetRow).count() == session.query(Artifact).count() == 0
    assert everywhere.delete("/api/v1/datasets/digits").status_code == 409
    assert everywhere.delete("/api/v1/datasets/none").status_code == 404


def test_a_name_that_starts_like_another_is_not_in_use(client):
    upload(client, "mine", npz())
    upload(client, "mine_2", npz())
    client.post("/api/v1/runs", json={"dataset": "mine_2"})
    assert client.delete("/api/v1/datasets/mine").status_code == 204


def test_a_download_is_one_job_until_it_ends(everywhere):
    first = everywhere.post("/api/v1/datasets/mnist/download")
    again = everywhere.post("/api/v1/datasets/mnist/download")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert everywhere.get("/api/v1/datasets/mnist").json()["state"] == "downloading"
    assert everywhere.delete("/api/v1/datasets/mnist").status_code == 409
    job_id = first.json()["id"]
    with everywhere.app.state.database.write() as session:
        job = session.get(Job, job_id)
        job.state, job.progress = "running", {"stage": "data", "step": 5, "steps": 20}
    assert everywhere.get("/api/v1/datasets/mnist").json()["progress"] == {"done": 5, "total": 20}
    with everywhere.app.state.database.write() as session:
        job = session.get(Job, job_id)
        jobs.finish(session, job, "failed", error={"type": "DataError", "message": "no network", "hint": "connect"})
    entry = everywhere.get("/api/v1/datasets/mnist").json()
    assert (entry["state"], entry["error"]["message"]) == ("absent", "no network")
    assert everywhere.get(f"/api/v1/jobs/{job_id}").json()["status"] == "failed"
    assert everywhere.post("/api/v1/datasets/mnist/download").json()["id"] != job_id
    assert everywhere.post("/api/v1/datasets/none/download").status_code == 404


def test_a_run_that_fetches_its_data_shows_as_downloading(client):
    run = client.post("/api/v1/runs", json={"dataset": "mnist"}).json()
    set_status(client, run["id"], "running")
    with client.app.state.database.write() as session:
        from backend.store.tables import Run

        session.get(Run, run["id"]).progress = {"stage": "data", "step": 1, "steps": 4}
    entry = client.get("/api/v1/datasets/mnist").json()
    assert (entry["state"], entry["progress"]) == ("downloading", {"done": 1, "total": 4})


def test_an_upload_has_nothing_to_download(client):
    upload(client, "mine", npz())
    assert client.post("/api/v1/datasets/mine/download").status_code == 409


def with_checkpoint(client, add_points):
    run_id, (point_id,) = add_points(client, DIGITS, [(1.0, 2.0)])
    key = objects.checkpoint_key(run_id, 9, "token")
    client.app.state.artifacts.put(key, b"model")
    with client.app.state.database.write() as session:
        job = session.query(Job).filter(Job.run_id == run_id).one()
        objects.keep_checkpoint(session, job, run_id, key, 9, 5, "0" * 64)
    return point_id, key


def test_a_draw_and_what_it_drew(everywhere, add_points):
    point_id, _ = with_checkpoint(everywhere, add_points)
    answer = everywhere.post(f"/api/v1/points/{point_id}/jobs", json={"kind": "draw", "seed": 3, "count": 4})
    assert answer.status_code == 202
    job = everywhere.get(f"/api/v1/jobs/{answer.json()['id']}").json()
    assert (job["kind"], job["status"], job["point_id"], job["result"]) == ("draw", "queued", point_id, None)
    assert job["payload"] == {"point_id": point_id, "seed": 3, "count": 4}
    with everywhere.app.state.database.write() as session:
        held = session.get(Job, job["id"])
        results.save_job_pictures(session, job["id"], {"generation_sample": tiles(), "inputs": tiles()})
        jobs.finish(session, held, "succeeded", result={"pictures": ["inputs"]})
    result = everywhere.get(f"/api/v1/jobs/{job['id']}").json()["result"]
    assert [image["name"] for image in result["images"]] == ["inputs", "generation_sample"]
    image = everywhere.get(result["images"][0]["url"])
    assert image.content.startswith(b"\x89PNG")
    assert "immutable" in image.headers["cache-control"]
    assert everywhere.get(f"/api/v1/jobs/{job['id']}/images/none.png").status_code == 404


def test_two_draws_without_a_seed_differ(client, add_points):
    point_id, _ = with_checkpoint(client, add_points)
    seeds = set()
    for _ in range(2):
        job_id = client.post(f"/api/v1/points/{point_id}/jobs", json={"kind": "draw"}).json()["id"]
        seeds.add(client.get(f"/api/v1/jobs/{job_id}").json()["payload"]["seed"])
    assert len(seeds) == 2


def test_a_draw_without_a_checkpoint_is_409(client, add_points):
    point_id, key = with_checkpoint(client, add_points)
    client.app.state.artifacts.delete(key)
    answer = client.post(f"/api/v1/points/{point_id}/jobs", json={"kind": "draw"})
    assert answer.status_code == 409
    assert "checkpoint" in answer.json()["detail"]
    _, (bare,) = add_points(client, DIGITS, [(1.0, 2.0)])
    assert client.post(f"/api/v1/points/{bare}/jobs", json={"kind": "draw"}).status_code == 409
    assert client.post("/api/v1/points/none/jobs", json={"kind": "draw"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "kind"),
        ({"kind": "paint"}, "kind"),
        ({"kind": "decode"}, "what"),
        ({"kind": "estimate"}, "estimators"),
        ({"kind": ["draw"]}, "kind"),
        ({"kind": "draw", "count": 0}, "count"),
        ({"kind": "draw", "count": 257}, "count"),
        ({"kind": "draw", "seed": -1}, "seed"),
        ({"kind": "draw", "seed": 10**400}, "seed"),
        ({"kind": "draw", "more": 1}, "more"),
    ],
)
def test_a_bad_job_names_its_field(client, add_points, body, named):
    point_id, _ = with_checkpoint(client, add_points)
    answer = client.post(f"/api/v1/points/{point_id}/jobs", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == [named]


def test_a_waiting_job_can_be_cancelled(client):
    job_id = client.post("/api/v1/datasets/mnist/download").json()["id"]
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").json()["status"] == "cancelled"
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").status_code == 409
    assert client.get("/api/v1/datasets/mnist").json()["state"] == "absent"


def test_the_bound_of_a_name_is_that_of_its_images_now(client):
    def images(side):
        file = io.BytesIO()
        np.savez(file, images=np.random.default_rng(0).integers(0, 256, (40, side, side)).astype(np.uint8))
        return file.getvalue()

    bounds = []
    for side in (6, 8):
        made = upload(client, "mine", images(side))
        assert made.status_code == 201, made.text
        bound = client.get("/api/v1/frontier", params={"dataset": "mine"}).json()["entropy_bound"]
        assert bound == made.json()["entropy_bound"]
        bounds.append(bound)
        client.delete("/api/v1/datasets/mine")
    assert bounds[0] != bounds[1]


class Paused:
    """Stops the first caller of a method of the artifact store until it is let on."""

    def __init__(self, monkeypatch, store, method):
        self.reached, self.go_on = threading.Event(), threading.Event()
        original, first = getattr(store, method), [True]

        def pausing(*arguments):
            before = original(*arguments) if method == "put" else None
            if first:
                first.clear()
                self.reached.set()
                assert self.go_on.wait(20)
            return before if method == "put" else original(*arguments)

        monkeypatch.setattr(store, method, pausing)


@pytest.mark.parametrize("method", ["put", "delete"])
def test_an_upload_that_is_deleted_and_sent_again_at_once_keeps_its_images(everywhere, monkeypatch, method):
    store = everywhere.app.state.artifacts
    assert upload(everywhere, "mine", npz()).status_code == 201
    paused = Paused(monkeypatch, store, method)

    def delete():
        return everywhere.delete("/api/v1/datasets/mine").status_code

    def send():
        return upload(everywhere, "mine", npz()).status_code

    late, early = (send, delete) if method == "put" else (delete, send)
    with ThreadPoolExecutor(2) as pool:
        second = pool.submit(late)
        assert paused.reached.wait(20)
        first = pool.submit(early)
        if method == "put":
            assert first.result() == 204
        paused.go_on.set()
        codes = {first.result(), second.result()}
    assert codes == {201, 204}
    assert len(list(store.keys())) == 1
    assert everywhere.get("/api/v1/datasets/mine").json()["state"] == "ready"


def test_uploads_that_wait_for_each_other_leave_room_for_other_requests(app, monkeypatch):
    began, go_on = threading.Event(), threading.Event()

    def slow(*arguments):
        began.set()
        assert go_on.wait(20)
        raise AssertionError("let on")

    monkeypatch.setattr(datasets_api, "read_upload", slow)
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client, ThreadPoolExecutor(60) as pool:
        waiting = [pool.submit(upload, client, "mine", npz()) for _ in range(50)]
        assert began.wait(20)
        other = pool.submit(client.get, "/api/v1/runs")
        try:
            assert other.result(10).status_code == 200
        finally:
            go_on.set()
        assert {each.result().status_code for each in waiting} == {500}
