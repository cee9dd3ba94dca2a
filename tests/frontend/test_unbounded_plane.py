"""The plane of real-valued data: no line D = H - R, and room below D = 0."""

import pytest
from records_of_rest import columns, estimate, text

from frontend.components.explore import pane
from frontend.figures.plane.figure import plane
from frontend.figures.plane.frontiers import Bound, entropy_bound
from frontend.figures.plane.records import points
from frontend.figures.plane.window import window_of
from frontend.views.query import View

NONE = {"entropy_bound": {"value": None, "source": "none: minus infinity", "exact": False}}
VIEW = View(dataset="two-points/none")
POINTS = columns(rate=[0.1, 0.7, 1.9], distortion=[1.3, -0.5, -1.8])


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def test_a_bound_without_a_value_is_none():
    assert entropy_bound(NONE) is None
    assert entropy_bound({"entropy_bound": {"value": 2.0, "source": "x"}}) == Bound(2.0, "x")


def test_no_line_is_drawn_and_every_point_is_in_view():
    figure = plane(points(POINTS), [], entropy_bound(NONE), view=VIEW, scheme="light")
    assert not named(figure, "D = H − R")
    assert not named(figure, "infeasible")
    window = window_of(points(POINTS), None, VIEW)
    assert window.y0 < -1.8 < 1.3 < window.y1
    assert not any("infeasible" in note.text for note in figure.layout.annotations)


def test_lines_of_equal_elbo_go_on_below_zero_only_where_nothing_bounds_them():
    for bound in (None, Bound(3.0, "x")):
        (lines,) = named(plane(points(POINTS), [], bound, view=VIEW, scheme="light"), "equal R + D")
        sums = [x + y for x, y in zip(lines.x, lines.y, strict=True) if x is not None]
        assert sums[::2] == pytest.approx(sums[1::2])
        lowest = min(y for y in lines.y if y is not None)
        assert (lowest < -1.8 and min(sums) < 0) if bound is None else (lowest == 0 and min(sums) > 0)


def test_the_pane_says_why_nothing_is_above_the_bound():
    point = {
        "rate": estimate(1.9), "distortion": estimate(-1.8), "neg_elbo": estimate(0.1), "estimates": {}, "arrays": {},
        "id": "p", "run_id": "r", "mutual_information": None, "label": None, "beta": 1.0,
    }  # fmt: skip
    numbers = pane._numbers(point, NONE["entropy_bound"])
    assert "above best known H" in text(numbers)
    assert any(getattr(each, "title", None) == "none: minus infinity" for each in numbers.children)
