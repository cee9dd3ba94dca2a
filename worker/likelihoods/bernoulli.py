"""Binary pixels."""

import torch.nn.functional as F
from torch import Tensor

from backend.spec import BernoulliLikelihood
from worker.rng import Noise


class Bernoulli:
    """d(x_i|l_i) = sigmoid(l_i)^x_i (1 - sigmoid(l_i))^(1 - x_i); its -log has no constant."""

    outputs = 1

    def __init__(self, config: BernoulliLikelihood) -> None:
        pass

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        return -F.binary_cross_entropy_with_logits(outputs, x, reduction="none").flatten(1).sum(1)

    def sample(self, outputs: Tensor, draws: int, noise: Noise) -> Tensor:
        batch, *image = outputs.shape
        return (noise.uniform(batch, draws, *image) < outputs.sigmoid().unsqueeze(1)).to(outputs.dtype)
