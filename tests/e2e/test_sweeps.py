"""Sweeps by the form, as one unit, on the plane; and runs for the gaps of a frontier."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from running_program import QUICK, Program

FIGURE = "document.querySelector('#plane-frame .js-plotly-plot')"
POINTS = f"({FIGURE}?._fullData ?? []).reduce((n, trace) => n + (trace.customdata ? trace.customdata.length : 0), 0)"


@pytest.fixture
def sweeping(program: Program) -> Iterator[Program]:
    """The program; what a test queued by sweeps is gone afterwards, so that no plane has its points."""
    before = {run["id"] for run in _all(program, "/runs")}
    yield program
    for sweep in _all(program, "/sweeps"):
        program.http.post(f"/sweeps/{sweep['id']}/cancel")
    for run in _all(program, "/runs"):
        if run["id"] not in before:
            program.until(partial(_deleted, program, run["id"]), 30, "the run is deleted")


def _all(program: Program, path: str) -> list[dict[str, Any]]:
    return list(program.http.get(path, params={"limit": 200}).json()["items"])


def _deleted(program: Program, run: str) -> bool:
    return program.http.delete(f"/runs/{run}").status_code in (204, 404)


def choose(page: Page, form: Locator, which: str, option: str, values: str) -> None:
    """One field of the sweep with its values."""
    form.get_by_role("combobox", name=f"{which} field swept over").or_(
        form.get_by_label(f"{which} field swept over")
    ).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    form.get_by_label(f"{which} values").fill(values)


def test_a_sweep_is_queued_by_the_form_cancelled_as_one_and_run_again(page: Page, sweeping: Program) -> None:
    page.goto(f"{sweeping.url}/sweeps")
    page.get_by_role("button", name="New sweep").first.click()
    form, told = page.get_by_role("dialog"), page.locator("#form-error")
    form.get_by_label("epochs", exact=True).fill("3000")
    choose(page, form, "First", "β (beta), weight of the rate", "0.2, x")
    expect(told).to_have_text("sweep over beta: x should be a valid number")
    form.get_by_label("First values").fill("0.2..0.4, 3, linear")
    expect(told).to_be_hidden()
    expect(form.get_by_text("3 values: 0.2, 0.3, 0.4")).to_be_visible()
    choose(page, form, "Second", "seed", "10..11")
    button = form.get_by_role("button", name="Queue 6 runs")
    expect(button).to_be_visible()
    expect(form.locator("#form-preview")).to_contain_text('"seed": [10, 11]')
    expect(form.locator("#form-curl")).to_contain_text("/api/v1/sweeps")
    button.dblclick()
    expect(form).to_be_hidden()
    (sweep,) = [each for each in _all(sweeping, "/sweeps") if each["grid"].get("seed") == [10, 11]]
    assert sweep["grid"]["beta"] == [0.2, 0.3, 0.4]
    row = page.locator(f"[data-sweep='{sweep['id']}']")
    expect(row).to_contain_text("of 6 runs ended")
    row.get_by_role("link", name="Open").click()
    cell = page.locator(".sweep-matrix tbody td")
    expect(cell).to_have_count(6)
    page.get_by_role("button", name="Cancel all").click()
    expect(page.get_by_text("6 cancelled")).to_be_visible()
    sweeping.http.delete(f"/runs/{sweep['runs'][0]}")
    again = page.get_by_role("button", name="Run what is missing (6)")
    expect(again).to_be_visible()
    again.click()
    expect(page.get_by_text("6 runs to train; 0 known already")).to_be_visible()
    expect(page).not_to_have_url(f"{sweeping.url}/sweep/{sweep['id']}")


def test_a_sweep_of_known_runs_costs_nothing_and_stands_alone_on_the_plane(page: Page, sweeping: Program) -> None:
    body = {"base": QUICK, "grid": {"beta": [0.1, 4.0]}}
    assert sweeping.http.post("/sweeps/preview", json=body).json()["to_train"] == 0
    sweep = sweeping.http.post("/sweeps", json=body).json()
    assert sweep["counts"]["succeeded"] == 2
    page.goto(f"{sweeping.url}/sweep/{sweep['id']}")
    expect(page.locator(".sweep-table tbody tr")).to_have_count(2)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    assert waiting.value.path().read_text().startswith("beta,run_id,point_id,status,rate (nats)")
    page.get_by_role("link", name="On the plane").click()
    expect(page.get_by_text("Only the points of one sweep")).to_be_visible()
    page.wait_for_function(f"{POINTS} === 2", timeout=30_000)
    page.get_by_role("link", name="Show every point").click()
    page.wait_for_function(f"{POINTS} >= 4", timeout=30_000)


def test_the_gaps_of_the_frontier_are_filled_from_the_plane(page: Page, sweeping: Program) -> None:
    page.goto(f"{sweeping.url}/?dataset=digits/static")
    page.wait_for_function(f"{POINTS} >= 4", timeout=30_000)
    page.get_by_role("button", name="Fill the gap").click()
    panel = page.get_by_role("region", name="Runs that would fill the frontier")
    boxes = panel.get_by_role("checkbox")
    expect(boxes.first).to_be_checked()
    offered = sweeping.http.get("/frontier/gaps", params={"dataset": "digits/static", "limit": 6}).json()["proposals"]
    expect(boxes).to_have_count(len(offered))
    expect(page.locator(".gap-marks span")).to_have_count(len(offered))
    expect(panel.locator("#gaps-cost")).to_contain_text("about")
    for place in range(1, len(offered)):
        boxes.nth(place).uncheck()
    expect(page.locator(".gap-marks span")).to_have_count(1)
    panel.get_by_role("button", name="Queue this run").dblclick()
    expect(panel.get_by_text("1 run queued.")).to_be_visible()
    link = panel.get_by_role("link", name="See the sweep")
    made = str(link.get_attribute("href")).rpartition("/")[2]
    (run,) = sweeping.http.get(f"/sweeps/{made}").json()["runs"]
    assert sweeping.run(run)["spec"]["objective"] == offered[0]["spec"]["objective"]
    assert _all(sweeping, "/sweeps")[0]["id"] == made
    expect(page.locator(".gap-marks span")).to_have_count(0)


def test_a_double_click_on_an_empty_place_offers_a_run_there(page: Page, sweeping: Program) -> None:
    page.goto(f"{sweeping.url}/?dataset=digits/static")
    page.wait_for_function(f"{POINTS} >= 4", timeout=30_000)
    box = page.locator("#plane .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + 0.6 * box["width"], box["y"] + 0.06 * box["height"])
    panel = page.get_by_role("region", name="Runs that would fill the frontier")
    expect(panel.get_by_role("heading")).to_contain_text("A run at R")
    expect(panel).to_contain_text("would not move the frontier")
    panel.get_by_role("button", name="Queue this run").click()
    link = panel.get_by_role("link", name="See the sweep")
    made = str(link.get_attribute("href")).rpartition("/")[2]
    (run,) = sweeping.http.get(f"/sweeps/{made}").json()["runs"]
    assert sweeping.run(run)["method"] == "target-rate"
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
