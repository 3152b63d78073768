"""Clients prove who they are in the one way that is configured for them (RFC 6749 §2.3)."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from gatepost.identity import client_secrets, times
from gatepost.identity.applications import Application
from tests.provider.oauth.conftest import JWT_BEARER, SEALING, Answer, Served

_METHODS = ["CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "CLIENT_SECRET_JWT", "NONE"]


def _client(served: Served, method: str) -> Application:
    return served.application(
        tokenEndpointAuthMethod=method, grantTypes=["AUTHORIZATION_CODE", "DEVICE_CODE"], pkceEnforcement="OPTIONAL"
    )


def _by(served: Served, application: Application, way: str, *, secret: str | None = None) -> Answer:
    """Ask something that needs nothing but to be a client."""
    value = served.secret(application.id) if secret is None else secret
    match way:
        case "CLIENT_SECRET_BASIC":
            return served.post("device_authorization", served.basic(application.id, value), scope="openid")
        case "CLIENT_SECRET_POST":
            return served.post("device_authorization", client_id=application.id, client_secret=value, scope="openid")
        case "CLIENT_SECRET_JWT":
            assertion = served.assertion(application)
            form = {"client_assertion_type": JWT_BEARER, "client_assertion": assertion}
            return served.post("device_authorization", scope="openid", **form)
        case _:
            return served.post("device_authorization", client_id=application.id, scope="openid")


@pytest.mark.parametrize("way", _METHODS)
@pytest.mark.parametrize("method", _METHODS)
def test_only_the_configured_way_is_good(served: Served, method: str, way: str) -> None:
    answer = _by(served, _client(served, method), way)
    if way == method:
        assert answer.status == 200
        return
    assert answer.error == "401 invalid_client"
    text = "Request denied: Unsupported authentication method (Correlation ID: cor-1)"
    assert answer.json["error_description"] == text
    assert ("www-authenticate" in answer.headers) == (way == "CLIENT_SECRET_BASIC")


@pytest.mark.parametrize("method", ["CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST"])
@pytest.mark.parametrize("secret", ["wrong", "x" * 64, "\u00e4"])
def test_a_wrong_secret_gets_the_same_answer_as_a_wrong_way(served: Served, method: str, secret: str) -> None:
    answer = _by(served, _client(served, method), method, secret=secret)
    assert answer.error == "401 invalid_client"
    assert "Unsupported authentication method" in answer.json["error_description"]


def test_a_secret_in_the_form_that_is_empty_is_none(served: Served) -> None:
    application = _client(served, "CLIENT_SECRET_POST")
    answer = served.post("device_authorization", client_id=application.id, client_secret="")
    assert answer.error == "401 invalid_client"


def test_basic_credentials_are_form_encoded(served: Served) -> None:
    application = _client(served, "CLIENT_SECRET_BASIC")
    name, secret = application.id, served.secret(application.id)
    encoded = "".join(f"%{ord(letter):02X}" for letter in secret)
    for text in (f"{name}:{secret}", f"{name}:{encoded}"):
        headers = {"authorization": f"bAsIc {b64encode(text.encode()).decode()}"}
        assert served.post("device_authorization", headers, scope="openid").status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + b64encode(b"no-colon").decode(),
        "Basic /w==",
        "Bearer token",
        "Digest x",
    ],
)
def test_an_authorization_header_that_cannot_be_read_is_no_client(served: Served, authorization: str) -> None:
    answer = served.post("token", {"authorization": authorization}, grant_type="client_credentials")
    assert answer.error == "401 invalid_client"
    assert answer.headers["www-authenticate"].startswith("Basic ")


def _disabled(served: Served, application: Application) -> None:
    served.changed(application, enabled=False)


def _nothing(_served: Served, _application: Application) -> None:
    return


@pytest.mark.parametrize(
    ("before", "form", "error"),
    [
        (_disabled, {}, "401 invalid_client"),
        (_nothing, {"client_id": "somebody-else"}, "400 invalid_request"),
        (_nothing, {"client_secret": "x"}, "400 invalid_request"),
        (_nothing, {"client_assertion": "x", "client_assertion_type": JWT_BEARER}, "400 invalid_request"),
    ],
    ids=["disabled", "two names", "two secrets", "a secret and an assertion"],
)
def test_a_client_says_one_thing(
    served: Served, before: Callable[[Served, Application], None], form: dict[str, Any], error: str
) -> None:
    application = _client(served, "CLIENT_SECRET_BASIC")
    before(served, application)
    headers = served.basic(application.id)
    assert served.post("token", headers, grant_type="authorization_code", code="x", **form).error == error


@pytest.mark.parametrize("name", ["", "nobody", "00000000-0000-4000-8000-000000000000", "' OR 1=1 --"])
def test_an_unknown_client_is_no_client(served: Served, name: str) -> None:
    assert served.post("token", grant_type="client_credentials", client_id=name).error == "401 invalid_client"


def test_a_resource_is_no_client_of_the_token_endpoint(served: Served) -> None:
    resource = served.resource("read")
    answer = served.post("token", served.basic(resource.id), grant_type="client_credentials")
    assert answer.error == "401 invalid_client"


def test_a_previous_secret_is_good_until_its_time_is_over(served: Served) -> None:
    application = _client(served, "CLIENT_SECRET_BASIC")
    before = served.secret(application.id)
    until = {"previous": {"expiresAt": times.write(served.now + 120_000)}}
    served.write(lambda c: client_secrets.rotate(c, SEALING, application.id, until, served.now))
    after = served.secret(application.id)
    assert _by(served, application, "CLIENT_SECRET_BASIC", secret=before).status == 200
    kept = served.store.read(lambda c: client_secrets.current(c, SEALING, application.id))
    assert kept.previous_used_at == served.now
    served.time += 121
    assert _by(served, application, "CLIENT_SECRET_BASIC", secret=before).error == "401 invalid_client"
    assert _by(served, application, "CLIENT_SECRET_BASIC", secret=after).status == 200


def test_no_refusal_holds_the_secret(served: Served) -> None:
    application = _client(served, "CLIENT_SECRET_POST")
    answer = _by(served, application, "CLIENT_SECRET_POST", secret="my-own-secret-text")
    assert b"my-own-secret-text" not in answer.body
