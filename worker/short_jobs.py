"""Short jobs on the stored model of a point, that a person waits for: more samples, chosen codes, later measurements.

Whatever imports torch is imported inside a function, so that it happens in the pool's process and not before the fork.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter

from backend.spec import EstimatorTerm, RunSpec
from backend.store import checkpoints, datasets, jobs, points, results, runs
from backend.store.results import Tiles
from backend.store.session import Session
from backend.store.tables import Job
from worker.observer import JobObserver
from worker.shop import Shop, required_checkpoint, tiles

if TYPE_CHECKING:
    from worker.data.contract import Data
    from worker.model import Model

Kept = TypeVar("Kept")

MODELS_KEPT = 4
"""Models that the next job finds as the last one left them: a person who explores one asks of it again and again."""
DATA_KEPT = 2


@dataclass(frozen=True)
class Opened:
    """A point's model and the data it was trained on."""

    model: "Model"
    data: "Data"
    spec: RunSpec


def draw_more(shop: Shop, job: Job, observer: JobObserver) -> None:
    """Draw more samples of a point's model, with other noise."""
    from worker.evaluate import draw

    opened = _opened(shop, job, observer)
    seed, count = job.payload["seed"], job.payload["count"]
    drawn = draw(opened.model, opened.spec, opened.data, seed=seed, count=count, observer=observer)
    _succeed(observer, {name: tiles(picture) for name, picture in drawn.items()}, {})


def decode_codes(shop: Shop, job: Job, observer: JobObserver) -> None:
    """Decode codes that a person chose: a traversal, an interpolation, samples, or entropies of pixels."""
    from worker.decode import decode
    from worker.devices import explained_memory

    opened = _opened(shop, job, observer)
    with explained_memory():
        found = decode(opened.model, opened.data, job.payload, observer)
    _succeed(observer, {name: tiles(picture) for name, picture in found.pictures.items()}, dict(found.numbers))


def measure_more(shop: Shop, job: Job, observer: JobObserver) -> None:
    """Run estimators on a point's model; the point stays as it was measured."""
    from worker.evaluate import measure

    opened = _opened(shop, job, observer)
    configs = TypeAdapter(tuple[EstimatorTerm, ...]).validate_json(json.dumps(job.payload["estimators"]))
    found = measure(opened.model, opened.spec, opened.data, configs, observer=observer)
    information = found.information
    numbers = {
        "estimates": {name: each.model_dump(mode="json") for name, each in found.estimates.items()},
        "arrays": found.arrays,
        "mutual_information": None if information is None else information.model_dump(mode="json"),
    }
    _succeed(observer, {}, numbers)


def _succeed(observer: JobObserver, pictures: dict[str, Tiles], numbers: dict[str, Any]) -> None:
    def succeed(session: Session, held: Job) -> None:
        results.save_job_pictures(session, held.id, pictures)
        jobs.finish(session, held, "succeeded", result=numbers)

    observer.write(succeed)


_models: OrderedDict[Hashable, Any] = OrderedDict()
_data: OrderedDict[Hashable, Any] = OrderedDict()


def _opened(shop: Shop, job: Job, observer: JobObserver) -> Opened:
    from worker.checkpoint import load_model
    from worker.data import load
    from worker.devices import choose_device, choose_threads, set_threads

    set_threads(choose_threads(shop.settings.threads))
    device = choose_device(shop.settings.device)
    with shop.database.read() as session:
        run = runs.get(session, points.get(session, job.payload["point_id"]).run_id)
        spec = results.stored_spec(run)
        facts = datasets.get(session, spec.dataset.name)
        stored = checkpoints.newest(session, run.id)
    of_data = (spec.dataset, facts.sha256, str(device))
    data = _kept(_data, DATA_KEPT, of_data, lambda: load(spec.dataset, facts, shop.artifacts, observer, device))
    of_model = (stored.sha256 if stored else None, spec.digest, str(device))
    model = _kept(_models, MODELS_KEPT, of_model, lambda: load_model(required_checkpoint(shop, run.id), spec, device))
    return Opened(model, data, spec)


def _kept(shelf: OrderedDict[Hashable, Any], most: int, key: Hashable, make: Callable[[], Kept]) -> Kept:
    """What is on the shelf under a key, else made and put there; what was not asked for longest makes room."""
    if key not in shelf:
        shelf[key] = make()
        while len(shelf) > most:
            shelf.popitem(last=False)
    shelf.move_to_end(key)
    kept: Kept = shelf[key]
    return kept
