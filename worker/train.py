"""The training loop: a list of players stepped in rounds; it ends with the same bits however often it is stopped."""

import math
import time
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from backend.errors import Released
from backend.spec import RunSpec, Training
from worker import checkpoint as checkpoints
from worker.continuation import take_over
from worker.data.contract import Batch, Data
from worker.devices import describe_device, explained_memory, set_threads
from worker.meter import Meter
from worker.model import Model, build_model
from worker.objective import Losses, build_objective, pairs_of
from worker.objectives.contract import Position
from worker.observing import Observer, Progress, SilentObserver
from worker.opponents import hints, player_of, require_learning
from worker.players import Player, Round, adam
from worker.rng import StepNoise

__all__ = ["Observer", "Progress", "SilentObserver", "Trained", "train"]

GAP_IMAGES = 5000
"""Images, at most, of each split that a gap between held-out and training rate is measured on."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model whose training ended."""

    model: Model
    step: int
    timings: dict[str, float]
    """train_s over all attempts; images_per_second over this one."""


def train(
    spec: RunSpec,
    data: Data,
    *,
    device: torch.device | str,
    observer: Observer,
    resume: bytes | None = None,
    start: bytes | None = None,
    checkpoint_s: float = 5.0,
) -> Trained:
    """Train the model of a specification.

    Args:
        spec: the run.
        data: its images, on the device.
        device: where the model lives.
        observer: told of progress; its ``check`` is called before every step and may stop the run.
        resume: a checkpoint of the same run to go on from.
        start: the checkpoint of the run that this one continues; not needed to resume.
        checkpoint_s: longest time between two checkpoints, seconds.

    Returns:
        the model, the same to the last bit on one CPU machine however often the run was stopped and resumed.

    Raises:
        TrainingError: the loss is not finite any more, or memory ran out.
        Released: passed on from the observer after a checkpoint was saved.
        Cancelled, LeaseLost: passed on from the observer.

    Example:
        >>> spec = expand({"dataset": "digits", "beta": 0.5}, DATASETS).spec
        >>> data = prepare(spec.dataset, DATASETS["digits"], digits(DATASETS["digits"], SilentObserver()), "cpu")
        >>> trained = train(spec, data, device="cpu", observer=SilentObserver())
        >>> (point,) = evaluate(trained.model, spec, data, observer=SilentObserver())
    """
    with explained_memory():
        run = _Run(spec, data, torch.device(device), observer)
        if resume is not None:
            run.restore(checkpoints.load(resume, spec))
        elif start is not None:
            run.begin_from(checkpoints.load(start))
        observer.log(f"training on {describe_device(run.device)} from step {run.step} of {run.total}")
        return run.finish(checkpoint_s)


