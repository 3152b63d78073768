"""The Basic OP plan of the OpenID conformance suite; the modules' names are the tests'."""

import json
from typing import Any

import pytest

from gatepost.jose import SigningKey, base64url, sign_compact
from tests.provider.world import AFTER, CALLBACK, Browser, Client, Reply, User, World, forms, pkce


def tokens(client: Client, answer: dict[str, str]) -> dict[str, Any]:
    """Redeem the code of an answer, and check what every token response has to be."""
    assert answer["state"] == "some-state"
    assert answer["iss"] == client.world.issuer  # RFC 9207
    reply = client.redeem(answer["code"])
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"].startswith("application/json")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["pragma"] == "no-cache"
    found: dict[str, Any] = reply.json
    assert found["token_type"] == "Bearer"
    assert found["expires_in"] > 0
    return found


def id_claims(client: Client, found: dict[str, Any], nonce: str | None = "some-nonce") -> dict[str, Any]:
    """The claims of an ID token, judged as a client has to (OpenID Connect Core §3.1.3.7)."""
    world = client.world
    claims = world.verified(found["id_token"])
    assert claims["iss"] == world.issuer
    assert claims["aud"] == client.id
    assert claims["iat"] <= world.time() + 1 < claims["exp"]
    assert claims.get("nonce") == nonce
    assert 1 <= len(claims["sub"]) <= 255
    assert claims["sub"].isascii()
    return claims


def userinfo(client: Client, found: dict[str, Any]) -> Reply:
    headers = {"authorization": f"Bearer {found['access_token']}"}
    return client.world.get(f"{client.world.issuer}/userinfo", headers)


def signed_on(client: Client, browser: Browser, user: User, **parameters: Any) -> dict[str, Any]:
    """Sign on, and return the claims of the ID token."""
    return id_claims(client, tokens(client, browser.sign_on(client, user, **parameters)))


def again(client: Client, browser: Browser, **parameters: Any) -> dict[str, Any]:
    """Come again without being asked for anything, and return the claims of the ID token."""
    return id_claims(client, tokens(client, browser.authorize(client, **parameters).parameters))


def test_oidcc_server(client: Client, browser: Browser, user: User) -> None:
    found = tokens(client, browser.sign_on(client, user))
    claims = id_claims(client, found)
    assert claims["sub"] == user.id
    assert userinfo(client, found).json["sub"] == claims["sub"]


def test_oidcc_response_type_missing(client: Client, browser: Browser) -> None:
    answer = browser.authorize(client, response_type=None).parameters
    assert answer["error"] in {"invalid_request", "unsupported_response_type"}
    assert answer["state"] == "some-state"
    assert "code" not in answer


def test_oidcc_idtoken_signature(client: Client, browser: Browser, user: User) -> None:
    found = tokens(client, browser.sign_on(client, user))
    header = json.loads(base64url.decode(found["id_token"].split(".")[0].encode()))
    assert header["alg"] == "RS256"
    published = client.world.get(f"{client.world.issuer}/jwks").json["keys"]
    assert header["kid"] in {each["kid"] for each in published}
    id_claims(client, found)


def test_oidcc_idtoken_unsigned(provider: World, client: Client, browser: Browser, user: User) -> None:
    # The suite leaves this out where unsigned ID tokens are not offered; they are not, and none is issued.
    metadata = provider.get(f"{provider.issuer}/.well-known/openid-configuration").json
    assert "none" not in metadata["id_token_signing_alg_values_supported"]
    found = tokens(client, browser.sign_on(client, user))
    assert found["id_token"].split(".")[2]


def test_oidcc_userinfo_get(client: Client, browser: Browser, user: User) -> None:
    reply = userinfo(client, tokens(client, browser.sign_on(client, user)))
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("application/json")
    assert reply.json["sub"] == user.id


def test_oidcc_userinfo_post_header(client: Client, browser: Browser, user: User) -> None:
    found = tokens(client, browser.sign_on(client, user))
    headers = {"authorization": f"Bearer {found['access_token']}"}
    reply = client.world.post(f"{client.world.issuer}/userinfo", {}, headers)
    assert (reply.status, reply.json["sub"]) == (200, user.id)


