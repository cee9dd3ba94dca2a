"""Components: trees of what a page shows for a record, without a browser."""

from datetime import UTC, datetime

import pytest
from records_of_rest import columns, estimate, of_type, parts, text

from frontend.app import dataset_options, status_line, time_left
from frontend.components import run_parts
from frontend.components.explore import empty, pane, strip
from frontend.components.parts import progress_bar, progress_words, remark
from frontend.components.queue import rows
from frontend.components.tiles import sheets, tile, tile_row
from frontend.figures.kl import dimension_bars
from frontend.figures.plane.records import points
from frontend.views.query import View
from frontend.words.formats import ago, compact, duration, number, plus_minus, size, tuple_text
from frontend.words.runs import details, title
from frontend.words.table import csv_of

NOW = datetime(2026, 11, 20, 6, 5, tzinfo=UTC)
BOUND = {"value": 79.03, "source": "VLAE"}


def test_the_pane_shows_every_number_with_its_error(point, run, samples):
    words = text(pane.pane(point, run, samples, BOUND))
    for each in ("13.18", "± 0.05", "81.25", "± 0.38", "94.43", "[7.6, 13.1]", "11", "of 3", "15.4", "[0.1, 5.6]"):
        assert each in words, each
    assert "(−, −, −)" in words
    assert "beta-vae, β = 0.6 · seed 3 · conv · 60 epochs on CPU · latent dim 16, width 0.5" in words
    assert "is between 0.01 and 0.2, so few bits are in the code" in words
    assert "saturated: only an interval" in words


def test_the_pane_has_eight_tiles_of_each_picture_with_the_numbers_in_words(point, run, samples):
    images = of_type(pane.pane(point, run, samples, BOUND), "Img")
    assert len(images) == 40
    assert images[9].alt == "sampled reconstruction of input 2 of 16, at R 13.18, D 81.25 nats"


def test_an_implicit_model_has_a_dash_where_there_is_no_number(point, run, samples):
    missing = {"value": None, "stderr": None, "unit": "nats", "bound": "estimate", "flags": ["implicit"]}
    point |= {"rate": missing, "neg_elbo": missing, "mutual_information": None}
    words = text(pane.pane(point, run, samples, BOUND))
    assert "None" not in words
    assert "nan" not in words


def test_a_tile_is_a_window_over_its_part_of_the_sheet(samples):
    image = of_type(tile(sheets(samples)["inputs"], 6, "seventh"), "Img")[0]
    assert image.style == {"width": "400%", "height": "400%", "left": "-200%", "top": "-100%"}


def test_one_channel_is_ink_on_paper_and_colour_is_left_alone(samples):
    assert "ink" in tile(sheets(samples)["inputs"], 0, "").className
    assert "ink" not in tile(sheets({**samples, "channels": 3})["inputs"], 0, "").className


def test_the_strip_has_one_link_for_each_point(samples):
    records = points(columns(rate=[1.0, 5.0], distortion=[2.0, 1.0]))
    shown = strip.strip([strip.Column(r, sheets(samples)) for r in records], 2, 3, View(dataset="digits/static"))
    links = of_type(shown, "Link")
    assert [link.href for link in links] == [f"/?dataset=digits/static&point=p{i}" for i in (0, 1)]
    assert all(len(of_type(link, "Img")) == 2 for link in links)
    assert of_type(links[0], "Img")[0].style["left"] == "-300%"


def test_the_strip_begins_with_the_input_which_leads_nowhere(samples):
    (record,) = points(columns(rate=[1.0], distortion=[2.0]))
    shown = strip.strip([strip.Column(record, sheets(samples))], 1, 3, View(dataset="digits/static"))
    (row,) = (each for each in parts(shown) if getattr(each, "className", "") == "strip-columns")
    first = row.children[0]
    assert first.className == "strip-input"
    assert not of_type(first, "Link")
    assert of_type(first, "Img")[0].src == sheets(samples)["inputs"].url
    without = strip.strip([strip.Column(record, {})], 1, 3, View(dataset="digits/static"))
    assert "input" not in text(without).split()


