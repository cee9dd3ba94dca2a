"""Callbacks and what asks them: every press is heard by one, and by no other; none writes in two places."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

import frontend
from frontend import ids, verbs
from frontend.app import create_ui
from frontend.steer.first_runs import STARTS

SOURCES = Path(frontend.__file__).parent
ASKED_BY = re.compile(r'\bdo\(\s*(?:f?"[^"]*"|\w+),\s*"([a-z-]+)"|data_do="([a-z-]+)"', re.DOTALL)
"""The second argument of ``do``, or the attribute itself."""
OF_THE_BROWSER = {"copy", "fill", "close-gaps", "tour", "no-tour", "import"}
"""Verbs that a script answers by itself."""


@pytest.fixture(scope="module")
def app():
    return create_ui(FastAPI(), httpx.AsyncClient())


@pytest.fixture(scope="module")
def callbacks(app):
    return list(app.callback_map.values())


def inputs(callback):
    return {str(each["id"]) for each in callback["inputs"]}


def test_every_store_of_presses_is_heard(callbacks):
    heard = set().union(*map(inputs, callbacks))
    assert set(verbs.STORES.values()) <= heard


def test_a_press_asks_no_callback_that_something_else_may_have_asked(callbacks):
    for callback in callbacks:
        pressed = inputs(callback) & set(verbs.STORES.values())
        assert not pressed or inputs(callback) == pressed, callback["inputs"]
        assert len(pressed) < 2, callback["inputs"]


def test_every_button_has_who_hears_it():
    written = {
        verb for path in SOURCES.rglob("*.py") for found in ASKED_BY.findall(path.read_text()) for verb in found if verb
    }
    assert {"draw", "pick", "resume-sweep", "compare-entropy", "place"} <= written
    assert written | set(STARTS) <= set(verbs.STORES) | OF_THE_BROWSER
    assert ids.VERBS not in verbs.STORES.values()


def test_no_callback_writes_both_on_a_page_and_in_the_shell(app, callbacks):
    """Once the page is left, the renderer complains of the half that is missing."""
    shell = {ids.PROVIDER, *(ident for ident in app.layout if isinstance(ident, str))}
    for callback in callbacks:
        outputs = callback["output"] if isinstance(callback["output"], list | tuple) else [callback["output"]]
        named = {each.component_id for each in outputs if isinstance(each.component_id, str)}
        assert named <= shell or not named & shell, named
