"""``frontier import``: add the runs of a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from backend import preflight
from backend.commands.export import Home, ServerUrl
from backend.commands.rest import Server, server_meant
from backend.errors import Invalid, SetupError

FrontierFile = Annotated[Path, typer.Argument(help="A file that 'frontier export' wrote.")]


def import_frontier(context: typer.Context, file: FrontierFile, home: Home = None, url: ServerUrl = None) -> None:
    """Add the runs of a file under new ids, with their origin; what is here already stays as it is."""
    server = server_meant(context, home, url)
    with readable(file) as content:
        found = _to_server(server, file.name, content) if server else _to_home(home, content)
    print(_said(found))


@contextmanager
def readable(file: Path) -> Iterator[IO[bytes]]:
    """A file while it is read.

    Raises:
        SetupError: it cannot be read, or is no file of a frontier; says which file.
    """
    try:
        content = file.open("rb")
    except OSError as error:
        raise SetupError(f"{file} cannot be read: {error.strerror or error}") from error
    with content:
        try:
            yield content
        except Invalid as error:
            raise SetupError(f"{file} {error.detail.removeprefix('file: ')}") from error


def _to_home(home: Path | None, content: IO[bytes]) -> dict[str, Any]:
    from backend.exchange.bring import bring
    from backend.store.migrate import upgrade
    from backend.store.session import Database

    settings = preflight.load_settings(home=home)
    settings.home.mkdir(parents=True, exist_ok=True)
    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    try:
        return vars(bring(database, content, settings.upload_limit_mb * 2**20))
    finally:
        database.dispose()


def _to_server(url: str, name: str, content: IO[bytes]) -> dict[str, Any]:
    found: dict[str, Any] = Server(url).call("POST", "/import", files={"file": (name, content)}, timeout=None)
    return found


def _said(found: dict[str, Any]) -> str:
    runs, already = len(found["runs"]), len(found["already"])
    words = [f"added {runs} {_run(runs)} with {found['points']} points"] if runs else ["nothing added"]
    if already:
        words.append(f"{already} {_run(already)} of the file {'is' if already == 1 else 'are'} here already")
    if found["datasets"]:
        words.append(f"known now without its images: {', '.join(found['datasets'])}")
    return "; ".join(words)


def _run(number: int) -> str:
    return "run" if number == 1 else "runs"
