"""The run specification: what one training job is, and the digest that names it.

Every part of a model is a frozen config with a literal ``kind``; a *union* below lists the kinds of one part. Adding
a part is one class here, one member in its union, and one row in the worker's table of the same name.
"""

import hashlib
import json
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

SPEC_VERSION = 1
"""Goes into every digest. It changes only if the meaning of a stored specification changes."""

DEFAULT_DATASET = "digits"


class Config(BaseModel):
    """A frozen, strict record: unknown fields, wrong types, NaN and infinity are errors."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class Part(Config):
    """A config that is one choice among several; ``kind`` says which."""

    title: ClassVar[str]
    paper: ClassVar[str] = ""
    symbol: ClassVar[str] = "?"


def _kind_from_string(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


by_kind = BeforeValidator(_kind_from_string)
"""Marks a union: a bare string stands for the member of that kind, with its defaults."""


# -- networks ---------------------------------------------------------------------------------------------------------


class ConvNetwork(Part):
    """The gated convolutions (encoder) or deconvolutions (decoder) of paper B, appendix F."""

    title: ClassVar[str] = "Gated convolutions"
    paper: ClassVar[str] = "B, appendix F"

    kind: Literal["conv"] = "conv"


class MlpNetwork(Part):
    """Gated dense layers."""

    title: ClassVar[str] = "Gated dense layers"
    paper: ClassVar[str] = "B, appendix F (activations)"

    kind: Literal["mlp"] = "mlp"
    layers: int = Field(default=2, ge=1, le=16)
    """Number of hidden layers, 1 to 16."""
    units: int = Field(default=512, ge=1, le=16384)
    """Units of each hidden layer before scaling by the width, 1 to 16384."""


Network = Annotated[ConvNetwork | MlpNetwork, Field(discriminator="kind"), by_kind]


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


# -- the three distributions ------------------------------------------------------------------------------------------


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


Encoder = Annotated[GaussianEncoder | FlowEncoder | CategoricalEncoder, Field(discriminator="kind"), by_kind]


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


Likelihood = Annotated[BernoulliLikelihood | CategoricalLikelihood, Field(discriminator="kind"), by_kind]


# -- the objective ----------------------------------------------------------------------------------------------------


class NoRate(Part):
    """No rate term: an unregularised autoencoder."""

    title: ClassVar[str] = "None"
    paper: ClassVar[str] = "I, section 2"

    kind: Literal["none"] = "none"


class BetaRate(Part):
    """beta * R."""

    title: ClassVar[str] = "Beta times R"
    paper: ClassVar[str] = "B, section 3"

    kind: Literal["beta"] = "beta"
    beta: float = Field(default=1.0, gt=0, le=1e6)
    """Weight of the rate, dimensionless, above 0 up to 1e6."""
    anneal_epochs: int = Field(default=0, ge=0, le=100_000)
    """KL annealing: epochs over which the weight rises linearly from 0 to beta; 0 is none."""


class TargetRate(Part):
    """Minimise D subject to R = R*."""

    title: ClassVar[str] = "Target rate"
    paper: ClassVar[str] = "B, section 4"

    kind: Literal["target"] = "target"
    target_rate: float = Field(default=10.0, ge=0, le=1e5)
    """The rate R* to land on, nats per example, 0 to 1e5."""
    form: Literal["constrained", "penalty"] = "constrained"
    """``constrained`` lands on R* from either side by a learned multiplier; ``penalty`` is the paper's
    weight * |R* - R|, which ends at the slope-minus-weight point of the frontier for every target below it."""
    weight: float = Field(default=1.0, gt=0, le=1e6)
    """Weight of the penalty form, dimensionless, above 0 up to 1e6; the constrained form ignores it."""


RateTerm = Annotated[BetaRate | TargetRate | NoRate, Field(discriminator="kind"), by_kind]


class NoDivergence(Part):
    """No divergence between q(z) and m(z) beyond the one inside the rate."""

    title: ClassVar[str] = "None"

    kind: Literal["none"] = "none"


Divergence = Annotated[NoDivergence, by_kind]


class NoInformation(Part):
    """No mutual-information term."""

    title: ClassVar[str] = "None"

    kind: Literal["none"] = "none"


InformationTerm = Annotated[NoInformation, by_kind]


class Objective(Config):
    """D + rate term + w_d * divergence(q(z), m(z)) - w_i * information(x; z), minimised; nats per example."""

    rate: RateTerm = BetaRate()
    """The term in R."""
    divergence: Divergence = NoDivergence()
    """The divergence between q(z) and m(z); its ``weight`` is w_d."""
    information: InformationTerm = NoInformation()
    """The information term; its ``weight`` is w_i."""


# -- evaluation -------------------------------------------------------------------------------------------------------


class Estimator(Part):
    """A measurement beside R and D; written as a bare string when it has nothing but its kind."""

    @model_serializer(mode="wrap")
    def _as_string_when_bare(self, handler: SerializerFunctionWrapHandler) -> Any:
        written = handler(self)
        return written["kind"] if list(written) == ["kind"] else written


class MutualInformationEstimator(Estimator):
    """I(x;z) as an interval, and KL(q(z)||m(z)): full mixture over the evaluation examples."""

    title: ClassVar[str] = "Mutual information interval"
    paper: ClassVar[str] = "B, section 2; D, section 4"

    kind: Literal["mutual_information"] = "mutual_information"


class ActiveUnitsEstimator(Estimator):
    """Latent dimensions whose posterior mean varies over x by at least 0.05."""

    title: ClassVar[str] = "Active units"
    paper: ClassVar[str] = "X, section 4"

    kind: Literal["active_units"] = "active_units"


class SourceInformationEstimator(Estimator):
    """What z tells of the toy model's true class, I(z; z*), and how far R + D lies above H: the truth is known."""

    title: ClassVar[str] = "Information with the source"
    paper: ClassVar[str] = "B, section 4 and appendix E"

    kind: Literal["source_information"] = "source_information"


