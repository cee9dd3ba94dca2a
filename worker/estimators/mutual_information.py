"""I(x;z) as an interval, and KL(q(z) || m(z)), by the full mixture over the evaluation examples."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from backend.results import InformationInterval
from backend.spec import MutualInformationEstimator
from worker.distributions import Draw, Posterior
from worker.estimators.contract import Encoded, Findings, mean_estimate, undefined
from worker.estimators.distribution import OF_A_DISTRIBUTION, known_information
from worker.estimators.pairs import INVERTED_AT_ONCE, LARGEST_ERROR, MOST_INVERTED, PAIRS_AT_ONCE
from worker.estimators.per_dimension import comparable, information_per_dimension

OF_A_SAMPLE = ("mutual_information_self", "mutual_information_leave_one_out", "marginal_kl_lower", "marginal_kl_upper")
"""What is found of examples that are a sample."""


@dataclass(frozen=True)
class Mixture:
    """Both estimates of I(x;z), as one value an example whose mean is the estimate, nats, shape [N].

    The values are influences: what example n adds as a sample of z *and* as a component of the mixture. Their spread
    gives a standard error that the plain log ratios, which ignore the second part, would get wrong.
    """

    including_self: Tensor
    leave_one_out: Tensor
    error: float
    """Largest rounding error seen in a log density, nats: all pairs against the same sum without a matrix product."""


def mixture_information(
    posterior: Posterior, draw: Draw, check: Callable[[], None] = lambda: None, pairs_at_once: int = PAIRS_AT_ONCE
) -> Mixture:
    """I(x;z) with q(z) replaced by a mixture over the N examples.

    ``self: mean_i log e(z_i|x_i) - log (1/N) sum_j e(z_i|x_j)``, at most log N
    ``leave one out: mean_i log e(z_i|x_i) - log (1/(N-1)) sum_{j != i} e(z_i|x_j)``

    In expectation, self <= I <= leave one out.

    Args:
        posterior: e(z|x_n) in float64, a batch of N >= 2.
        draw: one sample of each, float64.
        check: called between chunks; raises to stop.
        pairs_at_once: pairs of examples held in memory.
    """
    count = len(draw)
    zero = torch.zeros_like(draw.z[:, 0])
    rows = max(1, pairs_at_once // count)
    ratios_self, ratios_others = torch.empty_like(zero), torch.empty_like(zero)
    shares_self, shares_others = torch.zeros_like(zero), torch.zeros_like(zero)
    densities = torch.empty_like(zero)
    for start in range(0, count, rows):
        check()
        chosen = slice(start, min(start + rows, count))
        pairs = posterior.pairwise_log_prob(draw[chosen])
        diagonal = pairs.diagonal(start)
        own = densities[chosen] = diagonal.clone()
        diagonal.fill_(-math.inf)
        peak = pairs.max(dim=1).values
        # what is far below its row's peak adds nothing, so float32 is enough for the exponential and twice as fast
        scaled = (pairs - peak[:, None]).float().exp_()
        others = peak + scaled.sum(1, dtype=torch.float64).log()
        everything = torch.logaddexp(others, own)
        ratios_self[chosen] = own - everything + math.log(count)
        ratios_others[chosen] = own - others + math.log(count - 1)
        shares_others += ((peak - others).exp().float() @ scaled).double()
        shares_self += ((peak - everything).exp().float() @ scaled).double()
        shares_self[chosen] += (own - everything).exp()
    error = float((densities - posterior.log_prob(draw)).abs().max())
    return Mixture(ratios_self - shares_self + 1, ratios_others - shares_others + 1, error)


def mutual_information(config: MutualInformationEstimator, encoded: Encoded, check: Callable[[], None]) -> Findings:
    """The interval [self mixture, min(R, leave-one-out)] for I, and R less each mixture for KL(q || m).

    The least of two estimates is a little low in expectation, so only the interval takes it; the estimates are raw, and
    the lower bound on KL(q || m) may be negative, which says no more than that a divergence is at least 0.

    Saturated where the lower end exceeds log N - 1: the mixture cannot tell more than log N examples apart. Imprecise,
    and without an interval, where float64 cannot hold the densities of a model that diverged.

    A flow that sees x is turned round for every pair, so at most 500 examples are compared. The bounds on KL(q || m)
    take R of the same examples, because the errors of a difference cancel then; the interval takes R of all examples,
    which bounds I of the population as well and is known better.

    Without a density there is none of this: a mixture cannot be weighed whose components nobody knows.
    """
    if encoded.implicit:
        names = OF_A_SAMPLE if encoded.weights is None else OF_A_DISTRIBUTION
        return Findings(estimates={name: undefined(settings={"examples": len(encoded.draw)}) for name in names})
    if encoded.weights is not None:
        return known_information(encoded, encoded.weights, check)
    posterior, rate = encoded.known()
    some, own_rate = encoded, rate
    if posterior.shares_base:
        mixture = mixture_information(posterior, some.draw, check)
    else:
        some = encoded.some(MOST_INVERTED, "estimators/mutual_information")
        posterior, own_rate = some.known()
        draw = posterior.invert(some.draw.z)  # in float64, as every pair will be
        mixture = mixture_information(posterior, draw, check, INVERTED_AT_ONCE)
    count = len(some.draw)
    lower = float(mixture.including_self.mean())
    upper = min(float(mixture.leave_one_out.mean()), float(rate.mean()))
    saturated = lower > math.log(count) - 1
    imprecise = not mixture.error <= LARGEST_ERROR
    flags = ("imprecise",) if imprecise else ("saturated",) if saturated else ()
    settings = {"examples": count, "samples": 1}
    each = comparable(encoded)
    if each is not None:
        settings["per_dimension_examples"] = len(each.draw)
    return Findings(
        estimates={
            "mutual_information_self": mean_estimate(
                mixture.including_self, bound="lower", flags=flags, settings=settings
            ),
            "mutual_information_leave_one_out": mean_estimate(
                mixture.leave_one_out, bound="upper", flags=flags, settings=settings
            ),
            "marginal_kl_lower": mean_estimate(
                own_rate - mixture.leave_one_out, bound="lower", flags=flags, settings=settings
            ),
            "marginal_kl_upper": mean_estimate(
                own_rate - mixture.including_self, bound="upper", flags=flags, settings=settings
            ),
        },
        arrays={} if each is None else {"information_per_dimension": information_per_dimension(each, check).tolist()},
        information=None if imprecise else InformationInterval(lower=lower, upper=upper, saturated=saturated),
    )
