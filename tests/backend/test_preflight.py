"""Refusals before anything starts: one sentence that says what to do."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backend import preflight
from backend.errors import SetupError
from backend.locks import home_lock
from backend.settings import Settings


def test_only_loopback_needs_no_token() -> None:
    for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"):
        preflight.require_token(Settings(host=host))
    for host in ("0.0.0.0", "::", "192.168.1.2", "example.org"):
        with pytest.raises(SetupError, match="FRONTIER_API_TOKEN"):
            preflight.require_token(Settings(host=host))
        preflight.require_token(Settings(host=host, api_token="secret"))


def test_a_file_as_database_and_a_broker_elsewhere_do_not_go_together() -> None:
    sqlite, postgres = "sqlite:////data/frontier.db", "postgresql://db/frontier"
    for near in ("", "redis://127.0.0.1:6379/0", "redis://localhost", "redis+socket:///tmp/x.sock", "unix:///x.sock"):
        preflight.require_one_machine(Settings(database_url=sqlite, broker_url=near))
    far = "redis://:password@redis.example.org:6379/0"
    with pytest.raises(SetupError, match="FRONTIER_DATABASE_URL") as refused:
        preflight.require_one_machine(Settings(database_url=sqlite, broker_url=far))
    assert "password" not in str(refused.value)
    with pytest.raises(SetupError):
        preflight.require_one_machine(Settings(broker_url=far))
    preflight.require_one_machine(Settings(database_url=postgres, broker_url=far))


def test_a_busy_port_is_named() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(SetupError, match=f"port {port} .*--port"):
            preflight.require_free_port("127.0.0.1", port)
    preflight.require_free_port("127.0.0.1", preflight.free_port("127.0.0.1"))


def test_an_address_of_another_machine_is_named() -> None:
    for host in ("192.0.2.1", "no-such-name.invalid"):
        with pytest.raises(SetupError, match=host):
            preflight.require_free_port(host, 0)


def test_settings_that_cannot_be_read_name_their_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTIER_PORT", "eighty")
    with pytest.raises(SetupError, match="FRONTIER_PORT"):
        preflight.load_settings()
    assert preflight.load_settings(port=80).port == 80


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRONTIER_DATABASE_URL", "notaurl"),
        ("FRONTIER_DATABASE_URL", "foo://bar"),
        ("FRONTIER_DATABASE_URL", "mysql://host/name"),
        ("FRONTIER_ARTIFACTS_URL", "foo://bar"),
        ("FRONTIER_LEASE_S", "inf"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError, match=name):
        preflight.load_settings()


def test_a_home_has_one_owner_and_outlives_its_owner(tmp_path: Path) -> None:
    hold = (
        "import sys, time\nfrom pathlib import Path\nfrom backend.locks import home_lock\n"
        f"with home_lock(Path({str(tmp_path / 'home')!r})):\n    print('mine', flush=True)\n    time.sleep(100)\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "mine\n"
    with pytest.raises(SetupError, match=rf"process {owner.pid}.*--home"), home_lock(tmp_path / "home"):
        pass
    owner.kill()
    owner.wait()
    with home_lock(tmp_path / "home"):
        pass


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    with pytest.raises(SetupError, match="--home"), home_lock(tmp_path / "home"):
        pass


def test_gpus_are_counted_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    program = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert preflight.visible_gpus(Settings()) == []
    listed = "GPU 0: NVIDIA H200 (UUID: GPU-1)\nGPU 1: NVIDIA H200 (UUID: GPU-2)\n"
    program.write_text(f"#!/bin/sh\nprintf '{listed}'\n")
    program.chmod(0o755)
    assert preflight.visible_gpus(Settings()) == ["GPU-1", "GPU-2"]
    assert preflight.visible_gpus(Settings(device="cpu")) == []
    sliced = "GPU 0: NVIDIA H200 (UUID: GPU-1)\n  MIG 1g.18gb     Device  0: (UUID: MIG-a)\n"
    program.write_text(f"#!/bin/sh\nprintf '{sliced}'\n")
    assert preflight.visible_gpus(Settings()) == ["MIG-a"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3, 5")
    assert preflight.visible_gpus(Settings()) == ["3", "5"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert preflight.visible_gpus(Settings()) == []


def test_a_home_with_a_long_path_has_a_short_socket(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).broker_socket == tmp_path / "broker.sock"
    long = Settings(home=tmp_path / ("x" * 120))
    assert len(str(long.broker_socket)) < 100
    assert long.broker_socket == Settings(home=tmp_path / ("x" * 120)).broker_socket
    assert long.broker_socket != Settings(home=tmp_path / ("y" * 120)).broker_socket


@pytest.mark.parametrize(
    ("given", "resolved"),
    [
        ("sqlite:///mine.db", "sqlite:///{here}/mine.db"),
        ("sqlite+pysqlite:///a/mine.db?timeout=5", "sqlite+pysqlite:///{here}/a/mine.db?timeout=5"),
        ("sqlite:////a b/mine.db", "sqlite:////a b/mine.db"),
        ("postgresql://me:secret@host/name", "postgresql://me:secret@host/name"),
        ("", "sqlite:////home/frontier.db"),
    ],
)
def test_the_path_of_a_database_does_not_depend_on_where_a_process_runs(tmp_path, monkeypatch, given, resolved):
    monkeypatch.chdir(tmp_path)
    settings = Settings(home="/home", database_url=given)
    assert settings.resolved_database_url == resolved.format(here=tmp_path)


@pytest.mark.parametrize(
    ("given", "resolved"),
    [
        ("kept", "file://{here}/kept"),
        ("file://kept", "file://{here}/kept"),
        ("file:///kept", "file:///kept"),
        ("s3://bucket/kept", "s3://bucket/kept"),
        ("", "file:///home/artifacts"),
    ],
)
def test_the_folder_of_artifacts_does_not_depend_on_where_a_process_runs(tmp_path, monkeypatch, given, resolved):
    monkeypatch.chdir(tmp_path)
    settings = Settings(home="/home", artifacts_url=given)
    assert settings.resolved_artifacts_url == resolved.format(here=tmp_path)
