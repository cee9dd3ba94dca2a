"""Reading a JSON body from a stranger: bounded in depth and number, finite, storable."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from backend.errors import FieldProblem, Invalid

_DEEPEST = 32
"""Levels of nesting; a specification has six."""

_MOST_VALUES = 20_000
"""In one body; the largest grid has a few thousand. While they are looked at, nobody else is answered."""

_SURROGATE = re.compile("[\ud800-\udfff]")

Loc = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


async def json_body(request: Request) -> Any:
    """The body parsed.

    Raises:
        Invalid: it is empty, no JSON, nested too deeply, or holds a text no database can keep.
    """
    content = await request.body()
    if not content.strip():
        raise _bad("the body is empty: send a JSON object")
    try:
        body = json.loads(content, object_pairs_hook=_without_doubles)
    except RecursionError:
        raise _bad(f"nested deeper than {_DEEPEST} levels") from None
    except UnicodeDecodeError:
        raise _bad("not JSON: it is not UTF-8 text") from None
    except ValueError as error:
        raise _bad(f"not JSON: {error}") from None
    for problem in _unstorable(body):
        raise Invalid([problem])
    return body


JsonBody = Annotated[Any, Depends(json_body)]


async def json_object(body: JsonBody) -> dict[str, Any]:
    """The body as an object.

    Raises:
        Invalid: it is something else.
    """
    if not isinstance(body, dict):
        raise _bad("should be a JSON object")
    return body


JsonObject = Annotated[dict[str, Any], Depends(json_object)]


def read(model: type[Model], body: dict[str, Any]) -> Model:
    """A body as a pydantic model.

    Raises:
        Invalid: names each field at fault.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise Invalid(
            [FieldProblem(each["loc"], each["msg"]) for each in error.errors(include_url=False, include_context=False)]
        ) from error


def schema_of(schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    """``openapi_extra`` of a call whose body is read by :func:`json_body`."""
    media: dict[str, Any] = {"schema": schema}
    if example is not None:
        media["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": media}}}


def _bad(message: str) -> Invalid:
    return Invalid([FieldProblem((), message)])


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        double = counted.most_common(1)[0][0]
        raise ValueError(f"the key {double!r} stands twice in one object")
    return found


def _unstorable(body: Any) -> Iterator[FieldProblem]:
    """What no database can keep, one level after the other: recursion would fail on what it is to refuse."""
    level: list[tuple[Loc, Any]] = [((), body)]
    seen = 0
    for _ in range(_DEEPEST):
        below: list[tuple[Loc, Any]] = []
        for loc, value in level:
            seen += len(value) if isinstance(value, dict | list) else 0
            if seen > _MOST_VALUES:
                yield FieldProblem((), f"holds more than {_MOST_VALUES} values")
                return
            if isinstance(value, str):
                yield from _bad_text(loc, value)
            elif isinstance(value, float) and not math.isfinite(value):  # NaN is no JSON, but clients write it
                yield FieldProblem(loc, "Input should be a finite number")
            elif isinstance(value, dict):
                for key, inner in value.items():
                    yield from _bad_text((*loc, key), key)
                    below.append(((*loc, key), inner))
            elif isinstance(value, list):
                below.extend(((*loc, index), inner) for index, inner in enumerate(value))
        if not below:
            return
        level = below
    yield FieldProblem((), f"nested deeper than {_DEEPEST} levels")


def _bad_text(loc: Loc, text: str) -> Iterator[FieldProblem]:
    if "\0" in text:
        yield FieldProblem(loc, "holds a NUL character: leave it out")
    elif _SURROGATE.search(text):
        yield FieldProblem(loc, "holds half of a surrogate pair: it is no text")
