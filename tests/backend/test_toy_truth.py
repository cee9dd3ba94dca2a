"""The truth of the toy model, against closed forms and against what a model of it can do."""

import math
from typing import Any

import numpy as np
import pytest

from backend import toy
from backend.datasets import DATASETS
from backend.errors import Invalid
from backend.expand import expand

TRUTH = toy.source()


def entropy(probabilities):
    return float(-sum(p * math.log(p) for p in probabilities if p > 0))


def test_probabilities_add_up_and_the_tails_are_in_the_end_bins():
    assert TRUTH.data.sum() == pytest.approx(1, abs=1e-15)
    assert TRUTH.conditional.sum(1) == pytest.approx(1, abs=1e-15)
    assert TRUTH.posterior.sum(1) == pytest.approx(1, abs=1e-15)
    first, last = (
        0.5 * math.erfc(-(-1 + 2 / 30 + 0.5) / 0.29998 / math.sqrt(2)),
        0.5 * math.erfc((1 - 2 / 30 + 0.5) / 0.29998 / math.sqrt(2)),
    )
    assert TRUTH.conditional[0, 0] == pytest.approx(first, rel=1e-12)
    assert TRUTH.conditional[0, -1] == pytest.approx(last, abs=1e-15)
    assert list(TRUTH.states) == pytest.approx([-1 + 2 * k / 29 for k in range(30)])


def test_no_other_scale_of_five_digits_gives_half_a_nat_so_closely():
    off = {step: abs(toy.make_source(toy.SCALE + step * 1e-5).information - 0.5) for step in (-1, 0, 1)}
    assert off[0] == min(off.values())
    assert TRUTH.information == pytest.approx(0.5, abs=5e-6)


def test_entropy_is_what_the_class_and_the_noise_leave():
    noise = sum(weight * entropy(row) for weight, row in zip(TRUTH.weights, TRUTH.conditional, strict=True))
    assert TRUTH.entropy == pytest.approx(TRUTH.information + noise, abs=1e-12)
    assert TRUTH.entropy == pytest.approx(entropy(TRUTH.data), abs=1e-12)
    assert DATASETS["toy"].entropy_bound.value == TRUTH.entropy
    assert DATASETS["toy"].entropy_bound.exact


def test_a_draw_of_the_true_posterior_tells_of_the_class_less_than_x_does():
    """z and z* are then two independent opinions on x: p(z, z*) = sum_x p(x) p(z|x) p(z*|x)."""
    joint = np.einsum("x,xa,xb->ab", TRUTH.data, TRUTH.posterior, TRUTH.posterior)
    told = sum(
        joint[a, b] * math.log(joint[a, b] / (TRUTH.weights[a] * TRUTH.weights[b])) for a in (0, 1) for b in (0, 1)
    )
    assert TRUTH.information_with_source(TRUTH.posterior) == pytest.approx(told, abs=1e-12)
    assert told == pytest.approx(0.378, abs=5e-4)
    assert TRUTH.information_with_source(np.eye(30)) == pytest.approx(TRUTH.information, abs=1e-12)
    assert TRUTH.information_with_source(np.full((30, 3), 1 / 3)) == pytest.approx(0, abs=1e-12)


def test_the_hand_built_model_is_on_the_line_and_has_the_clusters_of_the_paper():
    model = toy.hand_built()
    assert model.encoder.shape == (30, 30)
    assert model.encoder.sum(1) == pytest.approx(1)
    assert model.decoder.sum(1) == pytest.approx(1)
    assert model.marginal == pytest.approx(1 / 30)
    assert model.rate(TRUTH.data) == pytest.approx(TRUTH.information, abs=1e-12)
    assert model.rate(TRUTH.data) + model.distortion(TRUTH.data) == pytest.approx(TRUTH.entropy, abs=1e-12)
    assert model.marginal @ model.decoder == pytest.approx(TRUTH.data)
    assert np.unique(model.decoder.round(12), axis=0, return_counts=True)[1].tolist() in ([21, 9], [9, 21])
    assert TRUTH.information_with_source(model.encoder) == pytest.approx(
        TRUTH.information_with_source(TRUTH.posterior), abs=1e-12
    )


@pytest.mark.parametrize("seed", range(5))
def test_any_encoder_reaches_the_line_with_a_free_decoder_and_only_with_it(seed):
    generator = np.random.default_rng(seed)
    encoder = generator.dirichlet(np.full(7, 0.3), size=30)
    model = toy.best_model(TRUTH.data, encoder)
    rate, distortion = model.rate(TRUTH.data), model.distortion(TRUTH.data)
    assert rate == pytest.approx(toy.information(TRUTH.data, encoder), abs=1e-12)
    assert distortion == pytest.approx(TRUTH.entropy - rate, abs=1e-12)
    worse = toy.Model(encoder, generator.dirichlet(np.ones(30), size=7), generator.dirichlet(np.ones(7)))
    assert worse.rate(TRUTH.data) > rate
    assert worse.distortion(TRUTH.data) > distortion


def test_the_exact_curve_runs_from_an_autodecoder_to_an_autoencoder():
    curve = toy.exact_curve(5)
    assert curve.rate.tolist() == pytest.approx([TRUTH.entropy * k / 4 for k in range(5)])
    assert curve.rate + curve.distortion == pytest.approx(TRUTH.entropy)


