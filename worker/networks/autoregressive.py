"""A network of causal layers wired once, and run in two ways: over whole maps, or pixel by pixel from what is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from worker.networks.canvas import Canvas, Span
from worker.networks.causal import CausalLayer
from worker.networks.contract import AutoregressiveNetwork, Choose, ImageShape
from worker.networks.gated import gated_linear

INPUT = 0
"""The map that every network starts from: the image and the map of z."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """How one map is made from earlier ones: ``[residual +] layer(source, shortcuts)``."""

    layer: CausalLayer
    source: int
    shortcuts: tuple[int, ...]
    residual: int | None
    level: int
    """Times that the image was halved."""
    by_row: bool
    """Whether a pixel depends on complete rows of the image, so that a whole row of the map is made at once."""

    def due(self, row: int, column: int = 0) -> bool:
        """Whether a pixel of the map begins at this pixel of the image."""
        size = 1 << self.level
        return row % size == 0 and column % size == 0

    def span(self, row: int, start: int, stop: int) -> Span:
        """Columns ``start`` to ``stop`` (exclusive) of the image, in the map."""
        return Span(row >> self.level, start >> self.level, -(-stop >> self.level))

    @property
    def reads(self) -> set[int]:
        """Every map that it needs."""
        return {self.source, *self.shortcuts} | ({self.residual} if self.residual is not None else set())


class CausalNetwork(AutoregressiveNetwork):
    """Causal layers from an input of image and z to features, then one linear layer a pixel.

    z goes through a gated dense layer to one number a pixel: a map that is concatenated to the image, scaled to
    [-1, 1] (B, appendix F.2). The first layers read the image before a pixel, and the map of z up to and at that pixel.
    A subclass adds its layers with :meth:`add`.

    Args:
        shape: of an image.
        latent_dim: dimensions of z.
        features: channels of the last layer that is added.
        outputs: of each pixel.
    """

    def __init__(self, shape: ImageShape, latent_dim: int, features: int, outputs: int) -> None:
        super().__init__()
        self.shape = shape
        self.spread = gated_linear(latent_dim, shape.height * shape.width)
        self.layers = nn.ModuleList()
        self.steps: list[Step] = []
        self.head = nn.Conv2d(features, outputs, 1)

    @property
    def input_channels(self) -> int:
        """The image's and one of z."""
        return self.shape.channels + 1

    def add(
        self,
        layer: CausalLayer,
        source: int,
        *,
        shortcuts: Sequence[int] = (),
        residual: int | None = None,
        level: int = 0,
        by_row: bool = False,
    ) -> int:
        """Append a layer; returns the number of the map that it makes."""
        self.layers.append(layer)
        self.steps.append(
            Step(layer=layer, source=source, shortcuts=tuple(shortcuts), residual=residual, level=level, by_row=by_row)
        )
        return len(self.steps)

    def _map_of(self, z: Tensor) -> Tensor:
        spread: Tensor = self.spread(z)
        return spread.view(-1, 1, self.shape.height, self.shape.width)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        first = torch.cat((2 * x - 1, self._map_of(z)), 1)
        if not first.is_cuda:  # the processor's convolutions are faster in this layout, and every later map follows
            first = first.contiguous(memory_format=torch.channels_last)
        maps = {INPUT: first}
        last_reader = {each: number for number, step in enumerate(self.steps) for each in step.reads}
        for number, step in enumerate(self.steps):
            made = step.layer(maps[step.source], [maps[each] for each in step.shortcuts])
            # not in place: made is a view, whose gradient autograd would copy out of its layout
            maps[number + 1] = made if step.residual is None else made + maps[step.residual]
            for each in step.reads:
                if last_reader[each] == number:
                    del maps[each]  # autograd keeps what it needs; nobody else does
        outputs: Tensor = self.head(maps[len(self.steps)])
        return outputs

    @torch.no_grad()
    def draw(self, z: Tensor, draws: int, choose: Choose, check: Callable[[], None]) -> Tensor:
        drawing = _Drawing(self, self._map_of(z).repeat_interleave(draws, 0))
        height, width, channels = self.shape.height, self.shape.width, self.shape.channels
        images = z.new_empty(len(z) * draws, channels, height, width)
        for row in range(height):
            check()
            drawing.begin(row)
            for column in range(width):
                pixel = choose(drawing.outputs(row, column), row, column)
                drawing.put(row, column, pixel)
                images[:, :, row, column] = pixel
        return images.view(len(z), draws, channels, height, width)


class _Drawing:
    """Images between two pixels: of each map, the rows that are still read.

    Args:
        network: whose steps are taken.
        of_z: the map of z for each image, shape [N, 1, H, W].
    """

    def __init__(self, network: CausalNetwork, of_z: Tensor) -> None:
        self.network, self.of_z = network, of_z
        self.matrices = [step.layer.matrix() for step in network.steps]
        width = network.shape.width
        sizes = [(width, network.input_channels)]
        sizes += [(step.span(0, 0, width).columns, step.layer.outputs) for step in network.steps]
        self.canvases = []
        for number, (width, channels) in enumerate(sizes):
            fields = [step.layer.field for step in network.steps if step.source == number]
            above = max((field.up for field in fields), default=0)
            beside = max((max(field.left, field.right) for field in fields), default=0)
            self.canvases.append(Canvas(len(of_z), width, channels, above, beside, of_z))

    def begin(self, row: int) -> None:
        """Everything about a row that needs only the rows above it."""
        width = self.network.shape.width
        of_z = self.of_z[:, :, row].transpose(1, 2)
        self.canvases[INPUT].scroll()
        self.canvases[INPUT].put(Span(row, 0, width), F.pad(of_z, (self.network.shape.channels, 0)))
        for number, step in enumerate(self.network.steps):
            if step.due(row):
                self.canvases[number + 1].scroll()
                if step.by_row:
                    self._take(number, step.span(row, 0, width))

    def outputs(self, row: int, column: int) -> Tensor:
        """What the network says of one pixel, shape [N, outputs]."""
        for number, step in enumerate(self.network.steps):
            if not step.by_row and step.due(row, column):
                self._take(number, step.span(row, column, column + 1))
        last = self.canvases[-1].now(Span(row, column, column + 1))[:, 0]
        return F.linear(last, self.network.head.weight[:, :, 0, 0], self.network.head.bias)

    def put(self, row: int, column: int, pixel: Tensor) -> None:
        """The pixel that was chosen, in [0, 1], shape [N, C]."""
        span = Span(row, column, column + 1)
        of_z = self.of_z[:, :, row, column]
        self.canvases[INPUT].put(span, torch.cat((2 * pixel - 1, of_z), 1).unsqueeze(1))

    def _take(self, number: int, span: Span) -> None:
        step = self.network.steps[number]
        shortcuts = [self.canvases[each] for each in step.shortcuts]
        made = step.layer.at(span, self.matrices[number], self.canvases[step.source], shortcuts)
        if step.residual is not None:
            made = made + self.canvases[step.residual].now(span)
        self.canvases[number + 1].put(span, made)
