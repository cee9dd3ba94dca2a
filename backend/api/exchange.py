"""``/export`` and ``/import``: a frontier as one file, out and in (docs/exchange.md)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import IO, Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from backend.api.parts import DatabaseOf, DatasetQuery, SettingsOf, form_of, multipart
from backend.errors import FieldProblem, Invalid
from backend.exchange import bring
from backend.exchange.names import MEDIA_TYPE
from backend.exchange.selection import file_name, selected
from backend.exchange.write import exported
from backend.settings import Settings
from backend.store.exchange import Selection
from backend.store.newcomers import Imported
from backend.store.session import Database

router = APIRouter(tags=["exchange"])

_one_import = ThreadPoolExecutor(1, "import")
"""Files are checked one after the other, by no thread that other requests need."""
_SCHEMA = multipart({"file": {"type": "string", "format": "binary", "description": "a file of GET /export"}})


class ImportRecord(BaseModel):
    """What a file brought."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    runs: list[str]
    """Ids of the runs that were added."""
    points: int
    """Points of theirs."""
    already: list[str]
    """Ids of the runs here that the file holds too, and that stayed as they are."""
    datasets: list[str]
    """Data sets that are known by now, without their images."""


@router.get(
    "/export",
    response_class=FileResponse,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "One file: points, specifications, pictures, curves"}},
)
def export_frontier(
    database: DatabaseOf,
    dataset: DatasetQuery = None,
    sweep: Annotated[str | None, Query(max_length=64)] = None,
    tag: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """The runs that have points, as one file that `frontier open` shows and `frontier import` adds."""
    selection = selected(database, Selection(dataset=dataset or None, sweep=sweep or None, tag=tag or None))
    with ExitStack() as held:
        path, _ = held.enter_context(exported(database, selection))
        name = file_name(selection)
        keep = held.pop_all()
    return FileResponse(path, media_type=MEDIA_TYPE, filename=name, background=BackgroundTask(keep.close))


@router.post(
    "/import",
    status_code=201,
    responses={200: {"model": ImportRecord, "description": "Every run of the file is here already"}},
    openapi_extra=_SCHEMA,
)
async def import_frontier(
    request: Request, database: DatabaseOf, settings: SettingsOf, response: Response
) -> ImportRecord:
    """Add the runs of a file under new ids, with their origin. All of it or nothing; a run that is here stays."""
    async with form_of(request, "file") as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid([FieldProblem(("file",), "is missing: a file of GET /export, sent as multipart/form-data")])
        found = await asyncio.get_running_loop().run_in_executor(_one_import, _bring, database, settings, file.file)
    response.status_code = 201 if found.runs else 200
    return ImportRecord(
        runs=list(found.runs), points=found.points, already=list(found.already), datasets=list(found.datasets)
    )


def _bring(database: Database, settings: Settings, file: IO[bytes]) -> Imported:
    return bring.bring(database, file, settings.upload_limit_mb * 2**20)
