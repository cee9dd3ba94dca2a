"""A frontier leaves as one file, is looked at read only, and comes in again; figures are taken along."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Download, Locator, Page, expect
from running_program import Program

NASTY = "<img src=x onerror=alert(1)><b>bold</b>"
POINTS = (
    "(document.querySelector('#plane-frame .js-plotly-plot')?._fullData ?? [])"
    ".reduce((n, trace) => n + (trace.customdata ? trace.customdata.length : 0), 0)"
)


@pytest.fixture(scope="module")
def file(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's points as one file, one run with notes and tags that would be markup."""
    run = program.http.get("/runs", params={"status": "succeeded", "dataset": "digits"}).json()["items"][0]["id"]
    program.http.patch(f"/runs/{run}", json={"notes": NASTY, "tags": [NASTY]}).raise_for_status()
    path = tmp_path_factory.mktemp("share") / "four points.frontier"
    path.write_bytes(program.http.get("/export", params={"dataset": "digits"}).content)
    return path


@pytest.fixture(scope="module")
def opened(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where ``frontier open`` serves the file; it leaves nothing behind."""
    places = tmp_path_factory.mktemp("places")
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.cli", "open", str(file)],
        env={**os.environ, "TMPDIR": str(places), "FRONTIER_HOME": "/nowhere", "FRONTIER_API_TOKEN": "not asked for"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert re.match(r"four points\.frontier: \d+ runs, \d+ points, read only", process.stdout.readline())
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found
    assert list(places.glob("frontier-open-*/frontier.db"))
    yield found[0]
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert list(places.iterdir()) == []


def take(page: Page, beside: Locator | Page, kind: str) -> Download:
    """What one row of a download menu gives."""
    beside.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=kind).click()
    return waiting.value


def test_an_opened_file_shows_everything_and_changes_nothing(page: Page, opened: str, program: Program) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    point = program.http.get("/points", params={"dataset": "digits"}).json()["columns"]["id"][0]
    page.goto(f"{opened}/?point={point}")
    page.wait_for_function(f"{POINTS} > 3", timeout=60_000)
    pane = page.get_by_role("complementary", name="The selected point")
    expect(pane.locator("[data-picture=reconstruction_mean] img")).to_have_count(8)
    assert pane.locator("img").evaluate_all("(all) => all.every((img) => img.complete && img.naturalWidth > 0)")
    expect(page.get_by_text("Read only")).to_be_visible()
    for button in ("New run", "More samples", "Train longer", "Clone", "Delete"):
        expect(page.get_by_role("button", name=button)).to_have_count(0)
    page.goto(f"{opened}/queue")
    expect(page.get_by_text(NASTY).first).to_be_visible()
    expect(page.get_by_role("button", name="Import a frontier")).to_have_count(0)
    run = next(run for run in httpx.get(f"{opened}/api/v1/runs").json()["items"] if run["notes"] == NASTY)
    page.goto(f"{opened}/run/{run['id']}")
    expect(page.get_by_text("trained elsewhere as run").first).to_be_visible()
    expect(page.get_by_label("Notes", exact=True)).to_have_value(NASTY)
    page.locator("#run-curves-frame .scatterlayer .trace").first.wait_for(state="attached")
    for button in ("Save", "Retry", "Train longer", "Delete"):
        expect(page.get_by_role("button", name=button, exact=True)).to_have_count(0)
    assert httpx.patch(f"{opened}/api/v1/runs/{run['id']}", json={"notes": ""}).status_code == 403


def test_every_figure_is_taken_along_in_four_ways(page: Page, opened: str) -> None:
    page.goto(opened)
    page.wait_for_function(f"{POINTS} > 3", timeout=60_000)
    csv = take(page, page, "Table as CSV")
    assert csv.suggested_filename == "digits-static-plane.csv"
    head, *rows = csv.path().read_text().splitlines()
    assert head.startswith("id,run_id,rate (nats),")
    total = httpx.get(f"{opened}/api/v1/points?dataset=digits").json()["total"]
    assert len(rows) == total
    picture = take(page, page, "Figure as SVG").path().read_text()
    assert "<svg" in picture
    assert "background: rgb(255, 255, 255)" in picture or "fill: rgb(255, 255, 255)" in picture
    page.locator(".strip-column").first.click()
    page.locator(".plane-ring:not([hidden])").wait_for()
    ringed = take(page, page, "Figure as SVG").path().read_text()
    assert ringed.count("data-index=") > picture.count("data-index=")  # a shape more
    figure = json.loads(take(page, page, "Figure as JSON").path().read_text())
    assert {"data", "layout"} == figure.keys()
    assert "meta" not in figure["layout"]
    png = take(page, page, "Figure as PNG")
    assert png.path().read_bytes().startswith(b"\x89PNG")
    whole = take(page, page, "Frontier as one file")
    assert whole.suggested_filename == "digits-static.frontier"
    assert whole.path().read_bytes().startswith(b"PK")


def test_a_dark_figure_brings_its_background(page: Page, opened: str) -> None:
    run = httpx.get(f"{opened}/api/v1/runs").json()["items"][0]
    page.emulate_media(color_scheme="dark")
    page.goto(f"{opened}/run/{run['id']}")
    page.locator("#run-curves-frame .scatterlayer .trace").first.wait_for(state="attached")
    beside = page.locator("section", has=page.locator("#run-curves-frame"))
    saved = take(page, beside, "Figure as SVG")
    assert saved.suggested_filename == f"digits-static-training-{run['id']}.svg"
    assert "rgb(20, 23, 28)" in saved.path().read_text()
    curve = take(page, beside, "Table as CSV").path().read_text()
    assert curve.startswith("step,epoch,")
    assert len(curve.splitlines()) == 1 + len(httpx.get(f"{opened}/api/v1/runs/{run['id']}/history").json()["step"])


def test_a_file_comes_in_by_a_button_and_a_bad_one_says_why(
    page: Page, empty_program: Program, file: Path, may_complain: list[str]
) -> None:
    bad = file.with_name("bad.frontier")
    bad.write_bytes(file.read_bytes()[:-100])
    may_complain.append("422")
    for path, words in ((file, "came in"), (file, "were here already"), (bad, "no complete file of a frontier")):
        page.goto(f"{empty_program.url}/queue")
        with page.expect_file_chooser() as asked:
            page.get_by_role("button", name="Import a frontier").click()
        asked.value.set_files(path)
        expect(page.get_by_text(words)).to_be_visible()
    page.goto(empty_program.url)
    page.wait_for_function(f"{POINTS} > 3", timeout=60_000)
