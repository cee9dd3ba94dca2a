"""The Lab page's parts: numbers of a toy model, what its runs have in common, what to do while there is none."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from frontend.components.parts import do, progress_bar, quantity, scrolling
from frontend.figures.lab.plane import NAMES
from frontend.figures.lab.records import AIMED, ELBO, TARGET, ToyModel, ToyPoint, Truth
from frontend.words.formats import NOTHING, number, plural

SEEDS = 20
SWEEPS: tuple[dict[str, Any], ...] = tuple(
    {"base": {"dataset": "toy", **objective}, "grid": {"seed": list(range(SEEDS))}}
    for objective in ({"method": "vae"}, {"target_rate": TARGET})
)
"""What fills the page: the ELBO and the target rate under the same seeds."""

Json = Mapping[str, Any]

DRAWN = (
    ("p*(x)", "the data: how likely each of the thirty bins is"),
    ("m(z)", "the marginal: how likely the model takes each latent to be before it sees x"),
    ("e(z|x)", "the encoder: which latents it picks for an x; e(z) is its mean over the data, split by the true class"),
    ("d(x|z)", "the decoder: which x it expects from a latent"),
    ("g(x)", "what the model generates: z from m(z), then x from d(x|z)"),
    ("d(x)", "what it reconstructs over all the data: x from p*(x), z from e(z|x), then x' from d(x'|z)"),
    ("p(x'|x)", "what it reconstructs from one x; a bright diagonal is a copy, two blocks are the two classes"),
    ("solid line in the plane", "D = H − R: no model lies below it"),
    (
        "dashed line in the plane",
        "the least D for each R with the hand-built decoder held fixed and only the encoder free (Blahut-Arimoto); it "
        "touches the solid line where that decoder is the best one",
    ),
)
"""What the page draws, in a line each."""


def introduction(truth: Truth) -> html.P:
    """What is known."""
    return html.P(
        [
            "The toy data of paper B, appendix E: a hidden class z*, a noisy position, thirty bins x. All of it is "
            f"known: H(x) = {number(truth.entropy, 4)} nats, I(x; z*) = {number(truth.information, 4)} nats. "
            "So D = H − R is no bound here, it is the curve itself.",
        ],
        className="muted lab-words",
    )


def legend() -> html.Details:
    """What is drawn, folded away."""
    lines = [html.Div([html.Dt(name), html.Dd(words)]) for name, words in DRAWN]
    return html.Details([html.Summary("What is drawn"), html.Dl(lines, className="reading")], className="advanced")


def class_words(truth: Truth) -> html.P:
    """Why a z may tell more of the class than one from the true posterior, and less than x."""
    guess, whole = number(truth.posterior_information, 3), number(truth.information, 3)
    return html.P(
        f"I(z; z*) is what a code tells of the hidden class. x itself tells {whole} nats of it, and no z can tell "
        f"more. One draw from the true posterior p(z*|x) is a guess at the class: it costs a rate of {whole} and tells "
        f"{guess}. A model trained by the ELBO may tell more than that guess where its rate is above {whole}, for it "
        "then keeps more of x. At a target rate of 0.5 a model has as many nats as the guess, and the table shows how "
        "much of the class it keeps with them.",
        className="muted lab-words",
    )


def numbers(model: ToyModel, truth: Truth) -> html.Dl:
    """Where a model is, and what its code tells of the hidden class."""
    return html.Dl(
        [
            quantity("rate R", number(model.rate, 4)),
            quantity("distortion D", number(model.distortion, 4)),
            quantity("R + D − H", number(model.rate + model.distortion - truth.entropy, 4)),
            quantity(
                "I(z; z*)",
                number(model.with_source, 3),
                f"true posterior {number(truth.posterior_information, 3)}",
                title="what a z drawn for an x tells of its class; nats",
            ),
        ],
        className="quantities lab-numbers",
    )


def caption(point: ToyPoint | None) -> Any:
    """Which run a column shows."""
    if point is None:
        return None
    return dcc.Link(f"seed {point.seed}", href=f"/run/{point.run_id}", className="small")


def missing(kind: str, seed: int | None) -> html.Div:
    """A column without a model."""
    words = f"No {NAMES[kind]} run" + (f" of seed {seed}" if seed is not None else "") + " has ended yet."
    return html.Div(html.P(words, className="muted"), className="message")


def offer(points: Sequence[ToyPoint], waiting: int) -> list[Any]:
    """The way to fill the page, or how far that is."""
    done = len({(point.kind, point.seed) for point in points if point.kind in (ELBO, AIMED) and point.seed < SEEDS})
    whole = SEEDS * len(SWEEPS)
    if waiting:
        share = done / (done + waiting)
        words = f"Training: {plural(waiting, 'model')} to go"
        bar = html.Div([progress_bar(share, words), html.Span(words, className="muted small")], className="lab-bar")
        return [bar, do("Cancel", "cancel-toy", title="Cancel what this page queued and has not ended")]
    if done >= whole:
        return []
    words = f"Train {SEEDS} seeds each way" if not done else f"Train {plural(whole - done, 'more model')}"
    return [
        do(words, "start-toy", kind="quiet" if done else "primary"),
        html.Span(f"{whole} models of a few seconds each", className="muted small") if not done else None,
    ]


def summary(points: Sequence[ToyPoint], truth: Truth) -> html.Div | html.P:
    """The spread over the seeds, one row for each objective."""
    heads = ("objective", "runs", "R from", "to", "largest |R − 0.5|", "largest R + D − H", "I(z; z*) from", "to")
    rows = [_summary_row(kind, [p for p in points if p.kind == kind], truth) for kind in (ELBO, AIMED)]
    if not any(point.kind in (ELBO, AIMED) for point in points):
        return html.P("No model has been trained yet.", className="muted")
    truly = html.Tr(
        [
            html.Th("true posterior", scope="row"),
            *[html.Td(NOTHING, className="numeric")] * 5,
            html.Td(number(truth.posterior_information, 3), className="numeric"),
            html.Td(NOTHING, className="numeric"),
        ]
    )
    table = html.Table(
        [html.Thead(html.Tr([html.Th(text, scope="col") for text in heads])), html.Tbody([*rows, truly])],
        className="table",
    )
    return scrolling(table, "Both objectives over their seeds")


def _summary_row(kind: str, members: Sequence[ToyPoint], truth: Truth) -> html.Tr:
    rates = [point.rate for point in members]
    told = [point.with_source for point in members if point.with_source is not None]
    cells = [
        str(len(members)),
        *_ends(rates, 4),
        number(max((abs(rate - TARGET) for rate in rates), default=None), 4),
        number(max((point.rate + point.distortion - truth.entropy for point in members), default=None), 4),
        *_ends(told, 3),
    ]
    return html.Tr([html.Th(NAMES[kind], scope="row"), *[html.Td(text, className="numeric") for text in cells]])


def _ends(values: Sequence[float], decimals: int) -> tuple[str, str]:
    return number(min(values, default=None), decimals), number(max(values, default=None), decimals)
