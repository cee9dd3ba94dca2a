"""How each point looks: colour, shape and fill each say one channel, and the legend says which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeVar

from frontend.figures.plane import marks
from frontend.figures.plane.channels import NOT_SET, NOTHING, Channel, categories, channel
from frontend.figures.plane.marks import Mark
from frontend.figures.plane.records import Measured
from frontend.figures.plane.scale import Scale, scale
from frontend.theme import Palette
from frontend.views.query import LOOK, View

ROLES = ("colour", "shape", "fill")
SHAPES = ("circle", "diamond", "triangle-up", "square", "pentagon")
"""For the values of any channel but the marginal, which has shapes of its own."""
FILLS = 2
OTHER = "other"
_RANKS = {"colour": 100, "shape": 200, "fill": 300}


@dataclass(frozen=True)
class Entry:
    """One line of the legend."""

    role: str
    name: str
    shape: str
    filled: bool
    colour: str

    @property
    def rank(self) -> int:
        return _RANKS[self.role]

    @property
    def only(self) -> str:
        """What the address says when it is shown alone."""
        return f"{self.role}:{self.name}"


@dataclass(frozen=True)
class Looks:
    """The look of every point, and what it means."""

    marks: Mapping[str, Mark]
    """By the id of the point."""
    names: Mapping[str, tuple[str, str, str]]
    """The legend's entry for its colour, shape and fill, by the id of the point; empty where it has none."""
    entries: Sequence[Entry]
    scale: Scale | None = None
    """Of the colours, where they are numbers."""
    title: str = ""
    """Of the colour bar."""
    unsaid: str = ""
    """What the fill was asked to say and cannot: it has more than two values."""


@dataclass(frozen=True)
class _Coding:
    """What the values of one channel look like: a slot among those there are, or None for all the others."""

    of: Channel
    slots: Mapping[Any, int] = field(default_factory=dict)

    def name(self, point: Measured) -> str:
        value = self.of.value(point)
        if value is None:
            return f"{self.of.title} {NOT_SET}"
        return self.of.words(value) if value in self.slots else f"{self.of.title} {OTHER}"


def looks(
    records: Sequence[Measured],
    everything: Sequence[Measured],
    view: View,
    colours: Palette,
    hollow: Sequence[str] = (),
) -> Looks:
    """The looks of some points.

    Args:
        records: the points that the legend is about.
        everything: those that a colour is chosen among, so that it stays whatever is filtered.
        view: what colour, shape and fill say.
        colours: of the scheme.
        hollow: ids of points whose fill says nothing.
    """
    codings = {
        "colour": _coding(view.colour, everything, len(colours.series)),
        "shape": _coding(view.shape, everything, len(SHAPES)),
        "fill": _coding(view.fill, everything, FILLS),
    }
    several = _more_than_filled_and_hollow(codings["fill"], everything, view)
    fill = NOTHING if several else view.fill
    numbers = _scale(codings["colour"], everything, view, colours)
    found: dict[str, Mark] = {}
    names: dict[str, tuple[str, str, str]] = {}
    entries: dict[Entry, None] = {}
    for point in records:
        shape, filled = _shape(point, codings["shape"], view), _filled(point, codings["fill"], fill)
        colour = _colour(point, codings["colour"], numbers, view, colours)
        found[point.id] = Mark(shape, filled, colour)
        said = (
            codings["colour"].name(point) if view.colour != NOTHING and _in_legend(point, codings, numbers) else "",
            codings["shape"].name(point) if view.shape != NOTHING else "",
            codings["fill"].name(point) if fill != NOTHING and point.id not in hollow else "",
        )
        names[point.id] = said
        drawn = (
            Entry("colour", said[0], "circle", True, colour),
            Entry("shape", said[1], shape, True, colours.muted),
            Entry("fill", said[2], "circle", filled, colours.muted),
        )
        entries.update({entry: None for entry in drawn if entry.name})
    legend = _legend(list(entries), codings, view)
    bar, unsaid = codings["colour"].of.title if numbers else "", codings["fill"].of.title if several else ""
    return Looks(found, names, legend, numbers, bar, unsaid)


