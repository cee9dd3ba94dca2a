"""Explore: the table behind the plane, for its download as CSV."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from frontend.components.saving import dataset_query
from frontend.figures.plane.records import PlanePoint, ids_of
from frontend.figures.plane.scene import Scene, Stage
from frontend.views.query import FULL


def behind(found: Scene, on: Stage) -> dict[str, Any]:
    """What :func:`frontend.components.saving.taken` needs: the points that the view shows, or their means over seeds.

    Of a plane that is too full to draw every point, the table has also those that the filters leave and it omits.
    """
    view = on.view
    if view.seeds != "each":
        return {"table": means(on.records, _ERRORS[view.seeds])}
    sweep = f"&sweep={quote(view.sweep, safe='')}" if view.sweep else ""
    where: dict[str, Sequence[Any]] = {"eval_limit": [None if on.evaluation == FULL else int(on.evaluation)]}
    if view.tuples:
        where["architecture"] = view.tuples
    if view.methods:
        where["method"] = view.methods
    chosen = not found.thinned or bool(view.only) or "nondominated" in view.layers
    return {
        "table": f"/points?{dataset_query(found.dataset)}{sweep}&limit=1000000", "where": where, "drawn": chosen,
    }  # fmt: skip


_ERRORS = {"se": "stderr", "sd": "stdev"}


def means(records: Sequence[PlanePoint], error: str) -> dict[str, list[Any]]:
    """A row for each experiment; one with a single seed has no errors.

    Args:
        records: means over seeds.
        error: ``stderr``, standard errors of the means, or ``stdev``, standard deviations over the seeds.
    """
    return {
        "ids": [" ".join(ids_of(point)) for point in records],
        "seeds": [point.spread.seeds if point.spread else 1 for point in records],
        "architecture": [point.architecture for point in records],
        "network": [point.networks for point in records],
        "method": [point.how for point in records],
        "beta": [point.beta for point in records],
        "rate": [point.rate for point in records],
        f"rate_{error}": [point.rate_stderr for point in records],
        "distortion": [point.distortion for point in records],
        f"distortion_{error}": [point.distortion_stderr for point in records],
        "neg_elbo": [point.neg_elbo for point in records],
        f"neg_elbo_{error}": [point.neg_elbo_stderr for point in records],
    }
