"""``frontier submit``: queue a run from a terminal, and wait for it where asked."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.commands.rest import Refused, Server, Url
from backend.errors import SetupError

_POLL_S = 0.5
_ENDED = ("succeeded", "failed", "cancelled")


def submit(
    file: Annotated[Path | None, typer.Argument(help="A specification as JSON, short or full; - reads stdin.")] = None,
    dataset: Annotated[str | None, typer.Option(help="NAME or NAME/BINARIZE.")] = None,
    architecture: Annotated[str | None, typer.Option(help="Tuple of encoder, decoder, marginal, such as ---.")] = None,
    method: Annotated[str | None, typer.Option(help="A named method of the catalogue.")] = None,
    beta: Annotated[float | None, typer.Option(help="Weight of the rate.")] = None,
    target_rate: Annotated[float | None, typer.Option(help="Rate to land on, nats.")] = None,
    divergence: Annotated[str | None, typer.Option(help="Divergence between q(z) and m(z).")] = None,
    alpha: Annotated[float | None, typer.Option(help="Knob of the method, or weight of the information term.")] = None,
    lambda_: Annotated[
        float | None, typer.Option("--lambda", help="Knob of the method, or weight of the divergence.")
    ] = None,
    latent_dim: Annotated[int | None, typer.Option(help="Dimensions of z.")] = None,
    width: Annotated[float | None, typer.Option(help="Factor on channels and units.")] = None,
    network: Annotated[str | None, typer.Option(help="Kind of network, for every part that takes it.")] = None,
    preset: Annotated[str | None, typer.Option(help="A named scale of the catalogue, such as paper.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training images.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Images a step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Adam's step size.")] = None,
    train_limit: Annotated[int | None, typer.Option(help="Training images used.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every random stream.")] = None,
    duplicate: Annotated[bool, typer.Option("--duplicate", help="Train again even where it is known.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended; status 1 where it failed.")] = False,
    url: Url = None,
) -> None:
    """Queue a run; prints its id and, with --wait, rate and distortion of each of its points."""
    options: dict[str, Any] = {
        "dataset": dataset,
        "architecture": architecture,
        "method": method,
        "beta": beta,
        "target_rate": target_rate,
        "divergence": divergence,
        "alpha": alpha,
        "lambda": lambda_,
        "latent_dim": latent_dim,
        "width": width,
        "network": network,
        "preset": preset,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "train_limit": train_limit,
        "seed": seed,
    }
    body = _read(file) | {name: value for name, value in options.items() if value is not None}
    server = Server(url)
    run = server.call("POST", "/runs", json=body, params={"duplicate": duplicate})
    print(run["id"])
    if wait:
        _report(server, _wait(server, run))


def _read(file: Path | None) -> dict[str, Any]:
    """The specification in a file.

    Raises:
        SetupError: it cannot be read, or is no JSON object.
    """
    if file is None:
        return {}
    try:
        body = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text())
    except OSError as error:
        raise SetupError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise SetupError(f"{file} is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise SetupError(f'{file} should hold a JSON object, such as {{"dataset": "digits"}}')
    return body


def _wait(server: Server, run: dict[str, Any]) -> dict[str, Any]:
    """The run when it has ended; a bar meanwhile."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:10}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        bar = bars.add_task(run["status"], total=None)
        while run["status"] not in _ENDED:
            time.sleep(_POLL_S)
            run = server.call("GET", f"/runs/{run['id']}")
            progress = run["progress"]
            stage = progress["stage"] if run["status"] == "running" else None
            bars.update(bar, description=stage or run["status"], completed=progress["step"], total=progress["steps"])
    return run


def _report(server: Server, run: dict[str, Any]) -> None:
    """
    Raises:
        Refused: the run did not succeed; says why.
    """
    if run["status"] != "succeeded":
        error = run["error"] or {"message": "a person asked for it", "hint": None}
        hint = f"; {error['hint']}" if error["hint"] else ""
        raise Refused(f"run {run['id']} {run['status']}: {error['message']}{hint}")
    for point_id in run["points"]:
        point = server.call("GET", f"/points/{point_id}")
        print(
            f"R {_value(point['rate'])}  D {_value(point['distortion'])}  nats  {run['architecture']}  {run['method']}"
        )


def _value(estimate: dict[str, Any]) -> str:
    if estimate["value"] is None:
        return "undefined"
    error = "" if estimate["stderr"] is None else f" ± {estimate['stderr']:.2f}"
    return f"{estimate['value']:.2f}{error}"
