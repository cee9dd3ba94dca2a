"""``frontier open``: look at a file, with no worker, no broker and nothing kept."""

import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from backend import preflight
from backend.commands.import_ import FrontierFile, readable

if TYPE_CHECKING:
    import uvicorn

    from backend.settings import Settings

_HOST = "127.0.0.1"


def open_frontier(
    file: FrontierFile,
    port: Annotated[int, typer.Option(help="Port of the page; 0 picks a free one.", min=0, max=65_535)] = 0,
) -> None:
    """Show a file in the browser, read only, from a folder that is removed at the end; this machine alone sees it."""
    signal.signal(signal.SIGTERM, _stop)
    with tempfile.TemporaryDirectory(prefix="frontier-open-") as folder:
        settings = _settings(Path(folder), file, port)
        preflight.require_free_port(settings.host, settings.port)
        print(f"{_fill(settings, file)}, read only", flush=True)
        _serve(settings)


def _settings(home: Path, file: Path, port: int) -> "Settings":
    """The person's own settings, without the places of their own program."""
    chosen = {"home": home, "host": _HOST, "port": port or preflight.free_port(_HOST)}
    nowhere = {"database_url": "", "broker_url": "", "artifacts_url": "", "api_token": ""}
    return preflight.load_settings(**chosen, **nowhere, read_only=True, opened=file.name)


def _fill(settings: "Settings", file: Path) -> str:
    """Put a file into the empty database, under the ids it has there, so that addresses go on meaning the same."""
    from backend.exchange.bring import bring
    from backend.store.migrate import upgrade
    from backend.store.session import Database

    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    try:
        with readable(file) as content:
            found = bring(database, content, settings.upload_limit_mb * 2**20, keep_ids=True)
    finally:
        database.dispose()
    return f"{file.name}: {len(found.runs)} runs, {found.points} points"


def _serve(settings: "Settings") -> None:
    """REST and the pages in this process, until Ctrl-C or SIGTERM."""
    import uvicorn

    from backend.serve import create_server

    config = uvicorn.Config(
        create_server(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_announce, args=(server, settings), daemon=True).start()
    try:
        server.run()
    except KeyboardInterrupt:
        return


def _announce(server: "uvicorn.Server", settings: "Settings") -> None:
    while not server.started:
        time.sleep(0.05)
    print(f"look at it: http://{settings.host}:{settings.port}   (Ctrl-C ends it; nothing is kept)", flush=True)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """End like an ordinary program, so that the folder is removed."""
    sys.exit(0)
