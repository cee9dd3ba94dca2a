"""Every union of the specification by the name of its table."""

from types import UnionType
from typing import Any, Union, get_args, get_origin

from backend.spec.config import Part
from backend.spec.evaluation import EstimatorTerm
from backend.spec.networks import AutoregressiveNetwork, Network
from backend.spec.objective import Divergence, InformationTerm, RateTerm
from backend.spec.parts import Decoder, Encoder, Likelihood, Marginal

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
