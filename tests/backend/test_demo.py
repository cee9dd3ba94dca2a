"""The demo: queued once, on real MNIST, over two architectures and a range of rates."""

from collections import defaultdict

from backend.demo import queue_demo
from backend.store.tables import Run


def test_the_demo_is_queued_once_in_the_life_of_a_database(database):
    assert queue_demo(database) >= 8
    assert queue_demo(database) == 0
    with database.write() as session:
        for run in session.query(Run):
            session.delete(run)
    assert queue_demo(database) == 0


def test_each_architecture_has_a_range_of_betas(database):
    queue_demo(database)
    betas = defaultdict(set)
    with database.read() as session:
        for run in session.query(Run):
            assert run.spec["dataset"]["name"] == "mnist"
            encoder = run.spec["architecture"]["encoder"]
            betas[encoder["network"]["kind"]].add(run.spec["objective"]["rate"]["beta"])
    assert len(betas) >= 2
    assert all(len(values) >= 4 for values in betas.values())
