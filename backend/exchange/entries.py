"""What stands in the members of a file of a frontier: strict models, so that nothing unknown comes in.

Numbers are JSON numbers in their shortest exact form; the three that JSON lacks are texts: NaN, Infinity, -Infinity.
"""

import math
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from backend.ids import ID
from backend.results import Bound, Label
from backend.uploads import LONGEST_SIDE, MOST_CHANNELS, MOST_CLASSES

NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_LARGEST_INTEGER = 2**53
_YEARS = (1970, 9998)
"""Every database and every time zone knows them."""


def _number(value: Any) -> Any:
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("is no finite number: NaN and infinities are written as texts")
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        raise ValueError("is a whole number beyond 2^53")
    return value


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL character")
    return text


def _all_storable(value: Any) -> Any:
    """Texts and numbers inside of free JSON, level by level."""
    level = [value]
    for _ in range(16):
        below: list[Any] = []
        for each in level:
            if isinstance(each, str):
                _storable(each)
            elif isinstance(each, int | float):
                _number(each)
            elif isinstance(each, dict):
                below += [*each, *each.values()]
            elif isinstance(each, list):
                below += each
        if not below:
            return value
        level = below
    raise ValueError("is nested too deeply")


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("is no finite number")
    return value


def _in_utc(at: datetime) -> datetime:
    try:
        moment = at.astimezone(UTC)
    except OverflowError:  # at either end of the calendar, another time zone is beyond it
        moment = None
    if moment is None or not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise ValueError(f"is no time of a run: years {_YEARS[0]} to {_YEARS[1]} are read")
    return moment


Number = Annotated[int | float, BeforeValidator(_number)]
Finite = Annotated[Number, AfterValidator(_finite)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Text = Annotated[str, AfterValidator(_storable)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Id = Annotated[str, Field(pattern=f"^{ID.pattern}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Facts = Annotated[dict[Name, JsonValue], AfterValidator(_all_storable)]


class Entry(BaseModel):
    """A frozen, strict record: unknown fields and wrong types are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class MemberEntry(Entry):
    """One member, as it is unpacked."""

    name: Annotated[str, Field(max_length=100)]
    bytes: int = Field(ge=0)
    sha256: Sha256


class SelectionEntry(Entry):
    """What was asked for; null means any."""

    dataset: Text | None = None
    sweep: Text | None = None
    tag: Text | None = None


class Counts(Entry):
    """How much there is."""

    runs: int = Field(ge=0)
    points: int = Field(ge=0)
    pictures: int = Field(ge=0)
    """Members that are pictures; points may share one."""
    datasets: int = Field(ge=0)


class Manifest(Entry):
    """What the file is, and the digest of every other member."""

    format: Literal["rd-frontier"]
    version: int = Field(ge=1)
    program: Annotated[Text, Field(max_length=64)]
    """Version of the program that wrote it."""
    made_at: Moment
    selection: SelectionEntry
    counts: Counts
    members: list[MemberEntry]


class BoundEntry(Entry):
    """The best upper bound on the data entropy H that was known without a model, nats per example.

    For other readers: this program takes its own for a data set that it ships with, and one bit a pixel for any other.
    """

    value: Number | None
    source: Annotated[Text, Field(max_length=2000)]
    exact: bool


class DatasetEntry(Entry):
    """What is known of a data set; its images are not in the file."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    title: Annotated[Text, Field(max_length=200)]
    height: int = Field(ge=1, le=LONGEST_SIDE)
    width: int = Field(ge=1, le=LONGEST_SIDE)
    channels: int = Field(ge=1, le=MOST_CHANNELS)
    splits: dict[Literal["train", "validation", "test"], Annotated[int, Field(ge=0, le=10**9)]]
    values: Literal["grey", "binary", "one-hot", "real"]
    checksums: dict[Name, Annotated[str, Field(pattern=r"^(md5:)?[0-9a-f]{32,64}$")]]
    sha256: Sha256
    """Of the checksums; every specification names it."""
    classes: int | None = Field(ge=1, le=MOST_CLASSES)
    entropy_bound: BoundEntry


class Datasets(Entry):
    """``datasets.json``: the data sets that the runs name."""

    datasets: list[DatasetEntry] = Field(max_length=10_000)


class EstimateEntry(Entry):
    """One measured number."""

    value: Number | None
    stderr: Number | None = None
    unit: Annotated[Text, Field(max_length=64)] = "nats"
    bound: Bound = "estimate"
    flags: list[Annotated[Text, Field(max_length=64)]] = Field(default=[], max_length=64)
    settings: Facts = {}
    seconds: Number | None = None
    at: Annotated[Text, Field(max_length=64)] | None = None


class IntervalEntry(Entry):
    """I(x; z), nats."""

    lower: Number
    upper: Number
    saturated: bool


class PictureEntry(Entry):
    """Tiles of one kind in one PNG, row-major, without borders."""

    name: str = Field(pattern=r"^[a-z0-9_]{1,64}$")
    sha256: Sha256
    count: int = Field(ge=1, le=4096)
    columns: int = Field(ge=1, le=256)
    height: int = Field(ge=1, le=LONGEST_SIDE)
    width: int = Field(ge=1, le=LONGEST_SIDE)
    channels: Literal[1, 3]


class PointEntry(Entry):
    """One location in the plane."""

    id: Id
    beta: Number | None
    condition: dict[Name, Finite] | None
    mutual_information: IntervalEntry | None
    label: Label | None
    estimates: dict[Name, EstimateEntry]
    """``rate``, ``distortion`` and their sum ``neg_elbo`` among them, nats; of these three no value is infinite."""
    arrays: dict[Name, list[Number | None]]
    created_at: Moment
    pictures: list[PictureEntry] = Field(max_length=64)


class OriginEntry(Entry):
    """Where an imported run was trained, and which file brought it."""

    run: Id
    """Its id in the program that trained it."""
    program: Annotated[Text, Field(max_length=64)]
    """Version of the program that wrote the file."""
    exported_at: Moment
    imported_at: Moment


class RunEntry(Entry):
    """One run that has succeeded: a line of ``runs.jsonl``."""

    id: Id
    origin: OriginEntry | None
    spec: Facts
    digest: Sha256
    method: Name
    architecture: Annotated[Text, Field(max_length=8)]
    dataset: Annotated[Text, Field(max_length=100)]
    """``name/binarize``."""
    notes: Annotated[Text, Field(max_length=20_000)]
    tags: list[Annotated[Text, Field(min_length=1, max_length=100)]] = Field(max_length=100)
    device: Annotated[Text, Field(max_length=500)] | None
    timings: Annotated[dict[Name, Annotated[Finite, Field(ge=0)]], Field(max_length=100)]
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    history: dict[Name, list[Number | None]]
    """The training curve as columns of equal length, ``step`` among them; nats per example."""
    points: list[PointEntry] = Field(min_length=1, max_length=10_000)
