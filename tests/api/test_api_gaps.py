"""``/frontier/gaps``: what would fill a frontier, and what is said of a place."""

import pytest
from rows import set_status

from backend.store.clock import utc_now
from backend.store.tables import Point, Run

DIGITS = {"dataset": "digits"}


def gaps(client, **query):
    answer = client.get("/api/v1/frontier/gaps", params={**DIGITS, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def bound(client):
    return client.get("/api/v1/frontier", params={"dataset": "digits"}).json()["entropy_bound"]["value"]


def values(answer):
    return [(each["key"].rpartition(".")[2], each["value"]) for each in answer["proposals"]]


@pytest.fixture
def frontier(client, add_points):
    """Three betas of one recipe, with a large gap between the first two; the ids of the points."""
    places = {4.0: (2.0, 20.0), 1.0: (10.0, 12.0), 0.5: (12.0, 11.0)}
    return [add_points(client, {**DIGITS, "beta": beta}, [place], beta=beta)[1][0] for beta, place in places.items()]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "dataset"),
        ({"dataset": "nothing"}, "dataset"),
        ({"dataset": "digits", "rate": 1}, "distortion"),
        ({"dataset": "digits", "distortion": 1}, "rate"),
        ({"dataset": "digits", "rate": -1, "distortion": 1}, "rate"),
        ({"dataset": "digits", "rate": 1, "distortion": "nan"}, "distortion"),
        ({"dataset": "digits", "limit": 0}, "limit"),
        ({"dataset": "digits", "evaluation": "some"}, "evaluation"),
    ],
)
def test_a_bad_question_names_its_field(client, query, field):
    answer = client.get("/api/v1/frontier/gaps", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == field


def test_an_empty_data_set_has_a_sentence_instead(client, add_points):
    empty = gaps(client)
    assert (empty["proposals"], empty["evaluation"]) == ([], "all")
    assert "there is none: queue a sweep over beta first" in empty["note"]
    assert "no point" in gaps(client, rate=3, distortion=10)["note"]
    add_points(client, {**DIGITS, "beta": 1}, [(10.0, 12.0)])
    assert "there is one" in gaps(client)["note"]


def test_the_largest_gap_comes_first_and_its_run_can_be_posted(client, frontier):
    answer = gaps(client, limit=2)
    first = answer["proposals"][0]
    assert values(answer)[0] == ("beta", 2.0)
    assert first["between"] == frontier[:2]
    assert (first["rate"], first["distortion"]) == pytest.approx((6.0, 16.0))
    assert first["estimate_s"] is None  # nobody timed these
    posted = client.post("/api/v1/runs", json=first["spec"])
    assert posted.status_code == 201, posted.text
    assert posted.json()["spec"]["objective"]["rate"]["beta"] == 2.0
    assert posted.json()["spec"] == first["spec"]


def test_what_waits_or_has_ended_is_left_out_and_what_was_cancelled_is_not(client, frontier):
    run = client.post("/api/v1/runs", json={**DIGITS, "beta": 2.1, "seed": 4}).json()["id"]  # nearly beta 2
    assert ("beta", 2.0) not in values(gaps(client, limit=10))
    client.post(f"/api/v1/runs/{run}/cancel")
    assert ("beta", 2.0) in values(gaps(client, limit=10))
    run = client.post("/api/v1/runs", json={**DIGITS, "beta": 2.0}).json()["id"]
    set_status(client, run, "failed")
    assert ("beta", 2.0) not in values(gaps(client, limit=10))


def test_a_dominated_point_of_the_same_family_is_not_asked_for_again(client, frontier, add_points):
    add_points(client, {**DIGITS, "beta": 2.0, "seed": 1}, [(11.0, 19.0)], beta=2.0)
    assert ("beta", 2.0) not in values(gaps(client, limit=10))


def test_the_oldest_run_of_a_digest_was_cancelled_and_another_one_is_known(client, frontier):
    body = client.post("/api/v1/runs", json={**DIGITS, "beta": 2.0}).json()
    client.post(f"/api/v1/runs/{body['id']}/cancel")
    assert ("beta", 2.0) in values(gaps(client, limit=10))
    again = client.post("/api/v1/runs?duplicate=true", json={**DIGITS, "beta": 2.0}).json()["id"]
    for status in ("queued", "running", "failed", "succeeded"):
        set_status(client, again, status)
        assert ("beta", 2.0) not in values(gaps(client, limit=10)), status


def test_the_very_run_that_succeeded_without_a_point_is_known_by_its_digest(client, frontier):
    run = client.post("/api/v1/runs", json={**DIGITS, "beta": 2.0}).json()["id"]
    set_status(client, run, "succeeded")
    assert ("beta", 2.0) not in values(gaps(client, limit=10))


def test_a_run_stored_before_a_field_existed_is_of_the_same_family(client, frontier):
    run = client.post("/api/v1/runs", json={**DIGITS, "beta": 2.1, "seed": 4}).json()["id"]
    with client.app.state.database.write() as session:
        row = session.get_one(Run, run)
        training = {name: value for name, value in row.spec["training"].items() if name != "continues"}
        row.spec = {**row.spec, "training": training}
    assert ("beta", 2.0) not in values(gaps(client, limit=10))


def test_more_points_near_a_gap_than_a_query_takes_hide_no_known_run(client, frontier, add_points):
    """Dominated points with betas close to the proposal's, of another family, stand before the one that counts."""
    other = {**DIGITS, "beta": 2.0, "latent_dim": 3}
    _, (crowd,) = add_points(client, other, [(11.0, 19.0)], beta=2.0)
    with client.app.state.database.write() as session:
        point = session.get_one(Point, crowd)
        run = session.get_one(Run, point.run_id)
        for number in range(600):
            names = {"id": f"crowd{number}", "created_at": utc_now()}
            session.add(Run(**{**fields(run), **names}))
            session.flush()
            session.add(Point(**{**fields(point), **names, "run_id": names["id"]}))
    add_points(client, {**DIGITS, "beta": 2.0, "seed": 1}, [(11.0, 19.0)], beta=2.0)
    assert ("beta", 2.0) not in values(gaps(client, limit=10))


def fields(row):
    return {each.key: getattr(row, each.key) for each in type(row).__mapper__.column_attrs}


def test_a_model_that_continued_another_is_annealed_as_that_one_was(client, add_points):
    annealed = {**DIGITS, "objective": {"rate": {"kind": "beta", "beta": 4.0, "anneal_epochs": 2}}, "epochs": 4}
    first, _ = add_points(client, annealed, [(50.0, 50.0)], beta=4.0)
    for beta, place in ((4.0, (2.0, 20.0)), (1.0, (10.0, 12.0))):
        run, _ = add_points(client, {**DIGITS, "beta": beta, "epochs": 4}, [place], beta=beta)
        with client.app.state.database.write() as session:
            row = session.get_one(Run, run)
            continues = {"run": first, "sha256": "a" * 64, "epochs": 4}
            row.spec = {**row.spec, "training": {**row.spec["training"], "continues": continues}}
    (proposal,) = gaps(client, limit=1)["proposals"]
    assert proposal["spec"]["objective"]["rate"] == {"kind": "beta", "beta": 2.0, "anneal_epochs": 2}
    assert proposal["spec"]["training"]["epochs"] == 8
    assert client.delete(f"/api/v1/runs/{first}").status_code == 204
    assert gaps(client, limit=1)["proposals"] == []  # nobody knows how the chain began


def test_every_group_that_the_frontier_names_can_be_asked_for(client, frontier, add_points):
    part = {"dataset": {"name": "digits", "eval_limit": 50}}
    made = {"none": {"dataset": "toy"}, "conv (eval_limit 50)": part}
    for key, body in made.items():
        places = {4.0: (0.2, 2.5), 1.0: (1.0, 1.0)}
        ids = [add_points(client, {**body, "beta": beta}, [place], beta=beta)[1][0] for beta, place in places.items()]
        asked = {"dataset": "toy" if key == "none" else "digits", "group_by": "network"}
        groups = client.get("/api/v1/frontier", params=asked).json()["groups"]
        assert key in [group["key"] for group in groups]
        (proposal,) = gaps(client, **asked, group=key, limit=1)["proposals"]
        assert proposal["between"] == ids
    assert gaps(client, **asked, group="mlp")["proposals"] == []


def test_neighbours_of_two_families_get_a_target_rate_of_the_better_one(client, add_points):
    add_points(client, {**DIGITS, "beta": 4}, [(2.0, 20.0)], beta=4.0)
    add_points(client, {**DIGITS, "beta": 1, "latent_dim": 3}, [(10.0, 9.0)])
    answer = gaps(client, limit=1)
    assert values(answer) == [("target_rate", 6.0)]
    assert answer["proposals"][0]["spec"]["architecture"]["latent_dim"] == 3


def test_a_model_trained_without_a_rate_term_can_be_asked_for_a_rate(client, add_points):
    add_points(client, {**DIGITS, "beta": 4}, [(2.0, 20.0)], beta=4.0)
    add_points(client, {**DIGITS, "method": "wae-mmd"}, [(10.0, 9.0)], beta=None)
    (proposal,) = gaps(client, limit=1)["proposals"]
    assert proposal["key"] == "objective.rate.target_rate"
    assert client.post("/api/v1/runs", json=proposal["spec"]).status_code == 201


def test_evaluations_and_groups_have_frontiers_of_their_own(client, frontier, add_points):
    body = {"dataset": {"name": "digits", "eval_limit": 50}}
    _, part = add_points(client, {**body, "beta": 3}, [(0.5, 5.0)], beta=3.0)
    _, rest = add_points(client, {**body, "beta": 0.1}, [(9.5, 1.0)], beta=0.1)
    assert gaps(client)["evaluation"] == "all"
    asked = gaps(client, evaluation="50")
    assert asked["proposals"][0]["between"] == part + rest
    _, flows = add_points(client, {**DIGITS, "architecture": "+--"}, [(1.0, 15.0), (8.0, 9.0)])
    assert gaps(client, group_by="encoder", group=" ")["proposals"][0]["between"] == flows
    assert gaps(client, group_by="architecture", group="+--")["proposals"][0]["between"] == flows


def test_a_place_becomes_a_target_rate_of_the_nearest_point(client, frontier):
    answer = gaps(client, rate=6, distortion=15.9)
    (proposal,) = answer["proposals"]
    assert values(answer) == [("target_rate", 6.0)]
    assert proposal["distortion"] == pytest.approx(16.0)
    assert len(proposal["between"]) == 1
    posted = client.post("/api/v1/runs", json=proposal["spec"])
    assert posted.status_code == 201
    assert posted.json()["method"] == "target-rate"
    assert "known: it waits" in gaps(client, rate=6, distortion=15.9)["note"]


def test_a_place_that_cannot_be_reached_or_moves_nothing_says_so(client, frontier):
    least = bound(client)
    assert "No model" in gaps(client, rate=least / 4, distortion=least / 4)["note"]
    above = gaps(client, rate=14, distortion=30)
    assert "would not move the frontier" in above["note"]
    assert above["proposals"][0]["distortion"] is None  # beyond the end of the staircase
    assert above["proposals"][0]["between"] == [frontier[0]]  # the nearest


def test_the_seconds_are_those_of_the_run_whose_model_it_has(client, frontier):
    with client.app.state.database.write() as session:
        for run in session.query(Run):
            run.timings = {"data_s": 1.0, "train_s": 5.0, "measure_s": 2.5, "images_per_second": 1e6}
    assert gaps(client)["proposals"][0]["estimate_s"] == pytest.approx(8.5)
