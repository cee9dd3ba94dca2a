"""Autoregressive flows over z, shared by the encoder and the marginal."""

from worker.flows.flow import Flow

__all__ = ["Flow"]
