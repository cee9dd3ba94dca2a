"""The way in for a file of a frontier; ``assets/exchange.js`` asks for the file and posts it."""

from dash import html

from frontend.components.parts import do


def import_button() -> html.Button:
    """Asks for a file, and adds its runs."""
    return do(
        "Import a frontier",
        "import",
        title="Adds the runs of a file that 'frontier export' or a plane's Download wrote; nothing of yours changes",
    )
