"""One model of the toy data as paper B's figure 2 shows it: data space, latent space, and three tables."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from frontend.figures.lab.records import Floats, ToyModel, Truth
from frontend.theme import Palette, base_layout, palette

CLASSES = (3, 1)
"""Places of the two classes in the categorical palette: purple and yellow, as in the paper."""
HEIGHTS = (0.15, 0.15, 0.2, 0.2, 0.2)


def model_figure(
    model: ToyModel, truth: Truth, *, tallest: dict[str, float], scheme: str | None, name: str
) -> go.Figure:
    """Five panels, one below the other.

    Args:
        model: its tables.
        truth: what made the data.
        tallest: upper ends of the ``data`` and ``latent`` axes and of each table's colours, so that models compare.
        scheme: light or dark.
        name: keeps the zoom while the same model is shown.
    """
    colours = palette(scheme)
    figure = make_subplots(
        rows=5, cols=1, vertical_spacing=0.062, row_heights=list(HEIGHTS), subplot_titles=_titles(colours, tallest)
    )
    order = model.order(truth)
    for trace in _data_space(model, truth, colours):
        figure.add_trace(trace, row=1, col=1)
    for trace in _latent_space(model, truth, order, colours):
        figure.add_trace(trace, row=2, col=1)
    latents = np.arange(1, len(order) + 1)
    tables = (
        ("encoder", model.encoder.T[order], latents, "e(z|x)", "z"),
        ("decoder", model.decoder[order], latents, "d(x|z)", "z"),
        ("reconstruction", model.reconstruction().T, truth.states, "p(x'|x)", "x'"),
    )
    for row, (table, values, across, what, other) in enumerate(tables, start=3):
        figure.add_trace(_table(values, truth, across, tallest[table], what, other, colours), row=row, col=1)
    _lay_out(figure, colours, tallest, len(order), name)
    return figure


def tallest_of(models: list[ToyModel], truth: Truth) -> dict[str, float]:
    """The greatest value of each panel over all models; what a latent says that is not in use does not count."""
    return {
        "data": 1.12 * max(float(max(truth.data.max(), each.generated().max())) for each in models),
        "latent": 1.08 * max(float(max(each.aggregated(truth).sum(1).max(), each.marginal.max())) for each in models),
        "encoder": max(float(each.encoder[:, each.used(truth)].max()) for each in models),
        "decoder": max(float(each.decoder[each.used(truth)].max()) for each in models),
        "reconstruction": max(float(each.reconstruction().max()) for each in models),
    }


def _titles(colours: Palette, tallest: dict[str, float]) -> list[str]:
    """Each panel's title is its legend."""

    def ink(text: str, colour: str) -> str:
        return f'<span style="color:{colour}"><b>{text}</b></span>'

    first, second = (colours.series[place] for place in CLASSES)
    return [
        "data: "
        + ", ".join([ink("p*(x)", colours.muted), ink("g(x)", colours.series[0]), ink("d(x)", colours.accent)]),
        f"latents: {ink('m(z)', colours.line)}, e(z) = {ink('class 0', first)} + {ink('class 1', second)}",
        f"encoder e(z|x), 0 to {tallest['encoder']:.2f}",
        f"decoder d(x|z), 0 to {tallest['decoder']:.2f}",
        f"reconstruction p(x'|x), 0 to {tallest['reconstruction']:.2f}",
    ]


def _data_space(model: ToyModel, truth: Truth, colours: Palette) -> list[Any]:
    hover = "%{y:.3f}<extra>%{fullData.name}</extra>"
    lines = (
        ("g(x), generated", model.generated(), colours.series[0], "solid"),
        ("d(x), reconstructed", model.reconstructed(truth), colours.accent, "3px,3px"),
    )
    return [
        go.Bar(
            x=truth.states, y=truth.data, name="p*(x), true", hovertemplate=hover,
            marker={"color": colours.muted, "opacity": 0.35, "line": {"width": 0}},
        ),
        *[
            go.Scatter(
                x=truth.states, y=values, name=name, mode="lines", hovertemplate=hover,
                line={"color": colour, "width": 1.8, "dash": dash},
            )
            for name, values, colour, dash in lines
        ],
    ]  # fmt: skip


