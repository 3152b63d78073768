"""The sample events have the shape that tells the kinds apart."""

from typing import Any

import pytest

from gatepost.apigateway.events.samples import KINDS, sample
from gatepost.errors import ConfigurationError

SHAPES = {
    "rest-token": {"type": "TOKEN", "version": None},
    "rest-request": {"type": "REQUEST", "version": None},
    "http-v1-authorizer": {"type": "REQUEST", "version": "1.0"},
    "http-v2-authorizer": {"type": "REQUEST", "version": "2.0"},
    "rest-proxy": {"type": None, "version": None},
    "rest-proxy-lambda": {"type": None, "version": None},
    "http-v1": {"type": None, "version": "1.0"},
    "http-v2": {"type": None, "version": "2.0"},
    "http-v2-jwt": {"type": None, "version": "2.0"},
    "http-v2-lambda": {"type": None, "version": "2.0"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_shape(kind: str) -> None:
    event = sample(kind, method="post", path="/pets/7", token="abc", query="?a=1", body="{}", now=0)
    assert {name: event.get(name) for name in ("type", "version")} == SHAPES[kind]
    arn = event.get("methodArn", event.get("routeArn"))
    assert (arn is not None) is (event.get("type") is not None)
    if arn is not None:
        assert arn.endswith(("/prod/POST/pets/7", "/$default/POST/pets/7"))
    if kind == "rest-token":
        assert event["authorizationToken"] == "Bearer abc"
    else:
        assert {name.lower(): value for name, value in event["headers"].items()}["authorization"] == "Bearer abc"
        assert event["queryStringParameters"] == {"a": "1"}


@pytest.mark.parametrize(
    ("kind", "authorizer"),
    [
        ("rest-proxy-lambda", {"principalId": "user-1", "scope": "read", "integrationLatency": 12}),
        ("http-v2-lambda", {"lambda": {"scope": "read"}}),
        (
            "http-v2-jwt",
            {
                "jwt": {
                    "claims": {"iss": "https://issuer.example", "sub": "user-1", "scope": "read"},
                    "scopes": None,
                }
            },
        ),
    ],
)
def test_what_an_authorizer_hands_on(kind: str, authorizer: dict[str, Any]) -> None:
    assert sample(kind)["requestContext"]["authorizer"] == authorizer


def test_a_body_is_json_unless_a_header_says_otherwise() -> None:
    assert sample("http-v2", body="{}")["body"] == "{}"
    form = sample("http-v2", body="a=1", headers=[("content-type", "application/x-www-form-urlencoded")])
    assert (form["body"], form["isBase64Encoded"]) == ("YT0x", True)


def test_a_token_with_a_scheme_stays_as_it_is() -> None:
    assert sample("rest-token", token="Basic abc")["authorizationToken"] == "Basic abc"
    assert sample("rest-token")["authorizationToken"] == ""


@pytest.mark.parametrize(("kind", "path"), [("rest", "/user"), ("http-v2", "user")])
def test_what_does_not_exist_is_said(kind: str, path: str) -> None:
    with pytest.raises(ConfigurationError):
        sample(kind, path=path)
