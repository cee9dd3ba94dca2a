"""The frontier of what a view shows, for what stands beside the plane: the very one that the plane draws."""

from frontend.context import Context
from frontend.fetch.scenes import scene
from frontend.figures.plane.records import PlanePoint
from frontend.figures.plane.scene import standing
from frontend.views.query import View


async def along(context: Context, view: View) -> list[PlanePoint]:
    """The points on any staircase of a view, or the means over seeds that it passes through, by rising rate.

    Args:
        context: asks the server.
        view: its data set is named.

    Raises:
        ApiError: the server does not answer, or knows no such data set.
    """
    return standing(await scene(context, view.dataset or "", view.group, view), view).along
