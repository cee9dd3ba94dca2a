"""What every part of a specification is: a frozen, strict record, and one choice among several by ``kind``."""

from typing import Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Config(BaseModel):
    """A frozen, strict record: unknown fields, wrong types, NaN and infinity are errors."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class Part(Config):
    """A config that is one choice among several; ``kind`` says which."""

    title: ClassVar[str]
    paper: ClassVar[str] = ""
    symbol: ClassVar[str] = "?"
    unit: ClassVar[str] = "nats"
    """What a term of the objective is measured in; ``1`` is no unit."""
    bound: ClassVar[str] = ""
    """Which side of what it is called by the value of a term lies on; empty where that needs no word."""


def _kind_from_string(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


by_kind = BeforeValidator(_kind_from_string)
"""Marks a union: a bare string stands for the member of that kind, with its defaults."""
