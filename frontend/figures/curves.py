"""Training curves: rate, distortion, loss and speed over the steps of one run."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from frontend.theme import base_layout, palette

PANELS = (
    ("rate", "rate R (nats)"),
    ("distortion", "distortion D (nats)"),
    ("loss", "loss (nats)"),
    ("images_per_second", "images per second"),
)


def curves(history: Mapping[str, Sequence[Any]], *, scheme: str | None, run_id: str) -> go.Figure:
    """Four panels over the step.

    Args:
        history: the columns of GET /runs/{id}/history, each as long as ``step``.
        scheme: light or dark.
        run_id: keeps the zoom while the same run is shown.
    """
    colours = palette(scheme)
    figure = make_subplots(
        rows=2, cols=2, shared_xaxes=True, horizontal_spacing=0.09, vertical_spacing=0.10,
        subplot_titles=[title for _, title in PANELS],
    )  # fmt: skip
    steps = list(history.get("step") or ())
    for index, (name, title) in enumerate(PANELS):
        values = list(history.get(name) or [None] * len(steps))
        figure.add_trace(
            go.Scatter(
                x=steps, y=values, mode="lines+markers" if len(steps) < 3 else "lines", name=title, showlegend=False,
                line={"color": colours.series[index], "width": 1.8},
                hovertemplate="step %{x}<br>%{y:.4~g}<extra></extra>",
            ),
            row=index // 2 + 1,
            col=index % 2 + 1,
        )  # fmt: skip
    base = base_layout(colours)
    figure.update_layout({key: value for key, value in base.items() if key not in ("xaxis", "yaxis")})
    figure.update_xaxes({key: value for key, value in base["xaxis"].items() if key != "title"})
    figure.update_yaxes({key: value for key, value in base["yaxis"].items() if key != "title"})
    figure.update_xaxes(title={"text": "step", "standoff": 4, "font": {"size": 12}}, row=2)
    figure.update_annotations(font={"size": 12, "color": colours.muted})
    figure.update_layout(margin={"l": 54, "r": 12, "t": 26, "b": 42}, hovermode="x", uirevision=run_id)
    return figure
