"""Trees that the browser builds from a description: what is described, and what may not stand in one."""

import json

import httpx
import pytest
from dash import dcc, html
from fastapi import FastAPI

from frontend.app import create_ui
from frontend.components.parts import attributes
from frontend.components.plain import described, plain


def nodes(tree):
    return json.loads(described(tree))


def test_texts_numbers_and_lists_are_described_and_what_is_none_is_not():
    assert nodes(["a", None, 3, ["b", 0.5]]) == ["a", "3", "b", "0.5"]
    assert nodes(None) == []


def test_attributes_have_their_names_on_the_page():
    tree = html.Div(
        html.Label("x", htmlFor="y", tabIndex=0),
        className="a b", hidden=True, style={"aspectRatio": "1 / 2", "--share": 0.5}, title=None,
        **attributes(aria_label="c", data_do="d"),
    )  # fmt: skip
    (tag, found, inside) = nodes(tree)[0]
    assert tag == "div"
    assert found == {
        "class": "a b", "hidden": "", "style": {"aspectRatio": "1 / 2", "--share": "0.5"}, "aria-label": "c",
        "data-do": "d",
    }  # fmt: skip
    assert inside == ["label", {"for": "y", "tabindex": "0"}, "x"]


def test_false_is_left_out_and_markup_stays_text():
    assert nodes(html.Button("<b>x</b>", disabled=False)) == [["button", {}, "<b>x</b>"]]


def test_a_link_leads_on_within_the_program():
    assert nodes(dcc.Link("x", href="/queue")) == [["a", {"href": "/queue", "data-inner": ""}, "x"]]


@pytest.mark.parametrize("tree", [dcc.Graph(), [html.Div(dcc.Store(id="x"))]])
def test_what_needs_its_renderer_is_refused(tree):
    with pytest.raises(TypeError, match="only HTML and links"):
        described(tree)


def test_an_id_of_a_pattern_is_refused():
    with pytest.raises(TypeError, match="id of a plain tree is a text"):
        described(html.Div(id={"type": "field", "path": "x"}))


def ids_in(description):
    for node in description:
        if not isinstance(node, str):
            yield from ([node[1]["id"]] if "id" in node[1] else [])
            yield from ids_in(node[2:])


def test_no_callback_reads_or_writes_what_stands_in_a_plain_tree_of_the_shell():
    app = create_ui(FastAPI(), httpx.AsyncClient())
    trees = [
        json.loads(part.to_plotly_json()["props"]["data-plain"])
        for part in app.layout._traverse()
        if hasattr(part, "data-plain")
    ]
    inside = {ident for tree in trees for ident in ids_in(tree)}
    assert len(trees) > 1
    assert {"help-title", "tour-title"} <= inside
    used = {
        str(each["id"]) for callback in app.callback_map.values() for each in [*callback["inputs"], *callback["state"]]
    }
    written = {key.strip(".").rpartition(".")[0] for keys in app.callback_map for key in keys.split("...")}
    assert not inside & (used | written)


def test_an_empty_one_waits_for_its_description():
    empty = plain(id="x")
    assert (empty.id, getattr(empty, "data-plain")) == ("x", "[]")
