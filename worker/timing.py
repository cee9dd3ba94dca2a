"""How long a run will take on this machine: from a few real steps, or from a run like it that was timed already."""

import math
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from backend.datasets import DatasetFacts
from backend.errors import TrainingError
from backend.spec import BetaRate, RunSpec, TargetRate
from worker.data import DATASETS
from worker.data.contract import Data, Split
from worker.data.prepare import prepare
from worker.devices import explained_memory
from worker.model import Model, build_model
from worker.networks.contract import ImageShape
from worker.objective import build_objective
from worker.observing import Observer, SilentObserver
from worker.stopwatch import Enough, Stopwatch
from worker.train import GAP_IMAGES, train
from worker.trial import Trial

BUDGET_S = 2.0
"""Seconds of training steps."""
STEP_S = 0.5
"""Seconds of a step, roughly, up to which it gets more images than :data:`FEW`: the rest of a batch is a straight line.
"""
FEW = (2, 8)
"""Images of the first steps, which say how many more a step may have."""
MOST_PARAMETERS = 2**27
"""Of a model that is tried out beside other work: 2 GiB with its gradient and Adam's two moments."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """What a run will take, seconds; loading and fetching its data not counted."""

    seconds: float
    train_s: float
    measure_s: float
    draw_s: float | None
    """Null where it stands within ``measure_s``."""
    images_per_second: float
    """While it trains."""
    steps: int
    epochs: int
    step_images: int
    """Images of the largest step that was timed; below the batch size where a whole step would have taken too long."""

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def time_run(spec: RunSpec, facts: DatasetFacts, *, device: torch.device, observer: Observer) -> Timing:
    """Time real training steps, and a part of everything that comes after them, on stand-ins for the images.

    ``seconds = steps * step_s + corrections + N * image_s + pairs * pair_s + four sheets of pictures``

    Args:
        spec: the run.
        facts: of its data set; no image of it is needed.
        device: where the run would be trained.
        observer: its ``check`` is called between steps and pieces; no piece but a step takes long.

    Raises:
        TrainingError: the model is too large to be tried out, or memory ran out.
    """
    with explained_memory():
        data = stand_in(spec, facts, device)
        model = _bounded(spec, data.shape, observer).to(device).eval()
        batch = min(spec.training.batch_size, len(data.train))
        images, step_s = _whole_step(spec, data, batch, device, observer)
        trial = Trial(model, spec, data, images, device, observer)
        with torch.no_grad():
            corrected = _corrected_images(spec, data)
            corrections_s = corrected * trial.rate_s() if corrected else 0.0
            if facts.distribution:
                measure_s, draw_s = trial.whole_s(), None
            else:
                measure_s, draw_s = len(data.test) * trial.image_s() + trial.estimators_s(), trial.draw_s()
    steps = steps_of(spec, facts)
    train_s = steps * step_s + corrections_s
    return Timing(
        seconds=train_s + measure_s + (draw_s or 0.0),
        train_s=train_s,
        measure_s=measure_s,
        draw_s=draw_s,
        images_per_second=steps * batch / train_s,
        steps=steps,
        epochs=spec.training.epochs,
        step_images=images,
    )


def known_timing(spec: RunSpec, facts: DatasetFacts, other: RunSpec, its_facts: DatasetFacts, timings: Any) -> Timing:
    """The time of a run at the speed of one like it (:func:`alike`) that has ended here.

    Training takes as long as it has steps. What comes after is the same work on as many images.
    """
    steps, epochs = steps_of(spec, facts), spec.training.epochs
    train_s = timings["train_s"] * steps / steps_of(other, its_facts)
    measure_s = timings["measure_s"]
    batch = min(spec.training.batch_size, _limited(spec.dataset.train_limit, facts, "train"))
    return Timing(
        seconds=train_s + measure_s,
        train_s=train_s,
        measure_s=measure_s,
        draw_s=None,
        images_per_second=steps * batch / train_s,
        steps=steps,
        epochs=epochs,
        step_images=batch,
    )


def alike(spec: RunSpec, facts: DatasetFacts, other: RunSpec, its_facts: DatasetFacts) -> bool:
    """Whether a step of one run costs what a step of the other does, and so does what is measured afterwards.

    Pictures take the same time for any number of test images, each image its share and pairs of images its square:
    so their numbers have to be equal.
    """
    return (
        spec.architecture == other.architecture
        and spec.training.batch_size == other.training.batch_size
        and _terms(spec.objective.model_dump()) == _terms(other.objective.model_dump())
        and spec.evaluation == other.evaluation
        and facts.shape == its_facts.shape
        and _limited(spec.dataset.eval_limit, facts, "test") == _limited(other.dataset.eval_limit, its_facts, "test")
    )


def _terms(config: dict[str, Any]) -> dict[str, Any]:
    """An objective without its weights and targets, which take no time; a whole number may be a count of something."""
    return {
        name: _terms(value) if isinstance(value, dict) else value
        for name, value in config.items()
        if not isinstance(value, float)
    }


def steps_of(spec: RunSpec, facts: DatasetFacts) -> int:
    """Training steps of a run."""
    count = _limited(spec.dataset.train_limit, facts, "train")
    return count // min(spec.training.batch_size, count) * spec.training.epochs


def stand_in(spec: RunSpec, facts: DatasetFacts, device: torch.device) -> Data:
    """Splits as long as the run's, all of one image that takes no room: what a step costs does not depend on it.

    Data that is a distribution over few images is taken as it is: what is measured depends on it.
    """
    if facts.distribution:
        return prepare(spec.dataset, facts, DATASETS[facts.name](facts, SilentObserver()), device)
    image = torch.zeros(1, facts.channels, facts.height, facts.width, dtype=torch.uint8, device=device)

    def split(name: str, limit: int | None = None) -> Split:
        return Split(images=image.expand(_limited(limit, facts, name), -1, -1, -1))

    return Data(
        name=facts.name,
        shape=ImageShape(height=facts.height, width=facts.width, channels=facts.channels),
        train=split("train", spec.dataset.train_limit),
        validation=split("validation"),
        test=split("test", spec.dataset.eval_limit),
        shown=split("test"),
    )


def _limited(limit: int | None, facts: DatasetFacts, name: str) -> int:
    return facts.splits[name] if limit is None else limit


def _bounded(spec: RunSpec, shape: ImageShape, observer: Observer) -> Model:
    """The model, given up while it and the networks of its objective are built when they grow too large."""
    built = 0

    def count(module: nn.Module, name: str, parameter: nn.Parameter | None) -> None:
        nonlocal built
        observer.check()
        built += 0 if parameter is None else parameter.numel()
        if built > MOST_PARAMETERS:
            raise TrainingError(
                f"a model of more than {MOST_PARAMETERS:.1e} parameters is not tried out beside other work",
                "its time is seen once it is trained",
            )

    hook = register_module_parameter_registration_hook(count)
    try:
        model = build_model(spec.architecture, shape, spec.seed)
        build_objective(spec, shape)  # its networks are trained beside the model
        return model
    finally:
        hook.remove()


def _whole_step(spec: RunSpec, data: Data, batch: int, device: torch.device, observer: Observer) -> tuple[int, float]:
    """Images of the largest step that was timed, and the seconds of one with the whole batch."""
    few, more = (min(batch, count) for count in FEW)
    few_s = _step_s(spec, data, few, Stopwatch(0.0, 1, device, observer))
    images, step_s = more, _step_s(spec, data, more, Stopwatch(0.0, 2, device, observer))
    if step_s < STEP_S:
        each_s = max(step_s - few_s, 0.0) / max(more - few, 1)
        images = min(batch, more + int((STEP_S - step_s) / each_s)) if each_s else batch
        step_s = _step_s(spec, data, images, Stopwatch(BUDGET_S, 2, device, observer))
    return images, step_s + (batch - images) * max(step_s - few_s, 0.0) / max(images - few, 1)


def _step_s(spec: RunSpec, data: Data, images: int, watch: Stopwatch) -> float:
    """Seconds of one step, by the same loop that trains."""
    training = spec.training.model_copy(update={"batch_size": images, "epochs": 100_000})
    objective = spec.objective
    if isinstance(objective.rate, TargetRate):  # its corrections are counted apart, as often as this run makes them
        objective = objective.model_copy(update={"rate": BetaRate()})
    endless = spec.model_copy(update={"training": training, "objective": objective})
    with suppress(Enough):
        train(endless, data, device=watch.device, observer=watch, checkpoint_s=float("inf"))
    return watch.step_s


def _corrected_images(spec: RunSpec, data: Data) -> int:
    """Images whose rate a target-rate run measures in its corrections."""
    wanted = build_objective(spec, data.shape).rate_term.corrections
    if not wanted or data.train.weights is not None:
        return 0
    steps_an_epoch = len(data.train) // min(spec.training.batch_size, len(data.train))
    total = steps_an_epoch * spec.training.epochs
    times = (total - 1) // min(steps_an_epoch, math.ceil(total / wanted))
    return times * 2 * min(len(data.train), len(data.validation), GAP_IMAGES)
