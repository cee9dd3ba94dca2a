"""What z tells of the class that made x, where that is known: the toy model (B, appendix E)."""

from collections.abc import Callable

import torch
from torch import Tensor

from backend import toy
from backend.errors import TrainingError
from backend.results import Estimate
from backend.spec import SourceInformationEstimator
from worker.distributions import CategoricalMarginal, CategoricalPosterior
from worker.estimators.aggregate import Aggregate
from worker.estimators.contract import Encoded, Findings, mean_estimate, undefined

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
    weights = encoded.weights
    if weights is None:
        raise TrainingError("source_information needs data whose source is known", "measure it on the data set toy")
    truth = toy.source()
    rows = {"examples": len(weights), "samples": len(encoded.draw) // len(weights)}
    best = Estimate(value=truth.information_with_source(truth.posterior), stderr=0.0, bound="exact")
    found = {
        "source_information": undefined(settings=rows),
        "posterior_source_information": best,
        "gap_to_entropy": undefined(settings={**rows, "entropy": truth.entropy}),
    }
    if encoded.implicit:
        return Findings(estimates=found)
    q, (_, rate) = encoded.aggregate(check), encoded.known()
    return Findings(
        estimates={
            "source_information": _with_source(q, weights),
            "posterior_source_information": best,
            "gap_to_entropy": mean_estimate(
                rate + encoded.distortion - truth.entropy,
                weights,
                bound=q.bound,
                settings={**rows, "entropy": truth.entropy},
            ),
        },
        arrays=_tables(encoded, weights),
    )


def _with_source(q: Aggregate, weights: Tensor) -> Estimate:
    classes = torch.from_numpy(toy.source().posterior).to(q.log_e)
    told = (q.log_e + weights.log() - q.log_q[:, None]).exp() @ classes
    each = (torch.xlogy(told, told) - told * (weights @ classes).log()).sum(1)
    settings = {"examples": len(weights), "samples": q.samples}
    return mean_estimate(each, q.log_q.exp() if q.listed else weights, bound=q.bound, flags=q.flags, settings=settings)


def _tables(encoded: Encoded, weights: Tensor) -> dict[str, list[float]]:
    """e(z|x) by x, d(x|z) by z, both row-major, and m(z); nothing where z is continuous, or too long to store."""
    posterior, model = encoded.posterior, encoded.model
    marginal = model.m()
    if not isinstance(posterior, CategoricalPosterior) or not isinstance(marginal, CategoricalMarginal):
        return {}
    if posterior.log_probs.numel() > MOST_ENTRIES:
        return {}
    states = torch.eye(len(weights), device=weights.device)
    x = states.view(-1, model.shape.channels, model.shape.height, model.shape.width)
    decoded = model.decoder.pairwise_log_prob(x, posterior.support.float())
    return {
        "encoder_matrix": posterior.mean.flatten().tolist(),
        "decoder_matrix": decoded.double().exp().flatten().tolist(),
        "marginal": marginal.log_probs.double().exp().tolist(),
    }
