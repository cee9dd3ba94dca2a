"""One training job written out in full, and the digest that names it."""

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from backend.spec.config import Config
from backend.spec.evaluation import Evaluation
from backend.spec.objective import Objective
from backend.spec.parts import (
    BernoulliLikelihood,
    Decoder,
    Encoder,
    FactorisedDecoder,
    GaussianEncoder,
    Likelihood,
    Marginal,
    NormalMarginal,
)

SPEC_VERSION = 1
"""Goes into every digest. It changes only if the meaning of a stored specification changes."""

DEFAULT_DATASET = "digits"


def _by_id(value: Any) -> Any:
    return {"run": value} if isinstance(value, str) else value


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


class Continued(Config):
    """The run whose weights another one starts from: a bare id stands for it."""

    run: str = Field(min_length=1, max_length=64)
    """Id of a run that has succeeded."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Digest of its checkpoint; filled in when the specification is written out."""
    epochs: int | None = Field(default=None, ge=1)
    """Epochs behind that checkpoint, those of the runs that it continues counted; filled in like the digest."""


class Training(Config):
    """How long and how fast: Adam."""

    epochs: int = Field(default=10, ge=1, le=100_000)
    """Passes over the training images, 1 to 100000; of a run that continues another, on top of that one's."""
    batch_size: int = Field(default=128, ge=1, le=65_536)
    """Images a step, 1 to 65536; at most the training set."""
    learning_rate: float = Field(default=3e-4, gt=0, le=1e6)
    """Adam's step size, above 0 up to 1e6."""
    schedule: Literal["paper", "constant"] = "paper"
    """``paper``: constant for the first half of the steps, then linear to 0 (B, F.4); ``constant``."""
    normalize_gradients: bool = True
    """Divide each parameter block's gradient by its norm before Adam (B, F.4; Yu et al. 2017)."""
    continues: Annotated[Continued | None, BeforeValidator(_by_id, json_schema_input_type=str | Continued | None)] = (
        None
    )
    """A run whose weights this one starts from, instead of from random ones; null is from the start."""

    @property
    def epochs_before(self) -> int:
        """Epochs behind the weights that the run starts from; 0 where they are random."""
        return (self.continues.epochs or 0) if self.continues else 0


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
        written = {"spec_version": SPEC_VERSION, **without_defaults(self)}
        return json.dumps(written, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @property
    def digest(self) -> str:
        """SHA-256 of :meth:`canonical_json`, the identity of a run."""
        return hashlib.sha256(self.canonical_json().encode("ascii")).hexdigest()


def without_defaults(config: BaseModel) -> dict[str, Any]:
    """The fields of a part of a specification that differ from their class default, and its ``kind``."""
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
        return without_defaults(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value + 0.0  # minus zero and zero are one number, so they get one text
    return value
