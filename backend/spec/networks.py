"""The networks inside encoders and decoders."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backend.spec.config import Part, by_kind


class ConvNetwork(Part):
    """The gated convolutions (encoder) or deconvolutions (decoder) of paper B, appendix F."""

    title: ClassVar[str] = "Gated convolutions"
    paper: ClassVar[str] = "B, appendix F"

    kind: Literal["conv"] = "conv"


class MlpNetwork(Part):
    """Dense layers."""

    title: ClassVar[str] = "Dense layers"
    paper: ClassVar[str] = "B, appendix F (gates); X, table 5; I and V, section 5.1 (small ones)"

    kind: Literal["mlp"] = "mlp"
    layers: int = Field(default=2, ge=1, le=16)
    """Number of hidden layers, 1 to 16."""
    units: int = Field(default=512, ge=1, le=16384)
    """Units of each hidden layer before scaling by the width, 1 to 16384."""
    activation: Literal["gated", "relu", "leaky_relu"] = "gated"
    """``gated``: B's ``(W1 x + b1) * sigmoid(W2 x + b2)``; ``leaky_relu`` has slope 0.2 below 0."""


class StridedNetwork(Part):
    """4 x 4 convolutions of stride 2, one for each entry of ``channels``.

    A decoder has them in reverse, and ends in a linear 1 x 1 convolution that X does not print.
    """

    title: ClassVar[str] = "Strided convolutions"
    paper: ClassVar[str] = "X, tables 5, 6 and 8"

    kind: Literal["strided"] = "strided"
    channels: Annotated[
        tuple[Annotated[int, Field(ge=1, le=4096)], ...],
        Field(min_length=1, max_length=8, strict=False),  # behind ``by_kind`` an array of JSON is a list
    ] = (28, 28, 56, 118)
    """Channels of each layer of the encoder before scaling by the width: 1 to 8 layers of 1 to 4096; 118 is as X prints
    it."""
    activation: Literal["relu", "leaky_relu"] = "relu"
    """``leaky_relu`` has slope 0.2 below 0 (X, table 8)."""


class DcganNetwork(Part):
    """4 x 4 convolutions of stride 2 with batch normalisation, channels doubling from layer to layer.

    The encoder has leaky units, the decoder plain ones. While training, what an image is encoded to depends on the
    other images of its batch; when it is measured, it does not.
    """

    title: ClassVar[str] = "DCGAN"
    paper: ClassVar[str] = "I, section 5.1.2; V, section 5.2; Radford et al. 2015"

    kind: Literal["dcgan"] = "dcgan"
    features: int = Field(default=64, ge=1, le=1024)
    """Channels of the encoder's first layer before scaling by the width, 1 to 1024."""
    layers: int = Field(default=4, ge=1, le=8)
    """Strided layers, 1 to 8."""


Network = Annotated[ConvNetwork | MlpNetwork | StridedNetwork | DcganNetwork, Field(discriminator="kind"), by_kind]


class PixelCnnPlusPlusNetwork(Part):
    """Vertical and horizontal stacks of gated resnets over three sizes, with shortcuts between equal sizes."""

    title: ClassVar[str] = "PixelCNN++"
    paper: ClassVar[str] = "B, appendix F.2; Salimans et al. 2017"

    kind: Literal["pixelcnnpp"] = "pixelcnnpp"
    features: int = Field(default=64, ge=1, le=1024)
    """Channels of every internal layer before scaling by the width, 1 to 1024."""
    resnets: int = Field(default=2, ge=1, le=16)
    """Resnet layers in each of the six blocks, 1 to 16."""


class PixelCnnNetwork(Part):
    """A stack of masked convolutions of one size."""

    title: ClassVar[str] = "PixelCNN"
    paper: ClassVar[str] = "X, section 5.3"

    kind: Literal["pixelcnn"] = "pixelcnn"
    layers: int = Field(default=12, ge=1, le=64)
    """Masked convolutions, 1 to 64."""
    features: int = Field(default=64, ge=1, le=1024)
    """Channels of every layer before scaling by the width, 1 to 1024."""


AutoregressiveNetwork = Annotated[PixelCnnPlusPlusNetwork | PixelCnnNetwork, Field(discriminator="kind"), by_kind]
