"""Controls that explain themselves when they are pointed at or focused, and the help, where all explanations stand."""

from typing import Any

from dash import html

from frontend import ids
from frontend.components.formula import formula
from frontend.components.parts import attributes, do, help_id
from frontend.components.plain import plain
from frontend.words.explanation import Explanation
from frontend.words.explanations import EXPLANATIONS

KEYS = (
    (("←", "→"), "walk from point to point along the rate"),
    (("Tab",), "from control to control; an explanation appears beside the one that has the focus"),
    (("Esc",), "closes what is open"),
)


def explained(child: Any, key: str, *, position: str = "bottom") -> html.Span:
    """A control with its explanation, which ``assets/help.js`` shows beside it.

    Args:
        child: the control.
        key: of :data:`frontend.words.explanations.EXPLANATIONS`.
        position: on which side the words appear while there is room: ``bottom`` or ``top``.
    """
    assert key in EXPLANATIONS, key
    return html.Span(child, className="explained", **attributes(data_help=key, data_side=position))


def drawer() -> html.Dialog:
    """Everything that is explained: the words of every tooltip, those with a name to be read as a list."""
    named = [key for key, each in EXPLANATIONS.items() if each.name]
    inside = [
        html.Header(
            [
                html.H2("Help", id=ids.HELP_TITLE),
                do("Take the tour", "tour", kind="primary"),
                html.Button("Close", className="button quiet", type="button", **attributes(data_close="")),
            ],
            className="help-head",
        ),
        html.Div(
            [
                html.P(
                    "Each trained model is one point: what its code costs, R, against what the code leaves out, D. "
                    "The best trade between them is the frontier.",
                ),
                html.Dl([_listed(key, EXPLANATIONS[key]) for key in named], className="help-terms"),
                html.H3("Keys"),
                html.Dl(
                    [html.Div([html.Dt([html.Kbd(each) for each in names]), html.Dd(what)]) for names, what in KEYS],
                    className="help-terms help-keys",
                ),
            ],
            className="help-body",
            tabIndex=0,
            role="region",
            **attributes(aria_labelledby=ids.HELP_TITLE),
        ),
        html.Div(
            [html.Div(_content(each), id=help_id(key)) for key, each in EXPLANATIONS.items() if key not in named],
            hidden=True,
        ),
    ]
    return html.Dialog(plain(inside), id=ids.HELP, className="help", **attributes(aria_labelledby=ids.HELP_TITLE))


def _listed(key: str, entry: Explanation) -> html.Div:
    return html.Div([html.Dt(_signs(entry.name)), html.Dd(_content(entry), id=help_id(key))])


def _content(entry: Explanation) -> list[Any]:
    words: list[Any] = [html.Span(entry.words)]
    return [*words, html.Div(formula(entry.formula), className="help-formula")] if entry.formula else words


def _signs(name: str) -> str:
    return name.replace("||", "\u2016").replace("= -", "= \u2212")
