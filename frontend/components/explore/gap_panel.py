"""The panel under the plane that offers runs for the gaps of a frontier, or for a place that was double-clicked."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from frontend import ids
from frontend.components.help import explained
from frontend.components.parts import attributes, do
from frontend.components.sweeps.sweep import sweep_href
from frontend.steer.gaps import cost
from frontend.words.formats import compact, duration, number, plural, tuple_text

Json = Mapping[str, Any]

_NAMES = {"objective.rate.beta": "β", "objective.rate.target_rate": "R* ="}


def panel(found: Json, place: Json | None, *, read_only: bool, wider: str = "") -> html.Section:
    """What is offered.

    Args:
        found: GET /frontier/gaps.
        place: ``{rate, distortion}`` that was double-clicked; None for the gaps of the frontier.
        read_only: leaves out the button.
        wider: what of the page's filters the gaps do not obey.
    """
    proposals = found["proposals"]
    title = "Fill the gap" if place is None else f"A run at R {number(place['rate'])}, D {number(place['distortion'])}"
    how = HOW if proposals and place is None else ""
    notes = [html.P(each, className="gaps-note") for each in (wider, found["note"], how) if each]
    return _section(title, [*notes, *([_offer(proposals, read_only=read_only)] if proposals else [])])


HOW = (
    "Where the frontier may gain most: steps by the area under them, (step in R) (step in D) / 2. A long step along "
    "which D hardly falls has little to gain. Each run is expected on the straight line between the ends of its step, "
    "which may be two different models."
)


def refusal(words: str) -> html.Section:
    """The panel where the server offers nothing, and says why."""
    return _section("Fill the gap", [complained(words)])


def complained(words: str) -> html.P:
    """What the server said."""
    return html.P(words, className="failure", role="alert")


def _section(title: str, children: Sequence[Any]) -> html.Section:
    head = html.Header(
        [
            explained(html.H2(title, tabIndex=0), "fill", position="top"),
            do("Close", "close-gaps", kind="quiet small"),
        ],
        className="section-head",
    )
    return html.Section(
        [head, *children, html.Div(id=ids.GAPS_TOLD, role="status")],
        className="gaps",
        **attributes(aria_label="Runs that would fill the frontier"),
    )


def _offer(proposals: Sequence[Json], *, read_only: bool) -> html.Div:
    chosen = [str(place) for place in range(len(proposals))]
    return html.Div(
        [
            dmc.CheckboxGroup(
                html.Div([_row(place, proposal) for place, proposal in enumerate(proposals)], className="gaps-rows"),
                id=ids.GAPS_CHOSEN,
                value=chosen,
                **attributes(aria_label="Runs to queue"),
            ),
            html.Div(
                [
                    html.Span(id=ids.GAPS_COST, className="small", role="status"),
                    html.Button(
                        "Queue",
                        id=ids.GAPS_QUEUE,
                        className="hidden" if read_only else "button primary",
                        type="button",
                    ),
                ],
                className="gaps-foot",
            ),
        ],
        id=ids.GAPS_LIST,
    )


def _row(place: int, proposal: Json) -> dmc.Checkbox:
    spec = proposal["spec"]
    expected = f"R {number(proposal['rate'])}, D "
    expected += number(proposal["distortion"]) if proposal["distortion"] is not None else "unknown"
    label = html.Span(
        [
            html.Strong(f"{_NAMES.get(proposal['key'], proposal['key'])} {compact(proposal['value'])}"),
            html.Span(
                [html.Span(tuple_text(proposal["architecture"]), className="tuple"), " ", trains(spec)],
                className="gaps-what",
            ),
            html.Span(f"expected at {expected}", className="gaps-numbers"),
            html.Span(seconds(proposal["estimate_s"]), className="gaps-numbers muted"),
        ],
        className="gaps-row",
        title=proposal["why"],
    )
    return dmc.Checkbox(value=str(place), label=label, size="xs", className="gaps-choice")


def seconds(estimate_s: float | None) -> str:
    """What one run costs."""
    return "cost unknown" if estimate_s is None else f"about {duration(estimate_s)}"


def trains(spec: Json) -> str:
    """The networks and the length of a run."""
    architecture, training = spec["architecture"], spec["training"]
    kinds = [(architecture[part].get("network") or {}).get("kind") for part in ("encoder", "decoder")]
    named = "/".join(dict.fromkeys(kind for kind in kinds if kind))
    words = [
        named,
        f"latent dim {architecture['latent_dim']}",
        plural(training["epochs"], "epoch"),
        f"seed {spec['seed']}",
    ]
    return ", ".join(each for each in words if each)


def cost_line(chosen: Sequence[Json], waiting: int) -> str:
    """What the chosen runs cost in all, at the speed that runs like them had here."""
    if not chosen:
        return "Choose what to queue."
    total, unknown = cost(chosen)
    before = f"; {plural(waiting, 'run')} wait{'s' if waiting == 1 else ''} before" if waiting else ""
    if unknown == len(chosen):
        return f"{plural(len(chosen), 'run')}; what they cost is unknown: no run like them was timed here{before}."
    each = f"about {duration(total)}" if len(chosen) == 1 else f"about {duration(total)} in all"
    more = f", and {unknown} of unknown cost" if unknown else ""
    turns = "" if len(chosen) == 1 else ", one after the other"
    return f"{plural(len(chosen), 'run')}, {each}{more}{turns}, at this machine's speed{before}."


def queued(made: Sequence[Json]) -> html.P:
    """That they wait, with the way to them."""
    count = sum(sum(sweep["counts"].values()) for sweep in made)
    links: list[Any] = []
    for number_, sweep in enumerate(made, start=1):
        links += [
            " ",
            dcc.Link("See the sweep" if len(made) == 1 else f"Sweep {number_}", href=sweep_href(sweep["id"])),
        ]
    several = f" in {len(made)} sweeps, one for each kind of run" if len(made) > 1 else ""
    return html.P([f"{plural(count, 'run')} queued{several}. The plane shows each once it is measured.", *links])
