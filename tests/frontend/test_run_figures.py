"""The run page's figures and numbers: curves in their units, q(z) against m(z), e(z|x) beside p(z|x)."""

import math
import random
from datetime import UTC, datetime

import numpy as np
import pytest
from records_of_rest import estimate, of_type, text

from frontend.components import run_parts
from frontend.components.aggregate import aggregate, true_posterior
from frontend.figures.codes import CLASSES, codes, groups
from frontend.figures.curves import COLUMNS, curves, panels
from frontend.figures.densities import line_density, plane_density, window
from frontend.figures.posteriors import pairs, posteriors, scale
from frontend.words.formats import decimals_for


def normals(count: int, seed: int) -> list[float]:
    generator = random.Random(seed)
    return [generator.gauss(0, 1) for _ in range(count)]


@pytest.fixture
def terms(catalogue):
    """Of a run with an MMD and a Pearson term."""
    named = {union: {each["name"]: each for each in catalogue[union]} for union in ("divergences", "information_terms")}
    return {"divergence": named["divergences"]["mmd"], "information": named["information_terms"]["pearson"]}


def test_every_column_that_is_there_has_a_panel_in_its_own_unit(terms):
    history = {
        "step": [1, 2], "images_per_second": [9.0, 9.0], "critic_loss": [0.1, 0.2], "divergence": [0.0, -0.1],
        "rate": [1.0, 2.0], "distortion": [3.0, 2.0], "loss": [4.0, None], "information": [0.1, 0.2],
        "energy_score_loss": [1.0, 2.0], "effective_rank": [3.0, 3.5], "beta": [0.1, 0.2], "set_point": [7.9, 7.8],
        "marginal_loss": [1.0, 1.0], "multiplier": [0.5, 0.6], "learning_rate": [1e-3, 1e-3], "epoch": [0.5, 1.0],
    }  # fmt: skip
    assert [panel.words for panel in panels(history, terms)] == [
        "rate R, nats", "distortion D, nats", "loss, nats", "Squared maximum mean discrepancy",
        "Pearson information, lower bound", "loss of the critic", "E[-log m(z)], what m(z) descends, nats",
        "β, weight of R",
        "weight of R, learned", "R asked for, corrected, nats", "loss of the energy score", "effective rank",
        "images per second",
    ]  # fmt: skip
    figure = curves(history, terms, scheme="dark", run_id="r1")
    assert [list(trace.y) for trace in figure.data[:3]] == [[1.0, 2.0], [3.0, 2.0], [4.0, None]]
    assert [note.text for note in figure.layout.annotations] == [panel.words for panel in panels(history, terms)]
    assert figure.layout.uirevision == "r1"


def test_a_term_says_what_bound_it_is(catalogue):
    kinds = {
        "rate": ("rate_terms", "adversarial"),
        "divergence": ("divergences", "kl"),
        "information": ("information_terms", "js"),
    }
    terms = {term: next(e for e in catalogue[axis] if e["name"] == kind) for term, (axis, kind) in kinds.items()}
    history = {"step": [1], "rate_estimate": [1.0], "divergence": [1.0], "information": [1.0]}
    assert [panel.words for panel in panels(history, terms)] == [
        "rate R by a density ratio, nats, no bound",
        "Kullback-Leibler by density ratio, nats, no bound",
        "Jensen-Shannon information, nats, lower bound",
    ]
    bounds = {entry["name"]: entry["bound"] for entry in catalogue["divergences"]}
    assert bounds == {"none": "", "mmd": "", "stein": "", "adversarial": "lower bound", "kl": "no bound"}


def test_the_head_of_a_run_says_what_was_minimised(catalogue, run):
    method = next(entry for entry in catalogue["methods"] if entry["name"] == "aae")
    for knobs, formula in (
        ({"lambda": 1.0}, "minimises D + λ JS ( q ( z ), m ( z )) paper I"),
        (None, "D + rate term"),
    ):
        shown = run_parts.head({**run, "method": "aae", "knobs": knobs}, method, datetime.now(UTC))
        assert formula in " ".join(text(shown).split())


def test_a_model_without_a_rate_has_no_panel_of_it():
    history = {"step": [1, 2], "rate": [None, None], "rate_estimate": [1.0, 2.0], "distortion": [3.0, 2.0]}
    assert [panel.column for panel in panels({**history, "beta": [1.0, 1.0]}, {})] == ["distortion", "rate_estimate"]


