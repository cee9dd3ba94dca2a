"""The waiting line, several runs at once, and the dialog that trains longer: what they say, without a browser."""

from datetime import UTC, datetime

from records_of_rest import of_type, text

from frontend.components import run_parts
from frontend.components.queue import line
from frontend.everywhere.actions import lost
from frontend.everywhere.longer import time_words
from frontend.words.formats import told, tuple_text
from frontend.words.runs import details, title

NOW = datetime(2026, 11, 20, 6, 5, tzinfo=UTC)


def waiting(run, count):
    return [{**run, "id": f"r{place}", "status": "queued", "points": []} for place in range(count)]


def moves(row):
    return [
        (getattr(button, "data-target"), bool(getattr(button, "disabled", False)))
        for button in of_type(row, "Button")
        if getattr(button, "data-do") == "place"
    ]


def test_a_move_names_the_run_that_it_goes_before(run):
    rows = line.line(waiting(run, 3), 3, NOW).children[0].children
    assert [moves(row) for row in rows] == [
        [("r0:r0", True), ("r0:", True), ("r0:r2", False)],
        [("r1:r0", False), ("r1:r0", False), ("r1:", False)],
        [("r2:r0", False), ("r2:r1", False), ("r2:", True)],
    ]
    assert [row.draggable for row in rows] == ["true"] * 3


def test_what_lies_beyond_the_page_is_told_and_not_moved_behind(run):
    shown = line.line(waiting(run, 2), 5, NOW)
    assert "and 3 more runs behind them" in text(shown)
    first, last = shown.children[0].children
    assert moves(last)[2] == ("r1:", True)
    assert moves(first)[2] == ("r0:", True)  # who stands behind the second is not known here
    assert "Nothing is waiting." in text(line.line([], 0, NOW))


def test_a_priority_is_told_and_a_reader_changes_nothing(run):
    (first,) = waiting(run, 1)
    shown = line.line([{**first, "priority": 5}], 1, NOW, read_only=True)
    assert "priority 5" in text(shown)
    assert not of_type(shown, "Button")
    assert "priority" not in text(line.line([first], 1, NOW))


def test_how_long_training_longer_takes(run):
    run |= {"timings": {"train_s": 30.0, "measure_s": 2.0, "data_s": 1.0}}
    assert (
        time_words(run, 20)
        == "60 + 20 = 80 epochs in all. About 13 s at the speed that this run had on cpu (1 threads)."
    )
    assert time_words({**run, "timings": {}}, 20) == "60 + 20 = 80 epochs in all."
    assert time_words(run, None) == time_words(run, 0) == "A whole number of epochs, 1 to 100000."


def test_a_run_and_those_that_continue_it_know_each_other(run):
    child = {**run, "id": "r2", "status": "queued"}
    child["spec"] = {**run["spec"], "training": {**run["spec"]["training"], "epochs": 10}}
    child["spec"]["training"]["continues"] = {"run": "r1", "sha256": "0" * 64, "epochs": 60}
    head = run_parts.head(child, None, NOW)
    assert "Continues  run r1  after 60 epochs: 60 + 10 = 70 in all." in text(head)
    assert "/run/r1" in [link.href for link in of_type(head, "Link")]
    assert "60 + 10 epochs" in details(child)
    head = run_parts.head(run, None, NOW, [child])
    assert "10 epochs more, beta-vae, β = 0.6 (waiting)" in text(head)
    assert "/run/r2" in [link.href for link in of_type(head, "Link")]


def test_what_came_of_several_runs_is_one_line(run):
    assert told(2, "cancelled", []) == "2 runs cancelled."
    assert told(1, "deleted", ["it is running", "x"]) == "1 run deleted; 2 not: it is running"
    words = text(lost([run, {**run, "status": "running"}]))
    assert "Gone with them: 2 points with estimates and pictures" in words
    assert "1 run will stay" in words
    assert "This cannot be undone." in words


def test_the_question_before_a_deletion_names_the_runs(run):
    (one,) = of_type(lost([{**run, "id": "0123456789ab"}]), "Li")
    assert text(one) == f"{tuple_text(run['architecture'])} {title(run)}, run 01234567"
    assert len(of_type(lost([run] * 5), "Li")) == 5
    assert [text(each) for each in of_type(lost([run] * 7), "Li")][5:] == ["and 2 more"]
