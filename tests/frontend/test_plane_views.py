"""Axes, means over seeds, published figures and what is shown alone: from a scene to a stage and its figure; pure."""

import math
from dataclasses import replace

import numpy as np
import pytest
from records_of_rest import columns

from backend import frontier
from frontend.figures.plane import published
from frontend.figures.plane.cloud import MANY
from frontend.figures.plane.figure import plane
from frontend.figures.plane.frontiers import Bound, Frontier
from frontend.figures.plane.geometry import hull, hypervolume, staircase
from frontend.figures.plane.hover import hover
from frontend.figures.plane.records import ids_of, points
from frontend.figures.plane.scene import MOST_DRAWN, Scene, frontiers_of, stage, standing
from frontend.figures.plane.seeds import averaged
from frontend.figures.plane.window import window_of
from frontend.pages.explore.note import note
from frontend.theme import PALETTES
from frontend.views.query import View
from frontend.words.labels import method_label

LIGHT = PALETTES["light"]
VIEW = View(dataset="digits/static")
BOUND = Bound(25.0, "somebody")
THREE = columns(rate=[1.0, 5.0, 20.0], distortion=[30.0, 22.0, 10.0], architecture=["---", "-+v", "---"])
LOGS = [(), ("x",), ("y",), ("x", "y")]


def scene(given, groups=(), **more):
    placed = points(given)
    told = {"groups": list(groups), "bound": BOUND, "total": len(placed), "thinned": False, "unplaced": [], **more}
    return Scene(dataset="digits/static", everything=placed, **told)


def shown(found, view):
    on = stage(found, view, LIGHT)
    figure = plane(
        on.records, on.groups, found.bound, view=on.view, scheme="light", everything=on.by_id, coded=on.looks
    )
    return on, figure


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def at(trace):
    return [(x, y) for x, y in zip(trace.x, trace.y, strict=True) if x is not None]


# -- axes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("logs", LOGS)
@pytest.mark.parametrize("axes", ["rd", "skew"])
def test_guides_say_the_same_on_every_axes(axes, logs):
    view = replace(VIEW, axes=axes, logs=logs)
    _, figure = shown(scene(THREE), view)
    (border,), (iso,) = named(figure, "D = H − R"), named(figure, "equal R + D")
    total = (lambda x, y: y) if axes == "skew" else (lambda x, y: x + y)
    assert all(total(x, y) == pytest.approx(25.0, abs=1e-6) for x, y in at(border))
    levels = {round(total(x, y), 4) for x, y in at(iso)}
    assert len(levels) > 2
    assert all(x > 0 for trace in (border, iso) for x, _ in at(trace) if "x" in logs)
    assert all(y > 0 for trace in (border, iso) for _, y in at(trace) if "y" in logs)


@pytest.mark.parametrize("logs", LOGS)
@pytest.mark.parametrize("axes", ["rd", "skew"])
def test_the_shaded_region_is_where_the_sum_is_below_h(axes, logs):
    _, figure = shown(scene(THREE), replace(VIEW, axes=axes, logs=logs))
    (region,) = named(figure, "infeasible")
    corners = at(region)
    for rate, distortion in ((2.0, 3.0), (10.0, 14.0), (2.0, 24.0), (20.0, 6.0), (3.0, 60.0)):
        up = rate + distortion if axes == "skew" else distortion
        assert inside(rate, up, corners, logs) == (rate + distortion < 25.0), (rate, distortion)


def inside(x, y, corners, logs):
    """Whether a polygon holds a place, by the edges that a ray crosses, on the axes as they are drawn."""
    across, up = (math.log10 if axis in logs else float for axis in ("x", "y"))
    x, y, polygon = across(x), up(y), [(across(a), up(b)) for a, b in corners]
    crossed = 0
    for (x0, y0), (x1, y1) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossed += 1
    return crossed % 2 == 1


def test_a_staircase_on_bent_axes_still_goes_through_its_points():
    groups = [Frontier("all", ("p0", "p1", "p2"), ("p0", "p2"))]
    _, figure = shown(scene(THREE, groups), replace(VIEW, axes="skew", logs=("x",), overlays=("staircase", "hull")))
    (stairs,), (straight,) = named(figure, "staircase"), named(figure, "hull")
    assert {(1.0, 31.0), (5.0, 27.0), (20.0, 30.0)} <= set(at(stairs))
    assert len(stairs.x) > 20
    for x, y in at(straight):  # a straight line in R and D
        assert y - x == pytest.approx(30 - (x - 1) * 20 / 19)


