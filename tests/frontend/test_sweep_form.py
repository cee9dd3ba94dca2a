"""Several values of a field: how they are typed, what is posted, and what is said of them."""

import itertools

import pytest
from records_of_rest import of_type, text

from backend.datasets import DATASETS
from backend.expand import expand
from backend.grid import expand_grid
from frontend.components.form import estimate, swept
from frontend.components.sweeps import grid as sweep_grid
from frontend.components.sweeps import sweep as sweeps
from frontend.form import asked, axes, bodies, forms, uneven
from frontend.form.defaults import PARTS
from frontend.form.fields import Field
from frontend.words.formats import tuple_text

BETA = Field(path="beta", kind="number", title="beta", minimum=0, maximum=1e6, ends=("exclusiveMinimum",))
SEED = Field(path="seed", kind="integer", title="seed", minimum=0)
CHOICE = Field(path="x", kind="choice", title="x", choices=("paper", "constant"))
FLAG = Field(path="y", kind="boolean", title="y")


@pytest.mark.parametrize(
    ("typed", "field", "values"),
    [
        ("0.1, 0.5, 1", BETA, [0.1, 0.5, 1]),
        ("0.1 0.5;1e1,", BETA, [0.1, 0.5, 10]),
        ("0.5, 0.5, 1", BETA, [0.5, 1]),
        ("0.1..10, 3, log", BETA, [0.1, 1, 10]),
        ("0.1..10", BETA, [0.1, 0.316, 1, 3.16, 10]),
        ("1..2, 5", BETA, [1, 1.25, 1.5, 1.75, 2]),
        ("1 to 2, 3, linear", BETA, [1, 1.5, 2]),
        ("4 .. 0.25, 3", BETA, [4, 1, 0.25]),
        ("0..4", SEED, [0, 1, 2, 3, 4]),
        ("1..1000, 4, log", SEED, [1, 10, 100, 1000]),
        ("7..7", SEED, [7]),
        ("1e-300..1e5, 3, log", BETA, [1e-300, 3.16e-148, 1e5]),
        ("paper; constant", CHOICE, ["paper", "constant"]),
        ("yes, no", FLAG, [True, False]),
        ("---, −+v", None, ["---", "-+v"]),
    ],
)
def test_a_list_or_a_range_becomes_values(typed, field, values):
    assert axes.values_of(typed, field) == values


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ("", BETA, "type a list"),
        ("0.1, x", BETA, "x should be a valid number"),
        ("0.1, -1", BETA, "greater than 0"),
        ("0..1, 3, log", BETA, "ends above 0"),
        ("1..2, 1001", BETA, "at most 1000"),
        ("0..1000", SEED, "1001 values"),
        ("0.5..2", SEED, "whole numbers"),
        ("1..1e400", BETA, "too large"),
        ("1..1e400", SEED, "too large"),
        ("1e99", BETA, "1e\\+99 should be less than"),
        ("1e99..1e99, 1", SEED, "valid integer"),
        ("1e99..1e99", SEED, "valid integer"),
        ("1.5", SEED, "valid integer"),
        ("other", CHOICE, "paper, constant"),
        ("maybe", FLAG, "yes or no"),
    ],
)
def test_what_is_wrong_names_the_value(typed, field, words):
    with pytest.raises(ValueError, match=words):
        axes.values_of(typed, field)


def form_of(catalogue, **held):
    """What a fresh form asks for, with these axes: key -> text, in order."""
    values = bodies.start(catalogue, "digits") | held.pop("values", {})
    shape = forms.layout(catalogue, values)
    structure = {path: value for path, value in values.items() if path not in shape.fields}
    given = {path: values.get(path, shape.defaults.get(path)) for path in shape.fields}
    fields = {path: ("yes" if value else "no") if isinstance(value, bool) else value for path, value in given.items()}
    pairs = [*held["over"].items(), *[(None, "")] * 3][:3]
    groups = [list(structure.values()), list(fields.values()), [k for k, _ in pairs], [t for _, t in pairs]]
    paths = [list(structure), list(fields), [f"sweep.{n}.field" for n in range(3)], [f"sweep.{n}" for n in range(3)]]
    return asked.asked(catalogue, groups, [[{"id": {"path": path}} for path in each] for each in paths])


