"""The table of named methods: what each one minimises, and which knobs it shows.

A method is a row; it expands to a part of a specification. The first row that a specification matches names a run that
was not asked for by method, so rows go from the special to the general.
"""

from collections.abc import Callable, Mapping
from typing import Any

from backend.methods.contract import Knob, Knobs, Method, Tree, beta_rate, terms, terms_of, weighted
from backend.methods.infovae import INFOVAE
from backend.spec import RunSpec

__all__ = ["CUSTOM", "METHODS", "Knob", "Method", "knobs_of", "method_of"]

CUSTOM = "custom"
"""The method of a specification that no row matches."""

_MMD_IMQ = {"kind": "mmd", "kernel": "imq"}
_WAE = "D + lambda MMD(q(z), m(z))"


def _weight(default: float) -> Knob:
    return Knob(name="lambda", default=default, path=("divergence", "weight"), title="λ, weight of the divergence")


def _beta(default: float) -> Knob:
    return Knob(name="beta", default=default, path=("rate", "beta"), title="β, weight of the rate")


def _divergence_alone(divergence: Any) -> Callable[[Knobs], Tree]:
    """No rate term, and one divergence weighted by lambda."""
    return lambda knobs: terms(divergence=weighted(divergence, knobs["lambda"]))


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            name="vae",
            title="VAE",
            paper="B, section 3",
            formula="D + R",
            objective=lambda knobs: terms(rate=beta_rate(1.0)),
        ),
        Method(
            name="beta-vae",
            title="Beta-VAE",
            paper="B, section 3; X, section 4",
            formula="D + beta R",
            knobs=(_beta(4.0),),
            objective=lambda knobs: terms(rate=beta_rate(knobs["beta"])),
        ),
        Method(
            name="target-rate",
            title="Target rate",
            paper="B, section 4",
            formula="D subject to R = R*",
            knobs=(
                Knob(name="target_rate", default=10.0, path=("rate", "target_rate"), title="target rate R* (nats)"),
            ),
            objective=lambda knobs: terms(rate={"kind": "target", "target_rate": knobs["target_rate"]}),
        ),
        Method(
            name="autoencoder",
            title="Autoencoder",
            paper="I, section 2",
            formula="D",
            objective=lambda knobs: terms(),
        ),
        Method(
            name="mmd-vae",
            title="MMD-VAE (InfoVAE at alpha = 1)",
            paper="I, section 5.2",
            formula=f"{_WAE}, Gaussian kernel",
            knobs=(_weight(1000.0),),
            objective=_divergence_alone({"kind": "mmd", "kernel": "rbf"}),
        ),
        Method(
            name="stein-vae",
            title="Stein-VAE (InfoVAE at alpha = 1)",
            paper="I, appendix B",
            formula="D + lambda KL(q(z) || m(z)), by its Stein variational gradient",
            knobs=(_weight(1.0),),
            objective=_divergence_alone("stein"),
        ),
        Method(
            name="aae",
            title="Adversarial autoencoder",
            paper="I, section 4; D, section 6.1; Makhzani et al. 2015",
            formula="D + lambda JS(q(z), m(z))",
            knobs=(_weight(1.0),),
            objective=_divergence_alone("adversarial"),
        ),
        Method(
            name="vimae-l",
            title="VIMAE, logistic",
            paper="V, section 5",
            formula=f"{_WAE}, inverse multiquadric kernel, logistic m(z)",
            knobs=(_weight(10.0),),
            objective=_divergence_alone(_MMD_IMQ),
            architecture={"marginal": {"kind": "logistic"}},
        ),
        Method(
            name="vimae-n",
            title="VIMAE, normal",
            paper="V, section 5",
            formula=f"{_WAE}, inverse multiquadric kernel, normal m(z)",
            knobs=(_weight(10.0),),
            objective=_divergence_alone(_MMD_IMQ),
            architecture={"marginal": {"kind": "normal"}},
        ),
        Method(
            name="wae-mmd",
            title="Wasserstein autoencoder",
            paper="V, section 4; Tolstikhin et al. 2018",
            formula=f"{_WAE}, inverse multiquadric kernel",
            knobs=(_weight(10.0),),
            objective=_divergence_alone(_MMD_IMQ),
        ),
        Method(
            name="marginal-kl",
            title="VAE with a marginal KL",
            paper="D, appendix B",
            formula="D + R + lambda KL(q(z) || m(z))",
            knobs=(_weight(1.0),),
            objective=lambda knobs: terms(rate=beta_rate(1.0), divergence=weighted("kl", knobs["lambda"])),
        ),
        INFOVAE,
        Method(
            name="infomax-vae",
            title="InfoMax-VAE",
            paper="X, section 5",
            formula="D + beta R - alpha divergence(q(x, z), q(x) q(z))",
            knobs=(
                Knob(name="alpha", default=10.0, path=("information", "weight"), title="α, weight of the information"),
                _beta(1.0),
                Knob(
                    name="divergence",
                    default="kl",
                    path=("information",),
                    title="divergence of q(x, z) from q(x) q(z)",
                    choices=terms_of("information_terms"),
                ),
            ),
            objective=lambda knobs: terms(
                rate=beta_rate(knobs["beta"]), information=weighted(knobs["divergence"], knobs["alpha"])
            ),
            read=lambda objective: {
                "alpha": objective["information"]["weight"],
                "beta": objective["rate"]["beta"],
                "divergence": objective["information"]["kind"],
            },
        ),
        Method(
            name="adversarial-vb",
            title="Adversarial variational Bayes",
            paper="D, section 6.1; Mescheder et al. 2017",
            formula="D + beta R, with R = E[log e(z|x) - log m(z)] estimated by a discriminator",
            knobs=(_beta(1.0),),
            objective=lambda knobs: terms(rate={"kind": "adversarial", "beta": knobs["beta"]}),
            architecture={"encoder": {"kind": "implicit"}},
        ),
    )
}


def method_of(spec: RunSpec) -> str:
    """The name of the first method that expands to this specification, else ``custom``."""
    objective, marginal = spec.objective.model_dump(), spec.architecture.marginal.kind
    return next((name for name, row in METHODS.items() if row.knobs_of(objective, marginal) is not None), CUSTOM)


def knobs_of(name: str, spec: Mapping[str, Any]) -> Tree | None:
    """The knobs by which a method makes this specification; None where it does not, or is no method.

    Args:
        name: of the method.
        spec: written out in full, as JSON.
    """
    method = METHODS.get(name)
    return method.knobs_of(spec["objective"], spec["architecture"]["marginal"]["kind"]) if method else None
