"""The first minute: an empty program leads to a frontier, the tour explains the plane, and words explain themselves."""

import re

from playwright.sync_api import Page, expect
from running_program import Program
from test_access import found

FIGURE = "document.querySelector('#plane-frame .js-plotly-plot')"


def test_an_empty_program_says_what_to_do_next(page: Page, empty_program: Program) -> None:
    page.goto(empty_program.url)
    expect(page.get_by_role("heading", name="No frontier yet")).to_be_visible()
    for name in ("Train one model", "Sweep beta yourself", "Choose the settings yourself", "Import a frontier"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    expect(page.get_by_role("link", name="See the Lab")).to_be_visible()
    expect(page.get_by_role("button", name="Take the tour")).to_be_hidden()  # there is nothing to see yet
    assert found(page) == []
    page.get_by_role("button", name="Train a first frontier (12 runs").click()
    expect(page.get_by_role("heading", name="Training")).to_be_visible()
    expect(page.get_by_text("12 runs waiting")).to_be_visible()
    runs = empty_program.http.get("/runs").json()["items"]
    assert {run["architecture"] for run in runs} == {"---", "-+-"}
    assert len({run["digest"] for run in runs}) == len(runs) == 12
    assert [len(each["runs"]) for each in empty_program.http.get("/sweeps").json()["items"]] == [6, 6]
    expect(page).to_have_url(re.compile("dataset=digits/static"))
    page.goto(f"{empty_program.url}/?dataset=mnist/static")
    page.get_by_role("button", name="Small MNIST sweep").click()
    expect(page.get_by_text("4 runs waiting")).to_be_visible()


def test_the_tour_is_offered_once_and_walks_through_the_plane(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/?dataset=digits/static")
    page.wait_for_function(f"({FIGURE}?._fullData ?? []).length > 3")
    page.get_by_role("button", name="Take the tour").click()
    tour = page.get_by_role("dialog", name="Tour of the rate-distortion plane")
    following = tour.get_by_role("button", name="Next")
    expect(following).to_be_focused()
    expect(tour.get_by_role("heading", name="To the right: the rate R")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('tour').contains(document.activeElement)")  # the focus is kept inside
    for title in ("Upwards: the distortion D", "The diagonal", "The staircase", "Click a point", "The strip"):
        page.keyboard.press("ArrowRight")
        expect(tour.get_by_role("heading", name=title)).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(tour.get_by_role("heading", name="Click a point")).to_be_visible()
    assert found(page) == []
    page.keyboard.press("Escape")
    expect(tour).to_be_hidden()
    expect(page).not_to_have_url(re.compile("point="))  # the arrows moved the tour, not the selection
    expect(page.get_by_role("button", name="Help")).to_be_focused()
    page.reload()
    page.wait_for_function(f"({FIGURE}?._fullData ?? []).length > 3")
    expect(page.get_by_role("button", name="Take the tour")).to_be_hidden()
    page.get_by_role("button", name="Help").click()
    page.get_by_role("button", name="Take the tour").click()
    expect(tour).to_be_visible()
    for _ in range(7):
        following = tour.locator("[data-tour=next]")
        following.click()
    expect(tour).to_be_hidden()


def test_a_word_explains_itself_by_pointer_by_keyboard_and_in_the_help(page: Page, program: Program) -> None:
    point = program.http.get("/points", params={"dataset": "digits"}).json()["columns"]["id"][0]
    page.goto(f"{program.url}/?dataset=digits/static&point={point}")
    word = page.get_by_role("button", name="rate R")
    bubble = page.locator(".help-bubble")
    word.hover()
    expect(bubble).to_contain_text("R = E[log e(z|x) − log m(z)]")
    page.mouse.move(5, 5)
    expect(bubble).to_be_hidden()
    word.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(bubble).to_contain_text("How many nats the code z spends on an image")
    expect(word).to_have_accessible_description(re.compile("How many nats the code z spends"))
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    page.get_by_role("button", name="Help").click()
    drawer = page.get_by_role("dialog", name="Help")
    for name in ("distortion D", "staircase", "hypervolume", "saturated", "target rate"):
        expect(drawer.get_by_role("term").filter(has_text=name).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("button", name="Help")).to_be_focused()
