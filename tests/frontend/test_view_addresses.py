"""A view is its address: written, read and written again it is the same."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend.fetch.scenes import default_dataset
from frontend.views.query import (
    AXES,
    GROUPINGS,
    IMAGES,
    LAYERS,
    LOGS,
    OVERLAYS,
    SEEDS,
    View,
    href,
    parse,
    plane_link,
    search,
)
from frontend.views.queue import ENDED, QueueView
from frontend.views.queue import parse as parse_queue

tuples = st.lists(st.text("-+vl", min_size=3, max_size=3), max_size=3, unique=True).map(tuple)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789.-_", min_size=1, max_size=12)
views = st.builds(
    View,
    dataset=st.none() | st.builds("{}/{}".format, names, names),
    evaluation=st.none() | st.integers(2, 10_000).map(str),
    tuples=tuples,
    methods=st.lists(names, max_size=3).map(tuple),
    overlays=st.sampled_from([(), ("staircase",), ("hull",), OVERLAYS]),
    group=st.sampled_from(GROUPINGS),
    axes=st.sampled_from(AXES),
    logs=st.sampled_from([(), ("x",), ("y",), LOGS]),
    colour=st.sampled_from(["decoder", "none", "method", "architecture.latent_dim"]),
    shape=st.sampled_from(["marginal", "none", "seed"]),
    fill=st.sampled_from(["encoder", "training.schedule"]),
    seeds=st.sampled_from(SEEDS),
    layers=st.sampled_from([(), ("published",), LAYERS]),
    only=st.none() | st.sampled_from(["colour:(−, +, v)", "group:+", "fill:a, b & c=d"]),
    point=st.none() | st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20),
    image=st.integers(0, IMAGES - 1),
    table=st.booleans(),
    sort=st.none() | st.sampled_from(["rate", "-distortion"]),
    where=st.none() | st.just('{"beta":{"type":"equals","filter":4}}'),
)


@given(views)
def test_a_view_survives_its_address(view):
    assert parse(search(view)) == view


def test_the_default_view_has_no_query():
    assert href(View()) == "/"


def test_a_plus_that_became_a_space_is_a_plus_again():
    assert parse("?tuple=-+v,+--").tuples == ("-+v", "+--")
    assert parse("?tuple=-%2Bv").tuples == ("-+v",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "?x=1",
        "?image=8&table=ajar",
        "?axes=sideways&group=nothing&overlay=moon&log=z&seeds=0&show=all",
        "?point",
        "%%%",
    ],
)
def test_nonsense_is_the_default_view(text):
    view = parse(text)
    assert (view.axes, view.group, view.point) == ("rd", "none", None)
    assert (view.logs, view.seeds, view.layers) == ((), "each", ())
    assert (view.image, view.table) == (0, False)


def test_a_link_to_the_plane_names_the_evaluation_set_of_the_run(run: dict[str, Any]):
    assert plane_link(run) == "/?dataset=digits/static&point=p1"
    run["spec"]["dataset"]["eval_limit"] = 64
    assert plane_link(run, "p2") == "/?dataset=digits/static&eval=64&point=p2"


@pytest.mark.parametrize(
    ("succeeded", "newest", "expected"),
    [
        (["toy", "digits", "mnist"], ["toy"], "digits/static"),
        (["toy"], ["toy", "mnist"], "mnist/static"),
        (["toy"], ["toy"], "toy/static"),
        ([], [], "digits/static"),
    ],
)
def test_without_a_data_set_it_is_the_newest_that_is_not_the_labs(succeeded, newest, expected):
    async def get(_path: str, query: dict[str, Any]) -> dict[str, Any]:
        names = succeeded if query["status"] else newest
        return {"items": [{"spec": {"dataset": {"name": name, "binarize": "static"}}} for name in names]}

    context: Any = SimpleNamespace(client=SimpleNamespace(get=get))
    with ThreadPoolExecutor(1) as thread:  # the browser tests leave a running loop in this one
        assert thread.submit(asyncio.run, default_dataset(context, None)).result() == expected


def test_an_address_narrows_the_queue_and_one_that_says_nonsense_does_not():
    assert parse_queue(None) == parse_queue("?status=running&else=1&after=,") == QueueView()
    assert not QueueView().filtered
    view = parse_queue("?status=failed&tuple=-+v&tag=a%26b&after=x,y")
    assert view == QueueView(status="failed", architecture="-+v", tag="a&b", trail=("x", "y"))
    assert view.filtered
    assert view.wanted["status"] == ("failed",)
    assert view.wanted["cursor"] == "y"
    assert QueueView().wanted["status"] == ENDED
