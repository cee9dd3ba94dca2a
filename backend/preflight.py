"""What must hold before anything starts: each refusal is one sentence that says what to do."""

import ipaddress
import os
import re
import socket
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from backend.errors import SetupError
from backend.settings import Settings

_GPU_LINE = re.compile(r"^\s*(GPU|MIG) .*\(UUID: (\S+?)\)")


def load_settings(**chosen: Any) -> Settings:
    """The settings of the environment, under those given on the command line; a null is not given.

    Raises:
        SetupError: a variable cannot be read, or names a database or object store that cannot be spoken to.
    """
    try:
        settings = Settings(**{name: value for name, value in chosen.items() if value is not None})
    except ValidationError as error:
        wrong = "; ".join(f"FRONTIER_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())
        raise SetupError(f"the settings cannot be read: {wrong}") from error
    settings = settings.model_copy(update={"home": settings.home.expanduser().absolute()})
    _require_known_urls(settings)
    return settings


def _require_known_urls(settings: Settings) -> None:
    if settings.database_url:
        from sqlalchemy import create_engine
        from sqlalchemy.exc import ArgumentError

        try:
            create_engine(settings.database_url).dispose()
        except (ArgumentError, ImportError) as error:
            raise SetupError(
                f"FRONTIER_DATABASE_URL cannot be used ({error}): write postgresql://USER:PASSWORD@HOST/NAME, or leave "
                "it empty for SQLite in the home folder"
            ) from error
    if settings.artifacts_url:
        from backend.store.artifacts import ArtifactStore

        ArtifactStore(settings.artifacts_url)


def require_posix() -> None:
    """
    Raises:
        SetupError: this is Windows.
    """
    if sys.platform == "win32":
        raise SetupError("RD Frontier needs Linux or macOS: on Windows, run it inside WSL")


def require_token(settings: Settings) -> None:
    """
    Raises:
        SetupError: the web server would be open to other machines without a token.
    """
    if not settings.api_token and not is_loopback(settings.host):
        raise SetupError(
            f"binding to {settings.host} opens this program to other machines: set FRONTIER_API_TOKEN to a long random "
            "text first, or bind to 127.0.0.1"
        )


def require_writable(settings: Settings) -> None:
    """
    Raises:
        SetupError: what is there is to be shown and not changed, and this would train.
    """
    if settings.read_only:
        raise SetupError(
            "FRONTIER_READ_ONLY is set, and this trains: start a server that changes nothing by 'frontier api', or "
            "take the variable away"
        )


def require_one_machine(settings: Settings) -> None:
    """
    Raises:
        SetupError: the database is a SQLite file, but the broker lets workers on other machines take part.
    """
    if not settings.resolved_database_url.startswith("sqlite") or not settings.broker_url:
        return
    host = urlsplit(settings.broker_url).hostname
    is_socket = "socket" in urlsplit(settings.broker_url).scheme or urlsplit(settings.broker_url).scheme == "unix"
    if is_socket or host is None or is_loopback(host) or host == socket.gethostname():
        return
    raise SetupError(
        f"the database is a SQLite file, which only one machine can use, but the broker is on {host}: set "
        "FRONTIER_DATABASE_URL to a Postgres database, or use a broker on this machine"
    )


def require_free_port(host: str, port: int) -> None:
    """
    Raises:
        SetupError: something listens there, or this user may not.
    """
    try:
        with _bound(host, port):
            return
    except PermissionError as error:
        raise SetupError(f"port {port} needs more rights than you have: choose one above 1023 with --port") from error
    except OSError as error:
        if isinstance(error, socket.gaierror):
            raise SetupError(f"{host} is no address of this machine: set FRONTIER_HOST to one that is") from error
        raise SetupError(
            f"port {port} on {host} is taken by another program ({error.strerror}): choose another with --port"
        ) from error


def free_port(host: str) -> int:
    """A port that nothing listens on."""
    with _bound(host, 0) as listening:
        return int(listening.getsockname()[1])


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def visible_gpus(settings: Settings) -> list[str]:
    """Identifiers of the GPUs that workers may use, without importing torch; empty where there are none."""
    if settings.device == "cpu":
        return []
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return [name.strip() for name in chosen.split(",") if name.strip() not in ("", "-1")]
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    found = [match.groups() for line in listed.splitlines() if (match := _GPU_LINE.match(line))]
    slices = [uuid for kind, uuid in found if kind == "MIG"]  # a GPU cut into slices is used through them
    return slices or [uuid for _, uuid in found]


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
        listening.bind(address)
    except OSError:
        listening.close()
        raise
    return listening
