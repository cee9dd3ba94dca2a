"""What is measured beside rate and distortion."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from backend.spec.config import Config, Part, by_kind


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


class TruePosteriorEstimator(Estimator):
    """How far e(z|x) lies from the true posterior p(z|x) ~ m(z) d(x|z), by importance sampling.

    ``E_x KL(e(z|x) || p(z|x)) = -ELBO - (-log p(x))``, with log p(x) by importance-weighted samples.
    """

    title: ClassVar[str] = "True posterior"
    paper: ClassVar[str] = "I, section 5.1.2 and figure 4"

    kind: Literal["true_posterior"] = "true_posterior"
    images: int = Field(default=8, ge=1, le=1000)
    """Test images it is measured on, 1 to 1000; at most those there are."""
    samples: int = Field(default=5000, ge=100, le=100_000)
    """Latents weighed for each image, 100 to 100000."""


EstimatorTerm = Annotated[
    MutualInformationEstimator | ActiveUnitsEstimator | SourceInformationEstimator | TruePosteriorEstimator,
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
