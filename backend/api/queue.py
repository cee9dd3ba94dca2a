"""``/queue``: the runs that wait, in the order in which workers take them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from backend.api.parts import DatabaseOf, known_queries
from backend.api.records import Run, run_record
from backend.store import runs

router = APIRouter(prefix="/queue", tags=["runs"])


class Line(BaseModel):
    """Who waits; the first is trained next."""

    items: list[Run]
    total: int
    """Of all that wait, on the page or not."""


@router.get("", dependencies=[Depends(known_queries)])
def get_line(database: DatabaseOf, limit: Annotated[int, Query(ge=1, le=200, description="items")] = 50) -> Line:
    """The runs that wait: highest priority first, the oldest among equals."""
    with database.read() as session:
        waiting, total = runs.next_in_line(session, limit)
        return Line(items=[run_record(details) for details in runs.details(session, waiting)], total=total)
