"""What is freed is used again, not asked of the kernel anew."""

import subprocess
import sys

FAULTS = """
import resource, sys
import torch
from worker.memory import give_back_memory, keep_freed_memory
if sys.argv[1] == "keep":
    assert keep_freed_memory()

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    step = [torch.ones(10, 2**20) for _ in range(4)]
    del step
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

for _ in range(10):
    faults()
again = faults()
give_back_memory()
print(again, faults())
"""


def page_faults(mode: str) -> tuple[int, int]:
    command = [sys.executable, "-c", FAULTS, mode]
    again, after = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(again), int(after)


def test_a_kept_page_is_not_faulted_in_again_until_it_was_given_back() -> None:
    kept, given_back = page_faults("keep")
    default, _ = page_faults("default")
    assert kept < default / 10
    assert given_back > 10 * kept