def _coding(name: str, everything: Sequence[Measured], most: int) -> _Coding:
    of = channel("decoder" if name == NOTHING else name, everything)
    return _Coding(of, {value: slot for slot, value in enumerate(categories(of, everything, most))})


def _scale(coding: _Coding, everything: Sequence[Measured], view: View, colours: Palette) -> Scale | None:
    if view.colour == NOTHING or not coding.of.number:
        return None
    values = [value for point in everything if (value := coding.of.value(point)) is not None]
    return scale(values, colours) if len(set(values)) > 1 else None


def _in_legend(point: Measured, codings: Mapping[str, _Coding], numbers: Scale | None) -> bool:
    """A colour bar says every number, and only what has none needs an entry."""
    return numbers is None or codings["colour"].of.value(point) is None


def _colour(point: Measured, coding: _Coding, numbers: Scale | None, view: View, colours: Palette) -> str:
    value = coding.of.value(point)
    if view.colour == NOTHING:
        return colours.series[0]
    if numbers is not None:
        return colours.muted if value is None else numbers.colour(value)
    if view.colour == LOOK["colour"]:
        return colours.series[marks.slot(*value)]
    return colours.series[coding.slots[value]] if value in coding.slots else colours.muted


def _shape(point: Measured, coding: _Coding, view: View) -> str:
    value = coding.of.value(point)
    if view.shape == NOTHING:
        return SHAPES[0]
    if view.shape == LOOK["shape"]:
        return marks.SHAPES.get(value, marks.UNKNOWN_SHAPE)
    return SHAPES[coding.slots[value]] if value in coding.slots else marks.UNKNOWN_SHAPE


def _more_than_filled_and_hollow(coding: _Coding, everything: Sequence[Measured], view: View) -> bool:
    """Whether a fill would look the same for several values; where a run lacks the field is one of them."""
    if view.fill in (NOTHING, LOOK["fill"]):
        return False
    return len({coding.of.value(point) for point in everything}) > FILLS


def _filled(point: Measured, coding: _Coding, fill: str) -> bool:
    value = coding.of.value(point)
    if fill in (NOTHING, LOOK["fill"]):
        return fill == NOTHING or value != "+"
    return coding.slots.get(value) == 0


def _legend(entries: Sequence[Entry], codings: Mapping[str, _Coding], view: View) -> list[Entry]:
    """Colours in the order of the palette; shape and fill only where they tell points apart, or need a word."""
    order = {role: {coding.of.words(v): slot for v, slot in coding.slots.items()} for role, coding in codings.items()}
    told = []
    for role in ROLES:
        own = [entry for entry in entries if entry.role == role]
        plain = getattr(view, role) == LOOK[role]
        if role != "colour" and len(own) == 1 and (not plain or own[0].name in _USUAL):
            continue
        place = _ORDERS[role] if plain else lambda entry, role=role: order[role].get(entry.name, len(SHAPES) + FILLS)
        told += sorted(own, key=lambda entry: (place(entry), entry.name))
    return told


_USUAL = ("normal marginal", "other marginal", "Gaussian encoder", "other encoder")
"""What needs no word where every point has it."""
_MARGINALS = [f"{name} marginal" for name in marks.MARGINALS.values()]
_ENCODERS = [f"{name} encoder" for name in marks.ENCODERS.values()]
_DECODERS = [marks.decoder_name(*each) for each in marks.DECODERS]
_ORDERS: Mapping[str, Any] = {
    role: lambda entry, names=names: names.index(entry.name) if entry.name in names else len(names)
    for role, names in (("colour", _DECODERS), ("shape", _MARGINALS), ("fill", _ENCODERS))
}
"""Of the usual look: simple ones first."""


Point = TypeVar("Point", bound=Measured)


def alone(records: Sequence[Point], names: Mapping[str, tuple[str, str, str]], only: str | None) -> list[Point]:
    """The points of the legend's entry that is shown alone; every point where none is."""
    role, _, name = (only or "").partition(":")
    if role not in ROLES:
        return list(records)
    return [point for point in records if names[point.id][ROLES.index(role)] == name]


def escaped(name: str) -> str:
    """An entry as Plotly writes it: its texts are HTML."""
    return escape(name)
