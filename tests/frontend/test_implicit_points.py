"""Points whose R is not defined: they are seen beside the plane, and every page says so and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from records_of_rest import columns, estimate, parts, text

from backend.datasets import DATASETS
from backend.expand import expand
from frontend.components.explore import pane
from frontend.components.queue import rows
from frontend.components.run_parts import head, point_head
from frontend.figures.plane import band
from frontend.figures.plane.figure import plane
from frontend.figures.plane.hover import hover, hover_beside
from frontend.figures.plane.records import chosen_evaluation, points, shown, without_rate
from frontend.figures.plane.scene import Scene, stage
from frontend.figures.plane.window import beyond
from frontend.form.terms import of_run
from frontend.pages.explore.note import note
from frontend.pages.queue.page import filter_options
from frontend.theme import PALETTES
from frontend.views.query import View
from frontend.words.labels import unmarked
from frontend.words.runs import CUSTOM, changed_note, short_title, title

LIGHT = PALETTES["light"]
VIEW = View(dataset="digits/static")
SKEW = View(dataset="digits/static", axes="skew")
MIXED = columns(
    rate=[5.0, None, None, None], distortion=[20.0, 31.0, 30.0, None], architecture=["---", "?--", "?-v", "?--"],
    method=["vae", "aae", "adversarial-vb", "aae"], mi_lower=[1.0, None, None, None], mi_upper=[2.0, None, None, None],
    rate_stderr=[0.1, None, None, None],
)  # fmt: skip


def drawn(view=VIEW, scheme="light", given=MIXED):
    placed, beside = points(given), without_rate(given)
    return plane(placed, [], None, view=view, scheme=scheme, unplaced=beside)


def in_band(figure):
    return [trace for trace in figure.data if trace.customdata is not None and trace.xaxis == band.AXIS]


def test_a_point_without_a_rate_is_in_the_band_and_not_in_the_plane():
    assert [point.id for point in points(MIXED)] == ["p0"]
    assert [point.id for point in without_rate(MIXED)] == ["p1", "p2"]  # p3 has no D either
    (trace,) = in_band(drawn())
    assert [each[0] for each in trace.customdata] == ["p2", "p1"]
    assert list(trace.y) == [30.0, 31.0]
    assert list(trace.marker.symbol) == ["triangle-up-open", "circle-open"]
    assert len(set(trace.x)) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_band_is_titled_and_stands_apart(scheme):
    layout = drawn(scheme=scheme).layout
    assert list(layout.xaxis2.ticktext) == ["R not<br>defined"]
    assert layout.xaxis.domain[1] < layout.xaxis2.domain[0]
    assert layout.xaxis2.fixedrange
    assert layout.xaxis.title.text == "rate R (nats)"
    (backdrop,) = layout.shapes
    assert (backdrop.x0, backdrop.x1) == layout.xaxis2.domain


def test_without_such_points_the_plane_has_no_band():
    layout = drawn(given=columns(rate=[1.0], distortion=[2.0])).layout
    assert layout.xaxis.domain is None
    assert not layout.shapes
    assert layout.xaxis2.visible is False


def test_the_hover_says_why():
    (trace,) = in_band(drawn())
    assert all("R not defined: e(z|x) has no density (implicit)" in words for words in trace.hovertext)
    assert "adversarial-vb" in trace.hovertext[0]


def test_where_the_sum_goes_up_there_is_no_height_for_them():
    figure = drawn(view=SKEW)
    assert not in_band(figure)
    assert not figure.layout.shapes


def test_the_view_reaches_to_their_height_and_a_plane_of_them_alone_is_drawn():
    tall = columns(rate=[5.0, None], distortion=[20.0, 28.0])
    (low, high) = drawn(given=tall).layout.yaxis.autorangeoptions.include
    assert low < 20.0 < 28.0 < high
    alone = drawn(given=columns(rate=[None], distortion=[28.0]))
    assert [list(trace.y) for trace in in_band(alone)] == [[28.0]]
    assert beyond(points(tall), None, VIEW, [28.0]) == 0


def test_filters_and_evaluations_hold_for_them_too():
    beside = without_rate(MIXED)
    assert [point.id for point in shown(beside, View(methods=("aae",)), "all")] == ["p1"]
    limited = without_rate(columns(rate=[None], distortion=[1.0], eval_limit=[100]))
    assert chosen_evaluation(limited, VIEW) == "100"


def test_the_note_says_where_they_are_when_they_are_not_shown():
    placed, beside = points(MIXED), without_rate(MIXED)
    found = Scene(
        dataset="digits/static", everything=placed, unplaced=beside, groups=[], bound=None, total=4, thinned=False
    )
    bars = "error bars: one standard error over test images"
    assert note(found, stage(found, VIEW, LIGHT)) == bars
    words = note(found, stage(found, SKEW, LIGHT))
    assert words == f"2 points whose R is not defined stand beside the axes R, D only \u00b7 {bars}"
    some = replace(VIEW, methods=("vae", "aae"))
    assert note(found, stage(found, some, LIGHT)) == f"1 hidden by the filters \u00b7 {bars}"


def implicit(run, point, **body):
    expanded = expand({"dataset": "digits", **body}, DATASETS)
    spec = expanded.spec.model_dump(mode="json")
    run = {**run, "spec": spec, "architecture": expanded.spec.architecture.symbols, "method": expanded.method}
    nothing = estimate(None, flags=["implicit"])
    estimates = {**point["estimates"], "rate": nothing, "neg_elbo": nothing}
    more = {"rate": nothing, "neg_elbo": nothing, "mutual_information": None, "label": "", "arrays": {}}
    return {**run, "knobs": {"lambda": 1.0}}, {**point, **more, "estimates": estimates}


@pytest.mark.parametrize("encoder", ["deterministic", "implicit"])
def test_the_pane_says_that_and_why_there_is_no_rate(run, point, samples, encoder):
    run, point = implicit(run, point, method="aae", architecture={"encoder": encoder})
    words = text(pane.pane(point, run, samples, {"value": 22.0, "source": "x"}))
    assert "not defined implicit" in " ".join(words.split())
    assert pane.NO_DENSITY in words
    assert "aae, λ = 1" in words
    assert "without a density there is no rate to divide" in words


def test_the_queue_says_it(run, point):
    run, point = implicit(run, point, method="aae", architecture={"encoder": "deterministic"})
    assert "R not defined" in text(rows.measured(run, point))


@pytest.mark.parametrize(
    ("knobs", "method", "words"),
    [
        ({"alpha": 0.5, "lambda": 1000.0, "divergence": "mmd"}, "infovae", "infovae, α = 0.5, λ = 1000, mmd"),
        ({"target_rate": 8.0}, "target-rate", "target-rate, R* = 8 nats"),
        ({}, "vae", "vae"),
        (None, "custom", "custom, β = 0.5, kl × 2, information tv × 1"),
        (None, "autoencoder", "autoencoder, changed, β = 0.5, kl × 2, information tv × 1"),
    ],
)
def test_a_run_is_titled_by_its_method_and_settings(run, knobs, method, words):
    objective = {"rate": {"kind": "beta", "beta": 0.5}, "divergence": {"kind": "kl", "weight": 2.0}}
    spec = expand({"objective": {**objective, "information": "tv"}}, DATASETS).spec.model_dump(mode="json")
    assert title({**run, "spec": spec, "method": method, "knobs": knobs}) == words


def test_a_run_that_its_own_fields_made_something_else_says_so_wherever_its_method_stands(
    run, point, samples, catalogue
):
    expanded = expand({"dataset": "digits", "method": "autoencoder", "objective": {"rate": "beta"}}, DATASETS)
    spec = expanded.spec.model_dump(mode="json")
    run = {**run, "spec": spec, "method": expanded.method, "knobs": None}
    now = datetime.now(UTC)
    for place in (pane.pane(point, run, samples, None), head(run, None, now), rows.running([run])):
        assert "autoencoder, changed, β = 1" in text(place)
        assert any("no longer that method's" in str(getattr(part, "title", "")) for part in parts(place))
    assert short_title(run) == "(−, −, −) autoencoder, changed"
    assert changed_note({**run, "method": "vae", "knobs": {}}) is None
    assert of_run(catalogue, run) == {"method": CUSTOM}
    terms = {
        "rate": {"kind": "beta", "beta": 1.0},
        "divergence": {"kind": "mmd", "weight": 10.0},
        "information": {"kind": "tv", "weight": 5.0},
    }
    made = {"method_changed": [True], "knobs": [None], "terms": [terms]}
    changed = columns(rate=[5.0], distortion=[20.0], method=["autoencoder"], **made)
    assert "autoencoder, changed: β = 1, 10 × mmd, −5 × tv" in hover(points(changed)[0])
    beside = {**changed, "rate": [None]}
    assert "autoencoder, changed" in hover_beside(without_rate(beside)[0])


def test_a_part_without_a_symbol_is_named_beside_the_tuple(run, point, samples):
    run, point = implicit(run, point, method="aae", architecture={"encoder": "implicit"})
    for place in (pane.pane(point, run, samples, None), head(run, None, datetime.now(UTC)), rows.running([run])):
        assert "implicit encoder" in text(place)
    named = columns(rate=[None], distortion=[9.0], architecture=["?--"], unmarked=[{"encoder": "deterministic"}])
    assert "<b>(?, −, −)</b>  deterministic encoder · conv<br>" in hover_beside(without_rate(named)[0])
    toy = dict.fromkeys(("encoder", "decoder", "marginal"), "categorical")
    assert unmarked(toy) == "categorical encoder and decoder and marginal"


def test_a_point_is_called_by_its_methods_settings_and_no_other(run, point):
    infovae = {"alpha": 0.0, "lambda": 1000.0, "divergence": "mmd"}
    named = columns(rate=[5.0, None], distortion=[20.0, 9.0], method=["infovae", "aae"], knobs=[infovae, {"lambda": 2}])
    assert "infovae, α = 0, λ = 1000, mmd<br>seed 0" in hover(points(named)[0])
    assert "aae, λ = 2<br>seed 0" in hover_beside(without_rate(named)[0])
    assert "at β = 0.6" in text(point_head(point, run))
    assert "β" not in text(point_head(point, {**run, "method": "infovae", "knobs": infovae}))


def test_the_queue_offers_each_tuple_once_however_many_parts_have_no_symbol(catalogue):
    for options in filter_options(catalogue):
        values = [option["value"] for option in options]
        assert len(set(values)) == len(values)
