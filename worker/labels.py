"""What kind of model a point is, in the words of paper B, section 4."""

from backend.results import Label

AUTODECODER_BELOW = 0.01
SEMANTIC_BELOW = 0.2
AUTOENCODER_ABOVE = 0.95


def label(rate: float, distortion: float) -> Label | None:
    """The share of its code length that a model spends on the code, ``s = R / (R + D)``, says what the code carries.

    R + D bounds the data entropy from above, so s is scale-free and needs no entropy that nobody knows. D of a density,
    as of a Gaussian likelihood, is no code length: it may be negative, and s says nothing there.

    - ``s < 0.01``: autodecoder; the decoder ignores the code (B: R 0.0004, D 80.6, s 0.000).
    - ``s < 0.2``: semantic; the code keeps the class, the decoder redraws the style (R 6.2, D 74.1, s 0.08).
    - ``s <= 0.95``: syntactic; the code keeps the style too (R 120.3, D 8.1, s 0.94).
    - above: autoencoder; nearly every pixel comes from the code (R 156, D 4.8, s 0.97).

    The borders are ours: B names groups, not numbers.

    Args:
        rate: R, nats per example.
        distortion: D of discrete data, at least 0, nats per example.

    Returns:
        the label; None where R + D is not above 0 or not a number.
    """
    total = rate + distortion
    if not total > 0:
        return None
    share = rate / total
    if share < AUTODECODER_BELOW:
        return "autodecoder"
    if share < SEMANTIC_BELOW:
        return "semantic"
    return "syntactic" if share <= AUTOENCODER_ABOVE else "autoencoder"
