"""``frontier submit`` and ``frontier data`` against a real server on a socket."""

import json
import threading
import time

import numpy as np
import pytest
import uvicorn
from typer.main import get_command
from typer.testing import CliRunner

from backend.app import create_app
from backend.cli import app as cli
from backend.errors import FrontierError
from backend.reading import SHORT_KEYS
from backend.results import Estimate
from backend.settings import Settings
from backend.store import results
from backend.store.results import Result
from backend.store.tables import Job, Run

TOKEN = "secret"


@pytest.fixture
def server(sqlite_url, tmp_path, monkeypatch):
    app = create_app(Settings(home=tmp_path, database_url=sqlite_url, api_token=TOKEN))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    monkeypatch.setenv("FRONTIER_URL", f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    monkeypatch.setenv("FRONTIER_API_TOKEN", TOKEN)
    yield app
    server.should_exit = True
    thread.join()
    app.state.database.dispose()


def frontier(*arguments, stdin=None):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=stdin)


def stored(server, run_id):
    with server.state.database.read() as session:
        return session.get(Run, run_id)


def test_options_become_a_short_form(server):
    options = ("--dataset", "digits", "--architecture", "---", "--beta", 0.5, "--epochs", 3, "--seed", 7)
    made = frontier("submit", *options)
    assert made.exit_code == 0, made.output
    run = stored(server, made.stdout.strip())
    assert (run.architecture, run.method, run.spec["seed"], run.spec["training"]["epochs"]) == ("---", "beta-vae", 7, 3)
    assert frontier("submit", *options).stdout == made.stdout
    assert frontier("submit", *options, "--duplicate").stdout != made.stdout


def test_a_file_or_stdin_is_a_specification_and_options_go_over_it(server, tmp_path):
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({"dataset": "digits", "beta": 2.0, "epochs": 2}))
    from_file = frontier("submit", file, "--beta", 4.0)
    from_stdin = frontier("submit", "-", stdin='{"dataset": "digits", "beta": 4.0, "epochs": 2}')
    assert from_file.exit_code == 0, from_file.output
    assert from_file.stdout == from_stdin.stdout
    assert stored(server, from_file.stdout.strip()).spec["objective"]["rate"]["beta"] == 4.0


def test_every_short_key_is_an_option():
    options = {option for each in get_command(cli).commands["submit"].params for option in each.opts}
    for key in ("dataset", "architecture", "method", "preset", "seed", *SHORT_KEYS):
        assert f"--{key.replace('_', '-')}" in options


def finish(server, run_id, state, points=()):
    """What a worker does, after a moment."""
    time.sleep(0.7)
    with server.state.database.write() as session:
        run = session.get(Run, run_id)
        results.save_points(session, run, points)
        run.status = session.query(Job).filter(Job.run_id == run_id).one().state = state
        run.error = (
            {"type": "TrainingError", "message": "the loss became NaN", "hint": "lower it"} if not points else None
        )


def test_waiting_ends_with_rate_and_distortion(server):
    values = {"rate": 3.0, "distortion": 21.5, "neg_elbo": 24.5}
    estimates = {name: Estimate(value=value, stderr=0.25) for name, value in values.items()}
    result = Result(
        beta=1.0,
        condition=None,
        mutual_information=None,
        label=None,
        estimates=estimates,
        arrays={},
        pictures={},
    )
    run_id = frontier("submit", "--dataset", "digits").stdout.strip()
    worker = threading.Thread(target=finish, args=(server, run_id, "succeeded", [result]))
    worker.start()
    found = frontier("submit", "--dataset", "digits", "--wait")
    worker.join()
    assert found.exit_code == 0, found.output
    assert found.stdout.splitlines() == [run_id, "R 3.00 ± 0.25  D 21.50 ± 0.25  nats  ---  vae"]


def test_waiting_for_a_run_that_fails_says_why(server):
    run_id = frontier("submit", "--dataset", "digits").stdout.strip()
    worker = threading.Thread(target=finish, args=(server, run_id, "failed"))
    worker.start()
    found = frontier("submit", "--dataset", "digits", "--wait")
    worker.join()
    assert isinstance(found.exception, FrontierError)
    assert "the loss became NaN; lower it" in str(found.exception)


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (("submit", "--beta", "-1"), None, "beta: Input should be greater than 0"),
        (("submit", "--beta", "nan"), None, "beta: Input should be a finite number"),
        (("submit", "no-such-file.json"), None, "cannot be read"),
        (("submit", "-"), "{", "not JSON"),
        (("submit", "-"), "[1]", "JSON object"),
        (("submit", "--url", "http://127.0.0.1:1"), None, "frontier up"),
        (("submit", "--url", "nonsense"), None, "frontier up"),
        (("data", "upload", "mine", "no-such-file.npz"), None, "cannot be read"),
    ],
)
def test_what_goes_wrong_is_one_sentence(server, arguments, stdin, says):
    found = frontier(*arguments, stdin=stdin)
    assert isinstance(found.exception, FrontierError), found.output
    assert says in str(found.exception)


def test_a_wrong_token_is_said(server, monkeypatch):
    monkeypatch.setenv("FRONTIER_API_TOKEN", "other")
    assert "wants its token" in str(frontier("submit").exception)


def test_an_upload_and_the_list(server, tmp_path):
    file = tmp_path / "mine.npz"
    np.savez(file, images=np.zeros((20, 6, 5), dtype=bool))
    made = frontier("data", "upload", "mine", file)
    assert made.stdout == "mine: 6 x 5 x 1, 16 train, 2 validation, 2 test\n"
    listed = frontier("data", "list").stdout
    assert "mine " in listed
    assert "absent" in listed
    assert "other content" in str(_upload_other(tmp_path).exception)


def _upload_other(tmp_path):
    file = tmp_path / "other.npz"
    np.savez(file, images=np.ones((20, 6, 5), dtype=bool))
    return frontier("data", "upload", "mine", file)


def test_import_runs_the_workers_own_command(tmp_path):
    found = frontier("data", "import", "mnist", tmp_path / "nothing", "--home", tmp_path)
    assert found.exit_code == 1
