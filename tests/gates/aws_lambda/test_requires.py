"""`requires`: what API Gateway's JWT authorizers hand on, as Go prints it."""

import json
from typing import Any

import pytest

from gatepost.gates.aws_lambda import requires
from gatepost.gates.demand import Demands

CLAIMS = {
    "iss": "https://issuer.example",
    "sub": "alice",
    "scope": "read write",
    "exp": "1800000060",
    "auth_time": "1.79999999e+09",
    "roles": "[admin user]",
    "verified": "true",
    "level": "3",
    "acr": "mfa",
    "realm_access": "map[roles:[root]]",
}


def http_v2(claims: object) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": claims, "scopes": None}}}}


def http_v1(claims: object) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"claims": claims, "scopes": None}}}


def call(event: dict[str, Any], **demands: Any) -> dict[str, Any]:
    @requires(**demands)
    def handler(event: Any, _context: object) -> dict[str, object]:
        return {"statusCode": 200, "headers": {}, "body": "in"}

    return handler(event, None)


MET: list[Demands] = [
    {},
    {"scopes": "read"},
    {"scopes": "read write"},
    {"any_scope": "admin write"},
    {"claims": {"roles": "admin"}},
    {"claims": {"verified": True, "level": 3}},
    {"acr": "mfa"},
]
NOT_MET: list[Demands] = [
    {"scopes": "admin"},
    {"scopes": ["read", "admin"]},
    {"any_scope": "admin other"},
    {"claims": {"roles": "root"}},
    {"claims": {"verified": False}},
    {"claims": {"realm_access.roles": "root"}},
    {"claims": {"missing": "x"}},
]


@pytest.mark.parametrize("event", [http_v2(CLAIMS), http_v1(CLAIMS)], ids=["2.0", "1.0"])
@pytest.mark.parametrize("demands", MET, ids=str)
def test_a_token_that_meets_the_demands_reaches_the_handler(event: dict[str, Any], demands: Demands) -> None:
    assert call(event, **demands)["body"] == "in"


@pytest.mark.parametrize("event", [http_v2(CLAIMS), http_v1(CLAIMS)], ids=["2.0", "1.0"])
@pytest.mark.parametrize("demands", NOT_MET, ids=str)
def test_one_that_does_not_is_answered_with_403(event: dict[str, Any], demands: Demands) -> None:
    answer = call(event, **demands)
    assert answer["statusCode"] == 403
    assert 'error="insufficient_scope"' in answer["headers"]["WWW-Authenticate"]
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(answer["body"])["status"] == 403
    assert answer["isBase64Encoded"] is False


def test_a_sign_on_that_is_too_long_ago_is_answered_with_401(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.gates.aws_lambda.claims_guard.time.time", lambda: 1_800_000_000.0)
    assert call(http_v2(CLAIMS), max_auth_age=60)["statusCode"] == 200
    answer = call(http_v2(CLAIMS), max_auth_age=5)
    assert answer["statusCode"] == 401
    assert 'max_age="5"' in answer["headers"]["WWW-Authenticate"]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"requestContext": {}},
        {"requestContext": {"authorizer": None}},
        {"requestContext": {"authorizer": {"lambda": CLAIMS}}},
        {"requestContext": {"authorizer": {"principalId": "alice", **CLAIMS}}},
        http_v2({}),
        http_v2({"sub": "alice"}),
    ],
    ids=["nothing", "no authorizer", "null", "a Lambda authorizer", "REST", "no claims", "no issuer"],
)
def test_where_no_token_was_verified_nobody_is_let_in(event: dict[str, Any]) -> None:
    answer = call(event)
    assert (answer["statusCode"], answer["headers"]["WWW-Authenticate"]) == (401, "Bearer")
