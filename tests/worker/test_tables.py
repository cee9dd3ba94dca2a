"""A half-added part fails here: every member of a union of the spec has a row in its table, and the other way round."""

import pytest

from backend.datasets import DATASETS as FACTS
from backend.spec import UNIONS, kinds
from worker.data import DATASETS
from worker.decoders import DECODERS
from worker.encoders import ENCODERS
from worker.estimators import ESTIMATORS
from worker.likelihoods import LIKELIHOODS
from worker.marginals import MARGINALS
from worker.networks import AUTOREGRESSIVE_NETWORKS, NETWORKS
from worker.objectives import DIVERGENCES, INFORMATION_TERMS, RATE_TERMS

TABLES = {
    "encoders": ENCODERS,
    "decoders": DECODERS,
    "marginals": MARGINALS,
    "networks": NETWORKS,
    "autoregressive_networks": AUTOREGRESSIVE_NETWORKS,
    "likelihoods": LIKELIHOODS,
    "rate_terms": RATE_TERMS,
    "divergences": DIVERGENCES,
    "information_terms": INFORMATION_TERMS,
    "estimators": ESTIMATORS,
}


def test_every_union_has_a_table() -> None:
    assert TABLES.keys() == UNIONS.keys()


@pytest.mark.parametrize("union", UNIONS)
def test_members_of_a_union_are_the_keys_of_its_table(union: str) -> None:
    assert kinds(union).keys() == TABLES[union].keys()


def test_every_built_in_data_set_has_a_loader() -> None:
    assert FACTS.keys() == DATASETS.keys()
