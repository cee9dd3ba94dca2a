"""What ``POST /points/{id}/jobs`` takes: short jobs on the stored model of a point.

The body says what by ``kind``, and for ``decode`` by ``what``:

- ``{"kind": "draw", "seed": 3, "count": 16}``: more of the point's pictures, from other inputs and other noise.
- ``{"kind": "decode", "what": "traversal", "image": 0, "dimensions": [3, 5], "count": 9, "span": 3, "unit": "sd"}``
- ``{"kind": "decode", "what": "interpolation", "images": [0, 5], "steps": 9, "path": "linear"}``
- ``{"kind": "decode", "what": "samples", "source": "aggregate", "count": 16, "seed": 0}``
- ``{"kind": "decode", "what": "entropy", "images": [0, 1]}``
- ``{"kind": "estimate", "estimators": ["mutual_information", {"kind": "true_posterior", "images": 16}]}``

``image`` and ``images`` count the tiles of the point's picture ``inputs`` from 0. The answer is 202 ``{"id": ...}``.
``GET /jobs/{id}`` then says how far it is, and once it has succeeded its ``result`` holds ``count``, ``height``,
``width``, ``channels`` and ``images`` as ``GET /points/{id}/samples`` does, and beside them:

traversal
    Picture ``traversal``: one row of ``count`` tiles for each dimension. ``dimensions`` [rows]; ``values``
    [rows][count], the z_d that were decoded; ``own`` [rows], z_d of the image; ``mean`` and ``sd`` [rows] of q(z_d).
interpolation
    Pictures ``interpolation``, of ``steps`` tiles, and ``ends``, both inputs. ``shares`` [steps], the part of the way;
    ``distance`` between the codes, in units of z.
samples
    Pictures ``aggregate`` and ``marginal``, or the one that was asked for; their noise in x is the same, and that of a
    point's generations.
entropy
    Pictures ``inputs`` and ``entropy``: H(x_i | x_<i, z) of each pixel at the input, black 0 and white log 2, the mean
    over channels. ``scale`` [0, log 2], nats; ``pictured`` [rows], the inputs; ``nats`` [rows], the sum over pixels of
    each image; ``entropy`` and ``distortion``, Estimates over these images with one z of each.
estimate
    No picture. ``estimates`` by name, ``arrays``, and ``mutual_information`` or null, as a point has them.

``code``, of a traversal and an interpolation, says what stands for the code of an image: ``mean`` of e(z|x),
``centre`` of what its flow starts from, or one ``draw``. ``shown`` says what a tile is: ``mean`` of d(x|z), or a
``sample`` where no more is to be had, of the same noise in each tile.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.spec import EstimatorTerm

MOST_INPUTS = 256
"""Tiles of a picture at most."""

Seed = Annotated[int, Field(ge=0, le=2**53 - 1)]
Index = Annotated[int, Field(ge=0)]


class Body(BaseModel):
    """A strict body: unknown fields and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True)


class Draw(Body):
    """More samples of a stored model, with other noise."""

    kind: Literal["draw"]
    seed: Seed | None = None
    """Seed of the noise; null draws one."""
    count: int = Field(default=16, ge=1, le=256)
    """Tiles in each picture, 1 to 256."""


class Traversal(Body):
    """What the decoder makes of an image's code while one of its dimensions moves along q(z)."""

    kind: Literal["decode"]
    what: Literal["traversal"]
    image: Index = 0
    """Which of the point's inputs, from 0."""
    dimensions: Annotated[list[Index], Field(min_length=1, max_length=32)] | None = None
    """One row each, 1 to 32 different ones; null takes those that carry most."""
    most: int = Field(default=8, ge=1, le=32)
    """How many where ``dimensions`` is null, 1 to 32."""
    count: int = Field(default=9, ge=2, le=25)
    """Values of each, 2 to 25, evenly spaced."""
    span: float = Field(default=3.0, gt=0, le=100)
    """How far to each side, in ``unit``, above 0 to 100."""
    unit: Literal["sd", "absolute"] = "sd"
    """``sd``: from the mean of q(z_d), in its standard deviations; ``absolute``: from 0, in units of z."""


class Interpolation(Body):
    """What the decoder makes of the way from the code of one image to that of another (X, figure 9)."""

    kind: Literal["decode"]
    what: Literal["interpolation"]
    images: Annotated[list[Index], Field(min_length=2, max_length=2)]
    """From which image to which."""
    among: Literal["inputs", "test"] = "inputs"
    """What they are counted in: the point's inputs, or the whole test split."""
    steps: int = Field(default=9, ge=2, le=32)
    """Tiles, both ends included, 2 to 32."""
    path: Literal["linear", "spherical"] = "linear"
    """``linear``: (1 - t) a + t b; ``spherical``: along the arc from a to b, its length from |a| to |b|."""


class DecodedSamples(Body):
    """What the decoder makes of z ~ q(z), of z ~ m(z), or of both."""

    kind: Literal["decode"]
    what: Literal["samples"]
    source: Literal["aggregate", "marginal"] | None = None
    """``aggregate``: z ~ e(z|x) of a drawn image; ``marginal``: z ~ m(z); null: both."""
    count: int = Field(default=16, ge=1, le=256)
    """Tiles, 1 to 256; of q(z) at most as many as there are test images."""
    seed: Seed = 0
    """Seed of the noise."""


class Entropy(Body):
    """How uncertain the decoder is of each pixel of an image, given the pixels before it and a code of the image."""

    kind: Literal["decode"]
    what: Literal["entropy"]
    images: Annotated[list[Index], Field(min_length=1, max_length=MOST_INPUTS)] | None = None
    """Which of the point's inputs, from 0, different ones; null takes all."""


class Measurement(Body):
    """Estimators run on the stored model; the point stays as it was measured."""

    kind: Literal["estimate"]
    estimators: Annotated[list[EstimatorTerm], Field(min_length=1, max_length=8)]
    """Which, by kind or with their settings, 1 to 8; ``images`` times ``samples`` of all of them is 200000 at most."""
