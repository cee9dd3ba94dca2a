"""Mean-only autoregressive flow: steps of ``y_i = x_i + m_i(x_<i, c)``, whose log-determinant is exactly 0."""

from functools import partial

import torch
from torch import Tensor, nn
from zuko.transforms import AdditiveTransform, AutoregressiveTransform, ComposedTransform, DependentTransform, Transform

from worker.flows.made import Made, Shift


class Flow(nn.Module):
    """f = f_K o ... o f_1 on zuko's transforms, each step with its own masked network and the order reversed between.

    Forwards a step is one pass. Backwards one dimension comes after the other. It starts near the identity, for torch's
    own start of the layers makes small means.

    Args:
        dimensions: of z, at least 1.
        steps: K, at least 1.
        units: of each hidden layer.
        layers: hidden layers of each step, at least 1.
        context: size of the context c that every mean sees; 0 is none.
    """

    def __init__(self, dimensions: int, *, steps: int, units: int, layers: int, context: int = 0) -> None:
        super().__init__()
        self.dimensions = dimensions
        order = torch.arange(dimensions)
        orders = [order, order.flip(0)]
        alone = dimensions == 1 and context == 0
        self._means: list[Shift | Made] = [
            Shift() if alone else Made(dimensions, context, orders[step % 2], units, layers) for step in range(steps)
        ]
        self.means = nn.ModuleList(self._means)

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """f(x; c).

        Args:
            x: shape [B, dimensions].
            context: shape [B, size], or None.
        """
        y: Tensor = self.transform(context)(x)
        return y

    def inverse(self, y: Tensor, context: Tensor | None = None) -> Tensor:
        """x with f(x; c) = y: in the work of one pass, or of one for each dimension where a gradient is wanted."""
        if torch.is_grad_enabled():
            x: Tensor = self.transform(context).inv(y)
            return x
        for mean in reversed(self._means):
            y = mean.solve(y, context)
        return y

    def transform(self, context: Tensor | None = None) -> Transform:
        """f as zuko's transform, which knows its log-determinant."""
        steps = (AutoregressiveTransform(partial(_shifted, mean, context), self.dimensions) for mean in self._means)
        return ComposedTransform(*steps)


def _shifted(mean: nn.Module, context: Tensor | None, x: Tensor) -> Transform:
    return DependentTransform(AdditiveTransform(mean(x, context)), 1)
