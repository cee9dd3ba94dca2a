"""How a point looks: shape says the marginal, fill the encoder, colour the decoder and its network."""

from dataclasses import dataclass

from frontend.theme import Palette

SHAPES = {"-": "circle", "+": "diamond", "v": "triangle-up", "l": "square"}
UNKNOWN_SHAPE = "cross"
UNSELECTED = {"marker": {"opacity": 0.2}}
"""How points look that a brush left out."""
GL_SYMBOLS = {"circle": 0, "square": 1, "diamond": 2, "cross": 3, "triangle-up": 5, "pentagon": 13}
"""Plotly's numbers of the shapes; an open one is 100 more."""

MARGINALS = {"-": "normal", "+": "flow", "v": "VampPrior", "l": "logistic"}
ENCODERS = {"-": "Gaussian", "+": "flow"}
DECODERS = {
    ("-", "conv"): "deconvolution",
    ("-", "mlp"): "dense",
    ("+", "pixelcnnpp"): "PixelCNN++",
    ("+", "pixelcnn"): "PixelCNN",
}
DECODER_FAMILIES = {"-": "factorised", "+": "autoregressive"}
_SLOTS = {("-", "conv"): 0, ("-", "mlp"): 1, ("+", "pixelcnnpp"): 2, ("+", "pixelcnn"): 3}
_OTHERS = (4, 5)


@dataclass(frozen=True)
class Mark:
    """The look of one kind of point."""

    shape: str
    filled: bool
    colour: str

    @property
    def symbol(self) -> str:
        return self.shape if self.filled else f"{self.shape}-open"

    @property
    def number(self) -> int:
        return GL_SYMBOLS[self.shape] + (0 if self.filled else 100)


def decoder_network(networks: str) -> str:
    """The decoder's part of ``encoder/decoder`` networks; one name stands for both."""
    return networks.rpartition("/")[2]


def slot(decoder: str, network: str) -> int:
    """The place of a decoder in the categorical palette, the same on every page and for every filter."""
    known = _SLOTS.get((decoder, network))
    return known if known is not None else _OTHERS[sum(map(ord, decoder + network)) % len(_OTHERS)]


def decoder_name(decoder: str, network: str) -> str:
    """What the legend calls a decoder."""
    named = DECODERS.get((decoder, network))
    if named:
        return f"{named} decoder"
    family = DECODER_FAMILIES.get(decoder, "other")
    return f"{family} decoder, {network}" if network else f"{family} decoder"


def mark(symbols: str, networks: str, colours: Palette) -> Mark:
    """The look of a tuple on these networks."""
    encoder, decoder, marginal = tuple(symbols[:3].ljust(3, "?"))
    return Mark(
        shape=SHAPES.get(marginal, UNKNOWN_SHAPE),
        filled=encoder != "+",
        colour=colours.series[slot(decoder, decoder_network(networks))],
    )
