"""Explanations: every key that a page names has words, the help lists them; the first buttons queue what they say."""

import ast
import re
from pathlib import Path

import pytest

import frontend
from backend.datasets import DATASETS
from backend.expand import expand
from backend.grid import expand_grid
from frontend.components import help, tour
from frontend.components.explore import empty
from frontend.components.formula import formula
from frontend.components.parts import quantity, term
from frontend.steer.first_runs import STARTS
from frontend.words.estimates import ESTIMATES
from frontend.words.explanations import EXPLANATIONS
from frontend.words.quantities import QUANTITIES

ROOT = Path(frontend.__file__).parent


def named_keys():
    """(file, key) wherever a component asks for an explanation by a literal."""
    for file in ROOT.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            keys = [call.args[1]] if name in ("explained", "term") and len(call.args) > 1 else []
            keys += [each.value for each in call.keywords if name == "quantity" and each.arg == "help"]
            yield from ((file.name, key.value) for key in keys if isinstance(key, ast.Constant))


def test_every_key_has_words():
    keys = list(named_keys())
    assert len(keys) > 15
    assert [each for each in keys if each[1] not in EXPLANATIONS] == []


def test_the_help_holds_every_explanation_and_lists_the_quantities():
    text = str(help.drawer())
    for key in EXPLANATIONS:
        assert text.count(f'"id":"help-{key}"') == 1, key
    assert all(each.name for each in QUANTITIES.values())


def test_every_estimate_leads_to_an_explanation():
    assert set(ESTIMATES.values()) <= QUANTITIES.keys()


@pytest.mark.parametrize("key", QUANTITIES)
def test_a_quantity_is_explained_in_whole_sentences(key):
    entry = QUANTITIES[key]
    assert entry.words.endswith((".", "?"))
    assert not re.search(r"\bprior\b", entry.words)
    assert str(formula(entry.formula))


def test_a_term_is_a_button_that_its_words_describe():
    assert term("rate R", "rate").to_plotly_json()["props"]["aria-describedby"] == "help-rate"
    assert "data-help='rate'" in str(quantity("rate R", "1.00", help="rate"))


def test_formulas_have_subscripts_and_real_signs():
    assert "Sub(I('d'))" in str(formula("KL_d >= 0"))
    assert "\u2265" in str(formula("KL_d >= 0"))


@pytest.mark.parametrize("action", STARTS)
def test_a_first_button_queues_what_it_says(action):
    runs = []
    for path, body in STARTS[action].posts:
        runs += expand_grid(body["base"], body["grid"], DATASETS) if path == "/sweeps" else [expand(body, DATASETS)]
    assert len({run.spec.digest for run in runs}) == len(runs)
    (button,) = [each for each in empty.start().children[2].children if getattr(each, "data-do", "") == action]
    told = re.search(r"(\d+) runs", button.children)
    assert len(runs) == (int(told[1]) if told else 1)


def test_a_tour_has_five_to_seven_steps():
    assert 5 <= len(tour.STEPS) <= 7
