"""Requests for authorization: what is good, and where a refusal goes (OpenID Connect Core 1.0 §3.1.2)."""

import json
from typing import Any

import pytest

from gatepost.jose import SigningKey, base64url, sign_compact
from gatepost.provider.oauth.requests import AuthorizationFailed, AuthorizationRequest
from tests.provider.oauth.conftest import CALLBACK, Served

_HYBRID = {
    "grantTypes": ["AUTHORIZATION_CODE", "IMPLICIT"],
    "responseTypes": ["CODE", "TOKEN", "ID_TOKEN"],
}


def test_a_request_is_read(served: Served) -> None:
    application = served.application()
    served.grant(application, served.configuration.openid, "profile", "email")
    request = served.request(
        application,
        scope="openid profile phone",
        state="s-1",
        nonce="n-1",
        prompt="login consent",
        max_age="60",
        login_hint="ann",
        acr_values="One Two",
        ui_locales="de en",
        display="popup",
        something="else",
    )
    assert request.application_id == application.id
    assert request.response_types == ("code",)
    assert request.response_mode == "query"
    assert request.redirect_uri == CALLBACK
    assert request.scopes == ("openid", "profile")
    assert (request.state, request.nonce, request.login_hint) == ("s-1", "n-1", "ann")
    assert request.prompt == ("login", "consent")
    assert request.max_age == 60
    assert request.acr_values == ("One", "Two")
    assert request.ui_locales == ("de", "en")


def test_a_request_survives_as_a_document(served: Served) -> None:
    request = served.request(served.application(), prompt="login", max_age="0", nonce="n")
    assert AuthorizationRequest.of(json.loads(json.dumps(request.document()))) == request


@pytest.mark.parametrize(
    ("response_type", "mode"),
    [
        ("code", "query"),
        ("id_token", "fragment"),
        ("token", "fragment"),
        ("id_token token", "fragment"),
        ("token id_token", "fragment"),
        ("code id_token", "fragment"),
        ("code token", "fragment"),
        ("token code id_token", "fragment"),
    ],
)
def test_each_response_type_has_its_mode(served: Served, response_type: str, mode: str) -> None:
    request = served.request(served.application(**_HYBRID), response_type=response_type, nonce="n")
    assert request.response_mode == mode
    assert set(request.response_types) == set(response_type.split())


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post", "pi.flow"])
def test_a_code_goes_back_in_any_mode(served: Served, mode: str) -> None:
    assert served.request(served.application(), response_mode=mode).response_mode == mode


def test_pi_flow_needs_no_redirect_uri(served: Served) -> None:
    application = served.application()
    assert served.request(application, response_mode="pi.flow", redirect_uri=None).redirect_uri is None
    code = served.code(application, response_mode="pi.flow", redirect_uri=None)
    assert served.redeem(application, code, redirect_uri=None).status == 200


def _refused(served: Served, application: Any, **parameters: Any) -> AuthorizationFailed:
    with pytest.raises(AuthorizationFailed) as caught:
        served.request(application, **parameters)
    return caught.value


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": None},
        {"client_id": "unknown"},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": f"{CALLBACK}/../x"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
        {"redirect_uri": f"{CALLBACK}#x"},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": "https://app.example.com@evil.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "https://evil.example/", "response_mode": "pi.flow"},
        {"redirect_uri": "https://evil.example/", "response_type": "unknown"},
        {"redirect_uri": "https://evil.example/", "request": "a.b.c"},
        {"redirect_uri": "https://evil.example/", "request_uri": "https://evil.example/object"},
    ],
    ids=repr,
)
def test_without_a_client_and_its_redirect_uri_a_refusal_is_shown(served: Served, parameters: dict[str, Any]) -> None:
    refusal = _refused(served, served.application(), **parameters)
    assert refusal.return_to is None


def test_a_disabled_application_is_shown(served: Served) -> None:
    application = served.application()
    served.changed(application, enabled=False)
    assert _refused(served, application).return_to is None


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_type": "code code"}, "unsupported_response_type"),
        ({"response_type": "code  id_token"}, "unsupported_response_type"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"response_mode": "web_message"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "1" * 40}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": 'open"id'}, "invalid_scope"),
        ({"request_uri": "https://client.example.com/object"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"request": "a.b.c"}, "invalid_request_object"),
        ({"id_token_hint": "a.b.c"}, "invalid_request"),
        ({"nonce": "n" * 5000}, "invalid_request"),
        ({"code_challenge_method": "none"}, "invalid_request"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_other_refusals_go_to_the_client_with_its_state(served: Served, parameters: dict[str, Any], error: str) -> None:
    refusal = _refused(served, served.application(), state="s-1", **parameters)
    assert refusal.error == error
    assert refusal.return_to is not None
    assert refusal.return_to.redirect_uri == CALLBACK
    assert refusal.return_to.state == "s-1"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": "id_token"}, "invalid_request"),
        ({"response_type": "code id_token"}, "invalid_request"),
        ({"response_type": "token id_token", "nonce": "n", "response_mode": "query"}, "invalid_request"),
        ({"response_type": "token", "response_mode": "query"}, "invalid_request"),
    ],
    ids=repr,
)
def test_tokens_in_the_browser_need_a_nonce_and_no_query(
    served: Served, parameters: dict[str, Any], error: str
) -> None:
    refusal = _refused(served, served.application(**_HYBRID), **parameters)
    assert refusal.error == error


