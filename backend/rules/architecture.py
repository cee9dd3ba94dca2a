"""Parts of a model that do not go together, or not with the data."""

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem
from backend.spec import Architecture, RunSpec

WITHOUT_DENSITY = ("deterministic", "implicit")
"""Kinds of encoder whose e(z|x) can be drawn from, and not weighed."""


def broken_by_architecture(spec: RunSpec, facts: DatasetFacts) -> list[FieldProblem]:
    """Encoder, decoder, marginal and likelihood against one another and against the data."""
    architecture = spec.architecture
    return [
        *_categorical_parts(architecture, facts),
        *_gaussian_likelihood(architecture, facts),
        *_pixelcnn(architecture, facts),
        *_vamp(architecture, spec.dataset.train_limit or facts.splits["train"]),
    ]


def _categorical_parts(architecture: Architecture, facts: DatasetFacts) -> list[FieldProblem]:
    """A one-hot z is made, weighed and read by categorical parts only, and one-hot images by a categorical likelihood.

    A categorical encoder may have a factorised decoder, which reads the one-hot z as numbers.
    """
    encoder, decoder = architecture.encoder.kind, architecture.decoder.kind
    marginal, likelihood = architecture.marginal.kind, architecture.likelihood.kind
    wrong: list[tuple[str, str]] = []
    if (encoder == "categorical") != (marginal == "categorical"):
        part, other = ("marginal", "encoder") if encoder == "categorical" else ("encoder", "marginal")
        wrong.append((part, f"the {other} is categorical, over one-hot z: the {part} has to be categorical too"))
    if decoder == "categorical" and encoder != "categorical":
        wrong.append(("decoder", f"a categorical decoder reads one-hot z, which an encoder of kind {encoder} lacks"))
    if decoder == "categorical" and likelihood != "categorical":
        wrong.append(("likelihood", "a categorical decoder says which pixel is lit: the likelihood is categorical"))
    if facts.values != "one-hot":
        wrong += [
            (part, f"is for one-hot images; those of {facts.name} are {facts.values}")
            for part, kind in (("encoder", encoder), ("decoder", decoder), ("likelihood", likelihood))
            if kind == "categorical"
        ]
    return [FieldProblem(("architecture", part), msg) for part, msg in wrong]


def _gaussian_likelihood(architecture: Architecture, facts: DatasetFacts) -> list[FieldProblem]:
    """Real-valued data has a density, not a probability: a Gaussian likelihood is for it alone, and it needs one."""
    likelihood, decoder = architecture.likelihood.kind, architecture.decoder.kind
    real, gaussian = facts.values == "real", likelihood == "gaussian"
    if gaussian and not real:
        msg = (
            f"a Gaussian likelihood is a density, for real-valued data; the images of {facts.name} are {facts.values}, "
            "and D would no longer be a code length in nats: choose bernoulli"
        )
        return [FieldProblem(("architecture", "likelihood"), msg)]
    if real and not gaussian:
        msg = (
            f"the data of {facts.name} is real-valued: a likelihood of kind {likelihood} has no density there, "
            "choose gaussian"
        )
        return [FieldProblem(("architecture", "likelihood"), msg)]
    if gaussian and decoder != "factorised":
        msg = f"a decoder of kind {decoder} has no Gaussian likelihood: choose factorised"
        return [FieldProblem(("architecture", "decoder"), msg)]
    return []


def _pixelcnn(architecture: Architecture, facts: DatasetFacts) -> list[FieldProblem]:
    """An autoregressive decoder needs rows and columns, and pixels that are drawn one after the other."""
    if architecture.decoder.kind != "pixelcnn":
        return []
    if min(facts.height, facts.width) < 2:
        return [
            FieldProblem(
                ("architecture", "decoder"),
                f"a pixelcnn decoder needs images of at least 2 x 2 pixels; those of {facts.name} are "
                f"{facts.height} x {facts.width}: choose factorised",
            )
        ]
    if architecture.likelihood.kind == "categorical":
        msg = "a pixelcnn decoder draws one pixel after the other: choose bernoulli"
        return [FieldProblem(("architecture", "likelihood"), msg)]
    return []


def _vamp(architecture: Architecture, images: int) -> list[FieldProblem]:
    """A VampPrior starts from distinct training images, and weighs one z under the encoder of every pseudo-input."""
    encoder, marginal = architecture.encoder, architecture.marginal
    found: list[FieldProblem] = []
    if marginal.kind != "vamp":
        return found
    if encoder.kind in WITHOUT_DENSITY:
        found.append(
            FieldProblem(
                ("architecture", "marginal"),
                f"a VampPrior is a mixture of e(z|x) at its pseudo-inputs, and an encoder of kind {encoder.kind} has "
                "no density to mix: choose normal, flow or logistic, or an encoder with a density",
            )
        )
    if getattr(getattr(encoder, "network", None), "kind", "") == "dcgan":
        found.append(
            FieldProblem(
                ("architecture", "encoder", "network"),
                "while training, a dcgan encoder normalises images by the statistics of their batch and a VampPrior's "
                "pseudo-inputs by those of the pseudo-inputs: m(z) would be a mixture of another encoder, and R no "
                "rate under it. Choose the network strided, or the marginal normal, flow or logistic",
            )
        )
    if marginal.pseudo_inputs > images:
        found.append(
            FieldProblem(
                ("architecture", "marginal", "pseudo_inputs"),
                f"{marginal.pseudo_inputs} pseudo-inputs start from as many training images, of which there are "
                f"{images}: lower architecture.marginal.pseudo_inputs, or raise dataset.train_limit",
            )
        )
    if encoder.kind == "flow" and encoder.context:
        found.append(
            FieldProblem(
                ("architecture", "encoder", "context"),
                "a VampPrior would have to turn a flow that sees x round for every pseudo-input and every z: leave "
                "context false, or choose another marginal",
            )
        )
    return found
