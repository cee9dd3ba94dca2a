"""Staircase, hull and hypervolume against slow twins that follow the definitions."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.frontier import hull, hypervolume, staircase

# Few distinct values, so that ties, columns and collinear points are common.
places = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14)


def columns(points):
    array = np.array(points, dtype=float).reshape(-1, 2)
    return array[:, 0], array[:, 1]


def slow_staircase(points):
    def dominated(i):
        return any(
            q[0] <= points[i][0] and q[1] <= points[i][1] and (q[0] < points[i][0] or q[1] < points[i][1])
            for q in points
        )

    return {i for i in range(len(points)) if not dominated(i)}


def slow_hull(points):
    """A staircase point is a corner unless it lies on or above a segment between two others left and right of it."""

    def cut_off(p):
        return any(
            a[0] < p[0] < b[0] and (b[0] - a[0]) * (p[1] - a[1]) >= (b[1] - a[1]) * (p[0] - a[0])
            for a, b in itertools.permutations(points, 2)
        )

    return {i for i in slow_staircase(points) if not cut_off(points[i])}


def slow_hypervolume(points, reference):
    """Unit cells of the integer grid that some point dominates."""
    return sum(any(p[0] <= x and p[1] <= y for p in points) for x in range(reference[0]) for y in range(reference[1]))


@settings(max_examples=300, deadline=None)
@given(places)
def test_staircase_is_the_non_dominated_set_with_its_ties(points):
    found = staircase(*columns(points))
    assert set(found.tolist()) == slow_staircase(points)
    assert len(set(found.tolist())) == len(found)
    rates = columns(points)[0][found]
    assert (np.diff(rates) >= 0).all()


@settings(max_examples=300, deadline=None)
@given(places)
def test_hull_has_the_corners_with_their_ties(points):
    assert set(hull(*columns(points)).tolist()) == slow_hull(points)


@settings(max_examples=300, deadline=None)
@given(places, st.integers(0, 10), st.integers(0, 10))
def test_hypervolume_counts_the_dominated_cells(points, width, height):
    assert hypervolume(*columns(points), (width, height)) == slow_hypervolume(points, (width, height))


def test_points_without_a_finite_place_are_on_nothing():
    rate = np.array([np.nan, 1.0, np.inf, 2.0, 0.5])
    distortion = np.array([0.0, 5.0, 0.0, np.nan, -np.inf])
    assert staircase(rate, distortion).tolist() == [1]
    assert hull(rate, distortion).tolist() == [1]
    assert hypervolume(rate, distortion, (2.0, 6.0)) == 1.0


def test_empty_plane():
    nothing = np.array([])
    assert staircase(nothing, nothing).size == hull(nothing, nothing).size == 0
    assert hypervolume(nothing, nothing, (1.0, 1.0)) == 0.0


def test_negative_estimates_are_taken_as_they_are():
    rate, distortion = np.array([-0.1, 1.0]), np.array([3.0, 1.0])
    assert staircase(rate, distortion).tolist() == [0, 1]
    assert hypervolume(rate, distortion, (2.0, 4.0)) == np.float64(2.1 * 1.0 + 1.0 * 2.0)
