"""``/sweeps``: a grid becomes runs, and they live as one."""

import pytest
from rows import set_status

from backend.store.tables import Run

DIGITS = {"dataset": "digits"}


def post(client, grid, base=DIGITS):
    return client.post("/api/v1/sweeps", json={"base": base, "grid": grid})


def spec_of(client, run_id):
    return client.get(f"/api/v1/runs/{run_id}").json()["spec"]


def test_every_combination_becomes_a_run_in_the_order_of_the_grid(everywhere):
    answer = post(everywhere, {"beta": [0.5, 2.0], "training.batch_size": [32, 64], "architecture": ["---"]})
    assert answer.status_code == 201, answer.text
    specs = [spec_of(everywhere, run_id) for run_id in answer.json()["runs"]]
    assert [(spec["objective"]["rate"]["beta"], spec["training"]["batch_size"]) for spec in specs] == [
        (0.5, 32),
        (0.5, 64),
        (2.0, 32),
        (2.0, 64),
    ]
    sweep = everywhere.get(answer.headers["location"]).json()
    assert sweep["runs"] == answer.json()["runs"]
    assert sweep["counts"]["queued"] == 4
    listed = everywhere.get("/api/v1/runs", params={"sweep": sweep["id"]}).json()["items"]
    assert {run["id"] for run in listed} == set(sweep["runs"])


def test_a_known_run_is_taken_in(client):
    known = client.post("/api/v1/runs", json={**DIGITS, "beta": 2.0}).json()["id"]
    first = post(client, {"beta": [0.5, 2.0]}).json()
    second = post(client, {"beta": [2.0, 0.5, 0.5]}).json()
    assert first["runs"][1] == known
    assert second["runs"] == first["runs"][::-1]
    assert len(client.get("/api/v1/runs").json()["items"]) == 2
    assert len(client.get("/api/v1/sweeps").json()["items"]) == 2


@pytest.mark.parametrize(
    ("base", "grid"),
    [
        ({**DIGITS, "architecture": {"latent_dim": 8}}, {"architecture": ["---"]}),
        ({**DIGITS, "architecture": "---"}, {"architecture.latent_dim": [8]}),
        ({**DIGITS, "architecture": "---"}, {"architecture": [{"latent_dim": 8}]}),
        ({**DIGITS, "latent_dim": 4}, {"latent_dim": [8]}),
        ({}, {"dataset": ["digits"], "latent_dim": [8]}),
    ],
)
def test_forms_mix_between_base_and_grid(client, base, grid):
    answer = post(client, grid, base)
    assert answer.status_code == 201, answer.text
    assert spec_of(client, answer.json()["runs"][0])["architecture"]["latent_dim"] == 8


def test_paths_lead_through_short_texts(client):
    base = {"dataset": "digits/dynamic", "objective": {"rate": "beta"}}
    answer = post(client, {"dataset.train_limit": [100], "objective.rate.beta": [3.0]}, base)
    assert answer.status_code == 201, answer.text
    spec = spec_of(client, answer.json()["runs"][0])
    assert (spec["dataset"]["binarize"], spec["dataset"]["train_limit"]) == ("dynamic", 100)
    assert spec["objective"]["rate"]["beta"] == 3.0


@pytest.mark.parametrize(
    ("grid", "loc"),
    [
        ({"beta": [1.0, -1.0]}, ["grid", "beta"]),
        ({"beta": [1.0], "seed": [0, "one"]}, ["grid", "seed"]),
        ({"architecture": ["-x-"]}, ["grid", "architecture"]),
        ({"dataset.train_limit": [100, 10**7]}, ["grid", "dataset.train_limit"]),
        ({"objective.rate.beta": [0]}, ["grid", "objective.rate.beta"]),
        ({"training.nothing": [1]}, ["grid", "training.nothing"]),
        ({"seed.deeper": [1]}, ["grid", "seed.deeper"]),
        ({"beta": []}, ["grid", "beta"]),
        ({"beta": 1.0}, ["grid", "beta"]),
        ({"betta": [1.0]}, ["grid", "betta"]),
        ({"": [1.0]}, ["grid", ""]),
        ({".": [1.0]}, ["grid", "."]),
    ],
)
def test_an_error_names_the_key_of_the_grid(refusing, grid, loc):
    answer = post(refusing, grid)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["loc"] == loc
    assert refusing.get("/api/v1/runs").json()["items"] == []
    assert refusing.get("/api/v1/sweeps").json()["items"] == []


def test_an_error_of_the_base_names_its_field(client):
    answer = post(client, {"seed": [0, 1]}, {**DIGITS, "epochs": 0})
    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["errors"]] == [["base", "epochs"]]


@pytest.mark.parametrize("body", [{}, {"base": {}}, {"grid": {}}, {"base": {}, "grid": {}, "more": 1}])
def test_base_and_grid_are_both_needed_and_nothing_else(client, body):
    assert client.post("/api/v1/sweeps", json=body).status_code == 422
    assert client.post("/api/v1/sweeps", json={"base": 1, "grid": {}}).status_code == 422
    assert client.post("/api/v1/sweeps", json={"base": {}, "grid": []}).status_code == 422


