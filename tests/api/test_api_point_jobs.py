"""``POST /points/{id}/jobs``: what can be asked of a stored model, and what is refused."""

from dataclasses import replace

import pytest
from rows import tiles

from backend.api.point_jobs import carrying_most
from backend.datasets import DATASETS
from backend.store import jobs, objects, results
from backend.store.tables import Job, Point

LAST = DATASETS["digits"].splits["test"] - 1
DIGITS = {"dataset": "digits", "latent_dim": 4}
TRAVERSAL = {"kind": "decode", "what": "traversal"}
INTERPOLATION = {"kind": "decode", "what": "interpolation", "images": [0, 1]}
ENTROPY = {"kind": "decode", "what": "entropy"}
SAMPLES = {"kind": "decode", "what": "samples"}
ESTIMATE = {"kind": "estimate", "estimators": ["mutual_information"]}


@pytest.fixture
def point(client, add_points):
    """A point with four inputs and a checkpoint."""
    return with_checkpoint(client, add_points, DIGITS)


def with_checkpoint(client, add_points, body, **more):
    run_id, (point_id,) = add_points(client, body, [(1.0, 2.0)], pictures=["inputs"], **more)
    key = objects.checkpoint_key(run_id, 9, "token")
    client.app.state.artifacts.put(key, b"model")
    with client.app.state.database.write() as session:
        job = session.query(Job).filter(Job.run_id == run_id).one()
        objects.keep_checkpoint(session, job, run_id, key, 9, 5, "0" * 64)
    return point_id


def ask(client, point_id, body):
    return client.post(f"/api/v1/points/{point_id}/jobs", json=body)


def payload(client, point_id, body):
    answer = ask(client, point_id, body)
    assert answer.status_code == 202, answer.text
    job = client.get(f"/api/v1/jobs/{answer.json()['id']}").json()
    assert (job["kind"], job["status"], job["point_id"]) == (body["kind"], "queued", point_id)
    assert job["payload"].pop("point_id") == point_id
    return job["payload"]


def test_payloads_are_written_out(client, point):
    traversal = {"what": "traversal", "image": 0, "count": 9, "span": 3.0, "unit": "sd"}
    with client.app.state.database.write() as session:
        session.get(Point, point).arrays = {"kl_per_dimension": [0.1, 3.0, 0.0, 2.0]}
    assert payload(client, point, TRAVERSAL) == {**traversal, "dimensions": [1, 3, 0, 2]}
    assert payload(client, point, {**TRAVERSAL, "most": 2})["dimensions"] == [1, 3]
    assert payload(client, point, {**TRAVERSAL, "dimensions": [2, 0], "span": 2})["dimensions"] == [2, 0]
    assert payload(client, point, INTERPOLATION) == {
        "what": "interpolation", "images": [0, 1], "among": "inputs", "steps": 9, "path": "linear",
    }  # fmt: skip
    assert payload(client, point, {**INTERPOLATION, "among": "test", "images": [0, LAST]})["images"] == [0, LAST]
    assert payload(client, point, ENTROPY) == {"what": "entropy", "images": [0, 1, 2, 3]}
    assert payload(client, point, SAMPLES) == {
        "what": "samples", "sources": ["aggregate", "marginal"], "count": 16, "seed": 0,
    }  # fmt: skip
    assert payload(client, point, {**SAMPLES, "source": "marginal"})["sources"] == ["marginal"]
    assert payload(client, point, ESTIMATE) == {"estimators": ["mutual_information"]}
    asked = {"kind": "estimate", "estimators": [{"kind": "true_posterior", "images": 4}]}
    assert payload(client, point, asked) == {"estimators": [{"kind": "true_posterior", "images": 4, "samples": 5000}]}


WRONG = (
    ({"kind": "decode"}, ["what"], "traversal, interpolation, samples, entropy"),
    ({"kind": "decode", "what": ["entropy"]}, ["what"], "should be one of"),
    ({**TRAVERSAL, "image": 4}, ["image"], "shows 4 inputs: choose 0 to 3"),
    ({**TRAVERSAL, "image": -1}, ["image"], "greater than or equal to 0"),
    ({**TRAVERSAL, "dimensions": [0, 4]}, ["dimensions", 1], "4 dimensions: choose 0 to 3"),
    ({**TRAVERSAL, "dimensions": [1, 1]}, ["dimensions"], "twice"),
    ({**TRAVERSAL, "dimensions": []}, ["dimensions"], "at least 1"),
    ({**TRAVERSAL, "dimensions": [10**30]}, ["dimensions", 0], "choose 0 to 3"),
    ({**TRAVERSAL, "count": 1}, ["count"], "greater than or equal to 2"),
    ({**TRAVERSAL, "count": 26}, ["count"], "less than or equal to 25"),
    ({**TRAVERSAL, "span": 0}, ["span"], "greater than 0"),
    ({**TRAVERSAL, "unit": "inch"}, ["unit"], "'sd' or 'absolute'"),
    ({**TRAVERSAL, "most": 33}, ["most"], "less than or equal to 32"),
    ({**INTERPOLATION, "images": [0]}, ["images"], "at least 2"),
    ({**INTERPOLATION, "images": [0, 4]}, ["images", 1], "choose 0 to 3"),
    ({**INTERPOLATION, "images": [0, LAST + 1], "among": "test"}, ["images", 1], f"choose 0 to {LAST}"),
    ({**INTERPOLATION, "steps": 1}, ["steps"], "greater than or equal to 2"),
    ({**INTERPOLATION, "steps": 33}, ["steps"], "less than or equal to 32"),
    ({**INTERPOLATION, "path": "curved"}, ["path"], "'linear' or 'spherical'"),
    ({**SAMPLES, "source": "prior"}, ["source"], "'aggregate' or 'marginal'"),
    ({**SAMPLES, "count": 0}, ["count"], "greater than or equal to 1"),
    ({**ENTROPY, "images": [0, 7]}, ["images", 1], "choose 0 to 3"),
    ({**ENTROPY, "images": [3, 3, 3]}, ["images"], "names an image twice"),
    (
        {**ESTIMATE, "estimators": [{"kind": "true_posterior", "images": 41}]},
        ["estimators"],
        "images x samples comes to 205000",
    ),
    ({**ENTROPY, "steps": 3}, ["steps"], "not permitted"),
    ({**ESTIMATE, "estimators": []}, ["estimators"], "at least 1"),
    ({**ESTIMATE, "estimators": ["truth"]}, ["estimators", 0], "mutual_information"),
    ({**ESTIMATE, "estimators": ["source_information"]}, ["estimators", 0], "nobody knows the source of digits"),
)


