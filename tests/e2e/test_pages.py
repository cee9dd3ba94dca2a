"""Queue, run page, form, colour scheme, and what happens when the server goes away."""

import re

import pytest
from playwright.sync_api import Page, expect
from running_program import Program

LONG = {"network": "conv", "epochs": 3000}


def fill(page: Page, label: str, value: str) -> None:
    page.get_by_role("dialog").get_by_label(label, exact=True).fill(value)


def test_a_new_run_through_the_form(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/?dataset=digits/static")
    page.get_by_role("button", name="New run").click()
    form = page.get_by_role("dialog")
    fill(page, "epochs", "1")
    fill(page, "seed", "77")
    number = form.locator(".knob input[type=text], .knob input:not([type=hidden])").last
    number.fill("0.25")
    expect(form.locator("#form-preview")).to_contain_text('"beta": 0.25')
    expect(form.locator("#form-preview")).to_contain_text('"seed": 77')
    expect(form.locator("#form-curl")).to_contain_text(f"curl -X POST {program.url}/api/v1/runs")
    form.get_by_role("button", name="Queue this run").click()
    expect(form).to_be_hidden()
    run = program.http.get("/runs", params={"limit": 1}).json()["items"][0]
    assert run["spec"]["objective"]["rate"]["beta"] == 0.25
    assert run["spec"]["seed"] == 77
    assert run["spec"]["training"]["epochs"] == 1
    program.finished(run["id"])


def test_a_refusal_leads_to_its_field_and_stands_as_long_as_the_value(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/queue")
    page.get_by_role("button", name="New run").click()
    form, told = page.get_by_role("dialog"), page.locator("#form-error")
    form.get_by_text("Advanced").click()
    fill(page, "width", "0")
    form.get_by_text("Advanced").click()
    field = form.get_by_label("width", exact=True)
    expect(field).to_be_hidden()
    expect(form.locator("#form-preview")).to_contain_text('"width": 0')
    form.get_by_role("button", name="Mend the marked fields first").click()
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(told).to_have_text("width: should be greater than 0")
    fill(page, "width", "1")
    expect(told).to_be_hidden()
    expect(form.get_by_text("should be greater than 0")).to_have_count(0)
    time = form.locator("#form-time")
    fill(page, "seed", "")
    expect(told).to_have_text("seed: should be a valid integer")
    expect(time).to_contain_text("once every field is right")
    fill(page, "seed", "3")
    expect(time).not_to_contain_text("once every field is right")
    fill(page, "rate anneal epochs", "5000")  # which only the server knows to be wrong
    expect(told).to_contain_text("anneal epochs: annealing over 5000 epochs never ends")
    expect(time).to_contain_text("once every field is right")
    fill(page, "rate anneal epochs", "1")
    expect(told).to_be_hidden()
    expect(time).not_to_contain_text("once every field is right")


def test_what_is_typed_is_what_is_queued_however_fast_the_click(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/queue")
    page.get_by_role("button", name="New run").click()
    form = page.get_by_role("dialog")
    fill(page, "epochs", "1")
    form.get_by_text("Advanced").click()
    for label, text in (("learning rate", "1e-3"), ("seed", "4711")):
        field = form.get_by_label(label, exact=True)
        field.fill("")
        field.press_sequentially(text)
    form.get_by_role("button", name="Queue this run").click()
    expect(form).to_be_hidden()
    run = program.http.get("/runs", params={"limit": 1}).json()["items"][0]
    assert run["spec"]["training"]["learning_rate"] == 0.001
    assert run["spec"]["seed"] == 4711
    program.finished(run["id"])


def test_the_method_shapes_the_form(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/queue")
    page.get_by_role("button", name="New run").click()
    form = page.get_by_role("dialog")
    form.get_by_role("combobox", name="Method").or_(form.get_by_label("Method")).first.click()
    page.get_by_role("option", name="Target rate").click()
    expect(form.get_by_text("D subject to R = R*")).to_be_visible()
    expect(form.locator("#form-preview")).to_contain_text('"target_rate": 10')
    form.get_by_label("Data set").first.click()
    page.get_by_role("option", name="MNIST, binarised here", exact=True).click()
    expect(form.locator("#form-preview")).to_contain_text('"dataset": "mnist"')
    expect(form.get_by_label("epochs", exact=True)).to_have_value("10")


def test_a_run_is_cancelled_retried_cloned_and_deleted_from_the_queue(page: Page, program: Program) -> None:
    run = program.submit(**LONG)
    page.goto(f"{program.url}/queue")
    row = page.locator(f"[data-run='{run}']")
    expect(row.get_by_role("progressbar")).to_be_visible(timeout=20_000)
    expect(row).to_contain_text("images/s", timeout=20_000)
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(1)
    expect(row).to_contain_text("cancelled", timeout=10_000)
    assert program.run(run)["status"] == "cancelled"
    row.get_by_role("button", name="Retry").click()
    expect(row.get_by_role("progressbar")).to_be_visible(timeout=20_000)
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Clone").click()
    form = page.get_by_role("dialog")
    expect(form.locator("#form-preview")).to_contain_text('"epochs": 3000')
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(1)
    expect(row).to_contain_text("cancelled", timeout=10_000)
    row.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete this run?").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    assert program.http.get(f"/runs/{run}").status_code == 404


def test_the_run_page_shows_curves_estimates_and_the_way_to_make_it_again(page: Page, program: Program) -> None:
    run = next(r for r in program.http.get("/runs").json()["items"] if r["points"])
    page.goto(f"{program.url}/run/{run['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(run["method"])
    page.wait_for_function("document.querySelectorAll('#run-curves-frame .scatterlayer .trace').length === 4")
    point = program.http.get(f"/points/{run['points'][0]}").json()
    shown = page.get_by_role("row", name=re.compile("^rate")).get_by_role("cell").first.inner_text()
    assert float(shown) == pytest.approx(point["rate"]["value"], abs=0.6 * 10 ** -len(shown.partition(".")[2]))
    expect(page.get_by_role("row", name=re.compile("^distortion"))).to_contain_text("sampled")
    expect(page.get_by_text("curl -X POST")).to_be_visible()
    expect(page.locator(".bars .bars path, .bars .barlayer path").first).to_be_visible()
    expect(page.locator(".codes-plane .scatterlayer .points path").first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^log det Cov"))).to_contain_text("0 for N(0, I)")
    page.locator(".codes").get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Table as CSV").click()
    assert waiting.value.suggested_filename == f"digits-static-codes-{run['points'][0]}.csv"
    assert waiting.value.path().read_text().startswith("name,x,y\n0,")
    page.set_viewport_size({"width": 600, "height": 900})
    page.wait_for_function("document.getElementById('run-curves-frame').style.height === '804px'")
    with page.expect_download() as waiting:
        page.get_by_text("Checkpoint", exact=True).click()
    assert waiting.value.path().stat().st_size > 1000


def test_what_people_type_is_never_markup(page: Page, program: Program) -> None:
    run = program.http.get("/runs").json()["items"][0]["id"]
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto(f"{program.url}/run/{run}")
    nasty = "<img src=x onerror=alert(1)>"
    page.get_by_label("Notes", exact=True).fill(nasty)
    page.get_by_role("textbox", name="Tags").fill("<b>bold</b>")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Notes and tags are saved.")).to_be_visible()
    assert program.run(run)["notes"] == nasty
    assert program.run(run)["tags"] == ["<b>bold</b>"]
    page.goto(f"{program.url}/queue")
    expect(page.get_by_text("<b>bold</b>")).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_the_scheme_follows_the_system_then_the_person(page: Page, program: Program) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{program.url}/?dataset=digits/static")
    html = page.locator("html")
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    dark = "document.querySelector('#plane-frame .js-plotly-plot')?._fullLayout?.paper_bgcolor === '#14171c'"
    page.wait_for_function(dark)
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    page.wait_for_function(f"!({dark})")
    page.reload()
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")


@pytest.mark.parametrize(("path", "words"), [("/run/nonsense", "No such run"), ("/no/such/page", "Nothing is at this")])
def test_a_bad_deep_link_says_so(page: Page, program: Program, path: str, words: str) -> None:
    page.goto(program.url + path)
    expect(page.get_by_text(words)).to_be_visible()


def test_a_server_that_goes_away_is_a_quiet_banner(page: Page, empty_program: Program, may_complain: list[str]) -> None:
    may_complain += ["Failed to load resource", "Failed to fetch", "Callback failed"]
    page.goto(f"{empty_program.url}/queue")
    expect(page.get_by_text("No runs yet")).to_be_visible()
    empty_program.stop()
    banner = page.get_by_text("The server does not answer")
    expect(banner).to_be_visible()
    empty_program.start()
    expect(banner).to_be_hidden()
    run = empty_program.submit()
    expect(page.locator(f"[data-run='{run}']")).to_be_visible()
    page.locator(f"[data-run='{run}']").get_by_role("button", name="Cancel").click()
    expect(page.locator(f"[data-run='{run}']")).to_contain_text("cancelled")
