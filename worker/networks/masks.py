"""Which weights of a kernel may be used, so that a pixel sees only what lies before it in raster order."""

import torch
from torch import Tensor

from worker.networks.causal import Field


def everything(field: Field) -> Tensor:
    """All of the kernel, shape [kernel rows, kernel columns]."""
    return torch.ones(field.kernel)


def rows_above(field: Field) -> Tensor:
    """The complete rows above the pixel's own."""
    mask = everything(field)
    mask[-1] = 0
    return mask


def before(field: Field) -> Tensor:
    """Mask A of the PixelCNN: the rows above, and in the pixel's own row what lies left of it."""
    mask = everything(field)
    mask[-1, field.left :] = 0
    return mask


def up_to(field: Field) -> Tensor:
    """Mask B of the PixelCNN: mask A and the pixel itself."""
    mask = before(field)
    mask[-1, field.left] = 1
    return mask


def of_input(image: Tensor, of_z: Tensor, channels: int) -> Tensor:
    """One mask for the channels of the image and another for the map of z, shape [channels + 1, *kernel]."""
    return torch.stack([image] * channels + [of_z])
