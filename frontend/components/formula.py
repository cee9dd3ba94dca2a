"""A formula of the catalogue, which is plain text, as mathematics is set."""

import re
from typing import Any

from dash import html

BY_HAND = "D + rate term + weight divergence(q(z), m(z)) - weight information(x; z)"
"""What every objective is."""

_LETTERS = {"alpha": "α", "beta": "β", "lambda": "λ"}
_UPRIGHT = {"E", "KL", "JS", "MMD", "log"}
_SIGNS = {"||": "‖", " - ": " \u2212 ", "[- ": "[\u2212", "<=": "\u2264", ">=": "\u2265", "...": "\u2026"}
_TOKEN = re.compile(r"_[a-z]|[A-Za-z]+\*?")


def greek(text: str) -> str:
    """A text with its Greek letters."""
    for name, letter in _LETTERS.items():
        text = re.sub(rf"\b{name}\b", letter, text)
    return text


def formula(text: str) -> html.Span:
    """Single letters slanted, names upright, real signs; what stands after the first comma outside is words."""
    for plain, sign in _SIGNS.items():
        text = text.replace(plain, sign)
    found: list[Any] = []
    at = 0
    for token in _TOKEN.finditer(text):
        found += [text[at : token.start()], *_set(token[0])]
        at = token.end()
    return html.Span([part for part in [*found, text[at:]] if part], className="mathematics")


def minimises(text: str, paper: str = "", note: str = "") -> html.P:
    """What is minimised, and which paper says so.

    Args:
        text: the formula; empty is what every objective is.
        paper: with the place in it.
        note: a reservation.
    """
    words: list[Any] = [html.Span("minimises ", className="muted"), formula(text or BY_HAND)]
    beside = [f"paper {paper}"] if paper else []
    words += [html.Span(each, className="faint") for each in [*beside, *([note] if note else [])]]
    return html.P(words, className="formula")


def _set(token: str) -> list[Any]:
    if token.startswith("_"):
        return [html.Sub(html.I(token[1:]))]
    star = token.endswith("*")
    name = token.removesuffix("*")
    if name in _LETTERS:
        return [html.I(_LETTERS[name])]
    if len(name) > 1 or name in _UPRIGHT:
        return [token]
    return [html.I(name), *([html.Sup("*")] if star else [])]
