"""One-hot images: which of the pixels is lit."""

import torch
from torch import Tensor

from backend.spec import CategoricalLikelihood


class Categorical:
    """d(x|l) = softmax(l)_j, where j is the pixel that is lit: over all pixels of an image, channels included."""

    outputs = 1

    def __init__(self, config: CategoricalLikelihood) -> None:
        pass

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        lit = x.flatten(1).argmax(1, keepdim=True)
        return outputs.flatten(1).log_softmax(1).gather(1, lit).squeeze(1)

    def mean(self, outputs: Tensor) -> Tensor:
        return outputs.flatten(1).softmax(1).view_as(outputs)

    def entropy(self, outputs: Tensor) -> None:
        """One pixel is lit of all: they are not independent."""

    def sample(self, outputs: Tensor, uniforms: Tensor) -> Tensor:
        """The largest of logits plus Gumbel noise, which the uniforms of all pixels make together."""
        scores = (outputs - uniforms.log().neg().log()).flatten(-3)
        lit = torch.nn.functional.one_hot(scores.argmax(-1), scores.shape[-1])
        return lit.to(outputs.dtype).view(uniforms.shape)
