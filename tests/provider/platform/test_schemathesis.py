"""What schemathesis makes of the OpenAPI document: no failure of the server, no answer that is not declared."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.provider.platform.conftest import Api

schemathesis = pytest.importorskip("schemathesis")

# What the other requests are made of stays.
_KEPT = ("deleteEnvironment", "deleteApplication", "deleteUser", "deleteResource", "deletePopulation", "deleteGroup")


@pytest.fixture
def things(both: Api) -> dict[str, str]:
    """What is there, by the names of the parameters of paths."""
    application = {
        "name": "schemathesis",
        "enabled": True,
        "type": "WEB_APP",
        "protocol": "OPENID_CONNECT",
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
    }
    policy = both("GET", "/passwordPolicies").body["_embedded"]["passwordPolicies"][0]["id"]
    return {
        "environmentId": both.environment_id,
        "applicationId": both("POST", "/applications", application).id,
        "userId": both.user("schemathesis", email="schemathesis@example.com"),
        "resourceId": both("POST", "/resources", {"name": "schemathesis"}).id,
        "populationId": both.population(),
        "groupId": both("POST", "/groups", {"name": "schemathesis"}).id,
        "policyId": both("POST", "/signOnPolicies", {"name": "schemathesis"}).id,
        "passwordPolicyId": policy,
    }


def _operations(api: Api) -> Iterator[Any]:
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", api.application)
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] not in _KEPT:
            yield operation


def test_every_answer_is_declared_and_none_is_a_failure(both: Api, things: dict[str, str]) -> None:
    operations = list(_operations(both))
    assert len(operations) > 100
    for operation in operations:
        _try(both, operation, things)
    assert both("GET", "").status == 200


def _try(api: Api, operation: Any, things: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def answers(case: Any) -> None:
        case.path_parameters = {**(case.path_parameters or {}), **_known(case, things)}
        checks = (
            schemathesis.checks.not_a_server_error,
            schemathesis.specs.openapi.checks.status_code_conformance,
            schemathesis.specs.openapi.checks.content_type_conformance,
            schemathesis.specs.openapi.checks.response_headers_conformance,
            schemathesis.specs.openapi.checks.response_schema_conformance,
        )
        case.call_and_validate(headers={"Authorization": f"Bearer {api.token}"}, checks=checks)

    answers()


def _known(case: Any, things: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in things.items() if name in (case.path_parameters or {})}
