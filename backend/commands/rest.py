"""How commands talk to a running server."""

import json
import os
from pathlib import Path
from typing import IO, Annotated, Any

import httpx
import typer

from backend.errors import FrontierError, SetupError
from backend.settings import Settings

Url = Annotated[
    str | None,
    typer.Option(envvar="FRONTIER_URL", help="Where the server is; default: this machine, at FRONTIER_PORT."),
]

_EVERYWHERE = ("0.0.0.0", "::", "")


def server_meant(context: typer.Context, home: Path | None, url: str | None) -> str | None:
    """The server that a command with ``--home`` and ``--url`` is for; null means the home folder.

    What stands on the command line comes before FRONTIER_URL.

    Raises:
        SetupError: both stand there.
    """
    if home is None or not url:
        return url or None
    source = context.get_parameter_source("url")
    if source is not None and source.name == "COMMANDLINE":
        raise SetupError("--home and --url name two places: give one of them")
    return None


class Refused(FrontierError):
    """The server said no; its own sentence is the message."""


class Server:
    """A running server's REST API, with the token of FRONTIER_API_TOKEN."""

    def __init__(self, url: str | None) -> None:
        settings = Settings()
        host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
        self._url = (url or f"http://{host}:{settings.port}").rstrip("/")
        token = os.environ.get("FRONTIER_API_TOKEN", "")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=f"{self._url}/api/v1", headers=headers, timeout=60)

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """The JSON of an answer.

        Raises:
            SetupError: no server answers.
            Refused: the server refused; in its words.
        """
        if "json" in arguments:  # written here, so that a NaN reaches the server, which names the field that holds it
            arguments["content"] = json.dumps(arguments.pop("json"))
            arguments["headers"] = {"Content-Type": "application/json"}
        try:
            answer = self._http.request(method, path, **arguments)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._away(error) from error
        if answer.is_success:
            return answer.json() if answer.content else None
        raise Refused(_sentence(answer))

    def download(self, path: str, query: dict[str, Any], file: IO[bytes]) -> None:
        """Write an answer to a file.

        Raises:
            SetupError: no server answers.
            Refused: the server refused; in its words.
        """
        try:
            with self._http.stream("GET", path, params=query, timeout=None) as answer:
                if not answer.is_success:
                    answer.read()
                    raise Refused(_sentence(answer))
                for chunk in answer.iter_bytes():
                    file.write(chunk)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> SetupError:
        return SetupError(
            f"no server answers at {self._url} ({error}): start one with 'frontier up', or name it with --url"
        )


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.url} answered {answer.status_code}: is it a server of RD Frontier?"
