"""The Lab page with real toy models, the time of a run in the form, and collapse in the pane."""

import re

import pytest
from playwright.sync_api import Page, expect
from running_program import Program

from backend.store import jobs
from backend.store.session import Database

TABLES = "document.querySelectorAll('.lab-model:not(.bare) .hm').length"


@pytest.fixture(scope="module")
def toy_runs(program: Program) -> dict[str, str]:
    """Two seeds of the ELBO and one of the target rate, as the page's button queues them; seconds each."""
    bodies = {
        "elbo": {"method": "vae", "seed": 0},
        "elbo, seed 1": {"method": "vae", "seed": 1},
        "aimed": {"target_rate": 0.5, "seed": 0},
    }
    queued = {}
    for name, body in bodies.items():
        answer = program.http.post("/runs", json={"dataset": "toy", **body})
        assert answer.status_code == 201, answer.text
        queued[name] = answer.json()["id"]
    return {name: program.finished(run)["id"] for name, run in queued.items()}


def measured(program: Program, run: str) -> dict[str, float]:
    (point,) = program.run(run)["points"]
    found = program.http.get(f"/points/{point}").json()
    return {name: found["estimates"][name]["value"] for name in ("rate", "distortion", "source_information")}


def test_the_lab_shows_three_models_side_by_side_and_the_spread(
    page: Page, program: Program, toy_runs: dict[str, str]
) -> None:
    page.goto(f"{program.url}/queue")
    page.get_by_role("link", name="Lab").click()
    expect(page).to_have_url(f"{program.url}/lab")
    page.wait_for_function(f"{TABLES} === 9")
    for column, run in (("ELBO", "elbo"), ("Target rate 0.5", "aimed")):
        numbers = measured(program, toy_runs[run])
        shown = page.get_by_role("region", name=column, exact=True)
        for name, decimals in (("rate", 4), ("distortion", 4), ("source_information", 3)):
            expect(shown).to_contain_text(f"{numbers[name]:.{decimals}f}")
        expect(shown).to_contain_text("0.378")
    expect(page.get_by_role("row", name=re.compile("^ELBO 2 "))).to_be_visible()
    assert abs(measured(program, toy_runs["aimed"])["rate"] - 0.5) < 0.01
    page.locator("#lab-seed").click()
    page.get_by_role("option", name="seed 1").click()
    expect(page).to_have_url(f"{program.url}/lab?seed=1")
    expect(page.get_by_text("No target rate 0.5 run of seed 1")).to_be_visible()
    rate = measured(program, toy_runs["elbo, seed 1"])["rate"]
    expect(page.get_by_role("region", name="ELBO", exact=True)).to_contain_text(f"{rate:.4f}")
    page.reload()
    page.wait_for_function(f"{TABLES} === 6")
    page.get_by_role("region", name="Hand-built, optimal").get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Table as CSV").click()
    assert len(waiting.value.path().read_text().splitlines()) == 901
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_a_lab_without_models_offers_to_train_them(page: Page, empty_program: Program) -> None:
    page.goto(f"{empty_program.url}/lab")
    page.wait_for_function(f"{TABLES} === 3")
    page.get_by_role("button", name="Train 20 seeds each way").click()
    expect(page.get_by_text("Training: 40 models to go")).to_be_visible()
    assert len(empty_program.http.get("/sweeps").json()["items"]) == 2
    expect(page.get_by_role("region", name="ELBO", exact=True).get_by_role("button", name="Download")).to_be_disabled()
    page.get_by_text("What is drawn").click()
    expect(page.get_by_text("with the hand-built decoder held fixed")).to_be_visible()
    page.locator("#lab-offer").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("40 models cancelled.")).to_be_visible()
    expect(page.get_by_role("button", name="Train 20 seeds each way")).to_be_visible()
    page.get_by_role("button", name="New run").click()
    time = page.get_by_role("dialog").locator("#form-time")
    expect(time).to_contain_text("cannot be told without", timeout=20_000)
    page.get_by_role("dialog").get_by_label("epochs", exact=True).fill("0")
    expect(time).to_contain_text("once every field is right")


DUALS = {
    "pairs": 1000,
    "rows": [
        {
            "kind": "kl", "title": "KL", "unit": "nats", "information": 1.0, "truth": 1.0,
            "best": {"value": 1.01, "stderr": 0.02}, "trained": {"value": 0.9, "stderr": 0.02, "steps": 1200},
        }
    ],
}  # fmt: skip


