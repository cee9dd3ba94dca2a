"""Pinned points on every page, and points side by side under the same inputs and the same noise."""

import base64
import io
import json
import re
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect
from running_program import Program

DRAWN = "() => [...document.querySelectorAll('.compare-tile img')].every((img) => img.complete && img.naturalWidth > 0)"


def by_rate(program: Program) -> list[dict[str, Any]]:
    """The points on digits, from low rate to high."""
    columns = program.http.get("/points", params={"dataset": "digits"}).json()["columns"]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return sorted((row for row in rows if row["rate"] is not None), key=lambda row: row["rate"])


def compare(page: Page, program: Program, points: list[str], more: str = "") -> None:
    page.goto(f"{program.url}/compare?points={','.join(points)}{more}")
    expect(page.locator(".compare-tile").first).to_be_visible()


def png(program: Program, address: str) -> np.ndarray:
    """Pixels of a picture that the page shows: of the server, or made by the page."""
    if address.startswith("data:"):
        content = base64.b64decode(address.partition(",")[2])
    else:
        content = program.http.get(address.removeprefix(program.url).removeprefix("/api/v1")).content
    return np.asarray(Image.open(io.BytesIO(content)).convert("L")).astype(int)


def pictures(page: Page, name: str) -> list[str]:
    """Addresses of one row's sheets, a column after the other."""
    found = page.locator(f".compare-table [data-picture='{name}'][data-index='0'] img")
    return list(found.evaluate_all("(all) => all.map((img) => img.src)"))


def test_pinned_points_follow_to_every_page_and_every_tab(page: Page, program: Program) -> None:
    low, high = by_rate(program)[0]["id"], by_rate(program)[-1]["id"]
    page.goto(f"{program.url}/?dataset=digits/static&point={high}")
    pane = page.get_by_role("complementary", name="The selected point")
    pane.get_by_role("button", name="Pin", exact=True).click()
    expect(pane.get_by_role("button", name="Pinned", exact=True)).to_have_attribute("aria-pressed", "true")
    tray = page.get_by_role("region", name="Pinned points")
    expect(tray).to_contain_text("Pinned 1 of 8")
    page.get_by_role("link", name="Queue", exact=True).click()
    expect(page).to_have_url(re.compile("/queue"))
    expect(tray.locator("img")).to_have_count(2)
    page.reload()
    expect(tray).to_contain_text("Pinned 1 of 8")
    other = page.context.new_page()
    other.goto(f"{program.url}/compare?points={low}")
    other.locator(".compare-table .pin").first.click()
    expect(tray.get_by_role("link", name="Compare (2)")).to_be_visible()
    tray.get_by_role("link", name="Compare (2)").click()
    expect(page).to_have_url(re.compile(f"/compare\\?points={low},{high}$"))
    expect(page.locator(".compare-table thead th")).to_have_count(2)
    other.locator(".tray-toggle").click()
    expect(other.locator(".tray-items")).to_be_hidden()
    other.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator("#tray")).to_be_empty()  # by its place: what is empty has no role
    other.close()


def test_a_pinned_point_that_was_deleted_leaves_the_tray_and_says_so(page: Page, program: Program) -> None:
    point = by_rate(program)[0]["id"]
    page.add_init_script(f"localStorage.setItem('pinned', '{json.dumps([point, '0' * 32])}')")
    page.goto(f"{program.url}/queue")
    expect(page.get_by_text("1 pinned point was deleted, and taken off the tray.")).to_be_visible()
    expect(page.get_by_role("region", name="Pinned points")).to_contain_text("Pinned 1 of 8")


def test_every_column_shows_the_same_inputs_byte_for_byte(page: Page, program: Program) -> None:
    along = by_rate(program)
    compare(page, program, [row["id"] for row in reversed(along)][:8], "&images=4")
    heads = page.locator(".compare-table thead th")
    ids = heads.evaluate_all("(all) => all.map((each) => each.dataset.point)")
    assert ids == [row["id"] for row in along if row["id"] in ids]
    expect(heads.first).to_contain_text(f"R {along[0]['rate']:.2f} ±" if len(along) <= 8 else "R ")
    expect(page.locator(".compare-why").first).to_contain_text("R / (R + D) = ")
    shown = pictures(page, "inputs")
    assert [point in address for point, address in zip(ids, shown, strict=True)] == [True] * len(ids)
    contents = {program.http.get(each.removeprefix(f"{program.url}/api/v1")).content for each in shown}
    assert len(contents) == 1
    expect(page.locator(".compare-table [data-picture=inputs]")).to_have_count(4 * len(ids))
    page.wait_for_function(DRAWN)
    alt = page.locator(".compare-table [data-picture=generation_mean] img").first.get_attribute("alt")
    assert alt is not None
    assert re.search(r"mean generation 1, at R \d+\.\d\d, D \d+\.\d\d nats", alt)
    page.get_by_text("by image", exact=True).click()
    expect(page).to_have_url(re.compile("images=4&order=image"))
    expect(page.locator(".compare-beside")).to_have_count(2 * 4 * len(ids))
    expect(page.locator("#compare-numbers")).to_contain_text("objective.rate.beta")
    expect(page.locator("#compare-numbers")).not_to_contain_text("training.batch_size")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#compare-numbers")).to_contain_text("training.batch_size")


