"""What the id of a run or a point looks like, made here or elsewhere."""

import re

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
