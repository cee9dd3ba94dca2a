"""The plane, the pane beside it and the strip below, with points from real runs."""

import re
from typing import Any

from playwright.sync_api import Page, expect
from running_program import Program

FIGURE = "document.querySelector('#plane-frame .js-plotly-plot')"
POINTS = f"({FIGURE}?._fullData ?? []).reduce((n, trace) => n + (trace.customdata ? trace.customdata.length : 0), 0)"
RANGES = f"() => [{FIGURE}._fullLayout.xaxis.range, {FIGURE}._fullLayout.yaxis.range]"
PLACE = f"""(id) => {{
  const figure = {FIGURE};
  const box = figure.querySelector('.nsewdrag').getBoundingClientRect();
  for (const trace of figure._fullData) {{
    const index = (trace.customdata || []).findIndex((each) => each[0] === id);
    if (index >= 0) return [
      box.left + figure._fullLayout.xaxis.d2p(trace.x[index]), box.top + figure._fullLayout.yaxis.d2p(trace.y[index])];
  }}
  return null;
}}"""
RING = f"""() => {{
  const {{ xaxis, yaxis }} = {FIGURE}._fullLayout;
  const ring = document.querySelector('.plane-ring:not([hidden]) span');
  const at = (axis, place) => axis.p2d(parseFloat(place) - axis._offset);
  return ring && [at(xaxis, ring.style.left), at(yaxis, ring.style.top)];
}}"""


def expect_ring(page: Page, rate: float, distortion: float) -> None:
    """The ring is around this place, to a fraction of a pixel."""
    near = f"""([rate, distortion]) => {{
      const {{ xaxis, yaxis }} = {FIGURE}._fullLayout;
      const near = (axis, a, b) => Math.abs(axis.d2p(a) - axis.d2p(b)) < 0.1;
      const at = ({RING})();
      return at && near(xaxis, at[0], rate) && near(yaxis, at[1], distortion);
    }}"""
    page.wait_for_function(near, arg=[rate, distortion])


def open_plane(page: Page, program: Program, search: str = "?dataset=digits/static") -> None:
    page.goto(f"{program.url}/{search}")
    page.wait_for_function(f"{POINTS} > 3")


def points_of(program: Program) -> dict[str, list[Any]]:
    return dict(program.http.get("/points", params={"dataset": "digits"}).json()["columns"])


def click_point(page: Page, point: str) -> None:
    x, y = page.evaluate(PLACE, point)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def test_a_click_shows_the_points_numbers_and_pictures(page: Page, program: Program) -> None:
    open_plane(page, program)
    columns = points_of(program)
    point = columns["id"][1]
    click_point(page, point)
    pane = page.get_by_role("complementary", name="The selected point")
    record = program.http.get(f"/points/{point}").json()
    expect(pane.get_by_text("rate R")).to_be_visible()
    for name in ("rate", "distortion", "neg_elbo"):
        expect(pane).to_contain_text(f"{record[name]['value']:.2f}")
    interval = record["mutual_information"]
    expect(pane).to_contain_text(f"[{interval['lower']:.1f}, {interval['upper']:.1f}]".replace("-", "−"))
    for name in ("inputs", "reconstruction_sample", "reconstruction_mean", "generation_sample", "generation_mean"):
        pictures = pane.locator(f"[data-picture={name}] img")
        expect(pictures).to_have_count(8)
        assert pictures.evaluate_all("(all) => all.every((img) => img.complete && img.naturalWidth > 0)")
        assert all(f"{k} of" in (pictures.nth(k - 1).get_attribute("alt") or "") for k in (1, 8))
    expect(page.locator(".modebar-btn")).not_to_have_count(0)
    expect(page.locator(".modebar-btn[data-title^=Share]")).to_have_count(0)
    expect(page).to_have_url(re.compile(f"point={point}"))
    expect_ring(page, columns["rate"][1], columns["distortion"][1])


