"""The toy model of paper B, appendix E, whose truth is known: two classes, a noisy position, thirty states of x.

``z* ~ Ber``, ``h | z* ~ N(mu_z*, sigma^2)``, ``x`` is the bin of ``h``. Everything is in nats and in float64, and
nothing is sampled: p*(x), H(x), I(x; z*), the exact curve D = H - R, and Blahut-Arimoto for a decoder that is given.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STATES = 30
"""Bins of h, equally wide on [-1, 1]; what lies outside falls into the first and the last one."""
LATENTS = 30
"""Values of z in the model (K in the paper)."""
WEIGHTS = (0.7, 0.3)
"""Probabilities of the two classes (B); means and scale are ours, chosen for I(x; z*) = 0.5."""
MEANS = (-0.5, 0.5)
SCALE = 0.29998

DEFINITION = hashlib.sha256(
    json.dumps({"states": STATES, "weights": WEIGHTS, "means": MEANS, "scale": SCALE}).encode()
).hexdigest()
"""Identity of the data. Not of its floats: their last bits belong to a machine's mathematical library."""

MOST_ITERATIONS = 200_000
LARGEST_GAP = 1e-10
"""Nats. Where Blahut-Arimoto stops: its bounds on the optimum are this close."""


@dataclass(frozen=True)
class Source:
    """What makes the data, and what an observer of x could know about it.

    Args:
        states: x as a number, shape [X].
        weights: p(z*), shape [Z].
        conditional: p(x|z*), shape [Z, X].
    """

    states: Floats
    weights: Floats
    conditional: Floats

    @property
    def data(self) -> Floats:
        """p*(x), shape [X]."""
        mixed: Floats = self.weights @ self.conditional
        return mixed

    @property
    def posterior(self) -> Floats:
        """p(z*|x), shape [X, Z]."""
        posterior: Floats = self.weights * self.conditional.T / self.data[:, None]
        return posterior

    @property
    def entropy(self) -> float:
        """H(x)."""
        return float(-np.sum(self.data * np.log(self.data)))

    @property
    def information(self) -> float:
        """I(x; z*): the rate of an encoder that is the true posterior."""
        return information(self.data, self.posterior)

    def information_with_source(self, encoder: Floats) -> float:
        """I(z; z*) along z - x - z*, for an encoder e(z|x) of shape [X, K]."""
        joint = encoder.T @ (self.data[:, None] * self.posterior)
        latents = joint.sum(1)
        return information(latents, joint / np.where(latents > 0, latents, 1)[:, None])


@dataclass(frozen=True)
class Model:
    """Encoder e(z|x) [X, K], decoder d(x|z) [K, X] and marginal m(z) [K] as tables."""

    encoder: Floats
    decoder: Floats
    marginal: Floats

    def rate(self, data: Floats) -> float:
        """R under p*(x)."""
        return float(data @ _plog(self.encoder, self.encoder / self.marginal).sum(1))

    def distortion(self, data: Floats) -> float:
        """D under p*(x)."""
        return float(-data @ _plog(self.encoder, self.decoder.T).sum(1))


@dataclass(frozen=True)
class Curve:
    """Points of the rate-distortion plane, nats, shape [N] each."""

    rate: Floats
    distortion: Floats


def make_source(scale: float = SCALE) -> Source:
    """The source of appendix E.

    Args:
        scale: sigma, above 0.
    """
    edges = np.linspace(-1, 1, STATES + 1)
    below = np.array([[_normal_cdf((edge - mean) / scale) for edge in edges[1:-1]] for mean in MEANS])
    ends = np.zeros((len(MEANS), 1)), np.ones((len(MEANS), 1))
    conditional = np.diff(np.concatenate((ends[0], below, ends[1]), axis=1), axis=1)
    return Source(np.linspace(-1, 1, STATES), np.array(WEIGHTS), conditional)


@cache
def source() -> Source:
    """The source with the scale that gives I(x; z*) = 0.5."""
    return make_source()


