"""A tree without callbacks as one component: the browser builds it from a description (``assets/plain.js``).

Every component that Dash knows is asked at every change of any other. A pane of four hundred made each click wait.
"""

import json
from collections.abc import Iterable
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from frontend.components.parts import attributes

NAMES = {"className": "class", "htmlFor": "for"}
"""Attributes whose name in the page is not the component's in small letters."""

DESCRIPTION = "data-plain"
"""The property of a component that holds what the browser builds in it; a callback writes it with :func:`described`."""

Node = str | list[Any]
"""A text, or ``[tag, attributes, *nodes]``; ``style`` is a mapping, every other attribute a text."""


def plain(tree: Any = None, *, id: str | None = None, className: str = "plain") -> html.Div:
    """A component in which the browser builds a tree.

    Args:
        tree: what :func:`described` takes.
        id: by which callbacks write another description, which changes only what differs.
        className: of the component.

    Raises:
        TypeError: as :func:`described`.
    """
    given: dict[str, Any] = {"id": id} if id else {}
    return html.Div(className=className, **given, **attributes(data_plain=described(tree)))


def described(tree: Any) -> str:
    """A tree of HTML and links as the browser reads it; its buttons speak through ``data-do``.

    Args:
        tree: components, texts, None, or lists of them.

    Raises:
        TypeError: a component is neither of ``dash.html`` nor a link, or its id belongs to a pattern.
    """
    return json.dumps(list(nodes(tree)), separators=(",", ":"))


def nodes(tree: Any) -> Iterable[Node]:
    """Texts and elements, without what is none."""
    if tree is None:
        return
    if isinstance(tree, (list, tuple)):
        for each in tree:
            yield from nodes(each)
    elif isinstance(tree, Component):
        yield _element(tree)
    else:
        yield str(tree)


def _element(component: Component) -> Node:
    given = dict(component.to_plotly_json()["props"])  # type: ignore[no-untyped-call]
    inside = nodes(given.pop("children", None))
    if isinstance(component, dcc.Link):
        return ["a", {**_attributes(given), "data-inner": ""}, *inside]
    if component._namespace != html.Div._namespace:
        raise TypeError(f"only HTML and links can stand in a plain tree, not {component._type}")
    return [component._type.lower(), _attributes(given), *inside]


def _attributes(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if value is None or value is False:
            continue
        if name == "style":
            found[name] = {key: str(each) for key, each in value.items()}
        elif isinstance(value, dict):
            raise TypeError(f"{name} of a plain tree is a text, not {value}")
        else:
            found[NAMES.get(name, name if "-" in name else name.lower())] = "" if value is True else str(value)
    return found
