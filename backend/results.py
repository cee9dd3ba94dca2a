"""What a measurement is: an estimate with its error and its guarantee, and a point in the rate-distortion plane."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Bound = Literal["lower", "upper", "exact", "estimate"]
"""``lower`` and ``upper`` bound the population's value in expectation; ``exact`` equals it in expectation, so that its
standard error is its only error; ``estimate`` carries no guarantee."""

Label = Literal["autoencoder", "syntactic", "semantic", "autodecoder"]


class Record(BaseModel):
    """A frozen result. Values are raw: never clamped, never rounded."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Estimate(Record):
    """One measured number."""

    value: float | None
    """The raw value in ``unit``; null where the model does not define it."""
    stderr: float | None = None
    """Standard error over the evaluation examples, in ``unit``; null where it is not defined."""
    unit: str = "nats"
    """``nats`` means nats per example."""
    bound: Bound = "estimate"
    """What the value guarantees in expectation."""
    flags: tuple[str, ...] = ()
    """``saturated``, ``implicit``, ..."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """What is needed to measure it again: examples, samples, seed."""
    seconds: float | None = None
    """Wall time the measurement took."""
    at: str | None = None
    """When it was measured, UTC, ISO 8601."""


class InformationInterval(Record):
    """I(x;z) in nats: self mixture below, min(R, leave-one-out) above."""

    lower: float
    """Self-mixture estimate, nats; capped at log N."""
    upper: float
    """min(R, leave-one-out), nats."""
    saturated: bool
    """True where ``lower`` exceeds log N - 1: then it is an interval, not a number."""


class Point(Record):
    """One location in the plane, as measured on held-out data at weight one."""

    id: str
    run_id: str
    beta: float | None
    """The rate weight; null for target-rate and no rate term."""
    condition: dict[str, float] | None = None
    """The network input that selects the point in a model with many."""
    rate: Estimate
    distortion: Estimate
    neg_elbo: Estimate
    mutual_information: InformationInterval | None
    label: Label | None
    estimates: dict[str, Estimate]
    """Every estimate by name, rate, distortion and neg_elbo included."""
    arrays: dict[str, list[float | None]]
    """Vectors such as the per-dimension KL, nats; null where one is no number."""
