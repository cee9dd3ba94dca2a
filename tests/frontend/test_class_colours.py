"""Ten classes stay apart for everybody: by colour, or where a colour blindness brings two together by symbol."""

from itertools import combinations

import numpy as np
import pytest

from frontend.figures.codes import CLASSES, SYMBOLS

SIGHTS = {
    "everybody else": np.eye(3),
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""From linear sRGB to what is seen of it (Machado, Oliveira and Fernandes 2009, severity 1)."""
CONES = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
OKLAB = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
APART = 0.08
"""Of OKLab, in which 0.02 is just noticeable for patches side by side, and marks in a cloud need some times that."""


def seen(colour, sight):
    """A colour in OKLab as this sight has it."""
    srgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.array(OKLAB) @ np.cbrt(np.array(CONES) @ np.clip(np.array(sight) @ linear, 0, 1))


@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS)
def test_classes_of_one_symbol_have_colours_that_stay_apart(sight):
    assert len(SYMBOLS) == len(CLASSES) == len(set(CLASSES))
    for (one, first), (other, second) in combinations(zip(SYMBOLS, CLASSES, strict=True), 2):
        if one == other:
            assert np.linalg.norm(seen(first, sight) - seen(second, sight)) > APART, (first, second)
