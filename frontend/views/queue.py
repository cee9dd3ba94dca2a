"""What the Queue page shows, as its URL says it."""

from dataclasses import dataclass
from urllib.parse import parse_qs

ENDED = ("succeeded", "failed", "cancelled")
"""States of a run that is over."""


@dataclass(frozen=True, kw_only=True)
class QueueView:
    """Which of the runs that have ended; None is any."""

    status: str | None = None
    """One of :data:`ENDED`."""
    dataset: str | None = None
    """``name/binarize``."""
    architecture: str | None = None
    """The tuple."""
    method: str | None = None
    tag: str | None = None
    trail: tuple[str, ...] = ()
    """Cursors on the way to the page on show; empty on the first."""

    @property
    def filtered(self) -> bool:
        """Whether runs that have ended may not be on show."""
        return self != QueueView()

    @property
    def wanted(self) -> dict[str, object]:
        """The query of GET /runs."""
        return {
            "status": (self.status,) if self.status else ENDED,
            "dataset": self.dataset,
            "architecture": self.architecture,
            "method": self.method,
            "tag": self.tag,
            "cursor": self.trail[-1] if self.trail else None,
        }


def parse(search: str | None) -> QueueView:
    """The view of a query string; what it does not know, it ignores."""
    raw = {key: values[-1] for key, values in parse_qs((search or "").lstrip("?")).items()}
    return QueueView(
        status=raw["status"] if raw.get("status") in ENDED else None,
        dataset=raw.get("dataset"),
        architecture=raw["tuple"].replace(" ", "+") if "tuple" in raw else None,
        method=raw.get("method"),
        tag=raw.get("tag"),
        trail=tuple(each for each in raw.get("after", "").split(",") if each),
    )
