"""What each latent dimension carries, so that collapsed ones can be seen at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from frontend.components.parts import attributes
from frontend.words.formats import number

MOST = 128
"""Bars at most: the largest ones."""
LITTLE = 0.01
"""Nats below which a dimension is said to carry next to nothing; our choice."""
LEAST_AXIS = 1.0
"""Nats that the axis reaches at least, so that a collapsed code looks collapsed."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Share:
    """One number for each latent dimension, nats per example."""

    title: str
    axis: str
    note: str
    more: str
    """What else there is to know of it."""
    values: Sequence[float]

    @property
    def carrying(self) -> int:
        """How many dimensions carry more than next to nothing."""
        return sum(value > LITTLE for value in self.values)


def shares(point: Json) -> list[Share]:
    """What is stored of a point's dimensions, the parts of R first."""
    arrays = point.get("arrays") or {}
    kinds = (
        ("kl_per_dimension", "KL per dimension", "KL (nats)", "the parts of R", ""),
        (
            "information_per_dimension",
            "I(x; b) per dimension",
            "I(x; b) (nats)",
            "these do not add up",
            "b is the encoder's Gaussian before any flow; two may tell the same, so they do not add up to I(x; z)",
        ),
    )
    return [Share(title, axis, note, more, arrays[name]) for name, title, axis, note, more in kinds if arrays.get(name)]


def bars(point: Json) -> html.Div | None:
    """Bars for the pane, the largest first: the parts of R where R has parts, else what each dimension tells of x."""
    found = shares(point)
    if not found:
        return None
    share = found[0]
    order = sorted(range(len(share.values)), key=lambda dimension: -share.values[dimension])[:MOST]
    tallest = share.values[order[0]]
    top = max(tallest, LEAST_AXIS)
    some = f" (the largest {MOST})" if len(share.values) > MOST else ""
    words = f"{share.carrying} of {len(share.values)} carry more than {LITTLE} nats{some}"
    return html.Div(
        [
            html.H3([f"{share.title} ", html.Span(share.note, className="muted")], title=share.more or None),
            html.Div(
                [
                    html.Div([html.Span(f"{number(top)} nats"), html.Span("0")], className="dimension-axis"),
                    html.Div(
                        [_bar(dimension, share.values[dimension], top) for dimension in order],
                        className="dimension-bars",
                        role="img",
                        **attributes(aria_label=f"{share.title}: {words}"),
                    ),
                ],
                className="dimension-figure",
            ),
            html.P([f"{words}; the tallest {_told(tallest)}"], className="muted small"),
        ],
        className="dimensions",
    )


def _told(value: float) -> str:
    """A value with as many decimals as show on which side of next to nothing it is."""
    decimals = 2
    while value != LITTLE and round(value, decimals) == LITTLE:
        decimals += 1
    return number(value, decimals)


def is_implicit(point: Json) -> bool:
    """Whether the point has no R because its encoder has no density."""
    rate = point.get("rate") or {}
    return rate.get("value") is None and "implicit" in (rate.get("flags") or ())


def absence(point: Json, run: Json) -> html.P | None:
    """Why a point has no numbers of its dimensions; None where it should have some."""
    encoder = ((run.get("spec") or {}).get("architecture") or {}).get("encoder") or {}
    if is_implicit(point):
        words = "No reading per dimension: without a density there is no rate to divide among them."
    elif encoder.get("context"):
        words = "No reading per dimension: the flow itself sees x, so no dimension has a part of its own."
    elif encoder.get("kind") == "categorical":
        words = "No reading per dimension: z is one of a few classes, a single choice."
    else:
        return None
    return html.P(words, className="muted small")


def _bar(dimension: int, value: float, top: float) -> html.Span:
    return html.Span(
        html.Span(style={"height": f"{100 * max(value, 0.0) / top:.1f}%"}),
        className="dimension" if value > LITTLE else "dimension collapsed",
        title=f"dimension {dimension}: {number(value, 3)} nats",
    )
