"""The rate's share of each latent dimension."""

from collections.abc import Sequence

import plotly.graph_objects as go

from frontend.theme import base_layout, palette


def kl_bars(values: Sequence[float], *, scheme: str | None, point_id: str) -> go.Figure:
    """One bar for each latent dimension, the largest first; nats per example."""
    colours = palette(scheme)
    order = sorted(range(len(values)), key=lambda dimension: -values[dimension])
    figure = go.Figure(
        go.Bar(
            x=list(range(1, len(order) + 1)),
            y=[values[dimension] for dimension in order],
            customdata=order,
            marker={"color": colours.series[0], "line": {"width": 0}},
            hovertemplate="dimension %{customdata}<br>%{y:.3f} nats<extra></extra>",
        )
    )
    layout = base_layout(colours)
    figure.update_layout(layout)
    figure.update_layout(
        xaxis={"title": {"text": "latent dimension, by its KL"}},
        yaxis={"title": {"text": "KL (nats)"}, "rangemode": "tozero"},
        margin={"l": 54, "r": 12, "t": 10, "b": 42},
        bargap=0.25,
        uirevision=point_id,
    )
    return figure
