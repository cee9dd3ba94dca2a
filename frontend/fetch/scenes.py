"""What there is to show of a data set, and which data set is shown: what the pages ask the server for."""

import asyncio

from frontend.client import ApiError, Json, point_path, run_path
from frontend.context import Context, dataset_key
from frontend.figures.plane.channels import paths
from frontend.figures.plane.frontiers import entropy_bound, frontiers
from frontend.figures.plane.records import EPOCHS, points, without_rate
from frontend.figures.plane.scene import Scene
from frontend.views.query import View

LAB = "toy"
"""The data set that has a page of its own."""


async def default_dataset(context: Context, point: str | None) -> str:
    """The data set of the selected point, else of the newest run that has a point, else of the newest run.

    The Lab's data, which is a distribution with a page of its own, comes after every other.
    """
    if point:
        try:
            found = await context.client.get(point_path(point))
            return dataset_key(await context.client.get(run_path(found["run_id"])))
        except ApiError:
            pass
    pages = [await context.client.get("/runs", {"limit": 200, "status": status}) for status in ("succeeded", None)]
    keys = [dataset_key(run) for page in pages for run in page["items"]]
    return min(keys, key=lambda key: key.startswith(f"{LAB}/"), default="digits/static")


async def remembered(context: Context, filters: Json, point: str | None) -> str:
    """The data set that the browser showed last, if it is still there; else the default."""
    last = str(filters.get("last") or "")
    if last and not point:
        found = await context.client.get("/catalogue")
        if last.partition("/")[0] in {entry["name"] for entry in found["datasets"]}:
            return last
    return await default_dataset(context, point)


async def whole_key(context: Context, dataset: str) -> str:
    """``name/binarize``; a bare name means its default, which the catalogue lists first."""
    if "/" in dataset:
        return dataset
    found = await context.client.get("/catalogue")
    defaults = {entry["name"]: entry["schema"]["properties"]["binarize"]["enum"][0] for entry in found["datasets"]}
    return f"{dataset}/{defaults[dataset]}" if dataset in defaults else dataset


async def scene(context: Context, dataset: str, group: str, view: View | None = None) -> Scene:
    """What the plane of a data set shows.

    Args:
        context: of the pages.
        dataset: ``name/binarize``.
        group: what frontiers are made by.
        view: whose looks ask for fields of the specification, and whose means need every point.
    """
    view = view or View()
    wanted = [EPOCHS, *paths(view.colour, view.shape, view.fill)]
    asked = {"dataset": dataset, "sweep": view.sweep, **({} if view.seeds == "each" else {"limit": 1_000_000})}
    (found, refused), along = await asyncio.gather(
        _columns(context, asked, wanted),
        context.client.get("/frontier", {"dataset": dataset, "group_by": group}),
    )
    return Scene(
        dataset=dataset,
        everything=points(found["columns"]),
        unplaced=without_rate(found["columns"]),
        groups=frontiers(along),
        bound=entropy_bound(along),
        total=found["total"],
        thinned=found["thinned"],
        refused=refused,
    )


async def _columns(context: Context, asked: Json, fields: list[str]) -> tuple[Json, dict[str, str]]:
    """The points with those of the fields that there are, and what the server said of the others."""
    try:
        return await context.client.get("/points", {**asked, "field": fields}), {}
    except ApiError as error:
        unknown = {
            each["loc"][1]: each["msg"] for each in error.errors if each["loc"][:1] == ["field"] and each["loc"][1:]
        }
        if not unknown:
            raise
    known = [each for each in fields if each not in unknown]
    return await context.client.get("/points", {**asked, "field": known}), unknown
