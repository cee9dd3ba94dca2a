"""The composition root: REST and the UI in one server. The one module of the backend that knows the UI.

``uvicorn --factory backend.serve:create_server``
"""

import httpx
from fastapi import FastAPI

from backend.app import create_app
from backend.settings import Settings
from frontend.app import create_ui


def create_server(settings: Settings | None = None) -> FastAPI:
    """REST with the UI beside it.

    Args:
        settings: null reads them from the environment.

    Raises:
        SetupError: the database cannot be used; says why.
    """
    settings = settings or Settings()

    def add_pages(server: FastAPI) -> None:
        create_ui(server, _client(server, settings.api_token))

    return create_app(settings, extend=add_pages)


def _client(server: FastAPI, token: str) -> httpx.AsyncClient:
    """What the UI speaks REST with, like any other client, but without a socket."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(server, raise_app_exceptions=False),
        base_url="http://localhost",
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=60,
    )
