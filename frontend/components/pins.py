"""The tray: points pinned from anywhere, kept by this browser, on their way to Compare."""

from collections.abc import Sequence

from dash import dcc, html

from frontend.components.columns import Column, tuple_of
from frontend.components.parts import attributes, do
from frontend.components.tiles import tile
from frontend.views.comparison import MOST, Comparison, href
from frontend.views.query import plane_link
from frontend.words.formats import plural


def pin_button(point_id: str, *, small: bool = False) -> html.Button:
    """Pins a point or takes it off the tray; the browser says which, by ``aria-pressed``.

    Args:
        point_id: the point.
        small: only the sign, for narrow places.
    """
    words = [html.Span("Pin", className="pin-off"), html.Span("Pinned", className="pin-on")]
    named = attributes(aria_label="Pin") if small else {}
    return html.Button(
        [html.Span(className="pin-sign"), *([] if small else words)],
        className="button quiet pin small" if small else "button quiet pin",
        title=f"Pin this point to compare it with others, at most {MOST}; press again to take it off",
        type="button",
        **attributes(data_do="pin", data_target=point_id, aria_pressed="false"),
        **named,
    )


def tray(columns: Sequence[Column]) -> list[html.Div | html.Ol]:
    """What stands in the tray.

    Args:
        columns: the pinned points, by rate.
    """
    count = len(columns)
    if not count:
        return []
    comparison = Comparison(points=tuple(column.id for column in columns))
    full = " (full)" if count >= MOST else f" of {MOST}"
    head = html.Div(
        [
            html.Button(
                [html.Span(className="tray-sign"), f"Pinned {count}{full}"],
                className="tray-toggle",
                type="button",
                title="Show or hide the pinned points",
                **attributes(aria_expanded="true", aria_controls="tray-items"),
            ),
            dcc.Link(
                f"Compare ({count})",
                href=href(comparison),
                className="button primary small",
                title=f"{plural(count, 'point')} side by side, from low rate to high",
            ),
            do("Clear", "unpin-all", kind="quiet small", title="Take every point off the tray"),
        ],
        className="tray-head",
    )
    return [head, html.Ol([_item(column) for column in columns], id="tray-items", className="tray-items")]


def _item(column: Column) -> html.Li:
    pictures = [
        tile(column.sheets[name], 0, f"{what} 1 {column.where}")
        for name, what in (
            ("reconstruction_sample", "sampled reconstruction of test image"),
            ("generation_sample", "sampled generation"),
        )
        if name in column.sheets
    ]
    return html.Li(
        [
            dcc.Link(
                [
                    html.Span(pictures, className="tray-tiles"),
                    html.Span(
                        [tuple_of(column), html.Span(column.short)],
                        className="tray-words",
                    ),
                ],
                href=plane_link(column.run, column.id),
                className="tray-link",
                title=f"{column.dataset}, {column.where}: show it on the plane",
            ),
            html.Button(
                "×",
                className="tray-remove",
                type="button",
                title="Take it off the tray",
                **attributes(data_do="pin", data_target=column.id, aria_label=f"Take off the point {column.where}"),
            ),
        ],
        className="tray-item",
    )