def test_axes_become_a_grid_that_rest_takes(catalogue):
    over = {"beta": "0.1..10, 3, log", "architecture": "---, -+v", "training.schedule": "paper, constant"}
    wanted = form_of(catalogue, over=over)
    assert wanted.posted == {
        "base": {"dataset": "digits", "method": "beta-vae"},
        "grid": {
            "beta": [0.1, 1, 10],
            "architecture": ["---", "-+v"],
            "training.schedule": ["paper", "constant"],
        },
    }
    assert bodies.runs_of(wanted.posted) == 12
    specs = [each.spec for each in expand_grid(wanted.posted["base"], wanted.posted["grid"], DATASETS)]
    assert len({spec.digest for spec in specs}) == 12
    record = wanted.record("q")
    assert (record["runs"], record["epochs"]) == (12, wanted.values["training.epochs"])
    assert record["swept"] == {"beta": "sweep.0", "architecture": "sweep.1", "training.schedule": "sweep.2"}


def test_every_field_that_is_offered_can_be_swept_over(catalogue):
    for method in ("beta-vae", "infovae", "infomax-vae", "custom"):
        values = bodies.start(catalogue, "digits", method if method != "custom" else "vae")
        if method == "custom":
            values |= {"method": "custom", "objective.rate.kind": "beta"}
        shape = forms.layout(catalogue, values)
        written = bodies.body(catalogue, values)
        for key, field in axes.keys_of(shape).items():
            value = shape.defaults.get(field.path)
            if value is not None:
                posted = bodies.sweep(written, {key: [value]})
                assert expand_grid(posted["base"], posted["grid"], DATASETS), key
        offered = [item["value"] for group in swept.options(axes.keys_of(shape)) for item in group["items"]]
        assert sorted(offered) == sorted([axes.TUPLE, *axes.keys_of(shape)])


@pytest.mark.parametrize("method", ["beta-vae", "infovae", "infomax-vae", "custom"])
def test_a_field_is_found_by_its_plain_name(catalogue, method):
    shape = forms.layout(catalogue, bodies.start(catalogue, "digits") | {"method": method})
    items = [item for group in swept.options(axes.keys_of(shape)) for item in group["items"]]
    labels = {item["value"]: item["label"] for item in items}
    for word in ("architecture", "tuple", "encoder", "decoder", "marginal"):
        assert word in labels[axes.TUPLE]
    letters = {key for key in labels if key.rpartition(".")[2] in ("alpha", "beta", "lambda")}
    assert letters
    assert all(key.rpartition(".")[2] in labels[key] for key in letters)
    assert max(map(len, labels.values())) < 60  # what its control shows without cutting it off


def test_what_tuples_differ_in_by_default_is_said_until_it_is_set(catalogue):
    over = {"architecture": "---, -+-, v"}
    wanted = form_of(catalogue, over=over)
    assert "3 values: ---, -+-, v. epochs: 40 for (−, −, −)" in wanted.words(0)
    wanted = form_of(catalogue, over={"architecture": "---, -+-, --v"})
    assert wanted.uneven.startswith("epochs: 40 for (−, −, −) and (−, −, v), 8 for (−, +, −), by default; to make")
    specs = [each.spec for each in expand_grid(wanted.posted["base"], wanted.posted["grid"], DATASETS)]
    assert [spec.training.epochs for spec in specs] == [40, 8, 40]
    assert not form_of(catalogue, over=over, values={"training.epochs": 3}).uneven
    assert not form_of(catalogue, over={**over, "epochs": "40"}).uneven
    assert not form_of(catalogue, over={"architecture": "---, --v"}).uneven
    assert form_of(catalogue, over={"beta": "1, 2"}).words(0) == "2 values: 1, 2"
    assert form_of(catalogue, over={}).words(0) is None


def test_the_tuples_differ_as_the_server_fills_them_in(catalogue):
    known = [[entry["symbol"] for entry in catalogue[axis] if entry["symbol"] != "?"] for _, axis in PARTS]
    for dataset in ("digits", "mnist", "omniglot"):
        tuples = ["".join(symbols) for symbols in itertools.product(*known)]
        epochs = {}
        for symbols in tuples:
            spec = expand({"dataset": dataset, "architecture": symbols, "method": "vae"}, DATASETS).spec
            epochs.setdefault(spec.training.epochs, []).append(tuple_text(symbols))
        said = uneven.told(catalogue, *_plain_form(catalogue, dataset), {}, {"architecture": tuples})
        told = [f"{count} for {' and '.join(each)}" for count, each in epochs.items()]
        assert said.startswith(f"epochs: {', '.join(told)}, by default") == (len(told) > 1)


def _plain_form(catalogue, dataset):
    values = bodies.start(catalogue, dataset)
    return values, forms.layout(catalogue, values)


