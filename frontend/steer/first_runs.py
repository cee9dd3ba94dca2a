"""What the buttons of an empty program queue: real sweeps and runs, through REST like any other."""

from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]

BETAS = [0.2, 0.4, 0.7, 1.0, 1.6, 3.0]
_PIXELCNN: Body = {"kind": "pixelcnn", "network": {"kind": "pixelcnn", "layers": 4, "features": 32}}


@dataclass(frozen=True)
class Start:
    """One way to begin."""

    posts: tuple[tuple[str, Body], ...]
    """Path and body of each call, in their order."""
    told: str
    """The notice."""
    search: str
    """The plane that its points land in."""


STARTS: dict[str, Start] = {
    "start-frontier": Start(
        posts=(
            (
                "/sweeps",
                {"base": {"dataset": "digits", "network": "mlp", "width": 0.25, "epochs": 40}, "grid": {"beta": BETAS}},
            ),
            (
                "/sweeps",
                {
                    "base": {"dataset": "digits", "architecture": {"decoder": _PIXELCNN}, "width": 0.25, "epochs": 30},
                    "grid": {"beta": BETAS, "architecture.encoder.network.kind": ["mlp"]},
                },
            ),
        ),
        told="12 runs are queued. Each puts its point into the plane when it ends.",
        search="?dataset=digits/static",
    ),
    "start-digits": Start(
        posts=(("/runs", {"dataset": "digits"}),),
        told="Training on digits has been queued.",
        search="?dataset=digits/static",
    ),
    "start-mnist": Start(
        posts=(
            (
                "/sweeps",
                {
                    "base": {"dataset": "mnist", "architecture": "---", "epochs": 2, "train_limit": 20_000},
                    "grid": {"beta": [0.1, 0.3, 1.0, 3.0], "network": ["mlp"]},
                },
            ),
        ),
        told="4 runs are queued.",
        search="?dataset=mnist/static",
    ),
}
"""By the button's action."""
