"""The latent space of a point, decoded live by the interactive worker."""

import re

from playwright.sync_api import Page, expect
from running_program import Program

LARGE = 6
"""Rows of a traversal that names no dimensions."""


def a_point(program: Program) -> str:
    """One of the program's points on digits."""
    return str(program.http.get("/points", params={"dataset": "digits"}).json()["columns"]["id"][0])


def payload(page: Page, program: Program, panel: str) -> dict:
    """What was asked for the pictures on show."""
    href = page.locator(f"#latent-{panel}-shown a", has_text="JSON").get_attribute("href")
    return dict(program.http.get(href.removeprefix("/api/v1")).json()["payload"])


def test_from_the_menu_to_a_point_and_what_is_decoded_of_it(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/nowhere")
    page.get_by_role("link", name="Latent", exact=True).click()
    expect(page.get_by_role("heading", name="On the frontier of digits/static")).to_be_visible()
    page.locator(".latent-card").first.click()
    expect(page).to_have_url(re.compile(r"/latent\?point=[0-9a-f]{32}$"))
    expect(page.get_by_role("heading", name="Latent space of")).to_be_visible()
    expect(page.locator("#latent-aggregate .js-plotly-plot .legend")).to_be_visible()
    expect(page.locator("#latent-aggregate")).to_contain_text("log det Cov q(z)")
    expect(page.locator("#latent-traversal-shown .latent-row:not(.head)")).to_have_count(LARGE)
    expect(page.locator("#latent-traversal-shown .tile")).to_have_count(9 * LARGE)
    expect(page.locator("#latent-interpolation-shown .tile")).to_have_count(11)
    expect(page.locator("#latent-samples-shown .tile")).to_have_count(32)
    expect(page.locator("#latent-gap")).to_contain_text("nats here")
    shown = page.locator("#latent-samples-shown img").first
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("image => image.naturalWidth") == 64
    with page.expect_download() as download:
        page.locator("#latent-interpolation-shown a", has_text="PNG").click()
    assert download.value.suggested_filename.startswith("interpolation-")


def test_what_is_chosen_stands_in_the_address(page: Page, program: Program) -> None:
    point = a_point(program)
    page.goto(f"{program.url}/latent/?point={point}")
    bars, rows = page.locator(".latent-bar"), page.locator("#latent-traversal-shown .latent-row:not(.head)")
    pressed = page.locator('.latent-bar[aria-pressed="true"]')
    expect(rows).to_have_count(LARGE)
    expect(pressed).to_have_count(LARGE)
    bars.first.focus()
    page.keyboard.press("ArrowRight")
    expect(bars.nth(1)).to_be_focused()
    page.keyboard.press("Enter")  # takes the second off
    expect(rows).to_have_count(LARGE - 1)
    expect(bars.nth(1)).to_be_focused()
    page.get_by_role("button", name="Image whose code is moved: input 4", exact=True).click()
    page.get_by_role("button", name="End of the way: input 7", exact=True).click()
    page.get_by_role("button", name="spherical").click()
    page.get_by_role("button", name="\u00b12 sd").click()
    page.get_by_role("button", name="in order").click()
    page.get_by_role("button", name="Other samples").click()
    kept = re.compile(r"image=3&dims=[\d,]+&span=2&order=index&pair=1,6&path=spherical&seed=1$")
    expect(page).to_have_url(kept)
    expect(page.locator("#latent-interpolation-shown")).to_contain_text("along an arc")
    page.reload()
    expect(page).to_have_url(kept)
    expect(pressed).to_have_count(LARGE - 1)
    expect(page.locator(".latent-bars")).to_have_class(re.compile("by-index"))
    expect(page.locator("#latent-interpolation-shown")).to_contain_text("input 2")
    expect(page.locator("#latent-interpolation-shown")).to_contain_text("input 7")
    expect(rows).to_have_count(LARGE - 1)
    asked = payload(page, program, "traversal")
    assert (asked["image"], asked["span"], len(asked["dimensions"])) == (3, 2, LARGE - 1)
    for number in (3, 9, 8):  # of all that are asked for, the last one is shown
        page.get_by_role("button", name=f"Image whose code is moved: input {number}", exact=True).click()
    program.until(lambda: payload(page, program, "traversal")["image"] == 7, 30, "the last image is shown")
    expect(page.locator("#latent-traversal-panel")).to_have_attribute("data-state", "ended")
    assert payload(page, program, "traversal")["image"] == 7
    expect(page.locator("#latent-traversal-panel .latent-cancel")).to_be_hidden()


def test_an_address_that_asks_for_too_much_is_told_the_range(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/latent?point={a_point(program)}&image=99&dims=9999&pair=0,44")
    expect(page.locator("#latent-traversal-told")).to_contain_text("the point shows 16 inputs: choose 0 to 15")
    expect(page.locator("#latent-interpolation-told")).to_contain_text("choose 0 to 15")
    expect(page.locator("#latent-samples-shown .tile")).to_have_count(32)
    page.get_by_role("button", name="Image whose code is moved: input 2", exact=True).click()
    expect(page.locator("#latent-traversal-told")).to_contain_text(re.compile(r"z has \d+ dimensions: choose 0 to"))


def test_an_unknown_point_is_a_message(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/latent?point=%3Cb%3Ebold%3C/b%3E")
    expect(page.get_by_role("heading", name="No such point")).to_be_visible()
    expect(page.locator("#latent-sections")).to_be_hidden()
    expect(page.locator("#page b")).to_have_count(0)
    page.get_by_role("link", name="Choose another").click()
    expect(page.locator(".latent-card").first).to_be_visible()


def test_without_its_model_a_point_says_so(page: Page, program: Program) -> None:
    (point,) = program.finished(program.submit(beta=0.7, epochs=1))["points"]
    run_id = program.http.get(f"/points/{point}").json()["run_id"]
    (checkpoint,) = (path for path in program.home.rglob("*.pt") if run_id in str(path))
    checkpoint.unlink()
    page.goto(f"{program.url}/latent?point={point}")
    for panel in ("traversal", "interpolation", "samples"):
        expect(page.locator(f"#latent-{panel}-told")).to_contain_text("checkpoint")
    expect(page.locator("#latent-aggregate .js-plotly-plot")).to_be_visible()
    program.http.delete(f"/runs/{run_id}")
