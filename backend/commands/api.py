"""``frontier api``: the web server alone."""

import os
from typing import Annotated

import typer

from backend import preflight


def api(
    host: Annotated[str | None, typer.Option(help="Address to bind to.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65_535)] = None,
) -> None:
    """Serve REST and the page; workers run elsewhere (see FRONTIER_DATABASE_URL and FRONTIER_BROKER_URL)."""
    from backend import services
    from backend.store.migrate import prepare

    settings = preflight.load_settings(host=host, port=port)
    preflight.require_token(settings)
    preflight.require_one_machine(settings)
    preflight.require_free_port(settings.host, settings.port)
    prepare(settings.resolved_database_url, read_only=settings.read_only)
    command = services.uvicorn(settings)
    os.execve(command[0], command, {**os.environ, **services.environment(settings)})
