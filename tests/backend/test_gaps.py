"""Gaps of a frontier: what is largest, what is proposed, what counts as known."""

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from backend import gaps
from backend.datasets import DATASETS
from backend.expand import expand
from backend.gaps import BETA, TARGET, Neighbour
from backend.spec import RunSpec, recipes


def arrays(*places):
    return np.array([p[0] for p in places], dtype=float), np.array([p[1] for p in places], dtype=float)


def neighbour(rate, distortion, *, point="p", seconds=10.0, **body):
    spec = expand({"dataset": "digits", **body}, DATASETS).spec.model_dump(mode="json")
    return Neighbour(point=point, rate=rate, distortion=distortion, spec=spec, seconds=seconds)


def values(*specs):
    texts = [recipes.split(spec) for spec in specs]
    return gaps.values_of([(recipes.family(each), each[2]) for each in texts])


def test_the_size_of_a_gap_is_the_area_between_step_and_chord():
    rate, distortion = arrays((0, 10), (4, 6), (6, 5), (5, 9))  # the last is dominated
    found = gaps.gaps(rate, distortion, 10.0)
    assert [(gap.left, gap.right) for gap in found] == [(0, 1), (1, 2)]
    assert [gap.size for gap in found] == pytest.approx([4 * 4 / 200, 2 * 1 / 200])


def test_no_gap_without_neighbours_and_none_below_the_least():
    for places in ((), ((1, 2),), ((1, 2), (1, 2)), ((math.nan, 3), (1, 2)), ((1, 2), (2, 3))):
        assert gaps.gaps(*arrays(*places), 10.0) == []
    assert gaps.gaps(*arrays((0, 10), (0.1, 9.91)), 10.0) == []
    assert len(gaps.gaps(*arrays((0, 10), (0.1, 9.89)), 10.0)) == 1


def test_beyond_twice_the_scale_nothing_counts_and_without_a_scale_the_extent_does():
    rate, distortion = arrays((0, 10), (5, 5), (500, 1))
    assert [(gap.left, gap.right) for gap in gaps.gaps(rate, distortion, 10.0)] == [(0, 1)]
    assert gaps.gaps(rate, distortion, None)[0] == gaps.Gap(1, 2, pytest.approx(495 * 4 / (2 * 500**2)))


def test_sizes_scale_with_nothing_but_the_scale():
    rate, distortion = arrays((0, 10), (4, 6), (6, 5))
    times = [gap.size for gap in gaps.gaps(7 * rate, 7 * distortion, 70.0)]
    assert times == pytest.approx([gap.size for gap in gaps.gaps(rate, distortion, 10.0)])


def test_a_gap_four_times_as_large_is_halved_before_the_next():
    found = [gaps.Gap(0, 1, 0.09), gaps.Gap(1, 2, 0.02)]
    first = [(place.gap.left, place.share) for place in itertools.islice(gaps.places(found), 6)]
    assert first == [(0, 0.5), (0, 0.25), (0, 0.75), (1, 0.5), (0, 0.125), (0, 0.375)]
    least = [gaps.Gap(0, 1, gaps.LEAST)]
    assert [place.share for place in gaps.places(least)] == [0.5]


def test_one_family_with_two_betas_gets_the_beta_between_geometrically():
    left, right = neighbour(2, 20, beta=4.0, point="a"), neighbour(10, 8, beta=0.25, point="b", seed=3)
    (proposal,) = gaps.between(left, right, 0.5)
    assert (proposal.key, proposal.value) == (BETA, 1.0)
    assert (proposal.rate, proposal.distortion) == pytest.approx((6, 14))
    assert proposal.between == ("a", "b")
    assert proposal.spec["objective"]["rate"] == {**right.spec["objective"]["rate"], "beta": 1.0}
    assert proposal.spec["seed"] == 3  # of the better neighbour
    assert "beta 4 and beta 0.25" in proposal.why
    assert gaps.between(left, right, 0.25)[0].value == 2.0
    RunSpec.model_validate_json(json.dumps(proposal.spec))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"beta": 4.0}, {"beta": 0.25, "latent_dim": 3}),  # two families
        ({"beta": 0.25}, {"beta": 4.0}),  # the wrong way round: noise, and no beta lies between
        ({"beta": 1.0}, {"beta": 1.0, "seed": 1}),
        ({"target_rate": 2.0}, {"target_rate": 10.0}),
        ({"beta": 1.0}, {"method": "autoencoder"}),
    ],
)
def test_otherwise_the_rate_is_asked_for_of_the_better_neighbour_first(left, right):
    one, other = neighbour(2, 20, point="a", **left), neighbour(10, 8, point="b", seconds=99.0, **right)
    best, second = gaps.between(one, other, 0.5)
    assert (best.key, best.value, best.rate, best.distortion) == (TARGET, 6.0, 6.0, pytest.approx(14))
    assert best.spec["objective"]["rate"] == {"kind": "target", "target_rate": 6.0}
    assert best.spec["architecture"] == other.spec["architecture"]
    assert (best.seconds, second.seconds) == (99.0, 10.0)
    RunSpec.model_validate_json(json.dumps(best.spec))


