"""``/changes``: each change once, in order, and nothing where nothing changed."""

from sqlalchemy import event

from backend.store import changes as changes_store

DIGITS = {"dataset": "digits"}


def changes(client, since):
    return client.get("/api/v1/changes", params={"since": since}).json()


def test_changes_follow_a_run_through_its_life(everywhere):
    start = changes(everywhere, 0)
    assert (start["revision"], start["runs"], start["deleted"], start["more"]) == (0, [], [], False)
    run = everywhere.post("/api/v1/runs", json=DIGITS).json()
    other = everywhere.post("/api/v1/runs", json={**DIGITS, "seed": 1}).json()
    made = changes(everywhere, 0)
    assert [each["id"] for each in made["runs"]] == [run["id"], other["id"]]
    assert changes(everywhere, made["revision"])["runs"] == []
    everywhere.post(f"/api/v1/runs/{run['id']}/cancel")
    cancelled = changes(everywhere, made["revision"])
    assert [(each["id"], each["status"]) for each in cancelled["runs"]] == [(run["id"], "cancelled")]
    everywhere.delete(f"/api/v1/runs/{run['id']}")
    deleted = changes(everywhere, cancelled["revision"])
    assert (deleted["runs"], deleted["deleted"]) == ([], [run["id"]])
    assert deleted["revision"] > cancelled["revision"]
    assert changes(everywhere, 0)["deleted"] == [run["id"]]


def test_many_changes_come_in_parts_each_once(everywhere, monkeypatch):
    monkeypatch.setattr(changes_store, "MOST_RUNS", 3)
    monkeypatch.setattr(changes_store, "MOST_DELETED", 2)
    made = [everywhere.post("/api/v1/runs", json={**DIGITS, "seed": seed}).json()["id"] for seed in range(12)]
    for run_id in made[:5]:
        everywhere.delete(f"/api/v1/runs/{run_id}")
    seen, gone, since, more = [], [], 0, True
    while more:
        part = changes(everywhere, since)
        assert len(part["runs"]) <= 3
        assert len(part["deleted"]) <= 2
        assert part["revision"] > since
        seen += [run["id"] for run in part["runs"]]
        gone += part["deleted"]
        since, more = part["revision"], part["more"]
    assert (seen, gone) == (made[5:], made[:5])
    assert changes(everywhere, since)["revision"] == since


def test_nothing_new_costs_one_query(client):
    client.post("/api/v1/runs", json=DIGITS)
    revision = changes(client, 0)["revision"]
    asked = []
    event.listen(
        client.app.state.database.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2])
    )
    assert changes(client, revision)["runs"] == []
    assert len([statement for statement in asked if statement != "BEGIN"]) == 1


def test_a_revision_of_another_database_counts_as_none(client):
    run = client.post("/api/v1/runs", json=DIGITS).json()
    assert [each["id"] for each in changes(client, 10**6)["runs"]] == [run["id"]]


def test_a_revision_is_a_natural_number(client):
    for since in ("-1", "x", "1e3", str(2**63), "9" * 5000):
        assert client.get("/api/v1/changes", params={"since": since}).status_code == 422
