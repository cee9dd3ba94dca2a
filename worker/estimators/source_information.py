"""What z tells of the class that made x, where that is known: the toy model (B, appendix E)."""

from collections.abc import Callable

import torch
from torch import Tensor

from backend import toy
from backend.errors import TrainingError
from backend.results import Estimate
from backend.spec import SourceInformationEstimator
from worker.distributions import Categorical, CategoricalMarginal, Draw, Posterior
from worker.estimators.contract import Distribution, Encoded, Findings, mean_estimate

MOST_ENTRIES = 30_000
"""Of a table that is stored with the point."""


def source_information(config: SourceInformationEstimator, encoded: Encoded, check: Callable[[], None]) -> Findings:
    """I(z; z*), beside what the true posterior would reach; R + D - H; and the model's tables.

    ``I(z; z*) = E_q(z)[KL(p(z*|z) || p(z*))]`` with ``p(z*|z) = sum_x p(x|z) p(z*|x)``

    A z drawn from the true posterior p(z*|x) is a second opinion on the class and not the class itself, so it tells of
    z* only 0.378 nats, although it tells of x all the 0.5 nats that x knows of z*.

    Raises:
        TrainingError: the data is no distribution whose source is known.
    """
    known = encoded.distribution
    if known is None:
        raise TrainingError("source_information needs data whose source is known", "measure it on the data set toy")
    truth, weights = toy.source(), known.weights
    rows = {"examples": len(weights), "samples": len(encoded.draw) // len(weights)}
    return Findings(
        estimates={
            "source_information": _with_source(encoded, weights, rows),
            "posterior_source_information": Estimate(
                value=truth.information_with_source(truth.posterior), stderr=0.0, bound="exact"
            ),
            "gap_to_entropy": mean_estimate(
                encoded.rate + known.distortion - truth.entropy,
                weights,
                bound="exact",
                settings={**rows, "entropy": truth.entropy},
            ),
        },
        arrays=_tables(encoded.posterior, known),
    )


def _with_source(encoded: Encoded, weights: Tensor, settings: dict[str, int]) -> Estimate:
    posterior = encoded.posterior[slice(len(weights))]
    listed = isinstance(posterior, Categorical)
    draw = Draw.plain(posterior.support) if isinstance(posterior, Categorical) else encoded.draw
    joint = posterior.pairwise_log_prob(draw) + weights.log()
    classes = torch.from_numpy(toy.source().posterior).to(joint)
    told = joint.softmax(1) @ classes
    each = (torch.xlogy(told, told) - told * (weights @ classes).log()).sum(1)
    return mean_estimate(each, joint.exp().sum(1) if listed else weights, bound="exact", settings=settings)


def _tables(posterior: Posterior, known: Distribution) -> dict[str, list[float]]:
    """e(z|x) by x, d(x|z) by z, both row-major, and m(z); nothing where z is continuous, or too long to store."""
    marginal = known.model.m()
    if not isinstance(posterior, Categorical) or not isinstance(marginal, CategoricalMarginal):
        return {}
    if posterior.log_probs.numel() > MOST_ENTRIES:
        return {}
    shape = known.model.shape
    states = torch.eye(len(known.weights), device=known.weights.device)
    x = states.view(-1, shape.channels, shape.height, shape.width)
    decoded = known.model.decoder.pairwise_log_prob(x, posterior.support.float())
    return {
        "encoder_matrix": posterior.mean.flatten().tolist(),
        "decoder_matrix": decoded.double().exp().flatten().tolist(),
        "marginal": marginal.log_probs.double().exp().tolist(),
    }
