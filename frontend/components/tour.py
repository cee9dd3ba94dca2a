"""A short tour of the plane: a dialog whose steps stand beside what they are about (``assets/tour.js``)."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from frontend import ids
from frontend.components.formula import formula
from frontend.components.parts import attributes, do
from frontend.components.plain import plain


@dataclass(frozen=True)
class Step:
    """One stop."""

    title: str
    words: str
    formula: str
    target: str
    """CSS selector of what it is about; the first that is on show of several, separated by commas."""


STEPS: Sequence[Step] = (
    Step(
        "To the right: the rate R",
        "Each point is a trained model. Far to the right, its code costs many nats and may copy the image; at the left "
        "edge the code says nothing, and the decoder makes images up by itself.",
        "R = E[log e(z|x) - log m(z)]",
        "#plane-frame",
    ),
    Step(
        "Upwards: the distortion D",
        "What the decoder still needs to name the image once it has the code. Down is better, left is cheaper: every "
        "model is some trade between them.",
        "D = E[- log d(x|z)]",
        "#plane-frame",
    ),
    Step(
        "The diagonal",
        "No model gets below it if the bound on the entropy H of the images is tight. Along it, and along every line "
        "beside it, R + D and so the ELBO is the same, though the models may be nothing alike.",
        "D = H - R",
        "#plane-frame",
    ),
    Step(
        "The staircase",
        "It joins the models that no other beats in both R and D: the frontier. The hull beside it is what switching "
        "between models would reach.",
        "no other point has R' <= R and D' <= D",
        ".toolbar .chips",
    ),
    Step(
        "Click a point",
        "Here are then its numbers, what it reconstructs from test images, and what it generates from noise. The arrow "
        "keys walk from point to point.",
        "",
        ".pane",
    ),
    Step(
        "The strip",
        "The frontier from low rate to high, the same image and the same noise in every column: an autodecoder turns "
        "into an autoencoder before your eyes.",
        "",
        ".strip",
    ),
    Step(
        "Put models side by side",
        "Pin points and compare them: the same inputs, the same noise, ordered by rate, with what differs in their "
        "settings. New run, at the top, adds points of your own.",
        "",
        "#nav a[href='/compare'], #menu, .header",
    ),
)


def tour() -> html.Dialog:
    """The dialog, closed."""
    steps = [
        html.Div(
            [
                html.H2(step.title),
                html.P(step.words),
                *([html.Div(formula(step.formula), className="help-formula")] if step.formula else []),
            ],
            className="tour-step",
            hidden=index > 0,
            **attributes(data_target=step.target),
        )
        for index, step in enumerate(STEPS)
    ]
    inside = [
        html.Div(className="tour-light"),
        html.Div(
            [
                html.Div(steps, id=ids.TOUR_TITLE, **attributes(aria_live="polite")),
                html.Div(
                    [
                        html.Span(className="tour-count"),
                        _button("Skip", "close"),
                        _button("Back", "back"),
                        _button("Next", "next", kind="primary"),
                    ],
                    className="tour-foot",
                ),
            ],
            className="tour-card",
        ),
    ]
    label = attributes(aria_label="Tour of the rate-distortion plane")
    return html.Dialog(plain(inside), id=ids.TOUR, className="tour", **label)


def offer() -> html.Div:
    """What a first visit is offered; the browser remembers that it was."""
    return html.Div(
        [
            html.P("New here? The tour of the plane takes a minute."),
            do("Take the tour", "tour", kind="primary"),
            do("No, thanks", "no-tour"),
        ],
        className="tour-offer",
    )


def _button(label: str, step: str, kind: str = "quiet") -> html.Button:
    return html.Button(label, className=f"button {kind}", type="button", **attributes(data_tour=step))