def test_seeds_multiply_unless_they_are_swept_over(catalogue):
    wanted = form_of(catalogue, over={"beta": "1, 2"}, values={"restarts": 3})
    assert wanted.posted["grid"] == {"beta": [1, 2], "seed": [0, 1, 2]}
    wanted = form_of(catalogue, over={"seed": "4..6"}, values={"restarts": 3})
    assert wanted.posted["grid"] == {"seed": [4, 5, 6]}
    assert "swept over" in wanted.faults["restarts"]


def test_a_value_that_is_swept_over_is_no_fault_of_the_form(catalogue):
    assert "beta" not in form_of(catalogue, over={"beta": "1, 2"}, values={"beta": -1}).faults
    wrong = form_of(catalogue, over={"beta": "1, -2", "nothing": "3"})
    assert set(wrong.faults) == {"sweep.0", "sweep.1"}
    assert set(wrong.faults) <= wrong.own


def test_a_refusal_of_the_grid_stands_at_the_values():
    errors = [{"loc": ["grid", "beta"], "msg": "-1.0: wrong"}, {"loc": ["grid"], "msg": "makes 1200 runs"}]
    found, rest = bodies.field_errors(errors, ["beta", "sweep.0"], {"beta": "sweep.0"})
    assert found == {"sweep.0": "-1.0: wrong"}
    assert rest == ["makes 1200 runs"]


def test_what_is_known_costs_nothing_and_is_said():
    result = {
        "train_s": 100.0, "measure_s": 10.0, "draw_s": None, "epochs": 10, "images_per_second": 100.0,
        "device": "cpu", "busy": False, "run_id": None,
    }  # fmt: skip
    timing = {"state": "known", "result": result}
    assert "About 4 min for 2 runs" in text(estimate.line(timing, 10, 2))
    assert "About 4 min for 2 runs" in text(estimate.line(timing, [5, 15], 2))
    assert "if latent dim changes nothing of it" in text(estimate.line(timing, 10, 2, varied=["latent_dim"]))
    assert estimate.line(timing, 10, 0) == []
    known = {"combinations": 13, "runs": 12, "to_train": 9, "known": {"succeeded": 2, "queued": 1}}
    told = text(estimate.known_line(known))
    assert "3 of 12 are known already" in told
    assert "1 of the combinations are the same run" in told
    one = {"combinations": 1, "runs": 1, "to_train": 0, "known": {"succeeded": 1}}
    assert "it has succeeded" in text(estimate.known_line(one))
    assert estimate.known_line({**one, "to_train": 1}) == []


def member(cell, status="succeeded", rate=1.0, distortion=2.0, **more):
    landed = {"rate": rate, "distortion": distortion} if status == "succeeded" else {"rate": None, "distortion": None}
    return {
        "cell": cell, "run_id": f"r{cell}", "status": status, "cancel_requested": False, "progress": 1.0,
        "seconds": 5.0, "point_id": f"p{cell}", **landed, **more,
    }  # fmt: skip


def test_a_grid_of_one_axis_is_a_table_and_of_several_a_matrix():
    one = sweep_grid.sweep_grid({"beta": [1.0, 2.0], "epochs": [3]}, [member(0), member(1, "failed")], "rate")
    assert len(of_type(one, "Tr")) == 3
    assert "failed" in text(one)
    grid = {"beta": [1.0, 2.0], "seed": [0, 1, 2]}
    several = sweep_grid.sweep_grid(grid, [member(0), member(4, rate=3.0), member(5, "running", progress=0.5)], "rate")
    assert len(of_type(several, "Tr")) == 3
    assert [link.children for link in of_type(several, "Link")] == ["1.00", "3.00", "running"]
    assert text(several).count("\u2013") == 3  # gone, or another cell's
    assert sweep_grid.sweep_grid({}, [member(0)], "rate")


def test_a_sweep_says_what_it_varies_and_what_it_lacks():
    counts = {"queued": 0, "running": 0, "succeeded": 3, "failed": 1, "cancelled": 1}
    sweep = {
        "id": "s", "base": {"dataset": "digits", "epochs": 2}, "grid": {"beta": [1, 2, 3], "seed": [0, 1]},
        "counts": counts, "progress": 1.0, "left_s": None, "created_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    assert sweeps.title(sweep) == "β × seed on digits"
    assert sweeps.grid_words(sweep["grid"]) == "β 1, 2, 3 · seed 0, 1"
    assert sweeps.missing(sweep) == 3  # one was deleted
    actions = [button.to_plotly_json()["props"]["data-do"] for button in sweeps.buttons(sweep, whole=True)]
    assert actions == ["retry-sweep", "resume-sweep"]
    assert "beta,seed,run_id" in sweep_grid.csv(sweep["grid"], [member(0)]).splitlines()[0]
    assert len(sweep_grid.csv(sweep["grid"], [member(0)]).splitlines()) == 7
