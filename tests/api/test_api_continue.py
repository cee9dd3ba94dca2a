"""Training longer: a run that continues another over REST, what it takes over, and what is refused."""

import pytest
from rows import set_status
from test_api_queue import submit

from backend.store import objects
from backend.store.tables import Artifact, Job

WEIGHTS = "a" * 64
PARENT = {"architecture": {"latent_dim": 8}, "objective": {"rate": {"kind": "beta", "beta": 0.5, "anneal_epochs": 2}}}


@pytest.fixture
def parent(everywhere):
    return succeeded(everywhere, **PARENT, epochs=5)


def keep(client, run_id, sha256=WEIGHTS):
    """Give a run a checkpoint, as its worker would."""
    state = client.app.state
    key = objects.checkpoint_key(run_id, 7, "token")
    state.artifacts.put(key, b"model")
    with state.database.write() as session:
        job = session.query(Job).filter(Job.run_id == run_id).one()
        objects.keep_checkpoint(session, job, run_id, key, 7, 5, sha256)
    return key


def succeeded(client, **body):
    run = submit(client, **body)
    keep(client, run["id"])
    set_status(client, run["id"], "succeeded")
    return run


def longer(client, run, epochs=3):
    return client.post(f"/api/v1/runs/{run['id']}/continue", json={"epochs": epochs})


def refused(client, **body):
    answer = client.post("/api/v1/runs", json=body)
    assert answer.status_code == 422, answer.text
    return {".".join(map(str, each["loc"])): each["msg"] for each in answer.json()["errors"]}


def test_it_has_everything_from_the_run_it_continues_but_its_annealing(everywhere, parent):
    answer = longer(everywhere, parent)
    assert answer.status_code == 201
    run = answer.json()
    assert answer.headers["location"] == f"/api/v1/runs/{run['id']}"
    expected = {
        **parent["spec"],
        "objective": {**parent["spec"]["objective"]},
        "training": {**parent["spec"]["training"]},
    }
    expected["objective"]["rate"] = {**expected["objective"]["rate"], "anneal_epochs": 0}
    expected["training"] |= {"epochs": 3, "continues": {"run": parent["id"], "sha256": WEIGHTS, "epochs": 5}}
    assert run["spec"] == expected
    assert (run["status"], run["method"]) == ("queued", parent["method"])
    again = longer(everywhere, parent)
    assert (again.status_code, again.json()["id"]) == (200, run["id"])
    # its own specification, posted in full, is the same run
    assert everywhere.post("/api/v1/runs", json=run["spec"]).json()["id"] == run["id"]
    listed = everywhere.get("/api/v1/runs", params={"continues": parent["id"]}).json()["items"]
    assert [each["id"] for each in listed] == [run["id"]]
    assert parent["spec"]["training"]["continues"] is None


def test_another_beta_and_another_seed_start_from_the_same_weights(everywhere, parent):
    base = {"training": {"continues": parent["id"]}}
    run = everywhere.post("/api/v1/runs", json={**base, "beta": 2.0}).json()
    assert run["spec"]["objective"]["rate"]["beta"] == 2.0
    assert run["spec"]["architecture"] == parent["spec"]["architecture"]
    assert run["method"] == "beta-vae"
    sweep = everywhere.post("/api/v1/sweeps", json={"base": base, "grid": {"beta": [1.0, 2.0], "seed": [0, 1]}})
    assert sweep.status_code == 201, sweep.text
    assert len(sweep.json()["runs"]) == 4
    assert run["id"] in sweep.json()["runs"]


def test_epochs_add_up_over_generations(everywhere, parent):
    child = longer(everywhere, parent).json()
    keep(everywhere, child["id"], "b" * 64)
    set_status(everywhere, child["id"], "succeeded")
    grandchild = longer(everywhere, child, epochs=4).json()
    assert grandchild["spec"]["training"]["continues"] == {"run": child["id"], "sha256": "b" * 64, "epochs": 8}


