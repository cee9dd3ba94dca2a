"""The table behind the plane, as its download takes it; pure."""

from dataclasses import replace

import pytest
from records_of_rest import columns

from frontend.figures.plane.records import points
from frontend.figures.plane.scene import Scene, stage
from frontend.pages.explore.file import behind
from frontend.theme import PALETTES
from frontend.views.query import View

VIEW = View(dataset="digits/static")
GIVEN = columns(
    rate=[1.0, 3.0, 7.0], distortion=[10.0, 14.0, 5.0], seed=[0, 1, 0], recipe=["a", "a", "b"], eval_limit=[64] * 3
)


def taken(view, **more):
    told = {"unplaced": [], "groups": [], "bound": None, "total": 3, "thinned": False, **more}
    found = Scene(dataset="digits/static", everything=points(GIVEN), **told)
    return behind(found, stage(found, view, PALETTES["light"]))


def test_it_has_the_rows_that_the_view_shows():
    assert taken(VIEW) == {
        "table": "/points?dataset=digits%2Fstatic&limit=1000000", "where": {"eval_limit": [64]}, "drawn": True,
    }  # fmt: skip
    some = taken(replace(VIEW, tuples=("-+v",), methods=("vae",), sweep="a&b"), thinned=True)
    assert "&sweep=a%26b&" in some["table"]
    assert some["where"] == {"eval_limit": [64], "architecture": ("-+v",), "method": ("vae",)}
    assert not some["drawn"]
    assert taken(replace(VIEW, layers=("nondominated",)), thinned=True)["drawn"]


def test_of_means_it_has_the_means_with_their_errors():
    table = taken(replace(VIEW, seeds="sd"))["table"]
    assert (table["ids"], table["seeds"]) == (["p0 p1", "p2"], [2, 1])
    assert (table["rate"], table["distortion"]) == ([2.0, 7.0], [12.0, 5.0])
    assert table["rate_stdev"] == [pytest.approx(2**0.5), None]
    assert "rate_stderr" in taken(replace(VIEW, seeds="se"))["table"]
