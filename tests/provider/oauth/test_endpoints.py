"""What all endpoints have in common."""

import asyncio

import pytest

from gatepost.provider.web.request import Request
from tests.provider.oauth.conftest import Served

_ENDPOINTS = ["token", "introspect", "revoke", "par", "device_authorization", "userinfo"]


@pytest.mark.parametrize("endpoint", _ENDPOINTS)
def test_no_answer_is_kept_and_every_origin_may_read_it(served: Served, endpoint: str) -> None:
    answer = served.post(endpoint)
    assert answer.status in {400, 401}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "Correlation-Id"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("endpoint", _ENDPOINTS)
def test_scripts_may_ask_beforehand(served: Served, endpoint: str) -> None:
    answer = served.ask("OPTIONS", endpoint)
    assert answer.status == 204
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert {"Authorization", "DPoP"} <= set(answer.headers["access-control-allow-headers"].split(", "))


@pytest.mark.parametrize("endpoint", _ENDPOINTS)
def test_a_description_names_the_request(served: Served, endpoint: str) -> None:
    assert served.post(endpoint).json["error_description"].endswith(" (Correlation ID: cor-1)")


def test_an_environment_that_is_not_there_is_not_found(served: Served) -> None:
    path = "/00000000-0000-4000-8000-000000000000/as/token"
    assert served.ask("POST", "token", form={"grant_type": "client_credentials"}, path=path).status == 404


def test_an_endpoint_takes_its_methods_alone(served: Served) -> None:
    assert served.ask("GET", "token").status == 405


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"grant_type=client_credentials&grant_type=authorization_code", "application/x-www-form-urlencoded"),
        (b'{"grant_type":"client_credentials"}', "application/json"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
    ],
    ids=["a field twice", "JSON", "not UTF-8"],
)
def test_a_form_that_cannot_be_read_is_an_invalid_request(served: Served, body: bytes, media_type: str) -> None:
    request = Request("POST", f"{served.path}/token", headers={"content-type": media_type}, body=body)
    response = asyncio.run(served.web.answer(request))
    assert response.status == 400
    assert b'"error":"invalid_request"' in response.body
