"""Records as REST answers them, and the real catalogue: the pure half of the UI needs nothing else."""

import json
from typing import Any

import pytest
from records_of_rest import estimate

from backend.catalogue import catalogue as build_catalogue
from backend.datasets import DATASETS
from backend.expand import expand


@pytest.fixture(scope="session")
def catalogue() -> dict[str, Any]:
    """GET /catalogue, through JSON."""
    return dict(json.loads(json.dumps(build_catalogue(DATASETS))))


@pytest.fixture
def run() -> dict[str, Any]:
    """A run that succeeded."""
    expanded = expand({"dataset": "digits", "beta": 0.6, "seed": 3, "epochs": 60}, DATASETS)
    return {
        "id": "r1", "spec": expanded.spec.model_dump(mode="json"), "digest": expanded.spec.digest,
        "method": expanded.method, "knobs": {"beta": 0.6}, "architecture": "---", "status": "succeeded",
        "cancel_requested": False,
        "progress": {"stage": "drawing", "epoch": 60.0, "epochs": 60, "step": 3, "steps": 4, "eta_s": None},
        "points": ["p1"], "error": None, "worker": None, "attempts": [], "device": "cpu (1 threads)", "timings": {},
        "priority": 0,
        "notes": "", "tags": [], "created_at": "2026-11-20T06:00:00+00:00", "started_at": "2026-11-20T06:00:05+00:00",
        "finished_at": "2026-11-20T06:00:25+00:00",
    }  # fmt: skip


@pytest.fixture
def point() -> dict[str, Any]:
    """A point of that run."""
    estimates = {
        "rate": estimate(13.18, 0.05),
        "distortion": estimate(81.25, 0.38),
        "neg_elbo": estimate(94.43, 0.36, bound="upper"),
        "active_units": estimate(11.0, unit="dimensions", bound="estimate"),
    }
    return {
        "id": "p1", "run_id": "r1", "beta": 0.6, "condition": None, **{k: estimates[k] for k in list(estimates)[:3]},
        "mutual_information": {"lower": 7.6, "upper": 13.1, "saturated": True}, "label": "semantic",
        "estimates": estimates, "arrays": {"kl_per_dimension": [3.0, 0.5, 0.0]},
    }  # fmt: skip


@pytest.fixture
def samples() -> dict[str, Any]:
    """Its pictures: 16 tiles in rows of 4."""
    names = ("inputs", "reconstruction_sample", "reconstruction_mean", "generation_sample", "generation_mean")
    images = [{"name": name, "url": f"/api/v1/points/p1/images/{name}.png", "columns": 4} for name in names]
    return {"count": 16, "height": 8, "width": 8, "channels": 1, "images": images}
