"""The Lab's truths, and the plane of a data set whose entropy is known."""

import numpy as np
import pytest

from backend import toy


def test_the_toy_model_as_the_page_reads_it(client):
    answer = client.get("/api/v1/lab/toy")
    assert answer.status_code == 200
    body = answer.json()
    truth, model = toy.source(), toy.hand_built()
    assert body["states"] == truth.states.tolist()
    assert body["data"] == truth.data.tolist()
    assert body["source"] == {
        "weights": [0.7, 0.3],
        "means": [-0.5, 0.5],
        "scale": 0.29998,
        "conditional": truth.conditional.tolist(),
        "posterior": truth.posterior.tolist(),
    }
    assert (len(body["source"]["conditional"]), len(body["source"]["posterior"])) == (2, 30)
    assert body["entropy"] == truth.entropy
    assert body["information"] == pytest.approx(0.5, abs=5e-6)
    assert body["posterior_information"] == pytest.approx(0.378, abs=5e-4)
    optimal = body["optimal"]
    assert optimal["encoder"] == model.encoder.tolist()
    assert optimal["decoder"] == model.decoder.tolist()
    assert optimal["marginal"] == model.marginal.tolist()
    assert optimal["rate"] + optimal["distortion"] == pytest.approx(body["entropy"])
    assert optimal["information_with_source"] == pytest.approx(body["posterior_information"])
    exact, fixed = body["curve"], body["blahut_arimoto"]
    assert np.add(exact["rate"], exact["distortion"]) == pytest.approx(body["entropy"])
    assert (exact["rate"][0], exact["rate"][-1]) == (0, body["entropy"])
    assert fixed["rate"] == sorted(fixed["rate"])
    assert fixed["distortion"] == sorted(fixed["distortion"], reverse=True)
    above = np.add(fixed["rate"], fixed["distortion"]) - body["entropy"]
    assert above.min() == pytest.approx(0, abs=1e-3)
    assert fixed["rate"][int(above.argmin())] == pytest.approx(0.5, abs=0.02)


def test_the_answer_is_described_down_to_its_units(client):
    document = client.get("/api/v1/openapi.json").json()
    path = document["paths"]["/api/v1/lab/toy"]["get"]
    named = path["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    properties = document["components"]["schemas"][named]["properties"]
    assert set(properties) == set(client.get("/api/v1/lab/toy").json())
    assert all(each.get("description") for name, each in properties.items() if "$ref" not in each), properties
    assert client.post("/api/v1/lab/toy").status_code == 405
    assert client.get("/api/v1/lab/nothing").status_code == 404


def test_no_measurement_lowers_an_entropy_that_is_known(client, add_points):
    add_points(client, {"dataset": "toy"}, [(0.5, toy.source().entropy - 0.5 - 1e-6)])
    found = client.get("/api/v1/frontier?dataset=toy").json()
    assert found["dataset"] == "toy/none"
    assert found["entropy_bound"] == {
        "value": toy.source().entropy, "source": "H itself, from the formula", "exact": True,
    }  # fmt: skip
    (group,) = found["groups"]
    assert len(group["staircase"]) == 1


def test_the_catalogue_offers_the_toy_with_its_own_parts(client):
    catalogue = client.get("/api/v1/catalogue").json()
    entry = next(each for each in catalogue["datasets"] if each["name"] == "toy")
    assert entry["shape"] == [1, 30, 1]
    assert entry["defaults"]["architecture"]["encoder"]["kind"] == "categorical"
    assert entry["schema"]["properties"]["binarize"]["enum"] == ["none"]
    listed = client.get("/api/v1/datasets").json()
    listed = listed if isinstance(listed, list) else listed["items"]
    record = next(each for each in listed if each["name"] == "toy")
    assert (record["state"], record["values"]) == ("ready", "one-hot")
    assert client.post("/api/v1/runs", json={"dataset": "toy"}).status_code == 201