def test_what_is_wrong_is_named_with_its_range(client, point):
    for body, named, words in WRONG:
        answer = ask(client, point, body)
        assert answer.status_code == 422, body
        error = answer.json()["errors"][0]
        assert error["loc"] == named, body
        assert words in error["msg"], body


def test_measurements_let_those_go_first_who_wait_for_pictures(client, point):
    asked = {"kind": "true_posterior", "images": 40}
    slow = ask(client, point, {**ESTIMATE, "estimators": [asked, "active_units"]})
    assert slow.status_code == 202, slow.text
    quick = ask(client, point, ENTROPY)
    order = []
    with client.app.state.database.write() as session:
        while (job := jobs.claim(session, "interactive", {"host": "here", "pid": 1}, 30.0)) is not None:
            order.append(job.id)
    assert order == [quick.json()["id"], slow.json()["id"]]


def test_no_more_codes_of_images_than_there_are_images(client, add_points, monkeypatch):
    point_id = with_checkpoint(client, add_points, DIGITS)
    few = replace(DATASETS["digits"], splits={**DATASETS["digits"].splits, "test": 10})
    monkeypatch.setitem(DATASETS, "digits", few)
    for source in (None, "aggregate"):
        answer = ask(client, point_id, {**SAMPLES, "source": source})
        assert answer.status_code == 422
        assert "digits has 10 test images" in answer.json()["errors"][0]["msg"]
    assert ask(client, point_id, {**SAMPLES, "source": "marginal"}).status_code == 202
    assert ask(client, point_id, {**SAMPLES, "count": 10}).status_code == 202


def test_a_code_that_is_one_of_a_few_classes_has_no_way_between(client, add_points):
    point_id = with_checkpoint(client, add_points, {"dataset": "toy"})
    for body in (TRAVERSAL, INTERPOLATION, SAMPLES):
        answer = ask(client, point_id, body)
        assert answer.status_code == 409
        assert "one of a few classes" in answer.json()["detail"]
    assert "categorical likelihood" in ask(client, point_id, ENTROPY).json()["errors"][0]["msg"]
    assert ask(client, point_id, {**ESTIMATE, "estimators": ["source_information"]}).status_code == 202


def test_a_density_has_no_entropy(client, add_points):
    point_id = with_checkpoint(client, add_points, {"dataset": "two-points"})
    answer = ask(client, point_id, ENTROPY)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["what"]
    assert "differential entropy" in answer.json()["errors"][0]["msg"]
    assert ask(client, point_id, TRAVERSAL).status_code == 202


def test_without_a_checkpoint_is_409(client, add_points):
    _, (bare,) = add_points(client, DIGITS, [(1.0, 2.0)], pictures=["inputs"])
    for body in (TRAVERSAL, INTERPOLATION, SAMPLES, ENTROPY, ESTIMATE):
        answer = ask(client, bare, body)
        assert answer.status_code == 409
        assert "duplicate the run" in answer.json()["detail"]
        assert ask(client, "none", body).status_code == 404


def test_a_result_holds_numbers_beside_its_pictures(client, point):
    job_id = ask(client, point, ENTROPY).json()["id"]
    with client.app.state.database.write() as session:
        results.save_job_pictures(session, job_id, {"entropy": tiles()})
        jobs.finish(session, session.get(Job, job_id), "succeeded", result={"nats": [1.5], "scale": [0.0, 0.7]})
    result = client.get(f"/api/v1/jobs/{job_id}").json()["result"]
    assert (result["nats"], result["scale"], result["count"]) == ([1.5], [0.0, 0.7], 4)
    assert result["images"][0]["url"] == f"/api/v1/jobs/{job_id}/images/entropy.png"


def test_without_numbers_of_its_dimensions_they_are_taken_in_order(client, point):
    assert carrying_most({}, 3) == [0, 1, 2]
    assert carrying_most({"information_per_dimension": [0.0, 2.0]}, 3) == [1, 0, 2]
    with client.app.state.database.write() as session:
        session.get(Point, point).arrays = {}
    assert payload(client, point, TRAVERSAL)["dimensions"] == [0, 1, 2, 3]
