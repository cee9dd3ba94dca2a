"""Codes that a person chose, decoded: against the decoder itself, and against closed forms."""

import io
import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from conftest import Recorder, data_of, small, spec_of
from PIL import Image
from torch import Tensor

from backend.errors import Cancelled
from worker.data.contract import Data
from worker.decode import decode, spread
from worker.likelihoods import LIKELIHOODS
from worker.model import Model, build_model
from worker.paths import PATHS
from worker.pictures import COUNT, draw_pictures, inputs
from worker.pixel_entropy import pixel_entropy
from worker.rng import FixedNoise, StepNoise
from worker.train import SilentObserver, train

TUPLES = ("---", "-+-", "+--", "-+v")
TRAVERSAL = {"what": "traversal", "image": 2, "dimensions": [3, 0], "count": 5, "span": 2.0, "unit": "sd"}
INTERPOLATION = {"what": "interpolation", "images": [1, 4], "among": "inputs", "steps": 5, "path": "linear"}
SAMPLES = {"what": "samples", "sources": ["aggregate", "marginal"], "count": 6, "seed": 0}
ENTROPY = {"what": "entropy", "images": [0, 3, 5]}


@cache
def trained(architecture: str) -> tuple[Model, Data]:
    """A small model and its data."""
    spec = small(architecture=architecture, epochs=1)
    data = data_of(spec)
    return train(spec, data, device="cpu", observer=SilentObserver()).model, data


def grey(picture: Any) -> Tensor:
    """The tiles of a picture in [0, 1], shape [count, H, W]."""
    sheet = torch.from_numpy(np.array(Image.open(io.BytesIO(picture.png)))) / 255
    rows = sheet.shape[0] // picture.height
    cut = sheet.view(rows, picture.height, picture.columns, picture.width).transpose(1, 2).flatten(0, 1)
    return cut[: picture.count]


@pytest.mark.parametrize("architecture", TUPLES)
def test_a_traversal_moves_one_dimension_and_nothing_else(architecture: str) -> None:
    model, data = trained(architecture)
    found = decode(model, data, TRAVERSAL, SilentObserver())
    numbers = found.numbers
    picture = found.pictures["traversal"]
    assert (picture.count, picture.columns) == (10, 5)
    assert numbers["shown"] == ("sample" if architecture[1] == "+" else "mean")
    mean, sd = (each[[3, 0]].tolist() for each in spread(model, data, lambda: None))
    assert (numbers["mean"], numbers["sd"]) == (pytest.approx(mean), pytest.approx(sd))
    for row, (centre, unit) in enumerate(zip(mean, sd, strict=True)):
        expected = [centre + unit * v for v in (-2.0, -1.0, 0.0, 1.0, 2.0)]
        assert numbers["values"][row] == pytest.approx(expected, abs=1e-5)


def test_the_row_of_a_traversal_is_the_decoder_of_the_moved_code() -> None:
    model, data = trained("---")
    found = decode(model, data, {**TRAVERSAL, "unit": "absolute"}, SilentObserver())
    with torch.no_grad():
        z = model.encoder(inputs(data)).mean[2].repeat(10, 1)
        z[:5, 3] = z[5:, 0] = torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0])
        expected = model.decoder.network(z).sigmoid()[:, 0]
        own = model.encoder(inputs(data)).mean[2, [3, 0]].tolist()
    assert found.numbers["own"] == pytest.approx(own, abs=1e-6)
    assert (grey(found.pictures["traversal"]) - expected).abs().max() < 0.51 / 255
    assert found.numbers["code"] == "mean"


def test_samples_of_a_traversal_differ_by_their_code_alone() -> None:
    """At the same code the same image, whatever the place in the row: the noise in x is one."""
    model, data = trained("-+-")
    still = {**INTERPOLATION, "images": [3, 3]}
    strip = grey(decode(model, data, still, SilentObserver()).pictures["interpolation"])
    assert (strip == strip[0]).all()
    apart = grey(decode(model, data, INTERPOLATION, SilentObserver()).pictures["interpolation"])
    assert not (apart[0] == apart[-1]).all()


