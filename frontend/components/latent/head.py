"""The Latent page's parts beside its results: the head, what is chosen, and who there is to choose from."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html

from frontend.components.columns import Column, tuple_of
from frontend.components.help import explained
from frontend.components.parts import attributes, label_badge, link, message
from frontend.components.pins import pin_button
from frontend.components.tiles import Sheet, tile
from frontend.views.latent import ORDERS, PATHS, SPANS, href
from frontend.views.query import plane_link
from frontend.words.formats import plural
from frontend.words.runs import title

NO_VECTOR = (
    "z of this model is one of a few classes, not a vector of numbers: it has no dimension to walk along, and nothing "
    "lies between two codes."
)
READ_ONLY = "This frontier is open for reading only, without a worker: nothing can be decoded here."
ORDER_WORDS = {"carrying": "largest first", "index": "in order"}


def head(column: Column) -> html.Div:
    """Which point it is, and the ways on."""
    point, run = column.point, column.run
    return html.Div(
        [
            html.Div(
                [
                    html.H1(["Latent space of ", tuple_of(column)]),
                    label_badge(point.get("label")),
                ],
                className="latent-title",
            ),
            html.P(
                f"{column.dataset}, {title(run)}, "
                f"z in {plural(column.spec['architecture']['latent_dim'], 'dimension')}, {column.where}",
                className="muted",
            ),
            html.Div(
                [
                    link("On the plane", plane_link(column.run, column.id)),
                    link("Run page", f"/run/{point['run_id']}"),
                    pin_button(column.id),
                    link("Another point", "/latent"),
                ],
                className="actions",
            ),
        ]
    )


def unknown(point_id: str) -> html.Div:
    """An address that names no point."""
    return message(
        "No such point",
        f"There is no point {point_id[:40]}, or its run was deleted.",
        [link("Choose another", "/latent"), link("Explore", "/")],
    )


def why_not(column: Column, *, read_only: bool) -> str:
    """Why nothing can be decoded of a point; empty where it can."""
    if column.spec["architecture"]["encoder"]["kind"] == "categorical":
        return NO_VECTOR
    return READ_ONLY if read_only else ""


def chooser(pinned: Sequence[Column], along: Sequence[Column], dataset: str) -> html.Div:
    """Who there is to look into, where the address names no point.

    Args:
        pinned: the points on the tray.
        along: points of the current frontier, by rate.
        dataset: of that frontier, in words.
    """
    if not pinned and not along:
        return message(
            "Whose latent space?",
            "A point's codes, what each dimension carries, and what lies between two images. There is no point yet: "
            "train a model first.",
            [link("Explore", "/", kind="primary"), link("See the queue", "/queue")],
        )
    lists = [("Pinned", pinned), (f"On the frontier of {dataset}, from low rate to high", along)]
    return html.Div(
        [
            html.H1("Latent"),
            html.P(
                "Choose a point: its codes against m(z), what each dimension of z carries, and what the decoder makes "
                "of codes that you choose.",
                className="muted",
            ),
            *[part for title, columns in lists if columns for part in (html.H2(title), _cards(columns))],
        ],
        className="latent-chooser",
    )


def _cards(columns: Sequence[Column]) -> html.Ul:
    return html.Ul([html.Li(_card(column)) for column in columns], className="latent-cards")


def _card(column: Column) -> dcc.Link:
    pictures = [
        tile(column.sheets[name], 0, f"{what} {column.where}")
        for name, what in (("reconstruction_sample", "reconstruction"), ("generation_sample", "generation"))
        if name in column.sheets
    ]
    return dcc.Link(
        [
            html.Span(pictures, className="latent-card-tiles"),
            html.Span([tuple_of(column), html.Span(column.short)], className="latent-card-words"),
        ],
        href=href(column.id),
        className="latent-card",
        title=f"{column.dataset}, {column.where}",
    )


def inputs(sheet: Sheet | None, key: str, what: str) -> html.Div | html.P:
    """The point's inputs as buttons.

    Args:
        sheet: the inputs.
        key: what a press changes in the address: ``image`` or ``pair``.
        what: what the pressed one is, for a reader that cannot see.
    """
    if sheet is None:
        return html.P("No pictures are stored for this point.", className="muted")
    return html.Div(
        [
            html.Button(
                tile(sheet, index, ""),
                type="button",
                className="latent-input",
                title=f"Input {index + 1}",
                **attributes(
                    data_latent=key, data_value=str(index), aria_pressed="false", aria_label=f"{what} {index + 1}"
                ),
            )
            for index in range(sheet.count)
        ],
        className="latent-inputs",
        role="group",
        **attributes(aria_label=what),
    )


def choice(key: str, words: str, options: dict[str, str]) -> dmc.Tooltip:
    """Buttons of which one is pressed; what it says goes into the address."""
    buttons = [
        html.Button(
            text, type="button", className="latent-option",
            **attributes(data_latent=key, data_value=value, aria_pressed="false"),
        )
        for value, text in options.items()
    ]  # fmt: skip
    group = html.Div(buttons, className="latent-options", role="group", **attributes(aria_label=words))
    named = html.Div([html.Span(words, className="muted small"), group], className="latent-choice")
    return explained(named, f"latent-{key}")


def spans() -> dmc.Tooltip:
    return choice("span", "Span", {str(span): f"\u00b1{span} sd" for span in SPANS})


def orders() -> dmc.Tooltip:
    return choice("order", "Order", {order: ORDER_WORDS[order] for order in ORDERS})


def paths() -> dmc.Tooltip:
    return choice("path", "Path", {path: path for path in PATHS})


def another_seed() -> dmc.Tooltip:
    """A button that asks for other noise."""
    button = html.Button(
        "Other samples",
        type="button",
        className="button quiet small",
        **attributes(data_latent="seed", data_value="next"),
    )
    return explained(button, "latent-seed")
