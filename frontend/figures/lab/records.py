"""The toy model of paper B, appendix E: its truth, models of it as tables, and the runs on it. Nats everywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Json = Mapping[str, Any]
Floats = NDArray[np.float64]

TARGET = 0.5
"""The rate of the true posterior, which the target-rate models are to reach."""
ELBO, AIMED, OTHER = "ELBO", "target rate 0.5", "other"
UNUSED = 1e-3
"""Probability of a latent below which it is not in use."""


@dataclass(frozen=True)
class Truth:
    """What GET /lab/toy knows.

    Args:
        states: x as a number, shape [X].
        data: p*(x), shape [X].
        posterior: p(z*|x), shape [X, 2].
        entropy: H(x).
        information: I(x; z*).
        posterior_information: I(z; z*) of a z drawn from the true posterior.
        curve: D = H - R.
        blahut_arimoto: the least D for each R with the hand-built decoder.
    """

    states: Floats
    data: Floats
    posterior: Floats
    entropy: float
    information: float
    posterior_information: float
    curve: tuple[Sequence[float], Sequence[float]]
    blahut_arimoto: tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class ToyModel:
    """A model as tables, and what was measured of it.

    Args:
        encoder: e(z|x), shape [X, K].
        decoder: d(x|z), shape [K, X].
        marginal: m(z), shape [K].
        rate: R.
        distortion: D.
        with_source: I(z; z*).
    """

    encoder: Floats
    decoder: Floats
    marginal: Floats
    rate: float
    distortion: float
    with_source: float

    def aggregated(self, truth: Truth) -> Floats:
        """p_e(z, z*), shape [K, 2]: its sum over z* is the aggregated posterior."""
        joint: Floats = self.encoder.T @ (truth.data[:, None] * truth.posterior)
        return joint

    def used(self, truth: Truth) -> NDArray[np.bool_]:
        """Which latents are in use, shape [K]."""
        in_use: NDArray[np.bool_] = self.aggregated(truth).sum(1) >= UNUSED
        return in_use

    def order(self, truth: Truth) -> NDArray[np.intp]:
        """The latents from those of class 0 to those of class 1; those that are not in use come last."""
        joint, used = self.aggregated(truth), self.used(truth)
        mass = joint.sum(1)
        share = joint[:, 1] / np.where(used, mass, 1)
        return np.lexsort((-mass, np.where(used, share, 0), ~used))

    def generated(self) -> Floats:
        """g(x) = sum_z m(z) d(x|z), shape [X]."""
        mixed: Floats = self.marginal @ self.decoder
        return mixed

    def reconstruction(self) -> Floats:
        """p(x'|x) = sum_z e(z|x) d(x'|z), shape [X, X]."""
        return self.encoder @ self.decoder

    def reconstructed(self, truth: Truth) -> Floats:
        """d(x) = sum_x' p*(x') p(x|x'), shape [X]."""
        mixed: Floats = truth.data @ self.reconstruction()
        return mixed


@dataclass(frozen=True)
class ToyPoint:
    """One measured model on the plane."""

    id: str
    run_id: str
    kind: str
    """:data:`ELBO`, :data:`AIMED` or :data:`OTHER`."""
    seed: int
    rate: float
    distortion: float
    with_source: float | None
    """I(z; z*); None where the model has no tables."""


def truth(answer: Json) -> Truth:
    """From GET /lab/toy."""

    def curve(name: str) -> tuple[Sequence[float], Sequence[float]]:
        return answer[name]["rate"], answer[name]["distortion"]

    return Truth(
        states=np.array(answer["states"]),
        data=np.array(answer["data"]),
        posterior=np.array(answer["source"]["posterior"]),
        entropy=float(answer["entropy"]),
        information=float(answer["information"]),
        posterior_information=float(answer["posterior_information"]),
        curve=curve("curve"),
        blahut_arimoto=curve("blahut_arimoto"),
    )


def hand_built(answer: Json) -> ToyModel:
    """The optimal model of GET /lab/toy."""
    made = answer["optimal"]
    return ToyModel(
        encoder=np.array(made["encoder"]),
        decoder=np.array(made["decoder"]),
        marginal=np.array(made["marginal"]),
        rate=float(made["rate"]),
        distortion=float(made["distortion"]),
        with_source=float(made["information_with_source"]),
    )


def model(point: Json) -> ToyModel | None:
    """The tables of a point; None where its parts are not categorical."""
    arrays = point.get("arrays") or {}
    if not {"encoder_matrix", "decoder_matrix", "marginal"} <= set(arrays):
        return None
    marginal = np.array(arrays["marginal"])
    return ToyModel(
        encoder=np.array(arrays["encoder_matrix"]).reshape(-1, len(marginal)),
        decoder=np.array(arrays["decoder_matrix"]).reshape(len(marginal), -1),
        marginal=marginal,
        rate=float(point["rate"]["value"]),
        distortion=float(point["distortion"]["value"]),
        with_source=float(point["estimates"]["source_information"]["value"]),
    )


def kind(spec: Json, defaults: Json) -> str:
    """Which of the compared objectives a run has; one that differs in anything else is other.

    Args:
        spec: of the run.
        defaults: what a run on the toy model is without a choice.
    """
    if any(spec[section] != defaults[section] for section in ("architecture", "training")):
        return OTHER
    rate = spec["objective"]["rate"]
    if rate["kind"] == "beta" and rate["beta"] == 1 and not rate["anneal_epochs"]:
        return ELBO
    aimed = rate["kind"] == "target" and rate["target_rate"] == TARGET and rate["form"] == "constrained"
    return AIMED if aimed else OTHER


def toy_point(point: Json, run: Json, defaults: Json) -> ToyPoint | None:
    """A point with what the page needs of its run; None where it has no place in the plane."""
    if point["rate"]["value"] is None or point["distortion"]["value"] is None:
        return None
    source = (point.get("estimates") or {}).get("source_information") or {}
    return ToyPoint(
        id=point["id"],
        run_id=run["id"],
        kind=kind(run["spec"], defaults),
        seed=run["spec"]["seed"],
        rate=float(point["rate"]["value"]),
        distortion=float(point["distortion"]["value"]),
        with_source=source.get("value"),
    )


def of_seed(points: Iterable[ToyPoint], kind: str, seed: int | None) -> ToyPoint | None:
    """The newest point of a kind and a seed; points come newest first."""
    return next((point for point in points if point.kind == kind and point.seed == seed), None)


def seeds(points: Iterable[ToyPoint]) -> list[int]:
    """The seeds there is a comparable model of."""
    return sorted({point.seed for point in points if point.kind != OTHER})


def chosen_seed(points: Sequence[ToyPoint], wanted: str | None) -> int | None:
    """The seed to show: the one asked for where there is a model of it, else the first that both objectives have."""
    there = seeds(points)
    if wanted is not None and wanted.isdecimal() and int(wanted) in there:
        return int(wanted)
    both = [seed for seed in there if of_seed(points, ELBO, seed) and of_seed(points, AIMED, seed)]
    return next(iter([*both, *there]), None)
