"""The command ``frontier``. Each command imports what it needs when it runs, so that ``--help`` is quick."""

import sys

import typer

from backend.commands import api, data, doctor, export, import_, open, submit, up, worker
from backend.errors import FrontierError
from backend.preflight import require_posix

app = typer.Typer(
    name="frontier",
    help="Train latent-variable models, measure rate, distortion and mutual information, and see the frontier.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(api.api)
app.command()(worker.worker)
app.command()(submit.submit)
app.add_typer(data.app, name="data")
app.command()(export.export)
app.command("import")(import_.import_frontier)
app.command("open")(open.open_frontier)
app.command()(doctor.doctor)


def main() -> None:
    """Run the command line; an error that was foreseen is one sentence and exit status 1."""
    try:
        require_posix()
        app()
    except FrontierError as error:
        _refuse(error.detail)
    except OSError as error:  # a full disk, a folder without rights: no traceback says it better
        _refuse(f"{error.filename or 'the disk'}: {error.strerror or error}")


def _refuse(sentence: str) -> None:
    print(f"frontier: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
