"""Processes: started, restarted, ended together, and never left behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from backend import supervisor as supervising
from backend.supervisor import Service, Supervisor, rotate

SLEEP = [sys.executable, "-c", "import time; time.sleep(100)"]


def until(holds: Callable[[], object], timeout_s: float = 10) -> None:
    give_up = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def children() -> set[psutil.Process]:
    return set(psutil.Process().children())


def test_a_service_that_dies_is_started_again_after_a_pause_that_grows(tmp_path: Path) -> None:
    reports: list[str] = []
    starts = tmp_path / "starts"
    command = [sys.executable, "-c", f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(3)"]
    supervisor = Supervisor([Service(name="unlucky", command=command)], tmp_path, tmp_path / "logs", reports.append)
    supervisor.start()

    def started_three_times() -> bool:
        supervisor.tend()
        return starts.exists() and len(starts.read_text()) == 3

    began = time.monotonic()
    until(started_three_times)
    assert time.monotonic() - began > 0.5 + 1.0
    until(lambda: supervisor.tend() or len(reports) == 3)
    supervisor.stop()
    assert "exit status 3" in reports[0]
    assert "again in 0.5 s" in reports[0]
    assert "again in 1 s" in reports[1]
    assert "unlucky.log" in reports[0]


def test_stop_ends_whole_groups_and_kills_who_does_not_listen(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    stubborn = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(100)\n"
    )
    service = Service(name="stubborn", command=[sys.executable, "-c", stubborn], patience_s=0.3)
    supervisor = Supervisor([service, Service(name="mild", command=SLEEP)], tmp_path, tmp_path / "logs", print)
    supervisor.start()
    until(lambda: pids.exists() and pids.read_text().endswith("\n"))
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 3
    until(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()))


def test_a_service_that_outlives_the_others_ends_last(tmp_path: Path) -> None:
    order = tmp_path / "order"
    note = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    time.sleep(0.3); open({str(order)!r}, 'a').write(sys.argv[1] + ' '); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "time.sleep(100)\n"
    )
    services = [
        Service(name="broker", command=[sys.executable, "-c", note, "broker"], outlives=True),
        Service(name="worker", command=[sys.executable, "-c", note, "worker"]),
    ]
    supervisor = Supervisor(services, tmp_path, tmp_path / "logs", print)
    supervisor.start()
    until(lambda: all("up" in (tmp_path / "logs" / f"{each.name}.log").read_text() for each in services))
    supervisor.stop()
    assert order.read_text() == "worker broker "


def test_nobody_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from backend.supervisor import Service, Supervisor\n"
        f"services = [Service(name=str(n), command={SLEEP!r}) for n in range(3)]\n"
        f"supervisor = Supervisor(services, Path({str(tmp_path)!r}), None, print)\n"
        "supervisor.start()\n"
        "time.sleep(100)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2])
    try:
        family = psutil.Process(parent.pid)

        def all_sleep() -> bool:
            return sum("time.sleep" in " ".join(child.cmdline()) for child in family.children()) == 3

        until(all_sleep)
        pids = [child.pid for child in family.children()]
    finally:
        parent.kill()
        parent.wait()
    until(lambda: not any(alive(pid) for pid in pids), 4)


def test_ctrl_c_reaches_the_supervisor_alone(tmp_path: Path) -> None:
    before = children()
    supervisor = Supervisor([Service(name="one", command=SLEEP)], tmp_path, None, print)
    supervisor.start()
    (child,) = children() - before
    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    supervisor.stop()
    assert children() <= before


def test_a_large_log_is_moved_aside_while_a_process_writes_to_it(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    rotate(log)
    with log.open("ab", buffering=0) as writer:
        for number in range(supervising.LOG_FILES + 2):
            writer.write(b"%d" % number * (supervising.LOG_BYTES + 1))
            rotate(log)
            writer.write(b"after")
            assert log.read_bytes() == b"after"
            os.truncate(log, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.log", "x.log.1", "x.log.2", "x.log.3"]
    newest = supervising.LOG_FILES + 1
    assert log.with_name("x.log.1").read_bytes()[:1] == b"%d" % newest


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
