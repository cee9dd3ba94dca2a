"""The table of the plane's points: sorted, filtered, and linked with the plane both ways."""

import csv
import io
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from running_program import Program

from frontend.figures.plane.records import points
from frontend.words.formats import number, plus_minus

SEARCH = "?dataset=digits/static&table=open"
GRID_SCRIPT = "dash_ag_grid"


def open_table(page: Page, program: Program, search: str = SEARCH) -> Locator:
    page.goto(f"{program.url}/{search}")
    table = page.get_by_role("region", name="Points as a table")
    expect(rows(table)).not_to_have_count(0)
    return table


def rows(table: Locator) -> Locator:
    return table.locator(".ag-center-cols-container .ag-row")


def cells(table: Locator, column: str) -> list[str]:
    """A column as it is shown, from top to bottom."""
    found: list[list[Any]] = table.locator(f".ag-center-cols-container [col-id={column}]").evaluate_all(
        "(all) => all.map((each) => [Number(each.closest('.ag-row').getAttribute('row-index')), each.innerText])"
    )
    return [text for _, text in sorted(found)]


def head(table: Locator, name: str) -> Locator:
    return table.get_by_role("columnheader", name=name, exact=True)


def box(table: Locator, row: int) -> Locator:
    return table.locator(f".ag-pinned-left-cols-container [row-index='{row}'] input")


def columns_of(program: Program) -> dict[str, list[Any]]:
    return dict(program.http.get("/points", params={"dataset": "digits"}).json()["columns"])


def ids_from_low_rate(program: Program) -> list[str]:
    columns = columns_of(program)
    return [point for _, point in sorted(zip(columns["rate"], columns["id"], strict=True))]


def brush(page: Page) -> list[str]:
    """Drags around two or more points, those of the lowest rates that the plane's view holds; their ids.

    Runs of other tests may stand in one place: the edge goes where there is room between two points.
    """
    figure = "document.querySelector('#plane-frame .js-plotly-plot')"
    page.wait_for_function(f"{figure}._fullLayout")
    page.get_by_role("button", name="Select points").click()
    page.wait_for_function(f"{figure}._fullLayout.dragmode === 'select'")
    plot = page.locator("#plane-frame .nsewdrag[data-subplot=xy]").bounding_box()
    assert plot is not None
    seen: list[tuple[float, str]] = page.evaluate(
        f"""() => {{
          const {{ xaxis, yaxis }} = {figure}._fullLayout;
          return window.rdFrontier.points({figure})
            .map((point) => [xaxis.d2p(point.x), yaxis.d2p(point.y), point.id])
            .filter(([x, y]) => x > 3 && x < xaxis._length && y > 3 && y < yaxis._length - 3)
            .map(([x, y, id]) => [x, id]);
        }}"""
    )
    across = sorted(seen)
    count = next(n for n in range(2, len(across)) if across[n][0] - across[n - 1][0] > 4)
    edge = (across[count - 1][0] + across[count][0]) / 2
    page.mouse.move(plot["x"] + 2, plot["y"] + 2)
    page.mouse.down()
    page.mouse.move(plot["x"] + edge, plot["y"] + plot["height"] - 2, steps=6)
    page.mouse.up()
    return [point for _, point in across[:count]]


def test_the_table_costs_nothing_until_it_is_opened(page: Page, program: Program) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{program.url}/?dataset=digits/static")
    button = page.get_by_role("button", name=f"Table ({len(columns_of(program)['id'])} points)")
    expect(button).to_have_attribute("aria-expanded", "false")
    assert not [url for url in asked if GRID_SCRIPT in url or "limit=1000000" in url]
    button.click()
    expect(page).to_have_url(re.compile("table=open"))
    table = page.get_by_role("region", name="Points as a table")
    expect(rows(table)).to_have_count(len(columns_of(program)["id"]))
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(table.locator(".ag-row")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("table"))


def test_rows_say_what_the_plane_says_and_sort_and_filter(page: Page, program: Program) -> None:
    table = open_table(page, program)
    records = sorted(points(columns_of(program)), key=lambda point: point.rate)
    assert cells(table, "rate") == [f"{number(each.rate)} {plus_minus(each.rate_stderr)}" for each in records]
    assert cells(table, "method") == [each.how for each in records]
    errors = [plus_minus(each.neg_elbo_stderr) for each in records]
    assert cells(table, "neg_elbo") == [
        f"{number(each.neg_elbo)} {error}".strip() for each, error in zip(records, errors, strict=True)
    ]
    along = program.http.get("/frontier", params={"dataset": "digits"}).json()["groups"][0]["staircase"]
    assert cells(table, "frontier") == ["yes" if each.id in along else "no" for each in records]
    expect(table.get_by_role("columnheader", name="R ± se (nats)", exact=True)).to_have_attribute(
        "aria-sort", "ascending"
    )
    table.get_by_text("D ± se (nats)", exact=True).click()
    expect(table.get_by_role("columnheader", name="D ± se (nats)", exact=True)).to_have_attribute(
        "aria-sort", "ascending"
    )
    by_distortion = sorted(records, key=lambda point: point.distortion)
    assert [text.split()[0] for text in cells(table, "distortion")] == [number(p.distortion) for p in by_distortion]
    table.get_by_label("beta Filter Input").first.fill("4")
    expect(rows(table)).to_have_count(sum(each.beta == 4 for each in records))
    expect(table.get_by_role("status")).to_contain_text(f"of {len(records)} rows")


