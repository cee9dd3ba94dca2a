"""How long a run will take: what is timed, what it adds up to, and that it is bounded. How fast it is, no test says."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from backend.datasets import DATASETS
from backend.errors import Cancelled, TrainingError
from backend.expand import expand
from backend.methods import METHODS
from backend.spec import RunSpec, TruePosteriorEstimator
from worker import stopwatch, timing, trial
from worker.model import Model, build_model
from worker.observing import Progress, SilentObserver
from worker.timing import alike, known_timing, stand_in, steps_of, time_run
from worker.train import train

CPU = torch.device("cpu")
TINY = {"dataset": {"name": "digits", "eval_limit": 90}, "network": "mlp", "width": 0.05, "latent_dim": 2}


def spec_of(**body: object) -> RunSpec:
    return expand({**TINY, **body}, DATASETS).spec


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less of everything: the numbers are rougher, what they are made of is the same."""
    monkeypatch.setattr(timing, "BUDGET_S", 0.02)
    monkeypatch.setattr(trial, "PIECE_S", 0.01)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "body",
    [
        {"epochs": 3},
        {"target_rate": 2.0},
        {"architecture": "++v"},
        {"architecture": {"encoder": {"kind": "flow", "context": True}}},
    ],
)
def test_the_whole_is_the_sum_of_its_parts(body: dict[str, object]) -> None:
    spec = spec_of(**body)
    facts = DATASETS[spec.dataset.name]
    found = time_run(spec, facts, device=CPU, observer=SilentObserver())
    assert found.draw_s is not None
    assert min(found.train_s, found.measure_s, found.draw_s) > 0
    assert found.seconds == pytest.approx(found.train_s + found.measure_s + found.draw_s)
    assert found.steps == steps_of(spec, facts)
    assert found.step_images == spec.training.batch_size
    assert found.images_per_second * found.train_s == pytest.approx(found.steps * spec.training.batch_size)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("method", [*METHODS, "deterministic"])
def test_every_method_can_be_timed(method: str) -> None:
    body: dict[str, object] = {"method": method}
    if method == "deterministic":
        body = {"method": "mmd-vae", "architecture": {"encoder": "deterministic"}}
    found = time_run(spec_of(epochs=2, **body), DATASETS["digits"], device=CPU, observer=SilentObserver())
    assert found.draw_s is not None
    assert min(found.train_s, found.measure_s, found.draw_s) > 0


@pytest.mark.usefixtures("short")
def test_work_that_grows_is_tried_in_small_pieces_until_it_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_of()
    data = stand_in(spec, DATASETS["digits"], CPU)
    tried = trial.Trial(build_model(spec.architecture, data.shape, 0).eval(), spec, data, 8, CPU, SilentObserver())
    sizes: list[int] = []

    def once(work: Callable[[], None]) -> float:
        work()
        return 1e-6 * sizes[-1] ** 2

    monkeypatch.setattr(tried, "_once", once)
    assert tried._grown(sizes.append, 64, 100_000, 2) == pytest.approx(1e4)
    assert sizes == [64, 128]
    sizes.clear()
    assert tried._grown(sizes.append, 64, 100, 2) == pytest.approx(1e-2)
    assert sizes == [64, 100]


def test_an_estimator_that_draws_as_much_as_it_is_told_to_is_timed_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    config = TruePosteriorEstimator(images=40, samples=6400)
    spec = spec_of(evaluation={"estimators": [config.model_dump()]})
    data = stand_in(spec, DATASETS["digits"], CPU)
    tried = trial.Trial(build_model(spec.architecture, data.shape, 0).eval(), spec, data, 8, CPU, SilentObserver())
    done: list[None] = []
    monkeypatch.setattr(tried, "_once", lambda work: done.append(work()) or 0.5)
    with torch.no_grad():
        assert tried._sampled_s(config) == pytest.approx(40 * 6400 / 64 * 0.5)
    assert done == [None]


@pytest.mark.usefixtures("short")
def test_a_step_that_takes_long_is_a_straight_line_through_shorter_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "_step_s", lambda spec, data, images, watch: 10.0 + 0.25 * images)
    spec = spec_of(batch_size=100)
    found = timing._whole_step(spec, stand_in(spec, DATASETS["digits"], CPU), 100, CPU, SilentObserver())
    assert found == (8, pytest.approx(10.0 + 0.25 * 100))
    monkeypatch.setattr(timing, "_step_s", lambda spec, data, images, watch: 0.1 + 0.01 * images)
    found = timing._whole_step(spec, stand_in(spec, DATASETS["digits"], CPU), 100, CPU, SilentObserver())
    assert found == (40, pytest.approx(0.1 + 0.01 * 100))


@pytest.mark.usefixtures("short")
def test_a_step_that_takes_long_gets_few_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "STEP_S", 0.0)
    found = time_run(spec_of(epochs=1), DATASETS["digits"], device=CPU, observer=SilentObserver())
    assert found.step_images == timing.FEW[1]


@pytest.mark.parametrize("batch_size", [64, 100, 5000])
def test_the_steps_are_those_the_run_takes(batch_size: int) -> None:
    spec = spec_of(epochs=2, batch_size=batch_size)
    data = stand_in(spec, DATASETS["digits"], CPU)
    trained = train(spec, data, device=CPU, observer=SilentObserver())
    assert trained.step == steps_of(spec, DATASETS["digits"])


