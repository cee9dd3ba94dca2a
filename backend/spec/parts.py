"""The three distributions of a model, and the likelihood of a pixel."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backend.spec.config import Part, by_kind
from backend.spec.networks import AutoregressiveNetwork, ConvNetwork, Network, PixelCnnPlusPlusNetwork


class GaussianEncoder(Part):
    """e(z|x) = N(z; mu(x), diag(sigma(x)^2))."""

    title: ClassVar[str] = "Diagonal Gaussian"
    paper: ClassVar[str] = "B, appendix F"
    symbol: ClassVar[str] = "-"

    kind: Literal["gaussian"] = "gaussian"
    network: Network = ConvNetwork()
    """The network that computes the mean and the scale."""


class FlowEncoder(Part):
    """A diagonal Gaussian, then steps of mean-only Gaussian inverse autoregressive flow.

    Without context the flow does not see x: e(z|x) = N(f^-1(z); mu(x), diag(sigma(x)^2)), which is the Gaussian encoder
    in other coordinates, as if the marginal were a flow. Under the VampPrior even that falls out of the rate: with
    b = f^-1(z), R = E[log N(b; mu(x), s(x)^2) - log sum_i w_i N(b; mu_i, s_i^2)], where f no longer stands.
    """

    title: ClassVar[str] = "Inverse autoregressive flow"
    paper: ClassVar[str] = "B, appendix F.1; Kingma et al. 2016"
    symbol: ClassVar[str] = "+"

    kind: Literal["flow"] = "flow"
    network: Network = ConvNetwork()
    """The network that computes the mean and the scale of the Gaussian."""
    steps: int = Field(default=4, ge=1, le=32)
    """Flow steps, 1 to 32; the order of the latents is reversed between them."""
    layers: int = Field(default=3, ge=1, le=16)
    """Hidden layers of the masked network (MADE) of each step, 1 to 16."""
    units: int = Field(default=640, ge=1, le=16384)
    """Units of each hidden layer before scaling by the width, 1 to 16384."""
    context: bool = False
    """Whether the flow sees x too (Kingma et al.). I(x;z) is then measured on at most 500 examples, and the VampPrior
    is not possible."""


class CategoricalEncoder(Part):
    """e(z_i|x) ~ exp(-(w_i x - b_i)^2) over the K = latent_dim values of a one-hot z, for one-hot images.

    x is the place of the lit pixel on [-1, 1].
    """

    title: ClassVar[str] = "Categorical"
    paper: ClassVar[str] = "B, appendix E"

    kind: Literal["categorical"] = "categorical"
    weight_scale: float = Field(default=2.0, ge=0, le=1e3)
    """Standard deviation that the w_i start with, dimensionless, 0 to 1000."""
    bias_scale: float = Field(default=1.0, ge=0, le=1e3)
    """Standard deviation that the b_i start with, dimensionless, 0 to 1000."""


class DeterministicEncoder(Part):
    """z = g(x): one latent for each image, without a density; R is not defined."""

    title: ClassVar[str] = "Deterministic"
    paper: ClassVar[str] = "I, section 2; Tolstikhin et al. 2018"

    kind: Literal["deterministic"] = "deterministic"
    network: Network = ConvNetwork()
    """The network that computes z."""


class ImplicitEncoder(Part):
    """z = g(x, eps), eps ~ N(0, I): a sampler without a density; R is only estimated."""

    title: ClassVar[str] = "Implicit"
    paper: ClassVar[str] = "D, section 6.1; Mescheder et al. 2017"

    kind: Literal["implicit"] = "implicit"
    network: Network = ConvNetwork()
    """The network that reads x; its features and eps go through one more gated layer."""
    noise_dim: int = Field(default=16, ge=1, le=10_000)
    """Dimensions of eps, 1 to 10000."""


Encoder = Annotated[
    GaussianEncoder | FlowEncoder | CategoricalEncoder | DeterministicEncoder | ImplicitEncoder,
    Field(discriminator="kind"),
    by_kind,
]


class FactorisedDecoder(Part):
    """d(x|z) = prod_i d(x_i|z): every pixel independent given z."""

    title: ClassVar[str] = "Factorised"
    paper: ClassVar[str] = "B, appendix F"
    symbol: ClassVar[str] = "-"

    kind: Literal["factorised"] = "factorised"
    network: Network = ConvNetwork()
    """The network that computes the parameters of the likelihood."""


class PixelCnnDecoder(Part):
    """d(x|z) = prod_i d(x_i|x_<i, z): every pixel given those before it in raster order, and z."""

    title: ClassVar[str] = "Autoregressive"
    paper: ClassVar[str] = "B, appendix F.2"
    symbol: ClassVar[str] = "+"

    kind: Literal["pixelcnn"] = "pixelcnn"
    network: AutoregressiveNetwork = PixelCnnPlusPlusNetwork()
    """The network that computes the parameters of the likelihood of each pixel."""


class CategoricalDecoder(Part):
    """d(x_j|z_i) ~ exp(-(w_i x_j - b_i)^2) over the pixels j that may be lit, for a one-hot z."""

    title: ClassVar[str] = "Categorical"
    paper: ClassVar[str] = "B, appendix E"

    kind: Literal["categorical"] = "categorical"
    weight_scale: float = Field(default=2.0, ge=0, le=1e3)
    """Standard deviation that the w_i start with, dimensionless, 0 to 1000."""
    bias_scale: float = Field(default=1.0, ge=0, le=1e3)
    """Standard deviation that the b_i start with, dimensionless, 0 to 1000."""


Decoder = Annotated[FactorisedDecoder | PixelCnnDecoder | CategoricalDecoder, Field(discriminator="kind"), by_kind]


class NormalMarginal(Part):
    """m(z) = N(z; 0, I), fixed (the "prior" of the papers)."""

    title: ClassVar[str] = "Standard normal"
    paper: ClassVar[str] = "B, appendix F"
    symbol: ClassVar[str] = "-"

    kind: Literal["normal"] = "normal"


class FlowMarginal(Part):
    """N(0, I) carried through steps of mean-only Gaussian masked autoregressive flow."""

    title: ClassVar[str] = "Masked autoregressive flow"
    paper: ClassVar[str] = "B, appendix F.3; Papamakarios et al. 2017"
    symbol: ClassVar[str] = "+"

    kind: Literal["flow"] = "flow"
    steps: int = Field(default=4, ge=1, le=32)
    """Flow steps, 1 to 32; the order of the latents is reversed between them."""
    layers: int = Field(default=3, ge=1, le=16)
    """Hidden layers of the masked network (MADE) of each step, 1 to 16."""
    units: int = Field(default=640, ge=1, le=16384)
    """Units of each hidden layer before scaling by the width, 1 to 16384."""


class VampMarginal(Part):
    """m(z) = sum_i w_i e(z|phi_i): the encoder's own posteriors of learned pseudo-inputs."""

    title: ClassVar[str] = "VampPrior"
    paper: ClassVar[str] = "B, appendix F.3; Tomczak and Welling 2017"
    symbol: ClassVar[str] = "v"

    kind: Literal["vamp"] = "vamp"
    pseudo_inputs: int = Field(default=500, ge=1, le=100_000)
    """Components of the mixture, 1 to 100000; at most the training images, from which they start."""