def test_a_bench_is_asked_for_followed_and_shown(page: Page, empty_program: Program) -> None:
    page.goto(f"{empty_program.url}/lab")
    page.get_by_role("link", name="Duals").click()
    expect(page).to_have_url(f"{empty_program.url}/lab?part=duals")
    expect(page.get_by_text("Not computed here yet")).to_be_visible()
    page.get_by_role("button", name="Run it here").click()
    bar = page.locator("#bench-bar")
    expect(bar).to_contain_text("waits for a worker: a run before it ends first")
    expect(page.get_by_text("Asked for")).to_be_visible()
    bar.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Run it here").click()
    expect(bar).to_contain_text("waits for a worker: a run before it ends first")
    database = Database(f"sqlite:///{empty_program.home / 'frontier.db'}")
    with database.write() as session:
        job = jobs.claim(session, "train", {"host": "h", "pid": 1}, 60.0)
        assert job is not None
        job.progress = {"stage": "measuring", "step": 1, "steps": 4, "eta_s": None}
    expect(bar).to_contain_text("part 2 of 4")
    page.get_by_role("link", name="Particles").click()
    expect(page.get_by_text("Not computed here yet")).to_be_visible()
    page.go_back()
    expect(bar).to_contain_text("part 2 of 4")
    with database.write() as session:
        jobs.finish(session, jobs.hold(session, jobs.lease_of(job, 60.0)), "succeeded", result=DUALS)
    expect(bar).to_contain_text("computed 20")
    expect(page.get_by_role("row", name=re.compile("^KL 1.000 nats 1.0000 1.0100 ± 0.0200"))).to_be_visible()
    page.locator(".lab-duals .point").first.wait_for()
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Table as CSV").click()
    assert waiting.value.suggested_filename == "duals.csv"
    page.get_by_role("button", name="Run it again").click()
    expect(bar).to_contain_text("waits for a worker: a run before it ends first")
    with database.write() as session:
        job = jobs.claim(session, "train", {"host": "h", "pid": 1}, 60.0)
        assert job is not None
        error = {"type": "MemoryError", "message": "out of memory", "hint": "run it again"}
        jobs.finish(session, job, "failed", error=error)
    database.dispose()
    expect(page.locator("#bench-words .failure")).to_contain_text("out of memory")
    expect(page.get_by_role("button", name="Run it again")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_the_form_says_how_long_a_run_takes_before_it_is_queued(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/?dataset=digits/static")
    page.get_by_role("button", name="New run").click()
    form = page.get_by_role("dialog")
    time = form.locator("#form-time")
    expect(time).to_contain_text(re.compile(r"About \d+ (s|min).*an epoch.*images/s on CPU, measured"), timeout=30_000)
    form.get_by_label("epochs", exact=True).fill("40000")
    expect(time).to_contain_text(re.compile(r"About \d+ (h|d)"))
    form.get_by_label("epochs", exact=True).fill("1")
    form.get_by_label("restarts", exact=True).fill("2")
    expect(time).to_contain_text("for 2 runs")
    expect(form.locator("#form-preview")).to_contain_text('"seed": [0, 1]')
    form.get_by_label("restarts", exact=True).fill("none")
    form.get_by_role("button", name="Mend the marked fields first").click()
    expect(form.locator("#form-error")).to_have_text("restarts: should be a whole number from 1 to 1000")
    form.get_by_label("restarts", exact=True).fill("2")
    form.get_by_role("button", name="Queue 2 runs").click()
    expect(form).to_be_hidden()
    runs = program.http.get("/runs", params={"limit": 2}).json()["items"]
    assert {run["spec"]["seed"] for run in runs} == {0, 1}
    assert {run["spec"]["training"]["epochs"] for run in runs} == {1}
    for run in runs:
        program.finished(run["id"])


def test_parts_bring_their_own_networks_and_fields(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/queue")
    page.get_by_role("button", name="New run").click()
    form = page.get_by_role("dialog")
    form.get_by_text("Advanced").click()
    form.get_by_label("decoder d(x|z)").first.click()
    page.get_by_role("option", name="Autoregressive").click()
    expect(form.get_by_label("its network").nth(1)).to_have_value("PixelCNN++")
    expect(form.get_by_label("decoder resnets")).to_be_visible()
    form.get_by_label("Scale").first.click()
    page.get_by_role("option", name="Paper scale", exact=True).click()
    expect(form.get_by_label("epochs", exact=True)).to_have_value("200")
    expect(form.locator("#form-preview")).to_contain_text('"preset": "paper"')
    expect(form.locator("#form-preview")).to_contain_text('"architecture": "-+-"')


def test_the_pane_shows_what_each_dimension_carries(page: Page, program: Program) -> None:
    columns = program.http.get("/points", params={"dataset": "digits"}).json()["columns"]
    point = program.http.get(f"/points/{columns['id'][0]}").json()
    carried = point["arrays"]["kl_per_dimension"]
    page.goto(f"{program.url}/?dataset=digits/static&point={point['id']}")
    page.locator(".dimension").first.wait_for()
    expect(page.locator(".dimension")).to_have_count(len(carried))
    expect(page.locator(".dimension.collapsed")).to_have_count(sum(value <= 0.01 for value in carried))
    expect(page.get_by_role("img", name=re.compile("KL per dimension"))).to_be_visible()