def test_an_unknown_data_set_is_named_as_text_and_cut():
    shown = empty.unknown("x" * 70 + "/static", "digits/static")
    assert "x" * 59 + "\u2026" in text(shown)
    assert "x" * 60 not in text(shown)
    assert [each.href for each in of_type(shown, "Link")] == ["/", "/?dataset=digits/static"]


def test_a_long_staircase_is_thinned_evenly_and_keeps_its_ends_and_the_selected_point():
    records = points(columns(rate=[float(i) for i in range(300)], distortion=[1.0] * 300))
    kept = strip.thinned(records, "p7")
    assert len(kept) == strip.MOST + 1
    assert {"p0", "p7", "p299"} <= {point.id for point in kept}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("queued", ["cancel", "clone", "delete"]),
        ("running", ["cancel", "clone"]),
        ("failed", ["retry", "clone", "delete"]),
        ("cancelled", ["retry", "clone", "delete"]),
        ("succeeded", ["continue", "clone", "delete"]),
    ],
)
def test_a_run_has_the_buttons_of_its_state(run, status, expected):
    buttons = rows.buttons({**run, "status": status})
    assert [getattr(button, "data-do") for button in buttons] == expected
    assert {getattr(button, "data-target") for button in buttons} == {"r1"}


def test_a_failed_run_says_why_and_what_to_do(run):
    error = {"type": "TrainingError", "message": "the loss became NaN at step 12", "hint": "try a smaller step"}
    words = text(rows.ended([{**run, "status": "failed", "error": error}], {}, NOW, filtered=False))
    assert all(each in words for each in error.values())


def test_the_details_tell_the_batch_and_how_few_images_there_were(run):
    assert details(run).endswith(f", width 0.5 · batch {run['spec']['training']['batch_size']}")
    few = {**run, "spec": {**run["spec"], "dataset": {**run["spec"]["dataset"], "train_limit": 100}}}
    assert " · 60 epochs of 100 images · seed 3" in details(few)


def test_a_finished_run_shows_where_it_landed_and_leads_there(run, point):
    shown = rows.ended([run], {"r1": point}, NOW, filtered=False)
    assert "R 13.18" in text(shown)
    assert "/?dataset=digits/static&point=p1" in [link.href for link in of_type(shown, "Link")]


def test_a_running_run_shows_stage_epoch_time_left_and_speed(run):
    progress = {"stage": "training", "epoch": 3.0, "epochs": 60, "step": 60, "steps": 1200, "eta_s": 30.0}
    words = text(rows.running([{**run, "status": "running", "progress": progress}]))
    assert "training · epoch 3 of 60 · 30 s left" in words
    assert "2432 images/s" in words.replace("\u2009", "")


def test_text_of_people_is_text(run):
    nasty = "<script>alert(1)</script>"
    shown = rows.ended([{**run, "tags": [nasty]}], {}, NOW, filtered=False)
    assert nasty in text(shown)
    assert not [part for part in parts(shown) if hasattr(part, "dangerously_allow_html")]


def test_an_empty_queue_offers_a_run_and_an_empty_filter_does_not():
    assert of_type(rows.ended([], {}, NOW, filtered=False), "Button")
    assert not of_type(rows.ended([], {}, NOW, filtered=True), "Button")


def test_the_pane_says_whether_the_point_is_on_the_frontier(point, run, samples):
    assert "on the frontier" in text(pane.pane(point, run, samples, BOUND, on_frontier=True))
    assert "on the frontier" not in text(pane.pane(point, run, samples, BOUND))


def test_notes_and_tags_stand_with_their_run(run):
    noted = {**run, "tags": ["mine"], "notes": "first line\nsecond <b>line</b>"}
    (tags, notes) = remark(noted)
    assert "mine" in text(tags)
    assert [part for part in parts(notes) if isinstance(part, str)] == ["first line", noted["notes"]]
    (short,) = remark({**run, "tags": [], "notes": " short "})
    assert short.children == "short"
    assert remark({**run, "tags": [], "notes": "  "}) == []


