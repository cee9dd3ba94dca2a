"""``/points`` and ``/frontier``: the plane as it is in the database, thinned and grouped."""

import math

import numpy as np
import pytest

from backend.api import points as points_api
from backend.store import datasets
from backend.store.tables import Deletion, Picture

DIGITS = {"dataset": "digits"}
PIXEL_BOUND = 64 * math.log(2)


def plane(client, **query):
    return client.get("/api/v1/points", params=query).json()


def frontier(client, **query):
    return client.get("/api/v1/frontier", params={"dataset": "digits", **query}).json()


def test_columns_are_what_the_contract_names(everywhere, add_points):
    run_id, ids = add_points(everywhere, {**DIGITS, "beta": 0.5, "seed": 3}, [(2.0, 10.0)], beta=0.5)
    answer = plane(everywhere)
    assert (answer["total"], answer["thinned"]) == (1, False)
    columns = {name: column[0] for name, column in answer["columns"].items()}
    assert columns["id"] == ids[0]
    assert columns["run_id"] == run_id
    assert (columns["rate"], columns["distortion"], columns["neg_elbo"]) == (2.0, 10.0, 12.0)
    assert (columns["rate_stderr"], columns["mi_lower"], columns["mi_upper"]) == (0.1, 2.0, 2.0)
    assert (columns["saturated"], columns["label"], columns["architecture"]) == (False, "syntactic", "---")
    assert (columns["method"], columns["seed"], columns["beta"]) == ("beta-vae", 3, 0.5)


def test_a_method_that_the_runs_own_fields_changed_is_marked(everywhere, add_points):
    changed: dict = {"method": "autoencoder", "objective": {"rate": "beta"}}
    bodies = [
        changed,
        {"method": "autoencoder"},
        {"method": "vimae-l"},
        {"objective": {"information": "tv", "divergence": "kl"}},
    ]
    for body in [*bodies, {"method": "vimae-l", "architecture": {"marginal": "normal"}}]:
        add_points(everywhere, {**DIGITS, **body}, [(1.0, 2.0)])
    columns = plane(everywhere)["columns"]
    assert columns["method"] == ["autoencoder", "autoencoder", "vimae-l", "custom", "vimae-l"]
    assert columns["method_changed"] == [True, False, False, False, True]
    assert columns["knobs"] == [None, {}, {"lambda": 10.0}, None, None]
    assert [terms is None for terms in columns["terms"]] == [False, True, True, False, False]
    assert columns["terms"][3] == {
        "rate": {"kind": "beta", "beta": 1.0},
        "divergence": {"kind": "kl", "weight": 1.0},
        "information": {"kind": "tv", "weight": 1.0},
    }


def test_the_parts_without_a_symbol_are_named(everywhere, add_points):
    for body in ({}, {"method": "aae", "architecture": {"encoder": "deterministic"}}, {"method": "adversarial-vb"}):
        add_points(everywhere, {**DIGITS, **body}, [(1.0, 2.0)])
    columns = plane(everywhere)["columns"]
    assert columns["architecture"] == ["---", "?--", "?--"]
    assert columns["unmarked"] == [None, {"encoder": "deterministic"}, {"encoder": "implicit"}]


@pytest.mark.parametrize("where", ["points", "runs"])
@pytest.mark.parametrize(
    ("method", "words"), [("info-vae", "did you mean infovae"), ("zzz", "there are: vae, beta-vae")]
)
def test_an_unknown_method_is_refused_and_a_near_one_named(client, where, method, words):
    answer = client.get(f"/api/v1/{where}", params={"method": method})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["loc"]) == (422, ["method"])
    assert words in error["msg"]
    for known in ("custom", "", "aae"):
        assert client.get(f"/api/v1/{where}", params={"method": known}).status_code == 200


def test_the_plane_follows_the_database(everywhere, add_points):
    first, (a, b) = add_points(everywhere, DIGITS, [(1.0, 2.0), (3.0, 1.0)])
    assert plane(everywhere)["columns"]["id"] == [a, b]
    _, (c,) = add_points(everywhere, DIGITS, [(2.0, 2.0)])
    assert plane(everywhere)["columns"]["id"] == [a, b, c]
    everywhere.delete(f"/api/v1/runs/{first}")
    after = plane(everywhere)
    assert after["columns"]["id"] == [c]
    assert after["total"] == 1
    with everywhere.app.state.database.read() as session:
        assert session.query(Deletion).count() == 1