def test_points_without_a_place_on_a_logarithmic_axis_are_counted():
    given = columns(rate=[-0.01, 0.0, 2.0], distortion=[3.0, 3.0, 1.0])
    view = replace(VIEW, logs=("x",))
    on, figure = shown(scene(given), view)
    assert len(on.records) == 3
    assert [ids[0] for trace in figure.data if trace.customdata for ids in trace.customdata] == ["p2"]
    assert "2 points at or below 0 have no place on a logarithmic axis" in note(scene(given), on)
    assert figure.layout.xaxis.type == "log"
    assert figure.layout.yaxis.type == "linear"


def test_a_tiny_rate_does_not_squeeze_a_logarithmic_axis():
    window = window_of(points(columns(rate=[1e-17, 2.0], distortion=[3.0, 1.0])), None, replace(VIEW, logs=("x",)))
    assert 1e-8 < window.x0 < 2.0 < window.x1


# -- groups ---------------------------------------------------------------------------------------------


def test_each_group_tells_what_it_dominates_and_a_filter_leaves_no_empty_group():
    groups = [Frontier("-", ("p0", "p2"), (), hypervolume=1234.6), Frontier("+", ("p1",), (), hypervolume=99.0)]
    view = replace(VIEW, group="decoder")
    on, figure = shown(scene(THREE, groups), view)
    assert [trace.name for trace in figure.data if trace.meta][:2] == [
        "factorised decoders 1\u2009235",
        "autoregressive decoders 99",
    ]
    assert "nats²" in note(scene(THREE, groups), on)
    filtered, _ = shown(scene(THREE, groups), replace(view, tuples=("---",)))
    assert [group.key for group in filtered.groups] == ["-"]
    assert filtered.groups[0].staircase == ("p0", "p2")


def test_groups_have_the_colours_of_the_points_where_both_say_the_same():
    given = columns(rate=[1.0, 2.0], distortion=[2.0, 1.0], method=["vae", "aae"])
    groups = [Frontier("aae", ("p1",), ()), Frontier("vae", ("p0",), ())]
    _, figure = shown(scene(given, groups), replace(VIEW, group="method", colour="method"))
    lines = {trace.name: trace.line.color for trace in figure.data if trace.mode == "lines" and trace.meta}
    assert lines == {"aae": LIGHT.series[1], "vae": LIGHT.series[0]}


def test_an_entry_of_the_legend_is_shown_alone_and_says_so():
    groups = [Frontier("-", ("p0", "p2"), ()), Frontier("+", ("p1",), ())]
    by_colour = replace(VIEW, colour="tuple", only="colour:(−, +, v)")
    on, figure = shown(scene(THREE, groups), by_colour)
    assert [record.id for record in on.records] == ["p1"]
    assert "only (−, +, v): 2 others hidden" in note(scene(THREE, groups), on)
    faded = {trace.name: trace.opacity for trace in figure.data if trace.meta and "colour" in trace.meta["only"]}
    assert faded == {"(−, −, −)": 0.3, "(−, +, v)": 1.0}
    on, _ = shown(scene(THREE, groups), replace(VIEW, group="decoder", only="group:-"))
    assert [record.id for record in on.records] == ["p0", "p2"]
    on, _ = shown(scene(THREE, groups), replace(VIEW, only="colour:nonsense"))
    assert on.records == []
    on, _ = shown(scene(THREE, groups), replace(VIEW, only="nonsense"))
    assert len(on.records) == 3


def test_dominated_points_can_be_hidden():
    given = columns(rate=[1.0, 5.0, 6.0], distortion=[30.0, 20.0, 25.0])
    found = scene(given, [Frontier("all", ("p0", "p1"), ())])
    on, _ = shown(found, replace(VIEW, layers=("nondominated",)))
    assert [record.id for record in on.records] == ["p0", "p1"]
    assert "1 hidden because others dominate them" in note(found, on)