@pytest.mark.parametrize("share", [0.5, 0.3, 0.1])
def test_blahut_arimoto_on_a_binary_source_with_hamming_distortion(share):
    """R(D) = H_b(p) - H_b(D) at D = 1 / (1 + e^s), as long as that is below p."""
    slopes = np.array([2.5, 3.0, 4.0, 8.0])
    found = toy.blahut_arimoto(np.array([share, 1 - share]), 1 - np.eye(2), slopes)
    for slope, rate, distortion in zip(slopes, found.rate, found.distortion, strict=True):
        error = 1 / (1 + math.exp(slope))
        assert error < share
        assert distortion == pytest.approx(error, abs=1e-5)
        assert rate == pytest.approx(entropy([share, 1 - share]) - entropy([error, 1 - error]), abs=1e-5)
        assert rate + slope * distortion == pytest.approx(
            entropy([share, 1 - share]) - entropy([error, 1 - error]) + slope * error, abs=1e-9
        )


def test_blahut_arimoto_keeps_away_from_what_costs_infinitely_much():
    cost = np.array([[0.0, np.inf], [np.inf, 0.0], [1.0, 1.0]])
    found = toy.blahut_arimoto(np.array([0.2, 0.3, 0.5]), cost, np.array([1.0]))
    assert found.distortion == pytest.approx(0.5)
    assert found.rate < entropy([0.2, 0.3, 0.5])


def test_a_fixed_decoder_touches_the_line_once_and_is_nowhere_below_it():
    model = toy.hand_built()
    slopes = np.geomspace(0.1, 50, 31)
    found = toy.blahut_arimoto(TRUTH.data, -np.log(model.decoder.T), slopes)
    above = found.rate + found.distortion - TRUTH.entropy
    assert above.min() > -1e-9
    (touch,) = toy.blahut_arimoto(TRUTH.data, -np.log(model.decoder.T), np.array([1.0])).rate
    assert touch == pytest.approx(TRUTH.information, abs=1e-5)
    assert above[abs(np.log(slopes)) > 0.5].min() > 0.005
    inner = found.rate[1:] > 1e-6
    falls = -np.diff(found.distortion)[inner] / np.diff(found.rate)[inner]
    assert (np.diff(falls) < 0).all()  # convex


def test_a_search_that_does_not_end_says_so(monkeypatch):
    monkeypatch.setattr(toy, "MOST_ITERATIONS", 2)
    with pytest.raises(ArithmeticError, match="nats from its bound"):
        toy.blahut_arimoto(TRUTH.data, -np.log(toy.hand_built().decoder.T), np.array([0.5]))


def test_the_shortest_body_is_the_papers_model():
    spec = expand({"dataset": "toy"}, DATASETS).spec
    architecture = spec.architecture
    kinds = [architecture.encoder.kind, architecture.decoder.kind, architecture.marginal.kind]
    assert [*kinds, architecture.likelihood.kind] == ["categorical"] * 4
    assert architecture.latent_dim == 30
    assert spec.training.batch_size == 30
    scales = (2.0, 1.0, 2.0, 1.0, 0.1)
    encoder, decoder = architecture.encoder, architecture.decoder
    assert scales == (
        encoder.weight_scale,
        encoder.bias_scale,
        decoder.weight_scale,
        decoder.bias_scale,
        architecture.marginal.scale,
    )


CATEGORICAL = dict.fromkeys(("encoder", "decoder", "marginal", "likelihood"), "categorical")
IMPOSSIBLE = [
    ({"dataset": "toy", "architecture": {"marginal": "normal"}}, {"architecture.marginal"}),
    ({"dataset": "toy", "architecture": {"encoder": "gaussian"}}, {"architecture.encoder", "architecture.decoder"}),
    ({"dataset": "toy", "architecture": {"likelihood": "bernoulli"}}, {"architecture.likelihood"}),
    ({"dataset": "toy", "train_limit": 10}, {"train_limit"}),
    ({"dataset": {"name": "toy", "eval_limit": 30}}, {"dataset.eval_limit"}),
    ({"dataset": "toy/static"}, {"dataset"}),
    ({"dataset": "toy", "network": "mlp"}, {"network"}),
    ({"dataset": "toy", "architecture": {"decoder": "pixelcnn"}}, {"architecture.decoder"}),
    ({"dataset": "toy", "preset": "paper"}, {"preset"}),
    ({"dataset": "digits", "evaluation": {"estimators": ["source_information"]}}, {"evaluation.estimators.0"}),
    (
        {"dataset": "digits", "architecture": CATEGORICAL},
        {"architecture.encoder", "architecture.decoder", "architecture.likelihood"},
    ),
    (
        {"dataset": "digits", "architecture": {"decoder": "pixelcnn", "likelihood": "categorical"}},
        {"architecture.likelihood"},
    ),
]


def short(value: dict[str, Any] | set[str]) -> str:
    """A name that is the same in every process: sets have no order of their own."""
    return str(sorted(value) if isinstance(value, set) else value)[:60]


@pytest.mark.parametrize(("body", "fields"), IMPOSSIBLE, ids=short)
def test_an_impossible_pair_names_the_part_at_fault(body, fields):
    with pytest.raises(Invalid) as caught:
        expand(body, DATASETS)
    assert {".".join(map(str, problem.loc)) for problem in caught.value.problems} == fields


@pytest.mark.parametrize(
    "architecture", ["---", "--v", "+-+", {"decoder": "factorised"}, {"likelihood": "categorical"}]
)
def test_other_parts_fit_the_toy_data(architecture):
    expand({"dataset": "toy", "architecture": architecture}, DATASETS)
