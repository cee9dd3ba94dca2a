"""``/server``: what this server is, for whoever speaks to it."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from backend.api.parts import SettingsOf
from backend.version import program_version

router = APIRouter(prefix="/server", tags=["system"])


class Server(BaseModel):
    """What this server is."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    version: str
    read_only: bool
    """Whether every write answers 403: it shows a frontier and changes nothing."""
    opened: str | None
    """Name of the file that it shows; null where it shows its own runs."""


@router.get("")
def get_server(settings: SettingsOf) -> Server:
    """The version of the program, and whether it may be written to."""
    return Server(version=program_version(), read_only=settings.read_only, opened=settings.opened or None)
