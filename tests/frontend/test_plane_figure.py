"""The plane: what is drawn for which records, and where."""

from dataclasses import replace

import numpy as np
import pytest
from records_of_rest import columns

from frontend.figures.plane.cloud import MANY
from frontend.figures.plane.figure import plane
from frontend.figures.plane.frontiers import Bound, Frontier, frontiers
from frontend.figures.plane.guides import says_bound, short_ids
from frontend.figures.plane.hover import hover
from frontend.figures.plane.records import chosen_evaluation, points, shown
from frontend.figures.plane.window import beyond
from frontend.theme import PALETTES
from frontend.views.query import View

VIEW = View(dataset="digits/static")
THREE = columns(rate=[1.0, 5.0, 20.0], distortion=[30.0, 20.0, 10.0])


def drawn(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def with_points(figure):
    return [trace for trace in figure.data if trace.customdata is not None]


def test_axes_say_what_they_are_in_which_unit():
    figure = plane(points(THREE), [], None, view=VIEW, scheme="light")
    assert figure.layout.xaxis.title.text == "rate R (nats)"
    assert figure.layout.yaxis.title.text == "distortion D (nats)"


def test_the_staircase_holds_each_distortion_until_the_next_point():
    records = points(THREE)
    figure = plane(records, [Frontier("all", ("p0", "p1", "p2"), ("p0", "p2"))], None, view=VIEW, scheme="light")
    (stairs,) = drawn(figure, "staircase")
    assert list(zip(stairs.x, stairs.y, strict=True)) == [(1, 30), (5, 30), (5, 20), (20, 20), (20, 10)]
    assert not drawn(figure, "hull")


def test_the_hull_is_straight_and_drawn_only_when_asked_for():
    figure = plane(
        points(THREE), [Frontier("all", ("p0", "p1", "p2"), ("p0", "p2"))], None,
        view=View(dataset="digits/static", overlays=("hull",)), scheme="light",
    )  # fmt: skip
    (hull,) = drawn(figure, "hull")
    assert list(zip(hull.x, hull.y, strict=True)) == [(1, 30), (20, 10)]
    assert not drawn(figure, "staircase")


def test_shape_is_the_marginal_colour_the_decoder_fill_the_encoder():
    records = points(
        columns(rate=[1.0] * 4, distortion=[1.0] * 4, architecture=["---", "--v", "-+-", "+--"], network=["conv"] * 4)
    )
    looks = {trace.name: trace.marker for trace in with_points(plane(records, [], None, view=VIEW, scheme="light"))}
    plain, vamp, pixel, flow = (looks[name] for name in ("(−, −, −)", "(−, −, v)", "(−, +, −)", "(+, −, −)"))
    assert (plain.symbol, vamp.symbol, flow.symbol) == ("circle", "triangle-up", "circle-open")
    assert plain.color == vamp.color == flow.color != pixel.color


TWELVE = [e + d + m for e in "-+" for d in "-+" for m in "-+v"]


def test_the_twelve_tuples_look_different_whatever_network_their_encoder_has():
    networks = ["conv" if t[1] == "-" else "conv/pixelcnnpp" for t in TWELVE]
    records = points(
        columns(
            rate=[1.0] * 24, distortion=[1.0] * 24, architecture=TWELVE * 2,
            network=networks + [n.replace("conv", "mlp/conv", 1) if "/" not in n else n for n in networks],
        )
    )  # fmt: skip
    figure = plane(records, [], None, view=VIEW, scheme="light")
    looks = {(t.name, t.marker.symbol, t.marker.color) for t in with_points(figure)}
    assert len(looks) == len({look[1:] for look in looks}) == 12
    legend = [trace.name for trace in figure.data if trace.showlegend is None and trace.legendrank]
    assert legend == [
        "deconvolution decoder", "PixelCNN++ decoder", "normal marginal", "flow marginal", "VampPrior marginal",
        "Gaussian encoder", "flow encoder",
    ]  # fmt: skip


def test_staircases_of_the_twelve_tuples_are_told_apart():
    records = points(columns(rate=[1.0, 2.0], distortion=[2.0, 1.0]))
    groups = [Frontier(each, ("p0", "p1"), ("p0", "p1")) for each in TWELVE]
    figure = plane(records, groups, None, view=replace(VIEW, group="architecture"), scheme="light")
    lines = [trace for trace in figure.data if trace.name.startswith("(") and trace.customdata is None]
    assert [line.name for line in lines][:2] == ["(−, −, −)", "(−, −, +)"]
    assert len({(line.line.color, line.line.dash) for line in lines}) == 12


def test_a_known_entropy_is_said_to_be_it():
    bound = Bound(25.0, "H itself, from the formula", exact=True)
    words = [a.text for a in plane(points(THREE), [], bound, view=VIEW, scheme="light").layout.annotations]
    assert any("infeasible<br>H itself, from the formula: H = 25.0000" in each for each in words)


def test_one_tuple_on_two_networks_has_two_colours():
    records = points(columns(rate=[1.0, 2.0], distortion=[2.0, 1.0], network=["conv", "mlp"]))
    colours = [trace.marker.color for trace in with_points(plane(records, [], None, view=VIEW, scheme="light"))]
    assert len(set(colours)) == 2


def test_a_decoder_keeps_its_colour_whatever_else_is_shown():
    both = points(columns(rate=[1.0, 2.0], distortion=[2.0, 1.0], network=["conv", "mlp"]))
    alone = [trace.marker.color for trace in with_points(plane(both[1:], [], None, view=VIEW, scheme="light"))]
    together = [trace.marker.color for trace in with_points(plane(both, [], None, view=VIEW, scheme="light"))]
    assert alone[0] in together


def says(rate, distortion, height, **view):
    figure = plane(
        points(columns(rate=rate, distortion=distortion)),
        [],
        Bound(height, "a model"),
        view=replace(VIEW, **view),
        scheme="light",
    )
    return says_bound(figure)


def test_the_region_is_named_only_where_the_words_fit_inside_it():
    assert says([1.0, 5.0, 20.0], [30.0, 20.0, 10.0], 23.54)
    assert not says([1.0, 5.0, 92.0], [30.0, 20.0, 10.0], 23.54)
    assert not says([1.0, 5.0, 20.0], [130.0, 120.0, 110.0], 23.54)
    assert says([1.0, 5.0, 30.0], [30.0, 20.0, 10.0], 23.54, axes="skew")


@pytest.mark.parametrize("axes", ["rd", "skew"])
def test_the_bound_is_the_line_of_equal_sum_named_by_its_source(axes):
    figure = plane(
        points(THREE), [], Bound(25.0, "VLAE"), view=View(dataset="digits/static", axes=axes), scheme="light"
    )
    (line,) = drawn(figure, "D = H − R")
    sums = list(line.y) if axes == "skew" else [x + y for x, y in zip(line.x, line.y, strict=True)]
    assert sums == [25.0, 25.0]
    assert any("H ≤ 25.00, VLAE" in note.text for note in figure.layout.annotations)


def test_skew_axes_show_the_sum():
    figure = plane(points(THREE), [], None, view=View(dataset="digits/static", axes="skew"), scheme="light")
    (trace,) = with_points(figure)
    assert list(trace.y) == [31, 25, 30]
    assert figure.layout.yaxis.title.text == "R + D (nats)"


def test_lines_of_equal_elbo_have_equal_sums():
    (lines,) = drawn(plane(points(THREE), [], None, view=VIEW, scheme="light"), "equal R + D")
    ends = [(x, y) for x, y in zip(lines.x, lines.y, strict=True) if x is not None]
    starts, stops = ends[::2], ends[1::2]
    assert len(starts) > 3
    assert all(sum(a) == pytest.approx(sum(b)) for a, b in zip(starts, stops, strict=True))


def test_error_bars_are_the_standard_errors():
    (trace,) = with_points(plane(points(THREE), [], None, view=VIEW, scheme="light"))
    assert list(trace.error_x.array) == [0.1] * 3
    assert list(trace.error_y.array) == [0.2] * 3


def test_the_view_is_the_same_text_when_a_point_is_added_and_another_for_another_data_set():
    before = plane(points(THREE), [], None, view=VIEW, scheme="light").layout.uirevision
    after = plane(points(THREE)[:2], [], None, view=VIEW, scheme="dark").layout.uirevision
    assert before == after
    assert plane([], [], None, view=View(dataset="mnist/static"), scheme="light").layout.uirevision != before


def test_every_point_is_in_view_at_first_but_a_far_outlier_does_not_squeeze_the_rest():
    rates = [float(r) for r in range(40)]
    figure = plane(points(columns(rate=rates, distortion=rates[::-1])), [], None, view=VIEW, scheme="light")
    low, high = figure.layout.xaxis.autorangeoptions.include
    assert low < 0
    assert high > 39
    with_outlier = points(columns(rate=[*rates, 1e5], distortion=[*rates[::-1], 0.0]))
    far = plane(with_outlier, [], None, view=VIEW, scheme="light")
    assert far.layout.xaxis.autorangeoptions.include[1] < 100
    assert beyond(with_outlier, None, VIEW) == 1
    few = points(columns(rate=[0.001, 0.002, 33.0, 1e17], distortion=[27.0, 26.0, 10.0, 1e18]))
    high = plane(few, [], Bound(24.0, ""), view=VIEW, scheme="light").layout.xaxis.autorangeoptions.include[1]
    assert 33 < high < 100


def test_many_points_are_one_webgl_trace():
    count = MANY + 1
    values = np.linspace(1, 50, count).tolist()
    records = points(
        columns(rate=values, distortion=values[::-1], architecture=["---", "-+v"] * (count // 2) + ["+-l"])
    )
    figure = plane(records, [], None, view=VIEW, scheme="light")
    (trace,) = [trace for trace in figure.data if trace.type == "scattergl"]
    assert trace.meta["ids"].split() == [point.id for point in records]
    assert set(trace.meta["symbols"].split()) == {"0", "5", "101"}
    model, how, trained = ([each["words"][int(slot)] for slot in each["at"].split()] for each in trace.meta["words"])
    assert [f"{a}<br>{b}" for a, b in zip(model, how, strict=True)] == [
        "<br>".join(hover(point).split("<br>")[:2]) for point in records
    ]
    assert set(trained) == {"seed 0"}


def test_an_implicit_model_has_no_place():
    assert [point.id for point in points(columns(rate=[None, 1.0], distortion=[1.0, 1.0]))] == ["p1"]


def test_points_of_other_evaluation_data_never_share_a_plane():
    records = points(columns(rate=[1.0] * 3, distortion=[1.0] * 3, eval_limit=[None, 500, 500]))
    assert chosen_evaluation(records, VIEW) == "500"
    assert [point.id for point in shown(records, VIEW, "500")] == ["p1", "p2"]
    view = View(evaluation="all")
    assert [point.id for point in shown(records, view, chosen_evaluation(records, view))] == ["p0"]


def test_filters_by_tuple_and_method():
    records = points(
        columns(rate=[1.0] * 3, distortion=[1.0] * 3, architecture=["---", "-+v", "-+v"], method=["vae", "vae", "x"])
    )
    assert [point.id for point in shown(records, View(tuples=("-+v",)), "all")] == ["p1", "p2"]
    assert [point.id for point in shown(records, View(tuples=("-+v",), methods=("x",)), "all")] == ["p2"]


def test_frontiers_of_a_part_of_the_data_are_named_without_it():
    group = {"key": "--- (eval_limit 500)", "eval_limit": 500, "staircase": ["a"], "hull": []}
    assert frontiers({"groups": [group]}) == [Frontier("---", ("a",), (), "500")]


def test_hover_has_the_essentials():
    words = hover(points(THREE)[0])
    assert all(each in words for each in ("(−, −, −)", "conv", "beta-vae, β = 1", "R  1.00 ± 0.10", "D  30.00 ± 0.20"))


def test_long_ids_are_cut():
    assert short_ids("run " + "0123456789abcdef" * 2) == "run 01234567…"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_have_as_many_different_colours(scheme):
    series = PALETTES[scheme].series
    assert len(set(series)) == len(series) == 6
    assert PALETTES[scheme].accent not in series
