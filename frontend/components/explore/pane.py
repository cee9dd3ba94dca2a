"""The side pane: one point's numbers and pictures."""

from collections.abc import Mapping
from typing import Any

from dash import html

from frontend.components import dimensions
from frontend.components.ends import ends_button
from frontend.components.parts import LABELS, crossing, do, label_badge, link, message, quantity, remark, term
from frontend.components.pins import pin_button
from frontend.components.tiles import Sheet, sheets, tile_row
from frontend.components.tour import offer
from frontend.words.formats import NOTHING, number, plural, plus_minus, tuple_text
from frontend.words.labelled import why
from frontend.words.runs import changed_note, networks, sizes, title

TILES = range(8)

Json = Mapping[str, Any]


def nothing_selected() -> html.Div:
    """The pane before the first click: how to read the plane."""
    reading = [html.Div([html.Dt(label_badge(name)), html.Dd(LABELS[name])]) for name in reversed(LABELS)]
    return html.Div(
        [
            offer(),
            html.P("Click a point to see what it reconstructs and generates."),
            html.Div(ends_button("primary"), className="actions"),
            html.P(["Arrow keys ", html.Kbd("←"), " ", html.Kbd("→"), " walk along the rate."], className="muted"),
            html.H2("From left to right"),
            html.Dl(reading, className="reading"),
            html.P("By the share R / (R + D); where one ends and the next begins is our choice.", className="muted"),
            html.P(
                "Every model pays R nats for its code and D nats for what the code leaves out. Models on one sloping "
                "line have the same ELBO, and may be nothing alike.",
                className="muted",
            ),
        ],
        className="pane-hint",
    )


def gone(point_id: str) -> html.Div:
    """The pane for a point that is not there (any more)."""
    return message("No such point", f"The point {point_id[:40]} does not exist, or its run was deleted.")


def pane(
    point: Json,
    run: Json | None,
    samples: Json | None,
    bound: Json | None,
    *,
    on_frontier: bool = False,
    read_only: bool = False,
) -> html.Div:
    """The pane.

    Args:
        point: an answer of GET /points/{id}.
        run: its run.
        samples: its pictures.
        bound: the best known upper bound on H, ``{value, source}``.
        on_frontier: whether no other point has both a lower R and a lower D.
        read_only: whether nothing can be asked of its model.
    """
    run = run or {}
    rate = _value(point, "rate")
    where = (
        f"at {'R not defined' if rate is None else f'R {number(rate)}'}, D {number(_value(point, 'distortion'))} nats"
    )
    return html.Div(
        [
            _head(point, run, on_frontier),
            _numbers(point, bound),
            dimensions.bars(point) or dimensions.absence(point, run),
            _pictures(sheets(samples), where),
            _actions(point, run, read_only),
        ],
        className="pane-content",
    )


def _head(point: Json, run: Json, on_frontier: bool) -> html.Div:
    symbols = str(run.get("architecture") or "???")
    frontier = html.Span("on the frontier", className="badge", title="No other point has both a lower R and a lower D")
    badges = [label_badge(point.get("label")), *([frontier] if on_frontier else [])]
    return html.Div(
        [
            html.H2([html.Span(tuple_text(symbols), className="tuple"), *badges]),
            html.P(_how(run), className="muted", title=changed_note(run) if run else None),
            *remark(run),
        ],
        className="pane-head",
    )


def _how(run: Json) -> str:
    """Method and setting, seed, networks, length and device of the run."""
    if not run:
        return ""
    spec = run["spec"]
    words = [title(run), f"seed {spec['seed']}", networks(run), plural(spec["training"]["epochs"], "epoch")]
    device = str(run.get("device") or "").partition(" ")[0]
    if device:
        words[-1] += " on CPU" if device == "cpu" else f" on {device}"
    return " \u00b7 ".join(word for word in [*words, sizes(run)] if word)


