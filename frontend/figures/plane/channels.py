"""What points can be told apart by: derived ones such as the method, and every field of the specification."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontend.figures.plane import marks
from frontend.figures.plane.records import Measured
from frontend.words.formats import compact, tuple_text

NOTHING = "none"
"""Every point looks the same."""
NOT_SET = "not set"
"""Where a run lacks the field."""


@dataclass(frozen=True)
class Channel:
    """One thing that points can differ in."""

    title: str
    value: Callable[[Measured], Any]
    words: Callable[[Any], str]
    """What the legend calls a value."""
    number: bool = False
    """Whether values are numbers on a scale."""


def _decoder(point: Measured) -> tuple[str, str]:
    return point.architecture[1:2], marks.decoder_network(point.networks)


def _encoder_words(symbol: str) -> str:
    return f"{marks.ENCODERS.get(symbol, 'other')} encoder"


def _marginal_words(symbol: str) -> str:
    return f"{marks.MARGINALS.get(symbol, 'other')} marginal"


DERIVED: Mapping[str, Channel] = {
    "decoder": Channel("decoder", _decoder, lambda value: marks.decoder_name(*value)),
    "encoder": Channel("encoder", lambda point: point.architecture[0:1], _encoder_words),
    "marginal": Channel("marginal", lambda point: point.architecture[2:3], _marginal_words),
    "tuple": Channel("tuple", lambda point: point.architecture, tuple_text),
    "network": Channel("network", lambda point: point.networks or None, lambda value: f"network {value}"),
    "method": Channel("method", lambda point: point.method, lambda value: f"method {value}"),
    "label": Channel("label", lambda point: point.label or None, str),
    "seed": Channel("seed", lambda point: point.seed, lambda value: f"seed {value}"),
    "beta": Channel("β of the point", lambda point: point.beta, lambda value: f"β {compact(value)}", number=True),
}
"""The channels that are no field of the specification, or say it better."""


def paths(*names: str) -> list[str]:
    """Those of some channels that are fields of the specification."""
    return list(dict.fromkeys(name for name in names if name != NOTHING and name not in DERIVED))


def channel(name: str, records: Sequence[Measured]) -> Channel:
    """A channel by its name; a field is a number where every point that has it has a number."""
    if name in DERIVED:
        return DERIVED[name]
    values = [value for point in records if (value := point.fields.get(name)) is not None]
    title = path_title(name)
    number = bool(values) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    return Channel(title, lambda point: _plain(point.fields.get(name)), lambda value: f"{title} {value}", number)


def path_title(path: str) -> str:
    """A field in words: ``architecture.encoder.network`` is ``encoder network``."""
    section, _, rest = path.partition(".")
    words = rest.replace(".", " ").replace("_", " ")
    return f"data {words}" if section == "dataset" else words or section


def _plain(value: Any) -> Any:
    """A value that can be a key: a list becomes its words, a yes or no a word."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def categories(of: Channel, records: Sequence[Measured], most: int) -> list[Any]:
    """The most frequent values, in the order in which they first came, so that a new point moves no colour."""
    counts = Counter(value for point in records if (value := of.value(point)) is not None)
    first = {value: place for place, value in enumerate(counts)}
    frequent = sorted(counts, key=lambda value: (-counts[value], first[value]))[:most]
    return sorted(frequent, key=lambda value: first[value])
