"""Numbers as a bench hands them out."""

from collections.abc import Iterable

from torch import Tensor

DIGITS = 6
"""Significant ones: more than a figure shows, and than single precision is sure of."""


def rounded(value: float | Tensor) -> float:
    """One number to six significant digits."""
    return float(f"{float(value):.{DIGITS}g}")


def each_rounded(values: Iterable[float] | Tensor) -> list[float]:
    """A list of them; of a tensor, shape [n]."""
    numbers = values.tolist() if isinstance(values, Tensor) else values
    return [rounded(value) for value in numbers]
