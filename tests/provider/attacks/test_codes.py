"""Codes: stolen, injected, used again; PKCE taken away; answers of another issuer (RFC 9700 §4.4, §4.5, §4.8)."""

from typing import Any

import pytest

from tests.provider.world import CALLBACK, Browser, Client, Reply, User, World, forms, pkce


def refused(reply: Reply, error: str = "invalid_grant") -> None:
    assert (reply.status, reply.json["error"]) == (400, error)
    assert "access_token" not in reply.text


def test_a_code_that_was_stolen_is_of_no_use_without_its_verifier(client: Client, browser: Browser, user: User) -> None:
    verifier, challenge = pkce()
    code = browser.sign_on(client, user, **challenge)["code"]
    others, _ = pkce()
    refused(client.redeem(code, code_verifier=others))
    # The attempt used it up: somebody else has seen it.
    refused(client.redeem(code, code_verifier=verifier))


def test_a_stolen_code_injected_into_another_sign_on(
    client: Client, browser: Browser, attacker: Browser, user: User
) -> None:
    _, victims = pkce()
    stolen = browser.sign_on(client, user, **victims)["code"]
    own, mine = pkce()
    attacker.authorize(client, **mine)
    refused(client.redeem(stolen, code_verifier=own))


def test_a_code_of_another_application(provider: World, client: Client, browser: Browser, user: User) -> None:
    code = browser.sign_on(client, user)["code"]
    refused(provider.client().redeem(code))


def test_a_code_with_another_redirect_uri(provider: World, browser: Browser, user: User) -> None:
    two = provider.client(redirectUris=[CALLBACK, f"{CALLBACK}/two"])
    for redirect_uri in (f"{CALLBACK}/two", None):
        refused(two.redeem(browser.sign_on(two, user, prompt="login")["code"], redirect_uri))


def test_a_code_that_comes_again_ends_everything_that_came_of_it(
    provider: World, client: Client, browser: Browser, user: User
) -> None:
    code = browser.sign_on(client, user, scope="openid offline_access")["code"]
    first = client.redeem(code).json
    second = client.token("refresh_token", refresh_token=first["refresh_token"]).json
    assert client.active(second["access_token"])
    refused(client.redeem(code))
    for token in (first["access_token"], second["access_token"], second["refresh_token"]):
        assert not client.active(token)
    refused(client.token("refresh_token", refresh_token=second["refresh_token"]))
    headers = {"authorization": f"Bearer {second['access_token']}"}
    assert provider.get(f"{provider.issuer}/userinfo", headers).status == 401


def test_a_refresh_token_that_comes_again_ends_its_family(client: Client, browser: Browser, user: User) -> None:
    first = client.redeem(browser.sign_on(client, user, scope="openid offline_access")["code"]).json
    second = client.token("refresh_token", refresh_token=first["refresh_token"]).json
    refused(client.token("refresh_token", refresh_token=first["refresh_token"]))
    refused(client.token("refresh_token", refresh_token=second["refresh_token"]))
    assert not client.active(second["access_token"])


def test_a_refresh_token_does_not_grow(client: Client, browser: Browser, user: User) -> None:
    first = client.redeem(browser.sign_on(client, user, scope="openid offline_access")["code"]).json
    reply = client.token("refresh_token", refresh_token=first["refresh_token"], scope="openid email offline_access")
    refused(reply, "invalid_scope")


DOWNGRADES: dict[str, dict[str, Any]] = {
    "no challenge": {},
    "a method alone": {"code_challenge_method": "S256"},
    "plain": {"code_challenge": "x" * 43, "code_challenge_method": "plain"},
    "plain by default": {"code_challenge": "x" * 43},
    "small letters": {"code_challenge": "x" * 43, "code_challenge_method": "s256"},
    "a method that there is not": {"code_challenge": "x" * 43, "code_challenge_method": "none"},
    "an empty challenge": {"code_challenge": "", "code_challenge_method": "S256"},
    "a short challenge": {"code_challenge": "x", "code_challenge_method": "S256"},
}


@pytest.fixture(scope="module")
def native(provider: World) -> Client:
    """A public application that has to use PKCE."""
    return provider.client(type="NATIVE_APP", tokenEndpointAuthMethod="NONE", pkceEnforcement="S256_REQUIRED")


@pytest.mark.parametrize("parameters", DOWNGRADES.values(), ids=DOWNGRADES.keys())
def test_pkce_cannot_be_talked_down(native: Client, browser: Browser, parameters: dict[str, Any]) -> None:
    answer = browser.authorize(native, **parameters).parameters
    assert answer["error"] == "invalid_request"
    assert answer["iss"] == native.world.issuer


@pytest.mark.parametrize("verifier", [None, "", "x" * 43, "x" * 129, "short", "ü" * 43])
def test_a_verifier_cannot_be_left_out(native: Client, browser: Browser, user: User, verifier: str | None) -> None:
    code = browser.sign_on(native, user, **pkce()[1])["code"]
    refused(native.redeem(code, code_verifier=verifier))


def test_the_challenge_is_no_verifier(native: Client, browser: Browser, user: User) -> None:
    _, challenge = pkce()
    code = browser.sign_on(native, user, **challenge)["code"]
    refused(native.redeem(code, code_verifier=challenge["code_challenge"]))


def test_a_verifier_where_the_challenge_was_stripped(client: Client, browser: Browser, user: User) -> None:
    # RFC 9700 §4.8.2: the application used PKCE, and an attacker took the challenge out of its request.
    verifier, _ = pkce()
    refused(client.redeem(browser.sign_on(client, user)["code"], code_verifier=verifier))


# ── Mix-up (RFC 9207) ──


def test_every_answer_says_who_gave_it(provider: World, client: Client, browser: Browser, user: User) -> None:
    assert browser.authorize(client, prompt="none").parameters["iss"] == provider.issuer  # an error
    assert browser.sign_on(client, user)["iss"] == provider.issuer  # after a sign-on
    assert browser.authorize(client).parameters["iss"] == provider.issuer  # without one
    assert browser.authorize(client, response_mode="fragment").parameters["iss"] == provider.issuer
    [form] = forms(browser.authorize(client, response_mode="form_post"))
    assert form.fields["iss"] == provider.issuer
    metadata = provider.get(f"{provider.issuer}/.well-known/openid-configuration").json
    assert metadata["authorization_response_iss_parameter_supported"] is True


def test_no_parameter_says_who_gives_the_answer(provider: World, client: Client, browser: Browser, user: User) -> None:
    answer = browser.sign_on(
        client, user, iss="https://attacker.example", state="x&iss=https://attacker.example&code=y"
    )
    assert answer["iss"] == provider.issuer
    assert answer["state"] == "x&iss=https://attacker.example&code=y"
    assert answer["code"] != "y"
