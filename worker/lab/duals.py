"""How tight each dual form is, with the best critic there is and with a trained one (X, section 5.2; f-GAN)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from backend.spec import InformationCritic, kinds
from worker.lab.correlated import Correlated
from worker.lab.descent import descend
from worker.lab.plain import rounded
from worker.networks.contract import ImageShape
from worker.objectives import INFORMATION_TERMS
from worker.objectives.contract import Sizes
from worker.objectives.duals import DUALS, donsker_varadhan, dual_value, log_mean_exp
from worker.objectives.pairs import paired
from worker.observing import Observer, Progress
from worker.rng import StepNoise, derive

PAIRS = 100_000
"""Held out, of the joint and of the product each."""
STEPS = 1200
BATCH = 256
CRITIC = {"layers": 2, "units": 64, "learning_rate": 2e-3}
"""Of the trained critic."""
INFORMATION = (0.5, 1.0, 2.0)
"""Nats."""
NARROW = (0.3, 0.45)
"""Correlations for Pearson, whose dual has no variance from 1/2 on."""

CASES: list[tuple[str, Correlated]] = [
    *(
        (kind, Correlated.of_information(nats))
        for kind in ("kl", "donsker_varadhan", "js", "hellinger", "tv")
        for nats in INFORMATION
    ),
    *(("pearson", Correlated(rho)) for rho in NARROW),
]


Critic = Callable[[Tensor, Tensor], Tensor]
"""From x and z, shape [n] each, to its output, shape [n]."""


@dataclass(frozen=True)
class Valued:
    """What a critic's dual is worth on held-out pairs, in the unit of its divergence."""

    value: float
    stderr: float


def bench(observer: Observer) -> dict[str, Any]:
    """Every dual on correlated Gaussians: the truth, the best critic, a trained one."""
    rows = []
    for number, (kind, pairs) in enumerate(CASES):
        observer.progress(Progress(stage="measuring", step=number, steps=len(CASES)))
        config = kinds("information_terms")[kind]
        best = valued(kind, pairs, best_critic(kind, pairs))
        trained = valued(kind, pairs, trained_critic(kind, pairs, STEPS, observer))
        rows.append(
            {
                "kind": kind,
                "title": config.title,
                "unit": config.unit,
                "information": rounded(pairs.information),
                "truth": rounded(pairs.truth(kind)),
                "best": {"value": rounded(best.value), "stderr": rounded(best.stderr)},
                "trained": {"value": rounded(trained.value), "stderr": rounded(trained.stderr), "steps": STEPS},
            }
        )
    return {"pairs": PAIRS, "rows": rows}


def best_critic(kind: str, pairs: Correlated) -> Critic:
    """The one that makes the dual an equality; Donsker-Varadhan's is log p/q itself."""
    if kind not in DUALS:
        return pairs.log_ratio
    best = DUALS[kind].best
    return lambda x, z: best(pairs.log_ratio(x, z))


def valued(kind: str, pairs: Correlated, critic: Critic, seed: int = 0) -> Valued:
    """The dual on held-out pairs, the product's drawn apart from the joint's.

    Args:
        kind: of the information term.
        pairs: the source.
        critic: what is valued.
        seed: of the pairs.
    """
    noise = StepNoise(seed, "lab/duals/held-out", torch.device("cpu")).at(0)
    joint, other = pairs.sample(PAIRS, noise), pairs.sample(PAIRS, noise)
    x, z = (2 * joint.x - 1).flatten().double(), joint.z.flatten().double()
    with torch.no_grad():
        return _valued(kind, critic(x, z), critic(x, other.z.flatten().double()))


def _valued(kind: str, of_joint: Tensor, of_product: Tensor) -> Valued:
    """The dual and its standard error; of Donsker-Varadhan's logarithm to first order."""
    if kind in DUALS:
        dual = DUALS[kind]
        value, parts = dual_value(dual, of_joint, of_product), (dual.output(of_joint), dual.conjugate(of_product))
    else:
        value, parts = (
            donsker_varadhan(of_joint, of_product),
            (of_joint, torch.exp(of_product - log_mean_exp(of_product))),
        )
    return Valued(float(value), math.sqrt(sum(float(part.var()) / len(part) for part in parts)))


def trained_critic(kind: str, pairs: Correlated, steps: int, observer: Observer) -> Critic:
    """A critic after descending the loss that the term of this kind gives it while a model trains."""
    config = kinds("information_terms")[kind].model_validate(CRITIC)
    assert isinstance(config, InformationCritic)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(0, "lab/duals/critic"))
        shape = ImageShape(height=1, width=1, channels=1)
        term = INFORMATION_TERMS[kind](config, Sizes(shape=shape, latent_dim=1, width=1.0))
    assert term is not None
    (critic,) = term.opponents()
    noise = StepNoise(0, "lab/duals/training", torch.device("cpu"))

    def loss(step: int) -> Tensor:
        return critic.loss(pairs.sample(BATCH, noise.at(step)), noise)

    descend(critic.parameters, loss, steps, critic.learning_rate, observer)
    network = term.get_submodule("critic")
    return lambda x, z: network(paired(((x + 1) / 2).float()[:, None], z.float()[:, None])).double()