class LogisticMarginal(Part):
    """m(z) = prod_d logistic(z_d; 0, sqrt(3) / pi): unit variance, heavier tails than the normal."""

    title: ClassVar[str] = "Logistic"
    paper: ClassVar[str] = "V, section 4"
    symbol: ClassVar[str] = "l"

    kind: Literal["logistic"] = "logistic"


class CategoricalMarginal(Part):
    """m(z) = softmax(pi) over the K = latent_dim values of a one-hot z."""

    title: ClassVar[str] = "Categorical"
    paper: ClassVar[str] = "B, appendix E"

    kind: Literal["categorical"] = "categorical"
    scale: float = Field(default=0.1, ge=0, le=1e3)
    """Standard deviation that the logits pi start with, dimensionless, 0 to 1000."""


Marginal = Annotated[
    NormalMarginal | FlowMarginal | VampMarginal | LogisticMarginal | CategoricalMarginal,
    Field(discriminator="kind"),
    by_kind,
]


class BernoulliLikelihood(Part):
    """d(x_i|z) = Bernoulli(x_i; sigmoid(l_i)), for binary images."""

    title: ClassVar[str] = "Bernoulli"
    paper: ClassVar[str] = "B, appendix F"

    kind: Literal["bernoulli"] = "bernoulli"


class CategoricalLikelihood(Part):
    """d(x|z) = softmax(l)_j for the one pixel j that is lit, for one-hot images."""

    title: ClassVar[str] = "Categorical"
    paper: ClassVar[str] = "B, appendix E"

    kind: Literal["categorical"] = "categorical"


class GaussianLikelihood(Part):
    """d(x_i|z) = N(x_i; mu_i(z), sigma^2) with one learned sigma, for real-valued data; x counted from -1 to 1."""

    title: ClassVar[str] = "Gaussian"
    paper: ClassVar[str] = "I, section 3.1 and appendix A"

    kind: Literal["gaussian"] = "gaussian"


Likelihood = Annotated[
    BernoulliLikelihood | CategoricalLikelihood | GaussianLikelihood, Field(discriminator="kind"), by_kind
]
