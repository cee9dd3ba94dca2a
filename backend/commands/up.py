"""``frontier up``: everything on one machine."""

import os
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend import preflight
from backend.errors import SetupError
from backend.settings import Settings

if TYPE_CHECKING:
    from backend.supervisor import Service

_PROBE_EVERY_S = 0.5


def up(
    home: Annotated[Path | None, typer.Option(help="Folder of the database, data sets, models and logs.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the page; 0 picks a free one.", min=0, max=65_535)] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Queue a fixed set of runs, once.")] = False,
) -> None:
    """Start everything on this machine: broker, workers, REST and the page."""
    from backend.locks import home_lock
    from backend.supervisor import Supervisor, run_until_stopped

    settings = preflight.load_settings(home=home, port=port)
    preflight.require_writable(settings)
    preflight.require_token(settings)
    preflight.require_one_machine(settings)
    with home_lock(settings.home):
        if settings.port == 0:
            settings = settings.model_copy(update={"port": preflight.free_port(settings.host)})
        preflight.require_free_port(settings.host, settings.port)
        _prepare_database(settings, demo)
        services = _services(settings)
        supervisor = Supervisor(services, settings.home, settings.home / "logs", _say)
        _say(f"RD Frontier is starting; its home is {settings.home}")
        run_until_stopped(supervisor, _Announcement(settings).look)
        _say("RD Frontier has stopped; what was running goes on at the next start")


def _prepare_database(settings: Settings, demo: bool) -> None:
    from backend.queue import take_back_lost
    from backend.store import jobs
    from backend.store.migrate import upgrade
    from backend.store.session import Database

    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    if not settings.database_url:  # the home's own database, and we own the home: every worker it had is gone
        with database.write() as session:
            jobs.expire_all(session)
        take_back_lost(database)
    if demo:
        from backend.demo import queue_demo

        _say(f"--demo queued {queue_demo(database)} runs")
    database.dispose()


def _services(settings: Settings) -> "list[Service]":
    from backend import services

    found = []
    if not settings.broker_url:
        folder = settings.home / "broker"
        folder.mkdir(exist_ok=True)
        _make_private(settings.broker_socket.parent, settings.home)
        found.append(services.broker(settings.broker_socket, folder))
    found.append(services.web_server(settings))
    found += services.workers(settings, ("train", "interactive"), preflight.visible_gpus(settings))
    return found


class _Announcement:
    """Says where the page is, as soon as it answers."""

    def __init__(self, settings: Settings) -> None:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
        self._url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
        self._next_look = 0.0
        self._made = False

    def look(self) -> None:
        if self._made or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _PROBE_EVERY_S
        try:
            self._opener.open(f"{self._url}/healthz", timeout=_PROBE_EVERY_S).close()
        except OSError:
            return
        self._made = True
        _say(f"RD Frontier is ready: {self._url}   (Ctrl-C stops it; a run that is under way goes on next time)")


def _make_private(folder: Path, home: Path) -> None:
    """Make the folder of the broker's socket one that only this user may enter, where it is not the home itself."""
    if folder == home:
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise SetupError(f"{folder} belongs to another user: choose a home with a shorter path")


def _say(text: str) -> None:
    print(text, flush=True)
