"""Which runs to queue next: the gaps of a frontier, its ends, and the first runs of an empty program."""