def test_the_corrections_are_those_the_run_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0
    rate = Model.rate

    def counted(model: Model, x: torch.Tensor, noise: object) -> torch.Tensor:
        nonlocal seen
        seen += len(x)
        return rate(model, x, noise)  # type: ignore[arg-type]

    monkeypatch.setattr(Model, "rate", counted)
    spec = spec_of(target_rate=1.0, epochs=3, train_limit=200)
    data = stand_in(spec, DATASETS["digits"], CPU)
    train(spec, data, device=CPU, observer=SilentObserver())
    assert seen == timing._corrected_images(spec, data) > 0
    assert timing._corrected_images(spec_of(beta=1.0), data) == 0


def test_the_stand_in_is_as_long_as_the_data_and_takes_no_room() -> None:
    spec = spec_of(dataset="mnist", train_limit=1000)
    data = stand_in(spec, DATASETS["mnist"], CPU)
    assert [len(split) for split in (data.train, data.validation, data.test)] == [1000, 10_000, 10_000]
    assert data.train.images.untyped_storage().nbytes() == 28 * 28


@pytest.mark.usefixtures("short")
def test_a_distribution_is_measured_as_it_is() -> None:
    spec, facts = expand({"dataset": "toy"}, DATASETS).spec, DATASETS["toy"]
    assert torch.equal(stand_in(spec, facts, CPU).train.images, torch.eye(30)[:, None, None].to(torch.uint8))
    found = time_run(spec, facts, device=CPU, observer=SilentObserver())
    assert found.draw_s is None
    assert found.seconds == pytest.approx(found.train_s + found.measure_s)
    assert found.step_images == 30


def test_a_run_like_it_gives_its_speed_to_any_number_of_epochs_and_images() -> None:
    other, spec = spec_of(epochs=2, train_limit=640), spec_of(epochs=20, train_limit=1280 - 64, seed=5)
    facts = DATASETS["digits"]
    assert alike(spec, facts, other, facts)
    found = known_timing(spec, facts, other, facts, {"train_s": 4.0, "measure_s": 3.0})
    assert found.steps == 380
    assert found.train_s == pytest.approx(4.0 / 20 * 380)
    assert found.measure_s == 3.0
    assert found.seconds == pytest.approx(found.train_s + 3.0)
    assert found.draw_s is None


@pytest.mark.parametrize(
    "body",
    [
        {"width": 0.1},
        {"batch_size": 32},
        {"architecture": "--l"},
        {"target_rate": 1.0},
        {"network": "conv"},
        {"dataset": {"name": "digits", "eval_limit": 45}},
        {"dataset": "digits"},
    ],
)
def test_another_model_batch_rate_term_or_test_split_is_not_alike(body: dict[str, object]) -> None:
    facts = DATASETS["digits"]
    assert not alike(spec_of(**body), facts, spec_of(), facts)
    assert not alike(spec_of(), facts, spec_of(), replace(facts, height=9))


def test_the_whole_test_split_is_as_good_as_a_limit_of_as_many() -> None:
    facts, half = DATASETS["digits"], {"dataset": {"name": "digits", "eval_limit": 180}}
    assert facts.splits["test"] == 360
    smaller = replace(facts, splits={**facts.splits, "test": 180})
    assert alike(spec_of(dataset="digits"), smaller, spec_of(**half), facts)
    assert not alike(spec_of(dataset="digits"), smaller, spec_of(dataset="digits"), facts)


def test_an_objective_may_differ_in_its_weights_and_targets_and_in_nothing_else() -> None:
    facts = DATASETS["digits"]

    def comparable(first: dict[str, object], second: dict[str, object]) -> bool:
        return alike(spec_of(objective={"rate": first}), facts, spec_of(objective={"rate": second}), facts)

    target: dict[str, object] = {"kind": "target", "target_rate": 3.0}
    assert comparable({"kind": "beta", "beta": 0.5}, {"kind": "beta", "beta": 2.0})
    assert comparable(target, {"kind": "target", "target_rate": 4.0, "weight": 2.0})
    assert not comparable(target, {**target, "form": "penalty"})
    assert not comparable(target, {"kind": "none"})


def test_a_model_that_is_too_large_is_given_up_before_it_takes_memory() -> None:
    spec = spec_of(width=16.0, network="conv", dataset="mnist")
    with pytest.raises(TrainingError, match="parameters"):
        time_run(spec, DATASETS["mnist"], device=CPU, observer=SilentObserver())


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("after", [0, 15, 30])  # it asks 33 times where the clock leaves room for nothing twice
def test_it_stops_when_it_is_asked_to(after: int) -> None:
    class Impatient(SilentObserver):
        calls = 0

        def check(self) -> None:
            self.calls += 1
            if self.calls > after:
                raise Cancelled("stop")

    with pytest.raises(Cancelled):
        time_run(spec_of(), DATASETS["digits"], device=CPU, observer=Impatient())


def test_the_stopwatch_leaves_the_first_step_out(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 107.0])
    monkeypatch.setattr(stopwatch, "now", lambda device: next(clock))
    watch = stopwatch.Stopwatch(-1e9, 2, CPU, SilentObserver())
    watch.progress(Progress(stage="training", step=1))
    watch.progress(Progress(stage="training", step=2))
    with pytest.raises(stopwatch.Enough):
        watch.progress(Progress(stage="training", step=8))
    assert watch.step_s == 1.0


def test_sampling_is_stopped_after_rows_that_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 50.0, 51.0, 52.0, 53.0])
    monkeypatch.setattr(stopwatch, "now", lambda device: next(clock))
    rows = stopwatch.Rows(1.5, CPU, SilentObserver())
    for _ in range(3):
        rows()
    with pytest.raises(stopwatch.Enough):
        rows()
    assert rows.row_s == 1.0
