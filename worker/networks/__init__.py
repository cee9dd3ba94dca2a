"""The networks inside encoders and decoders."""

from worker.networks.contract import NetworkFamily
from worker.networks.conv import ConvFeatures, ConvImage
from worker.networks.mlp import MlpFeatures, MlpImage

NETWORKS: dict[str, NetworkFamily] = {
    "conv": NetworkFamily(to_features=ConvFeatures, to_image=ConvImage),
    "mlp": NetworkFamily(to_features=MlpFeatures, to_image=MlpImage),
}
