"""The answer to a request for authorization."""

from base64 import b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from gatepost.identity import token_families, users
from gatepost.jose import base64url
from gatepost.provider.oauth import response_modes, responses
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.oauth.response_modes import ReturnTo
from tests.provider.oauth.conftest import CALLBACK, Served, said

_HYBRID = {
    "grantTypes": ["AUTHORIZATION_CODE", "IMPLICIT"],
    "responseTypes": ["CODE", "TOKEN", "ID_TOKEN"],
}
_TOKEN = {"access_token", "token_type", "expires_in", "scope"}


def _half(text: str) -> str:
    return base64url.encode(sha256(text.encode()).digest()[:16]).decode()


@pytest.mark.parametrize(
    ("response_type", "names"),
    [
        ("code", {"code"}),
        ("id_token", {"id_token"}),
        ("token", _TOKEN),
        ("token id_token", {"id_token", *_TOKEN}),
        ("code id_token", {"code", "id_token"}),
        ("code token", {"code", *_TOKEN}),
        ("code token id_token", {"code", "id_token", *_TOKEN}),
    ],
)
def test_each_response_type_brings_its_own(served: Served, response_type: str, names: set[str]) -> None:
    application = served.application(**_HYBRID)
    request = served.request(application, response_type=response_type, nonce="n-1", state="s-1")
    answer = served.allow(request, served.user())
    assert answer.keys() == {*names, "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("s-1", served.issuer)
    if "id_token" in names:
        claims = served.verified(answer["id_token"])
        assert claims["nonce"] == "n-1"
        assert claims.get("c_hash") == (_half(answer["code"]) if "code" in names else None)
        assert claims.get("at_hash") == (_half(answer["access_token"]) if "access_token" in names else None)
    if "code" in names:
        assert served.redeem(application, answer["code"]).status == 200


def test_a_token_in_the_browser_ends_with_its_session(served: Served) -> None:
    application = served.application(**_HYBRID)
    answer = served.allow(served.request(application, response_type="token"), served.user(), session_id="session-1")
    token = answer["access_token"]
    assert served.as_client(application, "introspect", token=token).json["active"] is True
    served.write(lambda c: token_families.revoke_of_session(c, "session-1", served.now))
    assert served.as_client(application, "introspect", token=token).json == {"active": False}


def test_tokens_of_a_code_end_with_their_session(served: Served) -> None:
    application = served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"])
    user_id = served.user()
    session_id = served.session(user_id)
    answer = served.allow(served.request(application), user_id, session_id=session_id)
    tokens = served.redeem(application, answer["code"]).json
    served.write(lambda c: token_families.revoke_of_session(c, session_id, served.now))
    assert served.as_client(application, "introspect", token=tokens["access_token"]).json == {"active": False}
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert served.token(application, **refresh).error == "400 invalid_grant"


def test_nobody_is_answered_for_who_may_not_sign_on(served: Served) -> None:
    application, user_id = served.application(), served.user()
    request = served.request(application)
    served.write(lambda c: users.patch(c, served.environment_id, user_id, {"enabled": False}, served.now))
    with pytest.raises(OAuthError) as caught:
        served.allow(request, user_id)
    assert caught.value.error == "access_denied"
    served.changed(application, enabled=False)
    with pytest.raises(OAuthError) as caught:
        served.allow(request, served.user())
    assert caught.value.error == "unauthorized_client"


def test_a_refusal_has_state_and_issuer(served: Served) -> None:
    request = served.request(served.application(), state="s-1")
    assert responses.refused(request, served.issuer, "login_required", "Nobody has signed on") == {
        "error": "login_required",
        "error_description": "Nobody has signed on",
        "state": "s-1",
        "iss": served.issuer,
    }


# ── How it goes back ──

_PARAMETERS = {"code": "a+b/c=&d", "state": "<x>\"'é"}


@pytest.mark.parametrize(
    ("uri", "begins"),
    [
        (CALLBACK, f"{CALLBACK}?code="),
        (f"{CALLBACK}?a=1", f"{CALLBACK}?a=1&code="),
        (f"{CALLBACK}?", f"{CALLBACK}?code="),
    ],
)
def test_a_query_keeps_what_the_uri_has(uri: str, begins: str) -> None:
    response = response_modes.sent(ReturnTo(uri, "query"), _PARAMETERS)
    location = dict(response.headers)["location"]
    assert response.status == 302
    assert location.startswith(begins)
    assert dict(parse_qsl(urlsplit(location).query)).items() >= _PARAMETERS.items()


def test_a_fragment_holds_the_answer() -> None:
    location = dict(response_modes.sent(ReturnTo(CALLBACK, "fragment"), _PARAMETERS).headers)["location"]
    assert dict(parse_qsl(urlsplit(location).fragment)) == _PARAMETERS
    assert urlsplit(location).query == ""


def test_a_form_is_posted_and_nothing_in_it_is_markup() -> None:
    response = response_modes.sent(ReturnTo(f'{CALLBACK}?a="&b', "form_post"), _PARAMETERS)
    headers, page = dict(response.headers), response.body.decode()
    assert response.status == 200
    assert f'action="{CALLBACK}?a=&quot;&amp;b"' in page
    assert 'name="state" value="&lt;x&gt;&quot;&#x27;é"' in page
    assert "<x>" not in page
    policy = headers["content-security-policy"]
    script = page.partition("<script>")[2].partition("</script>")[0]
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert "<noscript>" in page


@pytest.mark.parametrize(
    "return_to", [ReturnTo(None, "pi.flow"), ReturnTo(CALLBACK, "pi.flow"), ReturnTo(None, "query")]
)
def test_an_answer_of_a_flow_goes_nowhere(return_to: ReturnTo) -> None:
    with pytest.raises(ValueError, match="part of the flow"):
        response_modes.sent(return_to, _PARAMETERS)


def test_front_channel_tokens_say_what_others_say(served: Served) -> None:
    application = served.application(**_HYBRID)
    resource = served.resource("read")
    served.grant(application, resource)
    request = served.request(application, response_type="token id_token", nonce="n", scope="openid read")
    answer: dict[str, Any] = served.allow(request, served.user())
    claims = said(answer["access_token"])
    assert claims["aud"] == [resource.audience]
    assert claims["scope"] == answer["scope"] == "openid read"
    assert claims["p1.rid"] == claims["jti"]
