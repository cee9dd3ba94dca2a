"""What a file of a frontier is called inside and out, and how large it may be."""

import re

from backend.errors import FieldProblem, Invalid

SUFFIX = ".frontier"
MEDIA_TYPE = "application/vnd.rd-frontier+zip"
FORMAT = "rd-frontier"
VERSION = 1
"""Of the format. It moves only where an older program would misread a file; such a program says so."""

MANIFEST, DATASETS, RUNS = "manifest.json", "datasets.json", "runs.jsonl"
PICTURE = re.compile(r"pictures/([0-9a-f]{64})\.png")

MOST_MEMBERS = 200_000
"""Members of a file: every picture is one, and one that several points share is there once."""
MOST_CONTENTS_BYTES = 2**26
"""Longest table of contents, and longest manifest."""
MOST_LINE_BYTES = 2**25
"""Longest line of ``runs.jsonl``: one run with its curve and its points."""
MOST_PICTURE_BYTES = 2**26
UNPACKED_FACTOR = 4
"""How much larger than the limit of the file what it unpacks to may be."""
DECODED_FACTOR = 16
"""How much larger than the limit of the file its pictures may be, decoded; binarised images pack to a tenth."""
MOST_RATIO, RATIO_FROM_BYTES = 200, 2**24
"""How far a member of some size may unpack; numbers written as text shrink to a third."""


def picture_name(sha256: str) -> str:
    """The member that holds a picture: its content names it."""
    return f"pictures/{sha256}.png"


def refuse(message: str) -> Invalid:
    """The error of a file that is not imported."""
    return Invalid([FieldProblem(("file",), message)])
