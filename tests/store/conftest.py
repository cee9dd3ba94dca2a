"""Runs and jobs made by hand, without the API."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from backend.datasets import DATASETS
from backend.expand import expand
from backend.store import jobs
from backend.store.clock import utc_now
from backend.store.tables import Job, Run

MakeRun = Callable[..., Job]


@pytest.fixture
def make_run() -> MakeRun:
    """Adds a queued run of a specification and its job."""

    def make(session: Session, run_id: str, priority: int = 0, **body: object) -> Job:
        expanded = expand({"dataset": "digits", **body}, DATASETS)
        spec = expanded.spec
        session.add(
            Run(
                id=run_id,
                spec=spec.model_dump(mode="json"),
                digest=spec.digest,
                method=expanded.method,
                architecture=spec.architecture.symbols,
                dataset=f"{spec.dataset.name}/{spec.dataset.binarize}",
                status="queued",
                progress={},
                created_at=utc_now(),
                revision=0,
            )
        )
        session.flush()
        return jobs.enqueue(
            session, kind="train", queue="train", payload={"run_ids": [run_id]}, run_id=run_id, priority=priority
        )

    return make
