"""The REST service: everything it needs comes in through the settings, and hangs on ``app.state``."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from backend.api import (
    catalogue,
    datasets,
    docs,
    exchange,
    frontier,
    gaps,
    jobs,
    lab,
    point_jobs,
    points,
    problems,
    queue,
    runs,
    server,
    sweeps,
    system,
)
from backend.api.limits import BodyLimit
from backend.api.parts import PREFIX
from backend.api.plane import Plane
from backend.metrics import Measured, Metrics
from backend.queue import Reconciler, Wakeups
from backend.security import Guard, check_token
from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from backend.store.migrate import prepare
from backend.store.session import Database
from backend.version import program_version

ROUTERS = (
    system.router,  # first, since every open page asks for /changes once a second and routes are tried in turn
    catalogue.router,
    runs.router,
    queue.router,
    sweeps.router,
    points.router,
    point_jobs.router,
    frontier.router,
    gaps.router,
    datasets.router,
    exchange.router,
    jobs.router,
    lab.router,
    server.router,
)


def create_app(settings: Settings, extend: Callable[[FastAPI], None] | None = None) -> FastAPI:
    """The REST service over the database, broker and artifact store of these settings.

    The database is created or migrated first, and while the app runs, so does its reconciler. One that changes nothing
    does neither: its database has to be there as this version knows it.

    Args:
        settings: where everything is.
        extend: adds routes beside REST, behind the same guard.

    Raises:
        SetupError: the database or the token cannot be used; says why.
    """
    check_token(settings.api_token)
    prepare(settings.resolved_database_url, read_only=settings.read_only)
    database = Database(settings.resolved_database_url)
    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    wakeups = Wakeups(settings.resolved_broker_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        reconciler = None if settings.read_only else Reconciler(database, artifacts, wakeups, settings)
        if reconciler is not None:
            reconciler.start()
        yield
        if reconciler is not None:
            reconciler.stop()
        database.dispose()

    app = FastAPI(
        title="RD Frontier",
        version=program_version(),
        description="Train latent-variable models, and see where each one lands in the rate-distortion plane.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.database, app.state.artifacts, app.state.wakeups = database, artifacts, wakeups
    app.state.plane = Plane(database)
    app.state.metrics = Metrics(database)
    api = APIRouter(prefix=PREFIX, responses=problems.RESPONSES)
    for router in ROUTERS:
        api.include_router(router)
    app.include_router(api)
    app.include_router(system.root_router)
    docs.install(app)
    app.router.routes.append(problems.UnknownPath(app))
    problems.install(app)
    if extend is not None:
        extend(app)
    # The last one added is the first to see a request: nothing of the extension comes before the guard.
    app.add_middleware(BodyLimit, upload_limit_mb=settings.upload_limit_mb)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Measured, metrics=app.state.metrics)
    return app
