"""Which specifications are one experiment, and which lie on one curve."""

import copy
from typing import Any

import pytest

from backend.datasets import DATASETS
from backend.expand import expand
from backend.spec import recipes

CONTINUES = {"run": "x", "sha256": "a" * 64, "epochs": 3}


def spec(**body: Any) -> dict[str, Any]:
    return expand({"dataset": "digits", **body}, DATASETS).spec.model_dump(mode="json")


def both(tree: dict[str, Any]) -> tuple[str, str]:
    texts = recipes.split(tree)
    return recipes.recipe(texts), recipes.family(texts)


def without(tree: dict[str, Any], *path: str) -> dict[str, Any]:
    """The tree as it was stored before a field existed."""
    found = copy.deepcopy(tree)
    at = found
    for name in path[:-1]:
        at = at[name]
    del at[path[-1]]
    return found


@pytest.mark.parametrize(
    "path",
    [
        ("training", "continues"),
        ("training", "normalize_gradients"),
        ("objective", "rate", "anneal_epochs"),
        ("objective", "rate", "beta"),
        ("dataset", "eval_limit"),
        ("evaluation",),
    ],
)
def test_a_run_stored_before_a_field_existed_is_of_the_same_recipe(path: tuple[str, ...]) -> None:
    new = spec(beta=1.0)
    assert both(without(new, *path)) == both(new)


def test_seeds_share_a_recipe_and_betas_a_family() -> None:
    one = both(spec(beta=1.0))
    assert both(spec(beta=1.0, seed=5)) == one
    for beta in (0.5, 2.0):
        recipe, family = both(spec(beta=beta))
        assert recipe != one[0]
        assert family == one[1]
    near, far = (both(spec(target_rate=rate)) for rate in (10.0, 3.0))
    assert near[1] == far[1] != one[1]
    assert near[0] != far[0]


@pytest.mark.parametrize("more", [{"epochs": 3}, {"latent_dim": 3}, {"method": "wae-mmd"}, {"architecture": "-+-"}])
def test_whatever_else_differs_makes_another_family(more: dict[str, Any]) -> None:
    assert both(spec(beta=2.0, epochs=7))[1] != both(spec(**more))[1]


def test_what_started_from_other_weights_is_another_family() -> None:
    plain = spec()
    longer = {**plain, "training": {**plain["training"], "continues": CONTINUES}}
    assert both(longer)[1] != both(plain)[1]


def test_a_section_that_nobody_can_read_any_more_stands_for_itself() -> None:
    odd = {**spec(), "objective": {"rate": {"kind": "gone", "beta": 2.0}}}
    assert both(odd) == both(copy.deepcopy(odd))
    assert both(odd) != both(spec())


def test_the_value_that_a_family_is_a_curve_along() -> None:
    def value(**body: Any) -> tuple[str, float] | None:
        return recipes.rate_value(recipes.split(spec(**body))[2])

    assert value(beta=0.5) == ("beta", 0.5)
    assert value(target_rate=3) == ("target_rate", 3.0)
    assert value(method="autoencoder") is None
