"""Real-valued data whose entropy has no bound: nothing stands in for it, and D may be negative."""

PLACES = [(0.1, 1.3), (0.7, -0.5), (1.9, -1.8), (2.5, -1.0)]


def test_without_a_bound_there_is_no_reference_and_no_area(client, add_points):
    _, ids = add_points(client, {"dataset": "two-points"}, PLACES)
    answer = client.get("/api/v1/frontier", params={"dataset": "two-points"}).json()
    assert answer["entropy_bound"]["value"] is None
    assert "minus infinity" in answer["entropy_bound"]["source"]
    assert answer["reference"] is None
    (group,) = answer["groups"]
    assert group["staircase"] == ids[:3]
    assert group["hull"] == [ids[0], ids[1], ids[2]]
    assert group["hypervolume"] is None


def test_the_data_set_says_that_it_is_real_and_why_it_has_no_bound(client):
    record = client.get("/api/v1/datasets/two-points").json()
    assert (record["state"], record["values"], record["binarizations"]) == ("ready", "real", ["none"])
    assert (record["shape"], record["splits"]) == ([1, 1, 1], {"train": 1000, "validation": 200, "test": 1000})
    assert record["entropy_bound"]["value"] is None
    entry = next(each for each in client.get("/api/v1/catalogue").json()["datasets"] if each["name"] == "two-points")
    assert entry["defaults"]["architecture"]["likelihood"] == {"kind": "gaussian"}
    assert entry["defaults"]["architecture"]["encoder"]["network"]["activation"] == "relu"
