"""What each latent dimension carries, as bars that choose the dimensions of a traversal."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from frontend.components.dimensions import LEAST_AXIS, LITTLE, MOST, Share, shares
from frontend.components.parts import attributes
from frontend.views.latent import ROWS
from frontend.words.formats import number

Json = Mapping[str, Any]

LABELLED = 40
"""Bars that have room for their number below."""


def bars(point: Json, latent_dim: int) -> html.Div:
    """One button for each dimension, as high as what it carries, the largest first; the browser can order them anew.

    Args:
        point: an answer of GET /points/{id}.
        latent_dim: dimensions of z.
    """
    found = shares(point)
    share = found[0] if found else None
    values: Sequence[float | None] = share.values if share else [None] * latent_dim
    order = sorted(range(len(values)), key=lambda dimension: -(values[dimension] or 0.0))[:MOST]
    top = max([value for value in values if value is not None] + [LEAST_AXIS])
    buttons = [_bar(dimension, values[dimension], top, rank) for rank, dimension in enumerate(order)]
    few = " few" if len(order) <= LABELLED else ""
    return html.Div(
        [
            html.P(_words(point, share, latent_dim), className="muted small"),
            html.Div(
                [
                    *([_axis(top)] if share else []),
                    html.Div(
                        [*([_threshold(top)] if share else []), *buttons],
                        className=f"latent-bars{few}" if share else f"latent-bars flat{few}",
                        role="group",
                        **attributes(aria_label="Latent dimensions: press one to walk along it"),
                    ),
                ],
                className="latent-figure",
            ),
        ]
    )


def _axis(top: float) -> html.Div:
    return html.Div([html.Span(f"{number(top)} nats"), html.Span("0")], className="dimension-axis")


def _threshold(top: float) -> html.Div:
    return html.Div(
        html.Span(f"{LITTLE} nats"),
        className="latent-threshold",
        title=f"Below {LITTLE} nats a dimension carries next to nothing",
        style={"bottom": f"{100 * LITTLE / top:.2f}%"},
    )


def _bar(dimension: int, value: float | None, top: float, rank: int) -> html.Button:
    words = f"dimension {dimension}" if value is None else f"dimension {dimension}: {number(value, 3)} nats"
    height = 100 if value is None else 100 * max(value, 0.0) / top
    carries = value is None or value > LITTLE
    default = attributes(data_default="true") if rank < ROWS else {}
    return html.Button(
        type="button",
        className="latent-bar" if carries else "latent-bar collapsed",
        title=words,
        style={"--index": dimension, "--height": f"{height:.1f}%"},
        tabIndex=0 if rank == 0 else -1,
        **attributes(data_latent="dim", data_value=str(dimension), aria_pressed="false", aria_label=words),
        **default,
    )


def _words(point: Json, share: Share | None, latent_dim: int) -> str:
    if share is None:
        return "Nothing is known of what each dimension carries: they stand in their order."
    some = f"; the {MOST} largest are shown" if len(share.values) > MOST else ""
    units = ((point.get("estimates") or {}).get("active_units") or {}).get("value")
    active = "" if units is None else f"; {units:.0f} active units, whose mean varies by 0.05 or more"
    more = f" ({share.more})" if share.more else ""
    return (
        f"{share.title}, {share.note}{more}: {share.carrying} of {latent_dim} carry more than {LITTLE} nats"
        f"{active}{some}. Press bars to choose rows of the traversal."
    )