def test_geometry_agrees_with_what_the_server_computes():
    rates, distortions = [3.0, 1.0, 2.0, 2.0, 5.0, 1.0, 4.0], [2.0, 9.0, 4.0, 4.0, 1.5, 9.5, 7.0]
    records = points(columns(rate=rates, distortion=distortions))
    r, d = np.array(rates), np.array(distortions)
    assert [p.id for p in staircase(records)] == [f"p{i}" for i in frontier.staircase(r, d)]
    assert {p.id for p in hull(records)} <= {f"p{i}" for i in frontier.hull(r, d)}
    assert hypervolume(records, 8.0) == pytest.approx(frontier.hypervolume(r, d, (8.0, 8.0)))
    (group,) = frontiers_of(records, "none", "all", Bound(4.0, ""))
    assert group.hypervolume == pytest.approx(hypervolume(records, 8.0))


# -- seeds ----------------------------------------------------------------------------------------------

SEEDS = columns(
    rate=[1.0, 3.0, 2.0, 2.0, 7.0], distortion=[10.0, 14.0, 11.0, 13.0, 5.0], seed=[0, 1, 2, 2, 0],
    recipe=["a", "a", "a", "a", "b"], mi_lower=[0.5] * 5,
)  # fmt: skip


@pytest.mark.parametrize(("bars", "rate_error"), [("sd", 1.0), ("se", 1 / math.sqrt(3))])
def test_the_mean_over_seeds_counts_each_seed_once(bars, rate_error):
    mean, single = averaged(points(SEEDS), bars)
    assert (mean.rate, mean.distortion) == (2.0, 12.0)  # seed 2 ran twice: its mean is (2, 12)
    assert mean.rate_stderr == pytest.approx(rate_error)
    assert mean.distortion_stderr == pytest.approx(2 * rate_error)
    assert mean.neg_elbo_stderr == pytest.approx(3 * rate_error)
    assert mean.spread is not None
    assert (mean.spread.seeds, set(mean.spread.ids), mean.id) == (3, {"p0", "p1", "p2", "p3"}, "p0")
    assert (single.spread, single.rate_stderr, single.distortion_stderr) == (None, None, None)
    assert "n = 3 seeds" in hover(mean)
    assert "standard error 0.577, standard deviation 1.000" in hover(mean)
    assert "I(x; z)" not in hover(mean)


def test_means_have_frontiers_of_their_own_and_know_every_seed():
    view = replace(VIEW, seeds="se")
    on, _ = shown(scene(SEEDS, [Frontier("all", ("p0", "p4"), ())]), view)
    assert [group.staircase for group in on.groups] == [("p0", "p4")]
    assert "1 mean over seeds, error bars: standard error of the mean; 1 with one seed has none" in note(
        scene(SEEDS), on
    )
    figure = plane(on.records, [], None, view=view, scheme="light")
    (ids,) = [ids for trace in figure.data if trace.customdata for ids in trace.customdata if len(ids) > 1]
    assert list(ids) == ["p0", "p1", "p2", "p3"]


def test_one_frontier_is_drawn_and_told_whatever_is_filtered_or_averaged():
    found = scene(SEEDS, [Frontier("all", ("p4", "p0"), ())])
    assert [point.id for point in standing(found, VIEW).along] == ["p0", "p4"]
    means = standing(found, replace(VIEW, seeds="se")).along
    assert [(point.rate, point.distortion) for point in means] == [(2.0, 12.0), (7.0, 5.0)]
    view = replace(VIEW, tuples=("-+v",))
    assert [point.id for point in standing(scene(THREE, [Frontier("all", ("p0", "p2"), ())]), view).along] == ["p1"]
    assert stage(found, VIEW, LIGHT).along == standing(found, VIEW).along


def test_points_of_one_run_at_several_betas_are_no_seeds_of_one_another():
    many = columns(rate=[1.0, 3.0], distortion=[3.0, 1.0], recipe=["a", "a"], beta=[1.0, 0.5], seed=[0, 0])
    assert len(averaged(points(many), "se")) == 2
    nameless = columns(rate=[1.0, 3.0], distortion=[3.0, 1.0], recipe=["", ""], seed=[0, 1])
    assert len(averaged(points(nameless), "se")) == 2


# -- published ------------------------------------------------------------------------------------------

STATIC = View(dataset="mnist-static/none", layers=("published",))


