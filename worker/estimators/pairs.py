"""What all pairs of latents and images may cost, and how well their densities have to be known."""

LARGEST_ERROR = 0.01
"""Nats. A mixture whose densities are known no better says nothing: the encoder's scales are far too small."""
PAIRS_AT_ONCE = 4_000_000
"""32 MB in float64."""
MOST_INVERTED = 500
"""Examples where every pair takes an inverse of the flow."""
INVERTED_AT_ONCE = 5_000
"""Pairs that each take an inverse: about a second's work at the paper's width."""
