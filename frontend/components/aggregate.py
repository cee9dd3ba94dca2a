"""The aggregated posterior against the marginal: the picture, and the numbers beside it."""

from collections.abc import Mapping
from typing import Any

from dash import html

from frontend.components.graph import graph
from frontend.components.run_parts import FLAGS
from frontend.components.saving import frame_id, saving
from frontend.figures.codes import codes
from frontend.figures.posteriors import pairs, posteriors, scale
from frontend.words.formats import NOTHING, decimals_for, number, plural, plus_minus

Json = Mapping[str, Any]

ROWS = (
    ("log_det_cov", "log det Cov q(z)", "0 for N(0, I)"),
    ("log_det_cov_per_dimension", "the same per dimension", ""),
    ("excess_kurtosis", "excess kurtosis", "normal 0, logistic 1.2"),
    ("mmd_marginal", "MMD\u00b2 to m(z)", "0 where q = m"),
    ("mmd_normal", "MMD\u00b2 to N(0, I)", ""),
    ("mmd_logistic", "MMD\u00b2 to the unit logistic", ""),
)
GAP = (
    ("posterior_gap", "E KL(e(z|x) \u2016 p(z|x))", "nats"),
    ("neg_log_likelihood_is", "\u2212log p(x)", "nats"),
    ("effective_samples", "effective draws", "of the worst image"),
)


def aggregate(point: Json, *, scheme: str | None, of: str = "") -> html.Div | None:
    """Codes and draws of m(z) on the same axes, beside the numbers of q(z); None where a point has none.

    Args:
        point: an answer of GET /points/{id}.
        scheme: light or dark.
        of: what the names of its files begin with.
    """
    found, arrays = point.get("estimates") or {}, point.get("arrays") or {}
    if not arrays.get("codes_x") and "log_det_cov" not in found:
        return None
    name = f"{of}codes-{point['id']}"
    picture = (
        html.Figure(
            [
                html.Figcaption([*_caption(arrays), saving(name)]),
                html.Div(graph(figure=codes(arrays, scheme=scheme, point_id=point["id"])), className="codes-plane"),
            ],
            id=frame_id(name),
        )
        if arrays.get("codes_x")
        else html.P("No codes are stored of it.", className="muted")
    )
    return html.Div([picture, numbers(found, ROWS)], className="codes")


def true_posterior(point: Json, *, scheme: str | None, of: str = "") -> html.Div | None:
    """I's figure 4: e(z|x) beside the true posterior, image by image; None where it was not asked for.

    Args:
        point: an answer of GET /points/{id}.
        scheme: light or dark.
        of: what the names of its files begin with.
    """
    found, arrays = point.get("estimates") or {}, point.get("arrays") or {}
    if "posterior_gap" not in found:
        return None
    shown = pairs(arrays)
    extent = scale(shown)
    figures = [
        html.Figure(
            [
                html.Figcaption([f"test image {pair.image}", saving(name)]),
                html.Div(
                    graph(figure=posteriors(pair, extent, scheme=scheme, point_id=f"{point['id']}/{pair.image}")),
                    className="posterior-plane",
                ),
            ],
            id=frame_id(name),
        )
        for pair in shown
        for name in [f"{of}posterior-{point['id']}-{pair.image}"]
    ]
    plane = any(pair.axes == "xy" for pair in shown)
    words = "All axes are of one length; contours hold 50 % and 90 %." if plane else "All axes are of one length."
    pictures = html.Div(
        [html.Div(figures, className="posterior-pairs"), html.P(words, className="muted small")]
        if figures
        else html.P("Drawn for one or two latent dimensions.", className="muted")
    )
    return html.Div([pictures, numbers(found, GAP)], className="codes")


def numbers(found: Mapping[str, Json], rows: tuple[tuple[str, str, str], ...]) -> html.Div:
    """Some estimates with their errors, and what their values would be at best."""
    here = [found[key] for key, _, _ in rows if key in found]
    body = [_row(name, note, found[key]) for key, name, note in rows if key in found]
    flags = dict.fromkeys(flag for estimate in here for flag in estimate.get("flags") or ())
    words = [FLAGS.get(flag, flag) for flag in flags]
    examples = next((each["settings"]["examples"] for each in here if "examples" in (each.get("settings") or {})), None)
    over = [f"over {plural(examples, 'test image')}"] if examples else []
    below = "; ".join([*words, *over])
    return html.Div(
        [
            html.Table(html.Tbody(body), className="table codes-numbers"),
            html.P(f"{below[:1].upper()}{below[1:]}." if below else "", className="muted small"),
        ]
    )


def _row(name: str, note: str, estimate: Json) -> html.Tr:
    decimals = decimals_for(estimate.get("stderr"), 0 if estimate.get("unit") == "draws" else 2)
    value = estimate.get("value")
    return html.Tr(
        [
            html.Th([name, *([html.Span(note, className="note")] if note else [])], scope="row"),
            html.Td(
                [
                    html.Span(NOTHING if value is None else number(value, decimals)),
                    html.Span(plus_minus(estimate.get("stderr"), decimals), className="beside"),
                ],
                className="numeric",
            ),
        ]
    )


def _caption(arrays: Json) -> list[Any]:
    count, share = len(arrays["codes_x"]), arrays.get("codes_share")
    if share:
        what = f"along the two leading principal axes of Cov q(z): {sum(share):.0%} of its variance"
    else:
        what = "z as it is" if arrays.get("codes_y") else "z as it is, the codes under the density"
    drawn = f"{plural(count, 'code')} and as many draws of m(z), {what}"
    return [f"{drawn} ", html.Span("contours hold 50, 80 and 95 %" if arrays.get("codes_y") else "", className="muted")]
