"""``POST /points/{id}/jobs``: short jobs on the stored model of a point; ``point_bodies`` says what can be asked."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, BackgroundTasks

from backend.api import bodies
from backend.api.bodies import JsonObject
from backend.api.parts import ArtifactsOf, DatabaseOf, Id, WakeupsOf
from backend.api.point_bodies import Body, DecodedSamples, Draw, Entropy, Interpolation, Measurement, Traversal
from backend.catalogue import flat_schema
from backend.datasets import DatasetFacts
from backend.errors import Conflict, FieldProblem, Invalid
from backend.rules import broken_rules
from backend.spec import Evaluation, RunSpec, TruePosteriorEstimator
from backend.store import checkpoints, datasets, jobs, points, results, runs
from backend.store.session import Session
from backend.store.tables import Point, Run

router = APIRouter(prefix="/points", tags=["points"])


@dataclass(frozen=True)
class Stored:
    """The point that a job is asked of."""

    point: Point
    run: Run
    spec: RunSpec
    facts: DatasetFacts
    inputs: int
    """Tiles of its picture of inputs."""

    def require_input(self, loc: tuple[str | int, ...], index: int) -> None:
        """
        Raises:
            Invalid: there is no such tile.
        """
        if index >= self.inputs:
            raise _wrong(loc, f"the point shows {self.inputs} inputs: choose 0 to {self.inputs - 1}")


def draw(asked: Draw, stored: Stored) -> dict[str, Any]:
    """The payload of a draw."""
    return {"seed": secrets.randbelow(2**53) if asked.seed is None else asked.seed, "count": asked.count}


def traversal(asked: Traversal, stored: Stored) -> dict[str, Any]:
    """The payload of a traversal, its dimensions chosen."""
    latent_dim = stored.spec.architecture.latent_dim
    _require_vector(stored)
    stored.require_input(("image",), asked.image)
    wanted = asked.dimensions
    for place, dimension in enumerate(wanted or ()):
        if dimension >= latent_dim:
            raise _wrong(("dimensions", place), f"z has {latent_dim} dimensions: choose 0 to {latent_dim - 1}")
    _require_each_once(("dimensions",), wanted, "a dimension")
    chosen = wanted or carrying_most(stored.point.arrays, latent_dim)[: asked.most]
    return asked.model_dump(exclude={"kind", "most", "dimensions"}) | {"dimensions": chosen}


def interpolation(asked: Interpolation, stored: Stored) -> dict[str, Any]:
    """The payload of an interpolation."""
    _require_vector(stored)
    images = stored.facts.splits["test"]
    for place, index in enumerate(asked.images):
        if asked.among == "inputs":
            stored.require_input(("images", place), index)
        elif index >= images:
            raise _wrong(("images", place), f"{stored.facts.name} has {images} test images: choose 0 to {images - 1}")
    return asked.model_dump(exclude={"kind"})


def samples(asked: DecodedSamples, stored: Stored) -> dict[str, Any]:
    """The payload of samples of q(z) and m(z)."""
    _require_vector(stored)
    images = stored.facts.splits["test"]
    if asked.source != "marginal" and not stored.facts.distribution and asked.count > images:
        msg = f"{stored.facts.name} has {images} test images to draw z ~ e(z|x) of: ask for {images} at most"
        raise _wrong(("count",), msg)
    sources = ["aggregate", "marginal"] if asked.source is None else [asked.source]
    return asked.model_dump(exclude={"kind", "source"}) | {"sources": sources}


def entropy(asked: Entropy, stored: Stored) -> dict[str, Any]:
    """The payload of an entropy map."""
    likelihood = stored.spec.architecture.likelihood.kind
    if likelihood != "bernoulli":
        raise _wrong(("what",), _NO_ENTROPY.get(likelihood, f"a {likelihood} likelihood has no entropy for each pixel"))
    _require_vector(stored)
    for place, index in enumerate(asked.images or ()):
        stored.require_input(("images", place), index)
    _require_each_once(("images",), asked.images, "an image")
    images = list(range(stored.inputs)) if asked.images is None else asked.images
    return {"what": "entropy", "images": images}


def measurement(asked: Measurement, stored: Stored) -> dict[str, Any]:
    """The payload of estimators to be run: as a specification writes them."""
    evaluation = Evaluation(estimators=tuple(asked.estimators))
    broken = broken_rules(stored.spec.model_copy(update={"evaluation": evaluation}), stored.facts)
    at_fault = [FieldProblem(each.loc[1:], each.msg) for each in broken if each.loc[:1] == ("evaluation",)]
    if at_fault:
        raise Invalid(at_fault)
    latents = sum(each.images * each.samples for each in asked.estimators if isinstance(each, TruePosteriorEstimator))
    if latents > MOST_LATENTS:
        raise _wrong(
            ("estimators",),
            f"images x samples comes to {latents}, and at most {MOST_LATENTS} can be weighed here, where others wait: "
            "ask for fewer images or samples, or train a run with this estimator in its evaluation",
        )
    return {"estimators": evaluation.model_dump(mode="json")["estimators"]}


MOST_LATENTS = 200_000
"""Latents that one measurement may weigh: five times the default, and minutes for a decoder of MNIST on a CPU."""
PRIORITIES = {"estimate": -1}
"""Who clicked for pictures waits for them; a measurement lets them go first. 0 where a kind is not named."""

Read = tuple[type[Body], Callable[[Any, Stored], dict[str, Any]]]
KINDS: Mapping[str, Read] = {"draw": (Draw, draw), "estimate": (Measurement, measurement)}
"""Body and payload of each kind of job; those of ``decode`` are told by ``what``."""
DECODINGS: Mapping[str, Read] = {
    "traversal": (Traversal, traversal),
    "interpolation": (Interpolation, interpolation),
    "samples": (DecodedSamples, samples),
    "entropy": (Entropy, entropy),
}
_NO_ENTROPY = {
    "gaussian": "a Gaussian likelihood has the same differential entropy in every pixel, whatever the image: there is "
    "nothing to show; choose traversal, interpolation or samples",
    "categorical": "a categorical likelihood chooses one pixel of the image: no pixel has an entropy of its own",
}


def read(body: dict[str, Any]) -> tuple[Body, Callable[[Any, Stored], dict[str, Any]]]:
    """A body as what it asks for, and what makes a payload of it.

    Raises:
        Invalid: names each field at fault.
    """
    kind = _chosen(body, "kind", (*KINDS, "decode"))
    model, payload = DECODINGS[_chosen(body, "what", tuple(DECODINGS))] if kind == "decode" else KINDS[kind]
    return bodies.read(model, body), payload


def carrying_most(arrays: Mapping[str, Any], latent_dim: int) -> list[int]:
    """Dimensions of z, first those that carry most: by their KL, else by what they tell of x, else in their order."""
    named = ("kl_per_dimension", "information_per_dimension")
    told = next((dict(enumerate(arrays[name])) for name in named if arrays.get(name)), {})
    return sorted(range(latent_dim), key=lambda dimension: -told.get(dimension, 0.0))


@router.post(
    "/{point_id}/jobs",
    status_code=202,
    openapi_extra=bodies.schema_of(
        {"oneOf": [flat_schema(model) for model, _ in (*KINDS.values(), *DECODINGS.values())]},
        {"kind": "draw", "count": 16},
    ),
)
def start_job(
    point_id: str,
    body: JsonObject,
    database: DatabaseOf,
    artifacts: ArtifactsOf,
    wakeups: WakeupsOf,
    background: BackgroundTasks,
) -> Id:
    """A short job on the stored model of a point: ``draw``, ``decode`` or ``estimate``."""
    asked, payload_of = read(body)
    with database.write() as session:
        stored = _stored(session, point_id)
        checkpoint = checkpoints.newest(session, stored.run.id)
        if checkpoint is None or not artifacts.exists(checkpoint.key):
            raise runs.without_model(stored.run)
        job = jobs.enqueue(
            session,
            kind=body["kind"],
            queue="interactive",
            payload={"point_id": point_id, **payload_of(asked, stored)},
            point_id=point_id,
            priority=PRIORITIES.get(body["kind"], 0),
        )
    background.add_task(wakeups.send, "interactive")
    return Id(id=job.id)


def _stored(session: Session, point_id: str) -> Stored:
    point = points.get(session, point_id)
    run = runs.get(session, point.run_id)
    spec = results.stored_spec(run)
    inputs = next((each.count for each in points.pictures(session, point_id) if each.name == "inputs"), 0)
    return Stored(point, run, spec, datasets.get(session, spec.dataset.name), inputs)


def _chosen(body: dict[str, Any], field: str, choices: tuple[str, ...]) -> str:
    value = body.get(field)
    if isinstance(value, str) and value in choices:
        return value
    raise _wrong((field,), f"should be one of: {', '.join(choices)}")


def _require_vector(stored: Stored) -> None:
    """
    Raises:
        Conflict: z of this model is one of a few classes.
    """
    if stored.spec.architecture.encoder.kind == "categorical":
        raise Conflict(
            "z of this model is one of a few classes, not a vector of numbers: there is nothing between two codes, and "
            "no dimension to walk along"
        )


def _require_each_once(loc: tuple[str | int, ...], named: Sequence[int] | None, what: str) -> None:
    """
    Raises:
        Invalid: one of them is named twice.
    """
    if named and len(set(named)) < len(named):
        raise _wrong(loc, f"names {what} twice: name each once")


def _wrong(loc: tuple[str | int, ...], message: str) -> Invalid:
    return Invalid([FieldProblem(loc, message)])
