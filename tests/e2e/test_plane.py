"""How the plane is looked at: colours, axes, means, what is shown alone, a brush, an empty place, and addresses."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from running_program import Program

FIGURE = "document.querySelector('#plane-frame .js-plotly-plot')"
IDS = f"({FIGURE}?._fullData ?? []).flatMap((trace) => (trace.customdata || []).flat())"
CHOSEN = f"""() => {FIGURE}.data.filter((trace) => trace.customdata)
  .flatMap((trace) => (trace.selectedpoints || []).map((index) => trace.customdata[index][0])).sort()"""
STATIC = "?dataset=digits/static"


@pytest.fixture(autouse=True)
def patience(page: Page) -> None:
    """Other tests share the processor, and nothing here is about speed."""
    page.set_default_timeout(60_000)


def open_plane(page: Page, program: Program, search: str = STATIC) -> None:
    page.goto(f"{program.url}/{search}")
    page.wait_for_function(f"{IDS}.length > 0")


def points_of(program: Program, **query: Any) -> dict[str, list[Any]]:
    return dict(program.http.get("/points", params={"dataset": "digits", **query}).json()["columns"])


def asked(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def plot_box(page: Page) -> dict[str, float]:
    box = page.locator("#plane-frame .nsewdrag[data-subplot=xy]").bounding_box()
    assert box is not None
    return dict(box)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place to another, in shares of the plot."""
    box = plot_box(page)
    (x0, y0), (x1, y1) = (
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)
    )  # fmt: skip
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move(x1, y1, steps=6)
    page.mouse.up()


def choose(page: Page, name: str, words: str) -> None:
    """One choice of the menu of looks."""
    page.get_by_role("textbox", name=name).click()
    page.get_by_role("option", name=words, exact=True).click()


def test_the_menu_of_looks_writes_the_address_and_the_legend_says_it(page: Page, program: Program) -> None:
    open_plane(page, program)
    page.get_by_role("button", name="Look", exact=True).click()
    choose(page, "What the colour says", "rate beta")
    page.wait_for_function(f"{FIGURE}.data.some((trace) => trace.name === 'colour bar')")
    choose(page, "What the shape says", "method")
    page.wait_for_function(f"{FIGURE}.data.some((trace) => trace.name === 'method vae')")
    page.locator("label", has_text=re.compile("^R$")).click()
    page.wait_for_function(f"{FIGURE}._fullLayout.xaxis.type === 'log'")
    expect(page).to_have_url(re.compile("colour=objective.rate.beta&shape=method&log=x"))
    page.keyboard.press("Escape")
    ids = page.evaluate(f"{IDS}.length")
    page.reload()
    page.wait_for_function(f"{IDS}.length === {ids}")
    assert page.evaluate(f"{FIGURE}._fullLayout.xaxis.type") == "log"
    page.goto(f"{program.url}/{STATIC}")
    page.wait_for_function(f"{FIGURE}?._fullLayout?.xaxis.type === 'linear'")
    page.go_back()
    page.wait_for_function(f"{FIGURE}?._fullLayout?.xaxis.type === 'log'")


def test_an_entry_of_the_legend_is_shown_alone_and_again_with_the_others(page: Page, program: Program) -> None:
    open_plane(page, program, f"{STATIC}&colour=method")
    columns = points_of(program)
    vae = sorted(point for point, method in zip(columns["id"], columns["method"], strict=True) if method == "vae")
    assert 0 < len(vae) < len(columns["id"])
    page.wait_for_function(f"{IDS}.length === {len(columns['id'])}")
    entry = page.locator("#plane-frame .legend .traces", has_text="method vae").locator(".legendtoggle")
    entry.click()
    page.wait_for_function(f"{IDS}.length === {len(vae)}")
    assert sorted(page.evaluate(IDS)) == vae
    assert asked(page)["only"] == "colour:method vae"
    expect(page.get_by_text(re.compile("only method vae: .* hidden"))).to_be_visible()
    entry.click()
    page.wait_for_function(f"{IDS}.length === {len(columns['id'])}")
    assert "only" not in asked(page)
    entry.click()
    page.wait_for_function(f"{IDS}.length === {len(vae)}")
    page.get_by_role("button", name="Look", exact=True).click()
    choose(page, "What the colour says", "rate beta")
    page.wait_for_function(f"{IDS}.length === {len(columns['id'])}")
    assert asked(page) == {"dataset": "digits/static", "colour": "objective.rate.beta"}