@pytest.mark.parametrize(
    ("more", "field", "told"),
    [
        ({"architecture": {"latent_dim": 4}}, "architecture.latent_dim", "is 4, and 8 in run"),
        ({"latent_dim": 4}, "latent_dim", "is 4, and 8 in run"),
        ({"architecture": "-+-"}, "architecture", "is pixelcnn, and factorised in run"),
        ({"dataset": "mnist"}, "dataset", "was trained on digits"),
    ],
)
def test_another_model_or_data_set_is_refused_where_it_was_written(client, more, field, told):
    parent = succeeded(client, **PARENT)
    problems = refused(client, training={"continues": parent["id"]}, **more)
    assert told in problems[field]
    assert "leave" in problems[field]


@pytest.mark.parametrize(
    ("continues", "field", "told"),
    [
        ("none", "training.continues", "no run has the id 'none'"),
        ({"run": "none"}, "training.continues.run", "no run has the id"),
        (5, "training.continues", "should be"),
        ({}, "training.continues.run", "required"),
        ("", "training.continues", "at least 1"),
        ({"run": "{parent}", "sha256": "c" * 64}, "training.continues.sha256", f"is {WEIGHTS}"),
        ({"run": "{parent}", "epochs": 9}, "training.continues.epochs", "is 10 of run"),
        ({"run": "{parent}", "step": 9}, "training.continues.step", "has no step"),
    ],
)
def test_what_cannot_be_continued_is_named(client, continues, field, told):
    parent = succeeded(client, epochs=10)
    if isinstance(continues, dict) and continues.get("run") == "{parent}":
        continues = {**continues, "run": parent["id"]}
    assert told.lower() in refused(client, training={"continues": continues})[field].lower()


@pytest.mark.parametrize(
    ("status", "told"),
    [("queued", "wait until"), ("running", "wait until"), ("failed", "retry it"), ("cancelled", "retry it")],
)
def test_only_a_run_that_succeeded_can_be_continued(client, status, told):
    run = submit(client)
    keep(client, run["id"])
    set_status(client, run["id"], status)
    answer = longer(client, run)
    assert (answer.status_code, told in answer.json()["detail"]) == (409, True)
    assert told in refused(client, training={"continues": run["id"]})["training.continues"]


def test_a_run_without_a_checkpoint_is_refused_with_a_way_out(client):
    run = submit(client)
    set_status(client, run["id"], "succeeded")
    answer = longer(client, run)
    assert answer.status_code == 409
    assert "submit its specification again" in answer.json()["detail"]
    assert "no checkpoint" in refused(client, training={"continues": run["id"]})["training.continues"]
    client.app.state.artifacts.delete(keep(client, run["id"]))
    assert longer(client, run).status_code == 409


