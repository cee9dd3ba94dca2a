"""Gated convolutions that see only what lies before them in raster order, whole or one pixel at a time.

Each layer writes one equation twice: ``forward`` for a whole map, as training needs it, and ``at`` for a few columns of
one row, as sampling needs it; ``at`` reads what lies before from a :class:`~worker.networks.canvas.Canvas`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from worker.networks.canvas import Canvas, Span
from worker.networks.gated import gate, start_gated


@dataclass(frozen=True)
class Field:
    """What a kernel reads around its pixel: ``up`` rows above, ``left`` and ``right`` columns beside it."""

    up: int
    left: int
    right: int

    @property
    def kernel(self) -> tuple[int, int]:
        return self.up + 1, self.left + 1 + self.right


class CausalLayer(nn.Module):
    """A map, and shortcuts of the layer's own size, to a map: ``a * sigmoid(b)`` with ``(a, b)`` linear in them."""

    field: Field
    """What of the map's rows and columns it reads around the newest pixel."""
    outputs: int

    def forward(self, x: Tensor, shortcuts: Sequence[Tensor]) -> Tensor:
        """The whole map.

        Args:
            x: shape [B, inputs, H, W].
            shortcuts: each of shape [B, channels, H', W'].

        Returns:
            shape [B, outputs, H', W'].
        """
        raise NotImplementedError

    def matrix(self) -> Tensor:
        """The weights as :meth:`at` takes them; made once for all pixels."""
        raise NotImplementedError

    def at(self, span: Span, matrix: Tensor, x: Canvas, shortcuts: Sequence[Canvas]) -> Tensor:
        """Some columns of one row of what :meth:`forward` returns, shape [B, columns, outputs].

        Args:
            span: the row, and which of its columns.
            matrix: from :meth:`matrix`.
            x: its newest row is the last one that this row reads.
            shortcuts: their newest row is this row.
        """
        raise NotImplementedError


class CausalConv(CausalLayer):
    """``(a, b) = K * x + sum_k W_k shortcut_k + c``, with padding such that a stride of 2 rounds the size up.

    Args:
        inputs: channels of the map.
        outputs: channels after the gate.
        field: what the kernel reads.
        stride: 1, or 2 to halve the size.
        shortcuts: channels of all shortcuts together.
        gain: standard deviation of the outputs at the start, for inputs of variance 1.
        mask: 1 where a weight is used and 0 where it is not, shape [inputs, *kernel]; none if all are.
    """

    mask: Tensor | None

    def __init__(
        self,
        inputs: int,
        outputs: int,
        field: Field,
        *,
        stride: int = 1,
        shortcuts: int = 0,
        gain: float = 1.0,
        mask: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.field, self.stride, self.outputs = field, stride, outputs
        self.weight = nn.Parameter(torch.empty(2 * outputs, inputs, *field.kernel))
        self.bias = nn.Parameter(torch.zeros(2 * outputs))
        self.register_buffer("mask", mask, persistent=False)
        reads = self.weight[0].numel() if mask is None else int(mask.sum())
        start_gated(self.weight, reads + shortcuts, gain=gain)
        self.shortcut = nn.Parameter(torch.empty(2 * outputs, shortcuts, 1, 1)) if shortcuts else None
        if self.shortcut is not None:
            start_gated(self.shortcut, reads + shortcuts, gain=gain)

    @property
    def kernel(self) -> Tensor:
        """The weights that are used, shape [2 * outputs, inputs, *kernel]."""
        return self.weight if self.mask is None else self.weight * self.mask

    def forward(self, x: Tensor, shortcuts: Sequence[Tensor]) -> Tensor:
        padded = F.pad(x, (self.field.left, self.field.right, self.field.up, 0))
        both = F.conv2d(padded, self.kernel, self.bias, self.stride)
        if self.shortcut is not None:
            both = both.add_(F.conv2d(torch.cat(tuple(shortcuts), 1), self.shortcut))
        return gate(both)

    def matrix(self) -> Tensor:
        """Shape [kernel rows * kernel columns * inputs + shortcuts, 2 * outputs]."""
        kernel = self.kernel.permute(2, 3, 1, 0).flatten(0, 2)
        return kernel if self.shortcut is None else torch.cat((kernel, self.shortcut[:, :, 0, 0].T))

    def at(self, span: Span, matrix: Tensor, x: Canvas, shortcuts: Sequence[Canvas]) -> Tensor:
        field = self.field
        patches = x.patches(span, self.stride, field.up, field.left, field.right)
        seen = torch.cat((patches, *(each.now(span) for each in shortcuts)), 2) if shortcuts else patches
        both = torch.addmm(self.bias, seen.flatten(0, 1), matrix)
        return F.glu(both, dim=1).view(-1, span.columns, self.outputs)


class CausalDoubling(CausalLayer):
    """Twice the size by a transposed convolution of stride 2; an odd target leaves out the last row or column.

    Its kernel has two rows, so a row makes two without overlap; of three columns the outer two overlap those beside.

    Args:
        inputs: channels of the map.
        outputs: channels after the gate.
        columns: of the kernel, 2 or 3.
        target: height and width to land on.
    """

    def __init__(self, inputs: int, outputs: int, columns: int, target: tuple[int, int]) -> None:
        super().__init__()
        self.overlap, self.target = columns - 2, target
        self.field, self.outputs = Field(0, 0, 0), outputs
        self.weight = nn.Parameter(torch.empty(inputs, 2 * outputs, 2, columns))
        self.bias = nn.Parameter(torch.zeros(2 * outputs))
        start_gated(self.weight, inputs * columns / 2, dim=1)

    def _doubled(self, x: Tensor, weight: Tensor, rows: int) -> Tensor:
        beside = (0, self.overlap)
        return F.conv_transpose2d(x, weight, self.bias, (rows, 2), padding=beside, output_padding=beside)

    def forward(self, x: Tensor, shortcuts: Sequence[Tensor]) -> Tensor:
        height, width = self.target
        return gate(self._doubled(x, self.weight, 2)[:, :, :height, :width])

    def matrix(self) -> Tensor:
        return self.weight

    def at(self, span: Span, matrix: Tensor, x: Canvas, shortcuts: Sequence[Canvas]) -> Tensor:
        first, offset = divmod(span.start, 2)
        source = x.now(Span(span.row // 2, first, (span.stop + 1) // 2))
        of_row = matrix[:, :, span.row % 2 : span.row % 2 + 1]
        both = self._doubled(source.transpose(1, 2).unsqueeze(2), of_row, 1)[:, :, 0]
        return F.glu(both[:, :, offset : offset + span.columns], dim=1).transpose(1, 2)
