"""The Lab's truths and benches, and the plane of a data set whose entropy is known."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest

from backend import toy
from backend.benches import BENCHES
from backend.store import benches, jobs
from backend.store.clock import utc_now
from backend.store.tables import Job
from worker.lab import BENCHES as COMPUTED

PATH = "/api/v1/lab/benches"
LARGE = {"rows": [{"points": np.random.default_rng(0).normal(size=(500, 2)).tolist(), "seed": k} for k in range(4)]}
"""As large as what the particles leave behind."""
FAILURE = {"type": "MemoryError", "message": "out of memory", "hint": "run it again"}


def work(client, state, **ending):
    """Claim the next job of the Lab's queue and end it."""
    with client.app.state.database.write() as session:
        job = jobs.claim(session, benches.QUEUE, {"host": "h", "pid": 1}, 30.0)
        jobs.finish(session, job, state, **ending)
    return job.id


def bench(client, name):
    return next(each for each in client.get(PATH).json() if each["name"] == name)


def test_every_bench_is_in_words_and_is_computed():
    assert set(BENCHES) == set(COMPUTED)


def test_a_bench_that_nobody_asked_for_is_listed_with_its_words(client):
    listed = client.get(PATH).json()
    assert [each["name"] for each in listed] == list(BENCHES)
    for each in listed:
        assert all(each[key] for key in ("title", "paper", "note"))
        assert [each[key] for key in ("job", "result", "at", "error")] == [None] * 4
    assert client.get(f"{PATH}/duals").status_code == 405
    unknown = client.post(f"{PATH}/nothing")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
    assert "particles" in unknown.json()["detail"]


def test_a_bench_waits_runs_and_leaves_its_result(client):
    asked = client.post(f"{PATH}/particles")
    assert asked.status_code == 202
    ident = asked.json()["id"]
    assert client.post(f"{PATH}/particles").json()["id"] == ident
    other = client.post(f"{PATH}/duals").json()["id"]
    assert other != ident
    waits = bench(client, "particles")["job"]
    assert waits == {"id": ident, "state": "queued", "cancel_requested": False, "progress": {}}
    job = client.get(f"/api/v1/jobs/{ident}").json()
    assert (job["kind"], job["status"], job["payload"]) == ("lab", "queued", {"name": "particles"})
    assert work(client, "succeeded", result=LARGE) == ident
    done = bench(client, "particles")
    assert (done["job"], done["result"], done["error"]) == (None, LARGE, None)
    assert done["at"] == client.get(f"/api/v1/jobs/{ident}").json()["finished_at"]
    assert client.get(f"/api/v1/jobs/{ident}").json()["result"] == LARGE
    assert bench(client, "duals")["job"]["id"] == other
    assert client.post(f"/api/v1/jobs/{other}/cancel").json()["status"] == "cancelled"
    assert [bench(client, "duals")[key] for key in ("job", "result", "error")] == [None] * 3


def test_a_failure_is_told_beside_the_result_before_it_until_the_next(client):
    for number, (state, ending) in enumerate(
        [("succeeded", {"result": {"n": 1}}), ("failed", {"error": FAILURE}), ("succeeded", {"result": {"n": 2}})]
    ):
        client.post(f"{PATH}/duals")
        work(client, state, **ending)
        told = bench(client, "duals")
        assert told["result"] == {"n": 1 if number < 2 else 2}
        assert told["error"] == (FAILURE if number == 1 else None)


def test_a_bench_goes_before_the_runs_that_wait_and_never_keeps_a_click_waiting(client):
    client.post("/api/v1/runs", json={"dataset": "digits"})
    ident = client.post(f"{PATH}/duals").json()["id"]
    with client.app.state.database.write() as session:
        assert jobs.claim(session, "interactive", {"host": "h", "pid": 1}, 30.0) is None
    assert work(client, "succeeded", result={"n": 1}) == ident


