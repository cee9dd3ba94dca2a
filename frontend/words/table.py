"""Records as CSV, for a spreadsheet or a notebook."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

UNITS = dict.fromkeys(
    ("rate", "rate_stderr", "distortion", "distortion_stderr", "neg_elbo", "mi_lower", "mi_upper", "loss"), "nats"
)


def csv_of(columns: Mapping[str, Sequence[Any]]) -> str:
    """Columns of equal length as CSV, the unit in each head; numbers unrounded."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(columns)
    writer.writerow([f"{name} ({UNITS[name]})" if name in UNITS else name for name in names])
    for row in zip(*(columns[name] for name in names), strict=True):
        writer.writerow(["" if value is None else value for value in row])
    return text.getvalue()