def test_a_thousand_runs_are_a_sweep_and_one_more_is_not(client):
    assert post(client, {"seed": list(range(7)), "beta": [0.1 * n for n in range(1, 144)]}).status_code == 422
    answer = post(client, {"seed": list(range(1000))})
    assert answer.status_code == 201
    assert len(answer.json()["runs"]) == 1000
    first = client.get("/api/v1/changes?since=0").json()
    second = client.get("/api/v1/changes", params={"since": first["revision"]}).json()
    assert (len(first["runs"]), first["more"], len(second["runs"]), second["more"]) == (500, True, 500, False)
    assert {run["id"] for run in first["runs"] + second["runs"]} == set(answer.json()["runs"])


def test_cancel_and_retry_as_a_unit(everywhere):
    sweep = post(everywhere, {"seed": [0, 1, 2]}).json()
    path = f"/api/v1/sweeps/{sweep['id']}"
    set_status(everywhere, sweep["runs"][0], "succeeded")
    assert everywhere.post(f"{path}/retry").status_code == 409
    cancelled = everywhere.post(f"{path}/cancel").json()
    assert (cancelled["counts"]["cancelled"], cancelled["counts"]["succeeded"]) == (2, 1)
    assert cancelled["progress"] == 1.0
    assert everywhere.post(f"{path}/cancel").status_code == 409
    retried = everywhere.post(f"{path}/retry").json()
    assert (retried["counts"]["queued"], retried["counts"]["succeeded"]) == (2, 1)
    assert retried["progress"] == pytest.approx(1 / 3)


def test_a_deleted_run_leaves_its_sweep(client):
    sweep = post(client, {"seed": [0, 1]}).json()
    client.delete(f"/api/v1/runs/{sweep['runs'][0]}")
    assert client.get(f"/api/v1/sweeps/{sweep['id']}").json()["runs"] == sweep["runs"][1:]


def test_sweeps_are_listed_newest_first(client):
    made = [post(client, {"seed": [number]}).json()["id"] for number in range(3)]
    page = client.get("/api/v1/sweeps?limit=2").json()
    rest = client.get("/api/v1/sweeps", params={"cursor": page["next"]}).json()
    assert [sweep["id"] for sweep in page["items"] + rest["items"]] == made[::-1]
    assert client.get("/api/v1/sweeps/none").status_code == 404


def test_a_preview_counts_what_is_known_and_queues_nothing(client):
    for beta, status in ((0.5, "succeeded"), (1.0, "failed"), (2.0, "queued")):
        set_status(client, client.post("/api/v1/runs", json={**DIGITS, "beta": beta}).json()["id"], status)
    body = {"base": DIGITS, "grid": {"beta": [0.5, 1.0, 2.0, 4.0, 4.0]}}
    answer = client.post("/api/v1/sweeps/preview", json=body).json()
    assert (answer["combinations"], answer["runs"], answer["to_train"]) == (5, 4, 2)
    assert {status: count for status, count in answer["known"].items() if count} == {
        "succeeded": 1,
        "failed": 1,
        "queued": 1,
    }
    assert client.get("/api/v1/sweeps").json()["items"] == []
    assert len(client.get("/api/v1/runs").json()["items"]) == 3
    refused = client.post("/api/v1/sweeps/preview", json={"base": DIGITS, "grid": {"beta": [-1]}})
    assert refused.json()["errors"][0]["loc"] == ["grid", "beta"]


def test_the_same_sweep_again_trains_only_what_is_missing(client):
    grid = {"beta": [0.5, 1.0, 2.0]}
    first = post(client, grid).json()
    for run_id, status in zip(first["runs"], ("succeeded", "failed", "cancelled"), strict=True):
        set_status(client, run_id, status)
    again = post(client, grid).json()
    assert again["runs"] == first["runs"]
    assert (again["counts"]["succeeded"], again["counts"]["queued"]) == (1, 2)


def test_members_tell_their_cell_of_the_grid_and_where_they_landed(everywhere, add_points):
    run_id, (point,) = add_points(everywhere, {**DIGITS, "beta": 2.0}, [(3.0, 14.0)])
    sweep = post(everywhere, {"beta": [1.0, 1.0, 2.0]}).json()
    items = everywhere.get(f"/api/v1/sweeps/{sweep['id']}/runs").json()["items"]
    assert [(each["cell"], each["status"]) for each in items] == [(0, "queued"), (2, "succeeded")]
    landed = items[1]
    assert (landed["run_id"], landed["point_id"], landed["rate"], landed["distortion"]) == (run_id, point, 3.0, 14.0)
    assert everywhere.get("/api/v1/sweeps/none/runs").status_code == 404


def test_a_brief_sweep_names_no_run_and_tells_the_time_left(everywhere):
    sweep = post(everywhere, {"seed": [0, 1, 2, 3]}).json()
    (listed,) = everywhere.get("/api/v1/sweeps", params={"brief": True}).json()["items"]
    assert listed == {**sweep, "runs": None}
    assert listed["left_s"] is None  # nothing has been timed
    with everywhere.app.state.database.write() as session:
        done, running = (session.get_one(Run, run_id) for run_id in sweep["runs"][:2])
        done.status, done.timings = "succeeded", {"train_s": 8.0, "measure_s": 2.0}
        running.status, running.progress = "running", {"step": 1, "steps": 4, "eta_s": 6.0}
    now = everywhere.get(f"/api/v1/sweeps/{sweep['id']}", params={"brief": True}).json()
    assert now["progress"] == pytest.approx(1.25 / 4)
    assert now["left_s"] == pytest.approx(6 + 2 * 10)
