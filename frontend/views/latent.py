"""What the Latent page shows, as its URL says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

SPANS = (2, 3, 5)
"""How far a traversal goes to each side, in standard deviations of q(z_d)."""
ORDERS = ("carrying", "index")
"""Dimensions with what they carry, the largest first, or as they are counted."""
PATHS = ("linear", "spherical")
ROWS = 6
"""Dimensions that are walked along where the address names none."""
MOST_ROWS = 16
COUNT = 9
"""Values of a dimension, and steps between two images."""
SAMPLES = 16
"""Tiles of each kind of sample."""
LARGEST_SEED = 10**6


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look into the latent space of a point."""

    point: str | None = None
    image: int = 0
    """The input whose code is moved."""
    dims: tuple[int, ...] = ()
    """Dimensions that are walked along, each once, at most :data:`MOST_ROWS`; none is those that carry most."""
    span: int = 3
    order: str = "carrying"
    pair: tuple[int, int] = (0, 1)
    """The inputs between which the codes go."""
    path: str = "linear"
    seed: int = 0
    """Of the noise of samples."""


def parse(search: str | None) -> Look:
    """The look of a query string; what it does not know, it ignores."""
    return from_keys({key: values[-1] for key, values in parse_qs((search or "").lstrip("?")).items()})


def from_keys(keys: Mapping[str, Any] | None) -> Look:
    """The look of the query's decoded keys, as the browser keeps them."""
    given = dict(keys or {})
    pair = _numbers(given.get("pair"))
    span, seed, image = (_numbers(given.get(name)) for name in ("span", "seed", "image"))
    usual = Look()
    return Look(
        point=given.get("point") or None,
        image=image[0] if image else usual.image,
        dims=tuple(dict.fromkeys(_numbers(given.get("dims"))))[:MOST_ROWS],
        span=span[0] if span and span[0] in SPANS else usual.span,
        order=given["order"] if given.get("order") in ORDERS else usual.order,
        pair=(pair[0], pair[1]) if len(pair) == 2 else usual.pair,
        path=given["path"] if given.get("path") in PATHS else usual.path,
        seed=seed[0] if seed and seed[0] <= LARGEST_SEED else usual.seed,
    )


def search(look: Look) -> str:
    """The query string of a look: only what differs from the default."""
    usual = Look(point=None)
    pairs = {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in vars(look).items()
        if value is not None and value != getattr(usual, name)
    }
    return f"?{urlencode(pairs, quote_via=quote, safe=',')}" if pairs else ""


def href(point: str) -> str:
    """The address of a point's latent space."""
    return f"/latent{search(replace(Look(), point=point))}"


def _numbers(text: str | None) -> tuple[int, ...]:
    """Whole numbers from 0 up, separated by commas; none where one of them is something else."""
    parts = (text or "").split(",")
    good = all(part.isascii() and part.isdigit() and len(part) <= 9 for part in parts)
    return tuple(int(part) for part in parts) if good else ()
