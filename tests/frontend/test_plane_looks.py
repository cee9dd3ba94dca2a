"""What colour, shape and fill say, and what the legend says of them; pure."""

from dataclasses import replace

import pytest
from records_of_rest import columns

from frontend.components.explore.look import options
from frontend.figures.plane.channels import channel, path_title, paths
from frontend.figures.plane.cloud import MANY
from frontend.figures.plane.figure import plane
from frontend.figures.plane.looks import looks
from frontend.figures.plane.records import points, without_rate
from frontend.figures.plane.scale import scale
from frontend.theme import PALETTES
from frontend.views.query import View

LIGHT = PALETTES["light"]
VIEW = View(dataset="digits/static")
DIM = "architecture.latent_dim"


def some(count, **given):
    usual = {"rate": [float(i + 1) for i in range(count)], "distortion": [float(count - i) for i in range(count)]}
    return points(columns(**{**usual, **given}))


def drawn(figure):
    return [trace for trace in figure.data if trace.customdata is not None]


def legend(figure):
    return [trace.name for trace in figure.data if trace.meta]


def test_colours_by_method_are_of_the_palette_and_named():
    records = some(3, method=["vae", "aae", "vae"])
    figure = plane(records, [], None, view=replace(VIEW, colour="method"), scheme="light")
    by_id = {ids[0]: trace.marker.color for trace in drawn(figure) for ids in trace.customdata}
    assert by_id["p0"] == by_id["p2"] == LIGHT.series[0]
    assert by_id["p1"] == LIGHT.series[1]
    assert legend(figure) == ["method vae", "method aae"]


def test_more_values_than_colours_are_other():
    names = [f"m{i}" for i in range(9)]
    records = some(18, method=[*names, *names[:6], "m0", "m0", "m0"])
    figure = plane(records, [], None, view=replace(VIEW, colour="method"), scheme="light")
    colours = {trace.marker.color for trace in drawn(figure)}
    assert colours == {*LIGHT.series, LIGHT.muted}
    assert legend(figure)[-1] == "method other"
    assert len(legend(figure)) == 7


def test_a_fill_says_two_values_and_of_more_it_says_nothing_and_that_it_does():
    view = replace(VIEW, fill="method")
    two = looks(some(3, method=["vae", "aae", "vae"]), some(3, method=["vae", "aae", "vae"]), view, LIGHT)
    assert [two.marks[f"p{i}"].filled for i in range(3)] == [True, False, True]
    records = some(3, method=["vae", "aae", "infovae"])
    three = looks(records, records, view, LIGHT)
    assert all(mark.filled for mark in three.marks.values())
    assert not [entry for entry in three.entries if entry.role == "fill"]
    assert (two.unsaid, three.unsaid) == ("", "method")


def test_a_colour_stays_when_a_point_is_added_or_filtered_away():
    records = some(4, method=["vae", "aae", "vae", "infovae"])
    view = replace(VIEW, colour="method")
    alone = looks(records[1:2], records, view, LIGHT).marks["p1"].colour
    assert alone == looks(records, records, view, LIGHT).marks["p1"].colour
    assert alone == looks(records, records[:3], view, LIGHT).marks["p1"].colour