def test_each_tile_shows_its_own_part_of_the_sheet(page: Page, program: Program) -> None:
    open_plane(page, program, f"?dataset=digits/static&point={points_of(program)['id'][0]}")
    windows = page.locator("[data-picture=inputs] .tile")
    expect(windows).to_have_count(8)
    places = windows.evaluate_all(
        """(all) => all.map((tile) => {
            const box = tile.getBoundingClientRect(), img = tile.querySelector('img').getBoundingClientRect();
            const steps = (far, near, size) => Math.round((far - near) / (size - 2));
            return [steps(box.left, img.left, box.width), steps(box.top, img.top, box.height)];
        })"""
    )
    samples = program.http.get(f"/points/{points_of(program)['id'][0]}/samples").json()
    columns = next(image["columns"] for image in samples["images"] if image["name"] == "inputs")
    assert places == [[index % columns, index // columns] for index in range(8)]


def test_the_zoom_is_still_there_when_a_run_finished(page: Page, program: Program) -> None:
    open_plane(page, program)
    box = page.locator("#plane-frame .nsewdrag[data-subplot=xy]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=6)
    page.mouse.up()
    page.wait_for_function(f"Math.abs({FIGURE}._fullLayout.xaxis.range[1] - {FIGURE}.layout.xaxis.range[1]) < 1e-9")
    zoomed = page.evaluate(RANGES)
    before = page.evaluate(POINTS)
    run = program.finished(program.submit(beta=0.7))
    page.wait_for_function(f"{POINTS} > {before}")
    assert page.evaluate(RANGES) == zoomed
    assert run["points"][0] in page.evaluate(
        f"() => {FIGURE}.data.flatMap((t) => (t.customdata || []).map((c) => c[0]))"
    )


def test_the_selection_survives_a_run_and_a_reload(page: Page, program: Program) -> None:
    point = points_of(program)["id"][0]
    open_plane(page, program, f"?dataset=digits/static&point={point}")
    before = page.evaluate(POINTS)
    program.finished(program.submit(beta=0.8))
    columns = points_of(program)
    place = next(
        (r, d) for i, r, d in zip(*(columns[k] for k in ("id", "rate", "distortion")), strict=True) if i == point
    )
    page.wait_for_function(f"{POINTS} > {before}")
    expect_ring(page, *place)
    page.reload()
    page.wait_for_function(f"{POINTS} > {before}")
    expect_ring(page, *place)
    expect(page.locator("[data-picture=inputs] img")).to_have_count(8)


def test_the_ring_finds_every_seed_of_a_mean_and_a_point_whose_rate_is_not_defined(
    page: Page, program: Program
) -> None:
    seeds = [program.finished(program.submit(beta=0.3, seed=seed)) for seed in (0, 1)]
    first, second = (run["points"][0] for run in seeds)
    page.goto(f"{program.url}/?dataset=digits/static&seeds=se&point={second}")
    places = [program.http.get(f"/points/{point}").json() for point in (first, second)]
    rate, distortion = ((places[0][name]["value"] + places[1][name]["value"]) / 2 for name in ("rate", "distortion"))
    page.wait_for_function(f"{POINTS} > 3")
    expect_ring(page, rate, distortion)
    implicit = program.finished(program.submit(method="adversarial-vb"))
    (bare,) = implicit["points"]
    page.goto(f"{program.url}/?dataset=digits/static&point={bare}")
    page.wait_for_function(f"{POINTS} > 3")
    page.wait_for_function(
        f"""() => {{
          const {{ xaxis2 }} = {FIGURE}._fullLayout;
          const ring = document.querySelector('.plane-ring:not([hidden]) span');
          return ring && xaxis2 && parseFloat(ring.style.left) >= xaxis2._offset;
        }}"""
    )
    page.goto("about:blank")
    program.http.delete(f"/runs/{implicit['id']}").raise_for_status()  # other tests order their points by R


def test_the_strip_goes_from_low_rate_to_high(page: Page, program: Program) -> None:
    open_plane(page, program)
    along = program.http.get("/frontier", params={"dataset": "digits"}).json()["groups"][0]["staircase"]
    columns = page.locator(".strip-columns [data-point]")
    expect(columns).to_have_count(len(along))
    assert columns.evaluate_all("(all) => all.map((each) => each.dataset.point)") == along
    page.locator(".strip-column").last.click()
    expect(page.locator(".strip-column[aria-current=true] [data-point]")).to_have_attribute("data-point", along[-1])
    expect(page).to_have_url(re.compile(f"point={along[-1]}"))
    page.go_back()
    expect(page.locator(".strip-column[aria-current=true]")).to_have_count(0)


def test_arrow_keys_walk_along_the_rate(page: Page, program: Program) -> None:
    open_plane(page, program)
    columns = points_of(program)
    by_rate = [point for _, point in sorted(zip(columns["rate"], columns["id"], strict=True))]
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(f"point={by_rate[0]}"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(f"point={by_rate[1]}"))
    page.get_by_role("link", name="Queue").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    expect(page).to_have_title("RD Frontier")
    page.get_by_role("link", name="Explore").click()
    expect(page).to_have_url(re.compile(f"point={by_rate[1]}"))
    expect(page.locator("[data-picture=inputs] img")).to_have_count(8)


def test_filters_stand_in_the_address(page: Page, program: Program) -> None:
    open_plane(page, program)
    page.get_by_text("R, R + D", exact=True).click()
    page.get_by_role("group", name="What the plane shows").get_by_text("hull").click()
    expect(page).to_have_url(re.compile("axes=skew"))
    expect(page).to_have_url(re.compile("overlay=staircase,hull"))
    page.wait_for_function(f"{FIGURE}._fullLayout.yaxis.title.text.startsWith('R + D')")
    page.wait_for_function(f"{FIGURE}.data.some((trace) => trace.name === 'hull')")
    page.goto(f"{program.url}/?dataset=digits/static&tuple=---&method=vae")
    columns = points_of(program)
    shown = columns["method"].count("vae")
    page.wait_for_function(f"{POINTS} === {shown}")
    expect(page.get_by_text(f"{len(columns['id']) - shown} hidden by the filters")).to_be_visible()


def test_more_samples_are_drawn_from_the_stored_model(page: Page, program: Program) -> None:
    open_plane(page, program, f"?dataset=digits/static&point={points_of(program)['id'][0]}")
    page.get_by_role("button", name="Draw more").click()
    expect(page.get_by_text("From other noise")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-picture=generation_sample] img")).to_have_count(16)


def test_points_download_as_csv(page: Page, program: Program) -> None:
    open_plane(page, program)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_text("Table as CSV").click()
    lines = waiting.value.path().read_text().splitlines()
    assert lines[0].startswith("id,run_id,rate (nats),")
    assert len(lines) == 1 + len(points_of(program)["id"])
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_text("Figure as SVG").click()
    assert "<svg" in waiting.value.path().read_text()


def test_a_narrow_screen_has_the_pane_below_and_no_sideways_scroll(page: Page, program: Program) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_plane(page, program, f"?dataset=digits/static&point={points_of(program)['id'][0]}")
    expect(page.locator("[data-picture=inputs] img")).to_have_count(8)
    plane, pane = page.locator("#plane-frame").bounding_box(), page.locator(".pane").bounding_box()
    assert plane is not None
    assert pane is not None
    assert pane["y"] > plane["y"] + plane["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_point_that_is_not_there_is_said_to_be_gone(page: Page, program: Program) -> None:
    open_plane(page, program, "?dataset=digits/static&point=<b>nonsense</b>")
    expect(page.get_by_text("No such point")).to_be_visible()
    expect(page.locator(".pane b")).to_have_count(0)


def test_a_bare_data_set_in_the_address_is_its_default(page: Page, program: Program) -> None:
    point = points_of(program)["id"][1]
    open_plane(page, program, f"?dataset=digits&point={point}")
    expect(page.locator("input#dataset")).to_have_value("Digits 8x8 (scikit-learn)")
    expect(page.get_by_role("complementary", name="The selected point")).to_contain_text("rate R")
    expect(page).to_have_url(re.compile(f"point={point}"))