@pytest.mark.parametrize("architecture", ["---", "+--"])
@pytest.mark.parametrize("path", PATHS)
def test_an_interpolation_ends_where_its_images_are(architecture: str, path: str) -> None:
    model, data = trained(architecture)
    found = decode(model, data, {**INTERPOLATION, "path": path}, SilentObserver())
    with torch.no_grad():
        posterior = model.encoder(inputs(data)[[1, 4]])
        z = posterior.mean if architecture == "---" else posterior.flow(posterior.base.loc, posterior.context)
        ends = model.decoder.mean(z)
    strip = grey(found.pictures["interpolation"])
    assert (strip[[0, -1]] - ends[:, 0]).abs().max() < 0.51 / 255 + 1e-4
    assert found.numbers["distance"] == pytest.approx(float((z[1] - z[0]).norm()), rel=1e-5)
    assert found.numbers["shares"] == [0, 0.25, 0.5, 0.75, 1]
    assert (grey(found.pictures["ends"]) - inputs(data)[[1, 4], 0]).abs().max() < 0.51 / 255


def test_test_images_are_counted_in_the_whole_split() -> None:
    model, data = trained("---")
    asked = {**INTERPOLATION, "among": "test", "images": [0, len(data.shown) - 1]}
    ends = decode(model, data, asked, SilentObserver()).pictures["ends"]
    whole = data.shown.batch(torch.tensor([0, len(data.shown) - 1]), StepNoise(0, "x", torch.device("cpu")))
    assert (grey(ends) - whole[:, 0]).abs().max() < 0.51 / 255


def test_the_evaluation_limit_moves_nothing_that_is_decoded() -> None:
    """q(z) is looked at over the whole test split, as the inputs are drawn from it."""
    model, data = trained("---")
    limited = replace(data, test=replace(data.test, images=data.test.images[:3], labels=None))
    for whole, part in zip(spread(model, data, lambda: None), spread(model, limited, lambda: None), strict=True):
        assert whole.equal(part)
    whole, part = (decode(model, each, {**SAMPLES, "count": 9}, SilentObserver()).pictures for each in (data, limited))
    assert whole["aggregate"].png == part["aggregate"].png
    assert part["aggregate"].count == 9


def test_the_drawn_code_of_an_input_is_that_of_its_reconstruction() -> None:
    architecture = {"encoder": {"kind": "implicit"}, "latent_dim": 4, "width": 0.1}
    spec = spec_of(dataset="digits", method="adversarial-vb", architecture=architecture)
    data = data_of(spec)
    model = build_model(spec.architecture, data.shape, seed=0)
    found = decode(model, data, INTERPOLATION, SilentObserver())
    assert found.numbers["code"] == "draw"
    with torch.no_grad():
        noise = FixedNoise(0, f"{data.name}/reconstruction", torch.device("cpu"))
        z = model.encoder(inputs(data)).rsample(noise).z[[1, 4]]
        ends = model.decoder.mean(z)
    assert found.numbers["distance"] == pytest.approx(float((z[1] - z[0]).norm()), rel=1e-5)
    assert (grey(found.pictures["interpolation"])[[0, -1]] - ends[:, 0]).abs().max() < 0.51 / 255 + 1e-4


def test_paths() -> None:
    a, b = torch.tensor([3.0, 0.0], dtype=torch.float64), torch.tensor([0.0, 1.0], dtype=torch.float64)
    shares = torch.linspace(0, 1, 3, dtype=torch.float64)
    half = math.sqrt(0.5)
    assert PATHS["linear"](a, b, shares).tolist() == [[3, 0], [1.5, 0.5], [0, 1]]
    torch.testing.assert_close(
        PATHS["spherical"](a, b, shares), torch.tensor([[3, 0], [2 * half, 2 * half], [0, 1]], dtype=torch.float64)
    )
    for other in (a, -a, 0 * a):
        assert PATHS["spherical"](a, other, shares).equal(PATHS["linear"](a, other, shares))


def test_samples_of_the_marginal_are_a_points_generations() -> None:
    """What an autoregressive decoder makes of as many z ~ m(z) as a point shows is the point's own picture."""
    model, data = trained("-+v")
    found = decode(model, data, {**SAMPLES, "count": COUNT}, SilentObserver())
    drawn = draw_pictures(model, data, observer=SilentObserver())
    assert found.pictures["marginal"].png == drawn["generation_sample"].png
    assert found.numbers["shown"] == "sample"
    other = decode(model, data, {**SAMPLES, "seed": 1, "sources": ["aggregate"]}, SilentObserver())
    assert list(other.pictures) == ["aggregate"]
    assert other.pictures["aggregate"].png != found.pictures["aggregate"].png