def pace(training: Training, step: int, total: int) -> float:
    """Learning rate of a step over the first one: 1 for the first half, then linearly to 0 (B, F.4), or always 1."""
    if training.schedule == "constant":
        return 1.0
    return min(1.0, (total - step) / (total - total // 2))


class _Run:
    """A run between two steps."""

    def __init__(self, spec: RunSpec, data: Data, device: torch.device, observer: Observer) -> None:
        self.spec, self.data, self.device, self.observer = spec, data, device, observer
        self.batch_size = min(spec.training.batch_size, len(data.train))
        self.steps_per_epoch = len(data.train) // self.batch_size
        self.total = self.steps_per_epoch * spec.training.epochs
        self.step = 0
        self.train_s = 0.0
        self.model = build_model(spec.architecture, data.shape, spec.seed).to(device)
        start = StepNoise(spec.seed, "start", device).at(0)
        self.model.marginal.start_from(data.train, start)
        self.objective = build_objective(spec, data.shape).to(device)
        self.objective.rate_term.guard(self.model.marginal)
        self.opponents = self.objective.opponents()
        self.players = self._players()
        self.meter = Meter(self.total, device, hints(self.spec.training, self.opponents))
        self._noise, self._order, self._gap = (self._stream(name) for name in ("step", "order", "gap"))
        self._epoch_order: tuple[int, Tensor] | None = None
        wanted = self.objective.rate_term.corrections
        sampled = data.train.weights is None  # a distribution and itself have no gap between them
        self._correct_every = min(self.steps_per_epoch, math.ceil(self.total / wanted)) if wanted and sampled else 0

    def _stream(self, name: str) -> StepNoise:
        """Random numbers of the run; one that continues another draws others than those before it drew."""
        before = self.spec.training.epochs_before
        return StepNoise(self.spec.seed, f"{name} after {before} epochs" if before else name, self.device)

    def _players(self) -> list[Player]:
        """The model; then, where there are such, m(z) following q(z), and what trains against the model."""
        training, rate = self.spec.training, self.spec.training.learning_rate
        follows = self.objective.marginal_follows and any(True for _ in self.model.marginal.parameters())
        marginal = list(self.model.marginal.parameters()) if follows else []
        apart = {id(parameter) for parameter in marginal}
        parameters = [each for each in self.model.parameters() if id(each) not in apart]
        players = [
            Player(
                name="model",
                parameters=parameters,
                loss=self._model_loss,
                optimiser=adam(parameters, rate),
                learning_rate=rate,
                normalize_gradients=training.normalize_gradients,
            )
        ]
        if follows:
            players.append(
                Player(
                    name="marginal",
                    parameters=marginal,
                    loss=self._marginal_loss,
                    optimiser=adam(marginal, rate),
                    learning_rate=rate,
                    normalize_gradients=training.normalize_gradients,
                )
            )
        return [*players, *map(player_of, self.opponents)]

    def _model_loss(self, round_: Round, turn: int) -> Losses:
        losses: Losses = self.objective(self.model, round_.batch, round_.noise, round_.position)
        round_.leave(losses.sample)
        return losses

    def _marginal_loss(self, round_: Round, turn: int) -> Losses:
        """``-E_q log m(z)``: maximum likelihood of the codes, which is KL(q || m) but for the entropy of q."""
        loss = -self.model.m().log_prob(round_.pairs(turn).draw).mean()
        return Losses(loss, {"marginal_loss": loss.detach()})

    # -- the loop -----------------------------------------------------------------------------------------------------

    def finish(self, checkpoint_s: float) -> Trained:
        """Step to the end."""
        began, first = time.monotonic(), self.step
        before = self.train_s
        saved_at, save_took = began, 0.0
        self.model.train()
        while self.step < self.total:
            try:
                self.observer.check()
                if self._correct_every and self.step and self.step % self._correct_every == 0:
                    self._correct()
            except Released:
                self._save()
                raise
            self._round()
            now = time.monotonic()
            self.train_s = before + now - began
            self._report((now - began) / (self.step - first))
            if now - saved_at + save_took >= checkpoint_s and self.step < self.total:
                self._save()
                saved_at = now
                save_took = time.monotonic() - now
        if self.step > first:
            self._save()
        spent = max(time.monotonic() - began, 1e-9)
        return Trained(
            model=self.model.eval(),
            step=self.step,
            timings={"train_s": self.train_s, "images_per_second": (self.step - first) * self.batch_size / spent},
        )

    def _round(self) -> None:
        """Every player's steps on one batch, then what the rate term learns from it."""
        position = self._position()
        noise = self._noise.at(self.step)
        index = self._indices()
        batch = Batch(self.data.train.batch(index, noise), self.data.train.importance(index))
        round_ = Round(batch=batch, noise=noise, position=position, draw=partial(pairs_of, self.model))
        model, *others = [player.play(round_) for player in self.players]
        if model.rate is not None:
            with torch.no_grad():
                self.objective.rate_term.update(model.rate, position)
        self.step += 1
        columns = dict(model.columns)
        for each in others:
            columns |= each.columns
        self.meter.add(columns, self.step)
        if self.meter.row_due(self.step):
            measured = self.meter.row(self.step, self.batch_size)
            epoch = self.step / self.steps_per_epoch
            terms = self.objective.rate_term.columns(position)
            rate = self.spec.training.learning_rate * position.pace
            require_learning(self.opponents, measured, self.step)
            self.observer.history(self.step, {"epoch": epoch, **measured, **terms, "learning_rate": rate})

    def _position(self) -> Position:
        return Position(
            step=self.step,
            steps=self.total,
            steps_per_epoch=self.steps_per_epoch,
            pace=pace(self.spec.training, self.step, self.total),
        )

    def _indices(self) -> Tensor:
        """The images of this step, shape [batch_size]; what a shuffled epoch leaves over is left out."""
        epoch, place = divmod(self.step, self.steps_per_epoch)
        if self._epoch_order is None or self._epoch_order[0] != epoch:
            self._epoch_order = epoch, self._order.at(epoch).order(len(self.data.train))
        return self._epoch_order[1][place * self.batch_size : (place + 1) * self.batch_size]

    def _correct(self) -> None:
        """Tell the rate term how far the held-out rate lies above the training rate, for the model as it is.

        It comes before the step, so that a stop in the middle of it leaves the run between two steps.
        """
        count = min(len(self.data.train), len(self.data.validation), GAP_IMAGES)
        noise = self._gap.at(self.step)
        rates = []
        self.model.eval()
        with torch.no_grad():
            for split in (self.data.validation, self.data.train):
                total = torch.zeros((), device=self.device)
                for index in torch.split(noise.order(len(split))[:count], self.batch_size):
                    self.observer.check()
                    total += self.model.rate(split.batch(index, noise), noise).sum()
                rates.append(total / count)
        self.model.train()
        self.objective.rate_term.correct(rates[0] - rates[1])

    # -- the outside --------------------------------------------------------------------------------------------------

    def _report(self, seconds_a_step: float) -> None:
        self.observer.progress(
            Progress(
                stage="training",
                epoch=self.step // self.steps_per_epoch,
                epochs=self.spec.training.epochs,
                step=self.step,
                steps=self.total,
                eta_s=(self.total - self.step) * seconds_a_step,
            )
        )

    def _save(self) -> None:
        self.meter.check(self.step)
        shape = self.data.shape
        state = checkpoints.Checkpoint(
            spec_digest=self.spec.digest,
            spec=self.spec.model_dump_json(),
            shape=(shape.height, shape.width, shape.channels),
            step=self.step,
            threads=torch.get_num_threads(),
            model=self.model.state_dict(),
            objective=self.objective.state_dict(),
            players={player.name: player.optimiser.state_dict() for player in self.players},
            meter=self.meter.state(),
            train_s=self.train_s,
        )
        self.observer.save(checkpoints.save(state), self.step)

    def begin_from(self, before: checkpoints.Checkpoint) -> None:
        """Start from the weights of the run that this one continues."""
        anew = take_over(self.model, self.objective, self.spec, before)
        continues = self.spec.training.continues
        if continues:
            self.observer.log(f"continues run {continues.run}, after epoch {continues.epochs} of its weights")
        for term in anew:
            self.observer.log(f"the {term} term starts anew: the run before had another")

    def restore(self, state: checkpoints.Checkpoint) -> None:
        """Go on from a checkpoint. A finished one has no optimisers, and nothing left to do."""
        set_threads(state.threads)
        self.step, self.train_s = state.step, state.train_s
        self.model.load_state_dict(state.model)
        self.objective.load_state_dict(state.objective)
        if self.step < self.total:
            for player in self.players:
                player.optimiser.load_state_dict(state.players[player.name])
            self.meter.restore(state.meter)
