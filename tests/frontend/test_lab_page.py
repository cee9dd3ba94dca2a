"""The Lab page: what it makes of the truth and of measured models. The truth is the server's own."""

import numpy as np
import pytest
from records_of_rest import estimate, of_type, text

from backend.api.lab import get_toy
from backend.datasets import DATASETS
from backend.expand import expand
from frontend.components.lab import toy
from frontend.figures.lab import records
from frontend.figures.lab.model import model_figure, tallest_of
from frontend.figures.lab.plane import hover, toy_plane
from frontend.figures.lab.records import AIMED, ELBO, OTHER, ToyModel, ToyPoint
from frontend.pages.lab.tables import model_table, points_table
from frontend.views.query import parse_seed
from frontend.words.table import csv_of


@pytest.fixture(scope="module")
def answer():
    return get_toy().model_dump(mode="json")


@pytest.fixture(scope="module")
def truth(answer):
    return records.truth(answer)


@pytest.fixture(scope="module")
def made(answer):
    return records.hand_built(answer)


@pytest.fixture(scope="module")
def learned():
    """Tables of no particular model, with latents that are not in use."""
    generator = np.random.default_rng(0)
    encoder = generator.dirichlet(np.ones(30) * 0.1, size=30)
    encoder[:, [4, 9]] = 0.0
    encoder /= encoder.sum(1, keepdims=True)
    decoder = generator.dirichlet(np.ones(30), size=30)
    return ToyModel(encoder, decoder, generator.dirichlet(np.ones(30)), 0.7, 2.61, 0.2)


def a_run(seed, **body):
    spec = expand({"dataset": "toy", "seed": seed, **body}, DATASETS).spec.model_dump(mode="json")
    return {"id": f"r{seed}", "spec": spec}


DEFAULTS = expand({"dataset": "toy"}, DATASETS).spec.model_dump(mode="json")


def points():
    return [
        ToyPoint("a", "ra", ELBO, 0, 1.2, 2.1, 0.43),
        ToyPoint("b", "rb", ELBO, 1, 0.7, 2.6, 0.3),
        ToyPoint("c", "rc", AIMED, 1, 0.5003, 2.8, 0.26),
        ToyPoint("d", "rd", OTHER, 5, 0.1, 3.3, None),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"method": "vae"}, ELBO),
        ({"beta": 1.0}, ELBO),
        ({"target_rate": 0.5}, AIMED),
        ({"target_rate": 0.6}, OTHER),
        ({"beta": 2.0}, OTHER),
        ({"method": "vae", "epochs": 10}, OTHER),
        ({"method": "vae", "objective": {"rate": {"anneal_epochs": 5}}}, OTHER),
        ({"objective": {"rate": {"kind": "target", "target_rate": 0.5, "form": "penalty"}}}, OTHER),
        ({"architecture": {"encoder": {"kind": "categorical", "weight_scale": 0.1}}}, OTHER),
    ],
)
def test_only_runs_that_differ_in_the_objective_are_compared(body, expected):
    assert records.kind(a_run(0, **body)["spec"], DEFAULTS) == expected


def test_the_two_sweeps_are_what_is_compared():
    for sweep, expected in zip(toy.SWEEPS, (ELBO, AIMED), strict=True):
        assert records.kind(expand(sweep["base"], DATASETS).spec.model_dump(mode="json"), DEFAULTS) == expected
        assert sweep["grid"]["seed"] == list(range(20))


def test_a_point_is_read_with_its_tables(made):
    arrays = {
        "encoder_matrix": made.encoder.flatten().tolist(),
        "decoder_matrix": made.decoder.flatten().tolist(),
        "marginal": made.marginal.tolist(),
    }
    point = {
        "id": "p", "rate": estimate(0.5), "distortion": estimate(2.8), "arrays": arrays,
        "estimates": {"source_information": estimate(0.37)},
    }  # fmt: skip
    read = records.model(point)
    assert read is not None
    assert np.array_equal(read.encoder, made.encoder)
    assert np.array_equal(read.decoder, made.decoder)
    found = records.toy_point(point, a_run(3, target_rate=0.5), DEFAULTS)
    assert found == ToyPoint("p", "r3", AIMED, 3, 0.5, 2.8, 0.37)
    assert records.model({**point, "arrays": {}}) is None
    assert records.toy_point({**point, "rate": estimate(None)}, a_run(3), DEFAULTS) is None


def test_the_hand_built_model_makes_the_data_and_splits_the_classes(made, truth):
    assert made.generated() == pytest.approx(truth.data)
    assert made.reconstructed(truth) == pytest.approx(truth.data)
    joint = made.aggregated(truth)
    assert joint.sum(0) == pytest.approx([0.7, 0.3])
    assert joint.sum(1) == pytest.approx(made.marginal)