def test_a_brush_chooses_points_and_keeps_them_when_a_run_ends(page: Page, program: Program) -> None:
    open_plane(page, program)
    tool = page.get_by_role("button", name="Select points")
    tool.click()
    expect(tool).to_have_attribute("aria-pressed", "true")
    drag(page, (0.01, 0.01), (0.99, 0.99))
    everyone = sorted(points_of(program)["id"])
    clear = page.get_by_role("button", name=f"{len(everyone)} chosen: clear")
    expect(clear).to_be_visible()
    page.wait_for_function(f"({CHOSEN})().length === {len(everyone)}")
    run = program.finished(program.submit(beta=0.6))
    page.wait_for_function(f"{IDS}.includes('{run['points'][0]}')")
    assert page.evaluate(CHOSEN) == everyone
    assert page.evaluate(f"{FIGURE}._fullLayout.dragmode") == "select"
    page.keyboard.press("Escape")
    expect(clear).to_be_hidden()
    expect(tool).to_have_attribute("aria-pressed", "false")
    page.wait_for_function(f"({CHOSEN})().length === 0")


def test_a_brush_stays_on_its_page(page: Page, program: Program) -> None:
    open_plane(page, program)
    page.get_by_role("button", name="Select points").click()
    drag(page, (0.01, 0.01), (0.99, 0.99))
    expect(page.get_by_role("button", name="chosen: clear")).to_be_visible()
    page.get_by_role("link", name="Queue", exact=True).click()
    page.get_by_role("link", name="Explore", exact=True).click()
    page.wait_for_function(f"{IDS}.length > 0")
    expect(page.get_by_role("button", name="chosen: clear")).to_be_hidden()
    assert page.evaluate(f"{FIGURE}.data.every((trace) => !trace.selectedpoints)")


def test_choosing_a_point_draws_nothing_anew(page: Page, program: Program) -> None:
    open_plane(page, program)
    page.goto(program.url)
    column = page.locator(".strip-column").first
    expect(column).to_be_visible()
    drawn: list[str] = []
    page.on("request", lambda request: drawn.append(request.post_data or "") if "_dash-update" in request.url else None)
    page.evaluate("window.before = document.querySelector('.strip-column')")
    column.click()
    expect(page.locator("[data-picture=inputs] img")).to_have_count(8)
    page.evaluate("window.head = document.querySelector('.pane-head')")
    page.locator(".strip-column").last.click()
    expect(page.locator(".strip-column[aria-current=true]")).to_have_count(1)
    expect(page.locator(".strip-column").last).to_have_attribute("aria-current", "true")
    page.locator(".pane-head h2").wait_for()
    assert page.evaluate("window.before.isConnected && window.head.isConnected")  # what differs changed, nothing else
    assert not [each for each in drawn if '"plane-next.data' in each or '"strip.data-plain"' in each]


