"""What the Lab can compute on request: claims of the papers, each made again on a source whose truth is known."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One of them, in words; ``worker.lab.BENCHES`` computes it."""

    title: str
    paper: str
    """Which paper, and where in it."""
    note: str
    """What one sees, for who has not read the paper."""


BENCHES: dict[str, Bench] = {
    "proposition": Bench(
        title="Two points: what the ELBO does to the latent space",
        paper="InfoVAE (I), proposition 1 and figure 1",
        note="The data are the two numbers −1 and 1. The encoder puts x = 1 at N(c, s²) and x = −1 at N(−c, s²), and "
        "the decoder always has its best scale σ. Under the ELBO the two codes run apart and shrink without end "
        "(c → ∞, s → 0): R grows by c²/2, but log σ gains more. InfoVAE (α = 0 and a large λ, MMD) stays beside m(z). "
        "That is a local optimum only: MMD is bounded, so this objective, too, is unbounded below as σ → 0.",
    ),
    "particles": Bench(
        title="Particles: MMD tells a logistic marginal from a normal one",
        paper="VIMAE (V), equation 15: the MMD with the inverse multiquadric kernel",
        note="500 free particles in two dimensions descend their MMD to a marginal of unit variance; there is no "
        "encoder and no data. What they settle into has the marginal's tails: the excess kurtosis of a normal is 0, "
        "that of a logistic 1.2. The lines hold 50, 90 and 99 % of the marginal.",
    ),
    "duals": Bench(
        title="Duals: how tight a critic's bound on I(x; z) is",
        paper="InfoMax-VAE (X), with the divergences of f-GAN and Donsker-Varadhan",
        note="Pairs of correlated Gaussians whose information is known exactly. Each bound is valued on pairs that "
        "were held out, once with the best critic there is, which shows what sampling alone costs, and once with a "
        "critic that was trained, which shows what learning costs on top. Divergences other than KL are no nats of "
        "information: each is compared with its own truth.",
    ),
}
"""Every one, in the order of the page."""