def test_an_id_token_needs_openid(served: Served) -> None:
    application = served.application(**_HYBRID)
    served.grant(application, served.resource("read"))
    refusal = _refused(served, application, response_type="id_token", nonce="n", scope="read")
    assert refusal.error == "invalid_scope"


def test_a_wildcard_needs_a_setting(served: Served) -> None:
    uris = ["https://*.app.example.com/callback"]
    application = served.application(redirectUris=uris, allowWildcardInRedirectUris=True)
    good = "https://one.app.example.com/callback"
    assert served.request(application, redirect_uri=good).redirect_uri == good
    for uri in ("https://evil.example/.app.example.com/callback", "https://a.b.app.example.com/callback"):
        assert _refused(served, application, redirect_uri=uri).return_to is None


def test_a_native_application_may_use_any_port_of_loopback(served: Served) -> None:
    application = served.application(
        type="NATIVE_APP", tokenEndpointAuthMethod="NONE", redirectUris=["http://127.0.0.1/callback"]
    )
    uri = "http://127.0.0.1:53211/callback"
    assert served.request(application, redirect_uri=uri).redirect_uri == uri


def test_an_id_token_is_a_hint_even_when_it_has_expired(served: Served) -> None:
    application, user_id = served.application(), served.user()
    token = served.redeem(application, served.code(application, user_id)).json["id_token"]
    served.time += 10_000
    assert served.request(application, id_token_hint=token).hinted_subject == user_id
    assert _refused(served, served.application(), id_token_hint=token).error == "invalid_request"


def test_an_access_token_is_no_hint(served: Served) -> None:
    application = served.application()
    token = served.redeem(application, served.code(application)).json["access_token"]
    assert _refused(served, application, id_token_hint=token).error == "invalid_request"


def test_without_a_scope_everything_that_was_granted_is_asked_for(served: Served) -> None:
    application = served.application()
    assert _refused(served, application, scope=None).error == "invalid_scope"
    served.grant(application, served.resource("read", "write"))
    assert set(served.request(application, scope=None).scopes) == {"read", "write"}


def test_a_worker_gets_no_scopes_of_custom_resources_for_its_users(served: Served) -> None:
    worker = served.application(type="WORKER", grantTypes=["AUTHORIZATION_CODE"])
    served.grant(worker, served.resource("read"))
    assert served.request(worker, scope="openid read").scopes == ("openid",)


# ── Request objects ──


def _object(served: Served, application: Any, **claims: Any) -> str:
    key = SigningKey.from_secret(served.secret(application.id).encode())
    whole = {"client_id": application.id, "redirect_uri": CALLBACK, "response_type": "code", **claims}
    return sign_compact({name: value for name, value in whole.items() if value is not None}, key)


def _unsigned(**claims: Any) -> str:
    header, payload = b'{"alg":"none"}', json.dumps(claims).encode()
    return f"{base64url.encode(header).decode()}.{base64url.encode(payload).decode()}."


def test_what_a_request_object_says_goes_before_what_stands_outside(served: Served) -> None:
    application = served.application()
    token = _object(served, application, scope="openid", state="inside", max_age=5, aud=served.issuer)
    request = served.request(application, request=token, state="outside", login_hint="ann")
    assert (request.state, request.max_age, request.login_hint) == ("inside", 5, "ann")


def test_where_requests_have_to_be_signed_nothing_outside_counts(served: Served) -> None:
    application = served.application(requireSignedRequestObject=True)
    assert _refused(served, application).error == "invalid_request"
    token = _object(served, application, scope="openid", state="inside")
    request = served.request(application, request=token, login_hint="ann", code_challenge="x" * 43)
    assert request.state == "inside"
    assert request.login_hint is None
    assert request.code_challenge is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody-else"},
        {"client_id": "somebody-else"},
        {"aud": "https://elsewhere.example"},
        {"exp": 1_700_000_000},
        {"exp": "soon"},
        {"nbf": 1_900_000_000},
        {"request": "a.b.c"},
        {"request_uri": "urn:x"},
        {"response_type": "token"},
        {"state": 5},
        {"scope": ["openid"]},
    ],
    ids=repr,
)
def test_a_request_object_that_breaks_a_rule_is_refused(served: Served, claims: dict[str, Any]) -> None:
    application = served.application()
    refusal = _refused(served, application, request=_object(served, application, **claims))
    assert refusal.error == "invalid_request_object"
    assert refusal.return_to is not None


def test_an_unsigned_request_object_needs_a_setting(served: Served) -> None:
    application = served.application()
    token = _unsigned(client_id=application.id, state="inside")
    assert _refused(served, application, request=token).error == "invalid_request_object"
    served.changed(application, supportUnsignedRequestObject=True)
    assert served.request(application, request=token).state == "inside"


def test_a_request_object_that_another_signed_is_refused(served: Served) -> None:
    application, other = served.application(), served.application()
    token = _object(served, other, client_id=application.id)
    assert _refused(served, application, request=token).error == "invalid_request_object"


def test_a_request_object_brings_no_redirect_uri_of_its_own(served: Served) -> None:
    application = served.application()
    token = _object(served, application, redirect_uri="https://evil.example/")
    assert _refused(served, application, request=token).return_to is None


def test_an_assertion_is_no_request_object(served: Served) -> None:
    application = served.application(tokenEndpointAuthMethod="CLIENT_SECRET_JWT")
    token = served.assertion(application)
    assert _refused(served, application, request=token).error == "invalid_request_object"
