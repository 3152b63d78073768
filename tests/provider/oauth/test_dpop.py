"""Tokens that are bound to a key (RFC 9449)."""

from typing import Any

import pytest

from gatepost.identity.applications import Application
from gatepost.jose import SigningKey
from gatepost.provider.oauth.requests import AuthorizationFailed
from tests.provider.oauth.conftest import BEGINNING, CALLBACK, VERIFIER, Answer, Served

NOW = int(BEGINNING)
KEY, OTHER = SigningKey.generate("ES256"), SigningKey.generate("ES256")


def _worker(served: Served) -> Application:
    application = served.worker()
    served.grant(application, served.resource("read"))
    return application


def _ask(served: Served, application: Application, proof: str) -> Answer:
    return served.token(application, {"dpop": proof}, grant_type="client_credentials")


def _redeem(served: Served, application: Application, code: str, proof: str | None) -> Answer:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return served.token(application, {} if proof is None else {"dpop": proof}, **form)


def test_a_proof_binds_the_access_token(served: Served) -> None:
    application = _worker(served)
    answer = _ask(served, application, served.proof(KEY))
    assert answer.json["token_type"] == "DPoP"
    assert answer.claims["cnf"] == {"jkt": KEY.thumbprint()}
    told = served.as_client(application, "introspect", token=answer.json["access_token"]).json
    assert told["token_type"] == "DPoP"
    assert told["cnf"] == {"jkt": KEY.thumbprint()}


@pytest.mark.parametrize(
    "claims",
    [
        {"htm": "GET"},
        {"htu": "https://elsewhere.example/token"},
        {"iat": NOW - 100},
        {"iat": NOW + 100},
        {"iat": "now"},
        {"jti": ""},
        {"jti": 1},
    ],
    ids=repr,
)
def test_a_proof_that_does_not_fit_is_refused(served: Served, claims: dict[str, Any]) -> None:
    assert _ask(served, _worker(served), served.proof(KEY, **claims)).error == "400 invalid_dpop_proof"


@pytest.mark.parametrize("proof", ["", "x", "a.b.c", "a.b.c, d.e.f"])
def test_what_is_no_proof_is_refused(served: Served, proof: str) -> None:
    assert _ask(served, _worker(served), proof).error == "400 invalid_dpop_proof"


def test_two_proofs_are_none(served: Served) -> None:
    proofs = f"{served.proof(KEY)},{served.proof(KEY)}"
    assert _ask(served, _worker(served), proofs).error == "400 invalid_dpop_proof"


def test_a_proof_is_used_once(served: Served) -> None:
    application, proof = _worker(served), served.proof(KEY)
    assert _ask(served, application, proof).status == 200
    answer = _ask(served, application, proof)
    assert answer.error == "400 invalid_dpop_proof"


def test_a_used_proof_leaves_the_code_good(served: Served) -> None:
    application, proof = served.application(), served.proof(KEY)
    assert _redeem(served, application, served.code(application), proof).status == 200
    code = served.code(application)
    assert _redeem(served, application, code, proof).error == "400 invalid_dpop_proof"
    assert _redeem(served, application, code, served.proof(KEY)).status == 200


def test_refresh_tokens_of_a_public_client_are_bound(served: Served) -> None:
    application = served.application(
        type="NATIVE_APP", tokenEndpointAuthMethod="NONE", grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"]
    )
    first = _redeem(served, application, served.code(application), served.proof(KEY)).json
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert served.token(application, **form).error == "400 invalid_dpop_proof"
    assert served.token(application, {"dpop": served.proof(OTHER)}, **form).error == "400 invalid_dpop_proof"
    second = served.token(application, {"dpop": served.proof(KEY)}, **form)
    assert second.claims["cnf"] == {"jkt": KEY.thumbprint()}


def test_refresh_tokens_of_a_client_that_authenticates_are_not(served: Served) -> None:
    application = served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"])
    first = _redeem(served, application, served.code(application), served.proof(KEY)).json
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = served.token(application, {"dpop": served.proof(OTHER)}, **form)
    assert second.claims["cnf"] == {"jkt": OTHER.thumbprint()}
    form = {"grant_type": "refresh_token", "refresh_token": second.json["refresh_token"]}
    assert served.token(application, **form).json["token_type"] == "Bearer"


@pytest.mark.parametrize("key", [KEY, OTHER, None], ids=["same", "other", "none"])
def test_a_code_may_be_bound_beforehand(served: Served, key: SigningKey | None) -> None:
    application = served.application()
    code = served.code(application, dpop_jkt=KEY.thumbprint())
    answer = _redeem(served, application, code, None if key is None else served.proof(key))
    assert answer.status == 200 if key is KEY else answer.error == "400 invalid_dpop_proof"


def test_a_pushed_request_is_bound_by_its_proof(served: Served) -> None:
    application = served.application()
    form = {"response_type": "code", "redirect_uri": CALLBACK, "scope": "openid"}
    pushed = served.as_client(application, "par", {"dpop": served.proof(KEY, "par")}, **form)
    request = served.request(application, request_uri=pushed.json["request_uri"])
    assert request.dpop_jkt == KEY.thumbprint()
    wrong = served.as_client(application, "par", {"dpop": served.proof(KEY, "par")}, dpop_jkt="other", **form)
    assert wrong.error == "400 invalid_dpop_proof"
    with pytest.raises(AuthorizationFailed):
        served.request(application, request_uri=pushed.json["request_uri"])


@pytest.mark.parametrize(
    ("scheme", "proof", "status"),
    [
        ("DPoP", {"htm": "GET"}, 200),
        ("Bearer", {"htm": "GET"}, 401),
        ("DPoP", None, 401),
        ("DPoP", {"htm": "POST"}, 401),
        ("DPoP", {"htm": "GET", "ath": "x" * 43}, 401),
        ("DPoP", {"htm": "GET", "key": OTHER}, 401),
    ],
    ids=["good", "as bearer", "without proof", "for another method", "for another token", "with another key"],
)
def test_user_information_wants_the_proof(
    served: Served, scheme: str, proof: dict[str, Any] | None, status: int
) -> None:
    application = served.application()
    token = _redeem(served, application, served.code(application), served.proof(KEY)).json["access_token"]
    headers = {"authorization": f"{scheme} {token}"}
    if proof is not None:
        claims = {name: value for name, value in proof.items() if name != "key"}
        headers["dpop"] = served.proof(proof.get("key", KEY), "userinfo", token, **claims)
    answer = served.ask("GET", "userinfo", headers=headers)
    assert answer.status == status
    if status == 401 and scheme == "DPoP":
        assert answer.headers["www-authenticate"].startswith("DPoP ")
    if status == 200:
        assert served.ask("GET", "userinfo", headers=headers).error == "401 invalid_dpop_proof"


def test_a_bearer_token_is_no_bound_one(served: Served) -> None:
    application = served.application()
    token = served.redeem(application, served.code(application)).json["access_token"]
    headers = {"authorization": f"DPoP {token}", "dpop": served.proof(KEY, "userinfo", token, htm="GET")}
    assert served.ask("GET", "userinfo", headers=headers).error == "401 invalid_token"
