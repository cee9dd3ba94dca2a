"""Free particles that descend the MMD of the inverse multiquadric kernel take the shape of m(z) (V, section 5)."""

from typing import Any

import torch
from torch import Tensor

from worker.distributions import Marginal, StandardNormal
from worker.lab.descent import descend
from worker.lab.plain import each_rounded, rounded
from worker.marginals.logistic import UnitLogistic
from worker.objectives.kernels import imq, mmd
from worker.observing import Observer, Progress
from worker.rng import StepNoise

PARTICLES = 500
DIMENSIONS = 2
BANDWIDTH = 2.0 * DIMENSIONS
STEPS = 200
FIRST_PACE = 0.1
"""Adam's step size at first."""
SEEDS = (0, 1)
COMPARED = 2000
"""Draws of a marginal that the settled particles are held against."""

MARGINALS: dict[str, Marginal] = {"normal": StandardNormal(DIMENSIONS), "logistic": UnitLogistic(DIMENSIONS)}


def bench(observer: Observer) -> dict[str, Any]:
    """Where the particles settle under each marginal, their excess kurtosis, and their MMD to both.

    Particles that have descended the unbiased MMD stay apart from each other, which draws do not: theirs to their own
    marginal is a little below 0.
    """
    cases = [(name, seed) for name in MARGINALS for seed in SEEDS]
    rows = []
    for number, (name, seed) in enumerate(cases):
        observer.progress(Progress(stage="measuring", step=number, steps=len(cases)))
        z = settled(MARGINALS[name], seed, observer)
        rows.append(
            {
                "marginal": name,
                "seed": seed,
                "points": [each_rounded(point) for point in z],
                "excess_kurtosis": each_rounded(excess_kurtosis(z)),
                **{f"mmd_{other}": rounded(_mmd_to(marginal, z)) for other, marginal in MARGINALS.items()},
            }
        )
    return {"rows": rows}


def settled(marginal: Marginal, seed: int, observer: Observer) -> Tensor:
    """Particles that start from N(0, I) and descend their MMD to new draws of m(z) at each step, shape [500, 2]."""
    noise = StepNoise(seed, "lab/particles", torch.device("cpu"))
    z = torch.nn.Parameter(noise.at(0).normal(PARTICLES, DIMENSIONS))

    def loss(step: int) -> Tensor:
        return mmd(z, marginal.sample(PARTICLES, noise.at(step + 1)), imq, BANDWIDTH)

    descend([z], loss, STEPS, FIRST_PACE, observer)
    return z.detach()


def excess_kurtosis(z: Tensor) -> Tensor:
    """``E (z - E z)^4 / Var(z)^2 - 3`` of each dimension, shape [latent_dim]: 0 for a normal, 1.2 for a logistic."""
    away = z.double() - z.double().mean(0)
    return away.pow(4).mean(0) / away.square().mean(0).square() - 3


def _mmd_to(marginal: Marginal, z: Tensor) -> Tensor:
    noise = StepNoise(0, "lab/particles/compared", torch.device("cpu")).at(0)
    return mmd(z.double(), marginal.sample(COMPARED, noise).double(), imq, BANDWIDTH)
