"""The rate terms; the controller on frontiers whose slope is known."""

import pytest
import torch

from backend.datasets import DATASETS
from backend.expand import expand
from backend.spec import BetaRate, NoRate, TargetRate
from worker.model import build_model
from worker.networks.contract import ImageShape
from worker.objectives.contract import Position, RateTerm
from worker.objectives.rate_terms import Beta, Constrained, NoTerm, target
from worker.players import normalise_gradients
from worker.rng import StepNoise

STEPS = 3000


def at(step: int) -> Position:
    return Position(step=step, steps=STEPS, steps_per_epoch=10, pace=1.0)


def test_beta_rises_linearly_over_the_annealing_epochs() -> None:
    term = Beta(BetaRate(beta=2.0, anneal_epochs=4))
    rate = torch.tensor(3.0)
    assert [float(term(rate, at(step))) for step in (0, 10, 20, 40, 1000)] == [0, 1.5, 3, 6, 6]
    assert float(Beta(BetaRate(beta=2.0))(rate, at(0))) == 6


def test_no_rate_term_is_zero() -> None:
    assert float(NoTerm(NoRate())(torch.tensor(3.0), at(0))) == 0


def test_penalty_is_the_weighted_distance_of_the_batch_mean() -> None:
    term = target(TargetRate(target_rate=5.0, form="penalty", weight=2.0))
    assert float(term(torch.tensor(3.5), at(0))) == 3.0
    assert float(term(torch.tensor(6.0), at(0))) == 2.0


def descend(
    term: RateTerm,
    slope: float,
    start: float,
    noise: float = 0.0,
    gap: float = 0.0,
    steps: int = STEPS,
    pace: float = 0.01,
) -> float:
    """Adam on R itself along the frontier ``D = -slope * R``; returns the mean of R over the last tenth."""
    generator = torch.Generator().manual_seed(0)
    log_rate = torch.nn.Parameter(torch.tensor(start).log())
    optimiser = torch.optim.Adam([log_rate], lr=pace)
    seen = []
    for step in range(steps):
        position = Position(step=step, steps=steps, steps_per_epoch=100, pace=min(1.0, 2 - 2 * step / steps))
        optimiser.param_groups[0]["lr"] = pace * position.pace
        true_rate = log_rate.exp()
        rate = true_rate + noise * torch.randn((), generator=generator)
        loss = -slope * true_rate + term(rate, position)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        normalise_gradients([log_rate])
        optimiser.step()
        with torch.no_grad():
            term.update(rate.detach(), position)
            if term.corrections and step % 100 == 99:
                term.correct(torch.tensor(gap))
        seen.append(float(true_rate.detach()))
    return sum(seen[-steps // 10 :]) / (steps // 10)


@pytest.mark.parametrize("slope", [0.0, 0.05, 1.0, 4.0, 50.0])
@pytest.mark.parametrize("start", [0.5, 60.0])
def test_the_constrained_form_lands_from_either_side_on_frontiers_of_any_slope(slope: float, start: float) -> None:
    term = Constrained(TargetRate(target_rate=10.0))
    assert descend(term, slope, start, noise=0.3) == pytest.approx(10.0, abs=0.2)


def test_the_penalty_alone_runs_past_its_target_where_the_frontier_is_steeper() -> None:
    term = target(TargetRate(target_rate=10.0, form="penalty"))
    assert descend(term, slope=2.0, start=5.0) > 20


@pytest.mark.parametrize("gap", [-1.0, 2.0])
def test_the_set_point_makes_the_held_out_rate_land(gap: float) -> None:
    term = Constrained(TargetRate(target_rate=10.0))
    assert descend(term, slope=1.0, start=20.0) + gap == pytest.approx(10.0 + gap, abs=0.2)
    term = Constrained(TargetRate(target_rate=10.0))
    assert descend(term, slope=1.0, start=20.0, gap=gap) + gap == pytest.approx(10.0, abs=0.2)


def test_a_target_of_zero_is_reached() -> None:
    assert descend(Constrained(TargetRate(target_rate=0.0)), slope=3.0, start=8.0) < 0.1


def test_what_the_multiplier_learned_is_in_its_state() -> None:
    term = Constrained(TargetRate(target_rate=10.0))
    descend(term, slope=4.0, start=20.0, gap=1.0)
    other = Constrained(TargetRate(target_rate=10.0))
    other.load_state_dict(term.state_dict())
    assert other.columns(at(0)) == term.columns(at(0))
    assert other.columns(at(0))["multiplier"] == pytest.approx(4.0, rel=0.1)
    assert other.columns(at(0))["set_point"] == pytest.approx(9.0, abs=0.01)


def test_a_short_run_lands_nearer_than_with_the_gain_of_a_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """150 steps, as digits have under an autoregressive decoder, at a pace that crosses the plane in 50."""

    def misses() -> float:
        found = [
            descend(Constrained(TargetRate(target_rate=10.0)), slope, start, steps=150, pace=0.05)
            for slope in (0.2, 1.0, 3.0)
            for start in (1.0, 30.0)
        ]
        return sum(abs(rate - 10) for rate in found)

    ours = misses()
    monkeypatch.setattr(Constrained, "LEAST_TRAVEL", 0.0)
    assert ours < misses() / 2


def test_the_marginal_descends_the_rate_even_where_the_encoder_is_to_raise_it() -> None:
    spec = expand({"dataset": "digits", "architecture": "--+", "network": {"kind": "mlp", "units": 8}}, DATASETS).spec
    model = build_model(spec.architecture, ImageShape(height=4, width=4, channels=1), 0)
    x = (torch.rand(16, 1, 4, 4, generator=torch.Generator().manual_seed(0)) < 0.5).float()

    def gradients(term: RateTerm) -> tuple[torch.Tensor, torch.Tensor]:
        model.zero_grad()
        rate = model(x, StepNoise(0, "test", torch.device("cpu")).at(0)).rate.mean()
        term(rate, at(0)).backward()  # type: ignore[no-untyped-call]
        parts = (model.marginal, model.encoder)
        marginal, encoder = (torch.cat([p.grad.flatten() for p in part.parameters()]).clone() for part in parts)
        return marginal, encoder

    downhill, shorter_code = gradients(Beta(BetaRate(beta=1.0)))
    term = Constrained(TargetRate(target_rate=1000.0))
    term.guard(model.marginal)
    marginal, encoder = gradients(term)
    weight = float(term._weight(torch.tensor(0.0)))
    assert weight < -0.9
    assert torch.nn.functional.cosine_similarity(marginal, downhill, dim=0) > 0.999
    assert torch.nn.functional.cosine_similarity(encoder, shorter_code, dim=0) < -0.999
