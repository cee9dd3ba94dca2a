"""The line that says how long a run will take: its arithmetic, its words, and what makes it ask again."""

import pytest
from records_of_rest import of_type, text

from frontend.components.form.estimate import line
from frontend.everywhere.new_run.time import answered, question

RESULT = {
    "seconds": 130.0, "train_s": 120.0, "measure_s": 9.0, "draw_s": 1.0, "images_per_second": 4321.0, "steps": 380,
    "epochs": 20, "step_images": 64, "device": "cpu (1 threads)", "threads": 1, "busy": False, "run_id": None,
}  # fmt: skip
KNOWN = {"state": "known", "result": RESULT}


def job(status, **more):
    return {"status": status, "result": None, "error": None, **more}


def test_the_epochs_in_the_form_count_not_those_that_were_asked_about():
    assert text(line(KNOWN, 20, 1)).startswith("About 2 min on this machine  (6 s an epoch, then 10 s")
    assert text(line(KNOWN, 200, 1)).startswith("About 20 min on this machine")
    assert text(line(KNOWN, 200, 3)).startswith("About 1 h for 3 runs on this machine")
    for wrong in (None, "x", 0, 2.5):
        assert "once every field is right" in text(line(KNOWN, wrong, 1))
    assert "once every field is right" in text(line(KNOWN, 20, 1, wrong=True))


def test_it_says_where_the_speed_was_had():
    assert "4\u2009321 images/s on CPU,  measured just now" in text(line(KNOWN, 20, 1))
    beside = {**KNOWN, "result": {**RESULT, "busy": True}}
    assert "measured just now  beside another run" in text(line(beside, 20, 1))
    before = {**KNOWN, "result": {**RESULT, "run_id": "r7", "draw_s": None}}
    (link,) = of_type(line(before, 20, 1), "Link")
    assert link.href == "/run/r7"
    assert "then 9 s" in text(line(before, 20, 1))


def test_while_it_is_not_known_it_says_why():
    assert "Measuring" in text(line({"state": "asked", "job": "j"}, 20, 1))
    assert "without one" in text(line({"state": "waiting"}, 20, 1))
    assert text(line({"state": "unknown", "why": "because"}, 20, 1)) == "because"
    assert text(line(None, 20, 1)) == ""


def test_what_a_job_says_becomes_what_the_line_says():
    assert answered(job("succeeded", result=RESULT)) == KNOWN
    assert "out of memory" in answered(job("failed", error={"message": "out of memory"}))["why"]
    assert "was cancelled" in answered(job("cancelled"))["why"]


@pytest.mark.parametrize("change", [{"seed": 3}, {"beta": 2.0}, {"epochs": 7}, {"learning_rate": 0.1}])
def test_what_costs_no_time_asks_nothing_again(change):
    body = {"dataset": "digits", "architecture": "---", "beta": 1.0}
    assert question({**body, **change}) == question(body)


@pytest.mark.parametrize("change", [{"dataset": "mnist"}, {"width": 0.5}, {"batch_size": 7}, {"target_rate": 1.0}])
def test_what_costs_time_asks_again(change):
    body = {"dataset": "digits", "architecture": "---", "beta": 1.0}
    assert question({**body, **change}) != question(body)
