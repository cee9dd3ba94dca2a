"""From a file to the database: checked as a whole, made ready beside it, then added in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import IO, Any

from backend.exchange.entries import PointEntry
from backend.exchange.lines import ReadRun
from backend.exchange.read import Frontier, read
from backend.results import Estimate, InformationInterval
from backend.store import arrivals
from backend.store.clock import utc_now
from backend.store.newcomers import Imported, NewPicture, NewPoint, NewRun
from backend.store.results import Result
from backend.store.session import Database
from backend.store.staging import staged


def bring(database: Database, file: IO[bytes], most_bytes: int, *, keep_ids: bool = False) -> Imported:
    """Add a file's runs that are not here yet: all of them or, where something is wrong, none.

    Args:
        file: seekable.
        most_bytes: the largest file that is read.
        keep_ids: keep the ids of the file, in a database that is empty.

    Raises:
        TooLarge: the file is larger than what is read here.
        Invalid: something in it is not as it should be; says what, and where.
        Conflict: a data set here has the name of one in the file, and other content.
    """
    frontier = read(file, most_bytes)
    trained_as = list(frontier.trained_as.values())
    with database.read() as session:
        here = arrivals.here(session, trained_as)
    new = (_new_run(frontier, run) for run in frontier.runs() if frontier.trained_as[run.entry.id] not in here)
    facts = [frontier.datasets[name] for name in frontier.named]
    with (
        staged(new, exact=database.is_sqlite, keep_ids=keep_ids) as ready,
        database.write() as session,
    ):
        return arrivals.add(session, ready, facts, trained_as)


def _new_run(frontier: Frontier, read: ReadRun) -> NewRun:
    entry, trained = read.entry, frontier.trained_as[read.entry.id]
    return NewRun(
        id=entry.id,
        trained_as=trained,
        origin={
            "run": trained,
            "program": frontier.manifest.program,
            "exported_at": frontier.manifest.made_at.isoformat(),
            "imported_at": utc_now().isoformat(),
        },
        spec=read.spec,
        method=entry.method,
        notes=entry.notes,
        tags=entry.tags,
        device=entry.device,
        timings=entry.timings,
        created_at=entry.created_at,
        started_at=entry.started_at,
        finished_at=entry.finished_at,
        history=list(_rows(entry.history)),
        points=[_new_point(frontier, point) for point in entry.points],
        size=read.size,
    )


def _rows(table: Mapping[str, Sequence[Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """A training curve as (step, columns); what is null is left out."""
    names = [name for name in table if name != "step"]
    for at, step in enumerate(table.get("step", ())):
        yield step, {name: table[name][at] for name in names if table[name][at] is not None}


def _new_point(frontier: Frontier, entry: PointEntry) -> NewPoint:
    pictures = [
        NewPicture(**picture.model_dump(exclude={"sha256"}), png=partial(frontier.picture, picture.sha256))
        for picture in entry.pictures
    ]
    information = entry.mutual_information
    result = Result(
        beta=entry.beta,
        condition=entry.condition,
        mutual_information=None if information is None else InformationInterval(**information.model_dump()),
        label=entry.label,
        estimates={name: Estimate(**each.model_dump()) for name, each in entry.estimates.items()},
        arrays=entry.arrays,
        pictures={},
    )
    return NewPoint(id=entry.id, result=result, pictures=pictures, created_at=entry.created_at)
