"""Encoders without a density: what they can be asked, and that nothing is invented where they have no answer."""

from pathlib import Path
from typing import Any

import pytest
import torch
from fastapi.testclient import TestClient
from torch import Tensor

from backend.app import create_app
from backend.datasets import DATASETS
from backend.expand import expand
from backend.results import Estimate
from backend.settings import Settings
from backend.spec import Architecture, DeterministicEncoder, ImplicitEncoder, MlpNetwork
from backend.store import jobs, runs
from backend.store.artifacts import ArtifactStore
from backend.store.session import Database
from tests.worker.conftest import data_of, small, spec_of
from worker.data.contract import Data
from worker.distributions import Draw, Sampler, has_density
from worker.encoders.contract import Encoder
from worker.estimators.active_units import variance_of_sampled_means
from worker.evaluate import Measured, evaluate
from worker.kinds import KINDS, Shop
from worker.model import build_model
from worker.networks.contract import ImageShape
from worker.observer import JobObserver
from worker.rng import StepNoise
from worker.train import SilentObserver, train

CPU = torch.device("cpu")
SHAPE = ImageShape(height=4, width=4, channels=1)
NETWORK = MlpNetwork(layers=1, units=16)
CONFIGS = [DeterministicEncoder(network=NETWORK), ImplicitEncoder(network=NETWORK, noise_dim=3)]
BODIES: list[dict[str, Any]] = [
    {"method": "autoencoder", "architecture": {"encoder": "deterministic"}},
    {"method": "wae-mmd", "architecture": {"encoder": "deterministic", "marginal": "flow"}},
    {"method": "aae", "architecture": {"encoder": "implicit"}, "objective": {"divergence": {"units": 32}}},
    {"method": "adversarial-vb", "beta": 0.5, "objective": {"rate": {"units": 32}}},
]


def encoder_of(config: DeterministicEncoder | ImplicitEncoder) -> Encoder:
    architecture = Architecture(encoder=config, latent_dim=2)
    return build_model(architecture, SHAPE, seed=1).encoder


def noise(step: int = 0) -> StepNoise:
    return StepNoise(0, "test", CPU).at(step)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
def test_a_sampler_keeps_its_contract(config: DeterministicEncoder | ImplicitEncoder) -> None:
    x = torch.rand(5, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    sampler: Sampler = encoder_of(config)(x)
    assert not has_density(sampler)
    z = sampler.rsample(noise()).z
    assert z.shape == (5, 2)
    assert torch.equal(z, sampler.rsample(noise()).z)
    again = sampler.rsample(noise(1)).z
    assert torch.equal(z, again) == (config.kind == "deterministic")
    assert (sampler.mean is None) == (config.kind == "implicit")
    chosen = torch.tensor([3, 1])
    joined = type(sampler).cat([sampler[:2], sampler[chosen]])
    assert len(joined) == 4
    assert joined.double().rsample(noise()).z.dtype == torch.float64
    assert torch.allclose(joined.double().rsample(noise()).z.float(), joined.rsample(noise()).z)
    if sampler.mean is not None:
        assert torch.equal(joined.rsample(noise()).z, z[[0, 1, 3, 1]])


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
def test_a_gradient_reaches_every_parameter_of_the_encoder(config: DeterministicEncoder | ImplicitEncoder) -> None:
    encoder = encoder_of(config)
    encoder(torch.rand(6, 1, 4, 4)).rsample(noise()).z.square().sum().backward()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_the_means_of_an_implicit_encoder_are_sampled() -> None:
    """Against the variance of means over so many draws that their own noise is nothing."""
    sampler = encoder_of(CONFIGS[1])(torch.rand(40, 1, 4, 4, generator=torch.Generator().manual_seed(2)))
    with torch.no_grad():
        means = torch.stack([sampler.rsample(noise(each)).z for each in range(4000)]).mean(0)
        found = torch.stack(
            [variance_of_sampled_means(sampler, 16, noise(10_000 + each), lambda: None) for each in range(200)]
        )
    spread = found.std(0) / 200**0.5
    assert torch.all((found.mean(0) - means.var(0)).abs() < 4 * spread + 1e-3 * means.var(0))


def measured(body: dict[str, Any]) -> Measured:
    """What a short run of it measured."""
    spec = small(**{"network": "mlp", **body})
    data = data_of(spec)
    model = train(spec, data, device="cpu", observer=SilentObserver()).model
    (point,) = evaluate(model, spec, data, observer=SilentObserver())
    return point


def absent(estimate: Estimate) -> bool:
    return estimate.value is None and estimate.stderr is None and "implicit" in estimate.flags


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["method"])
def test_what_has_no_density_has_no_rate_and_everything_else(body: dict[str, Any]) -> None:
    point = measured(body)
    assert absent(point.rate)
    assert absent(point.neg_elbo)
    assert (point.rate.bound, point.neg_elbo.bound) == ("estimate", "estimate")
    assert point.mutual_information is None
    assert point.label is None
    information = [name for name in point.estimates if "information" in name or name.startswith("marginal_kl")]
    assert len(information) == 4
    assert all(absent(point.estimates[name]) for name in information)
    assert point.distortion.value is not None
    assert point.distortion.value > 0
    assert point.distortion.stderr > 0
    assert point.estimates["active_units"].value == sum(
        each >= 0.05 for each in point.arrays["posterior_mean_variance"]
    )
    assert "kl_per_dimension" not in point.arrays
    assert "information_per_dimension" not in point.arrays
    assert len(point.pictures) == 5
    assert point.beta == (0.5 if body["method"] == "adversarial-vb" else None)


