"""The waiting line in the browser: its order, by buttons, keys and dragging; several runs at once; training longer."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from running_program import Program

LONG = {"network": "conv", "epochs": 3000}


@pytest.fixture
def line(program: Program) -> Iterator[list[str]]:
    """Four runs that wait behind one that takes long."""
    holder = program.submit(**LONG, seed=900)
    program.until(lambda: program.run(holder)["status"] == "running", 30, "the long run begins")
    waiting = [program.submit(epochs=1, seed=901 + place) for place in range(4)]
    yield waiting
    for run in (*waiting, holder):
        program.http.post(f"/runs/{run}/cancel")  # whatever a test has left of it
    program.until(lambda: program.run(holder)["status"] == "cancelled", 30, "the long run ends")


def row(page: Page, run: str) -> Locator:
    return page.locator(f"[data-run='{run}']")


def order(page: Page, runs: list[str]) -> None:
    """The line on the page, from the first to the last, and as REST has it."""
    for place, run in enumerate(runs):
        expect(page.locator(".line .row").nth(place)).to_have_attribute("data-run", run)
    expect(page.locator(".line .place")).to_have_text([str(place + 1) for place in range(len(runs))])


STILL = """() => new Promise((done) => {
  let timer = setTimeout(done, 1500);
  const seen = () => { clearTimeout(timer); timer = setTimeout(done, 1500); };
  new MutationObserver(seen).observe(document.querySelector(".line").parentElement, { childList: true, subtree: true });
})"""
"""Resolves when the line was not drawn anew for one and a half seconds."""


def drag(page: Page, run: str, other: str, *, below: bool) -> None:
    """With the mouse, once the line has stood still: a row drawn anew between press and move is not the one pressed."""
    page.evaluate(STILL)
    place = (
        "(row, y) => { const at = row.getBoundingClientRect(); return [at.x + at.width / 2, at.y + at.height * y]; }"
    )
    start, end = row(page, run).evaluate(place, 0.5), row(page, other).evaluate(place, 0.9 if below else 0.1)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def test_the_line_changes_by_button_by_key_and_by_dragging(page: Page, program: Program, line: list[str]) -> None:
    a, b, c, d = line
    page.goto(f"{program.url}/queue")
    order(page, [a, b, c, d])
    expect(row(page, a).get_by_role("button", name="First")).to_be_disabled()
    row(page, d).get_by_role("button", name="First").click()
    order(page, [d, a, b, c])
    down = row(page, d).get_by_role("button", name="Down")
    down.focus()
    page.keyboard.press("Enter")
    order(page, [a, d, b, c])
    expect(down).to_be_focused()  # the focus goes with the run, not with the place
    drag(page, c, a, below=False)
    order(page, [c, a, d, b])
    drag(page, a, b, below=True)
    order(page, [c, d, b, a])
    answer = program.http.get("/queue").json()
    assert [run["id"] for run in answer["items"]] == [c, d, b, a]
    program.http.patch(f"/runs/{d}", json={"priority": 7}).raise_for_status()
    order(page, [d, c, b, a])  # without a click: somebody else's change
    expect(row(page, d)).to_contain_text("priority 7")
    page.goto(f"{program.url}/run/{b}")
    first = page.get_by_role("button", name="First")
    expect(first).to_be_visible()
    first.click()
    expect(page.get_by_text("The run is trained next.")).to_be_visible()
    assert program.http.get("/queue").json()["items"][0]["id"] == b


def test_several_runs_are_cancelled_tagged_ones_found_and_deleted_for_good(
    page: Page, program: Program, line: list[str]
) -> None:
    a, b, c, _ = line
    for run in (a, b):
        program.http.patch(f"/runs/{run}", json={"tags": ["<i>mine</i>"]}).raise_for_status()
    page.goto(f"{program.url}/queue")
    bar = page.locator("#queue-bar")
    expect(bar).to_be_hidden()
    for run in (a, b):
        row(page, run).get_by_role("checkbox").click()
    expect(bar).to_contain_text("2 runs picked")
    expect(row(page, a).get_by_role("checkbox")).to_be_checked()
    bar.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("2 runs cancelled.")).to_be_visible()
    expect(page.locator("[data-list=ended]").locator(f"[data-run='{a}']")).to_be_visible()
    expect(bar).to_be_hidden()
    tag = page.get_by_label("any tag")
    tag.fill("<i>mine</i>")
    tag.press("Enter")
    expect(page.locator("[data-list=ended] .row")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/queue\?tag=%3Ci%3Emine"))
    page.reload()
    expect(page.get_by_label("any tag")).to_have_value("<i>mine</i>")
    expect(page.locator("[data-list=ended] .row")).to_have_count(2)
    for run in (a, b):
        row(page, run).get_by_role("checkbox").click()
    bar.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete 2 runs?")
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("2 runs deleted.")).to_be_visible()
    expect(row(page, a)).to_have_count(0)
    assert [program.http.get(f"/runs/{run}").status_code for run in (a, b, c)] == [404, 404, 200]


def test_a_run_is_trained_longer_and_the_two_know_each_other(page: Page, program: Program) -> None:
    parent = next(r for r in program.http.get("/runs", params={"status": "succeeded"}).json()["items"] if r["points"])
    page.goto(f"{program.url}/runs/{parent['id']}")  # as REST has it
    expect(page).to_have_url(f"{program.url}/run/{parent['id']}")
    longer = page.get_by_role("button", name="Train longer")
    expect(longer).to_be_visible()
    longer.click()
    dialog = page.get_by_role("dialog", name="Train longer")
    done = parent["spec"]["training"]["epochs"]
    dialog.get_by_label("More epochs").fill("3")
    expect(dialog).to_contain_text(f"{done} + 3 = {done + 3} epochs in all. About")
    dialog.get_by_role("button", name="Train longer").click()
    expect(dialog).to_be_hidden()
    (child,) = program.http.get("/runs", params={"continues": parent["id"]}).json()["items"]
    expect(page.locator(".lineage")).to_contain_text("Continued by 3 epochs more")
    page.get_by_role("link", name="the run that goes on").click()
    expect(page).to_have_url(f"{program.url}/run/{child['id']}")
    lineage = page.locator(".lineage")
    epochs = "1 epoch" if done == 1 else f"{done} epochs"
    expect(lineage).to_contain_text(f"after {epochs}: {done} + 3 = {done + 3} in all.")
    program.finished(child["id"])
    expect(page.locator("#run-log")).to_contain_text(re.compile(f"continues run {parent['id']}"))
    lineage.get_by_role("link", name=f"run {parent['id']}").click()
    expect(page.get_by_role("link", name="3 epochs more")).to_contain_text("(succeeded)")
    program.http.delete(f"/runs/{child['id']}").raise_for_status()
