"""Colours for numbers: viridis, whose steps look equally large (van der Walt and Smith), cut where it is pale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from frontend.theme import Palette

_VIRIDIS = (
    "#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
)  # fmt: skip
_DECADES = 8.0
"""From this ratio on, numbers are told apart by their logarithm."""
_FEW = 6
"""So many different numbers are all named beside the bar."""


@dataclass(frozen=True)
class Scale:
    """From the least number to the greatest."""

    low: float
    high: float
    log: bool
    stops: tuple[str, ...]
    named: tuple[float, ...] = ()
    """The different numbers, where they are few."""

    def share(self, value: float) -> float:
        """Where a number stands, 0 to 1."""
        low, high, at = (math.log10(each) if self.log else each for each in (self.low, self.high, value))
        return (at - low) / (high - low) if high > low else 0.5

    def colour(self, value: float) -> str:
        """The colour of a number."""
        at = min(max(self.share(value), 0.0), 1.0) * (len(self.stops) - 1)
        below = min(int(at), len(self.stops) - 2)
        parts = zip(_rgb(self.stops[below]), _rgb(self.stops[below + 1]), strict=True)
        return "#" + "".join(f"{round(a + (b - a) * (at - below)):02x}" for a, b in parts)

    def ticks(self) -> list[float]:
        """The numbers to name: each where there are few, else round ones."""
        if self.named:
            return list(self.named)
        if not self.log:
            return [self.low, (self.low + self.high) / 2, self.high] if self.high > self.low else [self.low]
        exponents = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
        inside = [10.0**exponent for exponent in exponents]
        return inside if len(inside) > 1 else [self.low, math.sqrt(self.low * self.high), self.high]


def scale(values: Sequence[float], colours: Palette) -> Scale:
    """The scale of some numbers; logarithmic where they span decades, as beta, lambda and latent sizes do."""
    low, high = min(values), max(values)
    dark = colours.surface < "#8"
    different = tuple(sorted(set(values)))
    return Scale(
        low,
        high,
        low > 0 and high / low >= _DECADES,
        _VIRIDIS[2:] if dark else _VIRIDIS[:8],
        different if len(different) <= _FEW else (),
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