def test_oidcc_userinfo_post_body(client: Client, browser: Browser, user: User) -> None:
    found = tokens(client, browser.sign_on(client, user))
    reply = client.world.post(f"{client.world.issuer}/userinfo", {"access_token": found["access_token"]})
    assert (reply.status, reply.json["sub"]) == (200, user.id)


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(
    client: Client, browser: Browser, user: User
) -> None:
    found = tokens(client, browser.sign_on(client, user, nonce=None))
    assert "nonce" not in id_claims(client, found, nonce=None)


SCOPES: dict[str, dict[str, Any]] = {
    "profile": {"given_name": "Ann", "family_name": "Lee", "nickname": "Annie", "locale": "en-GB"},
    "email": {"email_verified": True},
    "address": {
        "address": {
            "street_address": "1 Harbour Road",
            "locality": "London",
            "region": "Greater London",
            "postal_code": "E1 1AA",
            "country": "GB",
        }
    },
    "phone": {"phone_number": "+44.2071234567"},
}


def scope_is_answered(client: Client, browser: Browser, user: User, scope: str) -> None:
    found = tokens(client, browser.sign_on(client, user, scope=f"openid {scope}"))
    info = userinfo(client, found).json
    wanted = scope.split()
    for name, claims in SCOPES.items():
        for claim, value in claims.items():
            if claim == "email_verified":
                continue
            assert info.get(claim) == (value if name in wanted else None), claim
    assert info.get("email") == (f"{user.username}@example.com" if "email" in wanted else None)
    assert info.get("preferred_username") == (user.username if "profile" in wanted else None)
    assert isinstance(info.get("updated_at", 0), int)


def test_oidcc_scope_profile(client: Client, browser: Browser, user: User) -> None:
    scope_is_answered(client, browser, user, "profile")


def test_oidcc_scope_email(client: Client, browser: Browser, user: User) -> None:
    scope_is_answered(client, browser, user, "email")


def test_oidcc_scope_address(client: Client, browser: Browser, user: User) -> None:
    scope_is_answered(client, browser, user, "address")


def test_oidcc_scope_phone(client: Client, browser: Browser, user: User) -> None:
    scope_is_answered(client, browser, user, "phone")


def test_oidcc_scope_all(client: Client, browser: Browser, user: User) -> None:
    scope_is_answered(client, browser, user, "profile email address phone")


def test_oidcc_alternate_happy_flow(provider: World, client: Client, browser: Browser, user: User) -> None:
    # Another application in the same browser, the scopes in another order, the answer posted.
    other = provider.client(tokenEndpointAuthMethod="CLIENT_SECRET_POST")
    here = id_claims(client, tokens(client, browser.sign_on(client, user, scope="profile openid")))
    posted = browser.authorize(other, response_mode="form_post")
    assert posted.status == 200
    [form] = forms(posted)
    assert (form.method, form.action) == ("post", CALLBACK)
    there = id_claims(other, tokens(other, form.fields))
    assert here["sub"] == there["sub"]


def test_two_applications_in_two_tabs(provider: World, client: Client, browser: Browser, user: User) -> None:
    other = provider.client()
    first = browser.follow(browser.authorize(client))
    second = browser.follow(browser.authorize(other))
    assert "code" in browser.enter(first, user).parameters
    # The other tab's form is from before the sign-on, and its page, opened anew, goes on.
    assert browser.enter(second, user).status == 403
    tokens(other, browser.enter(browser.get(second.url), user).parameters)


def test_oidcc_display_page(client: Client, browser: Browser, user: User) -> None:
    assert signed_on(client, browser, user, display="page")["sub"] == user.id


def test_oidcc_display_popup(client: Client, browser: Browser, user: User) -> None:
    assert signed_on(client, browser, user, display="popup")["sub"] == user.id


