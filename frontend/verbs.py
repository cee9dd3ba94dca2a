"""Which store of the shell hears of which button.

The renderer drops the answer of a call once the same callback is asked again. So a callback has a store of its own, and
a press of anything else leaves alone what it is doing.
"""

from frontend.steer.first_runs import STARTS

HEARD = (
    ("cancel",),
    ("retry",),
    ("first",),
    tuple(STARTS),
    ("start-toy",),
    ("cancel-toy",),
    ("delete", "delete-picked"),
    ("new", "new-sweep", "clone"),
    ("continue",),
    ("place",),
    ("pick", "pick-none"),
    ("cancel-picked",),
    ("retry-picked",),
    ("pin-picked",),
    ("pin", "unpin-all"),
    ("cancel-sweep",),
    ("retry-sweep",),
    ("resume-sweep",),
    ("ends",),
    ("draw",),
    ("compare-draw",),
    ("compare-entropy",),
    ("latent-cancel",),
    ("run-bench", "cancel-bench"),
)
"""What buttons ask for, by ``data-do``; what one callback answers stands together."""

STORES = {verb: f"pressed-{group[0]}" for group in HEARD for verb in group}
"""Id of the store of each; it holds ``{do, id, at}`` of the last press."""


def store(verb: str) -> str:
    """Id of the store that holds the last press of this button, or of one that the same callback answers.

    Raises:
        KeyError: no button asks for that.
    """
    return STORES[verb]
