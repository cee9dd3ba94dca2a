"""What is minimised: the term in R, the divergence between q(z) and m(z), the information term."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backend.spec.config import Config, Part, by_kind


class Critic(Config):
    """A dense network with leaky units that a term trains against the model."""

    layers: int = Field(default=3, ge=1, le=16)
    """Hidden layers of the network that the term trains against the model, 1 to 16."""
    units: int = Field(default=1000, ge=1, le=16384)
    """Units of each of its layers before scaling by the width, 1 to 16384."""
    learning_rate: float = Field(default=5e-4, gt=0, le=1e6)
    """Its Adam step size, above 0 up to 1e6."""
    steps: int = Field(default=1, ge=1, le=100)
    """Its steps for each step of the model, 1 to 100."""


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


class AdversarialRate(Part, Critic):
    """beta * R estimated by the log-odds of a discriminator of (x, z ~ e) against (x, z ~ m); no density of e needed.

    The log-odds of the best discriminator are log e(z|x) - log m(z).
    """

    title: ClassVar[str] = "Beta times R by a discriminator"
    paper: ClassVar[str] = "D, section 6.1; Mescheder et al. 2017"
    bound: ClassVar[str] = "no bound"

    kind: Literal["adversarial"] = "adversarial"
    beta: float = Field(default=1.0, gt=0, le=1e6)
    """Weight of the estimated rate, dimensionless, above 0 up to 1e6."""


RateTerm = Annotated[BetaRate | TargetRate | NoRate | AdversarialRate, Field(discriminator="kind"), by_kind]


class NoDivergence(Part):
    """No divergence between q(z) and m(z) beyond the one inside the rate."""

    title: ClassVar[str] = "None"

    kind: Literal["none"] = "none"


class WeightedDivergence(Part):
    """A divergence between q(z) and m(z), from samples of both."""

    weight: float = Field(default=1.0, ge=0, le=1e6)
    """w_d, 0 to 1e6, in nats for each unit of the divergence."""


class MmdDivergence(WeightedDivergence):
    """Squared maximum mean discrepancy, unbiased: ``E k(z, z') - 2 E k(z, y) + E k(y, y')``, z ~ q, y ~ m.

    With ``c`` the bandwidth, rbf is ``k = exp(-d^2 / c)`` and imq ``k = c / (c + d^2)``.
    """

    title: ClassVar[str] = "Squared maximum mean discrepancy"
    paper: ClassVar[str] = "I, section 4.1; V, section 5"
    unit: ClassVar[str] = "1"

    kind: Literal["mmd"] = "mmd"
    kernel: Literal["rbf", "imq"] = "rbf"
    """``rbf``: Gaussian; ``imq``: inverse multiquadric, with heavy tails."""
    bandwidth: Literal["dimension", "median"] = "dimension"
    """``dimension``: c = 2 latent_dim; ``median``: c is the median squared distance between the points of a batch."""


class SteinDivergence(WeightedDivergence):
    """KL(q(z) || m(z)) by its Stein variational gradient, smoothed by a kernel: a direction without a value."""

    title: ClassVar[str] = "Stein variational gradient"
    paper: ClassVar[str] = "I, appendix B; Liu and Wang 2016"
    unit: ClassVar[str] = "1"

    kind: Literal["stein"] = "stein"
    bandwidth: Literal["dimension", "median"] = "dimension"
    """Of the kernel ``exp(-d^2 / c)``. ``dimension``: c = 2 latent_dim; ``median``: c is the median squared distance
    between the points of a batch."""


class AdversarialDivergence(WeightedDivergence, Critic):
    """Jensen-Shannon divergence of q(z) and m(z) by a discriminator of codes."""

    title: ClassVar[str] = "Adversarial (Jensen-Shannon)"
    paper: ClassVar[str] = "I, section 4.1; D, section 6.1 and appendix K.5.3; Makhzani et al. 2015"
    bound: ClassVar[str] = "lower bound"

    kind: Literal["adversarial"] = "adversarial"
    encoder_loss: Literal["non-saturating", "minimax"] = "non-saturating"
    """What the encoder descends: ``minimax``, the divergence itself, whose gradient vanishes where the discriminator is
    sure; ``non-saturating``, half of -log of the discriminator's belief that a code is from m(z). With the half, which
    Makhzani's loss has not, both have the same slope at even odds, and lambda = 1 weighs the divergence itself."""


