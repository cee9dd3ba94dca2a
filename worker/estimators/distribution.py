"""I(x;z) and KL(q(z) || m(z)) where the data is a distribution over few images: q(z) is known, and not bounded."""

from torch import Tensor

from backend.results import InformationInterval
from worker.distributions import Categorical
from worker.estimators.contract import Encoded, Findings, mean_estimate


def exact_information(encoded: Encoded, weights: Tensor) -> Findings:
    """``I = sum_n p(x_n) E_{e(z|x_n)}[log e(z|x_n) - log q(z)]`` with ``q(z) = sum_n p(x_n) e(z|x_n)``, and KL = R - I.

    The expectation is a sum where every z can be listed, and a mean over draws elsewhere.

    Args:
        encoded: S draws of N images.
        weights: p(x_n), shape [N].
    """
    posterior, images = encoded.posterior, slice(len(weights))
    if isinstance(posterior, Categorical):
        aggregated = (posterior.log_probs[images] + weights.log()[:, None]).logsumexp(0)
        each = (posterior.mean * (posterior.log_probs - aggregated)).sum(-1)
    else:
        pairs = posterior[images].pairwise_log_prob(encoded.draw)
        each = posterior.log_prob(encoded.draw) - (pairs + weights.log()).logsumexp(1)
    settings = {"examples": len(weights), "samples": len(encoded.draw) // len(weights)}
    information = mean_estimate(each, weights, bound="exact", settings=settings)
    value = float(information.value or 0.0)
    return Findings(
        estimates={
            "mutual_information": information,
            "marginal_kl": mean_estimate(encoded.rate - each, weights, bound="exact", settings=settings),
        },
        information=InformationInterval(lower=value, upper=value, saturated=False),
    )