@pytest.mark.parametrize("body", [{}, {"epochs": 0}, {"epochs": "3"}, {"epochs": None}, {"epochs": 3, "beta": 1}, []])
def test_how_much_longer_is_a_number_of_epochs(client, body):
    run = succeeded(client)
    answer = client.post(f"/api/v1/runs/{run['id']}/continue", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert client.post("/api/v1/runs/none/continue", json={"epochs": 1}).status_code == 404


def test_a_run_is_not_deleted_before_the_one_that_continues_it_has_begun(everywhere, parent):
    child = longer(everywhere, parent).json()
    path = f"/api/v1/runs/{parent['id']}"
    answer = everywhere.delete(path)
    assert answer.status_code == 409
    assert child["id"] in answer.json()["detail"]
    assert "cancel it" in answer.json()["detail"]
    keep(everywhere, child["id"], "b" * 64)
    set_status(everywhere, child["id"], "running")
    assert everywhere.delete(path).status_code == 204
    assert everywhere.get(f"/api/v1/runs/{child['id']}").json()["spec"]["training"]["continues"]["run"] == parent["id"]


def test_a_run_whose_start_is_gone_is_not_retried(everywhere, parent):
    child = longer(everywhere, parent).json()
    everywhere.post(f"/api/v1/runs/{child['id']}/cancel")
    assert everywhere.delete(f"/api/v1/runs/{parent['id']}").status_code == 204
    answer = everywhere.post(f"/api/v1/runs/{child['id']}/retry")
    assert answer.status_code == 409
    assert "without training.continues" in answer.json()["detail"]
    again = everywhere.post("/api/v1/runs", json=child["spec"])
    assert (again.status_code, "without training.continues" in again.json()["detail"]) == (409, True)


@pytest.fixture
def orphan(everywhere, parent):
    """A run that has succeeded, and whose start was deleted since."""
    run = longer(everywhere, parent).json()
    keep(everywhere, run["id"], "b" * 64)
    set_status(everywhere, run["id"], "succeeded")
    assert everywhere.delete(f"/api/v1/runs/{parent['id']}").status_code == 204
    return run


def test_a_run_that_has_succeeded_is_known_though_its_start_is_gone(everywhere, orphan):
    again = everywhere.post("/api/v1/runs", json=orphan["spec"])
    assert (again.status_code, again.json()["id"]) == (200, orphan["id"])
    for more in ({"seed": 9}, {"training": {**orphan["spec"]["training"], "epochs": 99}}):
        new = everywhere.post("/api/v1/runs", json={**orphan["spec"], **more})
        assert (new.status_code, "is not here any more" in new.json()["detail"]) == (409, True)
    forced = everywhere.post("/api/v1/runs?duplicate=true", json=orphan["spec"])
    assert forced.status_code == 409


def test_a_sweep_takes_in_what_has_succeeded_though_its_start_is_gone(everywhere, orphan):
    base = {name: value for name, value in orphan["spec"].items() if name != "seed"}
    known = {"base": base, "grid": {"seed": [0]}}
    assert everywhere.post("/api/v1/sweeps/preview", json=known).json()["to_train"] == 0
    sweep = everywhere.post("/api/v1/sweeps", json=known)
    assert (sweep.status_code, sweep.json()["runs"]) == (201, [orphan["id"]])
    assert everywhere.post("/api/v1/sweeps", json={"base": base, "grid": {"seed": [0, 1]}}).status_code == 409


def test_a_run_is_known_though_its_start_has_lost_its_checkpoint(everywhere, parent):
    run = longer(everywhere, parent).json()
    keep(everywhere, run["id"], "b" * 64)
    set_status(everywhere, run["id"], "succeeded")
    with everywhere.app.state.database.write() as session:
        session.query(Artifact).filter(Artifact.run_id == parent["id"]).delete()
    assert everywhere.post("/api/v1/runs", json=run["spec"]).json()["id"] == run["id"]
    new = everywhere.post("/api/v1/runs", json={**run["spec"], "seed": 9})
    assert (new.status_code, "no checkpoint here" in new.json()["detail"]) == (409, True)


def test_a_sweep_retries_those_that_can_be(everywhere, parent):
    base = {"training": {"continues": parent["id"]}}
    sweep = everywhere.post("/api/v1/sweeps", json={"base": base, "grid": {"seed": [1, 2]}}).json()
    path = f"/api/v1/sweeps/{sweep['id']}"
    begun, lost = sweep["runs"]
    keep(everywhere, begun, "b" * 64)  # it goes on from its own weights
    everywhere.post(f"{path}/cancel")
    assert everywhere.delete(f"/api/v1/runs/{parent['id']}").status_code == 204
    counts = everywhere.post(f"{path}/retry").json()["counts"]
    assert (counts["queued"], counts["cancelled"]) == (1, 1)
    assert everywhere.get(f"/api/v1/runs/{lost}").json()["status"] == "cancelled"
    none = everywhere.post(f"{path}/retry")
    assert (none.status_code, "is not here any more" in none.json()["detail"]) == (409, True)