class KlDivergence(WeightedDivergence, Critic):
    """KL(q(z) || m(z)) as the mean log-odds of a discriminator of codes: a density ratio, no bound."""

    title: ClassVar[str] = "Kullback-Leibler by density ratio"
    paper: ClassVar[str] = "I, section 4; D, section 6.1 and appendix B"
    bound: ClassVar[str] = "no bound"

    kind: Literal["kl"] = "kl"


Divergence = Annotated[
    NoDivergence | MmdDivergence | SteinDivergence | AdversarialDivergence | KlDivergence,
    Field(discriminator="kind"),
    by_kind,
]


class NoInformation(Part):
    """No mutual-information term."""

    title: ClassVar[str] = "None"

    kind: Literal["none"] = "none"


class InformationCritic(Part, Critic):
    """An information term of a critic t(x, z), trained on pairs (x, z ~ e) against pairs with z shuffled."""

    paper: ClassVar[str] = "X, section 5.2 and appendix C"
    bound: ClassVar[str] = "lower bound"

    kind: str
    weight: float = Field(default=1.0, ge=0, le=1e6)
    """w_i, 0 to 1e6, in nats for each unit of the term."""
    learning_rate: float = Field(default=1e-4, gt=0, le=1e6)
    """The critic's Adam step size, above 0 up to 1e6 (X, appendix D: 1e-4)."""
    layers: int = Field(default=2, ge=1, le=16)
    """Hidden layers of the critic, 1 to 16."""
    units: int = Field(default=512, ge=1, le=16384)
    """Units of each of its layers before scaling by the width, 1 to 16384."""


class KlInformation(InformationCritic):
    """Mutual information, the KL of joint and product, by its f-dual: ``E_joint t - E_product exp(t - 1)``."""

    title: ClassVar[str] = "Mutual information (f-dual of KL)"

    kind: Literal["kl"] = "kl"


class DonskerVaradhanInformation(InformationCritic):
    """Mutual information by the Donsker-Varadhan dual: ``E_joint t - log E_product exp(t)``, tighter than the f-dual.

    The gradient of the logarithm of a batch mean is biased; a moving average in its denominator corrects that.
    """

    title: ClassVar[str] = "Mutual information (Donsker-Varadhan)"
    paper: ClassVar[str] = "X, appendix C; Belghazi et al. 2018"

    kind: Literal["donsker_varadhan"] = "donsker_varadhan"
    average_rate: float = Field(default=0.01, gt=0, le=1)
    """Share of the newest batch in the moving average of E exp(t), above 0 up to 1; 1 is no correction."""


class JsInformation(InformationCritic):
    """Jensen-Shannon divergence of joint and product in f-GAN's scale, at most 2 log 2: twice the usual one."""

    title: ClassVar[str] = "Jensen-Shannon information"
    paper: ClassVar[str] = "X, section 5.2; Nowozin et al. 2016"

    kind: Literal["js"] = "js"


class PearsonInformation(InformationCritic):
    """Pearson's chi^2 of joint and product: ``E_product (p/q - 1)^2``, unbounded and of large variance."""

    title: ClassVar[str] = "Pearson information"
    paper: ClassVar[str] = "X, section 5.2; Nowozin et al. 2016"
    unit: ClassVar[str] = "1"

    kind: Literal["pearson"] = "pearson"


class HellingerInformation(InformationCritic):
    """Squared Hellinger distance of joint and product, the integral of (sqrt p - sqrt q)^2, at most 2."""

    title: ClassVar[str] = "Squared Hellinger information"
    paper: ClassVar[str] = "X, section 5.2; Nowozin et al. 2016"
    unit: ClassVar[str] = "1"

    kind: Literal["hellinger"] = "hellinger"


class TvInformation(InformationCritic):
    """Total variation of joint and product, half the integral of |p - q|, at most 1."""

    title: ClassVar[str] = "Total variation information"
    paper: ClassVar[str] = "X, section 5.2; Nowozin et al. 2016"
    unit: ClassVar[str] = "1"

    kind: Literal["tv"] = "tv"


InformationTerm = Annotated[
    NoInformation
    | KlInformation
    | DonskerVaradhanInformation
    | JsInformation
    | PearsonInformation
    | HellingerInformation
    | TvInformation,
    Field(discriminator="kind"),
    by_kind,
]


class Objective(Config):
    """D + rate term + w_d * divergence(q(z), m(z)) - w_i * information(x; z), minimised; nats per example."""

    rate: RateTerm = BetaRate()
    """The term in R."""
    divergence: Divergence = NoDivergence()
    """The divergence between q(z) and m(z); its ``weight`` is w_d."""
    information: InformationTerm = NoInformation()
    """The information term; its ``weight`` is w_i."""