def test_a_double_click_on_an_empty_place_tells_where_and_leaves_the_zoom(page: Page, program: Program) -> None:
    open_plane(page, program)
    page.wait_for_function("typeof window.rdFrontier === 'object'")
    drag(page, (0.1, 0.05), (0.95, 0.95))
    page.wait_for_function(f"{FIGURE}.layout.xaxis.autorange === false")
    before = page.evaluate(f"[{FIGURE}._fullLayout.xaxis.range, {FIGURE}._fullLayout.yaxis.range]")
    page.evaluate(
        """() => {
          const set = window.dash_clientside.set_props;
          window.told = [];
          window.dash_clientside.set_props = (id, props) => { window.told.push([id, props]); set(id, props); };
        }"""
    )
    box = plot_box(page)
    page.mouse.dblclick(box["x"] + 0.9 * box["width"], box["y"] + 0.1 * box["height"])
    page.wait_for_function("window.told.some(([id]) => id === 'place')")
    told = page.evaluate("window.told.find(([id]) => id === 'place')[1].data")
    (x0, x1), (y0, y1) = before
    assert told["rate"] == pytest.approx(x0 + 0.9 * (x1 - x0), rel=0.02)
    assert told["distortion"] == pytest.approx(y1 - 0.1 * (y1 - y0), rel=0.02)
    assert page.evaluate(f"[{FIGURE}._fullLayout.xaxis.range, {FIGURE}._fullLayout.yaxis.range]") == before
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Reset view").click()
    page.wait_for_function(f"{FIGURE}.layout.xaxis.autorange === true")


def test_means_over_seeds_hold_every_seed(page: Page, program: Program) -> None:
    beta = 3.3  # no other test's
    runs = [program.submit(beta=beta, seed=seed) for seed in range(3)]
    for run in runs:
        program.finished(run)
    open_plane(page, program, f"{STATIC}&seeds=se")
    expect(
        page.get_by_text(re.compile(r"\d+ means? over seeds, error bars: standard error of the mean"))
    ).to_be_visible()
    columns = points_of(program)
    recipes = dict(zip(columns["id"], columns["recipe"], strict=True))
    groups = page.evaluate(f"{FIGURE}.data.flatMap((trace) => trace.customdata || [])")
    (three,) = [ids for ids in groups if beta in {columns["beta"][columns["id"].index(point)] for point in ids}]
    assert len(three) == 3
    assert len({recipes[point] for point in three}) == 1
    assert sorted(page.evaluate(IDS)) == sorted(columns["id"])


def test_addresses_that_name_nothing_leave_the_plane_standing(page: Page, program: Program) -> None:
    open_plane(page, program, f"{STATIC}&colour=architecture.latent_dims&log=z&seeds=many&show=moon")
    expect(page.get_by_text("no specification has a field architecture.latent_dims")).to_be_visible()
    expect(page.get_by_text("did you mean architecture.latent_dim")).to_be_visible()
    page.goto(f"{program.url}/{STATIC}&only=colour:<b>nobody</b>")
    expect(page.get_by_role("heading", name="The filters hide every point")).to_be_visible()
    expect(page.locator(".plane-note b")).to_have_count(0)
    page.get_by_role("button", name="Clear the filters").click()
    page.wait_for_function(f"{IDS}.length > 3")


def test_a_point_of_another_plane_is_told_where_it_is(page: Page, program: Program) -> None:
    point = points_of(program)["id"][0]
    page.goto(f"{program.url}/?dataset=mnist/static&point={point}")
    foreign = page.get_by_text("The selected point is not on this plane: it was measured on digits/static")
    expect(foreign).to_be_visible()
    page.get_by_role("link", name="Open it there").click()
    expect(page).to_have_url(re.compile(f"dataset=digits/static&point={point}"))
    page.wait_for_function(f"{IDS}.length > 3")
    expect(foreign).to_be_hidden()


def test_the_page_opens_on_the_data_set_that_was_seen_last(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/?dataset=digits/dynamic")
    expect(page.locator("input#dataset")).to_have_value("Digits 8x8 (scikit-learn): dynamic")
    page.goto(program.url)
    expect(page.locator("input#dataset")).to_have_value("Digits 8x8 (scikit-learn): dynamic")
    open_plane(page, program)
    assert page.evaluate("localStorage.getItem('rd-frontier-dataset')") == "digits/static"


def test_a_narrow_screen_has_its_legend_below_the_plane(page: Page, program: Program) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_plane(page, program, f"{STATIC}&colour=method")
    plane = plot_box(page)
    legend = page.locator("#plane-frame .legend").bounding_box()
    assert legend is not None
    assert legend["y"] > plane["y"] + plane["height"]
    assert plane["width"] > 280
    assert plane["height"] > 200
