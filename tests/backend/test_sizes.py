"""The size of a model and of a training step, counted before either exists, against the model that is made."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from backend.datasets import DATASETS
from backend.errors import Invalid
from backend.expand import expand
from backend.rules import MOST_KEPT, MOST_PARAMETERS
from backend.sizes import kept, parameters
from backend.spec import RunSpec, kinds
from backend.upload_defaults import defaults, kind_defaults
from worker.data.contract import Batch
from worker.model import Model
from worker.networks.contract import ImageShape
from worker.objective import build_objective
from worker.objectives.contract import Position
from worker.rng import StepNoise

SMALL = {"width": 0.1, "latent_dim": 3, "batch_size": 20}
NO_RATE = {**SMALL, "objective": {"rate": "none"}}
BODIES: list[dict[str, Any]] = [
    *({"architecture": "".join(symbols), **SMALL} for symbols in product("-+", "-+", "-+vl")),
    {"architecture": "+--", "network": "mlp", **SMALL},
    {"architecture": "-+v", "network": "pixelcnn", **SMALL},
    {"architecture": {"encoder": {"kind": "flow", "context": True}}, **SMALL},
    {"architecture": {"encoder": {"kind": "flow", "context": True}}, **SMALL, "latent_dim": 1},
    {"architecture": "+-+", **SMALL, "latent_dim": 1},
    {"architecture": {"decoder": {"kind": "pixelcnn", "network": {"kind": "pixelcnnpp", "resnets": 3}}}, **SMALL},
    *({"architecture": {"encoder": each}, "network": "mlp", **NO_RATE} for each in ("deterministic", "implicit")),
    *({"network": {"kind": "mlp", "activation": each}, **SMALL} for each in ("relu", "leaky_relu")),
    {"network": "strided", "architecture": "--v", **SMALL},
    {"network": "dcgan", "architecture": "-+-", **SMALL},
    {"network": {"kind": "strided", "channels": [5, 9]}, "architecture": {"encoder": "implicit"}, **NO_RATE},
    {"network": {"kind": "dcgan", "layers": 1}, "architecture": {"encoder": "deterministic"}, **NO_RATE},
    {"architecture": {"encoder": {"kind": "flow", "context": True, "network": "strided"}}, **SMALL},
    {"dataset": "two-points"},
    {"method": "adversarial-vb", **SMALL},
    {"method": "aae", "objective": {"information": {"kind": "js", "layers": 4}}, **SMALL},
    {"objective": {"divergence": {"kind": "kl", "units": 77}, "information": "donsker_varadhan"}, **SMALL},
    {"dataset": "toy"},
    {"dataset": "toy", "architecture": {"decoder": "factorised"}},
]


def model_of(spec: RunSpec) -> Model:
    facts = DATASETS[spec.dataset.name]
    return Model(spec.architecture, ImageShape(height=facts.height, width=facts.width, channels=facts.channels))


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_parameters_are_those_of_the_model(body: dict[str, Any]) -> None:
    spec = expand(body, DATASETS).spec
    model = model_of(spec)
    made = {part: getattr(model, part) for part in ("encoder", "decoder", "marginal")}
    made["objective"] = build_objective(spec, model.shape)
    counted = {part: sum(each.numel() for each in module.parameters()) for part, module in made.items()}
    assert parameters(spec, DATASETS[spec.dataset.name]) == counted


@pytest.mark.parametrize(("height", "width", "channels"), [(5, 7, 3), (2, 9, 1)])
@pytest.mark.parametrize("symbols", ["---", "-+v"])
def test_sizes_that_no_halving_divides_are_counted_as_they_are_made(
    symbols: str, height: int, width: int, channels: int
) -> None:
    facts = replace(DATASETS["digits"], height=height, width=width, channels=channels)
    spec = expand({"architecture": symbols, **SMALL}, {"digits": facts}).spec
    model = Model(spec.architecture, ImageShape(height=height, width=width, channels=channels))
    assert sum(parameters(spec, facts).values()) == sum(each.numel() for each in model.parameters())


def measured(spec: RunSpec) -> float:
    """Float32 numbers that autograd keeps in one pass over a batch, beside parameters and masks."""
    facts, model = DATASETS[spec.dataset.name], model_of(spec)
    own = {each.untyped_storage().data_ptr() for each in [*model.parameters(), *model.buffers()]}
    held: dict[int, Tensor] = {}

    def hold(tensor: Tensor) -> Tensor:
        address = tensor.untyped_storage().data_ptr()
        if address not in own:
            held[address] = tensor
        return tensor

    x = torch.ones(spec.training.batch_size, facts.channels, facts.height, facts.width)
    noise = StepNoise(0, "sizes", torch.device("cpu")).at(0)
    position = Position(step=0, steps=1, steps_per_epoch=1, pace=1.0)
    with torch.autograd.graph.saved_tensors_hooks(hold, lambda tensor: tensor):
        losses = build_objective(spec, model.shape)(model, Batch(x, None), noise, position)
    assert losses.loss.requires_grad
    return sum(tensor.untyped_storage().nbytes() for tensor in held.values()) / 4


@pytest.mark.parametrize(
    "body",
    [
        {"architecture": "---", "network": "conv", "width": 1},
        {"architecture": "---", "network": "mlp", "width": 1},
        {"architecture": "-+-", "width": 1},
        {"architecture": "-+-", "network": "pixelcnn", "width": 1},
        {"architecture": "---", "network": {"kind": "mlp", "activation": "relu"}, "width": 1},
        {"architecture": "---", "network": {"kind": "mlp", "activation": "leaky_relu"}, "width": 1},
        {"architecture": "---", "network": "strided", "width": 1},
        {"architecture": "---", "network": {"kind": "strided", "activation": "leaky_relu"}, "width": 1},
        {"architecture": "---", "network": "dcgan", "width": 1},
        {"architecture": {"encoder": "deterministic"}, "network": "mlp", "width": 1, "objective": {"rate": "none"}},
        {"architecture": {"encoder": "implicit"}, "network": "mlp", "width": 1, "objective": {"rate": "none"}},
        {"objective": {"information": "kl"}, "width": 0.2},
        {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": 300}}, "width": 1},
        {
            "architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": 1000}},
            "network": "mlp",
            "width": 0.02,
            "latent_dim": 2,
            "batch_size": 500,
        },
    ],
    ids=str,
)
def test_a_step_keeps_what_was_counted_within_a_quarter(body: dict[str, Any]) -> None:
    spec = expand({"dataset": "digits", **body}, DATASETS).spec
    assert kept(spec, DATASETS["digits"]).total == pytest.approx(measured(spec), rel=0.25)


def refusal(body: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        expand(body, DATASETS)
    return {".".join(map(str, problem.loc)): problem.msg for problem in caught.value.problems}


def flow(part: str, units: int) -> dict[str, Any]:
    config = {"kind": "flow", "steps": 32, "layers": 16, "units": units}
    return {"dataset": "digits", "width": 1, "architecture": {part: config}}


@pytest.mark.parametrize("part", ["encoder", "marginal"])
def test_all_layers_and_steps_of_a_flow_count(part: str) -> None:
    fits = expand(flow(part, 1493), DATASETS).spec
    assert sum(parameters(fits, DATASETS["digits"]).values()) <= MOST_PARAMETERS
    found = refusal(flow(part, 1494))
    assert list(found) == [f"architecture.{part}"]
    assert f"lower architecture.{part}.steps, architecture.{part}.layers" in found[f"architecture.{part}"]
    assert "252,589,100,658 of" in refusal({**flow("encoder", 16_384), "width": 1.4})["architecture.encoder"]


def test_all_parts_count_together_and_the_largest_is_named() -> None:
    body = {"dataset": "mnist", "network": "conv", "width": 16}
    assert expand({**body, "latent_dim": 3853}, DATASETS)
    found = refusal({**body, "latent_dim": 3854})
    assert list(found) == ["architecture.decoder"]
    assert "lower latent_dim or width" in found["architecture.decoder"]


def test_the_networks_of_the_objective_count_too() -> None:
    critic = {"kind": "kl", "layers": 3, "units": 16_384}
    assert expand({"dataset": "digits", "width": 1, "objective": {"information": critic}}, DATASETS)
    found = refusal({"dataset": "digits", "width": 1, "objective": {"information": {**critic, "layers": 6}}})
    assert list(found) == ["objective"]
    assert "lower objective.information.layers, objective.information.units, latent_dim" in found["objective"]


def test_a_divergence_that_compares_all_codes_bounds_the_batch() -> None:
    body = {"dataset": "mnist", "network": "mlp", "width": 0.1, "batch_size": 50_000}
    assert expand(body, DATASETS)
    assert list(refusal({**body, "method": "mmd-vae"})) == ["batch_size"]


def pseudo_inputs(count: int) -> dict[str, Any]:
    return {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": count}}}


def batch(count: int) -> dict[str, Any]:
    return {"training": {"batch_size": count}}


@pytest.mark.parametrize(
    ("asked", "most", "field"),
    [(pseudo_inputs, 29_692, "architecture.marginal.pseudo_inputs"), (batch, 11_627, "training.batch_size")],
)
def test_a_step_that_keeps_too_much_is_refused(asked: Callable[[int], dict[str, Any]], most: int, field: str) -> None:
    body = {"dataset": "mnist", "network": "conv", "width": 1}
    assert kept(expand({**body, **asked(most)}, DATASETS).spec, DATASETS["mnist"]).total <= MOST_KEPT
    for count in (most + 1, 50_000):
        found = refusal({**body, **asked(count)})
        assert list(found) == [field]
        assert f"lower {field} or width" in found[field]


def test_latents_that_take_too_long_to_weigh_are_refused_and_the_way_out_is_accepted() -> None:
    def weighing(samples: int, **body: Any) -> dict[str, Any]:
        estimators = [{"kind": "true_posterior", "samples": samples}]
        return {"dataset": "mnist", "network": "mlp", "width": 0.1, **body, "evaluation": {"estimators": estimators}}

    (message,) = refusal(weighing(100_000, latent_dim=10_000)).values()
    assert "takes 1,000,000,000 numbers for each image" in message
    assert "lower samples to 6,710, or latent_dim" in message
    assert expand(weighing(6_710, latent_dim=10_000), DATASETS)
    (message,) = refusal(weighing(100_000, **pseudo_inputs(3000))).values()
    assert "lower samples to 22,369, or architecture.marginal.pseudo_inputs" in message
    assert expand(weighing(22_369, **pseudo_inputs(3000)), DATASETS)
    implicit = {"architecture": {"encoder": "implicit"}, "objective": {"rate": "none"}}
    assert expand(weighing(100_000, latent_dim=10_000, **implicit), DATASETS)  # nothing is weighed


def test_only_as_many_images_as_there_are_count() -> None:
    body = {"dataset": "mnist", "network": "conv", "width": 1, "batch_size": 65_536}
    assert list(refusal(body)) == ["batch_size"]
    assert expand({**body, "train_limit": 11_627}, DATASETS)
    assert expand({**body, "network": "mlp"}, DATASETS)


@pytest.mark.parametrize("dataset", ["digits", "mnist"])
@pytest.mark.parametrize("symbols", ["".join(each) for each in product("-+", "-+", "-+vl")])
def test_what_has_room(dataset: str, symbols: str) -> None:
    body = {"dataset": dataset, "architecture": symbols}
    for sizes in (
        {"width": 16},
        {"width": 1, "latent_dim": 1},
        {"width": 1, "latent_dim": 10_000},
        {"preset": "paper"},
        {"preset": "paper", "width": 4},
        {"preset": "paper", "latent_dim": 10_000},
    ):
        spec = expand({**body, **sizes}, DATASETS).spec
        assert spec.architecture.symbols == symbols
    room = kept(expand({**body, "preset": "paper"}, DATASETS).spec, DATASETS[dataset]).total
    assert room < MOST_KEPT / 4


@pytest.mark.parametrize("train", [6, 100_000])
@pytest.mark.parametrize(("height", "width", "channels"), [(1, 1, 1), (28, 28, 1), (512, 512, 1), (1024, 1024, 4)])
def test_the_default_run_of_any_upload_has_room(train: int, height: int, width: int, channels: int) -> None:
    """The catalogue writes it out, so a refusal would take every data set with it."""
    pixels = height * width * channels
    facts = replace(
        DATASETS["digits"],
        name="mine",
        height=height,
        width=width,
        channels=channels,
        splits={"train": train, "validation": 2, "test": 2},
        defaults=defaults(train, pixels),
        kind_defaults=kind_defaults(train, pixels),
    )
    for part in ("encoder", "decoder", "marginal"):
        for kind in kinds(f"{part}s"):
            if kind != "categorical" and not (kind == "pixelcnn" and pixels == 1):
                rate = {"kind": "none"} if kind in ("deterministic", "implicit") else {"kind": "beta"}
                body = {"dataset": "mine", "architecture": {part: kind}, "objective": {"rate": rate}}
                assert expand(body, {"mine": facts})
    units = expand({"dataset": "mine"}, {"mine": facts}).spec.architecture.encoder.network.units
    assert units == 512 if pixels <= 2**18 else units < 512