def test_the_distortion_of_one_latent_an_image_is_its_loss(digits: Data) -> None:
    spec = small(network="mlp", **BODIES[0])
    model = train(spec, digits, device="cpu", observer=SilentObserver()).model
    (point,) = evaluate(model, spec, digits, observer=SilentObserver())
    x = digits.test.images.float()
    with torch.no_grad():
        z: Tensor = model.encoder(x).mean
        expected = -model.decoder(x, z).double()
        drawn: Draw = model.encoder(x).rsample(noise(7))
    assert torch.equal(drawn.z, z)
    assert point.distortion.value == pytest.approx(float(expected.mean()), rel=1e-6)
    assert point.distortion.stderr == pytest.approx(float(expected.std()) / len(x) ** 0.5, rel=1e-5)


def test_a_rate_that_a_discriminator_estimates_is_measured_where_there_is_a_density() -> None:
    body = {"method": "adversarial-vb", "architecture": {"encoder": "gaussian"}, "objective": {"rate": {"units": 16}}}
    point = measured(body)
    assert point.rate.value is not None
    assert point.rate.settings["rate"] == "closed form"
    assert point.mutual_information is not None
    assert point.label is not None
    assert point.beta == 1.0


def test_a_distribution_under_an_encoder_without_a_density() -> None:
    spec = spec_of(
        dataset="toy",
        architecture={
            "encoder": {"kind": "implicit", "network": {"kind": "mlp", "units": 4}},
            "decoder": {"kind": "factorised", "network": {"kind": "mlp", "units": 4}},
            "marginal": "normal",
            "likelihood": "categorical",
            "latent_dim": 2,
        },
        objective={"rate": "none"},
    )
    data = data_of(spec)
    model = build_model(spec.architecture, data.shape, seed=0).eval()
    (point,) = evaluate(model, spec, data, observer=SilentObserver())
    assert absent(point.rate)
    assert absent(point.estimates["mutual_information"])
    assert absent(point.estimates["source_information"])
    assert absent(point.estimates["gap_to_entropy"])
    assert point.estimates["posterior_source_information"].value == pytest.approx(0.378, abs=1e-3)
    assert point.distortion.value is not None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_such_a_run_goes_through_the_store_to_rest_and_onto_no_staircase(
    database: Database, artifacts: ArtifactStore, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url=database.url.render_as_string(hide_password=False))
    shop = Shop(database, artifacts, settings)
    common = {"dataset": {"name": "digits", "train_limit": 64, "eval_limit": 64}, "network": "mlp", "width": 0.1}
    bodies = [{**body, **common, "epochs": 1} for body in (BODIES[3], BODIES[1])]
    bodies.append({**common, "epochs": 1})
    for body in bodies:
        with database.write() as session:
            runs.submit(session, expand(body, DATASETS))
            job = jobs.claim(session, "train", {"host": "here", "pid": 1}, 30.0)
        assert job is not None
        with JobObserver(database, artifacts, jobs.lease_of(job, 30.0), job.run_id, lambda: False) as observer:
            KINDS[job.kind](shop, job, observer)
    client = TestClient(create_app(settings), base_url="http://127.0.0.1:8050")
    columns = client.get("/api/v1/points?dataset=digits").json()["columns"]
    assert columns["method"] == ["adversarial-vb", "wae-mmd", "vae"]
    assert columns["architecture"][:2] == ["?--", "?-+"]
    for name in ("rate", "rate_stderr", "neg_elbo", "mi_lower", "mi_upper", "saturated", "label"):
        assert columns[name][:2] == [None, None], name
        assert columns[name][2] is not None, name
    assert columns["beta"] == [0.5, None, 1.0]
    assert all(each > 0 for each in columns["distortion"])
    (group,) = client.get("/api/v1/frontier?dataset=digits").json()["groups"]
    assert group["staircase"] == group["hull"] == columns["id"][2:]
    for point_id in columns["id"][:2]:
        point = client.get(f"/api/v1/points/{point_id}").json()
        assert point["rate"]["value"] is None
        assert point["rate"]["flags"] == ["implicit"]
        assert point["mutual_information"] is None
        assert point["estimates"]["mutual_information_self"]["flags"] == ["implicit"]
        assert len(client.get(f"/api/v1/points/{point_id}/samples").json()["images"]) == 5
    history = client.get(f"/api/v1/runs/{columns['run_id'][0]}/history").json()
    assert "rate_estimate" in history.get("columns", history)
