"""A view is its address: written, read and written again it is the same."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend.pages.explore_plane import default_dataset
from frontend.query import AXES, GROUPINGS, OVERLAYS, View, href, parse, search

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
    point=st.none() | st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20),
)


@given(views)
def test_a_view_survives_its_address(view):
    assert parse(search(view)) == view


def test_the_default_view_has_no_query():
    assert href(View()) == "/"


def test_a_plus_that_became_a_space_is_a_plus_again():
    assert parse("?tuple=-+v,+--").tuples == ("-+v", "+--")
    assert parse("?tuple=-%2Bv").tuples == ("-+v",)


@pytest.mark.parametrize("text", ["", "?", "?x=1", "?axes=sideways&group=nothing&overlay=moon", "?point", "%%%"])
def test_nonsense_is_the_default_view(text):
    view = parse(text)
    assert (view.axes, view.group, view.point) == ("rd", "none", None)


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
