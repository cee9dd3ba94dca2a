"""``/jobs``: how a short job fares, and what it drew."""

from fastapi import APIRouter, Response

from backend.api.parts import PREFIX, DatabaseOf
from backend.api.points import NEVER_CHANGES
from backend.api.records import Job, failure, samples_record
from backend.store import jobs, points
from backend.store.session import Session
from backend.store.tables import Job as JobRow

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("/{job_id}")
def get_job(job_id: str, database: DatabaseOf) -> Job:
    """One job; its result once it has succeeded."""
    with database.read() as session:
        return _record(session, jobs.get(session, job_id))


@router.get("/{job_id}/images/{name}.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
def get_image(job_id: str, name: str, database: DatabaseOf) -> Response:
    """One picture that the job drew."""
    with database.read() as session:
        png = points.job_picture(session, job_id, name)
    return Response(png, media_type="image/png", headers=NEVER_CHANGES)


@router.post("/{job_id}/cancel")
def cancel_job(job_id: str, database: DatabaseOf) -> Job:
    """A waiting job is cancelled at once; a running one is asked to stop."""
    with database.write() as session:
        job = jobs.get(session, job_id)
        jobs.request_cancel(session, job)
        return _record(session, job)


def _record(session: Session, job: JobRow) -> Job:
    result = job.result
    pictures = points.job_pictures(session, job.id)
    if pictures:
        result = (result or {}) | samples_record(f"{PREFIX}/jobs/{job.id}", pictures).model_dump()
    return Job(
        id=job.id,
        kind=job.kind,
        status=job.state,
        cancel_requested=job.cancel_requested,
        run_id=job.run_id,
        point_id=job.point_id,
        payload=job.payload,
        progress=job.progress,
        result=result,
        error=failure(job.error),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
