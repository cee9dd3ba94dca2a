"""What short jobs decoded: rows of tiles with the values that made them."""

from collections.abc import Callable, Mapping
from typing import Any

from dash import html

from frontend.components.parts import attributes
from frontend.components.tiles import Sheet, sheets, tile
from frontend.words.formats import MINUS, number

Json = Mapping[str, Any]

CODES = {
    "mean": "the mean of e(z|x)",
    "centre": "where the flow carries the centre of its Gaussian",
    "draw": "one draw of the encoder, which has no density",
}
SHOWN = {
    "mean": "Each tile is the mean of d(x|z).",
    "sample": "Each tile is a sample of d(x|z), of the same noise, so that tiles differ by their code alone.",
}


def traversal(result: Json, job: str) -> html.Div:
    """One row for each dimension, one column for each value."""
    sheet = sheets(result)["traversal"]
    count, payload = sheet.columns, result["asked"]
    steps = [payload["span"] * (2 * place / (count - 1) - 1) for place in range(count)]
    head = [html.Span(), *(html.Span(_signed(step), className="latent-value") for step in steps)]
    rows: list[Any] = [html.Div(head, className="latent-row head", **attributes(aria_hidden="true"))]
    for row, dimension in enumerate(result["dimensions"]):
        values = result["values"][row]
        nearest = min(range(count), key=lambda place: abs(values[place] - result["own"][row]))
        rows.append(_row(sheet, row, f"z{_below(dimension)}", [f"z {number(v)}" for v in values], nearest, dimension))
    return html.Div(
        [
            html.Div(rows, className="latent-grid", style={"--count": count}),
            html.P(
                "Columns: standard deviations of q(z_d) from its mean. The other dimensions stay at the code of "
                f"the image, {CODES[result['code']]}; the marked tile of a row is nearest to it. "
                f"{SHOWN[result['shown']]}",
                className="muted small",
            ),
            _save(job, result, "traversal"),
        ]
    )


def interpolation(result: Json, job: str) -> html.Div:
    """The first image, the steps between the codes, the second image."""
    found = sheets(result)
    strip, ends = found["interpolation"], found["ends"]
    first, last = result["asked"]["images"]
    tiles = [_end(ends, 0, f"input {first + 1}")]
    for place, share in enumerate(result["shares"]):
        tiles.append(_captioned(tile(strip, place, f"decoded {share:.0%} of the way"), f"{share:.0%}"))
    tiles.append(_end(ends, 1, f"input {last + 1}"))
    path = {"linear": "on a straight line", "spherical": "along an arc"}[result["asked"]["path"]]
    return html.Div(
        [
            html.Div(tiles, className="latent-strip"),
            html.P(
                f"Between the codes, {CODES[result['code']]}, {path}; they lie {number(result['distance'])} apart. "
                f"{SHOWN[result['shown']]}",
                className="muted small",
            ),
            _save(job, result, "interpolation"),
        ]
    )


def samples(result: Json, job: str) -> html.Div:
    """Samples of q(z) beside those of m(z)."""
    found = sheets(result)
    columns = [
        html.Figure(
            [
                html.Figcaption([title, " ", html.Span(words, className="muted")]),
                html.Div(
                    [tile(found[name], place, f"{title}, sample {place + 1}") for place in range(found[name].count)],
                    className="latent-samples",
                ),
            ]
        )
        for name, title, words in (
            ("aggregate", "z ~ q(z)", "the code of a drawn test image"),
            ("marginal", "z ~ m(z)", "what the model generates"),
        )
    ]
    shown = "Tiles are means of d(x|z)." if result["shown"] == "mean" else "Tiles are samples of d(x|z)."
    return html.Div(
        [html.Div(columns, className="two-columns"), html.P(shown, className="muted small"), _save(job, result)]
    )


RESULTS: dict[str, Callable[[Json, str], html.Div]] = {
    "traversal": traversal,
    "interpolation": interpolation,
    "samples": samples,
}
"""Everything that the page decodes."""


def gap_words(point: Json) -> str:
    """What a difference between samples of q(z) and of m(z) means, with how large KL(q(z) || m(z)) is here."""
    interval, rate = point.get("mutual_information"), (point.get("rate") or {}).get("value")
    here = ""
    if interval and rate is not None:
        low, high = rate - interval["upper"], rate - interval["lower"]
        between = number(low) if low == high else f"{number(low, 1)} to {number(high, 1)}"
        here = f" KL(q(z) \u2016 m(z)) is {between} nats here."
    return (
        "Decoded codes of real images are what the decoder was trained on. Where samples of m(z) look worse, m(z) "
        f"reaches places that q(z) leaves empty, or misses where it is dense.{here}"
    )


def _row(sheet: Sheet, row: int, label: str, values: list[str], nearest: int, dimension: int) -> html.Div:
    tiles = [
        tile(
            sheet,
            row * len(values) + place,
            f"dimension {dimension} at {value}{', nearest to the code of the image' if place == nearest else ''}",
        )
        for place, value in enumerate(values)
    ]
    own = html.Span(className="latent-own", style={"gridColumn": f"{nearest + 2} / {nearest + 3}"})
    children = [html.Span(label, className="latent-label"), *tiles, own]
    return html.Div(children, className="latent-row", **attributes(data_row=str(dimension)))


def _end(ends: Sheet, place: int, what: str) -> html.Span:
    return _captioned(tile(ends, place, what), what, "latent-end")


def _captioned(shown: html.Span, caption: str, more: str = "") -> html.Span:
    return html.Span([shown, html.Span(caption, className="latent-value")], className=f"latent-step {more}".strip())


def _save(job: str, result: Json, only: str = "") -> html.P:
    """The tiles at native size, and the numbers."""
    images = [each for each in result["images"] if not only or each["name"] == only]
    links = [
        html.A(
            "PNG" if only else f"PNG of {image['name']}",
            href=image["url"],
            download=f"{image['name']}-{job[:8]}.png",
            className="latent-save",
            title="The tiles at their native size, side by side",
        )
        for image in images
    ]
    numbers = html.A(
        "JSON",
        href=f"/api/v1/jobs/{job}",
        download=f"{result['asked']['what']}-{job[:8]}.json",
        className="latent-save",
        title="What was asked, and the numbers",
    )
    return html.P([*links, numbers], className="latent-saves")


def _signed(step: float) -> str:
    sign = "+" if step > 0 else MINUS
    return f"{sign}{abs(step):.3g}" if step else "0"


def _below(dimension: int) -> str:
    """An index as a subscript."""
    return "".join(chr(ord("\u2080") + int(digit)) for digit in str(dimension))
