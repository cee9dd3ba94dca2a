"""The Lab's benches: what the page makes of a result, of a job, of a failure, and of an address."""

import json

import numpy as np
import pytest
from records_of_rest import of_type, parts, text
from results_of_benches import DUALS, PARTICLES, PROPOSITION, RESULTS

from backend.benches import BENCHES
from frontend import ids
from frontend.components.lab import bench as lab_bench
from frontend.components.lab import results
from frontend.figures.lab import duals, particles, proposition
from frontend.pages.lab import page as lab
from frontend.pages.lab.benches import shown
from frontend.pages.lab.parts import PARTS, TOY, asked
from frontend.words.table import csv_of

ALL = [(name, plot) for name, part in PARTS.items() for plot in part.plots]


def bench(name="duals", **more):
    words = {"title": "The title", "paper": "The paper", "note": "The note"}
    return {"name": name, **words, "job": None, "result": None, "at": None, "error": None, **more}


def job(state="running", **progress):
    return {"id": "j", "state": state, "cancel_requested": False, "progress": progress}


def doing(component):
    return [getattr(button, "data-do") for button in of_type(component, "Button") if hasattr(button, "data-do")]


def test_every_bench_of_the_server_is_a_part_of_the_page():
    assert set(PARTS) == set(BENCHES) == set(RESULTS)
    assert next(iter(lab.TITLES)) == TOY


@pytest.mark.parametrize(
    ("search", "part"),
    [(None, TOY), ("", TOY), ("?seed=3", TOY), ("?part=duals", "duals"), ("?part=nothing", TOY), ("?part=toy", TOY)],
)
def test_the_address_says_which_part_is_on_show(search, part):
    assert asked(search) == part
    links = of_type(lab.parts(asked(search)), "Link")
    assert [link.children for link in links if "current" in link.className] == [lab.TITLES[part]]
    assert [asked(link.href.removeprefix("/lab")) for link in links] == list(lab.TITLES)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "plot"), ALL, ids=[plot.name for _, plot in ALL])
def test_every_figure_is_drawn_and_its_table_goes_along(name, plot, scheme):
    figure = plot.draw(RESULTS[name], scheme=scheme)
    assert "NaN" not in json.dumps(json.loads(figure.to_json()))
    lines = csv_of(plot.table(RESULTS[name])).splitlines()
    assert len(lines) > 3


@pytest.mark.parametrize("name", PARTS)
def test_a_result_is_figures_with_downloads_and_tables(name):
    page = shown(bench(name, result=RESULTS[name], at="2026-11-20T12:00:00+00:00"), "light")
    assert len(of_type(page, "Graph")) == len(PARTS[name].plots)
    there = {getattr(part, "id", None) for part in parts(page)}
    for plot in PARTS[name].plots:
        assert {ids.bench(plot.name, part) for part in ("graph", "frame")} <= there
    assert of_type(page, "Table")


def test_no_two_figures_share_an_id():
    names = [plot.name for _, plot in ALL]
    assert len(set(names)) == len(names)


def test_before_while_and_after_it_is_computed():
    assert doing(lab_bench.bar(bench())) == [lab_bench.RUN]
    assert "Run it here" in text(lab_bench.bar(bench()))
    assert "Not computed" in text(shown(bench(), "light"))
    waits = bench(job=job("queued"))
    assert doing(lab_bench.bar(waits)) == [lab_bench.CANCEL]
    assert "waits for a worker: a run before it ends first" in text(lab_bench.bar(waits))
    assert "Asked for" in text(shown(waits, "light"))
    assert "starting" in text(lab_bench.running(job()))
    assert "part 2 of 4" in text(lab_bench.running(job(step=1, steps=4)))
    assert "part 4 of 4" in text(lab_bench.running(job(step=4, steps=4)))
    moves, stands = (lab_bench.running(job(step=step, steps=4))[0].children[0] for step in (0, 1))
    assert (moves.className, stands.className) == ("progress unknown", "progress")
    stopping = {**job(step=1, steps=4), "cancel_requested": True}
    assert "stopping" in text(lab_bench.running(stopping))
    assert of_type(lab_bench.running(stopping), "Button")[0].disabled
    done = bench(result=DUALS, at="2026-11-20T12:00:00+00:00")
    assert "computed 2026-11-20 12:00:00 UTC" in text(lab_bench.bar(done))
    assert "again" in text(lab_bench.bar(done))


def test_a_failure_stands_with_what_to_do_above_the_result_before_it():
    error = {"type": "MemoryError", "message": "out of memory", "hint": "run it again"}
    told = text(lab_bench.words(bench(result=DUALS, at="2026-11-20T12:00:00+00:00", error=error)))
    assert all(words in told for words in ("The note", "The paper", "out of memory", "run it again"))
    assert "out of memory" not in text(lab_bench.words(bench()))


