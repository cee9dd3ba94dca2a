"""The button to both ends and the middle of the frontier on show."""

from dash import html

from frontend.components.parts import do

ENDS = "Autoencoder vs autodecoder"
ENDS_TITLE = (
    "The ends and the middle of the current frontier side by side, as in B's figure 4: the lowest rate, the highest, "
    "and the share R / (R + D) half way between"
)


def ends_button(kind: str = "quiet") -> html.Button:
    """Puts an autoencoder beside an autodecoder, in one click."""
    return do(ENDS, "ends", kind=kind, title=ENDS_TITLE)