def _numbers(point: Json, bound: Json | None) -> html.Dl:
    rate, distortion, total = (_estimate(point, name) for name in ("rate", "distortion", "neg_elbo"))
    return html.Dl(
        [
            quantity(
                "rate R", number(rate["value"]), plus_minus(rate["stderr"]), title=_how_measured(rate), help="rate"
            )
            if rate["value"] is not None
            else quantity("rate R", "not defined", title=NO_DENSITY, note="implicit", help="rate"),
            quantity("distortion D", number(distortion["value"]), plus_minus(distortion["stderr"]), help="distortion"),
            quantity("R + D = −ELBO", number(total["value"]), plus_minus(total["stderr"]), help="neg_elbo"),
            _information(point),
            _active_units(point),
            _above(total["value"], bound),
            _marginal_kl(point),
            *_meaning(point),
            *_undefined(point),
        ],
        className="quantities",
    )


def _how_measured(rate: Mapping[str, Any]) -> str:
    """In closed form or sampled, which says where the error comes from."""
    how = (rate.get("settings") or {}).get("rate")
    of = {"closed form": "in closed form for each image", "sampled": "sampled, one z or more for each image"}
    return ", ".join(["nats per example", *([of[how]] if how in of else []), "± over the images"])


NO_DENSITY = (
    "R = E[log e(z|x) \u2212 log m(z)] needs the density of e(z|x), and this encoder has none that can be "
    "computed: it gives a single code for each image, where R is infinite, or it is a sampler alone, where R is at "
    "most estimated, by a discriminator while it trains."
)


def _undefined(point: Json) -> list[html.Div]:
    """Why there is no R, where there is none."""
    if not dimensions.is_implicit(point):
        return []
    return [html.Div([html.Dt("R not defined"), html.Dd(NO_DENSITY, className="words")], className="quantity two")]


def _meaning(point: Json) -> list[html.Div]:
    """The label in one sentence: the share of the code length that makes it, and the thresholds."""
    label = str(point.get("label") or "")
    words = why(label, _value(point, "rate"), _value(point, "neg_elbo"))
    if not words:
        return []
    return [
        html.Div([html.Dt(term(f"Why {label}", "label")), html.Dd(words, className="words")], className="quantity all")
    ]


def _information(point: Json) -> html.Div:
    interval = point.get("mutual_information")
    if not interval:
        return quantity("I(x; z) in", NOTHING, title="not defined for this model", help="information")
    if interval["lower"] == interval["upper"]:
        return quantity(
            "I(x; z)",
            number(interval["lower"]),
            title="a sum over the whole distribution: no bound, no sampling error",
            help="information",
        )
    return quantity(
        "I(x; z) in",
        f"[{number(interval['lower'], 1)}, {number(interval['upper'], 1)}]",
        title=f"self mixture {number(interval['lower'])} to min(R, leave-one-out) {number(interval['upper'])} nats",
        note=crossing(interval) or ("saturated: only an interval" if interval.get("saturated") else ""),
        help="saturation" if interval.get("saturated") else "information",
    )


def _active_units(point: Json) -> html.Div:
    """How many dimensions are in use; of a model whose true class is known, what its code tells of that instead."""
    told = _estimate(point, "source_information")["value"]
    if told is not None:
        true = _value(point, "posterior_source_information")
        return quantity(
            "I(z; z*)", number(told), f"true {number(true)}", title="beside that of the true posterior; nats"
        )
    units = _estimate(point, "active_units")
    value = units["value"]
    count = max((len(share.values) for share in dimensions.shares(point)), default=0)
    beside = f"of {count}" if count else ""
    flags = ", ".join(units.get("flags") or ())
    return quantity(
        "active units", NOTHING if value is None else f"{value:.0f}", beside, note=flags, help="active_units"
    )


def _above(total: float | None, bound: Json | None) -> html.Div:
    if bound is None or bound.get("value") is None or total is None:
        return quantity("above best known H", NOTHING, title=str((bound or {}).get("source", "")), help="above_entropy")
    exact = bool(bound.get("exact"))
    return quantity(
        "above H" if exact else "above best known H",
        number(total - float(bound["value"]), 4 if exact else 1),
        "nats",
        title=f"R + D minus {number(float(bound['value']))}: {bound['source']}",
        help="above_entropy",
    )


