"""Lab: the tables behind the toy model's figures, which go along with them."""

from collections.abc import Sequence
from typing import Any

from frontend.figures.lab.records import ToyModel, ToyPoint, Truth


def points_table(points: Sequence[ToyPoint]) -> dict[str, Sequence[Any]]:
    """The measured models as columns."""
    names = ("id", "run_id", "kind", "seed", "rate", "distortion", "with_source")
    return {name: [getattr(point, name) for point in points] for name in names}


def model_table(model: ToyModel, truth: Truth) -> dict[str, Sequence[Any]]:
    """One row for each pair of x and z: what the tables of a model say of it."""
    latents, states = len(model.marginal), len(truth.states)
    return {
        "x": [float(x) for x in truth.states for _ in range(latents)],
        "z": list(range(latents)) * states,
        "p(x)": [float(p) for p in truth.data for _ in range(latents)],
        "e(z|x)": model.encoder.flatten().tolist(),
        "d(x|z)": model.decoder.T.flatten().tolist(),
        "m(z)": model.marginal.tolist() * states,
    }
