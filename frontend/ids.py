"""Every id of a component, so that no page writes one as text."""

from typing import Any

# -- the shell --------------------------------------------------------------------------------------------------------
LOCATION = "location"
PROVIDER = "provider"
PAGE = "page"
NAV = "nav"
STATUS = "status"
BANNER = "banner"
NOTICES = "notices"
SCHEME = "scheme"
SCHEME_TOGGLE = "scheme-toggle"
NEW_RUN = "new-run"

TICK = "tick"
LIVE = "live"
"""``{revision, changed}``: where the program stands, by the last answer of /changes; moves with all progress."""
RUNS_MOVED = "runs-moved"
"""The revision at which a run last came, went, or changed its state."""
POINTS_MOVED = "points-moved"
"""The revision at which a point last came or went."""
WAITING = "waiting"
"""``{count, more}``: the runs that wait."""
ALIVE = "alive"
"""Whether the server answered last time."""
ACTION = "action"
"""``{do, id, at}``: the last button pressed that carries a ``data-do``."""

# -- Explore ----------------------------------------------------------------------------------------------------------
DATASET = "dataset"
FILTERS = "filters"
"""The query string's keys, the point left out."""
SELECTED = "selected"
RESOLVED = "resolved"
"""``{dataset, evaluation, evaluations, tuples, methods, empty}``: what the plane shows, and what there is to choose."""
PLANE = "plane"
PLANE_NEXT = "plane-next"
"""The newest figure, before the browser gives it the zoom of the one on show."""
PLANE_NOTE = "plane-note"
PLANE_FRAME = "plane-frame"
EMPTY = "empty"
EMPTY_TICK = "empty-tick"
"""Moves with all progress while the plane is empty."""
STRIP = "strip"
STRIP_IMAGE = "strip-image"
PANE = "pane"
DRAWN = "drawn"
DRAW_JOB = "draw-job"
DRAW_TICK = "draw-tick"
TUPLES = "tuples"
METHODS = "methods"
EVALUATION = "evaluation"
GROUP = "group"
AXES = "axes"
OVERLAYS = "overlays"
DOWNLOAD_SVG = "download-svg"
DOWNLOAD_PNG = "download-png"
DOWNLOAD_CSV = "download-csv"
DOWNLOAD = "download"
MARKED = "marked"
OFFERED = "offered"
WRITTEN = "written"

# -- Queue ------------------------------------------------------------------------------------------------------------
QUEUE_STATUS = "queue-status"
QUEUE_DATASET = "queue-dataset"
QUEUE_TUPLE = "queue-tuple"
QUEUE_METHOD = "queue-method"
QUEUE_RUNNING = "queue-running"
QUEUE_LIST = "queue-list"
QUEUE_PAGES = "queue-pages"
"""Cursors of the pages up to the one on show."""
QUEUE_NEXT = "queue-next"
QUEUE_NEWER = "queue-newer"
QUEUE_OLDER = "queue-older"

# -- Run --------------------------------------------------------------------------------------------------------------
RUN = "run"
RUN_HEAD = "run-head"
RUN_CURVES = "run-curves"
RUN_CURVES_NEXT = "run-curves-next"
RUN_CURVES_FRAME = "run-curves-frame"
RUN_POINTS = "run-points"
RUN_ATTEMPTS = "run-attempts"
RUN_LOG = "run-log"
RUN_NOTES = "run-notes"
RUN_TAGS = "run-tags"
RUN_SAVE = "run-save"
CURVES_SVG = "curves-svg"
CURVES_PNG = "curves-png"
CURVES_CSV = "curves-csv"

# -- Lab --------------------------------------------------------------------------------------------------------------
LAB_WORDS = "lab-words"
LAB_CLASS = "lab-class"
LAB_OFFER = "lab-offer"
LAB_SEED = "lab-seed"
LAB_SHOWN = "lab-shown"
"""``{seed, points}``: the seed on show, and the point of each trained column."""
LAB_PLANE = "toy-plane"
LAB_PLANE_FRAME = "toy-plane-frame"
LAB_SUMMARY = "lab-summary"

# -- the new-run form -------------------------------------------------------------------------------------------------
FORM = "form"
FORM_BODY = "form-body"
FORM_OPEN = "form-open"
"""``{clone, at}``: asks the form to open, with a run to start from or none."""
FORM_PREVIEW = "form-preview"
FORM_CURL = "form-curl"
FORM_COPY = "form-copy"
FORM_ERROR = "form-error"
FORM_SUBMIT = "form-submit"
FORM_JSON = "form-json"
FORM_FORMULA = "form-formula"
FORM_KNOBS = "form-knobs"
FORM_ADVANCED = "form-advanced"
FORM_TIME = "form-time"
FORM_TICK = "form-tick"
FORM_WRITTEN = "form-written"
"""``{body, question, epochs, runs, held, faults, titles}``: what the form would post, and what it holds."""
FORM_ASKED = "form-asked"
"""The same, once it has stood still: what a worker was last asked to time."""
FORM_TIMING = "form-timing"
"""``{state, job, at, result, why}``: how far the answer is."""
FORM_REFUSED = "form-refused"
"""``{errors, rest, held, focus}``: what the server refused last, and what the controls held then."""
FORM_LED = "form-led"
FORM_START = "form-start"
"""The values the form opened with, by path."""

# -- confirming -------------------------------------------------------------------------------------------------------
CONFIRM = "confirm"
CONFIRM_TEXT = "confirm-text"
CONFIRM_RUN = "confirm-run"
CONFIRM_YES = "confirm-yes"
CONFIRM_NO = "confirm-no"

FIELD = "field"
STRUCTURE = "structure"
SLIDER = "slider"


def field(path: Any) -> dict[str, Any]:
    """A field of the form that only holds a value."""
    return {"type": FIELD, "path": path}


def structure(path: Any) -> dict[str, Any]:
    """A field of the form that decides which other fields there are."""
    return {"type": STRUCTURE, "path": path}


def lab(column: str, part: str) -> str:
    """A part of one column of the Lab page."""
    return f"toy-{column.partition(' ')[0].lower()}-{part}"


def slider(path: Any) -> dict[str, Any]:
    """The logarithmic slider beside a field."""
    return {"type": SLIDER, "path": path}