@pytest.mark.parametrize("axes", ["rd", "skew"])
def test_published_figures_stand_on_their_data_only_and_say_that_they_are_not_ours(axes):
    view = replace(STATIC, axes=axes)
    figure = plane(points(THREE), [], BOUND, view=view, scheme="light")
    (stars,) = named(figure, "published, not ours")
    sums = list(stars.y) if axes == "skew" else [x + y for x, y in at(stars)]
    assert sums == pytest.approx([80.2, 80.6004, 80.3, 128.4, 160.8])
    assert stars.customdata is None  # no point of ours, so no click opens it
    assert all("published, not measured here" in words and "Alemi" in words for words in stars.hovertext)
    lines = named(figure, "published −log p")
    assert [(line.showlegend, line.legendgroup) for line in lines] == [
        (first, "published −log p") for first in (True, False, False)
    ]
    assert sorted(max(x + y if axes == "rd" else y for x, y in at(line)) for line in lines) == [79.03, 79.20, 79.88]
    for other in ("mnist/static", "mnist/dynamic", "omniglot/static", "digits/static"):
        assert not named(plane([], [], None, view=replace(view, dataset=other), scheme="light"), stars.name)
    assert not named(plane([], [], None, view=replace(view, layers=()), scheme="light"), stars.name)


def test_a_published_point_at_rate_zero_has_no_place_on_a_logarithmic_axis():
    view = replace(STATIC, logs=("x",))
    (stars,) = named(plane(points(THREE), [], BOUND, view=view, scheme="light"), "published, not ours")
    assert min(stars.x) == 0.0004
    assert published.hidden(view) == 1


def test_the_error_bars_are_told():
    many = columns(rate=[float(i) for i in range(MANY + 1)], distortion=[1.0] * (MANY + 1))
    assert note(scene(THREE), shown(scene(THREE), VIEW)[0]) == "error bars: one standard error over test images"
    assert note(scene(many), shown(scene(many), VIEW)[0]).endswith(f"no error bars above {MANY} points")
    means, _ = shown(scene(many), replace(VIEW, seeds="sd"))
    assert "standard deviation" not in note(scene(many), means)


# -- words ----------------------------------------------------------------------------------------------


def test_a_hover_has_every_essential():
    given = columns(rate=[5.0], distortion=[20.0], neg_elbo_stderr=[0.15], **{"training.epochs": [40]})
    words = hover(points(given)[0])
    for each in (
        "conv",
        "beta-vae, β = 1",
        "seed 0 · 40 epochs",
        "R + D  25.00 ± 0.15",
        "semantic (R / (R + D) = 0.20)",
    ):
        assert each in words


def test_a_run_of_no_method_is_named_by_its_terms():
    terms = {
        "rate": {"kind": "target", "target_rate": 8.0},
        "divergence": {"kind": "none"},
        "information": {"kind": "tv", "weight": 5.0},
    }
    assert method_label("custom", None, None, changed=False, terms=terms) == "custom: R* = 8 nats, −5 × tv"
    adversarial = {"rate": {"kind": "adversarial", "beta": 2.0}}
    assert method_label("vae", None, None, changed=True, terms=adversarial) == "vae, changed: adversarial rate, β = 2"
    assert "no rate term" in method_label("custom", None, None, changed=False, terms={"rate": {"kind": "none"}})


def test_a_field_that_no_specification_has_leaves_the_usual_look_and_says_why():
    found = scene(THREE, refused={"x.y": "no specification has a field x.y"})
    on, _ = shown(found, replace(VIEW, colour="x.y"))
    assert on.view.colour == "decoder"
    assert note(found, on).startswith("no specification has a field x.y")


def test_more_means_than_can_be_drawn_are_thinned_and_every_frontier_is_whole():
    count = MOST_DRAWN + 200
    rates = [0.01 * (1 + place) for place in range(count)]
    distortions = [100 - rate + (0 if place % 100 == 0 else 5) for place, rate in enumerate(rates)]
    twice = columns(
        rate=rates * 2, distortion=distortions * 2, seed=[0] * count + [1] * count,
        recipe=[f"r{place}" for place in range(count)] * 2,
    )  # fmt: skip
    found = scene(twice, [])
    on = stage(found, replace(VIEW, seeds="se"), LIGHT)
    assert (len(on.records), on.undrawn, on.means) == (MOST_DRAWN, 200, count)
    assert {point.id for point in on.along} <= {point.id for point in on.records}
    assert f"{MOST_DRAWN} of {count} experiments drawn and in the CSV; every frontier is whole" in note(found, on)
    left_out = next(point.id for point in found.everything if point.id not in {each.id for each in on.records})
    chosen = stage(found, replace(VIEW, seeds="se", point=left_out), LIGHT)
    assert left_out in {ident for point in chosen.records for ident in ids_of(point)}