@pytest.mark.parametrize("count", [1, 4, 7])
def test_panels_stand_two_beside_each_other_or_one_under_the_other_and_never_overlap(count):
    names = ["rate", "distortion", "loss", "divergence", "information", "critic_loss", "images_per_second"][:count]
    figure = curves({"step": [1], **{name: [1.0] for name in names}}, {}, scheme="light", run_id="r")
    ways = figure.layout.meta["arrangements"]
    assert ways.keys() == COLUMNS.keys()
    for name, columns in COLUMNS.items():
        layout = ways[name]["layout"]
        axes = ["" if index == 0 else str(index + 1) for index in range(count)]
        boxes = [(*layout[f"xaxis{axis}.domain"], *layout[f"yaxis{axis}.domain"]) for axis in axes]
        assert all(0 <= low < high <= 1 for box in boxes for low, high in (box[:2], box[2:]))
        for index, (left, right, bottom, top) in enumerate(boxes):
            for other in boxes[:index]:
                assert right < other[0] or left > other[1] or top < other[2] or bottom > other[3]
        titles = [layout[f"xaxis{axis}.title"]["text"] for axis in axes]
        assert titles.count("step") == min(columns, count)
        assert titles[-1] == "step"
    assert ways["narrow"]["height"] >= ways["wide"]["height"]
    assert figure.layout.annotations[0].y == ways["wide"]["layout"]["annotations[0].y"]


def test_a_run_before_its_first_step_says_so():
    figure = curves({"step": []}, {}, scheme="light", run_id="r")
    assert not figure.data
    assert figure.layout.annotations[0].text == "No step has been taken yet."


def test_densities_hold_what_they_say():
    x, y = normals(800, 0), normals(800, 1)
    ends = window(x), window(y)
    plane = plane_density(x, y, *ends)
    cell = (plane.x[1] - plane.x[0]) * (plane.y[1] - plane.y[0])
    assert float(plane.height.sum() * cell) == pytest.approx(1, abs=0.03)
    inside = float(plane.height[plane.height >= plane.level(0.5)].sum() * cell)
    assert inside == pytest.approx(0.5, abs=0.02)
    assert plane.level(0.5) > plane.level(0.95)
    places, height = line_density(x, ends[0])
    assert float(height.sum() * (places[1] - places[0])) == pytest.approx(1, abs=0.02)
    assert float(height.max()) == pytest.approx(1 / math.sqrt(2 * math.pi), rel=0.15)


@pytest.mark.parametrize("points", [[2.0] * 5, [0.0], []])
def test_a_cloud_without_any_width_still_has_a_window_and_a_density(points):
    ends = window(points)
    assert ends[0] < ends[1]
    if points:
        assert np.isfinite(line_density(points, ends)[1]).all()


def test_codes_stand_in_the_plane_by_class_with_both_contours_on_equal_axes():
    arrays = {
        "codes_x": normals(60, 0), "codes_y": normals(60, 1), "marginal_x": normals(50, 2),
        "marginal_y": normals(50, 3), "codes_class": [float(n % 3) for n in range(60)], "codes_share": [0.31, 0.2],
    }  # fmt: skip
    figure = codes(arrays, scheme="dark", point_id="p1")
    clouds = [trace for trace in figure.data if trace.type == "scatter"]
    assert [trace.name for trace in clouds] == ["0", "1", "2", "draws of m(z)"]
    assert [list(trace.x) for trace in clouds[:3]] == [arrays["codes_x"][n::3] for n in range(3)]
    shown = [trace.name for trace in figure.data if trace.type == "contour" and trace.showlegend]
    assert shown == ["contours of m(z)", "contours of q(z)"]
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.xaxis.title.text == "1st principal axis, 31%"
    assert figure.layout.uirevision == "p1"


def test_codes_of_one_dimension_are_two_densities_over_the_codes():
    figure = codes({"codes_x": normals(40, 0), "marginal_x": normals(40, 1)}, scheme="light", point_id="p")
    assert [trace.name for trace in figure.data] == ["m(z)", "q(z)", "codes"]
    assert max(figure.data[2].y) < 0
    assert min(figure.layout.yaxis.tickvals) == 0


def test_more_classes_than_can_be_told_apart_are_one():
    assert len(groups([float(n) for n in range(len(CLASSES))], 10)) == 10
    assert [name for name, _, _ in groups([float(n) for n in range(11)], 11)] == ["codes"]
    assert groups(None, 2) == [("codes", None, [0, 1])]


