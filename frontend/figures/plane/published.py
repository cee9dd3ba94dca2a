"""Figures that papers printed, to stand beside the points: not ours, and only on the bits they were made on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from frontend.figures.plane import lines
from frontend.figures.plane.window import Window
from frontend.theme import Palette
from frontend.views.query import View
from frontend.words.formats import number

LAYER = "published"
NOT_OURS = "published, not measured here"


@dataclass(frozen=True, kw_only=True)
class PublishedPoint:
    """A place in the plane that a paper printed; nats."""

    rate: float
    distortion: float
    what: str
    where: str
    conditions: str


@dataclass(frozen=True, kw_only=True)
class PublishedLikelihood:
    """A -log p that a paper printed. R + D >= -log p of the same model, so it is a line and no point; nats."""

    value: float
    what: str
    where: str


_ALEMI = "Alemi et al. 2018, Fixing a Broken ELBO"
_FIGURE_4 = "200 epochs, one run; R and D as printed in the text"
_AT_BETA = ((1.10, 0.0004, 80.6), (1.0, 6.2, 74.1), (0.15, 120.3, 8.1), (0.1, 156.0, 4.8))
POINTS: Mapping[str, Sequence[PublishedPoint]] = {
    "mnist-static/none": (
        PublishedPoint(
            rate=0.0, distortion=80.2, what="best R + D of 209 runs", where=f"{_ALEMI}, section 4.2 and figure 3a",
            conditions="twelve tuples, betas 0.1 to 10; the tuple is not named",
        ),
        *(
            PublishedPoint(
                rate=rate, distortion=distortion, what=f"(−, +, v), β {beta:g}", where=f"{_ALEMI}, figure 4",
                conditions=_FIGURE_4,
            )
            for beta, rate, distortion in _AT_BETA
        ),
    )
}  # fmt: skip
"""By ``name/binarize``. The paper's (+, −, +) on Omniglot, R 0.77, is left out: no factorised decoder reaches its D."""
LIKELIHOODS: Mapping[str, Sequence[PublishedLikelihood]] = {
    "mnist-static/none": (
        PublishedLikelihood(value=79.03, what="VLAE", where="Chen et al. 2017"),
        PublishedLikelihood(value=79.20, what="PixelRNN", where="van den Oord et al. 2016"),
        PublishedLikelihood(value=79.88, what="IAF-VAE", where="Kingma et al. 2016"),
    )
}


def there_are(dataset: str | None) -> bool:
    """Whether any figure was printed for a data set."""
    return dataset in POINTS or dataset in LIKELIHOODS


def published(view: View, window: Window, colours: Palette) -> list[go.Scatter]:
    """The layer: open stars, and a dotted line for each likelihood."""
    if LAYER not in view.layers:
        return []
    traces = [_line(each, view, window, colours) for each in LIKELIHOODS.get(view.dataset or "", ())]
    points = [each for each in POINTS.get(view.dataset or "", ()) if stands(each, view)]
    if points:
        traces.append(_stars(points, view, colours))
    for index, trace in enumerate(traces):
        trace.showlegend = index in (0, len(traces) - 1)
        trace.legendgroup = trace.name  # one entry stands for every line
    return traces


def stands(point: PublishedPoint, view: View) -> bool:
    """Whether it has a place on the axes of a view."""
    return point.rate > 0 or "x" not in view.logs


def hidden(view: View) -> int:
    """How many of the layer a logarithmic axis has no place for."""
    if LAYER not in view.layers:
        return 0
    return sum(not stands(each, view) for each in POINTS.get(view.dataset or "", ()))


def _stars(points: Sequence[PublishedPoint], view: View, colours: Palette) -> go.Scatter:
    ups = [each.rate + each.distortion if view.axes == "skew" else each.distortion for each in points]
    words = [
        f"<b>{each.what}</b><br>R  {number(each.rate, 4 if each.rate < 0.01 else 2)}, D  {number(each.distortion)}"
        f"<br>{each.where}<br>{each.conditions}<br><i>{NOT_OURS}</i>"
        for each in points
    ]
    return go.Scatter(
        x=[each.rate for each in points], y=ups, mode="markers", name="published, not ours", legendrank=900,
        hovertext=words, hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": 13, "symbol": "star-open", "color": colours.text, "line": {"width": 1.4}},
    )  # fmt: skip


def _line(one: PublishedLikelihood, view: View, window: Window, colours: Palette) -> go.Scatter:
    end = max(window.x1 * 4, one.value) if view.axes == "skew" else one.value
    # A hover needs places to catch: one every so often.
    rates = [end * step / 24 for step in range(25)]
    across, up = lines.line(rates, [one.value - rate for rate in rates], view)
    words = (
        f"<b>{one.what}</b><br>−log p = {number(one.value)} nats, {one.where}<br>"
        f"R + D ≥ −log p of a model: a line, no point<br><i>{NOT_OURS}</i>"
    )
    return go.Scatter(
        x=across, y=up, mode="lines", name="published −log p", legendrank=901, hovertext=words,
        hovertemplate="%{hovertext}<extra></extra>", line={"color": colours.text, "width": 1, "dash": "1px,3px"},
    )  # fmt: skip
