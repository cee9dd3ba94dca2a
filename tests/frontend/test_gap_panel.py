"""The panel of proposals: how they become sweeps, and what it says that they cost."""

import copy

import pytest
from records_of_rest import of_type, text

from backend.datasets import DATASETS
from backend.expand import expand
from backend.grid import expand_grid
from frontend.components.explore import gap_panel
from frontend.steer import gaps
from frontend.views.query import View


def proposal(key, value, estimate_s=10.0, **body):
    spec = expand({"dataset": "digits", **body}, DATASETS).spec.model_dump(mode="json")
    return {
        "rate": 3.0, "distortion": 20.0, "between": ["a", "b"], "why": "no point there", "architecture": "---",
        "key": key, "value": value, "spec": spec, "estimate_s": estimate_s,
    }  # fmt: skip


BETAS = [proposal("objective.rate.beta", beta, beta=beta) for beta in (0.2, 0.7)]
TARGET = proposal("objective.rate.target_rate", 8.0, None, target_rate=8.0)


def test_proposals_of_one_model_are_one_sweep_and_make_their_own_specifications():
    before = copy.deepcopy([*BETAS, TARGET])
    bodies = gaps.sweeps_of([*BETAS, TARGET, BETAS[0]])
    assert [body["grid"] for body in bodies] == [
        {"objective.rate.beta": [0.2, 0.7]},
        {"objective.rate.target_rate": [8.0]},
    ]
    made = [each.spec.model_dump(mode="json") for body in bodies for each in expand_grid(**body, datasets=DATASETS)]
    assert made == [each["spec"] for each in before]
    assert [*BETAS, TARGET] == before


def test_the_cost_is_told_and_what_is_unknown_too():
    assert gap_panel.cost_line([], 0) == "Choose what to queue."
    assert gap_panel.cost_line(BETAS[:1], 0) == "1 run, about 10 s, at this machine's speed."
    assert "2 runs, about 20 s in all, one after the other" in gap_panel.cost_line(BETAS, 0)
    assert "about 10 s in all, and 1 of unknown cost" in gap_panel.cost_line([BETAS[0], TARGET], 0)
    assert "what they cost is unknown" in gap_panel.cost_line([TARGET], 0)
    assert "3 runs wait before" in gap_panel.cost_line(BETAS, 3)


def test_the_panel_says_what_is_trained_and_where_it_is_expected():
    found = {"note": "a note", "proposals": [BETAS[0], {**TARGET, "distortion": None}]}
    panel = gap_panel.panel(found, None, read_only=False)
    assert len(of_type(panel, "Checkbox")) == 2
    rows = [text(box.label) for box in of_type(panel, "Checkbox")]
    assert "β 0.2" in rows[0]
    assert "expected at R 3.00, D 20.00" in rows[0]
    assert "R* = 8" in rows[1]
    assert "D unknown" in rows[1]
    assert "cost unknown" in rows[1]
    assert "a note" in text(panel)
    (queue,) = [button for button in of_type(panel, "Button") if getattr(button, "id", None) == "gaps-queue"]
    assert queue.className == "button primary"
    (hidden,) = [
        button
        for button in of_type(gap_panel.panel(found, None, read_only=True), "Button")
        if getattr(button, "id", None) == "gaps-queue"
    ]
    assert hidden.className == "hidden"
    assert "A run at R 1.00, D 2.00" in text(gap_panel.panel(found, {"rate": 1, "distortion": 2}, read_only=True))


def test_several_models_are_several_sweeps_each_with_its_link():
    made = [{"id": each, "counts": {"queued": 2}} for each in "ab"]
    told = gap_panel.queued(made)
    assert "4 runs queued in 2 sweeps" in text(told)
    assert [link.href for link in of_type(told, "Link")] == ["/sweep/a", "/sweep/b"]


@pytest.mark.parametrize(
    ("view", "only", "words"),
    [
        (View(), {}, ""),
        (View(tuples=("-+v",)), {"group_by": "architecture", "group": "-+v"}, ""),
        (View(methods=("aae",)), {"group_by": "method", "group": "aae"}, ""),
        (View(group="decoder", only="group:+"), {"group_by": "decoder", "group": "+"}, ""),
        (View(tuples=("-+v", "---")), {}, "all points of this data: they know nothing of filters."),
        (View(sweep="s", seeds="se"), {}, "nothing of the sweep and means over seeds."),
        (View(methods=("aae",), sweep="s"), {"group_by": "method", "group": "aae"}, "of aae: they know nothing of the"),
    ],
)
def test_the_gaps_are_of_the_group_on_show_and_say_what_they_do_not_obey(view, only, words):
    found, told = gaps.narrowed(view)
    assert found == only
    assert words in told
    assert bool(words) == bool(told)


def test_a_refusal_stands_where_it_was_asked():
    panel = gap_panel.refusal("name a data set")
    assert "name a data set" in text(panel)
    assert [button for button in of_type(panel, "Button") if text(button) == "Close"]
