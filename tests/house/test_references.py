"""What docstrings refer to by its whole name is there."""

import pkgutil
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("backend", "frontend", "worker")
REFERENCE = re.compile(r":[a-z]+:`~?((?:backend|frontend|worker)(?:\.\w+)+)`")


def references() -> set[str]:
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    return {name for file in files for name in REFERENCE.findall(file.read_text())}


def is_there(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (AttributeError, ImportError):
        return False
    return True


def test_what_a_docstring_names_is_there() -> None:
    found = references()
    assert len(found) > 5
    assert not is_there("frontend.words.explanations.NOTHING")
    assert sorted(name for name in found if not is_there(name)) == []
