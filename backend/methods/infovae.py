"""InfoVAE: ``D + (1 - alpha) R + (alpha + lambda - 1) divergence(q(z), m(z))`` (I, equation 6)."""

from collections.abc import Mapping
from typing import Any

from backend.errors import FieldProblem
from backend.methods.contract import NONE, Knob, Knobs, Method, Tree, beta_rate, terms, terms_of, weighted

MOST = 10**6
"""Of any weight."""
DECIMALS = 12
"""Of the weights: 1 - 0.9 is 0.1, as a person would write it, and 0.1 is read as alpha = 0.9 again."""


def _rate_weight(knobs: Knobs) -> float:
    return float(round(1 - knobs["alpha"], DECIMALS))


def _divergence_weight(knobs: Knobs) -> float:
    return float(round(knobs["alpha"] + knobs["lambda"] - 1, DECIMALS))


def _objective(knobs: Knobs) -> Tree:
    beta = _rate_weight(knobs)
    divergence = weighted(knobs["divergence"], _divergence_weight(knobs))
    return terms(rate=beta_rate(beta) if beta else NONE, divergence=divergence)


def _read(objective: Mapping[str, Any]) -> Knobs:
    rate, divergence = objective["rate"], objective["divergence"]
    alpha = 1.0 if rate["kind"] == "none" else round(1 - rate["beta"], DECIMALS)
    scale = round(divergence["weight"] + 1 - alpha, DECIMALS)
    return {"alpha": alpha, "lambda": scale, "divergence": divergence["kind"]}


def _problems(knobs: Knobs, given: Knobs) -> list[FieldProblem]:
    """The conditions under which the objective is a divergence (I, section 4), and the range of its weights."""
    alpha, scale = knobs["alpha"], knobs["lambda"]
    found = []
    if alpha > 1:
        found.append(
            FieldProblem(
                ("alpha",),
                "alpha <= 1: with the closed-form KL, (1 - alpha) R would reward R without end, and the encoder's "
                "scale goes to 0 (I, section 4; X, appendix A). infomax-vae has no such limit",
            )
        )
    if alpha < 1 - MOST:
        found.append(FieldProblem(("alpha",), f"alpha >= {1 - MOST}: the rate's weight 1 - alpha is at most {MOST}"))
    if scale < 0:
        found.append(
            FieldProblem(("lambda",), "lambda >= 0: below it, a divergence of q(z) from m(z) would be rewarded (I)")
        )
    if scale > MOST:
        found.append(FieldProblem(("lambda",), f"lambda <= {MOST}, the largest weight there is"))
    if not found and _divergence_weight(knobs) < 0:
        field = "lambda" if "lambda" in given else "alpha"
        found.append(
            FieldProblem(
                (field,),
                f"alpha + lambda >= 1: the divergence's weight alpha + lambda - 1 is {_divergence_weight(knobs):.6g} "
                "here, and a divergence would be maximised (I, equation 6): raise lambda to "
                f"{max(1 - alpha, 0):.10g} or more",
            )
        )
    return found


INFOVAE = Method(
    name="infovae",
    title="InfoVAE",
    paper="I, section 4",
    formula="D + (1 - alpha) R + (alpha + lambda - 1) divergence(q(z), m(z))",
    knobs=(
        Knob(
            name="alpha",
            default=0.0,
            path=("rate", "beta"),
            title="α, preference for information",
            schema={
                "type": "number",
                "title": "Alpha",
                "maximum": 1,
                "minimum": 1 - MOST,
                "description": "Dimensionless, at most 1; the rate's weight is 1 - alpha.",
            },
        ),
        Knob(
            name="lambda",
            default=1000.0,
            path=("divergence", "weight"),
            title="λ, weight of the match of q(z) and m(z)",
            schema={
                "type": "number",
                "title": "Lambda",
                "minimum": 0,
                "maximum": MOST,
                "description": "0 to 1e6, and at least 1 - alpha; the divergence's weight, in nats for each of its "
                "units, is alpha + lambda - 1.",
            },
        ),
        Knob(
            name="divergence",
            default="mmd",
            path=("divergence",),
            title="divergence of q(z) from m(z)",
            choices=terms_of("divergences"),
        ),
    ),
    objective=_objective,
    read=_read,
    problems=_problems,
)
