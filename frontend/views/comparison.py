"""What the Compare page shows, as its URL says it."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, urlencode

MOST = 8
"""Columns that fit side by side."""
IMAGES = (4, 8, 16)
"""How many images of each kind are shown; a point stores 16."""
ORDERS = ("kind", "image")
"""``kind``: all samples, then all means; ``image``: input, sample and mean of one image beside each other."""
DIFFERENCES = ("off", "input", "first")
"""Reconstructions against their input, or every picture against that of the first column."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Points side by side."""

    points: tuple[str, ...] = ()
    """Ids, as the address gives them, each once, at most :data:`MOST`."""
    left_out: int = 0
    """How many more the address names."""
    images: int = 8
    order: str = "kind"
    difference: str = "off"
    fields: str = "differing"
    """``differing``: the fields of the specification that differ; ``all``."""

    def with_points(self, points: tuple[str, ...]) -> "Comparison":
        return replace(self, points=points, left_out=0)

    def without(self, point: str) -> "Comparison":
        return self.with_points(tuple(each for each in self.points if each != point))


def parse(search: str | None) -> Comparison:
    """The comparison of a query string; what it does not know, it ignores."""
    raw = {key: values[-1] for key, values in parse_qs((search or "").lstrip("?")).items()}
    points = tuple(dict.fromkeys(each for each in raw.get("points", "").split(",") if each))
    images = raw.get("images", "")
    return Comparison(
        points=points[:MOST],
        left_out=max(len(points) - MOST, 0),
        images=int(images) if images in map(str, IMAGES) else 8,
        order=raw["order"] if raw.get("order") in ORDERS else "kind",
        difference=raw["difference"] if raw.get("difference") in DIFFERENCES else "off",
        fields="all" if raw.get("fields") == "all" else "differing",
    )


def search(comparison: Comparison) -> str:
    """The query string of a comparison: only what differs from the default."""
    usual = Comparison()
    pairs = {
        "points": ",".join(comparison.points),
        **{
            name: str(getattr(comparison, name))
            for name in ("images", "order", "difference", "fields")
            if getattr(comparison, name) != getattr(usual, name)
        },
    }
    written = urlencode({key: value for key, value in pairs.items() if value}, quote_via=quote, safe=",")
    return f"?{written}" if written else ""


def href(comparison: Comparison) -> str:
    """The address of a comparison."""
    return f"/compare{search(comparison)}"