def _marginal_kl(point: Json) -> html.Div:
    """KL(q(z) || m(z)) = R - I lies in [R - upper, R - lower]."""
    interval, rate = point.get("mutual_information"), _value(point, "rate")
    if not interval or rate is None:
        return quantity("KL(q(z) ‖ m(z))", NOTHING, help="marginal_kl")
    low, high = rate - interval["upper"], rate - interval["lower"]
    if low == high:
        return quantity("KL(q(z) ‖ m(z))", number(low), title="R minus I(x; z)", help="marginal_kl")
    return quantity(
        "KL(q(z) ‖ m(z)) in",
        f"[{number(low, 1)}, {number(high, 1)}]",
        title="R minus I(x; z)",
        note=crossing(interval),
        help="marginal_kl",
    )


def _pictures(found: Mapping[str, Sheet], where: str) -> html.Div | html.P:
    if not found:
        return html.P("No pictures are stored for this point.", className="muted")
    return html.Div(
        [
            html.H3(
                [
                    term("Reconstructions", "reconstructions"),
                    " ",
                    html.Span("z ~ e(z|x), x ~ d(x|z)", className="muted"),
                ]
            ),
            tile_row(found.get("inputs"), TILES, "input", "input", "test image"),
            *reconstructions(found, where),
            html.H3([term("Generations", "generations"), " ", html.Span("z ~ m(z), x ~ d(x|z)", className="muted")]),
            *generations(found, where),
        ],
        className="pictures",
    )


def reconstructions(found: Mapping[str, Sheet], where: str) -> list[html.Div]:
    """The rows of reconstructions: one draw of x, and the mean of five."""
    return [
        tile_row(found.get("reconstruction_sample"), TILES, "sample", "sampled reconstruction of input", where),
        tile_row(found.get("reconstruction_mean"), TILES, "mean of 5", "mean reconstruction of input", where),
    ]


def generations(found: Mapping[str, Sheet], where: str) -> list[html.Div]:
    """The rows of generations: one draw of x, and the mean of five."""
    return [
        tile_row(found.get("generation_sample"), TILES, "sample", "sampled generation", where),
        tile_row(found.get("generation_mean"), TILES, "mean of 5", "mean generation", where),
    ]


def drawn(found: Mapping[str, Sheet], where: str) -> html.Div:
    """What the short job ``draw`` brought: the same inputs and fresh noise."""
    rows: list[Any] = []
    if "reconstruction_sample" in found:
        rows.append(html.H3("Drawn again"))
        if "inputs" in found:
            rows.append(tile_row(found["inputs"], TILES, "input", "input", "test image"))
        rows += reconstructions(found, where)
    if "generation_sample" in found:
        rows += [html.H3("From other noise"), *generations(found, where)]
    return html.Div(rows, className="pictures")


def drawing(text: str) -> html.P:
    return html.P(text, className="muted", role="status")


def _actions(point: Json, run: Json, read_only: bool) -> html.Div:
    point_id, run_id = str(point["id"]), str(point.get("run_id") or run.get("id") or "")
    writing = [
        do("Draw more", "draw", point_id, kind="primary", title="Other samples from the stored model"),
        do("Train longer", "continue", run_id, title="A new run that goes on from this one's weights"),
        do("Clone", "clone", run_id, title="A new run that starts from this one's settings"),
    ]
    reading = [
        pin_button(point_id),
        link("Open in Latent", f"/latent?point={point_id}", title="Its codes, dimension by dimension"),
        link("Run page", f"/run/{run_id}"),
    ]
    return html.Div(reading if read_only else [*writing, *reading], className="actions")


def _estimate(point: Json, name: str) -> dict[str, Any]:
    found = point.get(name) or (point.get("estimates") or {}).get(name) or {}
    return {"value": None, "stderr": None, **found}


def _value(point: Json, name: str) -> float | None:
    value = _estimate(point, name)["value"]
    return None if value is None else float(value)