def test_oidcc_prompt_login(provider: World, client: Client, browser: Browser, user: User) -> None:
    first = signed_on(client, browser, user)
    provider.offset += 2
    second = signed_on(client, browser, user, prompt="login")
    assert second["sub"] == first["sub"]
    assert second["auth_time"] > first["auth_time"]


def test_oidcc_prompt_none_not_logged_in(client: Client, browser: Browser) -> None:
    answer = browser.authorize(client, prompt="none").parameters
    assert answer["error"] in {"login_required", "interaction_required"}
    assert answer["state"] == "some-state"
    assert "code" not in answer


def test_oidcc_prompt_none_logged_in(client: Client, browser: Browser, user: User) -> None:
    first = signed_on(client, browser, user)
    second = again(client, browser, prompt="none")
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_oidcc_max_age_1(provider: World, client: Client, browser: Browser, user: User) -> None:
    first = signed_on(client, browser, user)
    provider.offset += 2
    second = signed_on(client, browser, user, max_age="1")
    assert second["auth_time"] > first["auth_time"]
    assert provider.time() - second["auth_time"] < 2


def test_oidcc_max_age_10000(provider: World, client: Client, browser: Browser, user: User) -> None:
    first = signed_on(client, browser, user)
    provider.offset += 2
    second = again(client, browser, max_age="10000")
    assert second["auth_time"] == first["auth_time"]


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(client: Client, browser: Browser, user: User) -> None:
    assert signed_on(client, browser, user, extra="foobar")["sub"] == user.id


def test_oidcc_id_token_hint(client: Client, browser: Browser, user: User) -> None:
    found = tokens(client, browser.sign_on(client, user))
    claims = again(client, browser, prompt="none", id_token_hint=found["id_token"])
    assert claims["sub"] == user.id


def test_oidcc_login_hint(client: Client, browser: Browser, user: User) -> None:
    shown = browser.follow(browser.authorize(client, login_hint=user.username))
    assert f'value="{user.username}"' in shown.text
    assert id_claims(client, tokens(client, browser.enter(shown, user).parameters))["sub"] == user.id


def test_oidcc_ui_locales(client: Client, browser: Browser, user: User) -> None:
    assert signed_on(client, browser, user, ui_locales="se no de fr es en")["sub"] == user.id


def test_oidcc_claims_locales(client: Client, browser: Browser, user: User) -> None:
    assert signed_on(client, browser, user, claims_locales="se de")["sub"] == user.id


def test_oidcc_ensure_request_with_acr_values_succeeds(client: Client, browser: Browser, user: User) -> None:
    claims = signed_on(client, browser, user, acr_values="1 2")
    assert claims["acr"] == "Single_Factor"


def code_is_not_taken_twice(client: Client, browser: Browser, user: User, seconds: int) -> None:
    answer = browser.sign_on(client, user)
    found = tokens(client, answer)
    client.world.offset += seconds
    reply = client.redeem(answer["code"])
    assert (reply.status, reply.json["error"]) == (400, "invalid_grant")
    # RFC 6749 §4.1.2: what came of it ends as well.
    assert not client.active(found["access_token"])
    assert userinfo(client, found).status == 401


def test_oidcc_codereuse(client: Client, browser: Browser, user: User) -> None:
    code_is_not_taken_twice(client, browser, user, 0)


def test_oidcc_codereuse_30seconds(client: Client, browser: Browser, user: User) -> None:
    code_is_not_taken_twice(client, browser, user, 30)


def test_oidcc_ensure_registered_redirect_uri(client: Client, browser: Browser) -> None:
    shown = browser.authorize(client, redirect_uri=f"{CALLBACK}/abcdef")
    assert shown.status == 400
    assert "location" not in shown.headers
    assert "redirect_uri" in shown.text


def test_oidcc_ensure_post_request_succeeds(client: Client, browser: Browser, user: User) -> None:
    assert signed_on(client, browser, user, method="POST")["sub"] == user.id


