"""``frontier worker``: workers alone, one for each GPU."""

from enum import StrEnum
from typing import Annotated

import typer

from backend import preflight


class Queue(StrEnum):
    """What a worker may serve."""

    train = "train"
    interactive = "interactive"


def worker(
    queue: Annotated[list[Queue] | None, typer.Option(help="Serve only this queue; may be repeated.")] = None,
) -> None:
    """Train and draw for a web server that runs elsewhere (see FRONTIER_DATABASE_URL and FRONTIER_BROKER_URL)."""
    from backend import services
    from backend.store.migrate import upgrade
    from backend.supervisor import Supervisor, run_until_stopped

    settings = preflight.load_settings()
    preflight.require_writable(settings)
    preflight.require_one_machine(settings)
    upgrade(settings.resolved_database_url)
    settings.home.mkdir(parents=True, exist_ok=True)
    queues = [each.value for each in queue or Queue]
    started = services.workers(settings, queues, preflight.visible_gpus(settings))
    _say(f"starting {', '.join(service.name for service in started)}; Ctrl-C hands running runs back and stops")
    run_until_stopped(Supervisor(started, settings.home, None, _say), lambda: None)


def _say(text: str) -> None:
    print(text, flush=True)
