"""What the runs of a sweep over tuples differ in although nobody asked for it: a data set has defaults of its own for
some kinds of part, which an autoregressive decoder trains fewer epochs by, say."""

from typing import Any

from frontend.form.axes import TUPLE
from frontend.form.defaults import PARTS, Json, Values, defaults_of
from frontend.form.fields import plain
from frontend.form.forms import SHORT, Layout
from frontend.words.formats import tuple_text


def told(catalogue: Json, values: Values, layout: Layout, written: Json, grid: Json) -> str:
    """The fields whose defaults differ between the tuples, with their values; empty where none do.

    Args:
        catalogue: GET /catalogue.
        values: of the form, by path.
        layout: the fields of the form.
        written: the specification as the form stands: what it names is the same for every tuple.
        grid: the values swept over, by key.
    """
    by_tuple = {symbols: _defaults(catalogue, values, symbols) for symbols in grid.get(TUPLE) or ()}
    named = {*written, *(f"training.{name}" for name in written.get("training") or ()), *grid}
    found = [
        _differs(field.title, {symbols: defaults.get(path) for symbols, defaults in by_tuple.items()})
        for path, field in layout.fields.items()
        if (path in SHORT or path.startswith("training.")) and not {path, SHORT.get(path)} & named
    ]
    return "; ".join(words for words in found if words)


def _defaults(catalogue: Json, values: Values, symbols: str) -> Values:
    """What the form would stand at for this tuple; a symbol that is none is for the server to refuse."""
    kinds = {
        f"architecture.{part}.kind": entry["name"]
        for symbol, (part, axis) in zip(symbols, PARTS, strict=False)
        for entry in catalogue[axis]
        if entry.get("symbol") == symbol
    }
    return defaults_of(catalogue, {**values, **kinds})


def _differs(title: str, by_tuple: dict[str, Any]) -> str:
    """One field's values with the tuples that have each, and what makes them equal.

    To type the form's own default does not: the body names only what differs from it.
    """
    values = list(dict.fromkeys(by_tuple.values()))
    if len(values) < 2:
        return ""
    each = [
        f"{plain(value)} for {' and '.join(tuple_text(symbols) for symbols, own in by_tuple.items() if own == value)}"
        for value in values
    ]
    return f"{title}: {', '.join(each)}, by default; to make them equal, sweep over {title} too, with one value"
