"""``frontier doctor``: what is there, what is missing, and how to get it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from backend import preflight
from backend.errors import FrontierError
from backend.settings import Settings

_LITTLE_ROOM = 2 * 2**30
"""Bytes free on the disk below which a person should hear of it."""


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    state: Literal["ok", "note", "problem"]
    subject: str
    text: str


Check = Callable[[Settings], Iterator[Finding]]


def doctor(
    home: Annotated[Path | None, typer.Option(help="Folder of the database, data sets, models and logs.")] = None,
) -> None:
    """Say what is here and what is missing, with the fix; exit status 1 where there is a problem."""
    settings = preflight.load_settings(home=home)
    findings = [finding for check in CHECKS for finding in _run(check, settings)]
    for finding in findings:
        print(f"{finding.state:8} {finding.subject:10} {finding.text}")
    if any(finding.state == "problem" for finding in findings):
        sys.exit(1)


def _run(check: Check, settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except FrontierError as error:
        yield Finding("problem", check.__name__.strip("_"), error.detail)


def _setup(settings: Settings) -> Iterator[Finding]:
    preflight.require_token(settings)
    preflight.require_one_machine(settings)
    yield Finding("ok", "setup", f"the page is meant to be at {settings.host}:{settings.port}")


def _disk(settings: Settings) -> Iterator[Finding]:
    exists = settings.home.exists()
    yield Finding(
        "ok" if exists else "note", "home", str(settings.home) + ("" if exists else ": made at the first start")
    )
    there = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    used = sum(file.stat().st_size for file in settings.home.rglob("*") if file.is_file()) if exists else 0
    text = f"{_size(used)} in use by the home folder, {_size(free)} free"
    if free < _LITTLE_ROOM:
        yield Finding("problem", "disk", f"{text}: make room, or choose another home")
    else:
        yield Finding("ok", "disk", text)


def _database(settings: Settings) -> Iterator[Finding]:
    from backend.store.migrate import standing

    stands = standing(settings.resolved_database_url)
    if stands == "absent":
        yield Finding("note", "database", "not made yet: frontier up makes it")
    elif stands == "older":
        yield Finding("note", "database", "from an older version: the next start migrates it, after a backup")
    else:
        yield Finding("ok", "database", "there, with the tables of this version")


def _broker(settings: Settings) -> Iterator[Finding]:
    from backend.queue import Wakeups

    wakeups = Wakeups(settings.resolved_broker_url)
    if not wakeups.ping():
        if settings.broker_url:
            yield Finding("problem", "broker", "FRONTIER_BROKER_URL does not answer: start Redis there, or unset it")
        else:
            yield Finding("note", "broker", "not running: frontier up starts it")
        return
    yield Finding("ok", "broker", "answers")
    names = wakeups.workers()
    text = (
        f"{len(names)} running: {', '.join(names)}"
        if names
        else "none answers: frontier up or frontier worker starts them"
    )
    yield Finding("ok" if names else "problem", "workers", text)


def _data(settings: Settings) -> Iterator[Finding]:
    from backend.datasets import DATASETS
    from backend.store.artifacts import ArtifactStore
    from backend.store.dataset_files import artifact_key

    store = ArtifactStore(settings.resolved_artifacts_url)
    for facts in DATASETS.values():
        key = artifact_key(facts)
        if facts.download_bytes is None:
            yield Finding("ok", "data", f"{facts.name}: ships with the program")
        elif store.exists(key):
            yield Finding("ok", "data", f"{facts.name}: here, {_size(store.size(key))}")
        else:
            fix = f"frontier data download {facts.name}"
            yield Finding("note", "data", f"{facts.name}: not here yet; fetched when first used, or by: {fix}")


def _device(settings: Settings) -> Iterator[Finding]:
    gpus = preflight.visible_gpus(settings)
    if gpus:
        yield Finding("ok", "GPU", f"{len(gpus)} visible: one train worker each")
    elif settings.device == "cuda":
        yield Finding(
            "problem", "GPU", "FRONTIER_DEVICE is cuda, but no GPU is visible: install its driver, or unset it"
        )
    else:
        yield Finding("note", "GPU", "none visible: training runs on the CPU")


CHECKS: tuple[Check, ...] = (_setup, _disk, _database, _broker, _data, _device)
"""Every check, in the order of the report."""


def _size(number: int) -> str:
    value = float(number)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"
