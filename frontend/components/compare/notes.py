"""Compare: what is not as one would expect, what there is to start from, and the buttons above the pictures."""

from collections.abc import Sequence
from dataclasses import replace

from dash import html

from frontend.components.columns import Column
from frontend.components.compare.extras import Extras
from frontend.components.ends import ends_button
from frontend.components.parts import do, link, message
from frontend.views.comparison import MOST, Comparison, href
from frontend.words.formats import plural


def notes(columns: Sequence[Column], unknown: Sequence[str], shown: Comparison) -> list[html.P]:
    """Ids that no point has, columns that did not fit, and points that cannot be compared.

    Args:
        columns: what is shown.
        unknown: ids without a point.
        shown: what the address asks for.
    """
    words = []
    if unknown:
        names = ", ".join(_short(each) for each in unknown)
        those = "this id" if len(unknown) == 1 else "these ids"
        rest = "The others are shown." if columns else "It was deleted, or belongs to another program."
        words.append((f"No point has {those}: {names}. {rest}", "warn"))
    if shown.left_out:
        words.append((f"The first {MOST} points are shown; {shown.left_out} more do not fit side by side.", "warn"))
    return [html.P(text, className=f"compare-note {kind}", role="status") for text, kind in [*words, *_apart(columns)]]


def _short(point_id: str) -> str:
    return point_id if len(point_id) <= 40 else f"{point_id[:40]}…"


def _apart(columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Why the numbers of some columns are not of the same thing."""
    datasets = sorted({column.dataset for column in columns})
    if len({column.content for column in columns}) > 1:
        what = (
            f"different data sets ({', '.join(datasets)})"
            if len(datasets) > 1
            else f"different contents of {datasets[0]}"
        )
        return [
            (
                f"These points are of {what}: their inputs are not the same images, and R and D cannot be compared "
                "across them.",
                "warn",
            )
        ]
    evaluations = sorted({column.evaluation for column in columns})
    if len(evaluations) > 1:
        return [
            (
                f"These points were measured on different images ({', '.join(evaluations)} of {datasets[0]}): R and D "
                "are not of the same images. The pictures are of the same ones.",
                "warn",
            )
        ]
    return []


def nothing() -> html.Div:
    """The page without a point."""
    return message(
        "Put models side by side",
        "Pin points wherever you meet them, on the plane, in the strip or in a table; or begin with both ends of the "
        "frontier.",
        [ends_button("primary"), link("Find points on the plane", "/")],
    )


def offer(pinned: Sequence[str], shown: Comparison) -> list[html.Div]:
    """Pinned points that are not among the columns."""
    others = [point for point in pinned if point not in shown.points]
    room = MOST - len(shown.points)
    if not others or room <= 0:
        return []
    points = (*shown.points, *others[:room])
    many = plural(len(points) - len(shown.points), "pinned point")
    words = f"Add the {many}" if shown.points else f"Compare the {many}"
    return [
        html.Div(link(words, href(replace(shown, points=points, left_out=0)), kind="quiet small"), className="actions")
    ]


def bar(columns: Sequence[Column], extras: Extras, *, read_only: bool) -> html.Div:
    """What the columns have in common, and the buttons that ask for more of all of them.

    Args:
        columns: what is shown.
        extras: what was asked for already.
        read_only: whether nothing can be asked for.
    """
    one = len({column.content for column in columns}) == 1
    common = (
        f"{columns[0].dataset}: the same inputs and the same noise in every column, low rate to high" if one else ""
    )
    points = ",".join(column.id for column in columns)
    buttons = [
        do(
            "Draw more",
            "compare-draw",
            points,
            title="Other inputs and other noise from one new seed, the same in every column",
            disabled=extras.drawing,
        ),
        do(
            "Entropy of each pixel",
            "compare-entropy",
            points,
            title="H(x_i | x_<i, z): how uncertain each decoder is of each pixel of the inputs, in nats",
            disabled=extras.measuring or bool(extras.entropy),
        ),
        ends_button(),
    ]
    return html.Div(
        [html.P(common, className="muted small"), html.Div(buttons[2:] if read_only else buttons, className="actions")],
        className="compare-bar",
    )