def test_entropy_of_a_factorised_bernoulli_is_the_closed_form() -> None:
    model, data = trained("---")
    found = decode(model, data, ENTROPY, SilentObserver())
    with torch.no_grad():
        x = inputs(data)
        z = model.encoder(x).rsample(FixedNoise(0, f"{data.name}/reconstruction", x.device)).z
        p = model.decoder.network(z)[[0, 3, 5]].double().sigmoid()
        entropy = -(p * p.log() + (1 - p) * (-p).log1p())
        distortion = -(x[[0, 3, 5]] * p.log() + (1 - x[[0, 3, 5]]) * (-p).log1p()).sum((1, 2, 3))
    numbers = found.numbers
    assert numbers["nats"] == pytest.approx(entropy.sum((1, 2, 3)).tolist(), rel=1e-5)
    assert numbers["entropy"]["value"] == pytest.approx(float(entropy.sum((1, 2, 3)).mean()), rel=1e-5)
    assert numbers["distortion"]["value"] == pytest.approx(float(distortion.mean()), rel=1e-5)
    assert (grey(found.pictures["entropy"]) - entropy[:, 0] / math.log(2)).abs().max() < 0.51 / 255
    assert numbers["scale"] == [0, math.log(2)]


@pytest.mark.parametrize("architecture", ["---", "-+-"])
def test_expected_cost_of_own_samples_is_their_entropy(architecture: str) -> None:
    """``E[-log d(x|z)] = E[sum_i H(x_i | x_<i, z)]`` over x ~ d(x|z), pixel by pixel the tower rule."""
    model, _ = trained(architecture)
    number = 2000
    with torch.no_grad():
        z = model.m().sample(1, StepNoise(0, "z", torch.device("cpu")))
        x = model.decoder.sample(z, number, StepNoise(0, "x", torch.device("cpu")), lambda: None)[0]
        apart = -model.decoder(x, z.expand(number, -1)).double()
        apart -= model.decoder.entropy(x, z.expand(number, -1)).double().sum((1, 2, 3))
    assert abs(float(apart.mean())) < 4 * float(apart.std()) / math.sqrt(number)


def test_entropy_looks_at_the_pixels_before_and_at_no_other() -> None:
    model, data = trained("-+-")
    x = inputs(data)[:1].clone()
    z = torch.zeros(1, 4)
    with torch.no_grad():
        before = model.decoder.entropy(x, z)
        x[0, 0, 4, 3] = 1 - x[0, 0, 4, 3]
        changed = (model.decoder.entropy(x, z) != before).flatten()
    here = 4 * 8 + 3
    assert not changed[: here + 1].any()
    assert changed[here + 1 :].any()


def test_entropy_of_a_certain_pixel_keeps_its_digits() -> None:
    logits = torch.tensor([-60.0, -20.0, 0.0, 20.0, 60.0])
    exact = [60 * math.exp(-60), 21 * math.exp(-20), math.log(2), 21 * math.exp(-20), 60 * math.exp(-60)]
    found = LIKELIHOODS["bernoulli"](None).entropy(logits)
    assert found is not None
    assert found.tolist() == pytest.approx(exact, rel=0.02)


def test_a_density_has_no_entropy_to_show() -> None:
    spec = spec_of(dataset="two-points", latent_dim=4)
    data = data_of(spec)
    model = build_model(spec.architecture, data.shape, seed=0)
    with pytest.raises(ValueError, match="no entropy"):
        pixel_entropy(model.decoder, inputs(data), torch.zeros(16, 4))
    found = decode(model, data, TRAVERSAL, SilentObserver())
    assert found.pictures["traversal"].count == 10
    assert found.numbers["shown"] == "mean"


class Impatient(Recorder):
    """Wants the work to stop at the seventh look."""

    looks = 0

    def check(self) -> None:
        self.looks += 1
        if self.looks > 6:
            raise Cancelled


@pytest.mark.parametrize("asked", [TRAVERSAL, INTERPOLATION, SAMPLES], ids=lambda asked: asked["what"])
def test_slow_decoding_stops_between_rows(asked: dict[str, Any]) -> None:
    model, data = trained("-+-")
    observer = Impatient()
    with pytest.raises(Cancelled):
        decode(model, data, asked, observer)
    assert observer.told[-1].step < observer.told[-1].steps
