"""Explore: what the eye cannot see of the plane, in words."""

from frontend.figures.plane import band, published
from frontend.figures.plane.cloud import MANY
from frontend.figures.plane.guides import bound_lines
from frontend.figures.plane.scene import Scene, Stage
from frontend.figures.plane.window import beyond, stands, window_of
from frontend.words.formats import plural

_BARS = {"se": "standard error of the mean", "sd": "standard deviation"}


def note(found: Scene, on: Stage) -> str:
    """What is left out, and why; and what the marks are where that is not plain."""
    told = (
        *found.refused.values(),
        _thinned(found),
        _undrawn(on),
        _beside(on),
        _other_images(found, on),
        _counted(on.same - on.filtered, "hidden by the filters"),
        _counted(on.dominated, "hidden because others dominate them"),
        _aside(on),
        _off_axes(on),
        _far(found, on),
        _unsaid(on),
        _bars(on),
        _volumes(on),
    )
    return " \u00b7 ".join(each for each in told if each)


def region(found: Scene, on: Stage) -> str:
    """What the plane's own words say of its shaded region, for a screen too narrow for them."""
    if found.bound is None:
        return ""
    heights = [point.distortion for point in on.unplaced] if band.stands(on.view) else []
    return " ".join(bound_lines(found.bound, window_of(on.records, found.bound, on.view, heights)))


def _counted(count: int, words: str) -> str:
    return f"{count} {words}" if count else ""


def _thinned(found: Scene) -> str:
    if not found.thinned:
        return ""
    return f"{len(found.measured)} of {found.total} points shown; every frontier is whole"


def _undrawn(on: Stage) -> str:
    if not on.undrawn:
        return ""
    return (
        f"{len(on.records)} of {len(on.records) + on.undrawn} experiments drawn and in the CSV; every frontier is whole"
    )


def _beside(on: Stage) -> str:
    if not on.unplaced or band.stands(on.view):
        return ""
    stand = "stands" if len(on.unplaced) == 1 else "stand"
    return f"{plural(len(on.unplaced), 'point')} whose R is not defined {stand} beside the axes R, D only"


def _other_images(found: Scene, on: Stage) -> str:
    return _counted(len(found.measured) - on.same, "measured on other test images")


def _aside(on: Stage) -> str:
    if not on.view.only:
        return ""
    name = on.view.only.partition(":")[2]
    return f"only {name}: {on.aside} others hidden, click its entry in the legend again to see them"


def _off_axes(on: Stage) -> str:
    off = sum(not stands(record, on.view) for record in on.records) + published.hidden(on.view)
    if "y" in on.view.logs and band.stands(on.view):
        off += sum(point.distortion <= 0 for point in on.unplaced)
    has = "has" if off == 1 else "have"
    return f"{plural(off, 'point')} at or below 0 {has} no place on a logarithmic axis" if off else ""


def _far(found: Scene, on: Stage) -> str:
    heights = [point.distortion for point in on.unplaced] if band.stands(on.view) else []
    outside = beyond(on.records, found.bound, on.view, heights)
    if not outside:
        return ""
    return f"{plural(outside, 'point')} far outside this view: zoom out to see {'it' if outside == 1 else 'them'}"


def _unsaid(on: Stage) -> str:
    return f"the fill says nothing: {on.looks.unsaid} has more than two values" if on.looks.unsaid else ""


def _bars(on: Stage) -> str:
    """What the error bars are, and which points have none."""
    none = f"no error bars above {MANY} points" if len(on.records) > MANY else ""
    if on.view.seeds == "each":
        return none or ("error bars: one standard error over test images" if on.records else "")
    if not on.means:
        return "no experiment here was run with several seeds"
    single = sum(record.spread is None for record in on.records)
    alone = f"; {single} with one seed {'has' if single == 1 else 'have'} none" if single else ""
    bars = none or f"error bars: {_BARS[on.view.seeds]}{alone}"
    return f"{plural(on.means, 'mean')} over seeds, {bars}; frontiers are those of the means"


def _volumes(on: Stage) -> str:
    drawn = on.view.group != "none" and "staircase" in on.view.overlays
    if not drawn or not any(group.hypervolume is not None for group in on.groups):
        return ""
    return "beside each group: the area it dominates below R = D = 2H, nats²"
