"""The side pane: one point's numbers and pictures."""

from collections.abc import Mapping
from typing import Any

from dash import html

from frontend.components import dimensions
from frontend.components.parts import LABELS, crossing, do, label_badge, link, message, quantity
from frontend.components.queue import networks, sizes, title
from frontend.components.tiles import Sheet, sheets, tile_row
from frontend.formats import NOTHING, number, plural, plus_minus, tuple_text

TILES = range(8)

Json = Mapping[str, Any]


def nothing_selected() -> html.Div:
    """The pane before the first click: how to read the plane."""
    reading = [html.Div([html.Dt(label_badge(name)), html.Dd(LABELS[name])]) for name in reversed(LABELS)]
    return html.Div(
        [
            html.P("Click a point to see what it reconstructs and generates."),
            html.P(["Arrow keys ", html.Kbd("←"), " ", html.Kbd("→"), " walk along the rate."], className="muted"),
            html.H3("From left to right"),
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


def pane(point: Json, run: Json | None, samples: Json | None, bound: Json | None) -> html.Div:
    """The pane.

    Args:
        point: an answer of GET /points/{id}.
        run: its run.
        samples: its pictures.
        bound: the best known upper bound on H, ``{value, source}``.
    """
    run = run or {}
    where = f"at R {number(_value(point, 'rate'))}, D {number(_value(point, 'distortion'))} nats"
    return html.Div(
        [
            _head(point, run),
            _numbers(point, bound),
            dimensions.bars(point) or dimensions.absence(run),
            _pictures(sheets(samples), where),
            _actions(point, run),
        ],
        className="pane-content",
    )


def _head(point: Json, run: Json) -> html.Div:
    symbols = str(run.get("architecture") or "???")
    return html.Div(
        [
            html.H2([html.Span(tuple_text(symbols), className="tuple"), label_badge(point.get("label"))]),
            html.P(_how(run), className="muted"),
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
            quantity("rate R", number(rate["value"]), plus_minus(rate["stderr"]), title="nats per example"),
            quantity("distortion D", number(distortion["value"]), plus_minus(distortion["stderr"])),
            quantity("R + D = −ELBO", number(total["value"]), plus_minus(total["stderr"])),
            _information(point),
            _active_units(point),
            _above(total["value"], bound),
            _marginal_kl(point),
            *_meaning(point),
        ],
        className="quantities",
    )


def _meaning(point: Json) -> list[html.Div]:
    """The label in words, with the share of the code length that makes it."""
    rate, total = _value(point, "rate"), _value(point, "neg_elbo")
    label = str(point.get("label") or "")
    if label not in LABELS or rate is None or not total:
        return []
    share = f"R / (R + D) = {number(rate / total)}"
    return [
        html.Div([html.Dt(f"{label}, {share}"), html.Dd(LABELS[label], className="words")], className="quantity two")
    ]


def _information(point: Json) -> html.Div:
    interval = point.get("mutual_information")
    if not interval:
        return quantity("I(x; z) in", NOTHING, title="not defined for this model")
    if interval["lower"] == interval["upper"]:
        return quantity("I(x; z)", number(interval["lower"]), title="exact: the data is its own distribution")
    return quantity(
        "I(x; z) in",
        f"[{number(interval['lower'], 1)}, {number(interval['upper'], 1)}]",
        title=f"self mixture {number(interval['lower'])} to min(R, leave-one-out) {number(interval['upper'])} nats",
        note=crossing(interval) or ("saturated: only an interval" if interval.get("saturated") else ""),
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
    return quantity("active units", NOTHING if value is None else f"{value:.0f}", beside, note=flags)


def _above(total: float | None, bound: Json | None) -> html.Div:
    if bound is None or total is None:
        return quantity("above best known H", NOTHING)
    exact = bool(bound.get("exact"))
    return quantity(
        "above H" if exact else "above best known H",
        number(total - float(bound["value"]), 4 if exact else 1),
        "nats",
        title=f"R + D minus {number(float(bound['value']))}: {bound['source']}",
    )


def _marginal_kl(point: Json) -> html.Div:
    """KL(q(z) || m(z)) = R - I lies in [R - upper, R - lower]."""
    interval, rate = point.get("mutual_information"), _value(point, "rate")
    if not interval or rate is None:
        return quantity("KL(q(z) ‖ m(z))", NOTHING)
    low, high = rate - interval["upper"], rate - interval["lower"]
    if low == high:
        return quantity("KL(q(z) ‖ m(z))", number(low), title="R minus I(x; z)")
    return quantity(
        "KL(q(z) ‖ m(z)) in",
        f"[{number(low, 1)}, {number(high, 1)}]",
        title="R minus I(x; z)",
        note=crossing(interval),
    )


def _pictures(found: Mapping[str, Sheet], where: str) -> html.Div | html.P:
    if not found:
        return html.P("No pictures are stored for this point.", className="muted")
    return html.Div(
        [
            html.H3(["Reconstructions ", html.Span("z ~ e(z|x), x ~ d(x|z)", className="muted")]),
            tile_row(found.get("inputs"), TILES, "input", "input", "test image"),
            *reconstructions(found, where),
            html.H3(["Generations ", html.Span("z ~ m(z), x ~ d(x|z)", className="muted")]),
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


def _actions(point: Json, run: Json) -> html.Div:
    run_id = str(point.get("run_id") or run.get("id") or "")
    return html.Div(
        [
            do("Draw more", "draw", str(point["id"]), kind="primary", title="Other samples from the stored model"),
            do("Clone", "clone", run_id, title="A new run that starts from this one's settings"),
            link("Run page", f"/run/{run_id}"),
        ],
        className="actions",
    )


def _estimate(point: Json, name: str) -> dict[str, Any]:
    found = point.get(name) or (point.get("estimates") or {}).get(name) or {}
    return {"value": None, "stderr": None, **found}


def _value(point: Json, name: str) -> float | None:
    value = _estimate(point, name)["value"]
    return None if value is None else float(value)
