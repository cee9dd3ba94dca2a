"""The descent that the benches have in common."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from worker.observing import Observer
from worker.players import adam


def descend(
    parameters: Sequence[nn.Parameter],
    loss: Callable[[int], Tensor],
    steps: int,
    learning_rate: float,
    observer: Observer,
    *,
    settles: bool = True,
) -> None:
    """Adam down a loss, whose step size falls to 0 over the second half: ``min(1, 2 - 2 step / steps)``.

    Args:
        parameters: what is stepped.
        loss: of step 0, 1, ...; shape [].
        steps: how many.
        learning_rate: Adam's step size at first.
        observer: may stop it, before any step.
        settles: whether the step size falls.
    """
    optimiser = adam(parameters, learning_rate)
    for step in range(steps):
        observer.check()
        optimiser.param_groups[0]["lr"] = learning_rate * (min(1.0, 2 - 2 * step / steps) if settles else 1.0)
        optimiser.zero_grad()
        loss(step).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
