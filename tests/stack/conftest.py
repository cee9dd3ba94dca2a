"""A running program for the tests of this folder."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running program that the tests share; each starts what it stopped."""
    home = Path(tempfile.mkdtemp(prefix="frontier stack ", dir="/tmp"))  # a space, because folders have them
    stack = Stack(home)
    stack.start()
    yield stack
    stack.end()
    shutil.rmtree(home)


@pytest.fixture
def without_checkpoints() -> Iterator[Stack]:
    """A program of its own whose runs store no checkpoint in any time a test takes."""
    home = Path(tempfile.mkdtemp(prefix="frontier-stack-", dir="/tmp"))
    stack = Stack(home, FRONTIER_CHECKPOINT_S="600")
    stack.start()
    yield stack
    stack.end()
    shutil.rmtree(home)
