"""Answers that come late: what a person does meanwhile neither loses them nor shows them in the wrong place."""

from playwright.sync_api import Page, expect
from running_program import Program

LATE = """
  window.late = "";
  window.held = 0;
  const usual = window.fetch;
  window.fetch = async (address, options) => {
    const answer = await usual(address, options);
    const mine = window.late && String(address).includes("_dash-update") && String(options.body).includes(window.late);
    if (mine) {
      await new Promise((done) => setTimeout(done, 700));
      setTimeout(() => { window.held += 1; }, 100); // once the page had the answer
    }
    return answer;
  };
"""
"""Holds back answers of the calls whose body has ``window.late`` in it."""


def point_page(page: Page, program: Program) -> list[str]:
    """Open the first point's pane; returns the ids of all."""
    points = program.http.get("/points", params={"dataset": "digits"}).json()["columns"]["id"]
    page.add_init_script(LATE)
    page.goto(f"{program.url}/?dataset=digits/static&point={points[0]}")
    expect(page.get_by_role("button", name="Draw more")).to_be_visible()
    return list(points)


def test_what_was_asked_of_one_point_is_shown_there_whatever_is_pressed_next(page: Page, program: Program) -> None:
    points = point_page(page, program)
    page.evaluate("window.late = 'draw-asked'")
    pane = page.locator("#pane")
    page.get_by_role("button", name="Draw more").click()
    pane.get_by_role("button", name="Pin").click()
    expect(page.get_by_text("From other noise")).to_be_visible()
    pane.get_by_role("button", name="Pin").click()

    page.get_by_role("button", name="Draw more").click()
    page.evaluate("(id) => window.rdFrontier.go({ point: id })", points[1])
    expect(pane.locator(f"[data-do=draw][data-target='{points[1]}']")).to_be_visible()
    expect(page.locator("#drawn")).to_be_empty()
    page.wait_for_function("window.held === 2")
    expect(page.locator("#drawn")).to_be_empty()
    page.evaluate("(id) => window.rdFrontier.go({ point: id })", points[0])
    expect(page.get_by_text("From other noise")).to_be_visible()


def test_a_filter_of_the_queue_outlives_news_of_what_runs(page: Page, program: Program) -> None:
    page.add_init_script(LATE)
    page.goto(f"{program.url}/queue")
    expect(page.locator("[data-list=ended] .row").first).to_be_visible()
    page.evaluate("window.late = 'queue-list'")
    page.get_by_text("cancelled", exact=True).first.click()
    page.evaluate("window.dash_clientside.set_props('live', { data: { revision: 1, changed: [] } })")
    expect(page.get_by_text("No run matches")).to_be_visible()


def test_a_point_that_lands_elsewhere_redraws_nothing(page: Page, program: Program) -> None:
    """What is drawn anew loses zoom and focus, so the nodes must be the same ones."""
    columns = program.http.get("/points", params={"dataset": "digits"}).json()["columns"]
    first, second = columns["id"][:2]
    landed = "window.dash_clientside.set_props('points-moved', { data: window.landed = (window.landed || 1e6) + 1 })"
    answered = "(output) => window.answered.some((each) => each.includes(output))"
    page.add_init_script("""
      window.answered = [];
      const usual = window.fetch;
      window.fetch = async (address, options) => {
        const answer = await usual(address, options);
        if (String(address).includes("_dash-update")) setTimeout(() => window.answered.push(String(options.body)), 100);
        return answer;
      };
    """)
    page.add_init_script(f"if (location.port) window.localStorage.setItem('pinned', JSON.stringify(['{first}']))")
    for path, drawn, asked in (
        (f"/compare?points={first},{second}", "#compare-pictures .compare-table", "compare-there"),
        (f"/run/{columns['run_id'][0]}", "#run-points .section", "run-points"),
    ):
        page.goto(program.url + path)
        expect(page.locator(drawn).first).to_be_visible()
        expect(page.locator("#tray li").first).to_be_visible()
        mine = f"[document.querySelector('{drawn}'), document.querySelector('#tray').firstElementChild]"
        page.wait_for_load_state("networkidle")
        page.evaluate(f"window.before = {mine}; window.answered = []; {landed}")
        page.wait_for_function(answered, arg=asked)
        page.wait_for_function(answered, arg="tray-gone")
        assert page.evaluate(f"{mine}.every((node, place) => node === window.before[place])"), path
