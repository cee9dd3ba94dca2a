"""Processes that end with the one that started them, even when that one is killed.

Run as a file it becomes another program on a leash: ``python leash.py PARENT_PID COMMAND...``. Standard library only.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

_PR_SET_PDEATHSIG = 1
_POLL_S = 1.0


def tie_to_parent(parent: int) -> None:
    """See to it that this process is killed when the process ``parent``, which started it, ends.

    Linux does it by itself, even for a program that replaces this one; elsewhere a thread watches.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), name="leash", daemon=True).start()
    if os.getppid() != parent:  # it ended before we were tied
        os._exit(1)


def leashed(command: list[str]) -> list[str]:
    """The command line that runs a command on a leash held by this process."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_S)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def _main() -> int:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    tie_to_parent(parent)
    if sys.platform == "linux":
        os.execv(command[0], command)
    child = subprocess.Popen(command)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    return child.wait()


if __name__ == "__main__":
    sys.exit(_main())
