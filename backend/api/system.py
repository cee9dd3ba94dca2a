"""``/changes`` for whoever watches, and health, readiness and metrics for whoever operates."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from backend.api.parts import ArtifactsOf, DatabaseOf, SettingsOf, WakeupsOf
from backend.api.records import Changes, run_record
from backend.errors import Unavailable
from backend.metrics import Metrics
from backend.store import changes
from backend.store.session import Database, DatabaseError, current_revision

router = APIRouter(tags=["system"])
root_router = APIRouter(tags=["system"])

_JSON = "application/json"


class Health(BaseModel):
    """The process answers."""

    status: str


class PartState(BaseModel):
    """Whether one part can be reached."""

    ok: bool
    detail: str


class Readiness(BaseModel):
    """Whether requests can be served, part by part."""

    status: str
    """ready, or unavailable where database or broker is down."""
    parts: dict[str, PartState]


@router.get("/changes", response_model=Changes)
def get_changes(
    database: DatabaseOf,
    since: Annotated[int, Query(ge=0, le=2**63 - 1, description="the last revision seen; 0 for everything")] = 0,
) -> Any:
    """Runs changed and deleted since a revision; one cheap query where nothing did."""
    with database.read() as session:
        found = changes.since(session, since)
        if found.revision == since:  # nearly every answer: every open page asks once a second
            return Response(b'{"revision":%d,"runs":[],"deleted":[],"more":false}' % since, media_type=_JSON)
        return Changes(
            revision=found.revision,
            runs=[run_record(details) for details in found.runs],
            deleted=list(found.deleted),
            more=found.more,
        )


@root_router.get("/healthz")
async def healthz() -> Health:
    """Liveness: needs no other part."""
    return Health(status="ok")


@root_router.get("/readyz", responses={503: {"model": Readiness, "description": "Database or broker is down"}})
def readyz(
    database: DatabaseOf, artifacts: ArtifactsOf, wakeups: WakeupsOf, settings: SettingsOf, response: Response
) -> Readiness:
    """Readiness with the state of each part; 503 only where database or broker is down."""
    if settings.read_only:
        broker = PartState(ok=True, detail="not needed: nothing is written here")
    else:
        broker = _broker_state(wakeups)
    parts = {
        "database": _database_state(database),
        "broker": broker,
        "artifacts": _artifacts_state(artifacts),
    }
    ready = parts["database"].ok and parts["broker"].ok
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "unavailable", parts=parts)


@root_router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Counters and gauges in Prometheus text form."""
    found: Metrics = request.app.state.metrics
    return Response(found.exposition(), media_type=found.content_type)


def _database_state(database: Database) -> PartState:
    try:
        with database.read() as session:
            current_revision(session)
    except DatabaseError as error:
        return PartState(ok=False, detail=f"cannot be read: {getattr(error, 'orig', None) or type(error).__name__}")
    return PartState(ok=True, detail=database.url.get_backend_name())


def _broker_state(wakeups: WakeupsOf) -> PartState:
    answers = wakeups.ping()
    return PartState(ok=answers, detail="answers" if answers else "does not answer: runs wait until it does")


def _artifacts_state(artifacts: ArtifactsOf) -> PartState:
    try:
        artifacts.exists("datasets/readiness")
    except (Unavailable, OSError) as error:
        return PartState(ok=False, detail=str(error))
    return PartState(ok=True, detail="answers")