def test_latents_go_from_class_to_class_and_those_not_in_use_come_last(learned, truth):
    order = learned.order(truth)
    assert sorted(order) == list(range(30))
    assert set(order[-2:]) == {4, 9}
    joint = learned.aggregated(truth)[order[:-2]]
    shares = joint[:, 1] / joint.sum(1)
    assert list(shares) == sorted(shares)


def test_the_panels_are_those_of_the_papers_figure(learned, made, truth):
    tallest = tallest_of([made, learned], truth)
    figure = model_figure(learned, truth, tallest=tallest, scheme="light", name="x")
    bars = [trace for trace in figure.data if trace.type == "bar"]
    tables = [trace for trace in figure.data if trace.type == "heatmap"]
    assert [trace.name for trace in bars] == ["p*(x), true", "e(z), class 0", "e(z), class 1"]
    assert sum(bars[1].y) == pytest.approx(0.7)
    order = learned.order(truth)
    assert np.array_equal(tables[0].z, learned.encoder.T[order])
    assert np.array_equal(tables[1].z, learned.decoder[order])
    assert np.array_equal(tables[2].z, (learned.encoder @ learned.decoder).T)
    assert np.asarray(tables[2].z).sum(0) == pytest.approx(np.ones(30))
    again = model_figure(made, truth, tallest=tallest, scheme="dark", name="y")
    assert [t.zmax for t in again.data if t.type == "heatmap"] == [t.zmax for t in tables]


def test_the_plane_has_the_exact_curve_and_rings_the_seed_on_show(made, truth):
    figure = toy_plane(points(), truth, made, seed=1, scheme="light")
    curve = next(trace for trace in figure.data if trace.name == "D = H − R, exact")
    assert np.asarray(curve.x) + np.asarray(curve.y) == pytest.approx(truth.entropy)
    rings = [trace.x for trace in figure.data if trace.name == "on show" and trace.yaxis == "y"]
    assert [x for ring in rings for x in ring] == [0.7, 0.5003]
    assert {seed for trace in figure.data if trace.customdata is not None for _, seed in trace.customdata} == {0, 1, 5}
    assert "R + D − H  0.0011" in hover(points()[0], truth)


@pytest.mark.parametrize(("wanted", "expected"), [(None, 1), ("0", 0), ("7", 1), ("x", 1), ("5", 1)])
def test_the_seed_on_show_is_the_one_asked_for_else_one_that_both_have(wanted, expected):
    assert records.chosen_seed(points(), wanted) == expected


def test_without_a_model_there_is_no_seed_and_one_button(truth):
    assert records.chosen_seed([], "3") is None
    (button,) = of_type(toy.offer([], 0), "Button")
    assert getattr(button, "data-do") == "start-toy"
    assert "3 models to go" in text(toy.offer(points(), 3))
    full = [ToyPoint("", "", kind, seed, 1.0, 1.0, 0.1) for kind in (ELBO, AIMED) for seed in range(20)]
    assert toy.offer(full, 0) == []
    assert "37 more models" in text(toy.offer(points(), 0))
    assert parse_seed("?seed=4&x=1") == "4"
    assert parse_seed(None) is None


def test_the_words_name_the_numbers_and_every_curve(truth):
    words = text(toy.class_words(truth))
    assert "0.500 nats" in words
    assert "tells 0.378." in words
    drawn = text(toy.legend())
    assert all(name in drawn for name in ("p*(x)", "g(x)", "d(x)", "m(z)", "e(z|x)", "Blahut-Arimoto"))


def test_what_waits_can_be_cancelled():
    assert [getattr(button, "data-do") for button in of_type(toy.offer(points(), 3), "Button")] == ["cancel-toy"]


def test_the_spread_over_the_seeds_is_a_table_beside_the_true_posterior(truth):
    rows = [text(row) for row in of_type(toy.summary(points(), truth), "Tr")]
    assert rows[1].startswith("ELBO 2 0.7000 1.2000 0.7000")
    assert rows[2].startswith("target rate 0.5 1 0.5003 0.5003 0.0003")
    assert "0.378" in rows[3]
    assert "No model" in text(toy.summary(points()[3:], truth))


def test_tables_and_points_go_along_as_csv(learned, truth):
    lines = csv_of(model_table(learned, truth)).splitlines()
    assert lines[0] == "x,z,p(x),e(z|x),d(x|z),m(z)"
    assert len(lines) == 901
    x, z, _, encoder, decoder, _ = lines[1 + 30 * 2 + 7].split(",")
    assert (float(x), int(z)) == (pytest.approx(truth.states[2]), 7)
    assert (float(encoder), float(decoder)) == (learned.encoder[2, 7], learned.decoder[7, 2])
    assert len(csv_of(points_table(points())).splitlines()) == 5