def _latent_space(model: ToyModel, truth: Truth, order: Any, colours: Palette) -> list[Any]:
    joint = model.aggregated(truth)[order]
    latents = list(range(1, len(order) + 1))
    hover = "%{y:.3f}<extra>%{fullData.name}</extra>"
    bars = [
        go.Bar(
            x=latents, y=joint[:, number], name=f"e(z), class {number}", hovertemplate=hover,
            marker={"color": colours.series[place], "opacity": 0.8, "line": {"width": 0}},
        )
        for number, place in enumerate(CLASSES)
    ]  # fmt: skip
    marginal = go.Scatter(
        x=latents, y=model.marginal[order], name="m(z)", mode="lines", hovertemplate=hover,
        line={"color": colours.line, "width": 1.3, "shape": "hvh"},
    )  # fmt: skip
    return [*bars, marginal]


def _table(
    values: Floats, truth: Truth, across: Any, top: float, what: str, other: str, colours: Palette
) -> go.Heatmap:
    return go.Heatmap(
        x=truth.states, y=across, z=values, zmin=0, zmax=top, showscale=False, 
        colorscale=_colours_of_tables(colours),
        hovertemplate=f"x %{{x:.2f}}, {other} %{{y:.3~g}}<br>{what} = %{{z:.3f}}<extra></extra>",
    )  # fmt: skip


def _colours_of_tables(colours: Palette) -> list[list[Any]]:
    """From paper over the first colour to ink; small probabilities get most of it, for nearly all of them are small."""
    blue, paper, ink = colours.series[0], colours.surface, colours.line
    return [[0, paper], [0.06, _mixed(blue, paper, 0.3)], [0.3, blue], [1, _mixed(ink, blue, 0.8)]]


def _mixed(one: str, other: str, share: float) -> str:
    """A share of one colour, the rest of another."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def _lay_out(figure: go.Figure, colours: Palette, tallest: dict[str, float], latents: int, name: str) -> None:
    base = base_layout(colours)
    figure.update_layout({key: value for key, value in base.items() if key not in ("xaxis", "yaxis")})
    plain = {key: value for key, value in base["xaxis"].items() if key != "title"} | {"ticklen": 3}
    small = {"tickfont": {"size": 10, "color": colours.text}}
    figure.update_xaxes({**plain, **small})
    figure.update_yaxes({**plain, **small, "nticks": 4})
    for row in (1, 3, 4, 5):
        figure.update_xaxes(tickvals=[-1, -0.5, 0, 0.5, 1], row=row, col=1)
    for row in (3, 4, 5):
        figure.update_xaxes(showgrid=False, constrain="domain", row=row, col=1)
        figure.update_yaxes(showgrid=False, row=row, col=1)
    figure.update_yaxes(range=[0, tallest["data"]], row=1, col=1)
    figure.update_yaxes(range=[0, tallest["latent"]], row=2, col=1)
    figure.update_xaxes(range=[0.3, latents + 0.7], tickvals=[1, 10, 20, 30], row=2, col=1)
    for row in (3, 4):
        figure.update_yaxes(title=_title("latent z"), tickvals=[1, 10, 20, 30], row=row, col=1)
    figure.update_yaxes(title=_title("x'"), tickvals=[-1, 0, 1], row=5, col=1)
    for row in (1, 3, 4, 5):
        figure.update_xaxes(title=_title("x"), row=row, col=1)
    figure.update_xaxes(title=_title("latent z, from class 0 to class 1"), row=2, col=1)
    figure.update_annotations(font={"size": 12, "color": colours.text}, xanchor="left", x=0)
    figure.update_layout(
        margin={"l": 44, "r": 8, "t": 22, "b": 34}, barmode="stack", bargap=0.08, showlegend=False, uirevision=name,
        hovermode="closest",
    )  # fmt: skip


def _title(text: str) -> dict[str, Any]:
    return {"text": text, "standoff": 2, "font": {"size": 11}}
