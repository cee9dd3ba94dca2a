"""What the documentation says can be run: every body is a specification, every option and address is there."""

from pathlib import Path
from typing import Any

import pytest
import typer.main
from documents import PAGES, PAPERS, ROOT, Request, bodies, commands, headings, links, request
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.benches import BENCHES
from backend.cli import app as command_line
from backend.datasets import DATASETS
from backend.errors import Invalid
from backend.expand import expand
from backend.grid import expand_grid
from backend.methods import METHODS
from backend.settings import Settings
from backend.spec import kinds

OBJECTIVES = (ROOT / "docs/objectives.md").read_text()
DETAILS = ("file", "duplicate", "wait", "url")
"""Parameters of ``frontier submit`` that are no part of a specification."""


def require_posted(asked: Request) -> None:
    """The server would take what is posted."""
    if asked.path == "/runs":
        assert expand(asked.body, DATASETS)
    elif asked.path == "/sweeps":
        assert asked.body.keys() == {"base", "grid"}
        assert expand_grid(asked.body["base"], asked.body["grid"], DATASETS)
    else:
        *_, name = asked.path.split("/")
        assert asked.path == f"/lab/benches/{name}"
        assert name in BENCHES


def require_command(words: list[str], own: set[str]) -> None:
    """The command line takes these words; what is submitted is a specification.

    Args:
        words: without the program itself.
        own: data sets that the page has the reader bring.
    """
    group: Any = typer.main.get_command(command_line)
    context = group.make_context("frontier", list(words))
    while hasattr(group, "commands"):
        name, group, rest = group.resolve_command(context, [*context._protected_args, *context.args])
        context = group.make_context(name, rest, parent=context)
    if context.info_name == "submit":
        given = {name.rstrip("_"): value for name, value in context.params.items() if name not in DETAILS}
        body = {name: value for name, value in given.items() if value is not None}
        assert body["dataset"] in own or expand(body, DATASETS)


def require_benchmark(script: str, options: list[str]) -> None:
    source = (ROOT / script).read_text()
    for option in options:
        assert not option.startswith("--") or f'"{option.partition("=")[0]}"' in source, f"{script} has no {option}"


@pytest.mark.parametrize("document", PAGES, ids=lambda each: each.stem)
def test_every_command_of_a_page_can_be_run(document: Path) -> None:
    own = {words[3] for words in commands(document) if words[1:3] == ["data", "upload"]}
    for words in commands(document):
        program, *rest = words
        if program == "curl" and (asked := request(words)).method == "POST":
            require_posted(asked)
        elif Path(program).name == "frontier":
            require_command(rest, own)
        elif program == "python":
            require_benchmark(rest[0], rest[1:])
        else:
            assert program == "curl" or document not in PAPERS, words


def test_every_address_of_the_pages_answers(tmp_path: Path) -> None:
    asked = {
        (found.path, *((key, *values) for key, values in found.query.items()))
        for page in PAGES
        for words in commands(page)
        if words[0] == "curl" and (found := request(words)).method == "GET"
    }
    assert asked
    app = create_app(Settings(home=tmp_path))
    client = TestClient(app, base_url="http://127.0.0.1:8050")
    for path, *query in asked:
        answer = client.get(f"/api/v1{path}", params={key: values for key, *values in query})
        assert answer.status_code == 200, (path, answer.text)
    app.state.database.dispose()


@pytest.mark.parametrize("document", PAGES, ids=lambda each: each.stem)
def test_every_body_in_a_page_is_a_specification_unless_it_is_there_to_be_refused(document: Path) -> None:
    for body in bodies(document) if document.stem != "objectives" else []:
        assert expand(body, DATASETS)


def test_what_is_called_refused_is_refused() -> None:
    found = bodies(ROOT / "docs/objectives.md")
    assert len(found) == OBJECTIVES.split("## Refused")[1].count("| `{") >= 10
    for body in found:
        with pytest.raises(Invalid):
            expand(body, DATASETS)


def test_every_paper_has_a_page() -> None:
    assert sorted(page.read_text().splitlines()[0][:4] for page in PAPERS) == [f"# {letter}:" for letter in "BDIVX"]


@pytest.mark.parametrize("document", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda each: each.stem)
def test_every_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    for target, anchor in links(document):
        there = (document.parent / target).resolve() if target else document
        assert there.exists(), target
        assert not anchor or anchor in headings(there)


def row(name: str, section: str) -> list[str]:
    """The cells of the row of a section's table that begins with a name."""
    inside = OBJECTIVES.split(f"## {section}\n")[1].split("\n## ")[0]
    (line,) = [line for line in inside.splitlines() if line.startswith(f"| `{name}` |")]
    return [cell.replace("\0", "|").strip() for cell in line.replace("\\|", "\0").strip("|").split("|")]


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_documented_with_its_formula_and_defaults(name: str) -> None:
    method = METHODS[name]
    _, formula, paper, knobs = row(name, "Methods")
    assert method.formula.startswith(formula)
    assert paper == method.paper
    for knob in method.knobs:
        default = knob.default if knob.choices else f"{knob.default:g}"
        assert f"`{knob.name}` {default}" in knobs
    assert knobs.count("`") == 2 * (len(method.knobs) + ("encoder" in method.architecture))


UNITS = {"1": "none", "nats": "nats"}


@pytest.mark.parametrize(
    ("union", "section"),
    [
        ("rate_terms", "The rate term"),
        ("divergences", "Divergences of q(z) from m(z)"),
        ("information_terms", "Information terms"),
    ],
)
def test_every_kind_of_term_is_documented_in_its_unit(union: str, section: str) -> None:
    for kind, part in kinds(union).items():
        cells = row(kind, section)
        if union != "rate_terms" and kind != "none":
            assert cells[2] == UNITS[part.unit]
