"""Environment settings, one prefix: ``FRONTIER_``."""

import hashlib
import os
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_LONGEST_SOCKET_PATH = 100
"""Characters; the operating systems allow 103 to 107."""


class Settings(BaseSettings):
    """Where things are and how long they may take. Every field is the environment variable of its name, upper case."""

    model_config = SettingsConfigDict(env_prefix="FRONTIER_", frozen=True, use_attribute_docstrings=True)

    home: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("rd-frontier", appauthor=False)))
    """Folder of the database, the broker's socket, artifacts and data sets."""
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in the home folder."""
    broker_url: str = ""
    """Redis URL; empty means the embedded broker's socket in the home folder."""
    artifacts_url: str = ""
    """fsspec URL of checkpoints and data sets (file://, s3://); empty means the home folder."""
    host: str = "127.0.0.1"
    """Address the web server binds to."""
    port: int = Field(default=8050, ge=0, le=65_535)
    """Port of the web server; 0 picks a free one."""
    api_token: str = ""
    """Token that REST wants as Bearer and the UI as a sign-in; needed to bind to anything but loopback."""
    allowed_hosts: tuple[str, ...] = ()
    """Further Host names that writes may come through, as a JSON list."""
    lease_s: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    """Seconds after which an unrenewed lease runs out."""
    reconcile_s: float = Field(default=10.0, gt=0, allow_inf_nan=False)
    """Seconds between two passes of the reconciler."""
    checkpoint_s: float = Field(default=5.0, gt=0, allow_inf_nan=False)
    """Longest time between two checkpoints of a run, seconds."""
    threads: int = Field(default=0, ge=0)
    """CPU threads of a training process; 0 leaves one core to everything else."""
    device: str = "auto"
    """``auto``, ``cpu`` or ``cuda``."""
    upload_limit_mb: int = Field(default=512, ge=1)
    """Largest data set upload, MiB."""
    read_only: bool = False
    """Show what is there and change nothing: every write is refused, and no broker is asked for."""
    opened: str = ""
    """Name of the file that is shown, where the server shows one."""

    @cached_property
    def resolved_database_url(self) -> str:
        """A path in it is absolute: the services run in the home folder, not where a relative one was meant from."""
        if not self.database_url.startswith("sqlite"):
            return self.database_url or f"sqlite:///{self.home / 'frontier.db'}"
        from sqlalchemy import make_url  # takes long; most commands need no database

        url = make_url(self.database_url)
        if not url.database or url.database.startswith((":memory:", "file:")):
            return self.database_url
        return url.set(database=str(Path(url.database).absolute())).render_as_string(hide_password=False)

    @cached_property
    def resolved_broker_url(self) -> str:
        return self.broker_url or f"redis+socket://{quote(str(self.broker_socket))}"

    @cached_property
    def broker_socket(self) -> Path:
        """Unix socket of the embedded broker: in the home folder, or in a private one where that path is too long."""
        socket = self.home.absolute() / "broker.sock"
        if len(str(socket)) <= _LONGEST_SOCKET_PATH:
            return socket
        name = hashlib.sha256(str(socket).encode()).hexdigest()[:16]
        return Path("/tmp") / f"frontier-{os.getuid()}-{name}" / "broker.sock"

    @cached_property
    def resolved_artifacts_url(self) -> str:
        """A path in it is absolute, as that of the database."""
        if not self.artifacts_url:
            return f"file://{self.home / 'artifacts'}"
        if "://" in self.artifacts_url and not self.artifacts_url.startswith("file://"):
            return self.artifacts_url
        return f"file://{Path(self.artifacts_url.removeprefix('file://')).absolute()}"