EstimatorTerm = Annotated[
    MutualInformationEstimator | ActiveUnitsEstimator | SourceInformationEstimator,
    Field(discriminator="kind"),
    by_kind,
]


class Evaluation(Config):
    """What is measured beside rate, distortion and their sum, on held-out data."""

    estimators: Annotated[tuple[EstimatorTerm, ...], Field(max_length=32)] = (
        MutualInformationEstimator(),
        ActiveUnitsEstimator(),
    )
    """Estimators by kind; rate, distortion and negative ELBO are always measured."""


# -- data, architecture, training -------------------------------------------------------------------------------------


class Dataset(Config):
    """Which images, binarised how, and how many of them."""

    name: str = Field(default=DEFAULT_DATASET, pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    """Name in the data set table, or of an upload: lower-case letters, digits, dot, dash, underscore."""
    binarize: Literal["static", "dynamic", "threshold", "none"] = "static"
    """``static``: one fixed seeded Bernoulli draw; ``dynamic``: a new draw each time an image is trained on
    (measured on the static draw); ``threshold``: x >= 0.5; ``none``: the images are binary already."""
    train_limit: int | None = Field(default=None, ge=1)
    """Training images used, drawn by the split's seed; null is all of them."""
    eval_limit: int | None = Field(default=None, ge=2)
    """Test images measured, drawn, never the first n; null is all of them."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Digest of the data set's content; filled in when the specification is written out."""


class Architecture(Config):
    """The tuple (encoder, decoder, marginal), its sizes and its likelihood."""

    encoder: Encoder = GaussianEncoder()
    """The encoder e(z|x)."""
    decoder: Decoder = FactorisedDecoder()
    """The decoder d(x|z)."""
    marginal: Marginal = NormalMarginal()
    """The marginal m(z)."""
    latent_dim: int = Field(default=64, ge=1, le=10_000)
    """Dimensions of z, 1 to 10000."""
    width: float = Field(default=1.0, gt=0, le=16)
    """Factor on the channels and units of every network, above 0 up to 16."""
    likelihood: Likelihood = BernoulliLikelihood()
    """What the decoder's outputs parameterise."""

    @property
    def symbols(self) -> str:
        """The tuple as the figures print it, such as ``-+v``; an unnamed part prints ``?``."""
        return self.encoder.symbol + self.decoder.symbol + self.marginal.symbol


class Training(Config):
    """How long and how fast: Adam."""

    epochs: int = Field(default=10, ge=1, le=100_000)
    """Passes over the training images, 1 to 100000."""
    batch_size: int = Field(default=128, ge=1, le=65_536)
    """Images a step, 1 to 65536; at most the training set."""
    learning_rate: float = Field(default=3e-4, gt=0, le=1e6)
    """Adam's step size, above 0 up to 1e6."""
    schedule: Literal["paper", "constant"] = "paper"
    """``paper``: constant for the first half of the steps, then linear to 0 (B, F.4); ``constant``."""
    normalize_gradients: bool = True
    """Divide each parameter block's gradient by its norm before Adam (B, F.4; Yu et al. 2017)."""


class RunSpec(Config):
    """One training job, written out in full."""

    dataset: Dataset = Dataset()
    """The data."""
    architecture: Architecture = Architecture()
    """The model."""
    objective: Objective = Objective()
    """What is minimised."""
    training: Training = Training()
    """The optimiser."""
    evaluation: Evaluation = Evaluation()
    """What is measured."""
    seed: int = Field(default=0, ge=0, le=2**53 - 1)
    """Seed of every random stream of the run, 0 to 2^53 - 1."""

    def canonical_json(self) -> str:
        """The fields that differ from their class default, and ``spec_version``: sorted, compact, ASCII.

        A field added later with a default leaves every stored digest as it is. A member of a union keeps its ``kind``
        even where that is its own class's default, so that two kinds never collapse into one text.
        """
        written = {"spec_version": SPEC_VERSION, **_without_defaults(self)}
        return json.dumps(written, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @property
    def digest(self) -> str:
        """SHA-256 of :meth:`canonical_json`, the identity of a run."""
        return hashlib.sha256(self.canonical_json().encode("ascii")).hexdigest()


def _without_defaults(config: BaseModel) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        if name == "kind":
            written[name] = value
        elif value != field.default:
            written[name] = _plain(value)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _without_defaults(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value + 0.0  # minus zero and zero are one number, so they get one text
    return value


UNIONS: dict[str, Any] = {
    "encoders": Encoder,
    "decoders": Decoder,
    "marginals": Marginal,
    "networks": Network,
    "autoregressive_networks": AutoregressiveNetwork,
    "likelihoods": Likelihood,
    "rate_terms": RateTerm,
    "divergences": Divergence,
    "information_terms": InformationTerm,
    "estimators": EstimatorTerm,
}
"""Every union by the name of its table."""


def kinds(union: str) -> dict[str, type[Part]]:
    """The members of one of :data:`UNIONS` by their ``kind``."""
    inside = get_args(UNIONS[union])[0]
    members = get_args(inside) if get_origin(inside) in (Union, UnionType) else (inside,)
    return {member.model_fields["kind"].default: member for member in members}
