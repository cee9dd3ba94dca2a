"""What the errors of a body say: which fields a part has, which networks it takes, what a short key stands for."""

from difflib import get_close_matches
from typing import Any, get_args

from pydantic.fields import FieldInfo

from backend.methods import METHODS
from backend.spec import UNIONS, Config, RunSpec, kinds

_NETWORKED = ("encoder", "decoder")
"""Parts that the short key ``network`` writes to."""
_WEIGHS = {"alpha": "information", "lambda": "divergence"}
"""The term that a short key weighs, without a method."""


def kind_of(part: Any) -> str | None:
    """The kind of a part in full or short form."""
    kind = part.get("kind") if isinstance(part, dict) else part
    return kind if isinstance(kind, str) else None


def networks_of(part: str, kind: str | None) -> tuple[str, ...]:
    """The kinds of network that an encoder or decoder of this kind takes."""
    config = kinds(f"{part}s").get(kind or "")
    field = config.model_fields.get("network") if config else None
    return tuple(each.model_fields["kind"].default for each in _configs(field.annotation)) if field else ()


def takers(network: Any) -> str:
    """Says which kinds of part take a network; where there is no such network, which take any."""
    taken = {part: {kind: networks_of(part, kind) for kind in kinds(f"{part}s")} for part in _NETWORKED}
    wanted = kind_of(network)
    known = any(wanted in networks for kinds_of in taken.values() for networks in kinds_of.values())
    found = []
    for part, kinds_of in taken.items():
        those = [kind for kind, networks in kinds_of.items() if (wanted in networks if known else networks)]
        if those:
            found.append(f"{part}s that take {wanted if known else 'one'}: {', '.join(those)}")
    return "; ".join(found)


def weight_of(written: tuple[str | int, ...]) -> str:
    """What alpha or lambda would weigh, where there is nothing that it could."""
    term = _WEIGHS.get(str(written[0]))
    if term is None or len(written) > 1:
        return ""
    methods = ", ".join(name for name, method in METHODS.items() if written[0] in {k.name for k in method.knobs})
    return (
        f". {written[0]} by itself is the weight of the {term} term, of which there is none: choose a kind of "
        f"objective.{term}, or a method that has it ({methods})"
    )


_TAGS = {kind for union in UNIONS for kind in kinds(union)}


def without_tags(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Pydantic puts the member's kind into the path of a union; the body has no such key."""
    return tuple(part for index, part in enumerate(loc) if index == len(loc) - 1 or index == 0 or part not in _TAGS)


def no_such_field(loc: tuple[str | int, ...]) -> str:
    """Says what stands where a field was written that does not exist."""
    *path, name = loc
    here: list[type[Config]] = [RunSpec]
    for part in (part for part in path if isinstance(part, str)):
        tagged = [each for each in here if each.model_fields.get("kind", FieldInfo()).default == part]
        fields = [each.model_fields[part] for each in here if part in each.model_fields]
        here = tagged or [config for field in fields for config in _configs(field.annotation)]
    known = list(dict.fromkeys(field for config in here for field in config.model_fields))
    close = get_close_matches(str(name), known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"it has: {', '.join(known)}"
    return f"{'.'.join(map(str, without_tags(loc)[:-1]))} has no {name}; {hint}"


def _configs(annotation: Any) -> list[type[Config]]:
    """The configs that an annotation names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, Config):
        return [annotation]
    return [config for inner in get_args(annotation) for config in _configs(inner)]


def listed(names: list[str]) -> str:
    """Each name once, in order."""
    return ", ".join(dict.fromkeys(names))
