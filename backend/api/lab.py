"""``/lab``: models whose truth is known, to measure others against, and what the papers claim of such."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, BackgroundTasks
from pydantic import BaseModel, ConfigDict, Field

from backend import toy
from backend.api.parts import DatabaseOf, Id, WakeupsOf
from backend.api.records import Failure, failure
from backend.benches import BENCHES
from backend.errors import NotFound
from backend.store import benches

router = APIRouter(prefix="/lab", tags=["lab"])

SLOPES = np.geomspace(0.1, 50, 61)
"""-dD/dR of the curve for a fixed decoder is one over these; 1 is where it touches D = H - R."""

Probabilities = list[float]
Table = list[Probabilities]
Nats = Annotated[float, Field(description="nats per example")]


class _Answer(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class Source(_Answer):
    """What makes the data: a class, a noisy position, the bin it falls into."""

    weights: Probabilities
    """p(z*)."""
    means: list[float]
    """Mean position of each class."""
    scale: float
    """Standard deviation of the position, the same for all classes."""
    conditional: Table
    """p(x|z*): one row for each class."""
    posterior: Table
    """p(z*|x): one row for each state."""


class Curve(_Answer):
    """Points of the rate-distortion plane by rising rate, nats per example."""

    rate: list[float]
    distortion: list[float]


class Optimal(_Answer):
    """A model made by hand from the source: each class has its share of the latents."""

    encoder: Table
    """e(z|x): one row for each state."""
    decoder: Table
    """d(x|z): one row for each latent."""
    marginal: Probabilities
    """m(z)."""
    rate: Nats
    distortion: Nats
    information_with_source: Nats
    """I(z; z*)."""


class Toy(_Answer):
    """The toy model of paper B, appendix E: all there is to know of it, exact, in nats."""

    states: list[float]
    """Each state x as a number."""
    data: Probabilities
    """p*(x)."""
    source: Source
    entropy: Nats
    """H(x)."""
    information: Nats
    """I(x; z*): the rate of the true posterior."""
    posterior_information: Nats
    """I(z; z*) for a z drawn from the true posterior p(z*|x): a second opinion on the class, not the class itself."""
    curve: Curve
    """D = H - R, which the best decoder reaches."""
    optimal: Optimal
    blahut_arimoto: Curve
    """The least D for each R where the decoder is that of ``optimal`` and stays so."""


class BenchJob(_Answer):
    """The job that computes a bench; `/jobs` tells the rest of it."""

    id: str
    state: str
    """queued or running."""
    cancel_requested: bool
    progress: dict[str, Any]
    """stage, step, steps, eta_s; empty before it starts."""


class BenchRecord(_Answer):
    """A claim of a paper that the Lab computes on request."""

    name: str
    title: str
    paper: str
    note: str
    """What one sees."""
    job: BenchJob | None
    """The one that waits or runs."""
    result: dict[str, Any] | None
    """Of the newest job that succeeded."""
    at: datetime | None
    """When that was."""
    error: Failure | None
    """Why the newest job failed; null where one has succeeded since."""


@router.get("/benches")
def list_benches(database: DatabaseOf) -> list[BenchRecord]:
    """Every bench, with how far it is and what came out last."""
    with database.read() as session:
        found = benches.found(session, BENCHES)
    return [_bench(name, found[name]) for name in BENCHES]


@router.post("/benches/{name}", status_code=202)
def run_bench(name: str, database: DatabaseOf, wakeups: WakeupsOf, background: BackgroundTasks) -> Id:
    """Compute a bench, in a minute or two; the job that does so already, if there is one."""
    if name not in BENCHES:
        raise NotFound(f"no bench has the name {name!r}; there are: {', '.join(BENCHES)}")
    with database.write() as session:
        job = benches.ask(session, name)
    background.add_task(wakeups.send, benches.QUEUE)
    return Id(id=job.id)


def _bench(name: str, found: benches.Found) -> BenchRecord:
    words, active, newest = BENCHES[name], found.active, found.newest
    return BenchRecord(
        name=name,
        title=words.title,
        paper=words.paper,
        note=words.note,
        job=active
        and BenchJob(
            id=active.id,
            state=active.state,
            cancel_requested=active.cancel_requested,
            progress=active.progress,
        ),
        result=newest and newest.result,
        at=newest and newest.finished_at,
        error=failure(found.failed.error if found.failed else None),
    )


@router.get("/toy")
def get_toy() -> Toy:
    """The truth that runs on the data set `toy` are measured against."""
    return _toy()


@cache
def _toy() -> Toy:
    truth, model = toy.source(), toy.hand_built()
    cost = -np.log(model.decoder.T)
    return Toy(
        states=truth.states.tolist(),
        data=truth.data.tolist(),
        source=Source(
            weights=truth.weights.tolist(),
            means=list(toy.MEANS),
            scale=toy.SCALE,
            conditional=truth.conditional.tolist(),
            posterior=truth.posterior.tolist(),
        ),
        entropy=truth.entropy,
        information=truth.information,
        posterior_information=truth.information_with_source(truth.posterior),
        curve=_curve(toy.exact_curve()),
        optimal=Optimal(
            encoder=model.encoder.tolist(),
            decoder=model.decoder.tolist(),
            marginal=model.marginal.tolist(),
            rate=model.rate(truth.data),
            distortion=model.distortion(truth.data),
            information_with_source=truth.information_with_source(model.encoder),
        ),
        blahut_arimoto=_curve(toy.blahut_arimoto(truth.data, cost, SLOPES)),
    )


def _curve(curve: toy.Curve) -> Curve:
    return Curve(rate=curve.rate.tolist(), distortion=curve.distortion.tolist())
