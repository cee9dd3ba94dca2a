"""One entry of the help."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """What a control or a quantity is."""

    words: str
    """A sentence or two that a newcomer understands."""
    formula: str = ""
    """In the catalogue's plain notation; empty where there is none."""
    name: str = ""
    """What the help lists it as; empty where it only explains a control that stands on the page."""
