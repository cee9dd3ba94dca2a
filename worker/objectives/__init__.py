"""What is minimised, nats per example: ``D + rate term + w_d * divergence - w_i * information``."""

from collections.abc import Callable
from typing import Any

from backend import spec
from worker.objectives.contract import RateTerm, Sizes, Term
from worker.objectives.divergences import Adversarial, Kl, Mmd, Stein
from worker.objectives.information import DonskerVaradhan, FDual
from worker.objectives.rate_adversarial import AdversarialRate
from worker.objectives.rate_terms import Beta, NoTerm, target


def _alone(make: Callable[[Any], RateTerm]) -> Callable[[Any, Sizes], RateTerm]:
    """A term without a network of its own."""
    return lambda config, sizes: make(config)


RATE_TERMS: dict[str, Callable[[Any, Sizes], RateTerm]] = {
    "none": _alone(NoTerm),
    "beta": _alone(Beta),
    "target": _alone(target),
    "adversarial": AdversarialRate,
}


def none(config: spec.NoDivergence | spec.NoInformation, sizes: Sizes) -> None:
    """The objective goes without."""


DIVERGENCES: dict[str, Callable[[Any, Sizes], Term | None]] = {
    "none": none,
    "mmd": Mmd,
    "stein": Stein,
    "adversarial": Adversarial,
    "kl": Kl,
}

INFORMATION_TERMS: dict[str, Callable[[Any, Sizes], Term | None]] = {
    "none": none,
    "kl": FDual,
    "donsker_varadhan": DonskerVaradhan,
    "js": FDual,
    "pearson": FDual,
    "hellinger": FDual,
    "tv": FDual,
}
