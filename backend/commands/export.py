"""``frontier export``: a frontier as one file."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend import preflight
from backend.commands.rest import Server, server_meant
from backend.errors import SetupError

if TYPE_CHECKING:
    from backend.store.exchange import Selection

ServerUrl = Annotated[
    str | None, typer.Option(envvar="FRONTIER_URL", help="A running server to speak to, instead of the home folder.")
]
Home = Annotated[Path | None, typer.Option(help="Folder of the database, data sets, models and logs.")]


def export(
    context: typer.Context,
    dataset: Annotated[str | None, typer.Option(help="Only runs of this data set: NAME or NAME/BINARIZE.")] = None,
    sweep: Annotated[str | None, typer.Option(help="Only runs of this sweep.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only runs with this tag.")] = None,
    output: Annotated[Path | None, typer.Option(help="The file; default: named for the data set, here.")] = None,
    home: Home = None,
    url: ServerUrl = None,
) -> None:
    """Write a frontier to one file: points, specifications, pictures, curves. No code, no models, no images."""
    from backend.exchange.selection import file_name
    from backend.store.exchange import Selection

    wanted = Selection(dataset=dataset or None, sweep=sweep or None, tag=tag or None)
    target = output or Path(file_name(wanted))
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise SetupError(f"{target} cannot be a file: name one in a folder that exists, by --output")
    server = server_meant(context, home, url)
    said = _from_server(server, wanted, target) if server else _from_home(home, wanted, target)
    print(f"{target}: {said}{target.stat().st_size / 1e3:,.0f} kB")


def _from_home(home: Path | None, wanted: "Selection", target: Path) -> str:
    """Read the database; whether the program runs meanwhile does not matter."""
    from backend.exchange.selection import selected
    from backend.exchange.write import exported
    from backend.store.migrate import standing
    from backend.store.session import Database

    settings = preflight.load_settings(home=home)
    state = standing(settings.resolved_database_url)
    if state != "current":
        why = "nothing is there yet" if state == "absent" else "its tables are of an older version"
        raise SetupError(f"the database of {settings.home} cannot be exported: {why}; run 'frontier up' on it first")
    database = Database(settings.resolved_database_url)
    try:
        selection = selected(database, wanted)
        with exported(database, selection, target.absolute().parent) as (path, manifest):
            path.chmod(0o666 & ~_umask())
            os.replace(path, target)
    finally:
        database.dispose()
    return f"{manifest.counts.runs} runs, {manifest.counts.points} points, "


def _from_server(url: str, wanted: "Selection", target: Path) -> str:
    query = {name: value for name, value in vars(wanted).items() if value}
    partial = target.with_name(f".{target.name}.partial")
    try:
        with partial.open("wb") as file:
            Server(url).download("/export", query, file)
        shutil.move(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return ""


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
