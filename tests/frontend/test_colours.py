"""The colours of both schemes: series that every sight tells apart, and text that can be read."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from sight import APART, SIGHTS, apart, contrast

import frontend
from frontend.theme import PALETTES

SHEET = (Path(frontend.__file__).parent / "assets/style.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root.*?\{(.*?)\}", SHEET, re.S)[:2]
)
TEXT = ("text", "muted", "faint", "good", "warn", "bad", "odd", "cool", *(f"series-{number}" for number in range(6)))


@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS)
@pytest.mark.parametrize("scheme", PALETTES)
def test_series_stay_apart_for_every_sight(scheme, sight):
    for one, other in combinations(PALETTES[scheme].series, 2):
        assert apart(one, other, sight) > APART, (one, other)


@pytest.mark.parametrize("scheme", PALETTES)
def test_what_is_drawn_stands_out_from_the_surface(scheme):
    colours = PALETTES[scheme]
    for colour in (*colours.series, colours.accent, colours.line):
        assert contrast(colour, colours.surface) >= 3, colour  # WCAG 1.4.11, graphical objects
    for colour in (colours.text, colours.muted):
        assert contrast(colour, colours.surface) >= 4.5, colour


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_wherever_it_stands(scheme):
    for name in TEXT:
        behind = ["page", "panel", "raised", *([f"{name}-back"] if f"{name}-back" in scheme else [])]
        for back in behind:
            assert contrast(scheme[name], scheme[back]) >= 4.5, (name, back)  # WCAG 1.4.3
    for name in ("primary", "primary-hover"):
        assert contrast("#ffffff", scheme[name]) >= 4.5, name
    assert contrast(scheme["accent"], scheme["page"]) >= 3
