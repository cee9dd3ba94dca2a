"""PixelCNN++ with gated units (B, appendix F.2; Salimans et al. 2017)."""

import math
from typing import NamedTuple

from backend.spec import PixelCnnPlusPlusNetwork
from worker.networks import masks
from worker.networks.autoregressive import INPUT, CausalNetwork
from worker.networks.causal import CausalConv, CausalDoubling, Field
from worker.networks.contract import ImageShape, scaled
from worker.networks.conv import halved

LEVELS = 3
ABOVE = Field(up=1, left=1, right=1)
"""2 x 3, of the vertical stack: the row above and the own one, which knows only what lies above."""
BESIDE = Field(up=1, left=1, right=0)
"""2 x 2, of the horizontal stack."""
FIRST_ABOVE = Field(up=2, left=1, right=1)
"""2 x 3 on the image, one row up; the map of z is read in the own row too."""
FIRST_BESIDE = Field(up=1, left=1, right=1)
"""Three pixels of the row above and the left neighbour; the map of z is read at the pixel too."""


class Pair(NamedTuple):
    """The numbers of one map of the vertical stack and one of the horizontal stack."""

    above: int
    beside: int


class PixelCnnPlusPlus(CausalNetwork):
    """Two stacks through six blocks of gated resnets, of the sizes s, s/2, s/4, s/4, s/2, s (halves round up).

    The vertical stack knows all rows above a pixel, the horizontal stack also what lies left of it; each resnet of the
    horizontal stack takes the vertical map of its place in. A convolution of stride 2 halves a map, a transposed one
    doubles it. A block on the way up takes the maps of its size from the way down, the latest first, as shortcuts.
    The halved maps may not know the two newest rows yet: of those a pixel sees 4 * resnets columns to either side.

    All layers are gated, and a resnet is ``x + gate(K2 * gate(K1 * x + W shortcuts))``; its second layer starts small,
    such that all resnets of a stack together at most multiply the variance of a signal by e.

    Args:
        config: resnets in a block, and features.
        shape: of an image.
        width: factor on the features.
        latent_dim: dimensions of z.
        outputs: of each pixel.
    """

    def __init__(
        self, config: PixelCnnPlusPlusNetwork, shape: ImageShape, width: float, latent_dim: int, outputs: int
    ) -> None:
        features = scaled(config.features, width)
        super().__init__(shape, latent_dim, features, outputs)
        self.features, self.gain = features, 1 / math.sqrt(2 * LEVELS * config.resnets)
        sizes = [(shape.height, shape.width)]
        for _ in range(LEVELS - 1):
            sizes.append((halved(sizes[-1][0]), halved(sizes[-1][1])))
        pair = self._first(shape.channels)
        down: list[list[Pair]] = []
        for level in range(LEVELS):
            down.append([self._halve(pair, level) if level else pair])
            for _ in range(config.resnets):
                down[level].append(self._resnets(down[level][-1], level))
            pair = down[level][-1]
        down[-1].pop()  # the way up begins with it
        for level in reversed(range(LEVELS)):
            if level < LEVELS - 1:
                pair = self._double(pair, level, sizes[level])
            for _ in range(config.resnets):
                pair = self._resnets(pair, level, down[level].pop())

    def _first(self, channels: int) -> Pair:
        above = masks.of_input(masks.rows_above(FIRST_ABOVE), masks.everything(FIRST_ABOVE), channels)
        beside = masks.of_input(masks.before(FIRST_BESIDE), masks.up_to(FIRST_BESIDE), channels)
        return Pair(
            self.add(CausalConv(channels + 1, self.features, FIRST_ABOVE, mask=above), INPUT, by_row=True),
            self.add(CausalConv(channels + 1, self.features, FIRST_BESIDE, mask=beside), INPUT),
        )

    def _halve(self, pair: Pair, level: int) -> Pair:
        above, beside = (CausalConv(self.features, self.features, field, stride=2) for field in (ABOVE, BESIDE))
        return Pair(self.add(above, pair.above, level=level, by_row=True), self.add(beside, pair.beside, level=level))

    def _double(self, pair: Pair, level: int, target: tuple[int, int]) -> Pair:
        above, beside = (CausalDoubling(self.features, self.features, columns, target) for columns in (3, 2))
        return Pair(self.add(above, pair.above, level=level, by_row=True), self.add(beside, pair.beside, level=level))

    def _resnets(self, pair: Pair, level: int, shortcut: Pair | None = None) -> Pair:
        """One resnet in each stack."""
        above = self._resnet(pair.above, ABOVE, level, (shortcut.above,) if shortcut else ())
        beside = self._resnet(pair.beside, BESIDE, level, (above, shortcut.beside) if shortcut else (above,))
        return Pair(above, beside)

    def _resnet(self, x: int, field: Field, level: int, shortcuts: tuple[int, ...]) -> int:
        by_row, features = field is ABOVE, self.features
        first = CausalConv(features, features, field, shortcuts=len(shortcuts) * features)
        second = CausalConv(features, features, field, gain=self.gain)
        middle = self.add(first, x, shortcuts=shortcuts, level=level, by_row=by_row)
        return self.add(second, middle, residual=x, level=level, by_row=by_row)
