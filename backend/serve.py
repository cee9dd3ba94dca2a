"""The composition root: REST and the UI in one server. The one module of the backend that knows the UI.

``uvicorn --factory backend.serve:create_server``
"""

import httpx
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from backend.app import create_app
from backend.settings import Settings


def create_server(settings: Settings | None = None) -> FastAPI:
    """REST with the UI mounted beside it; the UI speaks REST like any other client, without a socket.

    Args:
        settings: null reads them from the environment.

    Raises:
        SetupError: the database cannot be used; says why.
    """
    settings = settings or Settings()
    server = create_app(settings)
    headers = {"Authorization": f"Bearer {settings.api_token}"} if settings.api_token else {}
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(server, raise_app_exceptions=False),
        base_url="http://localhost",
        headers=headers,
        timeout=60,
    )
    try:
        from frontend.app import create_ui
    except ModuleNotFoundError:
        server.add_api_route("/", _no_ui, include_in_schema=False)
    else:
        create_ui(server, client)
    return server


def _no_ui() -> PlainTextResponse:
    return PlainTextResponse("RD Frontier: this installation has no pages; REST is at /api/v1/docs")
