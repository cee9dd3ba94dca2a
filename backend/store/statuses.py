"""The states of a run, and of its job."""

ACTIVE = ("queued", "running")
RETRYABLE = ("failed", "cancelled")
STATUSES = (*ACTIVE, "succeeded", *RETRYABLE)
