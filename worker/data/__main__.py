"""``python -m worker.data download NAME`` and ``import NAME FILE``: fill the artifact store from a terminal."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bar

from backend.datasets import DATASETS as FACTS
from backend.errors import FrontierError
from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from worker.data import bring, stored
from worker.observing import Progress, SilentObserver


class _TerminalObserver(SilentObserver):
    """Shows bytes as a bar."""

    def __init__(self, bar: Bar, name: str) -> None:
        self._bar = bar
        self._task = bar.add_task(name, total=None)

    def progress(self, progress: Progress) -> None:
        self._bar.update(self._task, completed=progress.step, total=progress.steps or None)

    def log(self, text: str) -> None:
        self._bar.console.print(text)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, or 1 after one sentence that says what is wrong and what to do."""
    parser = argparse.ArgumentParser(prog="frontier data", description="Put a data set into the artifact store.")
    commands = parser.add_subparsers(dest="command", required=True)
    download = commands.add_parser("download", help="from where the data set is published")
    download.add_argument("name", choices=sorted(FACTS))
    copy = commands.add_parser("import", help="from your own copy")
    copy.add_argument("name", choices=sorted(FACTS))
    copy.add_argument("file", type=Path)
    asked = parser.parse_args(arguments)
    facts = FACTS[asked.name]
    errors = Console(stderr=True)
    try:
        artifacts = ArtifactStore(Settings().resolved_artifacts_url)
        if asked.command == "import":
            bring(facts, asked.file, artifacts)
        else:
            columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
            with Bar(*columns, TimeRemainingColumn(), console=errors) as bar:
                stored(facts, artifacts, _TerminalObserver(bar, facts.name))
    except FrontierError as error:
        errors.print(error.detail, style="red", highlight=False, markup=False)
        return 1
    errors.print(f"{facts.name} is ready", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
