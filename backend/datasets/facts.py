"""What is known of a data set before any of it is loaded: shape, splits, checksums, sources, the run worth having."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class EntropyBound:
    """An upper bound on the data entropy H, nats per example, and who found it."""

    value: float | None
    """None where there is none: the differential entropy of real-valued data may be minus infinity."""
    source: str
    """Who found it, or why there is none."""
    exact: bool = False
    """Whether it is H itself, which nothing measured can lie below."""


@dataclass(frozen=True, kw_only=True)
class DatasetFacts:
    """What is known of a data set before any of it is loaded."""

    name: str
    title: str
    height: int
    width: int
    channels: int
    splits: Mapping[str, int]
    """Images in ``train``, ``validation`` and ``test``."""
    values: Literal["grey", "binary", "one-hot", "real"]
    """``grey``: levels in [0, 1], to be binarised; ``binary``: 0 and 1 already; ``one-hot``: a single 1; ``real``:
    numbers in [0, 1], for a density."""
    checksums: Mapping[str, str]
    """SHA-256 of each raw array or file, by name; after ``md5:`` the MD5 of one of which nobody has published more."""
    classes: int | None = None
    """Number of labels; null where there are none."""
    sources: tuple[str, ...] = ()
    """Where it can be had, first choice first."""
    download_bytes: int | None = None
    """Size of the download, about; null where none is needed."""
    published_entropy: EntropyBound | None = None
    """Best published upper bound on H for exactly these bits, or H itself."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The part of a specification that makes ``{"dataset": NAME}`` a run worth having."""
    kind_defaults: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """(part, kind) -> what a run with such a part sets besides, such as a smaller width for a costly decoder."""
    distribution: bool = False
    """Whether each split is the distribution itself, every image once with its probability, and no sample of it."""
    source_known: bool = False
    """Whether the joint distribution with the hidden class that made the data, p(x, z*), is known."""
    note: str = ""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        return self.height, self.width, self.channels

    @property
    def pixels(self) -> int:
        return self.height * self.width * self.channels

    @property
    def binarizations(self) -> tuple[str, ...]:
        """How pixels become 0 and 1, the default first; ``none`` where they stay as they are."""
        return ("static", "dynamic", "threshold") if self.values == "grey" else ("none",)

    @property
    def sha256(self) -> str:
        """Identity of the content: SHA-256 of the arrays' checksums by name."""
        return content_digest(self.checksums)

    @property
    def entropy_bound(self) -> EntropyBound:
        """The best upper bound on H known without a model: published, else one bit a pixel; none of real numbers."""
        if self.published_entropy is not None:
            return self.published_entropy
        if self.values == "real":
            return EntropyBound(value=None, source="none: no bound on the differential entropy is known")
        return EntropyBound(value=self.pixels * math.log(2), source="one bit per pixel (no tighter bound is known)")


def content_digest(checksums: Mapping[str, str]) -> str:
    """SHA-256 of a name -> SHA-256 table in canonical JSON."""
    return hashlib.sha256(json.dumps(dict(checksums), sort_keys=True).encode()).hexdigest()
