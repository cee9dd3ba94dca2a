"""What a keyboard, a screen reader and a small screen need, on every page: axe-core finds nothing serious."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from running_program import Program

GRAVE = {"serious", "critical"}
READY: dict[str, str] = {
    "explore": ".strip-columns [data-point]",
    "point": "[data-picture=inputs] img",
    "compare": "main img",
    "latent": "main img, main .js-plotly-plot",
    "queue": "[data-run]",
    "sweeps": "main h1",
    "lab": "main .js-plotly-plot",
    "run": "#run-points .js-plotly-plot",
}
"""What stands on each page once it has come."""


def address(program: Program, name: str) -> str:
    points = program.http.get("/points", params={"dataset": "digits"}).json()["columns"]["id"]
    run = program.http.get("/runs", params={"dataset": "digits", "status": "succeeded"}).json()["items"][0]["id"]
    varying = {
        "explore": "/?dataset=digits/static",
        "point": f"/?dataset=digits/static&point={points[0]}",
        "compare": f"/compare?points={','.join(points[:3])}",
        "latent": f"/latent?point={points[0]}",
        "run": f"/run/{run}",
    }
    return program.url + varying.get(name, f"/{name}")


def found(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core calls serious or critical, each with the first element it is about."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    return [
        f"{each['impact']}: {each['help']}: {[node['html'][:200] for node in each['nodes'][:3]]}"
        for each in Axe().run(page, options=options).response["violations"]
        if each["impact"] in GRAVE
    ]


@pytest.mark.parametrize("name", READY)
def test_a_page_has_no_serious_finding_in_either_scheme_and_fits_a_telephone(
    page: Page, program: Program, name: str
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(address(program, name))
    page.locator(READY[name]).first.wait_for()
    assert found(page) == []
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert found(page, ["color-contrast"]) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


OPENED: dict[str, Callable[[Page], object]] = {
    "help": lambda page: page.get_by_role("button", name="Help").click(),
    "form": lambda page: page.get_by_role("button", name="New run").click(),
    "menu": lambda page: page.get_by_role("button", name="Download").first.click(),
}


@pytest.mark.parametrize("name", OPENED)
def test_what_opens_has_no_serious_finding(page: Page, program: Program, name: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(address(program, "explore"))
    page.locator(READY["explore"]).first.wait_for()
    OPENED[name](page)
    expect(page.get_by_role("menu" if name == "menu" else "dialog").first).to_be_visible()
    assert found(page) == []


def test_the_keyboard_alone_reaches_the_plane_and_hears_its_points(page: Page, program: Program) -> None:
    page.goto(address(program, "explore"))
    page.locator(READY["explore"]).first.wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.wait_for_function(
        "document.querySelector('#plane-frame .js-plotly-plot')?._fullData?.some((e) => e.customdata)"
    )
    page.keyboard.press("ArrowRight")
    columns = program.http.get("/points", params={"dataset": "digits"}).json()["columns"]
    rate, distortion = min(zip(columns["rate"], columns["distortion"], strict=True))
    spoken = page.get_by_role("status").filter(has_text=f"R {rate:.1f}, D {distortion:.1f} nats")
    expect(spoken).to_contain_text(f"point 1 of {len(columns['id'])} along the rate")
    plane = page.locator("#plane-frame")
    plane.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#spoken")).to_contain_text("point 2 of")
    assert plane.evaluate("(each) => getComputedStyle(each).outlineStyle") == "solid"


def test_a_narrow_header_is_a_menu(page: Page, program: Program) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{program.url}/queue")
    menu = page.get_by_role("button", name="Menu")
    lab = page.get_by_role("link", name="Lab")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(lab).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(lab).to_be_visible()
    page.keyboard.press("Escape")
    expect(lab).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    lab.click()
    expect(page).to_have_url(f"{program.url}/lab")
    expect(lab).to_be_hidden()
