"""Pushed authorization requests (RFC 9126)."""

from typing import Any

import pytest
from sqlalchemy import select

from gatepost.identity.store.tables import pushed_requests
from gatepost.jose import SigningKey, sign_compact
from gatepost.provider.oauth.requests import AuthorizationFailed
from tests.provider.oauth.conftest import CALLBACK, JWT_BEARER, Answer, Served

REQUEST = {"response_type": "code", "redirect_uri": CALLBACK, "scope": "openid", "state": "s-1"}


def test_a_request_is_kept_and_used_once(served: Served) -> None:
    application = served.application()
    answer = served.as_client(application, "par", **REQUEST)
    assert answer.status == 201
    assert answer.json["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert answer.json["expires_in"] == 60
    # what stands beside it does not count
    request = served.request(application, request_uri=answer.json["request_uri"], scope="profile", redirect_uri="x")
    assert request.scopes == ("openid",)
    assert request.redirect_uri == CALLBACK
    assert request.state == "s-1"
    with pytest.raises(AuthorizationFailed) as caught:
        served.request(application, request_uri=answer.json["request_uri"])
    assert caught.value.error == "invalid_request_uri"
    assert caught.value.return_to is None


def test_a_pushed_request_expires(served: Served) -> None:
    application = served.application(parTimeout=10)
    pushed = served.as_client(application, "par", **REQUEST).json
    assert pushed["expires_in"] == 10
    served.time += 11
    with pytest.raises(AuthorizationFailed, match="has expired"):
        served.request(application, request_uri=pushed["request_uri"])


def test_a_pushed_request_is_its_clients_alone(served: Served) -> None:
    application, thief = served.application(), served.application()
    pushed = served.as_client(application, "par", **REQUEST).json
    with pytest.raises(AuthorizationFailed):
        served.request(thief, request_uri=pushed["request_uri"])
    assert served.request(application, request_uri=pushed["request_uri"]).application_id == application.id


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"redirect_uri": "https://elsewhere.example/"}, "400 invalid_request"),
        ({"response_type": None}, "400 invalid_request"),
        ({"response_type": "token"}, "400 unauthorized_client"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "400 invalid_request"),
        ({"code_challenge": "short"}, "400 invalid_request"),
        ({"request": "a.b.c"}, "400 invalid_request_object"),
        ({"scope": "unknown"}, "400 invalid_scope"),
    ],
    ids=repr,
)
def test_a_request_that_is_not_good_is_not_kept(served: Served, form: dict[str, Any], error: str) -> None:
    assert served.as_client(served.application(), "par", **REQUEST | form).error == error


def test_who_pushes_is_a_client(served: Served) -> None:
    application = served.application()
    answer = served.post("par", client_id=application.id, **REQUEST)
    assert answer.error == "401 invalid_client"


def test_the_client_cannot_push_for_another(served: Served) -> None:
    application, other = served.application(tokenEndpointAuthMethod="CLIENT_SECRET_JWT"), served.application()
    form = {"client_assertion": served.assertion(application), "client_assertion_type": JWT_BEARER}
    assert served.post("par", client_id=other.id, **form, **REQUEST).error == "401 invalid_client"


def test_an_application_may_have_to_push(served: Served) -> None:
    application = served.application(parRequirement="REQUIRED")
    with pytest.raises(AuthorizationFailed, match="has to push"):
        served.request(application)
    pushed = served.as_client(application, "par", **REQUEST).json
    assert served.request(application, request_uri=pushed["request_uri"]).scopes == ("openid",)


def test_no_secret_is_kept_with_the_request(served: Served) -> None:
    application = served.application(tokenEndpointAuthMethod="CLIENT_SECRET_POST")
    served.as_client(application, "par", **REQUEST)
    kept = served.store.read(lambda c: c.execute(select(pushed_requests.c.document)).scalar_one())
    assert served.secret(application.id) not in str(kept)
    assert "client_secret" not in kept


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "merged"])
def test_the_proof_counts_whatever_a_request_object_says(served: Served, signed: bool) -> None:
    application = served.application(requireSignedRequestObject=signed)
    key, other = SigningKey.generate("ES256"), SigningKey.generate("ES256")
    secret = SigningKey.from_secret(served.secret(application.id).encode())

    def push(**claims: str) -> Answer:
        inside = sign_compact({**REQUEST, "client_id": application.id, **claims}, secret)
        proof = {"dpop": served.proof(key, "par")}
        return served.as_client(application, "par", proof, response_type="code", request=inside)

    for claims in ({}, {"dpop_jkt": key.thumbprint()}):
        pushed = push(**claims).json
        assert served.request(application, request_uri=pushed["request_uri"]).dpop_jkt == key.thumbprint()
    assert push(dpop_jkt=other.thumbprint()).error == "400 invalid_dpop_proof"
