"""Whatever schemathesis finds in the OpenAPI to send, well-formed or not, no answer is a 5xx or undocumented."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from backend.app import create_app
from backend.settings import Settings

EXAMPLES = 12


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
def test_no_input_is_a_server_error(mode, sqlite_url, broker_url, tmp_path):
    app = create_app(Settings(home=tmp_path, database_url=sqlite_url, broker_url=broker_url, upload_limit_mb=1))
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 25
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue  # nothing of it can be wrong but an id, and those are tried anyway

        @seed(0)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def no_server_error(case):
            case.call_and_validate(checks=[not_a_server_error, status_code_conformance, content_type_conformance])

        no_server_error()
    app.state.database.dispose()