def test_values_are_as_short_as_the_gap_allows():
    assert gaps.tidy(0.70710678, 0.5, 1.0) == 0.7
    assert gaps.tidy(6.0124, 2.0, 10.0) == 6.0
    assert gaps.tidy(6.0124, 6.01, 6.0148) == 6.0124
    assert gaps.tidy(5e-324, 0.0, 1e-323) == 5e-324


def test_near_is_the_same_family_with_a_value_within_a_tenth_of_the_gap():
    left, right = neighbour(2, 20, beta=4.0), neighbour(10, 8, beta=0.25)
    (proposal,) = gaps.between(left, right, 0.5)
    wide = gaps.width(proposal, left, right)
    assert wide == pytest.approx(math.log(16))
    for more, near in (
        ({"beta": 1.2}, True),
        ({"beta": 1.2, "seed": 8}, True),
        ({"beta": 1.4}, False),
        ({"beta": 1.0, "epochs": 3}, False),
        ({"target_rate": 6.0}, False),
    ):
        assert gaps.nearly(proposal, values(neighbour(0, 0, **more).spec), wide) is near, more
    far, close = (neighbour(0, 0, beta=beta).spec for beta in (1.4, 1.2))
    assert gaps.nearly(proposal, values(far, close), wide)
    assert not gaps.nearly(proposal, values(), wide)


def test_near_a_target_is_measured_in_nats_of_the_gap():
    left, right = neighbour(2, 20, target_rate=2), neighbour(10, 8, target_rate=10)
    proposal = gaps.between(left, right, 0.5)[0]
    for rate, near in ((6.7, True), (5.3, True), (6.9, False)):
        known = values(neighbour(0, 0, target_rate=rate).spec)
        assert gaps.nearly(proposal, known, gaps.width(proposal, left, right)) is near, rate


def test_neighbours_of_one_family_stored_before_and_after_a_field_existed_get_a_beta_between():
    left, right = neighbour(2, 20, beta=4.0), neighbour(10, 8, beta=1.0)
    training = {name: value for name, value in left.spec["training"].items() if name != "continues"}
    older = replace(left, spec={**left.spec, "training": training})
    assert [each.key for each in gaps.between(older, right, 0.5)] == [BETA]


def test_the_expected_distortion_lies_on_the_chords_and_nowhere_else():
    rates, distortions = arrays((0, 10), (4, 6), (6, 5))
    assert gaps.expected(2, rates, distortions) == pytest.approx(8)
    assert gaps.expected(5, rates, distortions) == pytest.approx(5.5)
    assert gaps.expected(7, rates, distortions) is None
    assert gaps.expected(1, *arrays()) is None


def test_a_run_that_continues_another_is_trained_from_the_start_for_as_long():
    spec = neighbour(0, 0, epochs=4).spec
    assert gaps.from_the_start(spec, spec) == (spec, 1.0)
    longer = {**spec, "training": {**spec["training"], "continues": {"run": "x", "sha256": None, "epochs": 8}}}
    again, times = gaps.from_the_start(longer, spec)
    assert (again["training"]["continues"], again["training"]["epochs"], times) == (None, 12, 3.0)


def test_from_the_start_the_rate_is_annealed_as_it_was_at_the_start():
    first = neighbour(0, 0, objective={"rate": {"kind": "beta", "beta": 2.0, "anneal_epochs": 3}}).spec
    longer = neighbour(0, 0, beta=0.5).spec
    longer = {**longer, "training": {**longer["training"], "continues": {"run": "x", "sha256": None, "epochs": 8}}}
    again, _ = gaps.from_the_start(longer, first)
    assert again["objective"]["rate"] == {"kind": "beta", "beta": 0.5, "anneal_epochs": 3}
    assert gaps.from_the_start(longer, None) is None  # the first of the chain was deleted
    target = {**longer, "objective": neighbour(0, 0, target_rate=3).spec["objective"]}
    assert gaps.from_the_start(target, None) is not None
