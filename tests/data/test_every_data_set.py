"""What holds for each data set: it is documented, and a part of any kind has a run that a small machine ends."""

from pathlib import Path

import pytest

from backend.datasets import DATASETS
from backend.errors import Invalid
from backend.expand import expand
from worker.data import DATASETS as LOADERS
from worker.data import IMPORTERS

DOCS = (Path(__file__).parents[2] / "docs/data.md").read_text()


@pytest.mark.parametrize("name", DATASETS)
def test_it_is_documented_with_its_splits(name: str) -> None:
    (row,) = [line for line in DOCS.splitlines() if line.startswith(f"| `{name}` |")]
    facts = DATASETS[name]
    if not facts.distribution:
        assert [int(each.replace(",", "")) for each in row.split("|")[3].split("/")] == list(facts.splits.values())
    assert (f"frontier data import {name} " in DOCS) == (name in IMPORTERS)
    assert name in LOADERS


@pytest.mark.parametrize("name", [name for name, facts in DATASETS.items() if not facts.distribution])
def test_a_part_of_a_kind_keeps_the_small_networks_of_the_data_set(name: str) -> None:
    usual = expand({"dataset": name}, DATASETS).spec.architecture
    for kind in ("flow", "deterministic", "implicit"):
        body = {"dataset": name, "architecture": {"encoder": kind}, "method": "wae-mmd"}
        assert expand(body, DATASETS).spec.architecture.encoder.network == usual.encoder.network
    for (part, kind), more in DATASETS[name].kind_defaults.items():
        assert more["architecture"][part]["kind"] == kind


def test_real_numbers_want_a_density_and_no_recipe_for_images() -> None:
    with pytest.raises(Invalid, match="own defaults are the paper's recipe"):
        expand({"dataset": "two-points", "preset": "paper"}, DATASETS)
    with pytest.raises(Invalid, match="real"):
        expand({"dataset": "two-points", "architecture": {"likelihood": "bernoulli"}}, DATASETS)
