"""What Compare and the tray are made of: addresses, the ends of a frontier, notes, tables and figures; pure."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from records_of_rest import columns as plane_columns
from records_of_rest import estimate, of_type, parts, text

from frontend.components import pins
from frontend.components.columns import Column, by_rate
from frontend.components.compare import board, notes, numbers
from frontend.components.compare.extras import Extras
from frontend.components.explore import strip
from frontend.components.tiles import sheets
from frontend.figures.plane.records import points
from frontend.figures.whiskers import Row, whiskers
from frontend.pages.compare.jobs import results, told
from frontend.steer.ends import ends, missing, share
from frontend.views import comparison
from frontend.views.comparison import Comparison
from frontend.views.query import View
from frontend.words.labelled import THRESHOLDS, why
from worker.labels import label

Make = Callable[..., Column]


@pytest.fixture
def column(run: dict[str, Any], point: dict[str, Any], samples: dict[str, Any]) -> Make:
    """Makes a column of a rate; None is a model without one."""

    def made(name: str = "p1", rate: float | None = 13.18, **dataset: Any) -> Column:
        own, its = deepcopy(point), deepcopy(run)
        own |= {"id": name}
        if rate is None:
            own |= {"rate": estimate(None, flags=["implicit"]), "neg_elbo": estimate(None), "label": None}
        else:
            own["rate"] = estimate(rate, 0.05)
        its["spec"]["dataset"] |= dataset
        return Column(own, its, sheets(samples))

    return made


def test_an_address_says_what_is_compared_and_is_said_again_the_same():
    shown = comparison.parse("?points=a,b,,a,c&images=16&order=image&difference=first&fields=all")
    assert shown == Comparison(points=("a", "b", "c"), images=16, order="image", difference="first", fields="all")
    assert comparison.parse(comparison.search(shown)) == shown
    assert comparison.href(shown.without("b")).startswith("/compare?points=a,c&")
    assert comparison.search(Comparison()) == ""


def test_what_an_address_asks_wrongly_is_left_at_the_default():
    assert comparison.parse("?images=7&order=x&difference=y&fields=z") == Comparison()
    assert comparison.parse(None) == Comparison()


def test_more_points_than_fit_are_counted():
    shown = comparison.parse("?points=" + ",".join(f"p{i}" for i in range(11)))
    assert (len(shown.points), shown.left_out) == (8, 3)
    words = text(notes.notes([], [], shown))
    assert "The first 8 points are shown; 3 more do not fit" in words


def test_ids_of_no_point_are_named_and_a_long_one_is_cut(column: Make):
    words = text(notes.notes([column()], ["nope", "x" * 300], Comparison()))
    assert "No point has these ids: nope, " in words
    assert "The others are shown." in words
    assert "x" * 41 not in words


def test_points_of_other_images_are_not_passed_off_as_comparable(column: Make):
    assert notes.notes([column("a"), column("b")], [], Comparison()) == []
    apart = notes.notes([column("a"), column("b", binarize="threshold")], [], Comparison())
    assert "different data sets (digits/static, digits/threshold)" in text(apart)
    other = notes.notes([column("a"), column("b", sha256="0" * 64)], [], Comparison())
    assert "different contents of digits/static" in text(other)
    limited = notes.notes([column("a"), column("b", eval_limit=100)], [], Comparison())
    assert "(100 test images, all test images of digits/static)" in text(limited)
    bar = notes.bar([column("a"), column("b", binarize="threshold")], Extras(), read_only=False)
    assert "the same inputs" not in text(bar)


def test_a_server_that_only_reads_offers_no_jobs(column: Make):
    actions = [
        button.to_plotly_json()["props"].get("data-do")
        for button in of_type(notes.bar([column()], Extras(), read_only=True), "Button")
    ]
    assert actions == ["ends"]


def test_columns_go_from_low_rate_to_high_and_those_without_one_come_last(column: Make):
    found = by_rate([column("none", None), column("high", 40.0), column("low", 0.1)])
    assert [each.id for each in found] == ["low", "high", "none"]
    assert "R not defined" in found[-1].where


def test_the_ends_and_the_middle_of_a_frontier_are_picked_by_the_share_of_the_rate():
    rates, distortions = [0.0, 6.0, 40.0, 120.0, 156.0], [80.0, 74.0, 43.0, 8.0, 4.8]
    found = points(plane_columns(rate=rates, distortion=distortions))
    assert [point.rate for point in ends(found)] == [0.0, 40.0, 156.0]
    half = share(found[-1]) / 2
    assert min(found, key=lambda point: abs(share(point) - half)).rate == 40.0
    assert ends(found[:2]) == found[:2]
    assert ends([]) == []


def test_of_several_autodecoders_the_one_with_the_best_decoder_stands_at_the_left():
    rates, distortions = [0.0, 0.02, 9.0, 30.0], [26.8, 24.1, 18.0, 12.0]
    labels = ["autodecoder", "autodecoder", "syntactic", "syntactic"]
    found = points(plane_columns(rate=rates, distortion=distortions, label=labels))
    assert [point.rate for point in ends(found)] == [0.02, 9.0, 30.0]
    assert "no autoencoder yet: its right end, R 30.00, D 12.00, has R / (R + D) = 0.71" in missing(ends(found))
    assert "small beta" in missing(ends(found))
    whole = points(plane_columns(rate=[0.0, 99.0], distortion=[80.0, 1.0], label=["autodecoder", "autoencoder"]))
    assert missing(whole) == ""


@pytest.mark.parametrize(("rate", "distortion"), [(0.0004, 80.6), (6.2, 74.1), (120.3, 8.1), (156.0, 4.8)])
def test_a_label_is_explained_with_its_numbers_and_the_thresholds_that_made_it(rate: float, distortion: float):
    name = label(rate, distortion)
    assert name is not None
    words = why(name, rate, rate + distortion)
    assert words.startswith("R / (R + D) = ")
    assert THRESHOLDS[name] in words


def test_every_threshold_in_words_is_the_one_that_labels():
    for name, low, high in (
        ("autodecoder", 0.0, 0.0099), ("semantic", 0.01, 0.199), ("syntactic", 0.2, 0.95), ("autoencoder", 0.951, 1.0),
    ):  # fmt: skip
        assert {label(100 * low, 100 - 100 * low), label(100 * high, 100 - 100 * high)} == {name}
    assert why(None, 1.0, 2.0) == why("semantic", None, 2.0) == ""


def told_cells(component: Any) -> list[dict[str, Any]]:
    props = [part.to_plotly_json()["props"] for part in parts(component) if hasattr(part, "to_plotly_json")]
    return [json.loads(each["data-cell"]) for each in props if "data-cell" in each]


def test_every_cell_tells_its_pictures_its_place_and_its_numbers(column: Make):
    two = [column("a", 1.0), column("b", 2.0)]
    cells = told_cells(board.pictures(two, Extras(), Comparison(images=4)))
    assert [(each["point"], each["parts"][0]["name"]) for each in cells] == [
        (point, name) for name in board.ROWS for point in ("a", "b")
    ]
    assert all(each["indices"] == [0, 1, 2, 3] for each in cells)
    assert "R 2.00, D 81.25 nats" in cells[1]["where"]
    by_image = told_cells(board.pictures(two, Extras(), Comparison(images=4, order="image")))
    assert len(by_image) == 2 * 2 * 4
    assert [part["name"] for part in by_image[0]["parts"]] == ["inputs", "reconstruction_sample", "reconstruction_mean"]


@pytest.mark.parametrize(("difference", "minus"), [("input", 4), ("first", 8), ("off", 0)])
def test_differences_are_from_the_input_or_from_the_first_column(column: Make, difference: str, minus: int):
    two = [column("a", 1.0), column("b", 2.0)]
    cells = told_cells(board.pictures(two, Extras(), Comparison(difference=difference)))
    found = [part["minus"] for each in cells for part in each["parts"] if part["minus"]]
    assert len(found) == minus
    assert all(each.endswith("inputs.png") for each in found) is (difference != "first")


def test_sheets_of_another_shape_are_not_subtracted(column: Make, samples: dict[str, Any]):
    other = column("b", 2.0)
    wide = Column(other.point, other.run, sheets(samples | {"width": 28}))
    table = board.pictures([column("a", 1.0), wide], Extras(), Comparison(difference="first"))
    assert text(table).count("of another shape") == 4


def test_jobs_that_ended_are_told_and_those_that_failed_say_why(column: Make, samples: dict[str, Any]):
    drawn = {"seed": 7, "of": 2, "jobs": {"b": "j2"}, "done": {"a": {"result": samples}}}
    images = [{"name": "entropy", "url": "/e.png", "columns": 4}]
    entropy = {**samples, "images": images, "nats": [10.0] * 16, "entropy": estimate(10.0, 0.5)}
    measured = {"of": 2, "jobs": {}, "done": {"a": {"result": entropy}, "b": {"error": "its checkpoint is gone"}}}
    assert told("draw", drawn) == "Drawing: 1 of 2 columns are done"
    extras = results(drawn, measured)
    assert extras.drawing
    assert not extras.measuring
    table = board.pictures([column("a", 1.0), column("b", 2.0)], extras, Comparison())
    words = text(table)
    assert "Drawn again, seed 7: Input" in words
    assert "its checkpoint is gone" in words
    assert "10.00 ± 0.50 nats in an image, the mean of 16" in words
    assert results(None, {}) == Extras(refused={"draw": {}, "entropy": {}})


def test_only_the_fields_that_differ_are_listed_by_dotted_path():
    one = {"seed": 0, "objective": {"rate": {"kind": "beta", "beta": 1.0}}}
    two = {"seed": 0, "objective": {"rate": {"kind": "none"}}}
    found = numbers.fields([one, two], every=False)
    assert list(found) == ["objective.rate.kind", "objective.rate.beta"]
    assert list(numbers.fields([one, two], every=True)) == ["seed", *found]
    assert numbers.fields([one, one], every=False) == {}


def test_the_numbers_have_their_errors_and_what_is_not_defined_says_so(column: Make):
    words = " ".join(text(numbers.numbers([column("a", 13.18), column("b", None)])).split())
    assert "13.180 ± 0.050" in words
    assert "not defined" in words
    assert "11 of 16" in words
    assert "no such field" not in text(numbers.specification([column("a")], every=True))


def test_dots_carry_their_errors_and_the_information_its_interval():
    rows = [
        Row(name="a", rate=1.0, rate_stderr=0.1, distortion=20.0, distortion_stderr=0.2, information=(0.9, 0.8)),
        Row(name="b", rate=None, rate_stderr=None, distortion=10.0, distortion_stderr=None, information=None),
    ]
    figure = whiskers(rows, scheme="dark")
    information, rate, distortion = figure.data
    assert list(information.x) == [0.8, 0.9, None]
    assert list(rate.x) == [1.0]
    assert list(rate.error_x.array) == [0.1]
    assert list(distortion.x) == [20.0, 10.0]
    low, high = figure.layout.xaxis.range
    assert low < 0 < 20.0 < high


def test_the_tray_holds_what_is_pinned_and_leads_to_compare(column: Make):
    assert pins.tray([]) == []
    tray = pins.tray([column("a", 1.0), column("b", None)])
    assert "Compare (2)" in text(tray)
    assert "no R" in text(tray)
    assert "/compare?points=a,b" in [link.href for link in of_type(tray, "Link")]
    assert "(full)" in text(pins.tray([column(f"p{i}", float(i)) for i in range(8)]))


def test_pinned_points_that_are_not_shown_are_offered_as_far_as_there_is_room():
    offered = of_type(notes.offer(["a", "b", "c"], Comparison(points=("a",))), "Link")
    assert [link.href for link in offered] == ["/compare?points=a,b,c"]
    assert notes.offer(["a"], Comparison(points=("a",))) == []
    assert notes.offer(["z"], Comparison(points=tuple("abcdefgh"))) == []


def test_a_column_of_the_strip_can_be_pinned(samples: dict[str, Any]):
    found = points(plane_columns(rate=[1.0], distortion=[2.0]))
    shown = strip.strip([strip.Column(found[0], sheets(samples))], 1, 0, View(dataset="digits/static"))
    actions = [button.to_plotly_json()["props"] for button in of_type(shown, "Button")]
    assert [(each["data-do"], each["data-target"]) for each in actions] == [("ends", ""), ("pin", "p0")]
    first, *others = (image.alt for image in of_type(shown, "Img"))
    assert first == "test image 1, the input"
    assert all("R 1.00, D 2.00 nats" in each for each in others)


def test_a_field_is_broken_after_a_dot_or_an_underscore_only(column: Make):
    shown = numbers.specification([column("a"), column("b")], every=True)
    assert "architecture. latent_ dim" in [text(each) for each in of_type(shown, "Code")]
