"""How colours look to whom, and how far apart they are."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

SIGHTS: dict[str, Matrix] = {
    "everybody else": np.eye(3),
    "protanopia": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "deuteranopia": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "tritanopia": np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}
"""From linear sRGB to what is seen of it (Machado, Oliveira and Fernandes 2009, severity 1)."""
CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
OKLAB = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
APART = 0.08
"""Of OKLab, in which 0.02 is just noticeable for patches side by side, and marks in a cloud need some times that."""


def linear(colour: str) -> Matrix:
    srgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def seen(colour: str, sight: Matrix) -> Matrix:
    """A colour in OKLab as this sight has it."""
    found: Matrix = OKLAB @ np.cbrt(CONES @ np.clip(sight @ linear(colour), 0, 1))
    return found


def apart(one: str, other: str, sight: Matrix) -> float:
    return float(np.linalg.norm(seen(one, sight) - seen(other, sight)))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    low, high = sorted(float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (one, other))
    return (high + 0.05) / (low + 0.05)
