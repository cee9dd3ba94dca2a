"""What terms with a network of their own share: the network as a player and as a constant; a discriminator's loss."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch.nn.functional as F
from torch import Tensor, nn

from backend import spec
from worker.objectives.contract import Opponent, Sample
from worker.rng import Noise


def opponent(
    network: nn.Module,
    config: spec.Critic,
    loss: Callable[[Sample, Noise], Tensor],
    *,
    name: str,
    field: str,
    shows: str,
) -> Opponent:
    """A term's network as what is trained against the model, by the step size and the steps of its config."""
    return Opponent(
        name=name,
        field=field,
        shows=shows,
        parameters=list(network.parameters()),
        loss=loss,
        learning_rate=config.learning_rate,
        steps=config.steps,
    )


@contextmanager
def constant(network: nn.Module) -> Iterator[None]:
    """The model's gradient goes through the network and leaves none in it: half of the backward pass is saved."""
    network.requires_grad_(False)
    try:
        yield
    finally:
        network.requires_grad_(True)


def logistic_loss(of_first: Tensor, of_second: Tensor) -> Tensor:
    """What a discriminator descends whose log-odds say that a row is of the first sample and not of the second.

    ``E_first softplus(-v) + E_second softplus(v)``, least at ``v = log first/second``, where it is
    2 log 2 - 2 JS(first, second), nats (Goodfellow et al. 2014).

    Args:
        of_first: log-odds of rows of the first, shape [B].
        of_second: of rows of the second, shape [B].
    """
    return F.softplus(-of_first).mean() + F.softplus(of_second).mean()
