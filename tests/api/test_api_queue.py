"""The waiting line: in which order runs are taken, and how a person changes it."""

import pytest
from rows import set_status

from backend.store import jobs


def submit(client, **body):
    answer = client.post("/api/v1/runs", json={"dataset": "digits", **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def line(client, **query):
    return [run["id"] for run in client.get("/api/v1/queue", params=query).json()["items"]]


def place(client, run_id, before):
    return client.post(f"/api/v1/runs/{run_id}/place", json={"before": before})


def prioritise(client, run_id, priority):
    return client.patch(f"/api/v1/runs/{run_id}", json={"priority": priority})


def taken(client):
    """The runs in the order in which workers do take them."""
    order = []
    with client.app.state.database.write() as session:
        while (job := jobs.claim(session, "train", {"host": "here", "pid": 1}, 30.0)) is not None:
            order.append(job.run_id)
    return order


def test_the_line_is_the_order_in_which_workers_take_runs(everywhere):
    a, b, c, d = (submit(everywhere, seed=seed)["id"] for seed in range(4))
    assert line(everywhere) == [a, b, c, d]
    assert prioritise(everywhere, c, 7).json()["priority"] == 7
    assert prioritise(everywhere, a, -1).json()["priority"] == -1
    assert line(everywhere) == [c, b, d, a]
    assert everywhere.get("/api/v1/queue?limit=2").json()["total"] == 4
    assert line(everywhere, limit=2) == [c, b]
    assert taken(everywhere) == [c, b, d, a]
    assert everywhere.get("/api/v1/queue").json() == {"items": [], "total": 0}


def test_a_run_is_moved_before_another_and_to_the_end(everywhere):
    a, b, c, d = (submit(everywhere, seed=seed)["id"] for seed in range(4))
    assert place(everywhere, d, a).status_code == 200
    assert line(everywhere) == [d, a, b, c]
    place(everywhere, c, a)  # between the two, whose times may be a microsecond apart
    place(everywhere, b, c)
    assert line(everywhere) == [d, b, c, a]
    place(everywhere, d, None)
    assert line(everywhere) == [b, c, a, d]
    place(everywhere, a, a)
    assert line(everywhere) == taken(everywhere) == [b, c, a, d]


def test_a_moved_run_takes_the_priority_of_its_place(client):
    a, b, c = (submit(client, seed=seed)["id"] for seed in range(3))
    prioritise(client, a, 5)
    assert place(client, c, a).json()["priority"] == 5
    assert line(client) == [c, a, b]
    assert place(client, c, None).json()["priority"] == 0
    assert line(client) == [a, b, c]


def test_many_moves_to_one_place_leave_no_two_runs_in_it(client):
    runs = [submit(client, seed=seed)["id"] for seed in range(6)]
    first, *others = runs
    for run in others:
        place(client, run, first)
    assert line(client) == [*others, first]
    for run in others:
        place(client, run, others[0] if run != others[0] else None)
    assert line(client) == [first, *others[1:], others[0]]


def test_priority_is_no_part_of_a_run_and_outlives_a_retry(client):
    run = submit(client)
    prioritise(client, run["id"], 9)
    assert submit(client, seed=1)["priority"] == 0
    again = client.post("/api/v1/runs", json={"dataset": "digits"})
    assert (again.status_code, again.json()["id"], again.json()["digest"]) == (200, run["id"], run["digest"])
    client.post(f"/api/v1/runs/{run['id']}/cancel")
    assert client.post(f"/api/v1/runs/{run['id']}/retry").json()["priority"] == 9


@pytest.mark.parametrize("status", ["running", "succeeded", "failed", "cancelled"])
def test_only_a_run_that_waits_has_a_place(client, status):
    waits, other = submit(client), submit(client, seed=1)
    set_status(client, other["id"], status)
    for answer in (
        prioritise(client, other["id"], 1),
        place(client, other["id"], waits["id"]),
        place(client, waits["id"], other["id"]),
        place(client, other["id"], None),
    ):
        assert answer.status_code == 409
        assert status in answer.json()["detail"]
    # all or nothing
    client.patch(f"/api/v1/runs/{other['id']}", json={"priority": 1, "notes": "mine"})
    assert client.get(f"/api/v1/runs/{other['id']}").json()["notes"] == ""


@pytest.mark.parametrize("body", [{"priority": 101}, {"priority": -101}, {"priority": 1.5}, {"priority": None}])
def test_a_priority_is_a_whole_number_up_to_a_hundred(client, body):
    answer = client.patch(f"/api/v1/runs/{submit(client)['id']}", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["priority"]


def test_a_place_names_a_run(client):
    run = submit(client)["id"]
    assert place(client, "none", run).status_code == 404
    assert place(client, run, "none").status_code == 404
    assert client.post(f"/api/v1/runs/{run}/place", json={}).json()["errors"][0]["loc"] == ["before"]
    assert client.get("/api/v1/queue?limit=0").status_code == 422


@pytest.mark.parametrize("body", [{"notes": None}, {"tags": None}])
def test_null_is_no_annotation(client, body):
    answer = client.patch(f"/api/v1/runs/{submit(client)['id']}", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == list(body)


def test_runs_are_found_by_tag_and_by_several_states(everywhere):
    a, b = submit(everywhere)["id"], submit(everywhere, seed=1)["id"]
    everywhere.patch(f"/api/v1/runs/{a}", json={"tags": ["first", 'a", "b', "köln"]})
    everywhere.patch(f"/api/v1/runs/{b}", json={"tags": ["second", "first"]})
    everywhere.post(f"/api/v1/runs/{b}/cancel")

    def found(**query):
        return [run["id"] for run in everywhere.get("/api/v1/runs", params=query).json()["items"]]

    assert found(tag="first") == [b, a]
    assert found(tag="first", status="cancelled") == [b]
    assert found(tag="köln") == found(tag='a", "b') == [a]
    assert found(tag=", ") == found(tag="fir") == []
    assert found(status=["queued", "cancelled"]) == [b, a]
    assert found(status=["failed", "cancelled"]) == [b]
    assert everywhere.get("/api/v1/runs?status=odd").status_code == 422


def test_a_misspelt_filter_is_no_filter(client):
    answer = client.get("/api/v1/runs?statu=failed&tag=a&tags=b")
    assert answer.status_code == 422
    problems = {each["loc"][0]: each["msg"] for each in answer.json()["errors"]}
    assert problems.keys() == {"statu", "tags"}
    assert "status, dataset, architecture, method, sweep, continues, tag, limit, cursor" in problems["statu"]
    assert client.get("/api/v1/queue?offset=3").status_code == 422
