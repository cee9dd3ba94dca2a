"""The legend: what each colour, shape and fill means, and the colour bar of numbers."""

import math

import plotly.graph_objects as go

from frontend.figures.plane.looks import ROLES, Entry, Looks, escaped
from frontend.theme import Palette
from frontend.views.query import View
from frontend.words.formats import compact

BAR = "colour bar"


def legend(coded: Looks, view: View, colours: Palette) -> list[go.Scatter]:
    """One trace without points for each entry. A click on it shows it alone, which the address then says."""
    traces = [_entry(entry, view) for entry in coded.entries]
    return traces if coded.scale is None else [*traces, _bar(coded, colours)]


def _entry(entry: Entry, view: View) -> go.Scatter:
    role = (view.only or "").partition(":")[0]
    faded = role in ROLES and role == entry.role and view.only != entry.only
    shape = entry.shape if entry.filled else f"{entry.shape}-open"
    return go.Scatter(
        x=[None], y=[None], mode="markers", name=escaped(entry.name), legendrank=entry.rank, hoverinfo="skip",
        meta={"only": entry.only}, opacity=0.3 if faded else 1.0,
        marker={"size": 11, "symbol": shape, "color": entry.colour, "line": {"width": 0 if entry.filled else 2}},
    )  # fmt: skip


def _bar(coded: Looks, colours: Palette) -> go.Scatter:
    """The colour bar; on a logarithmic scale it stands over the logarithms, and its ticks say the numbers."""
    numbers = coded.scale
    assert numbers is not None
    ticks = numbers.ticks()
    at = [math.log10(tick) if numbers.log else tick for tick in ticks]
    ends = [math.log10(each) if numbers.log else each for each in (numbers.low, numbers.high)]
    steps = len(numbers.stops) - 1
    return go.Scatter(
        x=[None], y=[None], mode="markers", name=BAR, hoverinfo="skip", showlegend=False,
        marker={
            "color": [ends[0]], "cmin": ends[0], "cmax": ends[1], "showscale": True,
            "colorscale": [[index / steps, stop] for index, stop in enumerate(numbers.stops)],
            "colorbar": {
                "title": {"text": escaped(coded.title), "side": "right", "font": {"size": 12, "color": colours.text}},
                "tickvals": at, "ticktext": [compact(tick) for tick in ticks], "thickness": 10, "len": 0.6,
                "outlinewidth": 0, "tickfont": {"size": 11, "color": colours.text}, "x": 1.01, "xpad": 4,
            },
        },
    )  # fmt: skip