@pytest.fixture
def measured(point):
    """A point with the shape of its q(z) and draws of two posteriors."""
    point["estimates"] |= {
        "log_det_cov": estimate(4.646, 0.215, unit="1", bound="estimate", settings={"examples": 360}),
        "mmd_marginal": estimate(-0.00004, 0.00013, unit="1", bound="estimate", settings={"examples": 360}),
        "posterior_gap": estimate(1.15, 0.49, bound="lower", flags=["low_ess"], settings={"examples": 2}),
        "effective_samples": estimate(76.2, None, unit="draws", bound="estimate", flags=["low_ess"], settings={}),
    }
    point["arrays"] |= {
        "codes_x": normals(30, 0), "codes_y": normals(30, 1), "marginal_x": normals(30, 2),
        "marginal_y": normals(30, 3), "codes_share": [0.25, 0.1], "true_posterior_image": [126.0, 7.0],
        **{f"true_posterior_{name}": normals(80, seed) for seed, name in enumerate(("e_x", "e_y", "p_x", "p_y"))},
    }  # fmt: skip
    return point


def test_the_numbers_of_q_stand_beside_the_picture_with_their_errors(measured):
    shown = aggregate(measured, scheme="light")
    words = text(shown)
    for each in ("log det Cov q(z)", "4.65", "± 0.21", "\u22120.00004", "± 0.00013", "Over 360 test images.", "35%"):
        assert each in words, each
    assert "30 codes and as many draws of m(z), along the two leading principal axes of Cov q(z)" in words
    assert len(of_type(shown, "Graph")) == 1
    assert [getattr(each, "data-save") for each in of_type(shown, "MenuItem")] == ["svg", "png", "csv", "json"]


def test_codes_without_a_volume_say_why_there_is_no_number(measured):
    measured["estimates"]["log_det_cov"] |= {"value": None, "stderr": None, "flags": ["degenerate"]}
    words = text(aggregate(measured, scheme="light"))
    assert "The codes fill no volume, or are too few; over 360 test images." in words
    assert "None" not in words


def test_a_point_that_was_measured_before_has_no_such_section(point):
    assert aggregate(point, scheme="light") is None
    assert true_posterior(point, scheme="light") is None


def test_each_image_has_its_posteriors_beside_each_other_on_one_scale(measured):
    shown = true_posterior(measured, scheme="dark")
    words = text(shown)
    assert "test image 126" in words
    assert "76 " in words
    assert words.count("few weights carry the estimate") + words.count("Few weights carry the estimate") == 1
    graphs = of_type(shown, "Graph")
    assert len(graphs) == 2
    layouts = [each.figure.layout for each in graphs]
    lengths = [axis.range[1] - axis.range[0] for each in layouts for axis in (each.xaxis, each.xaxis2, each.yaxis)]
    assert lengths == pytest.approx([lengths[0]] * 6)
    found = pairs(measured["arrays"])
    assert found[1].draws["p_y"] == measured["arrays"]["true_posterior_p_y"][40:]


def test_posteriors_of_one_dimension_are_two_densities():
    arrays = {"true_posterior_image": [3.0], "true_posterior_e_x": normals(50, 0), "true_posterior_p_x": normals(50, 1)}
    (pair,) = pairs(arrays)
    figure = posteriors(pair, scale([pair]), scheme="light", point_id="p")
    assert [trace.name for trace in figure.data] == ["e(z|x)", "p(z|x)"]
    assert scale([]) == 0


def test_an_implicit_point_says_that_its_rate_is_not_defined(measured, run):
    missing = estimate(None, flags=["implicit"])
    for name in ("rate", "neg_elbo"):
        measured[name] = measured["estimates"][name] = missing
    words = text(run_parts.point_head(measured, run))
    assert "R is not defined: the encoder has no density" in words
    assert "81.25" in words
    rows = [text(row) for row in of_type(run_parts.estimates(measured), "Tr")]
    assert rows[1] == "rate \u2013 \u2013 nats  implicit"
    assert any(each.startswith("mmd marginal \u22120.00004 ± 0.00013 ") for each in rows)


def test_decimals_show_two_digits_of_an_error_and_none_of_rounding():
    assert [decimals_for(each, 2) for each in (None, 0.0, 3.0, 0.05, 0.00013, 5e-17)] == [2, 2, 2, 3, 5, 2]
