"""Pictures of different points can be compared: same inputs byte for byte, same noise."""

import io

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from tests.worker.conftest import data_of, small, spec_of
from worker.data.contract import Data
from worker.evaluate import draw
from worker.model import Model, build_model
from worker.pictures import Picture, draw_pictures, tile
from worker.train import SilentObserver

NAMES = {"inputs", "reconstruction_sample", "reconstruction_mean", "generation_sample", "generation_mean"}


def pixels(picture: Picture) -> NDArray[np.uint8]:
    """The tiles again, shape [N, H, W] or [N, H, W, C]."""
    sheet = np.array(Image.open(io.BytesIO(picture.png)))
    rows = sheet.shape[0] // picture.height
    tiles = sheet.reshape(rows, picture.height, picture.columns, picture.width, *sheet.shape[2:])
    return tiles.swapaxes(1, 2).reshape(-1, picture.height, picture.width, *sheet.shape[2:])[: picture.count]


def model_of(digits: Data, **body: object) -> Model:
    return build_model(small(**body).architecture, digits.shape, seed=0).eval()


def test_inputs_are_the_same_bytes_for_every_point(digits: Data) -> None:
    points = [
        draw_pictures(model_of(digits, latent_dim=dim, network=network), digits, observer=SilentObserver())
        for dim, network in ((2, "mlp"), (7, "conv"))
    ]
    limited = data_of(spec_of(dataset={"name": "digits", "eval_limit": 20}))
    points.append(draw_pictures(model_of(digits), limited, observer=SilentObserver()))
    assert len({each["inputs"].png for each in points}) == 1
    assert points[0].keys() == NAMES
    for picture in points[0].values():
        assert (picture.count, picture.columns, picture.height, picture.width, picture.channels) == (16, 8, 8, 8, 1)
        assert picture.png.startswith(b"\x89PNG")


def test_inputs_are_drawn_from_the_test_split_and_never_the_first_n(digits: Data) -> None:
    shown = pixels(draw_pictures(model_of(digits), digits, observer=SilentObserver())["inputs"])
    test = digits.shown.images[:, 0].numpy() * 255
    assert all((test == each).all((1, 2)).any() for each in shown)
    assert not (shown == test[:16]).all()


def test_noise_of_z_is_the_same_in_the_dimensions_that_two_models_share(digits: Data) -> None:
    class FirstTwo(torch.nn.Module):
        """Shows z itself: one pixel brighter for each of two dimensions that is positive."""

        seen: list[torch.Tensor]

        def __init__(self) -> None:
            super().__init__()
            self.seen = []

        def sample(self, z: torch.Tensor, draws: int, noise: object, check: object) -> torch.Tensor:
            self.seen.append(z[:, :2])
            return torch.zeros(len(z), draws, 1, 8, 8)

    seen = []
    for dim in (2, 50):
        model = model_of(digits, latent_dim=dim)
        model.decoder = FirstTwo()  # type: ignore[assignment]
        draw_pictures(model, digits, observer=SilentObserver())
        seen.append(model.decoder.seen)
    sample, mean = 2, 3  # generations come after the two reconstructions
    assert torch.equal(seen[0][sample], seen[1][sample])
    assert torch.equal(seen[0][sample], seen[0][mean])  # a mean averages draws of x for one z


def test_pictures_are_the_same_every_time_and_more_are_others(digits: Data) -> None:
    spec = small()
    model = model_of(digits)
    own = draw_pictures(model, digits, observer=SilentObserver())
    again = draw(model, spec, digits, seed=0, count=16, observer=SilentObserver())
    more = draw(model, spec, digits, seed=1, count=20, observer=SilentObserver())
    assert own == again
    assert all(more[name].png != own[name].png for name in NAMES)
    assert all(picture.count == 20 for picture in more.values())


def test_samples_are_binary_and_means_average_five_draws(digits: Data) -> None:
    drawn = draw_pictures(model_of(digits), digits, observer=SilentObserver())
    for kind in ("reconstruction", "generation"):
        assert set(np.unique(pixels(drawn[f"{kind}_sample"]))) <= {0, 255}
        assert set(np.unique(pixels(drawn[f"{kind}_mean"]))) <= {0, 51, 102, 153, 204, 255}
        assert len(np.unique(pixels(drawn[f"{kind}_mean"]))) > 2


@pytest.mark.parametrize(("channels", "shown"), [(1, 1), (3, 3), (2, 1), (4, 1)])
def test_tiles_are_row_major_without_borders(channels: int, shown: int) -> None:
    images = torch.arange(11)[:, None, None, None].expand(11, channels, 5, 3) / 255
    picture = tile(images)
    assert (picture.count, picture.columns, picture.height, picture.width) == (11, 8, 5, 3)
    assert picture.channels == shown
    found = pixels(picture)
    assert [int(each.max()) for each in found] == list(range(11))
    assert [int(each.min()) for each in found] == list(range(11))