def test_a_line_that_falls_to_nothing_leaves_a_logarithmic_axis_that_still_has_ticks():
    for quantity in ("c", "s", "sigma"):
        axis = proposition.curve(PROPOSITION, quantity, scheme="light").layout.yaxis
        assert axis.type == "log"
        low, high = axis.range
        assert -14.5 < low < high
        assert 3 <= len(axis.tickvals) <= 8
    words = text(results.ends(PROPOSITION))
    assert "below 1e\u2212300" in words
    assert "c above 5, s below 0.01" in words
    assert "InfoVAE, λ = 500" in words
    assert "c from 0.4 to 1.2, s above 0.3" in words


def test_the_bounds_asked_for_are_where_they_say():
    figure = proposition.curve(PROPOSITION, "c", scheme="light")
    assert sorted(shape.y0 for shape in figure.layout.shapes) == [0.4, 1.2, 5.0]
    notes = {note.text: 10**note.y for note in figure.layout.annotations}
    assert notes == pytest.approx({"ELBO above 5": 5.0, "InfoVAE from 0.4": 0.4, "InfoVAE to 1.2": 1.2})


def test_a_result_that_asks_nothing_is_drawn_without_bounds():
    silent = {name: value for name, value in PROPOSITION.items() if name != "bars"}
    for quantity in ("c", "s", "sigma"):
        assert not proposition.curve(silent, quantity, scheme="dark").layout.shapes
    words = text(results.ends(silent)) + text(results.networks(silent))
    assert "above" not in words
    assert "λ" not in words


@pytest.mark.parametrize("objective", ["elbo", "infovae"])
def test_the_densities_are_densities_and_the_spikes_are_cut_off_with_a_word(objective):
    table = {name: np.array(values) for name, values in proposition.density_table(PROPOSITION, objective).items()}
    for name in ("q(z|x=-1)", "q(z|x=1)", "m(z)"):
        assert np.trapezoid(table[name], table["z"]) == pytest.approx(1.0, abs=2e-3)
    figure = proposition.densities(PROPOSITION, objective, scheme="light")
    peaks = [note.text for note in figure.layout.annotations]
    assert peaks == (["up to 7979"] * 2 if objective == "elbo" else [])
    assert figure.layout.yaxis.range[1] < 1


def test_a_network_that_tells_nothing_does_not_count():
    first, second = of_type(results.networks(PROPOSITION), "Tr")[1:]
    assert text(first).endswith("yes")
    assert "no: R is not above 0.1" in text(second)
    assert "The stability is local." in text(results.networks(PROPOSITION))


@pytest.mark.parametrize("marginal", ["normal", "logistic"])
@pytest.mark.parametrize("share", particles.SHARES)
def test_a_line_holds_its_share_of_the_marginal(marginal, share):
    x, y = (np.array(each) for each in particles.outline(marginal, share))
    generator = np.random.default_rng(0)
    z = generator.normal(size=(200_000, 2))
    if marginal == "logistic":
        z = generator.logistic(scale=np.sqrt(3) / np.pi, size=z.shape)
    half = len(x) // 2
    height = np.interp(np.abs(z[:, 0]), x[:half], y[:half], right=0.0)
    inside = (np.abs(z[:, 1]) < height).mean()
    assert inside == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / len(z)) + 1e-3)
    if marginal == "normal":
        assert np.hypot(x, y) == pytest.approx(np.sqrt(-2 * np.log(1 - share)), rel=5e-3)


def test_both_marginals_are_drawn_to_the_same_scale_with_every_seed():
    ranges = set()
    for marginal in ("normal", "logistic"):
        figure = particles.scatter(PARTICLES, marginal, scheme="light")
        assert [trace.name for trace in figure.data if trace.mode == "markers"] == ["seed 0", "seed 1"]
        ranges.add(tuple(figure.layout.xaxis.range))
    assert len(ranges) == 1
    assert "\u22120.00074" in text(results.tails(PARTICLES))


def test_duals_stand_by_information_as_shares_of_their_truth():
    figure = duals.dots(DUALS, scheme="light")
    assert [note.text for note in figure.layout.annotations] == ["I = 0.0472 nats", "I = 1 nats"]
    best = [trace for trace in figure.data if trace.name == "best critic"]
    assert [list(trace.x) for trace in best] == [pytest.approx([1.01]), pytest.approx([1.01, 1.01])]
    assert list(best[1].error_x.array) == pytest.approx([0.02, 0.02])
    assert list(figure.layout.yaxis2.ticktext) == ["Title of kl", "Title of new"]
    low, high = figure.layout.xaxis.range
    assert low < 0.88
    assert high > 1.1
    rows = [text(row) for row in of_type(results.duals(DUALS), "Tr")]
    assert "Title of pearson 0.047 none 0.1000 0.1010 ± 0.0020 0.0900 ± 0.0020 1200" in rows[1]
    untrained = {"rows": [{**DUALS["rows"][0], "trained": {"value": None, "stderr": None, "steps": 0}}]}
    assert "–" in text(results.duals(untrained))
    assert len(duals.dots(untrained, scheme="dark").data) == 2
