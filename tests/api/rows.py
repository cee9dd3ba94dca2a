"""What a worker would have written, written through the real store."""

import io
from collections.abc import Sequence
from typing import Any

from fastapi.testclient import TestClient
from PIL import Image

from backend.results import Estimate, InformationInterval
from backend.store.results import Result, Tiles
from backend.store.tables import Job, Run

HERE = "http://127.0.0.1:8050"
"""A server on loopback knows itself by loopback's names only."""


def measured(rate: float | None, distortion: float | None, pictures: Sequence[str] = (), **more: Any) -> Result:
    """A measurement at this place."""
    missing = rate is None or distortion is None
    values = {
        "rate": rate,
        "distortion": distortion,
        "neg_elbo": None if missing else rate + distortion,  # type: ignore[operator]
    }
    return Result(
        **{
            "beta": 1.0,
            "condition": None,
            "mutual_information": None if missing else InformationInterval(lower=rate, upper=rate, saturated=False),
            "label": "syntactic",
            "estimates": {
                name: Estimate(value=value, stderr=0.1, flags=() if value is not None else ("implicit",))
                for name, value in values.items()
            },
            "arrays": {"kl_per_dimension": [0.5, 0.25]},
            "pictures": {name: tiles() for name in pictures},
            **more,
        }
    )


def tiles() -> Tiles:
    """Four tiles of 8 x 8 pixels, two in a row."""
    buffer = io.BytesIO()
    Image.new("L", (16, 16), 128).save(buffer, "PNG")
    return Tiles(png=buffer.getvalue(), count=4, columns=2, height=8, width=8, channels=1)


def set_status(client: TestClient, run_id: str, status: str) -> None:
    """Put a run and its job into a state, as a worker would have."""
    with client.app.state.database.write() as session:  # type: ignore[attr-defined]
        session.get_one(Run, run_id).status = status
        session.query(Job).filter(Job.run_id == run_id).one().state = status
