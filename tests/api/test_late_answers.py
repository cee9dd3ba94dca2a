"""What the Latent page asks of REST when requests overtake one another; no worker runs, so every job stays open."""

import asyncio

import httpx
import pytest
from dash import Dash
from rows import HERE
from test_api_point_jobs import DIGITS, with_checkpoint

from backend.store.tables import Job
from frontend.client import Client
from frontend.context import _POINTS, Context
from frontend.pages.latent.jobs import Newest, newest_answer


@pytest.fixture
def pages(app):
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE)
    return Context(Dash(__name__), Client(http))


@pytest.fixture
def asked(client, add_points):
    """Asks for samples with a seed, as one panel of one open page does."""
    point = with_checkpoint(client, add_points, DIGITS)

    def of(seed):
        body = {"what": "samples", "count": 4, "seed": seed}
        return {"panel": "samples", "point": point, "body": body}

    return of


def status(client, answer):
    return client.get(f"/api/v1/jobs/{answer['job']}").json()["status"]


def test_a_choice_that_is_taken_back_is_asked_for_again(client, pages, asked):
    async def choose():
        newest = Newest()
        return [await newest_answer(pages, newest, "page", asked(seed)) for seed in (1, 2, 1, 1)]

    first, second, again, same = asyncio.run(choose())
    assert [status(client, each) for each in (first, second, again)] == ["cancelled", "cancelled", "queued"]
    assert same == again


def test_of_requests_that_overlap_the_last_one_wins(client, pages, asked):
    async def choose():
        newest = Newest()
        asking = [newest_answer(pages, newest, "page", asked(seed)) for seed in (1, 2, 2)]
        elsewhere = newest_answer(pages, newest, "another page", asked(1))
        return await asyncio.gather(*asking, elsewhere)

    first, second, same, elsewhere = asyncio.run(choose())
    assert first is None
    assert second == same
    assert status(client, second) == status(client, elsewhere) == "queued"
    with client.app.state.database.read() as session:
        assert session.query(Job).filter(Job.kind == "decode", Job.state == "queued").count() == 2


def test_whole_points_are_kept_by_use_and_what_the_queue_shows_is_small(client, pages, add_points):
    _, points = add_points(client, DIGITS, [(float(place), 2.0) for place in range(_POINTS + 2)])

    async def look():
        for point in points[:_POINTS]:
            await pages.point(point)
        await pages.point(points[0])
        await pages.point(points[-1])
        return await pages.where(points[0])

    assert set(asyncio.run(look())) == {"rate", "distortion", "label"}
    assert len(pages._points) == _POINTS
    assert points[0] in pages._points
    assert points[1] not in pages._points