def test_the_first_page_offers_what_to_do():
    buttons = {getattr(button, "data-do") for button in of_type(empty.start(), "Button")}
    assert buttons == {"start-frontier", "start-digits", "start-mnist", "new-sweep", "new", "import"}


def test_the_run_page_lists_every_estimate_with_unit_error_bound_and_flags(point):
    point["estimates"]["rate"]["flags"] = ["odd"]
    point["rate"] = point["estimates"]["rate"]
    rows = of_type(run_parts.estimates(point), "Tr")
    words = [text(row) for row in rows]
    assert words[1] == "rate 13.180 ± 0.050 nats unbiased odd"
    assert any(each.startswith("active units 11.000") for each in words)
    assert words[-1].startswith("I(x; z) [7.600, 13.100]")


def test_attempts_and_log_are_tables_and_text(run):
    attempt = {
        "worker": {"host": "h", "pid": 7}, "started_at": run["created_at"], "ended_at": None, "from_step": 12,
        "outcome": None,
    }  # fmt: skip
    assert "h, process 7" in text(run_parts.attempts({**run, "attempts": [attempt]}))
    assert "06:00:00 UTC"[:8] in text(run_parts.log([{"at": run["created_at"], "text": "began"}]))


def test_kl_bars_stand_by_size_and_remember_their_dimension():
    (bars,) = dimension_bars([0.1, 3.0, 0.5], "KL (nats)", scheme="light", point_id="p").data
    assert list(bars.y) == [3.0, 0.5, 0.1]
    assert list(bars.customdata) == [1, 2, 0]


def test_a_title_names_the_annealing(run):
    run["spec"]["objective"]["rate"]["anneal_epochs"] = 4
    assert title(run) == "beta-vae, β = 0.6, annealed over 4 epochs"


def test_collapse_can_be_seen_in_the_pane(point, run, samples):
    shown = pane.pane(point, run, samples, BOUND)
    bars = [part for part in parts(shown) if str(getattr(part, "className", "")).startswith("dimension ")]
    bars += [part for part in parts(shown) if getattr(part, "className", "") == "dimension"]
    assert [bar.title for bar in bars if "collapsed" in bar.className] == ["dimension 2: 0.000 nats"]
    assert "2 of 3 carry more than 0.01 nats" in text(shown)
    only = {**point, "arrays": {"information_per_dimension": [0.2, -0.001]}}
    assert "I(x; b) per dimension" in text(pane.pane(only, run, samples, BOUND))
    assert "per dimension" not in text(pane.pane({**point, "arrays": {}}, run, samples, BOUND))


def test_the_bars_have_an_axis_of_one_nat_at_least_and_words_that_agree_with_them(point, run, samples):
    flat = {**point, "arrays": {"kl_per_dimension": [0.0103, 0.004]}}
    shown = pane.pane(flat, run, samples, BOUND)
    assert "1.00 nats" in text(shown)
    assert "1 of 2 carry more than 0.01 nats; the tallest 0.0103" in text(shown)
    below = {**point, "arrays": {"kl_per_dimension": [0.0098, 0.004]}}
    assert "0 of 2 carry more than 0.01 nats; the tallest 0.0098" in text(pane.pane(below, run, samples, BOUND))
    heights = [part.style["height"] for part in parts(shown) if "height" in (getattr(part, "style", None) or {})]
    assert heights[:2] == ["1.0%", "0.4%"]
    assert "3.00 nats" in text(pane.pane(point, run, samples, BOUND))
    assert list(dimension_bars([0.1, -0.01], "", scheme="light", point_id="p").layout.yaxis.range) == [-0.0105, 1.0]


def test_a_model_without_numbers_of_its_dimensions_says_why(point, run, samples):
    bare, parts_of = {**point, "arrays": {}}, run["spec"]["architecture"]
    assert "No reading" not in text(pane.pane(bare, run, samples, BOUND))
    parts_of["encoder"] = {"kind": "flow", "context": True, "network": {"kind": "conv"}}
    assert "the flow itself sees x" in text(pane.pane(bare, run, samples, BOUND))
    assert "flow with context" in text(pane.pane(bare, run, samples, BOUND))
    assert "flow with context" in text(run_parts.head(run, None, NOW))
    parts_of["encoder"] = {"kind": "categorical"}
    assert "one of a few classes" in text(pane.pane(bare, run, samples, BOUND))


