"""I(x;z) and KL(q(z) || m(z)) where the data is a distribution over few images: q(z) is known, and not bounded."""

from collections.abc import Callable

from torch import Tensor

from backend.results import InformationInterval
from worker.estimators.contract import Encoded, Findings, mean_estimate, mean_over

OF_A_DISTRIBUTION = ("mutual_information", "marginal_kl")
"""What is found of examples that are a distribution."""


def known_information(encoded: Encoded, weights: Tensor, check: Callable[[], None]) -> Findings:
    """``I = sum_n p(x_n) E_{e(z|x_n)}[log e(z|x_n) - log q(z)]`` with ``q(z) = sum_n p(x_n) e(z|x_n)``, and KL = R - I.

    The expectation is a sum, exact, where every z can be listed, and elsewhere a mean over draws: unbiased, with a
    standard error, so that I may come out above R and KL(q || m) below 0. The interval is a point, min(I, R): q(z)
    leaves nothing to bound, and no I exceeds R.

    Imprecise, and without an interval, where float64 cannot hold the densities of a model that diverged.

    Args:
        encoded: S draws of N images.
        weights: p(x_n), shape [N].
        check: called between chunks; raises to stop.
    """
    q = encoded.aggregate(check)
    _, rate = encoded.known()
    each = (q.log_e.exp() * (q.log_e - q.log_q[:, None])).sum(0) if q.listed else q.own - q.log_q
    settings = {"examples": len(weights), "samples": q.samples}
    found = {
        name: mean_estimate(values, weights, bound=q.bound, flags=q.flags, settings=settings)
        for name, values in zip(OF_A_DISTRIBUTION, (each, rate[: len(each)] - each), strict=True)
    }
    point = min(float(mean_over(each, weights)), float(mean_over(rate, weights)))
    return Findings(
        estimates=found,
        information=None if q.flags else InformationInterval(lower=point, upper=point, saturated=False),
    )
