"""Training curves: every term of one run over its steps, each in a panel and a unit of its own."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from frontend.theme import base_layout, palette

Json = Mapping[str, Any]

ROW = 196
"""Pixels of one row of panels, with its title and its ticks."""
TITLE, TICKS = 26, 30
ABOVE, BELOW = 2, 18
"""Margins: room for the name of the axis under the last row."""
NOT_SHOWN = frozenset({"step", "epoch", "learning_rate"})
"""Columns that say where the training is, and nothing of the model."""
SHOWN_MOVING = frozenset({"beta"})
"""Columns that the title of the run tells, unless they change."""
COLUMNS = {"wide": 2, "narrow": 1}


@dataclass(frozen=True)
class Panel:
    """One column of the history."""

    column: str
    title: str
    unit: str
    bound: str = ""
    """On which side of what it is called by it lies."""

    @property
    def words(self) -> str:
        return ", ".join([self.title, *[each for each in (self.unit, self.bound) if each not in ("", "1")]])


def panels(history: Mapping[str, Sequence[Any]], terms: Mapping[str, Json]) -> list[Panel]:
    """The columns that are there, in the order of the objective; one that is not known goes by its own name.

    Args:
        history: the columns of GET /runs/{id}/history.
        terms: the catalogue's entries of the run's ``rate``, ``divergence`` and ``information`` term.
    """
    rate, divergence, information = (terms.get(term) or {} for term in ("rate", "divergence", "information"))
    measured_in = str(information.get("unit") or "")
    known = (
        Panel("rate", "rate R", "nats"),
        Panel("distortion", "distortion D", "nats"),
        Panel("loss", "loss", "nats"),
        Panel("rate_estimate", "rate R by a density ratio", "nats", str(rate.get("bound") or "")),
        _term("divergence", divergence),
        _term("information", information),
        Panel("rate_discriminator_loss", "loss of the discriminator of (x, z)", "nats"),
        Panel("discriminator_loss", "loss of the discriminator of codes", "nats"),
        Panel("critic_loss", "loss of the critic", measured_in),
        Panel("marginal_loss", "E[-log m(z)], what m(z) descends", "nats"),
        Panel("beta", "β, weight of R", ""),
        Panel("multiplier", "weight of R, learned", ""),
        Panel("set_point", "R asked for, corrected", "nats"),
    )
    last = Panel("images_per_second", "images per second", "")
    named = {panel.column for panel in (*known, last)} | NOT_SHOWN
    others = (Panel(column, _words(column), "") for column in history if column not in named)
    return [panel for panel in (*known, *others, last) if _is_shown(panel.column, history)]


def _term(column: str, entry: Json) -> Panel:
    """A term by what the catalogue says of it."""
    title, unit, bound = (str(entry.get(name) or "") for name in ("title", "unit", "bound"))
    return Panel(column, title or column, unit, bound)


def _is_shown(column: str, history: Mapping[str, Sequence[Any]]) -> bool:
    values = {value for value in history.get(column) or () if value is not None}
    return len(values) > (column in SHOWN_MOVING)


def _words(column: str) -> str:
    """The name of a column that has no title of its own; the loss of a player is called that."""
    words = column.replace("_", " ")
    return f"loss of the {words.removesuffix(' loss')}" if words.endswith(" loss") else words


def curves(
    history: Mapping[str, Sequence[Any]], terms: Mapping[str, Json], *, scheme: str | None, run_id: str
) -> go.Figure:
    """One panel for each column over the step, two beside each other where there is room for two.

    ``layout.meta`` holds both arrangements, ``wide`` and ``narrow``, as changes of the layout and a height in pixels:
    the browser knows which one fits.

    Args:
        history: the columns of GET /runs/{id}/history, each as long as ``step``.
        terms: as :func:`panels`.
        scheme: light or dark.
        run_id: keeps the zoom while the same run is shown.
    """
    colours = palette(scheme)
    shown = panels(history, terms)
    steps = list(history.get("step") or ())
    base = base_layout(colours)
    axis = {key: value for key, value in base["xaxis"].items() if key != "title"}
    figure = go.Figure(layout={key: value for key, value in base.items() if key not in ("xaxis", "yaxis")})
    for index, panel in enumerate(shown):
        name = "" if index == 0 else str(index + 1)
        figure.add_trace(
            go.Scatter(
                x=steps, y=list(history[panel.column]), xaxis=f"x{name}", yaxis=f"y{name}", name=panel.title,
                mode="lines+markers" if len(steps) < 3 else "lines", showlegend=False,
                line={"color": colours.series[0], "width": 1.8},
                hovertemplate="step %{x}<br>%{y:.4~g}<extra></extra>",
            )
        )  # fmt: skip
        together = {} if index == 0 else {"matches": "x"}
        figure.update_layout(
            {
                f"xaxis{name}": {**axis, **together, "anchor": f"y{name}", "nticks": 6},
                f"yaxis{name}": {**axis, "anchor": f"x{name}", "nticks": 5},
            }
        )
        figure.add_annotation(
            text=panel.words, showarrow=False, xref="paper", yref="paper", xanchor="left", yanchor="bottom",
            font={"size": 12, "color": colours.muted},
        )  # fmt: skip
    figure.update_layout(margin={"l": 54, "r": 12, "t": ABOVE, "b": BELOW}, hovermode="x", uirevision=run_id)
    if not shown:
        figure.update_layout(xaxis={"visible": False}, yaxis={"visible": False})
        figure.add_annotation(text="No step has been taken yet.", showarrow=False, font={"color": colours.muted})
    arrangements = {name: _arranged(len(shown), columns) for name, columns in COLUMNS.items()}
    figure.update_layout(arrangements["wide"]["layout"], meta={"arrangements": arrangements})
    return figure


def _arranged(count: int, columns: int) -> dict[str, Any]:
    """Where each of so many panels stands, as changes of the layout by path, and the height of them all."""
    columns = min(columns, max(count, 1))
    rows = max(1, math.ceil(count / columns))
    height = rows * ROW + ABOVE + BELOW
    gap = 0.07
    wide = (1 - gap * (columns - 1)) / columns
    layout: dict[str, Any] = {}
    for index in range(count):
        name = "" if index == 0 else str(index + 1)
        row, column = divmod(index, columns)
        left = column * (wide + gap)
        top, bottom = 1 - (row * ROW + TITLE) / (rows * ROW), 1 - ((row + 1) * ROW - TICKS) / (rows * ROW)
        last = index + columns >= count
        layout[f"xaxis{name}.domain"] = [left, left + wide]
        layout[f"yaxis{name}.domain"] = [bottom, top]
        layout[f"xaxis{name}.title"] = {"text": "step" if last else "", "standoff": 4, "font": {"size": 12}}
        layout[f"annotations[{index}].x"] = left
        layout[f"annotations[{index}].y"] = top
    return {"height": height, "layout": layout}
