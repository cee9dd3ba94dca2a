"""Records as CSV, for a spreadsheet or a notebook."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

UNITS = dict.fromkeys(
    ("rate", "rate_stderr", "distortion", "distortion_stderr", "neg_elbo", "mi_lower", "mi_upper", "loss"), "nats"
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_of(columns: Mapping[str, Sequence[Any]]) -> str:
    """Columns of equal length as CSV, the unit in each head; numbers unrounded."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(columns)
    writer.writerow([f"{name} ({UNITS[name]})" if name in UNITS else name for name in names])
    for row in zip(*(columns[name] for name in names), strict=True):
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula (a tuple starts with a minus) gets a blank before it."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f" {value}"
    return value
