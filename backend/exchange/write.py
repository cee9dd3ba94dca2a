"""A frontier into one file: streamed to a temporary file beside its place, and moved there when it is whole."""

import hashlib
import json
import math
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from backend.datasets import DatasetFacts
from backend.errors import Conflict
from backend.exchange.entries import Counts, Manifest, MemberEntry, RunEntry, SelectionEntry
from backend.exchange.names import (
    DATASETS,
    MANIFEST,
    MOST_LINE_BYTES,
    MOST_MEMBERS,
    RUNS,
    VERSION,
    picture_name,
)
from backend.store import datasets, exchange, points
from backend.store.clock import utc_now
from backend.store.exchange import Selection, StoredPoint, StoredRun
from backend.store.history import as_table
from backend.store.session import Database, Session
from backend.version import program_version

_NEVER = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the same runs make the same bytes."""


@contextmanager
def exported(database: Database, selection: Selection, folder: Path | None = None) -> Iterator[tuple[Path, Manifest]]:
    """A temporary file that holds a selection, and what it says of itself; the file is gone afterwards.

    Args:
        folder: where the file is written; null is the system's place for such files.

    Raises:
        Conflict: there is nothing to write, or more than any program reads.
    """
    handle, name = tempfile.mkstemp(prefix=".frontier-", suffix=".partial", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, database.read() as session:
            manifest = write(session, selection, file)
            file.flush()
            os.fsync(file.fileno())
        yield path, manifest
    finally:
        path.unlink(missing_ok=True)


def write(session: Session, selection: Selection, file: IO[bytes]) -> Manifest:
    """Write the runs of a selection that have points, oldest first, as they are in this snapshot.

    Raises:
        Conflict: there is nothing to write, or more than any program reads.
    """
    run_ids = exchange.chosen(session, selection)
    if not run_ids:
        raise Conflict("no run with a point is meant: train one, or ask for less with dataset, sweep and tag")
    members: list[MemberEntry] = []
    with zipfile.ZipFile(file, "w") as archive:
        lines = _Lines(session, run_ids)
        members.append(_add(archive, RUNS, lines))
        if len(lines.pictures) + 3 > MOST_MEMBERS:
            raise Conflict(
                f"that is {len(lines.pictures)} pictures, more than a file may hold ({MOST_MEMBERS}): export fewer "
                "runs at once, by dataset, sweep or tag"
            )
        known = datasets.every(session)
        members.append(_add(archive, DATASETS, [_json({"datasets": [_facts(known[name]) for name in lines.datasets]})]))
        for sha256, place in lines.pictures.items():
            members.append(_add(archive, picture_name(sha256), [points.picture(session, *place)], packed=False))
        manifest = Manifest(
            format="rd-frontier",
            version=VERSION,
            program=program_version(),
            made_at=utc_now(),
            selection=SelectionEntry(**asdict(selection)),
            counts=Counts(
                runs=len(run_ids), points=lines.points, pictures=len(lines.pictures), datasets=len(lines.datasets)
            ),
            members=members,
        )
        _add(archive, MANIFEST, [manifest.model_dump_json(indent=1).encode()])
    return manifest


class _Lines:
    """Runs as lines, and on the way what else they need: pictures by digest with a place to find each, data sets."""

    def __init__(self, session: Session, run_ids: Sequence[str]) -> None:
        self._session, self._run_ids = session, run_ids
        self.pictures: dict[str, tuple[str, str]] = {}
        """SHA-256 -> (point, name)."""
        self.datasets: dict[str, None] = {}
        self.points = 0

    def __iter__(self) -> Iterator[bytes]:
        for stored in exchange.stored(self._session, self._run_ids):
            for point in stored.points:
                for picture in point.pictures:
                    self.pictures.setdefault(_sha256(picture.png), (point.point.id, picture.name))
            self.datasets.setdefault(stored.run.spec["dataset"]["name"])
            self.points += len(stored.points)
            yield _line(stored)


def _line(stored: StoredRun) -> bytes:
    line = _json(_run(stored)) + b"\n"
    try:  # what is written can be read
        RunEntry.model_validate_json(line, strict=True)
    except ValueError as error:
        raise Conflict(f"run {stored.run.id} cannot be exported: {error}") from error
    if len(line) > MOST_LINE_BYTES:
        raise Conflict(f"run {stored.run.id} is too large to be exported: {len(line) / 2**20:.0f} MiB of numbers")
    return line


def _run(stored: StoredRun) -> dict[str, Any]:
    run = stored.run
    return {
        "id": run.id,
        "origin": run.origin,
        "spec": run.spec,
        "digest": run.digest,
        "method": run.method,
        "architecture": run.architecture,
        "dataset": run.dataset,
        "notes": run.notes,
        "tags": run.tags,
        "device": run.device,
        "timings": run.timings,
        "created_at": _time(run.created_at),
        "started_at": _time(run.started_at),
        "finished_at": _time(run.finished_at),
        "history": as_table(stored.history),
        "points": [_point(each) for each in stored.points],
    }


def _point(stored: StoredPoint) -> dict[str, Any]:
    point = stored.point
    information = None
    if point.mi_lower is not None and point.mi_upper is not None:
        information = {"lower": point.mi_lower, "upper": point.mi_upper, "saturated": bool(point.saturated)}
    return {
        "id": point.id,
        "beta": point.beta,
        "condition": point.condition,
        "mutual_information": information,
        "label": point.label,
        "estimates": point.estimates,
        "arrays": point.arrays,
        "created_at": _time(point.created_at),
        "pictures": [
            {
                "name": picture.name,
                "sha256": _sha256(picture.png),
                "count": picture.count,
                "columns": picture.columns,
                "height": picture.height,
                "width": picture.width,
                "channels": picture.channels,
            }
            for picture in stored.pictures
        ],
    }


def _facts(facts: DatasetFacts) -> dict[str, Any]:
    bound = facts.entropy_bound
    return {
        "name": facts.name,
        "title": facts.title,
        "height": facts.height,
        "width": facts.width,
        "channels": facts.channels,
        "splits": dict(facts.splits),
        "values": facts.values,
        "checksums": dict(facts.checksums),
        "sha256": facts.sha256,
        "classes": facts.classes,
        "entropy_bound": {"value": bound.value, "source": bound.source, "exact": bound.exact},
    }


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterator[bytes] | Any, *, packed: bool = True) -> MemberEntry:
    """Write one member piece by piece; pictures are packed already."""
    info = zipfile.ZipInfo(name, _NEVER)
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=packed) as member:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            member.write(chunk)
    return MemberEntry(name=name, bytes=size, sha256=digest.hexdigest())


def _json(value: Any) -> bytes:
    return json.dumps(_written(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _written(value: Any) -> Any:
    """The numbers that JSON lacks as texts; every other is written by its shortest exact form."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_written(each) for each in value]
    return value


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
