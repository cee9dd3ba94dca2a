"""A data set as a person names it."""

from collections.abc import Mapping

from backend.datasets.facts import DatasetFacts
from backend.errors import FieldProblem, Invalid


def dataset_in(text: str | None, known: Mapping[str, DatasetFacts]) -> str | None:
    """A data set that was asked for as ``name/binarize``; empty means any.

    Raises:
        Invalid: there is no such data set, or it is not binarised so.
    """
    if not text:
        return None
    name, slash, binarize = text.partition("/")
    if name not in known:
        raise Invalid([FieldProblem(("dataset",), f"no such data set; there are: {', '.join(known)}")])
    choices = known[name].binarizations
    if slash and binarize not in choices:
        raise Invalid([FieldProblem(("dataset",), f"{name} is binarised as: {', '.join(choices)}")])
    return f"{name}/{binarize or choices[0]}"