def test_oidcc_server_client_secret_post(provider: World, browser: Browser, user: User) -> None:
    posting = provider.client(tokenEndpointAuthMethod="CLIENT_SECRET_POST")
    assert signed_on(posting, browser, user)["sub"] == user.id


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
    provider: World, client: Client, browser: Browser
) -> None:
    metadata = provider.get(f"{provider.issuer}/.well-known/openid-configuration").json
    assert metadata["request_uri_parameter_supported"] is False
    answer = browser.authorize(client, request_uri="https://app.example.com/request.jwt").parameters
    assert answer["error"] == "request_uri_not_supported"
    assert answer["state"] == "some-state"


def unsigned(parameters: dict[str, Any]) -> str:
    parts = (base64url.encode(json.dumps(each).encode()).decode() for each in ({"alg": "none"}, parameters))
    return f"{'.'.join(parts)}."


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    provider: World, client: Client, browser: Browser, user: User
) -> None:
    asked = {"state": "inner-state", "nonce": "inner-nonce"}
    answer = browser.authorize(client, request=unsigned(asked)).parameters
    assert answer["error"] in {"invalid_request_object", "request_not_supported"}
    # Supported by the applications that say so, and then what stands in it counts.
    taking = provider.client(supportUnsignedRequestObject=True)
    came = browser.sign_on(taking, user, request=unsigned(asked))
    assert came["state"] == "inner-state"
    assert id_claims(taking, taking.redeem(came["code"]).json, nonce="inner-nonce")["sub"] == user.id


def test_oidcc_claims_essential(client: Client, browser: Browser, user: User) -> None:
    # The claims parameter is not offered, and may be ignored; the flow goes on.
    wanted = json.dumps({"userinfo": {"name": {"essential": True}}})
    assert signed_on(client, browser, user, claims=wanted)["sub"] == user.id


def test_oidcc_ensure_request_object_with_redirect_uri(provider: World, browser: Browser, user: User) -> None:
    key = SigningKey.generate("RS256", kid="application")
    signing = provider.client(key=key, tokenEndpointAuthMethod="PRIVATE_KEY_JWT")
    inside = {"iss": signing.id, "aud": provider.issuer, "redirect_uri": CALLBACK, "client_id": signing.id}
    wrong = browser.authorize(signing, redirect_uri=AFTER, request=sign_compact({**inside, "redirect_uri": AFTER}, key))
    assert wrong.status == 400
    claims = signed_on(signing, browser, user, redirect_uri=None, request=sign_compact(inside, key))
    assert claims["sub"] == user.id


def test_oidcc_refresh_token(provider: World, client: Client, browser: Browser, user: User) -> None:
    parameters = {"scope": "openid offline_access", "prompt": "login"}
    found = tokens(client, browser.sign_on(client, user, **parameters))
    first = id_claims(client, found)
    provider.offset += 2

    other = provider.client()
    stolen = other.token("refresh_token", refresh_token=found["refresh_token"])
    assert (stolen.status, stolen.json["error"]) == (400, "invalid_grant")

    refreshed = client.token("refresh_token", refresh_token=found["refresh_token"]).json
    assert refreshed["access_token"] != found["access_token"]
    assert userinfo(client, refreshed).json["sub"] == user.id
    second = provider.verified(refreshed["id_token"])  # OpenID Connect Core §12.2
    for name in ("iss", "sub", "aud", "auth_time"):
        assert second[name] == first[name]
    assert second["iat"] > first["iat"]
    assert second.get("nonce", "some-nonce") == "some-nonce"


@pytest.mark.parametrize("method", ["S256", "plain"])
def test_oidcc_ensure_request_with_valid_pkce_succeeds(
    client: Client, browser: Browser, user: User, method: str
) -> None:
    verifier, challenge = pkce()
    if method == "plain":
        challenge = {"code_challenge": verifier, "code_challenge_method": "plain"}
    code = browser.sign_on(client, user, **challenge)["code"]
    reply = client.redeem(code, code_verifier=verifier)
    assert reply.status == 200
    assert id_claims(client, reply.json)["sub"] == user.id


def test_the_list_of_modules_is_whole() -> None:
    modules = [name for name in globals() if name.startswith("test_oidcc_")]
    assert len(modules) == 38
