"""Lab: its parts, and what each bench's result is drawn as."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import plotly.graph_objects as go

from frontend.components.lab import results
from frontend.figures.lab import duals, particles, proposition

Json = Mapping[str, Any]

TOY = "toy"
"""The part without a bench: what the page shows without a choice."""


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One figure, with the table behind it."""

    name: str
    title: str
    draw: Callable[..., go.Figure]
    """From a result, and ``scheme``."""
    table: Callable[[Json], dict[str, Sequence[Any]]]
    kind: str
    """What the style sheet calls its frame."""
    height: Callable[[Json], int] | None = None
    """Pixels, where the result decides."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Figures side by side under a heading, with words or a table below."""

    title: str
    plots: tuple[Plot, ...] = ()
    below: Callable[[Json], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """How one bench is shown."""

    title: str
    """Its name among the links of the page."""
    rows: tuple[Row, ...]

    @property
    def plots(self) -> tuple[Plot, ...]:
        return tuple(plot for row in self.rows for plot in row.plots)


def _curve(quantity: str, title: str) -> Plot:
    return Plot(
        name=f"two-points-{quantity}",
        title=title,
        draw=partial(_of, proposition.curve, quantity),
        table=partial(_of, proposition.curve_table, quantity),
        kind="lab-curve",
    )


def _densities(objective: str) -> Plot:
    return Plot(
        name=f"two-points-{objective}",
        title=proposition.NAMES[objective],
        draw=partial(_of, proposition.densities, objective),
        table=partial(_of, proposition.density_table, objective),
        kind="lab-densities",
    )


def _particles(marginal: str) -> Plot:
    return Plot(
        name=f"particles-{marginal}",
        title=f"{marginal.capitalize()} marginal",
        draw=partial(_of, particles.scatter, marginal),
        table=partial(_of, particles.table, marginal),
        kind="lab-scatter",
    )


def _of(function: Callable[..., Any], which: str, result: Json, **more: Any) -> Any:
    return function(result, which, **more)


PARTS: dict[str, Part] = {
    "proposition": Part(
        title="Two points",
        rows=(
            Row(
                title="While it is trained",
                plots=(
                    _curve("c", "c: how far each code is from 0"),
                    _curve("s", "s: how wide each code is"),
                    _curve("sigma", "σ: the decoder's scale"),
                ),
                below=results.ends,
            ),
            Row(title="At the end: q(z|x) against m(z)", plots=(_densities("elbo"), _densities("infovae"))),
            Row(title="The same with networks", below=results.networks),
        ),
    ),
    "particles": Part(
        title="Particles",
        rows=(
            Row(
                title="Where the particles settled",
                plots=(_particles("normal"), _particles("logistic")),
                below=results.tails,
            ),
        ),
    ),
    "duals": Part(
        title="Duals",
        rows=(
            Row(
                title="Each bound against its truth",
                plots=(
                    Plot(
                        name="duals",
                        title="The truth is 1; the band is within 5 %",
                        draw=duals.dots,
                        table=duals.table,
                        kind="lab-duals",
                        height=duals.height,
                    ),
                ),
                below=results.duals,
            ),
        ),
    ),
}
"""Every bench, by the name that REST has for it."""


def asked(search: str | None) -> str:
    """The part that a query string asks for; the toy model where it asks for none that there is."""
    part = next(iter(parse_qs((search or "").lstrip("?")).get("part") or ()), TOY)
    return part if part in PARTS else TOY
