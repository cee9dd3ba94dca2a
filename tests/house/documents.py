"""What the documentation asks a reader to run: its bodies of requests, its command lines, its addresses."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/papers").glob("*.md")],
    key=lambda page: page.name,
)
PAPERS = [page for page in PAGES if page.parent.name == "papers"]

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(\{\"(?:dataset|method)\"[^`]*\})`")
_LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
_ENDS = ("&&", "&", "|")


@dataclass(frozen=True)
class Request:
    """One call of curl."""

    method: str
    path: str
    """Below /api/v1."""
    query: dict[str, list[str]]
    body: Any
    """Parsed; None where there is none."""


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every command in the page's shell blocks."""
    for language, block in _FENCED.findall(page.read_text()):
        if language == "sh":
            for line in _logical_lines(block):
                yield from _split(line)


def bodies(page: Path) -> list[Any]:
    """The specifications that stand in the page's text, outside of its blocks."""
    text = _FENCED.sub("", page.read_text()).replace("\\|", "|")
    return [json.loads(found) for found in _INLINE.findall(text)]


def links(page: Path) -> list[tuple[str, str]]:
    """(path, heading) of every link to another file of the project, or within the page; either may be empty."""
    return [(path, anchor) for path, anchor in _LINK.findall(page.read_text()) if not path.startswith("http")]


def headings(page: Path) -> set[str]:
    """What links call the headings of a page: in small letters, words joined by dashes."""
    found = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}


def request(words: list[str]) -> Request:
    """What a curl command asks for."""
    (address,) = [word for word in words if word.startswith("http")]
    parts = urlsplit(address)
    body = words[words.index("-d") + 1] if "-d" in words else None
    return Request(
        method=words[words.index("-X") + 1] if "-X" in words else "GET",
        path=parts.path.removeprefix("/api/v1"),
        query=parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)),
        body=None if body is None else json.loads(body),
    )


def _logical_lines(block: str) -> Iterator[str]:
    """Lines of a shell, each with those that it goes on in: after a backslash, or inside quotes."""
    waiting = ""
    for line in block.splitlines():
        waiting += line
        if waiting.endswith("\\"):
            waiting = waiting[:-1]
            continue
        try:
            shlex.split(waiting, comments=True)
        except ValueError:  # inside quotes
            waiting += "\n"
            continue
        yield waiting
        waiting = ""


def _split(line: str) -> Iterator[list[str]]:
    """A line's commands, and its words without what stands behind a ``#``."""
    command: list[str] = []
    for word in [*shlex.split(line, comments=True), "&&"]:
        if word not in _ENDS:
            command.append(word)
        elif command:
            yield command
            command = []