def test_etag_changes_with_the_points_only(client, add_points):
    run_id, _ = add_points(client, DIGITS, [(1.0, 2.0)])
    first = client.get("/api/v1/points")
    same = client.get("/api/v1/points", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    client.patch(f"/api/v1/runs/{run_id}", json={"notes": "no point moved"})
    assert client.get("/api/v1/points", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    add_points(client, DIGITS, [(1.0, 1.0)])
    assert client.get("/api/v1/points", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_filters(client, add_points):
    _, (static,) = add_points(client, DIGITS, [(1.0, 2.0)])
    _, (dynamic,) = add_points(client, {"dataset": "digits/dynamic", "beta": 2.0}, [(1.0, 2.0)], label="semantic")
    assert plane(client, dataset="digits")["columns"]["id"] == [static]
    assert plane(client, dataset="digits/dynamic")["columns"]["id"] == [dynamic]
    assert plane(client, method="beta-vae")["columns"]["id"] == [dynamic]
    assert plane(client, label="semantic")["columns"]["id"] == [dynamic]
    assert plane(client, architecture="-- ")["columns"]["id"] == []
    assert plane(client, dataset="")["total"] == 2


def test_implicit_points_are_listed_with_nulls_and_are_on_no_staircase(client, add_points):
    _, (implicit, finite) = add_points(client, DIGITS, [(None, 5.0), (1.0, 6.0)])
    columns = plane(client)["columns"]
    assert columns["rate"] == [None, 1.0]
    assert columns["mi_lower"] == [None, 1.0]
    group = frontier(client)["groups"][0]
    assert group["staircase"] == group["hull"] == [finite]
    point = client.get(f"/api/v1/points/{implicit}").json()
    assert point["rate"]["value"] is None
    assert point["rate"]["flags"] == ["implicit"]
    assert point["mutual_information"] is None


def test_thinning_keeps_every_staircase(client, add_points):
    generator = np.random.default_rng(0)
    for seed, body in enumerate((DIGITS, {**DIGITS, "beta": 2.0}, {"dataset": "digits/dynamic"})):
        rate = generator.uniform(0, 50, 400)
        distortion = 60 - rate + generator.exponential(5, 400)
        add_points(client, {**body, "seed": seed}, list(zip(rate.tolist(), distortion.tolist(), strict=True)))
    thinned = plane(client, limit=400)
    assert thinned["thinned"] is True
    assert thinned["total"] == 1200
    shown = set(thinned["columns"]["id"])
    assert 300 < len(shown) <= 400
    groupings = ({"group_by": name} for name in ("method", "architecture", "network"))
    for query in ({}, *groupings, {"dataset": "digits/dynamic"}):
        for group in frontier(client, **query)["groups"]:
            assert set(group["staircase"]) | set(group["hull"]) <= shown
    rates = np.sort(np.array(thinned["columns"]["rate"]))
    assert rates[0] < 2
    assert rates[-1] > 48


def test_a_point_has_all_its_estimates(client, add_points):
    run_id, (point_id,) = add_points(client, DIGITS, [(2.0, 10.0)])
    point = client.get(f"/api/v1/points/{point_id}").json()
    assert point["run_id"] == run_id
    assert set(point["estimates"]) == {"rate", "distortion", "neg_elbo"}
    assert point["rate"] == point["estimates"]["rate"]
    assert (point["rate"]["value"], point["rate"]["unit"]) == (2.0, "nats")
    assert point["mutual_information"] == {"lower": 2.0, "upper": 2.0, "saturated": False}
    assert point["arrays"] == {"kl_per_dimension": [0.5, 0.25]}
    assert client.get("/api/v1/points/none").status_code == 404


def test_pictures_are_served_for_ever(client, add_points):
    names = ["generation_mean", "reconstruction_sample", "inputs"]
    _, (point_id,) = add_points(client, DIGITS, [(2.0, 10.0)], pictures=names)
    samples = client.get(f"/api/v1/points/{point_id}/samples").json()
    assert (samples["count"], samples["height"], samples["width"], samples["channels"]) == (4, 8, 8, 1)
    assert [image["name"] for image in samples["images"]] == ["inputs", "reconstruction_sample", "generation_mean"]
    assert (samples["images"][0]["columns"], samples["images"][0]["count"]) == (2, 4)
    image = client.get(samples["images"][0]["url"])
    assert image.headers["content-type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    assert "immutable" in image.headers["cache-control"]
    assert client.get(f"/api/v1/points/{point_id}/images/none.png").status_code == 404


def test_each_picture_says_how_many_tiles_it_has(client, add_points):
    _, (point_id,) = add_points(client, DIGITS, [(1.0, 2.0)], pictures=["inputs", "generation_mean"])
    with client.app.state.database.write() as session:
        session.get(Picture, (point_id, "inputs")).count = 3
    samples = client.get(f"/api/v1/points/{point_id}/samples").json()
    assert [image["count"] for image in samples["images"]] == [3, 4]
    assert samples["count"] == 4


def test_frontier_of_a_data_set(everywhere, add_points):
    _, ids = add_points(everywhere, DIGITS, [(1.0, 30.0), (1.0, 30.0), (5.0, 25.0), (6.0, 20.0), (7.0, 28.0)])
    answer = frontier(everywhere)
    assert answer["entropy_bound"]["value"] == 26.0
    assert "R + D" in answer["entropy_bound"]["source"]
    assert answer["reference"] == {"rate": 52.0, "distortion": 52.0}
    (group,) = answer["groups"]
    assert group["key"] == "all"
    assert set(group["staircase"]) == set(ids[:4])
    assert set(group["hull"]) == {ids[0], ids[1], ids[3]}
    assert group["hypervolume"] == pytest.approx(51 * 22 + 47 * 5 + 46 * 5)


def test_without_points_the_bound_is_the_published_one(client):
    answer = frontier(client)
    assert answer["entropy_bound"]["value"] == pytest.approx(PIXEL_BOUND)
    assert answer["reference"]["rate"] == pytest.approx(2 * PIXEL_BOUND)
    assert answer["groups"] == []


def test_other_evaluation_data_is_never_in_the_same_group(client, add_points):
    _, full = add_points(client, DIGITS, [(2.0, 30.0)])
    limited = {"dataset": {"name": "digits", "eval_limit": 100}}
    _, part = add_points(client, limited, [(1.0, 20.0)])
    _, dynamic = add_points(client, {"dataset": "digits/dynamic"}, [(0.5, 5.0)])
    answer = frontier(client)
    assert [(group["key"], group["staircase"]) for group in answer["groups"]] == [
        ("all", full),
        ("all (eval_limit 100)", part),
    ]
    assert answer["entropy_bound"]["value"] == 32.0
    assert frontier(client, dataset="digits/dynamic")["groups"][0]["staircase"] == dynamic


@pytest.mark.parametrize(
    ("group_by", "keys"),
    [
        ("none", ["all"]),
        ("method", ["beta-vae", "vae"]),
        ("architecture", ["---"]),
        ("encoder", ["-"]),
        ("decoder", ["-"]),
        ("marginal", ["-"]),
        ("network", ["conv"]),
    ],
)
def test_groups(client, add_points, group_by, keys):
    add_points(client, DIGITS, [(2.0, 30.0)])
    add_points(client, {**DIGITS, "beta": 2.0}, [(1.0, 31.0)])
    assert [group["key"] for group in frontier(client, group_by=group_by)["groups"]] == keys


def test_frontier_wants_a_data_set_and_a_known_grouping(client):
    assert client.get("/api/v1/frontier").status_code == 422
    assert client.get("/api/v1/frontier?dataset=nothing").status_code == 422
    assert client.get("/api/v1/frontier?dataset=digits&group_by=colour").status_code == 422


def test_every_contract_column_is_there(client):
    contract = (
        "id run_id rate rate_stderr distortion distortion_stderr neg_elbo beta mi_lower mi_upper saturated label "
        "architecture method seed"
    )
    assert set(contract.split()) <= set(points_api.COLUMNS)
    with client.app.state.database.read() as session:
        assert set(datasets.every(session)) >= {"digits", "mnist", "mnist-static"}


def test_seeds_of_one_experiment_are_of_one_recipe(everywhere, add_points):
    for body in ({"seed": 0}, {"seed": 1}, {"seed": 1, "beta": 2.0}, {"seed": 1, "architecture": "--+"}):
        add_points(everywhere, {**DIGITS, **body}, [(1.0, 2.0)])
    first, second, *others = plane(everywhere)["columns"]["recipe"]
    assert first == second
    assert len({first, *others}) == 3


def test_the_error_of_the_sum_is_told(everywhere, add_points):
    add_points(everywhere, DIGITS, [(1.0, 2.0), (None, 2.0)])
    assert plane(everywhere)["columns"]["neg_elbo_stderr"] == [0.1, 0.1]


def test_any_field_of_the_specification_is_a_column(everywhere, add_points):
    critic = {"method": "infomax-vae", "latent_dim": 4}
    for body in ({"beta": 0.5}, critic, {"network": "mlp", "seed": 7}):
        add_points(everywhere, {**DIGITS, **body}, [(1.0, 2.0)])
    asked = [
        "architecture.latent_dim", "objective.rate.beta", "objective.information", "architecture.encoder.network",
        "seed", "objective.information.units",
    ]  # fmt: skip
    columns = plane(everywhere, field=asked)["columns"]
    assert columns["architecture.latent_dim"][1] == 4
    assert columns["objective.rate.beta"][0] == 0.5
    assert columns["objective.information"][::2] == ["none", "none"]
    assert columns["architecture.encoder.network"][2] == "mlp"
    assert columns["seed"] == [0, 0, 7]
    information = columns["objective.information.units"]
    assert information[0] is None
    assert information[1] is not None
    _, (late,) = add_points(everywhere, {**DIGITS, "beta": 3.0}, [(1.0, 2.0)])
    after = plane(everywhere, field="objective.rate.beta")["columns"]
    assert dict(zip(after["id"], after["objective.rate.beta"], strict=True))[late] == 3.0


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("architecture.latent_dims", "did you mean architecture.latent_dim"),
        ("training", "such as training.batch_size"),
        ("latent_dim", "did you mean architecture.latent_dim"),
        ("<b>", "paths are written like"),
        ("seed.x", "no specification has a field"),
    ],
)
def test_a_field_that_no_specification_has_is_refused(client, path, words):
    answer = client.get("/api/v1/points", params={"field": path})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["loc"]) == (422, ["field", path])
    assert words in error["msg"]


def test_six_fields_are_the_most(client):
    field = ["seed", "training.epochs", "dataset.name", "architecture.width", "dataset.binarize", "training.schedule"]
    assert client.get("/api/v1/points", params={"field": field}).status_code == 200
    assert client.get("/api/v1/points", params={"field": [*field, "training.batch_size"]}).status_code == 422


def test_the_fields_in_which_points_differ(client, add_points):
    assert client.get("/api/v1/points/fields").json()["fields"] == []
    for body in ({"beta": 0.5}, {"beta": 4.0, "seed": 1}, {"method": "autoencoder", "network": "mlp"}):
        add_points(client, {**DIGITS, **body}, [(1.0, 2.0)])
    add_points(client, {"dataset": "mnist", "latent_dim": 3}, [(1.0, 2.0)])
    answer = client.get("/api/v1/points/fields", params={"dataset": "digits"}).json()
    found = {field.pop("path"): field for field in answer["fields"]}
    assert found["objective.rate.beta"] == {"kind": "number", "values": 3, "low": 0.5, "high": 4.0}
    assert found["seed"] == {"kind": "number", "values": 2, "low": 0, "high": 1}
    assert found["architecture.encoder.network"] == {"kind": "category", "values": 2, "low": None, "high": None}
    assert "architecture.latent_dim" not in found
    assert client.get("/api/v1/points/fields", params={"dataset": "nothing"}).status_code == 422
