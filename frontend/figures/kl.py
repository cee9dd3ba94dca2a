"""What each latent dimension carries."""

from collections.abc import Sequence

import plotly.graph_objects as go

from frontend.theme import base_layout, palette


def dimension_bars(values: Sequence[float], axis: str, *, scheme: str | None, point_id: str) -> go.Figure:
    """One bar for each latent dimension, the largest first; nats per example, on an axis of one nat at least.

    Args:
        values: one for each dimension.
        axis: what they are, and their unit.
        scheme: light or dark.
        point_id: keeps the zoom while the same point is shown.
    """
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
        xaxis={"title": {"text": "latent dimension, the largest first"}},
        yaxis={"title": {"text": axis}, "range": [min(0.0, 1.05 * min(values)), max(1.0, 1.05 * max(values))]},
        margin={"l": 54, "r": 12, "t": 10, "b": 42},
        bargap=0.25,
        uirevision=point_id,
    )
    return figure
