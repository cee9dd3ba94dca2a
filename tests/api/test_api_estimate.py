"""Asking how long a run takes: the same body as a run, the same refusals, and nobody who clicked waits for it."""

import pytest

from backend.store import jobs

PATH = "/api/v1/runs/estimate"


def test_a_question_is_a_job_and_no_run(client):
    answer = client.post(PATH, json={"dataset": "digits", "architecture": "-+v", "epochs": 3})
    assert answer.status_code == 202
    job = client.get(f"/api/v1/jobs/{answer.json()['id']}").json()
    assert (job["kind"], job["status"], job["result"], job["run_id"]) == ("time", "queued", None, None)
    assert job["payload"]["spec"]["training"]["epochs"] == 3
    assert job["payload"]["spec"]["architecture"]["marginal"]["kind"] == "vamp"
    assert client.get("/api/v1/runs").json()["items"] == []
    assert client.post(f"/api/v1/jobs/{job['id']}/cancel").json()["status"] == "cancelled"


@pytest.mark.parametrize(
    "body", [{"epochs": 0}, {"dataset": "nothing"}, {"beta": 1, "target_rate": 1}, {"width": 17}, [], "", {"x": 1}]
)
def test_what_a_run_is_refused_for_a_question_is_refused_for(client, body):
    run, question = client.post("/api/v1/runs", json=body), client.post(PATH, json=body)
    assert run.status_code == question.status_code == 422
    assert run.json()["errors"] == question.json()["errors"]


def test_who_clicked_for_samples_goes_first(client):
    client.post(PATH, json={"dataset": "digits"})
    database = client.app.state.database
    with database.write() as session:
        jobs.enqueue(session, kind="draw", queue="interactive", payload={})
        taken = [jobs.claim(session, "interactive", {"host": "h", "pid": 1}, 30.0) for _ in range(2)]
        assert [job.kind for job in taken] == ["draw", "time"]
