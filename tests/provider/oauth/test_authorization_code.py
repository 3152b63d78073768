"""The grant of a code (RFC 6749 §4.1.3, RFC 7636, RFC 9700)."""

from typing import Any

import pytest

from gatepost.identity import audit, environments, users
from gatepost.provider.oauth.pkce import transformed
from gatepost.provider.oauth.requests import AuthorizationFailed
from tests.provider.oauth.conftest import BEGINNING, CALLBACK, VERIFIER, Served, header

NOW = int(BEGINNING)


def test_a_code_brings_tokens(served: Served) -> None:
    application = served.application()
    resource = served.resource("read", "write")
    served.grant(application, resource)
    answer = served.redeem(application, served.code(application, scope="read openid"))
    assert answer.status == 200
    assert list(answer.json) == ["access_token", "token_type", "expires_in", "scope", "id_token"]
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 3600
    assert answer.json["scope"] == "read openid"


def test_a_scope_may_be_named_again_but_not_widened(served: Served) -> None:
    application = served.application()
    resource = served.resource("read", "write")
    served.grant(application, resource)
    code = served.code(application, scope="read openid")
    assert served.redeem(application, code, scope="openid").json["scope"] == "openid"
    assert served.redeem(application, served.code(application), scope="write").error == "400 invalid_scope"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"code": None}, "400 invalid_request"),
        ({"code": "unknown"}, "400 invalid_grant"),
        ({"redirect_uri": None}, "400 invalid_grant"),
        ({"redirect_uri": "https://elsewhere.example/callback"}, "400 invalid_grant"),
        ({"redirect_uri": f"{CALLBACK}/"}, "400 invalid_grant"),
        ({"code_verifier": None}, "400 invalid_grant"),
        ({"code_verifier": "b" * 43}, "400 invalid_grant"),
        ({"code_verifier": "short"}, "400 invalid_grant"),
        ({"code_verifier": transformed(VERIFIER, "S256")}, "400 invalid_grant"),
        ({"grant_type": None}, "400 invalid_request"),
        ({"grant_type": "password"}, "400 unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "400 unauthorized_client"),
    ],
    ids=repr,
)
def test_a_request_that_does_not_fit_is_refused(served: Served, form: dict[str, Any], error: str) -> None:
    application = served.application()
    code = served.code(application)
    whole = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    assert served.token(application, **whole | form).error == error


@pytest.mark.parametrize("form", [{"code_verifier": "b" * 43}, {"redirect_uri": "https://elsewhere.example/"}])
def test_a_code_that_was_tried_wrongly_is_used_up(served: Served, form: dict[str, Any]) -> None:
    application = served.application()
    code = served.code(application)
    assert served.redeem(application, code, **form).error == "400 invalid_grant"
    assert served.redeem(application, code).error == "400 invalid_grant"


def test_a_code_is_good_once_and_its_second_use_ends_what_came_of_it(served: Served) -> None:
    application = served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"])
    code = served.code(application)
    answer = served.redeem(application, code)
    assert served.redeem(application, code).error == "400 invalid_grant"
    token = answer.json["access_token"]
    assert served.as_client(application, "introspect", token=token).json == {"active": False}
    refresh = {"grant_type": "refresh_token", "refresh_token": answer.json["refresh_token"]}
    assert served.token(application, **refresh).error == "400 invalid_grant"
    (event,) = served.store.read(lambda c: audit.latest(c, served.environment_id))
    assert (event.action, event.result) == ("TOKEN.REUSED", "FAILED")
    assert code not in str(event.document)


def test_a_code_is_good_for_a_minute(served: Served) -> None:
    application = served.application()
    code = served.code(application)
    served.time += 61
    assert served.redeem(application, code).error == "400 invalid_grant"


def test_a_code_is_its_applications_alone(served: Served) -> None:
    application, thief = served.application(), served.application()
    code = served.code(application)
    assert served.redeem(thief, code).error == "400 invalid_grant"
    assert served.redeem(application, code).status == 200


@pytest.mark.parametrize("how", ["removed", "disabled"])
def test_a_user_who_may_not_sign_on_any_more_gets_no_tokens(served: Served, how: str) -> None:
    application, user_id = served.application(), served.user()
    code = served.code(application, user_id)
    if how == "removed":
        served.write(lambda c: users.remove(c, served.environment_id, user_id))
    else:
        served.write(lambda c: users.patch(c, served.environment_id, user_id, {"enabled": False}, served.now))
    assert served.redeem(application, code).error == "400 invalid_grant"


# ── PKCE ──


