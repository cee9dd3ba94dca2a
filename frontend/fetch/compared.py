"""Points with their runs and pictures, fetched for the tray and for Compare."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from frontend.client import ApiError, point_path, run_path
from frontend.components.columns import Column, by_rate
from frontend.context import Context


@dataclass(frozen=True)
class Compared:
    """What was found of the points that were asked for."""

    columns: list[Column]
    """By rate."""
    unknown: list[str]
    """Ids that no point has (any more)."""


async def compared(context: Context, points: Sequence[str]) -> Compared:
    """Fetch points.

    Raises:
        ApiError: the server does not answer.
    """
    found = await asyncio.gather(*(_column(context, point) for point in points))
    return Compared(
        by_rate([column for column in found if column is not None]),
        [point for point, column in zip(points, found, strict=True) if column is None],
    )


async def _column(context: Context, point_id: str) -> Column | None:
    """One point as it is now; None where there is none."""
    try:
        point = await context.client.get(point_path(point_id))
        run = await context.client.get(run_path(point["run_id"]))
    except ApiError as error:
        if error.status in (404, 422):
            return None
        raise
    return Column(point, run, await context.sheets(point_id))
