"""The Latent page without a browser: its address, and what it makes of records."""

import pytest
from records_of_rest import of_type, text

from frontend.components.columns import Column
from frontend.components.latent import head
from frontend.components.latent.bars import bars
from frontend.components.latent.results import gap_words, interpolation, samples, traversal
from frontend.pages.latent.jobs import PANELS
from frontend.views import latent
from frontend.views.latent import Look
from frontend.words.runs import title


def test_the_head_names_a_model_as_the_queue_does(point, run):
    run |= {"method": "custom", "knobs": None}
    words = text(head.head(Column(point, run, {})))
    assert title(run) in words
    assert "β = 0.6" in words


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(point="p1"),
        Look(point="p1", image=3, dims=(4, 0), span=5, order="index", pair=(7, 2), path="spherical", seed=9),
    ],
)
def test_an_address_says_everything(look):
    assert latent.parse(latent.search(look)) == look


def test_an_address_says_no_more_than_it_must():
    assert latent.search(Look(point="p1")) == "?point=p1"
    assert latent.search(Look(point="a b", dims=(1, 2))) == "?point=a%20b&dims=1,2"
    assert latent.href("p1") == "/latent?point=p1"


@pytest.mark.parametrize(
    "search",
    [
        "?image=-1&dims=a,2&span=4&order=up&pair=1&path=crooked&seed=99999999999",
        "?image=1e9&dims=1,,2&span=&pair=1,2,3&seed=x",
        "?image=\u0663&dims=%00&pair=1;2",
        "?",
        None,
    ],
)
def test_what_an_address_cannot_mean_is_ignored(search):
    assert latent.parse(search) == Look()


def test_an_address_names_a_dimension_once_and_not_too_many():
    assert latent.parse("?dims=3,1,3").dims == (3, 1)
    assert len(latent.parse("?dims=" + ",".join(map(str, range(40)))).dims) == latent.MOST_ROWS


def test_what_is_asked_of_the_point():
    look = Look(point="p1", image=2, dims=(5,), span=2, pair=(3, 1), path="spherical", seed=4)
    assert PANELS["traversal"](look) == {"what": "traversal", "image": 2, "span": 2.0, "count": 9, "dimensions": [5]}
    assert PANELS["traversal"](Look())["most"] == latent.ROWS
    assert PANELS["interpolation"](look) == {
        "what": "interpolation", "images": [3, 1], "steps": 9, "path": "spherical",
    }  # fmt: skip
    assert PANELS["samples"](look) == {"what": "samples", "count": 16, "seed": 4}


def test_bars_choose_dimensions_the_largest_first(point):
    buttons = of_type(bars(point, 3), "Button")
    assert [button.to_plotly_json()["props"]["data-value"] for button in buttons] == ["0", "1", "2"]
    named = [button.to_plotly_json()["props"]["aria-label"] for button in buttons]
    assert named == ["dimension 0: 3.000 nats", "dimension 1: 0.500 nats", "dimension 2: 0.000 nats"]
    assert [button.tabIndex for button in buttons] == [0, -1, -1]
    words = text(bars(point, 3))
    assert "2 of 3 carry more than 0.01 nats; 11 active units" in words


def test_bars_of_which_nothing_is_known_choose_all_the_same(point):
    shown = bars({**point, "arrays": {}}, 200)
    assert len(of_type(shown, "Button")) == 128
    assert "Nothing is known" in text(shown)


def result(asked, names, **numbers):
    images = [
        {"name": name, "url": f"/api/v1/jobs/j1/images/{name}.png", "count": count, "columns": columns}
        for name, count, columns in names
    ]
    return {"asked": asked, "count": 6, "height": 8, "width": 8, "channels": 1, "images": images, **numbers}


def test_a_traversal_marks_what_is_nearest_to_the_image():
    shown = traversal(
        result(
            {"what": "traversal", "span": 2.0}, [("traversal", 6, 3)], dimensions=[12, 0], values=[[-2, 0, 2]] * 2,
            own=[1.9, -0.2], code="mean", shown="sample",
        ),
        "j1",
    )  # fmt: skip
    rows = [row for row in of_type(shown, "Div") if getattr(row, "className", "").startswith("latent-row")]
    assert len(rows) == 3
    assert [row.children[-1].style["gridColumn"] for row in rows[1:]] == [
        "4 / 5",
        "3 / 4",
    ]  # the first column is the label's
    alts = [image.alt for image in of_type(rows[1:], "Img")]
    assert alts[2] == "dimension 12 at z 2.00, nearest to the code of the image"
    assert alts[3] == "dimension 0 at z \u22122.00"
    words = text(shown)
    assert "\u22122 0 +2" in words
    assert "z\u2081\u2082" in words
    assert "of the same noise" in words
    assert [link.href for link in of_type(shown, "A")] == ["/api/v1/jobs/j1/images/traversal.png", "/api/v1/jobs/j1"]


def test_a_strip_stands_between_its_images():
    shown = interpolation(
        result(
            {"what": "interpolation", "images": [4, 0], "path": "spherical"},
            [("ends", 2, 2), ("interpolation", 3, 3)],
            shares=[0.0, 0.5, 1.0], distance=2.5, code="centre", shown="mean",
        ),
        "j1",
    )  # fmt: skip
    assert "input 5 0% 50% 100% input 1" in text(shown)
    assert "along an arc; they lie 2.50 apart" in text(shown)
    alts = [image.alt for image in of_type(shown, "Img")]
    assert alts == ["input 5", "decoded 0% of the way", "decoded 50% of the way", "decoded 100% of the way", "input 1"]


def test_samples_stand_beside_each_other(point):
    names = [("aggregate", 4, 4), ("marginal", 4, 4)]
    shown = samples(result({"what": "samples"}, names, shown="mean"), "j1")
    assert len(of_type(shown, "Img")) == 8
    assert "z ~ q(z)" in text(shown)
    assert "0.1 to 5.6 nats here" in gap_words(point)
    assert "nats here" not in gap_words({**point, "mutual_information": None})


def test_where_nothing_can_be_decoded_the_page_says_why(point, run):
    column = Column(point, run, {})
    assert head.why_not(column, read_only=False) == ""
    assert "reading only" in head.why_not(column, read_only=True)
    encoder = {**run["spec"]["architecture"], "encoder": {"kind": "categorical"}}
    classes = Column(point, {**run, "spec": {**run["spec"], "architecture": encoder}}, {})
    assert "one of a few classes" in head.why_not(classes, read_only=True)


def test_a_strangers_id_is_text():
    assert "<b>x</b>" in text(head.unknown("<b>x</b>"))
    assert "train a model first" in text(head.chooser([], [], "digits/static"))