def test_an_autoencoder_stands_beside_an_autodecoder_after_one_click(page: Page, program: Program) -> None:
    along = program.http.get("/frontier", params={"dataset": "digits"}).json()["groups"][0]["staircase"]
    labels = {point["id"]: point["label"] for point in by_rate(program)}
    left = [point for point in along[:-1] if labels[point] == "autodecoder"] or along[:1]
    page.goto(f"{program.url}/?dataset=digits/static")
    page.get_by_role("complementary").get_by_role("button", name="Autoencoder vs autodecoder").click()
    expect(page).to_have_url(re.compile(f"/compare\\?points={left[-1]},.*{along[-1]}$"))
    expect(page.get_by_text("This frontier has no autoencoder yet: its right end")).to_be_visible()
    columns = page.locator(".compare-table thead th")
    expect(columns.first).to_contain_text("autodecoder")
    page.goto(f"{program.url}/compare")
    page.get_by_role("button", name="Autoencoder vs autodecoder").click()
    expect(page).to_have_url(re.compile(f"points={left[-1]},"))


def test_ids_of_no_point_are_named_and_the_others_stand(page: Page, program: Program) -> None:
    point = by_rate(program)[0]["id"]
    foreign = ["<b>x</b>", *(f"{number:032x}" for number in range(8))]
    compare(page, program, [point, *foreign])
    notes = page.locator("#compare-notes")
    expect(notes).to_contain_text("No point has these ids: <b>x</b>, 0000")
    expect(notes).to_contain_text("The first 8 points are shown; 2 more do not fit side by side.")
    expect(page.locator(".compare-table thead th")).to_have_count(1)
    page.goto(f"{program.url}/compare?points=nope")
    expect(notes).to_contain_text("No point has this id: nope. It was deleted, or belongs to another program.")
    expect(page.get_by_role("heading", name="Put models side by side")).to_be_visible()


def test_differences_are_exact_and_one_image_is_shown_at_full_size(page: Page, program: Program) -> None:
    ends = by_rate(program)[0]["id"], by_rate(program)[-1]["id"]
    compare(page, program, list(ends), "&difference=input&images=4")
    page.wait_for_function(DRAWN)
    for name in ("reconstruction_sample", "reconstruction_mean"):
        rows = zip(pictures(page, "inputs"), pictures(page, name), pictures(page, f"{name} difference"), strict=True)
        for source, made, difference in rows:
            exact = np.abs(png(program, made) - png(program, source))
            assert np.array_equal(png(program, difference), exact)
            assert exact.any()
    page.locator(".compare-table [data-picture=reconstruction_sample][data-index='1']").first.click()
    dialog = page.get_by_role("dialog", name="Pictures at full size")
    expect(dialog.get_by_role("heading")).to_have_text("reconstruction sample: image 2 of 4")
    expect(dialog.locator(".full-frame img")).to_have_count(2)
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    places = dialog.locator(".full-frame .tile").evaluate_all("(all) => all.map((e) => getComputedStyle(e).transform)")
    assert places[0] == places[1]
    assert places[0].startswith("matrix(1.5, 0, 0, 1.5, ")
    assert not places[0].endswith("1.5, 0, 0)")
    page.keyboard.press("-")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("heading")).to_have_text("reconstruction sample: image 3 of 4")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_more_is_drawn_for_all_columns_from_one_seed_and_every_pixel_has_its_entropy(
    page: Page, program: Program
) -> None:
    ends = by_rate(program)[0]["id"], by_rate(program)[-1]["id"]
    compare(page, program, list(ends), "&images=4")
    page.get_by_role("button", name="Draw more").click()
    page.get_by_role("button", name="Entropy of each pixel", exact=True).click()
    band = page.locator(".compare-band", has_text=re.compile(r"Drawn again, seed \d+: Input"))
    expect(band).to_be_visible()
    expect(page.locator(".compare-sum")).to_have_count(2)
    expect(page.locator("#compare-told")).to_be_empty()
    found = re.search(r"seed \d+: ", band.inner_text())
    assert found is not None
    shown = pictures(page, f"Drawn again, {found[0]}inputs")
    assert len({program.http.get(each.removeprefix(f"{program.url}/api/v1")).content for each in shown}) == 1
    sums = [float(words.split(" ")[0]) for words in page.locator(".compare-sum").all_inner_texts()]
    assert sums[0] > sums[1] > 0
