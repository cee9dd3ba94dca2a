"""Records in the shape that REST gives them, and ways to look into a tree of components."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def estimate(value: float | None, stderr: float | None = None, **more: Any) -> dict[str, Any]:
    return {
        "value": value, "stderr": stderr, "unit": "nats", "bound": "exact", "flags": [], "settings": {},
        "seconds": None, "at": None, **more,
    }  # fmt: skip


def columns(**given: list[Any]) -> dict[str, list[Any]]:
    """The columns of GET /points; what is not given is what most points have."""
    count = len(next(iter(given.values())))
    usual = {
        "id": [f"p{i}" for i in range(count)], "run_id": [f"r{i}" for i in range(count)], "rate_stderr": [0.1] * count,
        "distortion_stderr": [0.2] * count, "beta": [1.0] * count, "mi_lower": [1.0] * count,
        "mi_upper": [2.0] * count, "saturated": [False] * count, "label": ["semantic"] * count,
        "architecture": ["---"] * count, "method": ["beta-vae"] * count, "seed": [0] * count,
        "dataset": ["digits/static"] * count, "eval_limit": [None] * count, "network": ["conv"] * count,
        "method_changed": [False] * count, "knobs": [{"beta": 1.0}] * count, "unmarked": [None] * count,
    }  # fmt: skip
    return {**usual, **given}


def parts(component: Any) -> Iterator[Any]:
    """A component and everything in it."""
    yield component
    children = component if isinstance(component, list) else getattr(component, "children", None)
    for child in children if isinstance(children, list | tuple) else [children]:
        if child is not None:
            yield from parts(child) if isinstance(child, Component | list) else iter([child])


def text(component: Any) -> str:
    """All text of a component."""
    return " ".join(str(part) for part in parts(component) if isinstance(part, str | int | float))


def of_type(component: Any, name: str) -> list[Any]:
    """Every part of a type, such as ``Img``."""
    return [part for part in parts(component) if type(part).__name__ == name]
