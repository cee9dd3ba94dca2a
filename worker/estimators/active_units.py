"""How many latent dimensions are in use."""

from collections.abc import Callable

from backend.results import Estimate
from backend.spec import ActiveUnitsEstimator, NoRate
from worker.estimators.contract import Encoded, Findings

THRESHOLD = 0.05


def active_units(config: ActiveUnitsEstimator, encoded: Encoded, check: Callable[[], None]) -> Findings:
    """The dimensions d with ``Var_x E[z_d|x] >= 0.05`` (X, section 4).

    The threshold assumes z of unit scale, which only a weight on the rate keeps: without one the count is flagged.
    """
    variance = encoded.posterior.mean.var(dim=0)
    unscaled = isinstance(encoded.spec.objective.rate, NoRate)
    return Findings(
        estimates={
            "active_units": Estimate(
                value=float((variance >= THRESHOLD).sum()),
                unit="dimensions",
                flags=("unscaled",) if unscaled else (),
                settings={"examples": len(encoded.draw), "threshold": THRESHOLD},
            )
        },
        arrays={"posterior_mean_variance": variance.tolist()},
    )