@pytest.mark.parametrize("search", ["&method=vae", "&show=nondominated"])
def test_the_table_obeys_the_filters_of_the_page(page: Page, program: Program, search: str) -> None:
    columns = columns_of(program)
    along = program.http.get("/frontier", params={"dataset": "digits"}).json()["groups"][0]["staircase"]
    left = {"&method=vae": columns["method"].count("vae"), "&show=nondominated": len(along)}
    table = open_table(page, program, SEARCH + search)
    expect(rows(table)).to_have_count(left[search])


def test_a_row_selects_its_point_and_the_selected_point_marks_its_row(page: Page, program: Program) -> None:
    table = open_table(page, program)
    first, second, *_ = ids_from_low_rate(program)
    rows(table).first.locator("[col-id=method]").click()
    expect(page).to_have_url(re.compile(f"table=open.*point={first}"))
    expect(page.locator("[data-picture=inputs] img")).to_have_count(8)
    expect(table.locator(f".ag-center-cols-container .ag-row.current[row-id='{first}']")).to_have_count(1)
    table.locator(f".ag-center-cols-container [row-id='{second}'] [col-id=method]").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"point={second}"))
    expect(table.locator(f".ag-center-cols-container .ag-row.current[row-id='{second}']")).to_have_count(1)


def test_rows_chosen_by_their_boxes_are_taken_along_and_pinned(page: Page, program: Program) -> None:
    table = open_table(page, program)
    first, second, *_ = ids_from_low_rate(program)
    expect(table.get_by_role("button", name="Pin")).to_be_disabled()
    box(table, 0).check()
    box(table, 1).check()
    expect(table.get_by_role("status")).to_contain_text("2 chosen")
    with page.expect_download() as waiting:
        table.get_by_role("button", name="CSV").click()
    taken = list(csv.DictReader(io.StringIO(waiting.value.path().read_text())))
    assert [row["id"] for row in taken] == [first, second]
    columns = columns_of(program)
    assert float(taken[0]["rate (nats)"]) == pytest.approx(columns["rate"][columns["id"].index(first)])
    with page.expect_download() as waiting:
        table.get_by_role("button", name="JSON").click()
    assert [each["id"] for each in json.loads(waiting.value.path().read_text())["points"]] == [first, second]
    table.get_by_role("button", name="Pin").click()
    page.wait_for_function("JSON.parse(localStorage.getItem('pinned') ?? '[]').length === 2")
    assert sorted(page.evaluate("JSON.parse(localStorage.getItem('pinned'))")) == sorted([first, second])
    table.get_by_role("button", name="Clear").click()
    expect(box(table, 0)).not_to_be_checked()


def test_a_brush_in_the_plane_leaves_its_rows(page: Page, program: Program) -> None:
    table = open_table(page, program)
    chosen = brush(page)
    expect(rows(table)).to_have_count(len(chosen))
    for each in chosen:
        expect(table.locator(f".ag-pinned-left-cols-container [row-id='{each}'] input")).to_be_checked()
    table.get_by_role("button", name="Show all").click()
    expect(rows(table)).to_have_count(len(columns_of(program)["id"]))
    expect(table.get_by_role("status")).to_contain_text(f"{len(chosen)} chosen")
    page.get_by_role("button", name=f"{len(chosen)} chosen: clear").click()
    expect(table.get_by_role("status")).not_to_contain_text("chosen")


def test_the_table_stays_open_and_ordered_while_the_strip_leads_on_and_keeps_its_arrow_keys(
    page: Page, program: Program
) -> None:
    table = open_table(page, program)
    table.get_by_text("D ± se (nats)", exact=True).click()
    expect(page).to_have_url(re.compile("sort=distortion"))
    column = page.locator(".strip-column").nth(1)
    point = column.locator("[data-point]").get_attribute("data-point")
    column.click()
    expect(page).to_have_url(re.compile(f"point={point}.*table=open.*sort=distortion"))
    rows(table).first.locator("[col-id=beta]").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="Queue", exact=True).click()
    page.get_by_role("link", name="Explore", exact=True).click()
    expect(page).to_have_url(re.compile(f"point={point}"))
    expect(head(table, "D ± se (nats)")).to_have_attribute("aria-sort", "ascending")
