"""One image of every column at full size, with zoom and pan that move together; the browser fills it."""

from dash import html

from frontend import ids
from frontend.components.parts import attributes

BUTTONS = (
    ("previous", "‹", "Previous image (left arrow)"),
    ("next", "›", "Next image (right arrow)"),
    ("out", "−", "Smaller (key −)"),
    ("in", "+", "Larger (key +)"),
    ("reset", "Fit", "The whole image (key 0)"),
)


def dialog() -> html.Dialog:
    """The dialog, closed."""
    buttons = [
        html.Button(
            sign,
            className="button quiet icon",
            type="button",
            title=words,
            **attributes(data_zoom=name, aria_label=words),
        )
        for name, sign, words in BUTTONS
    ]
    close = html.Button(
        "Close", className="button quiet", type="button", title="Close (Escape)", **attributes(data_zoom="close")
    )
    return html.Dialog(
        [
            html.Header(
                [html.H2("", className="full-title"), html.Div([*buttons, close], className="actions")],
                className="section-head",
            ),
            html.Div(className="full-panes"),
            html.P(
                "Wheel or + and − zoom, drag or the arrow keys move; every column moves along. Escape closes.",
                className="muted small",
            ),
        ],
        id=ids.COMPARE_FULL,
        className="full",
        **attributes(aria_label="Pictures at full size"),
    )
