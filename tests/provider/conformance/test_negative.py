"""Modules of the OpenID conformance suite's other plans: what a provider has to refuse, and keys that change.

What a client has to refuse (`oidcc-client-test-*`) is in `tests/attacks/test_relying_party.py`.
"""

from typing import Any

from tests.provider.world import CALLBACK, PASSWORD, Browser, Client, Reply, User, World, pkce


def is_shown(reply: Reply) -> None:
    """The person is told, and nothing is sent to where the request says."""
    assert reply.status == 400
    assert "location" not in reply.headers
    assert "text/html" in reply.headers["content-type"]


def fails(reply: Reply, error: str, status: int = 400) -> None:
    assert (reply.status, reply.json["error"]) == (status, error)
    assert "access_token" not in reply.json


def application(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Refused",
        "enabled": True,
        "type": "WEB_APP",
        "protocol": "OPENID_CONNECT",
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "grantTypes": ["AUTHORIZATION_CODE"],
        "responseTypes": ["CODE"],
        **changes,
    }


def test_oidcc_ensure_redirect_uri_in_authorization_request(client: Client, browser: Browser) -> None:
    is_shown(browser.authorize(client, redirect_uri=None))


def test_oidcc_redirect_uri_query_ok(provider: World, browser: Browser, user: User) -> None:
    uri = f"{CALLBACK}?foo=bar"
    querying = provider.client(redirectUris=[uri])
    answer = browser.sign_on(querying, user, redirect_uri=uri)
    assert answer["foo"] == "bar"
    assert querying.redeem(answer["code"], uri).status == 200


def test_oidcc_redirect_uri_query_mismatch(provider: World, browser: Browser) -> None:
    querying = provider.client(redirectUris=[f"{CALLBACK}?foo=bar"])
    is_shown(browser.authorize(querying, redirect_uri=f"{CALLBACK}?foo=other"))


def test_oidcc_redirect_uri_query_added(client: Client, browser: Browser) -> None:
    is_shown(browser.authorize(client, redirect_uri=f"{CALLBACK}?foo=bar"))


def test_oidcc_redirect_uri_regfrag(provider: World) -> None:
    reply = provider.api("POST", "/applications", application(redirectUris=[f"{CALLBACK}#fragment"]))
    assert (reply.status, reply.json["code"]) == (400, "INVALID_DATA")


def test_oidcc_response_type_not_registered(client: Client, browser: Browser) -> None:
    answer = browser.authorize(client, response_type="id_token token").parameters
    assert answer["error"] in {"unauthorized_client", "unsupported_response_type"}


def test_oidcc_nonce_missing_in_the_implicit_flow(provider: World, browser: Browser) -> None:
    implicit = provider.client(
        type="SINGLE_PAGE_APP",
        tokenEndpointAuthMethod="NONE",
        grantTypes=["IMPLICIT"],
        responseTypes=["ID_TOKEN", "TOKEN"],
    )
    answer = browser.authorize(implicit, response_type="id_token token", nonce=None).parameters
    assert answer["error"] == "invalid_request"


def test_oidcc_wrong_client_secret(client: Client, browser: Browser, user: User) -> None:
    code = browser.sign_on(client, user)["code"]
    impostor = Client(client.world, client.id, f"{client.secret}x", client.method)
    fails(impostor.redeem(code), "invalid_client", 401)
    assert client.redeem(code).status == 200


def test_oidcc_code_of_another_client(provider: World, client: Client, browser: Browser, user: User) -> None:
    code = browser.sign_on(client, user)["code"]
    fails(provider.client().redeem(code), "invalid_grant")
    assert client.redeem(code).status == 200


def test_oidcc_redirect_uri_differs_at_the_token_endpoint(provider: World, browser: Browser, user: User) -> None:
    other = f"{CALLBACK}/other"
    two = provider.client(redirectUris=[CALLBACK, other])
    fails(two.redeem(browser.sign_on(two, user)["code"], other), "invalid_grant")


def test_oidcc_wrong_code_verifier(client: Client, browser: Browser, user: User) -> None:
    _, challenge = pkce()
    fails(client.redeem(browser.sign_on(client, user, **challenge)["code"], code_verifier="x" * 43), "invalid_grant")


def test_oidcc_expired_code(provider: World, client: Client, browser: Browser, user: User) -> None:
    code = browser.sign_on(client, user)["code"]
    provider.offset += 61
    fails(client.redeem(code), "invalid_grant")


def test_oidcc_unsupported_grant_type(client: Client) -> None:
    fails(client.token("password", username="ann", password=PASSWORD), "unsupported_grant_type")


def test_oidcc_userinfo_without_a_token(provider: World) -> None:
    reply = provider.get(f"{provider.issuer}/userinfo")
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_oidcc_server_rotate_keys(provider: World, client: Client, browser: Browser, user: User) -> None:
    def keys() -> set[str]:
        return {each["kid"] for each in provider.get(f"{provider.issuer}/jwks").json["keys"]}

    before = keys()
    old = client.redeem(browser.sign_on(client, user)["code"]).json["id_token"]
    listed = provider.api("GET", "/keys").json["_embedded"]["keys"]
    signing = next(each for each in listed if each["default"])
    assert provider.made("/keys", {**rotated(signing)})["id"] not in before
    new = browser.authorize(client, prompt="none").parameters
    token = client.redeem(new["code"]).json["id_token"]
    assert provider.verified(old)["sub"] == provider.verified(token)["sub"] == user.id
    assert before < keys()


def rotated(signing: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "Another key",
        "algorithm": "RSA",
        "keyLength": signing["keyLength"],
        "signatureAlgorithm": "SHA256withRSA",
        "usageType": "SIGNING",
        "validityPeriod": 365,
        "default": True,
    }