def test_clicks_at_once_make_one_job(everywhere):
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: everywhere.post(f"{PATH}/duals"), range(6)))
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_the_newest_result_of_each_bench_outlives_the_sweep(client):
    database = client.app.state.database
    kept = []
    for name in ("duals", "particles"):
        for ending in ({"result": {"n": 1}}, {"result": {"n": 2}}, {"error": FAILURE}):
            client.post(f"{PATH}/{name}")
            ident = work(client, "succeeded" if "result" in ending else "failed", **ending)
        kept.append(bench(client, name)["at"])
    waiting = client.post(f"{PATH}/duals").json()["id"]
    with database.write() as session:
        jobs.forget_answers(session, utc_now() + timedelta(days=9))
        assert benches.forget_old(session, utc_now() - timedelta(days=1)) == 0
        assert benches.forget_old(session, utc_now() + timedelta(days=1)) == 4
        assert {job.state for job in session.query(Job)} == {"queued", "succeeded"}
    assert [bench(client, name)["at"] for name in ("duals", "particles")] == kept
    assert {bench(client, name)["result"]["n"] for name in ("duals", "particles")} == {2}
    assert bench(client, "duals")["job"]["id"] == waiting
    assert client.get(f"/api/v1/jobs/{ident}").status_code == 404


def test_the_toy_model_as_the_page_reads_it(client):
    answer = client.get("/api/v1/lab/toy")
    assert answer.status_code == 200
    body = answer.json()
    truth, model = toy.source(), toy.hand_built()
    assert body["states"] == truth.states.tolist()
    assert body["data"] == truth.data.tolist()
    assert body["source"] == {
        "weights": [0.7, 0.3],
        "means": [-0.5, 0.5],
        "scale": 0.29998,
        "conditional": truth.conditional.tolist(),
        "posterior": truth.posterior.tolist(),
    }
    assert (len(body["source"]["conditional"]), len(body["source"]["posterior"])) == (2, 30)
    assert body["entropy"] == truth.entropy
    assert body["information"] == pytest.approx(0.5, abs=5e-6)
    assert body["posterior_information"] == pytest.approx(0.378, abs=5e-4)
    optimal = body["optimal"]
    assert optimal["encoder"] == model.encoder.tolist()
    assert optimal["decoder"] == model.decoder.tolist()
    assert optimal["marginal"] == model.marginal.tolist()
    assert optimal["rate"] + optimal["distortion"] == pytest.approx(body["entropy"])
    assert optimal["information_with_source"] == pytest.approx(body["posterior_information"])
    exact, fixed = body["curve"], body["blahut_arimoto"]
    assert np.add(exact["rate"], exact["distortion"]) == pytest.approx(body["entropy"])
    assert (exact["rate"][0], exact["rate"][-1]) == (0, body["entropy"])
    assert fixed["rate"] == sorted(fixed["rate"])
    assert fixed["distortion"] == sorted(fixed["distortion"], reverse=True)
    above = np.add(fixed["rate"], fixed["distortion"]) - body["entropy"]
    assert above.min() == pytest.approx(0, abs=1e-3)
    assert fixed["rate"][int(above.argmin())] == pytest.approx(0.5, abs=0.02)


def test_the_answer_is_described_down_to_its_units(client):
    document = client.get("/api/v1/openapi.json").json()
    path = document["paths"]["/api/v1/lab/toy"]["get"]
    named = path["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    properties = document["components"]["schemas"][named]["properties"]
    assert set(properties) == set(client.get("/api/v1/lab/toy").json())
    assert all(each.get("description") for name, each in properties.items() if "$ref" not in each), properties
    assert client.post("/api/v1/lab/toy").status_code == 405
    assert client.get("/api/v1/lab/nothing").status_code == 404


def test_no_measurement_lowers_an_entropy_that_is_known(client, add_points):
    add_points(client, {"dataset": "toy"}, [(0.5, toy.source().entropy - 0.5 - 1e-6)])
    found = client.get("/api/v1/frontier?dataset=toy").json()
    assert found["dataset"] == "toy/none"
    assert found["entropy_bound"] == {
        "value": toy.source().entropy, "source": "H itself, from the formula", "exact": True,
    }  # fmt: skip
    (group,) = found["groups"]
    assert len(group["staircase"]) == 1


def test_the_catalogue_offers_the_toy_with_its_own_parts(client):
    catalogue = client.get("/api/v1/catalogue").json()
    entry = next(each for each in catalogue["datasets"] if each["name"] == "toy")
    assert entry["shape"] == [1, 30, 1]
    assert entry["defaults"]["architecture"]["encoder"]["kind"] == "categorical"
    assert entry["schema"]["properties"]["binarize"]["enum"] == ["none"]
    listed = client.get("/api/v1/datasets").json()
    listed = listed if isinstance(listed, list) else listed["items"]
    record = next(each for each in listed if each["name"] == "toy")
    assert (record["state"], record["values"]) == ("ready", "one-hot")
    assert client.post("/api/v1/runs", json={"dataset": "toy"}).status_code == 201
