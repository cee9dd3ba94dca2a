"""What a worker does: one function for each kind of job. It loads, delegates and saves.

Whatever imports torch is imported inside a function, so that it happens in the pool's process and not before the fork.
"""

import json
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from backend.errors import DataError, NotFound
from backend.spec import RunSpec
from backend.store import datasets, jobs, results, runs
from backend.store.results import Result
from backend.store.runs import RunFilter
from backend.store.session import Session
from backend.store.tables import Job
from worker.observer import JobObserver
from worker.observing import Progress
from worker.shop import Shop, first_weights, required_checkpoint, tiles
from worker.short_jobs import decode_codes, draw_more, measure_more

if TYPE_CHECKING:
    from worker.evaluate import Measured
    from worker.timing import Timing


_RUNS_LOOKED_AT = 100
"""Newest runs of a tuple among which one is sought that was timed already."""


def import_torch() -> None:
    """Import everything that a job needs."""
    import worker.data
    import worker.decode
    import worker.evaluate
    import worker.timing
    import worker.train  # noqa: F401


def train_run(shop: Shop, job: Job, observer: JobObserver) -> None:
    """Train a run from its last checkpoint on, measure it, and store what was measured."""
    from worker import checkpoint
    from worker.data import load
    from worker.devices import choose_device, choose_threads, describe_device, set_threads
    from worker.evaluate import evaluate
    from worker.train import train

    settings, run_id = shop.settings, jobs.run_ids(job)[0]
    set_threads(choose_threads(settings.threads))
    device = choose_device(settings.device)
    described = describe_device(device)
    with shop.database.read() as session:
        run = runs.get(session, run_id)
        spec = results.stored_spec(run)
        facts = datasets.get(session, spec.dataset.name)
    resume, from_step = _last_checkpoint(shop, run_id, spec, observer)
    start = first_weights(shop, spec) if resume is None else None
    epochs = spec.training.epochs
    observer.progress(Progress(stage="data", epochs=epochs))
    observer.write(lambda session, held: runs.begin(session, held, run_id, from_step, described))

    began = time.monotonic()
    data = load(spec.dataset, facts, shop.artifacts, observer, device)
    loaded = time.monotonic()
    trained = train(
        spec, data, device=device, observer=observer, resume=resume, start=start, checkpoint_s=settings.checkpoint_s
    )
    observer.progress(Progress(stage="measuring", epoch=epochs, epochs=epochs))
    measuring = time.monotonic()
    measured = evaluate(trained.model, spec, data, observer=observer)
    timings = {
        "data_s": loaded - began,
        **trained.timings,
        "measure_s": time.monotonic() - measuring,
    }
    final = checkpoint.finished(required_checkpoint(shop, run_id))
    keep = observer.checkpoint_writer(final, trained.step, "-final")
    observer.log(f"succeeded with {len(measured)} {'point' if len(measured) == 1 else 'points'}")

    def succeed(session: Session, held: Job) -> list[str]:
        results.save_run(session, run_id, [_result(each) for each in measured], timings)
        replaced = keep(session, held)
        jobs.finish(session, held, "succeeded")
        return replaced

    observer.discard(observer.write(succeed))


def download_dataset(shop: Shop, job: Job, observer: JobObserver) -> None:
    """Fetch a built-in data set into the artifact store."""
    from worker.data import stored

    with shop.database.read() as session:
        facts = datasets.get(session, job.payload["name"])
    stored(facts, shop.artifacts, observer)
    observer.write(lambda session, held: jobs.finish(session, held, "succeeded"))


def time_run(shop: Shop, job: Job, observer: JobObserver) -> None:
    """Tell how long a run would take: at the speed of one like it that was trained here, else of a few steps now."""
    from worker import timing
    from worker.devices import choose_device, choose_threads, describe_device, set_threads

    threads = choose_threads(shop.settings.threads)
    set_threads(threads)
    device = choose_device(shop.settings.device)
    described = describe_device(device)
    spec = RunSpec.model_validate_json(json.dumps(job.payload["spec"]))
    with shop.database.read() as session:
        facts = datasets.get(session, spec.dataset.name)
        busy = bool(runs.page(session, RunFilter(statuses=("running",)), 1, None).items)
        known = _timed_before(session, spec, described)
    run_id, timed = known or (None, timing.time_run(spec, facts, device=device, observer=observer))
    result = {**timed.record(), "device": described, "threads": threads, "busy": busy, "run_id": run_id}
    observer.write(lambda session, held: jobs.finish(session, held, "succeeded", result=result))


def run_bench(shop: Shop, job: Job, observer: JobObserver) -> None:
    """Compute one of the Lab's benches."""
    from worker.devices import choose_threads, set_threads
    from worker.lab import BENCHES

    set_threads(choose_threads(shop.settings.threads))
    result = BENCHES[job.payload["name"]](observer)
    observer.write(lambda session, held: jobs.finish(session, held, "succeeded", result=result))


KINDS: dict[str, Callable[[Shop, Job, JobObserver], None]] = {
    "train": train_run,
    "draw": draw_more,
    "decode": decode_codes,
    "estimate": measure_more,
    "download": download_dataset,
    "time": time_run,
    "lab": run_bench,
}
"""Every kind of job."""


def _timed_before(session: Session, spec: RunSpec, device: str) -> "tuple[str, Timing] | None":
    """The newest run like this one that this machine trained on this device, and the time at its speed."""
    from worker.timing import alike, known_timing

    every = datasets.every(session)
    facts = every[spec.dataset.name]
    wanted = RunFilter(statuses=("succeeded",), architecture=spec.architecture.symbols)
    recent = runs.page(session, wanted, _RUNS_LOOKED_AT, None).items
    for each in runs.details(session, recent):
        run, other = each.run, results.stored_spec(each.run)
        here = {attempt.worker["host"] for attempt in each.attempts} == {socket.gethostname()}
        its_facts = every.get(other.dataset.name)
        if here and its_facts and run.device == device and alike(spec, facts, other, its_facts) and run.timings:
            return run.id, known_timing(spec, facts, other, its_facts, run.timings)
    return None


def _last_checkpoint(shop: Shop, run_id: str, spec: RunSpec, observer: JobObserver) -> tuple[bytes | None, int]:
    """A run's newest checkpoint and its step; null and 0 where none can be used: it starts from the beginning then."""
    from worker import checkpoint

    try:
        content = required_checkpoint(shop, run_id)
        return content, checkpoint.load(content, spec).step
    except NotFound:
        return None, 0
    except DataError as error:
        observer.log(f"starting from the beginning: {error}")
        return None, 0


def _result(measured: "Measured") -> Result:
    always = {"rate": measured.rate, "distortion": measured.distortion, "neg_elbo": measured.neg_elbo}
    return Result(
        beta=measured.beta,
        condition=measured.condition,
        mutual_information=measured.mutual_information,
        label=measured.label,
        estimates={**always, **measured.estimates},
        arrays=measured.arrays,
        pictures={name: tiles(picture) for name, picture in measured.pictures.items()},
    )