def test_numbers_have_a_scale_with_a_bar_that_is_logarithmic_over_decades():
    records = some(4, **{DIM: [2, 8, 64, None]})
    figure = plane(records, [], None, view=replace(VIEW, colour=DIM), scheme="light")
    (bar,) = [trace for trace in figure.data if trace.marker.showscale]
    assert bar.marker.colorbar.title.text == "latent dim"
    assert list(bar.marker.colorbar.ticktext) == ["2", "8", "64"]
    assert bar.marker.colorbar.tickvals[1] == pytest.approx(0.903, abs=1e-3)
    (trace,) = drawn(figure)
    assert len(set(trace.marker.color)) == 4
    assert trace.marker.color[3] == LIGHT.muted
    assert legend(figure) == ["latent dim not set"]
    linear = scale([1.0, 2.0, 3.0], LIGHT)
    assert (linear.log, linear.share(2.0)) == (False, 0.5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scale_gets_steadily_lighter(scheme):
    numbers = scale([0.0, 1.0], PALETTES[scheme])
    light = [sum(w * int(c[i : i + 2], 16) for w, i in ((0.21, 1), (0.72, 3), (0.07, 5))) for c in numbers.stops]
    assert light == sorted(light)
    assert (numbers.colour(-1.0), numbers.colour(2.0)) == (numbers.stops[0], numbers.stops[-1])


def test_shape_and_fill_say_what_they_are_asked_to():
    records = some(4, seed=[0, 1, 2, 0], **{"training.schedule": ["paper", "paper", "constant", "constant"]})
    view = replace(VIEW, shape="seed", fill="training.schedule", colour="none")
    figure = plane(records, [], None, view=view, scheme="light")
    by_id = {ids[0]: trace.marker.symbol for trace in drawn(figure) for ids in trace.customdata}
    assert by_id == {"p0": "circle", "p1": "diamond", "p2": "triangle-up-open", "p3": "circle-open"}
    assert {trace.marker.color for trace in drawn(figure)} == {LIGHT.series[0]}
    assert legend(figure) == ["seed 0", "seed 1", "seed 2", "schedule paper", "schedule constant"]


def test_thousands_of_points_have_the_same_looks_in_webgl():
    count = MANY + 2
    records = some(count, **{DIM: [2, 64] * (count // 2)})
    figure = plane(records, [], None, view=replace(VIEW, colour=DIM), scheme="light")
    (trace,) = [trace for trace in figure.data if trace.type == "scattergl"]
    assert len(set(trace.marker.color)) == 2


def test_points_beside_the_plane_are_coloured_too():
    given = columns(rate=[1.0, None], distortion=[2.0, 3.0], method=["vae", "aae"])
    view = replace(VIEW, colour="method")
    figure = plane(points(given), [], None, view=view, scheme="light", unplaced=without_rate(given))
    assert legend(figure) == ["method vae", "method aae"]
    assert drawn(figure)[-1].marker.color == (LIGHT.series[1],)


def test_text_of_a_specification_is_no_html_in_the_legend_nor_in_a_hover():
    records = some(2, method=["<b>x</b>", "vae"], network=["<i>n</i>", "conv"])
    figure = plane(records, [], None, view=replace(VIEW, colour="method"), scheme="light")
    assert "method &lt;b&gt;x&lt;/b&gt;" in legend(figure)
    (words,) = [text for trace in drawn(figure) for text in trace.hovertext if "&lt;" in text]
    assert "<i>" not in words
    assert "<b>x" not in words


def test_channels_of_a_view_that_are_fields():
    assert paths("decoder", DIM, "none", DIM) == [DIM]
    assert path_title("architecture.encoder.network") == "encoder network"
    assert path_title("dataset.train_limit") == "data train limit"
    flags = channel("architecture.encoder.context", some(2, **{"architecture.encoder.context": [True, False]}))
    assert (flags.number, [flags.value(p) for p in some(1, **{"architecture.encoder.context": [True]})]) == (
        False,
        ["yes"],
    )


def test_the_menu_offers_what_points_differ_in_and_each_role_can_tell_apart():
    records = some(3, method=["vae", "aae", "vae"], seed=[0, 1, 2])
    fields = [
        {"path": DIM, "kind": "number", "values": 9, "low": 1, "high": 9},
        {"path": "training.schedule", "kind": "category", "values": 2, "low": None, "high": None},
        {"path": "seed", "kind": "number", "values": 3, "low": 0, "high": 2},
    ]
    offered = options(replace(VIEW, colour="architecture.width"), records, fields)
    names = {role: [item["value"] for group in groups for item in group["items"]] for role, groups in offered.items()}
    assert names["colour"] == ["decoder", "method", "seed", "none", DIM, "training.schedule", "architecture.width"]
    assert names["shape"] == ["marginal", "method", "seed", "none", "training.schedule"]
    assert names["fill"] == ["encoder", "method", "none", "training.schedule"]
