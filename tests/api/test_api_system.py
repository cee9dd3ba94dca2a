"""The catalogue, health, metrics and the OpenAPI page."""

import json
import re
import subprocess
import sys

from fastapi.testclient import TestClient
from rows import HERE

from backend.app import create_app
from backend.settings import Settings
from backend.spec import UNIONS, RunSpec, kinds
from backend.store.clock import utc_now

CONTRACT = {
    "datasets",
    "encoders",
    "decoders",
    "marginals",
    "networks",
    "likelihoods",
    "rate_terms",
    "divergences",
    "information_terms",
    "methods",
    "estimators",
}


def test_the_catalogue_lists_every_member_of_every_union(everywhere):
    catalogue = everywhere.get("/api/v1/catalogue").json()
    assert set(catalogue) >= CONTRACT
    for union in UNIONS:
        assert [entry["name"] for entry in catalogue[union]] == list(kinds(union))
    for table, entries in catalogue.items():
        assert entries, table
        for entry in entries:
            assert {"name", "title", "paper", "schema", "defaults"} <= set(entry)
            assert "$ref" not in json.dumps(entry["schema"])


def test_the_catalogue_is_enough_to_make_a_run(client):
    catalogue = client.get("/api/v1/catalogue").json()
    part = {table: catalogue[table][0]["defaults"] for table in ("encoders", "decoders", "marginals", "rate_terms")}
    body = {
        "dataset": {"name": "digits"},
        "architecture": {"encoder": part["encoders"], "decoder": part["decoders"], "marginal": part["marginals"]},
        "objective": {"rate": part["rate_terms"]},
    }
    assert client.post("/api/v1/runs", json=body).status_code == 201
    for seed, method in enumerate(catalogue["methods"], start=1):
        body = {"dataset": "digits", "method": method["name"], **method["defaults"], "seed": seed}
        answer = client.post("/api/v1/runs", json=body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["method"] == method["name"]
        assert answer.json()["knobs"] == method["defaults"]
        assert [knob["name"] for knob in method["knobs"]] == list(method["defaults"])
        assert method["formula"]
    for dataset in catalogue["datasets"]:
        assert RunSpec.model_validate_json(json.dumps(dataset["defaults"])).dataset.name == dataset["name"]


def test_fields_carry_their_range_and_their_meaning(client):
    catalogue = client.get("/api/v1/catalogue").json()
    beta = next(entry for entry in catalogue["rate_terms"] if entry["name"] == "beta")["schema"]["properties"]["beta"]
    assert (beta["exclusiveMinimum"], beta["maximum"], beta["default"]) == (0, 1e6, 1.0)
    assert "dimensionless" in beta["description"]
    knob = next(entry for entry in catalogue["methods"] if entry["name"] == "target-rate")["schema"]["properties"]
    assert knob["target_rate"]["maximum"] == 1e5
    digits = next(entry for entry in catalogue["datasets"] if entry["name"] == "digits")["schema"]["properties"]
    assert digits["train_limit"]["anyOf"][0]["maximum"] == 1257
    symbols = [entry["symbol"] for entry in catalogue["marginals"]]
    assert "-" in symbols


def test_readiness_names_each_part(client):
    answer = client.get("/readyz")
    parts = answer.json()["parts"]
    assert (parts["database"]["ok"], parts["broker"]["ok"], parts["artifacts"]["ok"]) == (True, False, True)
    assert answer.status_code == 503


def test_ready_with_a_broker(sqlite_url, broker_url, tmp_path):
    app = create_app(Settings(home=tmp_path, database_url=sqlite_url, broker_url=broker_url))
    answer = TestClient(app, base_url=HERE).get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    app.state.database.dispose()


def test_metrics_count_what_there_is(client):
    run = client.post("/api/v1/runs", json={"dataset": "digits"}).json()
    client.get(f"/api/v1/runs/{run['id']}")
    client.get("/api/v1/runs/none")
    text = client.get("/metrics").text
    assert 'frontier_runs{status="queued"} 1.0' in text
    assert 'frontier_jobs{queue="train",state="queued"} 1.0' in text
    assert "frontier_points 0.0" in text
    assert re.search(r'frontier_http_requests_total\{method="POST",route="[^"]*/runs",status="201"\} 1.0', text)
    assert re.search(r'route="[^"]*/runs/\{run_id\}",status="404"\} 1.0', text)
    assert run["id"] not in text


def test_the_api_page_loads_nothing_from_elsewhere(client):
    page = client.get("/api/v1/docs").text
    for source in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert source.startswith("/api/v1/")
        answer = client.get(source)
        assert answer.status_code == 200
        assert answer.content
    assert "://" not in re.sub(r"http://www.w3.org\S*", "", page)
    assert client.get("/api/v1/docs/other.js").status_code == 404


def test_the_openapi_names_every_call_of_the_contract(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    calls = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    prefix = "/api/v1"
    for method, path in [
        ("GET", "/catalogue"),
        ("POST", "/runs"),
        ("GET", "/runs"),
        ("GET", "/runs/{run_id}"),
        ("PATCH", "/runs/{run_id}"),
        ("DELETE", "/runs/{run_id}"),
        ("GET", "/runs/{run_id}/history"),
        ("GET", "/runs/{run_id}/log"),
        ("GET", "/runs/{run_id}/checkpoint"),
        ("POST", "/runs/{run_id}/cancel"),
        ("POST", "/runs/{run_id}/retry"),
        ("POST", "/sweeps"),
        ("GET", "/sweeps"),
        ("GET", "/sweeps/{sweep_id}"),
        ("POST", "/sweeps/{sweep_id}/cancel"),
        ("POST", "/sweeps/{sweep_id}/retry"),
        ("GET", "/points"),
        ("GET", "/points/{point_id}"),
        ("GET", "/points/{point_id}/samples"),
        ("GET", "/points/{point_id}/images/{name}.png"),
        ("POST", "/points/{point_id}/jobs"),
        ("GET", "/jobs/{job_id}"),
        ("GET", "/frontier"),
        ("GET", "/datasets"),
        ("POST", "/datasets"),
        ("POST", "/datasets/{name}/download"),
        ("DELETE", "/datasets/{name}"),
        ("GET", "/changes"),
    ]:
        assert (method, prefix + path) in calls, (method, path)


def test_every_reference_of_the_openapi_leads_somewhere(client):
    document = client.get("/api/v1/openapi.json").json()

    def references(node):
        if isinstance(node, dict):
            for key, value in node.items():
                yield from [value] if key == "$ref" else references(value)
        elif isinstance(node, list):
            for each in node:
                yield from references(each)

    found = set(references(document))
    assert found
    for reference in found:
        here = document
        for part in reference.removeprefix("#/").split("/"):
            here = here[part]


def test_times_are_utc_and_say_so(client):
    run = client.post("/api/v1/runs", json={"dataset": "digits"}).json()
    assert run["created_at"].endswith("Z")
    assert abs((utc_now() - utc_now().fromisoformat(run["created_at"])).total_seconds()) < 60


def test_the_process_that_serves_never_imports_torch(sqlite_url, tmp_path):
    """Importing it costs seconds and hundreds of megabytes, and the pages would wait for both."""
    program = f"""
import sys
from fastapi.testclient import TestClient
from backend.serve import create_server
from backend.settings import Settings
server = create_server(Settings(home={str(tmp_path)!r}, database_url={sqlite_url!r}))
with TestClient(server, base_url="http://127.0.0.1") as client:
    for path in ("/", "/api/v1/catalogue", "/api/v1/points", "/api/v1/frontier?dataset=mnist", "/api/v1/datasets"):
        assert client.get(path).status_code == 200, path
    assert client.post("/api/v1/runs", json={{}}).status_code == 201
print(sorted(name for name in ("torch", "sklearn", "worker") if name in sys.modules))
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip().splitlines()[-1] == "[]"


def test_every_setting_says_what_it_is():
    for name, field in Settings.model_fields.items():
        assert field.description, name
