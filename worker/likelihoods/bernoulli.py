"""Binary pixels."""

import torch.nn.functional as F
from torch import Tensor

from backend.spec import BernoulliLikelihood


class Bernoulli:
    """d(x_i|l_i) = sigmoid(l_i)^x_i (1 - sigmoid(l_i))^(1 - x_i); its -log has no constant."""

    outputs = 1

    def __init__(self, config: BernoulliLikelihood) -> None:
        pass

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        return -F.binary_cross_entropy_with_logits(outputs, x, reduction="none").flatten(1).sum(1)

    def mean(self, outputs: Tensor) -> Tensor:
        return outputs.sigmoid()

    def entropy(self, outputs: Tensor) -> Tensor:
        """``log(1 + e^-|l|) + |l| sigmoid(-|l|)``: nothing cancels where the pixel is all but certain."""
        certainty = outputs.abs()
        return F.softplus(-certainty) + certainty * (-certainty).sigmoid()

    def sample(self, outputs: Tensor, uniforms: Tensor) -> Tensor:
        return (uniforms < outputs.sigmoid()).to(outputs.dtype)
