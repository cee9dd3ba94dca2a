"""Why a point is called what it is called: one sentence with its numbers and the thresholds."""

from frontend.words.formats import number

THRESHOLDS = {
    "autodecoder": "below 0.01, so almost no bits are in the code and the decoder ignores it",
    "semantic": "between 0.01 and 0.2, so few bits are in the code; in paper B's examples it keeps the class, not the "
    "style",
    "syntactic": "between 0.2 and 0.95, so many bits are in the code; in paper B's examples it keeps the style too",
    "autoencoder": "above 0.95, so nearly all bits are in the code and it copies its input",
}
"""The share R / (R + D) at which each begins and ends (our choice), and what it means."""


def why(label: str | None, rate: float | None, total: float | None) -> str:
    """``R / (R + D) = 1.2 / 20.4 = 0.06 lies between ...``; empty where a point has no label.

    Args:
        label: of the point.
        rate: R, nats.
        total: R + D, nats.
    """
    if label not in THRESHOLDS or rate is None or not total:
        return ""
    share = rate / total
    decimals = 2 if share >= 0.1 and share <= 0.94 else 4
    return f"R / (R + D) = {number(rate)} / {number(total)} = {number(share, decimals)} is {THRESHOLDS[label]}."