def test_an_interval_that_noise_turned_over_says_so(point, run, samples):
    note = "bounds in expectation: noise may cross them"
    assert note not in text(pane.pane(point, run, samples, BOUND))
    point["mutual_information"] = {"lower": 0.3, "upper": 0.2, "saturated": False}
    words = text(pane.pane(point, run, samples, BOUND))
    assert "[0.3, 0.2]" in words
    assert words.count(note) == 2
    assert note in text(run_parts.estimates(point))


def test_what_is_known_exactly_is_no_interval(point, run, samples):
    told = {"source_information": estimate(0.264), "posterior_source_information": estimate(0.378)}
    point |= {"mutual_information": {"lower": 0.5, "upper": 0.5, "saturated": False}}
    point["estimates"] |= told
    words = text(pane.pane(point, run, samples, {"value": 94.4189, "source": "formula", "exact": True}))
    for each in ("I(x; z) 0.50", "I(z; z*) 0.26 true 0.38", "above H 0.0111 nats"):
        assert each in words, each


def test_a_flat_image_has_a_window_that_can_be_seen(samples):
    flat = sheets({**samples, "height": 1, "width": 30})["inputs"]
    assert tile(flat, 0, "").style == {"aspectRatio": "8 / 1"}
    assert "flat" in tile_row(flat, range(8), "input", "input", "").children[1].className
    assert tile(sheets(samples)["inputs"], 0, "").style == {"aspectRatio": "8 / 8"}


def test_progress_is_readable_without_eyes():
    bar = progress_bar(0.25, "training")
    assert (bar.role, getattr(bar, "aria-valuenow"), getattr(bar, "aria-label")) == ("progressbar", 25, "training")
    assert not hasattr(progress_bar(None, "starting"), "aria-valuenow")
    assert progress_words({}) == "starting"


def test_the_status_line_adds_up():
    running = [{"progress": {"eta_s": 30.0, "step": 50, "steps": 100}}]
    assert status_line([], 0, more=False) == ""
    assert time_left(running, 0) == 30.0
    assert time_left(running, 2) == 30.0 + 2 * 60.0
    assert status_line(running, 2, more=False) == "1 training · 2 waiting · about 2 min left"
    assert status_line([{"progress": {"eta_s": None}}], 1, more=False) == "1 training · 1 waiting"


def test_every_binarisation_is_a_data_set_of_its_own(catalogue):
    values = [option["value"] for option in dataset_options(catalogue)]
    assert values[0] == "digits/static"
    assert {"mnist/dynamic", "mnist-static/none"} <= set(values)
    assert len(values) == len(set(values))


def test_numbers_as_they_are_written():
    assert [number(v) for v in (None, float("nan"), -0.001, -1.5)] == ["–", "–", "0.00", "−1.50"]
    assert [number(12345.6), number(1.2345e17)] == ["12\u2009346", "1.234e+17"]
    assert [plus_minus(v) for v in (None, 0.05, 0.0005, 0.0)] == ["", "± 0.05", "± 0.0005", "± 0.00"]
    assert [duration(s) for s in (None, 0, 0.2, 42, 89.7, 240, 7500, 200_000)] == [
        "–", "0 s", "1 s", "42 s", "90 s", "4 min", "2 h 5 min", "2 d 7 h"
    ]  # fmt: skip
    assert [size(b) for b in (None, 12, 1500, 11_594_722)] == ["–", "12 B", "1.5 kB", "12 MB"]
    assert compact(0.00030000001) == "0.0003"
    assert tuple_text("-+v") == "(−, +, v)"
    assert ago("2026-11-20T06:04:20Z", NOW) == "40 s ago"


def test_csv_names_units_and_keeps_values_as_they_are():
    lines = csv_of({"id": ["a"], "rate": [1.25], "architecture": ["-+v"], "beta": [None]}).splitlines()
    assert lines == ["id,rate (nats),architecture,beta", "a,1.25,-+v,"]
