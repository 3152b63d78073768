"""The OpenAPI document says what there is, and everything of it."""

import re
from typing import Any

import pytest

from gatepost.identity.mail import Mail
from gatepost.identity.roles import PERMISSIONS
from gatepost.provider.platform import guards
from gatepost.provider.platform.endpoint import Endpoint
from gatepost.provider.platform.table import endpoints
from tests.provider.platform.conftest import Api


class _Nobody:
    async def send(self, mail: Mail, now: int) -> None:
        raise NotImplementedError


TABLE = tuple(endpoints(_Nobody()))


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    shown = api("GET", "/v1/openapi.json", token="")
    assert shown.status == 200
    assert shown.headers["content-type"] == "application/json"
    body: dict[str, Any] = shown.body
    return body


def test_every_endpoint_needs_a_permission_that_a_role_has() -> None:
    assert {each.permission for each in TABLE} <= PERMISSIONS


def test_every_endpoint_has_a_name_of_its_own() -> None:
    names = [each.operation_id for each in TABLE]
    assert len(set(names)) == len(names)


def test_every_change_is_in_the_audit() -> None:
    assert [each.operation_id for each in TABLE if (each.action is None) is not (each.method == "GET")] == []


@pytest.mark.parametrize("endpoint", [each for each in TABLE if each.anywhere], ids=lambda each: each.operation_id)
def test_what_is_permitted_for_a_part_is_looked_at_again(endpoint: Endpoint) -> None:
    looks = {"listUsers", "listGroups", "listPopulations", "listApplications", "listRoles", "getRole"}
    reaching = {guards.is_here, *(each for name, each in vars(guards).items() if name.startswith("reaches_"))}
    assert reaching & set(endpoint.guards) or endpoint.operation_id in looks


def test_every_endpoint_is_in_the_document(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    for each in TABLE:
        operation = document["paths"][each.pattern][each.method.lower()]
        assert set(operation["responses"]) >= {str(status) for status in each.statuses}
        if each.takes is not None:
            assert each.media_type in operation["requestBody"]["content"]
        names = [parameter["name"] for parameter in document["paths"][each.pattern]["parameters"]]
        assert names == re.findall(r"\{(\w+)\}", each.pattern)


def test_what_is_never_shown_is_not_in_the_answers(document: dict[str, Any]) -> None:
    operation = document["paths"]["/environments/{environmentId}/users"]["post"]
    taken = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    shown = operation["responses"]["201"]["content"]["application/hal+json"]["schema"]["properties"]
    assert taken["password"]["writeOnly"] is True
    assert "password" not in shown


def test_a_partial_change_requires_nothing(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for content in path.get("patch", {}).get("requestBody", {}).get("content", {}).values():
            assert "required" not in content["schema"]
