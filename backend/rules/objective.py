"""Terms of an objective that a model cannot have: a density that is not there, a gradient that is not there."""

from backend.errors import FieldProblem
from backend.methods import METHODS
from backend.rules.architecture import WITHOUT_DENSITY
from backend.spec import RunSpec


def broken_by_objective(spec: RunSpec) -> list[FieldProblem]:
    """The rate term, the divergence and the information term against the encoder, and annealing against the epochs."""
    encoder = spec.architecture.encoder.kind
    return [
        *_annealing(spec),
        *(_without_density(spec) if encoder in WITHOUT_DENSITY else []),
        *(_one_hot(spec) if encoder == "categorical" else []),
    ]


def _annealing(spec: RunSpec) -> list[FieldProblem]:
    anneal, epochs = getattr(spec.objective.rate, "anneal_epochs", 0), spec.training.epochs
    if anneal <= epochs:
        return []
    return [
        FieldProblem(
            ("objective", "rate", "anneal_epochs"),
            f"annealing over {anneal} epochs never ends in {epochs} epochs of training: lower "
            "objective.rate.anneal_epochs, or raise training.epochs",
        )
    ]


def _without_density(spec: RunSpec) -> list[FieldProblem]:
    """A point e(z|x) lies infinitely far from any m(z); a sampler has a density that nobody can compute."""
    encoder, rate, divergence = spec.architecture.encoder.kind, spec.objective.rate.kind, spec.objective.divergence.kind
    found = []
    if encoder == "deterministic" and rate != "none":
        way_out = (
            "choose the encoder implicit, gaussian or flow"
            if rate == "adversarial"
            else f"choose none as rate term (methods {', '.join(_without_rate())}), or the encoder gaussian"
        )
        found.append(
            FieldProblem(
                ("objective", "rate"),
                "a deterministic encoder has no density: e(z|x) is a point, KL(e(z|x) || m(z)) is infinite, and R with "
                f"it: {way_out}",
            )
        )
    if encoder == "deterministic" and divergence == "kl":
        found.append(
            FieldProblem(
                ("objective", "divergence"),
                "with a deterministic encoder q(z) is one point for each image and has no density: KL(q(z) || m(z)) is "
                "infinite, and its density ratio without bound. MMD and Jensen-Shannon stay finite (V, section 4; D, "
                "section 6.1): choose mmd, stein or adversarial, or the encoder gaussian",
            )
        )
    if encoder == "implicit" and rate in ("beta", "target"):
        found.append(
            FieldProblem(
                ("objective", "rate"),
                f"an implicit encoder is a sampler without a density: a rate term of kind {rate} needs log e(z|x). "
                "Choose adversarial, which estimates it by a discriminator (method adversarial-vb; D, section 6.1), or "
                "none (such as method aae)",
            )
        )
    return found


def _without_rate() -> list[str]:
    """The methods that have no rate term, whatever their knobs."""
    return [name for name, method in METHODS.items() if method.expand({})["objective"]["rate"]["kind"] == "none"]


def _one_hot(spec: RunSpec) -> list[FieldProblem]:
    """A draw of a one-hot z is a choice: no gradient goes through it to the encoder."""
    objective = spec.objective
    wrong = {
        "rate": objective.rate.kind == "adversarial",
        "divergence": objective.divergence.kind != "none",
        "information": objective.information.kind != "none",
    }
    return [
        FieldProblem(
            ("objective", term),
            f"a categorical encoder draws a one-hot z, and no gradient goes through a draw: a term of kind "
            f"{getattr(objective, term).kind} would not train it. R and D are summed over z: choose the methods vae, "
            "beta-vae, target-rate or autoencoder, or the encoder gaussian",
        )
        for term, broken in wrong.items()
        if broken
    ]
