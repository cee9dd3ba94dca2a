"""The masked network (MADE) of a flow step: every output sees the inputs before it, and the context."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class _Masked(nn.Linear):
    """``y = x (W * mask)^T + b`` in whatever precision x comes in.

    The mask is a float, because torch multiplies a float by a boolean through a copy; it is a function of the sizes,
    so no checkpoint stores it.

    Args:
        mask: what each output sees, shape [outputs, inputs].
    """

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        outputs, inputs = mask.shape
        super().__init__(inputs, outputs)
        self.register_buffer("mask", mask.to(self.weight.dtype), persistent=False)

    def masked(self, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Weight, shape [outputs, inputs], and bias, shape [outputs]."""
        return (self.weight * self.mask).to(dtype), self.bias.to(dtype)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, *self.masked(x.dtype))


def _spread(units: int, values: int) -> Tensor:
    """For each unit one of 0..values - 1, rising: every value as often as another, or, of too many, both ends."""
    places = torch.arange(units)
    return places * values // units if units >= values else places * (values - 1) // max(1, units - 1)


class Shift(nn.Module):
    """The mean of one dimension without context: nothing lies before it, so it is one learned number."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor, context: Tensor | None) -> Tensor:
        return self.shift.expand_as(x)

    def solve(self, y: Tensor, context: Tensor | None) -> Tensor:
        """x with ``x + m = y``."""
        return y - self.shift


class Made(nn.Module):
    """m_i(x_<i, c): hidden layers of masked ReLU units, then one masked linear layer (Germain et al. 2015).

    Every hidden unit has a degree, the last input that it sees; a unit sees the units of the layer below whose degree
    is at most its own, and output i the units of degree below i. Degrees are spread evenly over the inputs and rise
    along a layer. zuko's ``MaskedMLP`` deals them out from the first on instead, so that where a layer has fewer units
    than z has dimensions no output would see the later ones, and it builds matrices of latent_dim^2.

    Args:
        dimensions: of x, at least 1; at least 2 without context, since one alone has nothing before it.
        context: size of c, which every output sees; 0 is none.
        order: the place of each input in the order of the outputs, shape [dimensions].
        units: of each hidden layer.
        layers: hidden layers, at least 1.
    """

    def __init__(self, dimensions: int, context: int, order: Tensor, units: int, layers: int) -> None:
        super().__init__()
        lowest = -1 if context else 0  # units of degree -1 see the context alone
        degrees = lowest + _spread(units, dimensions - 1 - lowest)
        inputs = torch.cat((order, torch.full((context,), -1)))
        seen = [inputs, *[degrees] * layers]
        self._hidden = [_Masked(above[:, None] >= below) for below, above in pairwise(seen)]
        self.hidden = nn.ModuleList(self._hidden)
        self.last = _Masked(order[:, None] > degrees)
        self.register_buffer("order", order, persistent=False)
        self.degrees = degrees.tolist()
        self.dimensions = dimensions

    order: Tensor

    def forward(self, x: Tensor, context: Tensor | None) -> Tensor:
        """The means, shape [..., dimensions], for x of that shape and context of shape [..., size]."""
        h = x if context is None else torch.cat((x, context), dim=-1)
        for layer in self._hidden:
            h = F.relu(layer(h))
        mean: Tensor = self.last(h)
        return mean

    def solve(self, y: Tensor, context: Tensor | None) -> Tensor:
        """x with ``x + m(x, c) = y``: the outputs in their order, every hidden unit computed once, when it can be.

        This costs the work of one forward pass, where repeating whole passes costs one for each dimension. It keeps
        nothing for a gradient.

        Args:
            y: shape [rows, dimensions].
            context: shape [rows, size], or None.
        """
        hidden = [layer.masked(y.dtype) for layer in self._hidden]
        last, last_bias = self.last.masked(y.dtype)
        place = torch.argsort(self.order)
        # everything lies transposed, so that the units of one degree are one block of memory
        sought = (y - last_bias).T[place].contiguous()
        last = last[place]
        (first, bias), *deeper = hidden
        below = first[:, : self.dimensions][:, place]
        given = bias[:, None].expand(-1, len(y))
        if context is not None:
            given = torch.addmm(given, first[:, self.dimensions :], context.T)
        states = [torch.empty(len(bias), len(y), dtype=y.dtype, device=y.device) for _ in hidden]
        starts = [unit for unit, degree in enumerate(self.degrees) if unit == 0 or degree != self.degrees[unit - 1]]
        for start, end in pairwise([*starts, len(self.degrees)]):
            degree = self.degrees[start]
            unit = slice(start, end)
            torch.addmm(given[unit], below[unit, : degree + 1], sought[: degree + 1], out=states[0][unit])
            states[0][unit].relu_()
            for (weight, bias), lower, state in zip(deeper, states, states[1:], strict=False):
                torch.addmm(bias[unit, None], weight[unit, :end], lower[:end], out=state[unit])
                state[unit].relu_()
            upto = self.degrees[end] + 1 if end < len(self.degrees) else self.dimensions
            sought[degree + 1 : upto].addmm_(last[degree + 1 : upto, :end], states[-1][:end], alpha=-1)
        return sought[torch.argsort(place)].T
