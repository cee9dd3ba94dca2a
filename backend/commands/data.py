"""``frontier data``: list, download, import and upload data sets."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from backend.commands.rest import Server, Url
from backend.errors import SetupError

app = typer.Typer(help="List, download, import and upload data sets.", no_args_is_help=True)

Home = Annotated[Path | None, typer.Option(help="Folder of the database, data sets, models and logs.")]


@app.command("list")
def list_data(url: Url = None) -> None:
    """What there is, and whether it is here."""
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "state", "shape", "train / validation / test", "size", box=None, pad_edge=False)
    for entry in Server(url).call("GET", "/datasets")["items"]:
        shape, splits = " x ".join(map(str, entry["shape"])), " / ".join(map(str, entry["splits"].values()))
        table.add_row(entry["name"], _state(entry), shape, splits, _megabytes(entry["size"]))
    Console().print(table)


@app.command()
def download(name: Annotated[str, typer.Argument(help="A built-in data set.")], home: Home = None) -> None:
    """Fetch a built-in data set from where it is published, so that its first run does not wait for it."""
    _run_worker(["download", name], home)


@app.command("import")
def import_data(
    name: Annotated[str, typer.Argument(help="A built-in data set.")],
    file: Annotated[Path, typer.Argument(help="Your own copy of it: a file or a folder.")],
    home: Home = None,
) -> None:
    """Take a built-in data set from your own copy; its checksum decides whether it is the right one."""
    _run_worker(["import", name, str(file)], home)


@app.command()
def upload(
    name: Annotated[str, typer.Argument(help="What it is to be called.")],
    file: Annotated[Path, typer.Argument(help="A .npz with images [N, H, W] or [N, H, W, C], optionally labels.")],
    url: Url = None,
) -> None:
    """Add a data set of your own to a running server."""
    from rich.console import Console
    from rich.progress import open as open_with_bar

    try:
        with open_with_bar(file, "rb", description=name, console=Console(stderr=True)) as content:
            entry = _upload(Server(url), name, content)
    except OSError as error:
        raise SetupError(f"{file} cannot be read: {error.strerror}") from error
    counts = ", ".join(f"{count} {split}" for split, count in entry["splits"].items())
    print(f"{entry['name']}: {' x '.join(map(str, entry['shape']))}, {counts}")


def _upload(server: Server, name: str, content: IO[bytes]) -> dict[str, Any]:
    entry: dict[str, Any] = server.call(
        "POST", "/datasets", data={"name": name}, files={"file": (f"{name}.npz", content)}, timeout=None
    )
    return entry


def _run_worker(arguments: list[str], home: Path | None) -> None:
    """Run the worker's own command: loading images needs its libraries, this process does not."""
    environment = {**os.environ, **({"FRONTIER_HOME": str(home.absolute())} if home else {})}
    found = subprocess.run([sys.executable, "-m", "worker.data", *arguments], env=environment, check=False)
    if found.returncode:
        raise typer.Exit(found.returncode)


def _state(entry: dict[str, Any]) -> str:
    progress = entry["progress"]
    if progress and progress["total"]:
        return f"{entry['state']} {100 * progress['done'] / progress['total']:.0f} %"
    return str(entry["state"])


def _megabytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1e6:.1f} MB"
