"""One point as the tray and Compare show it: what it is called, and where it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import html

from frontend.components.tiles import Sheet
from frontend.figures.plane import marks
from frontend.words.formats import number, plus_minus, tuple_text

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A point with its run and its pictures."""

    point: Json
    run: Json
    sheets: Mapping[str, Sheet]

    @property
    def id(self) -> str:
        return str(self.point["id"])

    @property
    def symbols(self) -> str:
        return str(self.run.get("architecture") or "???")

    @property
    def spec(self) -> Json:
        found: Json = self.run["spec"]
        return found

    @property
    def dataset(self) -> str:
        """``name/binarize``."""
        return f"{self.spec['dataset']['name']}/{self.spec['dataset']['binarize']}"

    @property
    def content(self) -> tuple[str, Any]:
        """What two points of the same images share."""
        return self.dataset, self.spec["dataset"].get("sha256")

    @property
    def evaluation(self) -> str:
        """Which test images it was measured on, in words."""
        limit = self.spec["dataset"].get("eval_limit")
        return "all test images" if limit is None else f"{limit} test images"

    @property
    def where(self) -> str:
        """``at R 1.20, D 20.41 nats``, for a reader that cannot see the pictures."""
        rate = self.value("rate")
        return (
            f"at {'R not defined' if rate is None else f'R {number(rate)}'}, D {number(self.value('distortion'))} nats"
        )

    @property
    def short(self) -> str:
        """Its rate, or that it has none, where there is little room."""
        rate = self.value("rate")
        return "no R" if rate is None else f"R {number(rate)}"

    @property
    def series(self) -> int:
        """The place of its decoder in the palette."""
        network = (self.spec["architecture"]["decoder"].get("network") or {}).get("kind") or ""
        return marks.slot(self.symbols[1:2], network)

    def estimate(self, name: str) -> dict[str, Any]:
        """A measured number; its value is None where it is not defined."""
        found = self.point.get(name) or (self.point.get("estimates") or {}).get(name) or {}
        return {"value": None, "stderr": None, **found}

    def value(self, name: str) -> float | None:
        value = self.estimate(name)["value"]
        return None if value is None else float(value)

    def words(self, name: str) -> str:
        """``12.30 ± 0.05``, or that it is not defined."""
        found = self.estimate(name)
        if found["value"] is None:
            return "not defined"
        return f"{number(found['value'])} {plus_minus(found['stderr'])}".rstrip()


def by_rate(columns: Iterable[Column]) -> list[Column]:
    """From low rate to high; those without R last, from high distortion to low."""

    def place(column: Column) -> tuple[bool, float, float]:
        rate = column.value("rate")
        return rate is None, rate or 0.0, -(column.value("distortion") or 0.0)

    return sorted(columns, key=place)


def tuple_of(column: Column) -> html.Span:
    """The tuple in the colour of its decoder."""
    return html.Span(tuple_text(column.symbols), className=f"tuple series-{column.series}")
