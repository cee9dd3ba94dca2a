"""Results in the shape that the Lab's benches have, small."""

from typing import Any

import numpy as np

STEPS = [0, 1500, 3000]
PROPOSITION: dict[str, Any] = {
    "curves": [
        {"objective": "elbo", "step": STEPS, "c": [1.0, 4.0, 9.9], "s": [0.5, 0.01, 5e-5], "sigma": [0.3, 1e-200, 0.0]},
        {"objective": "infovae", "step": STEPS, "c": [1.0, 0.7, 0.6], "s": [0.5, 0.7, 0.8], "sigma": [0.3, 0.8, 0.9]},
    ],
    "network": [
        {"objective": "elbo", "seed": 0, "c": 1.2, "s": 0.2, "rate": 1.9, "counts": True, "distortion": -1.8},
        {"objective": "infovae", "seed": 1, "c": 0.02, "s": 1.0, "rate": 0.0, "counts": False, "distortion": 1.4},
    ],
    "bars": {
        "elbo": {"c_above": 5, "s_below": 0.01}, "infovae": {"c_from": 0.4, "c_to": 1.2, "s_above": 0.3},
        "rate_above": 0.1, "lambda": 500,
    },
    "note": "The stability is local.",
}  # fmt: skip


def _particles(marginal: str, seed: int) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    points = generator.normal(size=(20, 2)) if marginal == "normal" else generator.logistic(size=(20, 2))
    return {
        "marginal": marginal, "seed": seed, "points": points.tolist(), "excess_kurtosis": [0.98, -0.03],
        "mmd_normal": -0.00074, "mmd_logistic": 7e-05,
    }  # fmt: skip


PARTICLES: dict[str, Any] = {
    "rows": [_particles(marginal, seed) for marginal in ("normal", "logistic") for seed in (0, 1)]
}


def _dual(kind: str, information: float, truth: float, unit: str) -> dict[str, Any]:
    return {
        "kind": kind, "title": f"Title of {kind}", "unit": unit, "information": information, "truth": truth,
        "best": {"value": 1.01 * truth, "stderr": 0.02 * truth},
        "trained": {"value": 0.9 * truth, "stderr": 0.02 * truth, "steps": 1200},
    }  # fmt: skip


DUALS: dict[str, Any] = {
    "pairs": 100_000,
    "rows": [_dual("kl", 1.0, 1.0, "nats"), _dual("new", 1.0, 0.5, "1"), _dual("pearson", 0.0471553, 0.1, "1")],
}
RESULTS = {"proposition": PROPOSITION, "particles": PARTICLES, "duals": DUALS}
