"""What stands in the new-run form's controls, and what is wrong with it.

A refusal names the value that it refused, so that the browser shows it for as long as that value stands.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from frontend.form import bodies, fields, forms
from frontend.form.defaults import Json, Values


def raw(controls: Any, states: list[list[Json]]) -> Values:
    """What every control holds by path, as it was typed.

    Args:
        controls: the values of each group of controls.
        states: their ids, as Dash tells of a callback's inputs.
    """
    found: Values = {}
    for held, group in zip(controls, states, strict=False):
        found |= dict(zip((each["id"]["path"] for each in group), held, strict=True))
    return found


def gathered(catalogue: Json, structure: list[Any], held: list[Any], states: list[list[Json]]) -> Values:
    """The values of every control by path, as the API takes them."""
    values = raw([structure], states)
    known = forms.layout(catalogue, values).fields
    return values | {path: fields.read(known.get(path), each) for path, each in raw([held], states[1:]).items()}


def faults(layout: forms.Layout, values: Json) -> dict[str, str]:
    """What the server would refuse of the numbers, by path, as far as the catalogue's schemas tell."""
    found = {path: fields.fault(field, values[path]) for path, field in layout.fields.items() if path in values}
    try:
        bodies.seeds(values)
    except ValueError as error:
        found[forms.RESTARTS] = f"should be {error}"
    else:
        found.pop(forms.RESTARTS, None)
    return {path: words for path, words in found.items() if words}


def refusal(
    errors: Iterable[Json], held: Values, *, focus: bool = False, swept: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The server's complaints, as the browser shows them.

    Args:
        errors: ``{loc, msg}`` of each.
        held: what the controls held when they were sent.
        focus: whether to lead to the first field at fault.
        swept: the path of the control that holds the values of a key of the grid.
    """
    found, rest = bodies.field_errors(errors, list(held), swept or {})
    return {"errors": {path: short(words) for path, words in found.items()}, "rest": rest, "held": held, "focus": focus}


def short(words: str) -> str:
    """A complaint that stands after the name of its field."""
    return words.removeprefix("Input ")


def titles(layout: forms.Layout, held: Values) -> dict[str, str]:
    """What every control is called where its message stands apart from it."""
    known = layout.fields
    found = {path: known[path].title if path in known else _kind_title(path) for path in held}
    for path in held:
        if f"{path}.field" in held:
            found[path] = f"sweep over {held[f'{path}.field'] or 'nothing yet'}"
    return found


def _kind_title(path: str) -> str:
    if path == "dataset.name":
        return "data set"
    return path.removesuffix(".kind").rpartition("architecture.")[2].replace(".", " ")
