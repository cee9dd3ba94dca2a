"""What is said of a point when the pointer is over it. Plotly reads these texts as HTML, so all of them are escaped."""

from html import escape

from frontend.figures.plane.records import Measured, PlanePoint, Spread
from frontend.words.formats import number, plural, plus_minus

NO_RATE = "R not defined: e(z|x) has no density (implicit)"


def hover(point: PlanePoint) -> str:
    """The essentials of a point, or of the mean over several seeds."""
    lines = [*head(point), *(_mean(point, point.spread) if point.spread else _measured(point))]
    if point.label:
        lines.append(meaning(point))
    return "<br>".join(lines)


def hover_beside(point: Measured) -> str:
    """The essentials of a point that has no R."""
    return "<br>".join([*head(point), f"D  {number(point.distortion)} {plus_minus(point.distortion_stderr)}", NO_RATE])


def head(point: Measured) -> list[str]:
    """The model, what it minimises, and how it was trained."""
    beside = " · ".join(each for each in (point.unmarked, point.networks) if each)
    spread = point.spread if isinstance(point, PlanePoint) else None
    seed = f"mean of {spread.seeds} seeds" if spread else f"seed {point.seed}"
    trained = "" if point.epochs is None else f" · {plural(point.epochs, 'epoch')}"
    return [f"<b>{escape(point.symbols)}</b>  {escape(beside)}".rstrip(), escape(point.how), f"{seed}{trained}"]


def meaning(point: PlanePoint) -> str:
    """The label, and the share that makes it one."""
    share = f" (R / (R + D) = {number(point.rate / point.neg_elbo)})" if point.neg_elbo > 0 else ""
    return f"{escape(point.label)}{share}"


def _measured(point: PlanePoint) -> list[str]:
    lines = [
        f"R  {number(point.rate)} {plus_minus(point.rate_stderr)}",
        f"D  {number(point.distortion)} {plus_minus(point.distortion_stderr)}",
        f"R + D  {number(point.neg_elbo)} {plus_minus(point.neg_elbo_stderr)}",
    ]
    if point.mi_lower is not None and point.mi_upper is not None:
        saturated = ", saturated" if point.saturated else ""
        lines.append(f"I(x; z) in [{number(point.mi_lower)}, {number(point.mi_upper)}]{saturated}")
    return [line.rstrip() for line in lines]


def _mean(point: PlanePoint, spread: Spread) -> list[str]:
    """Each mean with both of its errors."""
    rows = (
        ("R", point.rate, spread.rate),
        ("D", point.distortion, spread.distortion),
        ("R + D", point.neg_elbo, spread.neg_elbo),
    )
    return [
        f"{name}  {number(value)}  (standard error {number(spread.stderr(deviation), 3)}, "
        f"standard deviation {number(deviation, 3)})"
        for name, value, deviation in rows
    ] + [f"n = {spread.seeds} seeds; a click opens the first"]