@pytest.mark.parametrize(
    ("enforcement", "parameters", "good"),
    [
        ("OPTIONAL", {"code_challenge": None, "code_challenge_method": None}, True),
        ("OPTIONAL", {"code_challenge": VERIFIER, "code_challenge_method": "plain"}, True),
        ("OPTIONAL", {"code_challenge": VERIFIER, "code_challenge_method": None}, True),
        ("OPTIONAL", {"code_challenge_method": "S512"}, False),
        ("OPTIONAL", {"code_challenge": None}, False),
        ("OPTIONAL", {"code_challenge": "short"}, False),
        ("OPTIONAL", {"code_challenge": "x" * 129}, False),
        ("OPTIONAL", {"code_challenge": "=" * 43}, False),
        ("REQUIRED", {"code_challenge": None, "code_challenge_method": None}, False),
        ("REQUIRED", {"code_challenge": VERIFIER, "code_challenge_method": "plain"}, True),
        ("S256_REQUIRED", {"code_challenge": VERIFIER, "code_challenge_method": "plain"}, False),
        ("S256_REQUIRED", {"code_challenge": VERIFIER, "code_challenge_method": None}, False),
        ("S256_REQUIRED", {}, True),
    ],
    ids=repr,
)
def test_an_application_says_what_challenge_it_needs(
    served: Served, enforcement: str, parameters: dict[str, Any], good: bool
) -> None:
    application = served.application(pkceEnforcement=enforcement)
    if not good:
        with pytest.raises(AuthorizationFailed) as caught:
            served.request(application, **parameters)
        assert caught.value.error == "invalid_request"
        return
    whole: dict[str, Any] = {"code_challenge": "x", **parameters}
    verifier = None if whole["code_challenge"] is None else VERIFIER
    answer = served.redeem(application, served.code(application, **parameters), code_verifier=verifier)
    assert answer.status == 200


def test_a_verifier_without_a_challenge_is_a_downgrade(served: Served) -> None:
    application = served.application()
    code = served.code(application, code_challenge=None, code_challenge_method=None)
    assert served.redeem(application, code).error == "400 invalid_grant"


def test_a_code_from_before_pkce_was_required_is_refused(served: Served) -> None:
    application = served.application()
    code = served.code(application, code_challenge=None, code_challenge_method=None)
    served.changed(application, pkceEnforcement="S256_REQUIRED")
    assert served.redeem(application, code, code_verifier=None).error == "400 invalid_grant"


def test_a_public_client_redeems_with_its_verifier(served: Served) -> None:
    application = served.application(type="NATIVE_APP", tokenEndpointAuthMethod="NONE", pkceEnforcement="S256_REQUIRED")
    assert served.redeem(application, served.code(application)).status == 200


# ── What the tokens say ──


def test_an_access_token_of_a_user_says_what_pingones_says(served: Served) -> None:
    application = served.application()
    resource = served.resource("read", accessTokenValiditySeconds=7200)
    served.grant(application, resource)
    user_id = served.user()
    session_id = served.session(user_id)
    how = {"session_id": session_id, "acr": "Single_Factor", "auth_time": NOW - 10}
    code = served.allow(served.request(application, scope="read openid"), user_id, **how)["code"]
    answer = served.redeem(application, code)
    claims = served.verified(answer.json["access_token"])
    jti = claims["jti"]
    assert claims == {
        "client_id": application.id,
        "iss": served.issuer,
        "jti": jti,
        "iat": NOW,
        "exp": NOW + 7200,
        "aud": [resource.audience],
        "scope": "read openid",
        "sub": user_id,
        "sid": session_id,
        "acr": "Single_Factor",
        "auth_time": NOW - 10,
        "env": served.environment_id,
        "org": served.configuration.organization_id,
        "p1.userId": user_id,
        "p1.rid": jti,
    }
    assert answer.json["expires_in"] == 7200
    assert set(header(answer.json["access_token"])) == {"alg", "kid"}


def test_an_id_token_says_what_pingones_says(served: Served) -> None:
    application, user_id = served.application(), served.user()
    session_id = served.session(user_id)
    how = {"session_id": session_id, "amr": ("pwd", "otp")}
    code = served.allow(served.request(application, nonce="n-1"), user_id, **how)["code"]
    answer = served.redeem(application, code)
    claims = served.verified(answer.json["id_token"])
    at_hash = claims.pop("at_hash")
    assert len(at_hash) == 22
    assert claims == {
        "iss": served.issuer,
        "sub": user_id,
        "aud": application.id,
        "iat": NOW,
        "exp": NOW + 3600,
        "amr": ["pwd", "otp"],
        "sid": session_id,
        "acr": "Single_Factor",
        "auth_time": NOW - 10,
        "nonce": "n-1",
        "env": served.environment_id,
        "org": served.configuration.organization_id,
    }


def test_without_openid_there_is_no_id_token(served: Served) -> None:
    application = served.application()
    served.grant(application, served.resource("read"))
    answer = served.redeem(application, served.code(application, scope="read"))
    assert "id_token" not in answer.json


def test_a_token_for_openid_alone_is_for_the_platform(served: Served) -> None:
    application = served.application()
    answer = served.redeem(application, served.code(application))
    assert answer.claims["aud"] == ["https://api.pingone.com"]


def test_an_environment_says_that_access_tokens_are_such(served: Served) -> None:
    sent = {"accessTokenType": "AT_JWT"}
    served.write(lambda c: environments.patch(c, served.environment_id, sent, served.now))
    application = served.application()
    answer = served.redeem(application, served.code(application))
    assert header(answer.json["access_token"])["typ"] == "at+jwt"
    assert "typ" not in header(answer.json["id_token"])
    assert served.as_client(application, "introspect", token=answer.json["access_token"]).json["active"] is True
