"""The shape of q(z) beside m(z): measured of every model whose z is a vector of numbers, with or without a density."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from backend.results import Estimate
from worker.distributions import CategoricalPosterior, Draw, Marginal, StandardNormal
from worker.estimators.cloud import cloud
from worker.estimators.contract import Encoded, Findings
from worker.estimators.discrepancy import across, discrepancy, within
from worker.estimators.moments import moments
from worker.marginals.logistic import UnitLogistic
from worker.objectives.kernels import imq
from worker.rng import StepNoise, numpy_generator

MOST_EXAMPLES = 5000
"""Codes that are compared, each with one z; as many draws of every marginal."""
DRAWN_AT_ONCE = 512
"""Draws of a marginal: one behind a flow turns it round, which takes a while."""


def codes(encoded: Encoded, check: Callable[[], None]) -> Findings:
    """Volume and tails of q(z), how far it lies from m(z) and from both fixed marginals, and a cloud of both to draw.

    - ``log_det_cov``: log det Cov q(z) (I, section 5.1.2), 0 for N(0, I), and the same per dimension;
    - ``excess_kurtosis``: mean over dimensions of ``E u^4 - 3`` for z standardised to u: 0 for a normal, 1.2 for a
      logistic marginal;
    - ``mmd_marginal``, ``mmd_normal``, ``mmd_logistic``: squared maximum mean discrepancy under the inverse
      multiquadric kernel ``c / (c + d^2)``, ``c = 2 latent_dim`` (V, section 5), to the model's own m(z), to N(0, I)
      and to the unit logistic.

    Where the codes fill no volume, all but the discrepancies are null with the flag ``degenerate``.
    """
    if isinstance(encoded.posterior, CategoricalPosterior):
        return Findings()
    z, classes = sampled(encoded)
    marginal = encoded.model.m()
    noise = StepNoise(0, "estimators/codes/marginal", z.device)
    shape, per_dimension = _shape(z)
    drawn = _drawn(marginal, len(z), noise, check)
    return Findings(
        estimates={**shape, **_discrepancies(z, marginal, drawn, noise, check)},
        arrays={**per_dimension, **cloud(z, drawn, classes)},
    )


def sampled(encoded: Encoded) -> tuple[Tensor, Tensor | None]:
    """One z for each of at most 5000 examples, drawn; over a distribution as many drawn by its weights, with new z.

    Returns:
        codes, float64, shape [N, latent_dim], and their classes, shape [N], where there are such.
    """
    stream, weights = "estimators/codes", encoded.weights
    chosen: Any = numpy_generator(0, stream)
    if weights is None:
        chosen = chosen.permutation(len(encoded.draw))[:MOST_EXAMPLES]
    else:
        chosen = chosen.choice(len(weights), size=MOST_EXAMPLES, p=weights.cpu().numpy())
    index = torch.from_numpy(chosen).to(encoded.draw.z.device)
    noise = StepNoise(0, stream, index.device).at(0)
    draw: Draw = encoded.draw[index] if weights is None else encoded.posterior[index].rsample(noise)
    labels = None if encoded.test is None else encoded.test.labels
    return draw.z, None if labels is None else labels[index.to(labels.device)]


def _shape(z: Tensor) -> tuple[dict[str, Estimate], dict[str, list[float]]]:
    count, dimensions = z.shape
    found = moments(z)
    facts: dict[str, Any] = {"unit": "1", "settings": {"examples": count}}
    if found is None:
        names = ("log_det_cov", "log_det_cov_per_dimension", "excess_kurtosis")
        return {name: Estimate(value=None, flags=("degenerate",), **facts) for name in names}, {}
    corrected = facts | {"settings": {"examples": count, "corrected": "jackknife"}}
    estimates = {
        "log_det_cov": Estimate(value=found.log_det, stderr=found.log_det_stderr, **corrected),
        "log_det_cov_per_dimension": Estimate(
            value=found.log_det / dimensions, stderr=found.log_det_stderr / dimensions, **corrected
        ),
        "excess_kurtosis": Estimate(value=float(found.kurtosis.mean()), stderr=found.kurtosis_stderr, **facts),
    }
    return estimates, {"excess_kurtosis_per_dimension": found.kurtosis.tolist()}


def _drawn(marginal: Marginal, count: int, noise: StepNoise, check: Callable[[], None]) -> Tensor:
    """Draws of a marginal, float64, shape [count, latent_dim]: of the same noise whichever it is, a part at a time."""
    noise.at(0)
    parts = []
    for start in range(0, count, DRAWN_AT_ONCE):
        check()
        parts.append(marginal.sample(min(DRAWN_AT_ONCE, count - start), noise).double())
    return torch.cat(parts)


def _discrepancies(
    z: Tensor, marginal: Marginal, drawn: Tensor, noise: StepNoise, check: Callable[[], None]
) -> dict[str, Estimate]:
    """To each marginal by as many draws as there are codes, of the same noise, so that they can be compared.

    Args:
        z: codes, float64, shape [N, latent_dim].
        marginal: the model's own m(z).
        drawn: draws of that, of the shape of z.
        noise: of the other draws.
        check: called between chunks; raises to stop.
    """
    count, dimensions = z.shape
    others: Mapping[str, Marginal] = {
        "mmd_normal": StandardNormal(dimensions),
        "mmd_logistic": UnitLogistic(dimensions),
    }
    settings = {"examples": count, "samples": count, "kernel": "imq", "c": 2 * dimensions}
    own = within(z, imq, 2.0 * dimensions, check)

    def to(y: Tensor) -> Estimate:
        c = 2.0 * dimensions
        found = discrepancy(own, within(y, imq, c, check), across(z, y, imq, c, check))
        return Estimate(value=found.value, stderr=found.stderr, unit="1", settings=settings)

    found = {"mmd_marginal": to(drawn)}
    for name, other in others.items():
        found[name] = found["mmd_marginal"] if other == marginal else to(_drawn(other, count, noise, check))
    return found
