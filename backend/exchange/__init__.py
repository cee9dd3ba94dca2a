"""A frontier as one file: written, read from strangers, and what stands in it (docs/exchange.md)."""