def information(weights: Floats, conditional: Floats) -> float:
    """I of a pair: ``sum_a p(a) KL(p(b|a) || p(b))``.

    Args:
        weights: p(a), shape [A].
        conditional: p(b|a), shape [A, B].
    """
    return float(weights @ _plog(conditional, conditional / (weights @ conditional)).sum(1))


def best_model(data: Floats, encoder: Floats) -> Model:
    """The decoder and the marginal that an encoder deserves: p_e(x|z) and q(z). Then R = I(x; z) and D = H - R.

    Args:
        data: p*(x), shape [X].
        encoder: e(z|x), shape [X, K], every z of positive probability.
    """
    joint = data[:, None] * encoder
    marginal = joint.sum(0)
    return Model(encoder, joint.T / marginal[:, None], marginal)


def hand_built(latents: int = LATENTS) -> Model:
    """B's figure 2a: each class has its share of the latents, and a latent knows nothing but its class.

    ``e(z|x) = p(c(z)|x) / n_c(z)``, of which the best decoder is ``d(x|z) = p(x|c(z))``.

    Args:
        latents: K; about 70% of them stand for class 0.
    """
    truth = source()
    first = round(latents * WEIGHTS[0])
    classes = np.repeat((0, 1), (first, latents - first))
    sizes = np.bincount(classes, minlength=2)
    return best_model(truth.data, truth.posterior[:, classes] / sizes[classes])


def exact_curve(points: int = 61) -> Curve:
    """D = H - R from R = 0 to H: what the best decoder reaches with any encoder of that information."""
    entropy = source().entropy
    rate = np.linspace(0, entropy, points)
    return Curve(rate, entropy - rate)


def blahut_arimoto(data: Floats, distortion: Floats, slopes: Floats) -> Curve:
    """The least R for each D where what each pair costs is given: one point for each slope ``s = -dR/dD``.

    ``e(z|x) ~ q(z) exp(-s d(x, z))`` and ``q(z) = sum_x p(x) e(z|x)`` in turns, until Blahut's bounds meet
    (Blahut 1972): ``log max_z c(z)`` and ``sum_z q(z) log c(z)`` with ``c(z) = q_new(z) / q(z)``.

    Args:
        data: p(x), shape [X].
        distortion: d(x, z), such as -log d(x|z), nats, shape [X, Z]; infinity is allowed where another z is finite.
        slopes: above 0, shape [S].

    Raises:
        ArithmeticError: the bounds do not meet in :data:`MOST_ITERATIONS`.
    """
    cheapest = distortion.min(1, keepdims=True)
    kernel = np.exp(-slopes[:, None, None] * (distortion - cheapest))
    latents = np.full((len(slopes), distortion.shape[1]), 1 / distortion.shape[1])
    for _ in range(MOST_ITERATIONS):
        ratio = np.einsum("x,sx,sxz->sz", data, 1 / np.einsum("sxz,sz->sx", kernel, latents), kernel)
        gap = np.log(ratio.max(1)) - _plog(latents * ratio, ratio).sum(1)
        latents *= ratio
        if gap.max() <= LARGEST_GAP:
            break
    else:
        raise ArithmeticError(f"Blahut-Arimoto is still {gap.max():.1e} nats from its bound")
    encoder = kernel * latents[:, None, :]
    encoder /= encoder.sum(2, keepdims=True)
    costs = np.where(encoder > 0, encoder * np.where(np.isinf(distortion), 0, distortion), 0)
    return Curve(
        np.array([information(data, each) for each in encoder]),
        np.einsum("x,sxz->s", data, costs),
    )


def _normal_cdf(value: float) -> float:
    return 0.5 * math.erfc(-value / math.sqrt(2))


def _plog(weights: Floats, of: Floats) -> Floats:
    """``weights * log of``, and 0 where the weight is 0."""
    weights, of = np.broadcast_arrays(weights, of)
    out = np.zeros(weights.shape)
    np.log(of, out=out, where=weights > 0)
    return weights * out
