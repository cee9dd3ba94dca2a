"""One round of players: every encoder beside every opponent, and a marginal that follows q(z)."""

from typing import Any

import pytest
import torch

from backend.errors import TrainingError
from backend.spec import Training
from tests.worker.conftest import Recorder, data_of, spec_of
from worker.model import build_model
from worker.opponents import hints
from worker.train import train

SHORT: dict[str, Any] = {
    "dataset": {"name": "digits", "train_limit": 64},
    "epochs": 2,
    "batch_size": 32,
    "latent_dim": 3,
    "width": 0.05,
    "network": "mlp",
}
CRITIC = {"units": 8, "layers": 1, "steps": 3}
TERMS: list[dict[str, Any]] = [
    {"divergence": {"kind": "adversarial", **CRITIC}},
    {"information": {"kind": "donsker_varadhan", **CRITIC}},
    {"rate": {"kind": "adversarial", **CRITIC}},
]
POSSIBLE = [
    (encoder, terms)
    for encoder in ("gaussian", "flow", "deterministic", "implicit")
    for terms in TERMS
    if not (encoder == "deterministic" and "rate" in terms)  # refused: a single code has no rate to estimate
]


@pytest.mark.parametrize(("encoder", "terms"), POSSIBLE, ids=lambda part: part if isinstance(part, str) else str(*part))
def test_an_opponent_of_several_steps_draws_again_from_every_encoder(encoder: str, terms: dict[str, Any]) -> None:
    body = {**SHORT, "architecture": {"encoder": encoder}, "objective": {"rate": "none", **terms}}
    spec = spec_of(**body)
    observer = Recorder()
    assert train(spec, data_of(spec), device="cpu", observer=observer).step == 4
    (name,) = (column for column in observer.rows[4] if column.endswith("_loss"))
    losses = [row[name] for row in observer.rows.values()]
    assert len(set(losses)) == len(losses), "the opponent learns"


@pytest.mark.parametrize("marginal", ["flow", "vamp"])
def test_a_learned_marginal_follows_q_where_no_rate_trains_it(marginal: str) -> None:
    config = {"flow": {"kind": "flow", "units": 320}, "vamp": {"kind": "vamp", "pseudo_inputs": 5}}[marginal]
    spec = spec_of(**SHORT, method="autoencoder", architecture={"marginal": config})
    data, observer = data_of(spec), Recorder()
    trained = train(spec, data, device="cpu", observer=observer).model
    untouched = build_model(spec.architecture, data.shape, spec.seed).marginal.state_dict()
    moved = [not torch.equal(value, untouched[name]) for name, value in trained.marginal.state_dict().items()]
    assert all(moved)
    assert "marginal_loss" in observer.rows[4]


def test_the_marginal_that_follows_leaves_the_model_alone() -> None:
    """D alone is minimised: encoder and decoder end with the same bits whatever m(z) learns beside them."""
    found = []
    for marginal in ("normal", {"kind": "flow", "units": 320}):
        spec = spec_of(**SHORT, method="autoencoder", architecture={"marginal": marginal})
        found.append(train(spec, data_of(spec), device="cpu", observer=Recorder()).model)
    plain, beside = found
    for part in ("encoder", "decoder"):
        states = [getattr(model, part).state_dict() for model in (plain, beside)]
        assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_a_discriminator_that_diverges_without_becoming_infinite_fails_the_run_with_a_hint() -> None:
    terms = {"divergence": {"kind": "adversarial", "units": 64, "learning_rate": 1000.0}}
    spec = spec_of(**{**SHORT, "epochs": 20}, objective={"rate": "none", **terms})
    with pytest.raises(TrainingError, match=r"the discriminator diverged by step \d+: its loss is") as caught:
        train(spec, data_of(spec), device="cpu", observer=Recorder())
    assert "objective.divergence.learning_rate" in caught.value.hint


def test_the_hint_for_the_model_names_only_what_is_left_to_do() -> None:
    found = [hints(Training(normalize_gradients=already), ())[""] for already in (True, False)]
    assert "normalize_gradients" not in found[0]
    assert "normalize_gradients" in found[1]
