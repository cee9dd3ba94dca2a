"""The version of the program."""

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """The version of the installed program; ``0`` of a checkout that was not installed."""
    try:
        return version("rd-frontier")
    except PackageNotFoundError:
        return "0"
