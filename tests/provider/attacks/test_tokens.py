"""Tokens and assertions that are not what they say: other algorithms, kinds, issuers, environments."""

import json
from typing import Any
from uuid import uuid4

import pytest

from gatepost.jose import KeySet, SigningKey, base64url, sign_compact
from tests.provider.world import JWT_BEARER, Browser, Client, Reply, User, World


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = (base64url.encode(json.dumps(each).encode()).decode() for each in (header, claims))
    return f"{'.'.join(parts)}.{signature}"


def presented(client: Client, assertion: str, **fields: str) -> Reply:
    sent = {
        "grant_type": "authorization_code",
        "code": "no-code",
        "client_assertion": assertion,
        "client_assertion_type": JWT_BEARER,
        **fields,
    }
    return client.world.post(f"{client.world.issuer}/token", sent)


def is_refused(reply: Reply) -> None:
    assert (reply.status, reply.json["error"]) == (401, "invalid_client"), reply.text


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate("RS256", kid="of-the-application")


@pytest.fixture(scope="module")
def signing(provider: World, key: SigningKey) -> Client:
    """An application that signs with a key of its own."""
    return provider.client(tokenEndpointAuthMethod="PRIVATE_KEY_JWT", key=key)


@pytest.fixture(scope="module")
def sharing(provider: World) -> Client:
    """An application that signs with its secret."""
    return provider.client(tokenEndpointAuthMethod="CLIENT_SECRET_JWT")


# ── Assertions ──


def test_the_right_assertion_is_taken(signing: Client, sharing: Client) -> None:
    for client in (signing, sharing):
        reply = client.redeem("no-code")
        assert (reply.status, reply.json["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_an_assertion_without_a_signature(signing: Client, sharing: Client, alg: str) -> None:
    for client in (signing, sharing):
        claims = client.claims(f"{client.world.issuer}/token")
        for signature in ("", "AA"):
            is_refused(presented(client, unsigned({"alg": alg, "typ": "JWT"}, claims, signature)))


def test_a_public_key_is_no_secret(signing: Client, key: SigningKey) -> None:
    claims = signing.claims(f"{signing.world.issuer}/token")
    jwks = json.dumps({"keys": [key.to_jwk()]})
    [public] = KeySet.from_jwks(jwks).to_jwks()["keys"]
    for secret in (jwks, json.dumps(key.to_jwk()), json.dumps(public), key.to_jwk()["n"]):
        hmac = SigningKey.from_secret(secret.encode(), "HS256", kid=key.kid)
        is_refused(presented(signing, sign_compact(claims, hmac)))


def test_the_secret_is_no_key_of_who_signs_with_a_key(signing: Client) -> None:
    if signing.secret:
        hmac = SigningKey.from_secret(signing.secret.encode(), "HS256")
        is_refused(presented(signing, sign_compact(signing.claims(f"{signing.world.issuer}/token"), hmac)))


def test_a_key_that_the_assertion_brings_along(signing: Client) -> None:
    own = SigningKey.generate("RS256", kid="of-the-application")
    claims = signing.claims(f"{signing.world.issuer}/token")
    for brought in (
        {"jwk": own.to_jwk()},
        {"jku": "https://attacker.example/jwks"},
        {"x5u": "https://attacker.example"},
    ):
        is_refused(presented(signing, sign_compact(claims, own, header=brought)))
    is_refused(presented(signing, sign_compact(claims, own)))


CHANGES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": str(uuid4())},
    "another subject": {"sub": str(uuid4())},
    "another audience": {"aud": "https://attacker.example/as/token"},
    "no audience": {"aud": None},
    "the audience of a login page": {"aud": "https://id.example.com"},
    "no end": {"exp": None},
    "an end in words": {"exp": "tomorrow"},
    "ended": {"exp": 1_000_000_000},
    "too long": {"exp": 4_000_000_000},
    "not yet": {"nbf": 4_000_000_000},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_assertion_that_says_something_else(sharing: Client, change: dict[str, Any]) -> None:
    claims = {**sharing.claims(f"{sharing.world.issuer}/token"), **change}
    left = {name: value for name, value in claims.items() if value is not None}
    hmac = SigningKey.from_secret(sharing.secret.encode(), "HS256")
    is_refused(presented(sharing, sign_compact(left, hmac)))


def test_an_assertion_counts_once(sharing: Client) -> None:
    hmac = SigningKey.from_secret(sharing.secret.encode(), "HS256")
    assertion = sign_compact(sharing.claims(f"{sharing.world.issuer}/token"), hmac)
    assert presented(sharing, assertion).json["error"] == "invalid_grant"
    is_refused(presented(sharing, assertion))


def test_an_assertion_and_another_clients_id(sharing: Client, client: Client) -> None:
    hmac = SigningKey.from_secret(sharing.secret.encode(), "HS256")
    reply = presented(sharing, sign_compact(sharing.claims(f"{sharing.world.issuer}/token"), hmac), client_id=client.id)
    assert reply.status in {400, 401}
    assert reply.json["error"] in {"invalid_client", "invalid_request"}


# ── Request objects ──


def test_a_request_object_without_a_signature(client: Client, browser: Browser) -> None:
    for alg in ("none", "None", ""):
        answer = browser.authorize(client, request=unsigned({"alg": alg}, {"client_id": client.id})).parameters
        assert answer["error"] == "invalid_request_object"


def test_a_request_object_that_lost_its_signature(provider: World, browser: Browser, key: SigningKey) -> None:
    strict = provider.client(requireSignedRequestObject=True, key=key)
    assert browser.authorize(strict).parameters["error"] == "invalid_request"
    signed = sign_compact({"iss": strict.id, "aud": provider.issuer, "client_id": strict.id}, key)
    for request in (unsigned({"alg": "none"}, {"client_id": strict.id}), f"{signed.rpartition('.')[0]}."):
        shown = browser.authorize(strict, request=request)
        assert "flowId" not in shown.headers.get("location", "")


def test_a_request_object_of_another_application(provider: World, browser: Browser, key: SigningKey) -> None:
    mine, other = provider.client(key=key), provider.client(key=SigningKey.generate("RS256", kid="other"))
    request = sign_compact({"iss": mine.id, "aud": provider.issuer, "client_id": mine.id}, key)
    assert browser.authorize(other, request=request).parameters["error"] == "invalid_request_object"


# ── Tokens ──


@pytest.fixture(scope="module")
def tokens(provider: World, client: Client) -> dict[str, Any]:
    """The tokens of a sign-on."""
    code = provider.browser().sign_on(client, provider.user(), scope="openid email offline_access")["code"]
    found: dict[str, Any] = client.redeem(code).json
    return found


def userinfo(world: World, token: str) -> int:
    return world.get(f"{world.issuer}/userinfo", {"authorization": f"Bearer {token}"}).status


def platform(world: World, token: str) -> int:
    return world.get(f"{world.api_url}/users", {"authorization": f"Bearer {token}"}).status


def test_an_id_token_is_no_access_token(provider: World, tokens: dict[str, Any]) -> None:
    assert userinfo(provider, tokens["access_token"]) == 200
    for name in ("id_token", "refresh_token"):
        assert userinfo(provider, tokens[name]) == 401
        assert platform(provider, tokens[name]) == 401


def test_an_access_token_is_no_id_token(
    provider: World, client: Client, browser: Browser, tokens: dict[str, Any]
) -> None:
    answer = browser.authorize(client, id_token_hint=tokens["access_token"]).parameters
    assert answer["error"] == "invalid_request"
    shown = browser.get(f"{provider.issuer}/signoff?id_token_hint={tokens['access_token']}")
    assert shown.status == 400


def test_a_token_of_a_user_without_roles_opens_nothing(provider: World, tokens: dict[str, Any]) -> None:
    assert platform(provider, tokens["access_token"]) == 403
    assert platform(provider, provider.worker_token()) == 200


@pytest.mark.parametrize("kind", ["none", "own key", "own key under its kid", "hmac of its key", "changed"])
def test_a_token_that_was_made_up(provider: World, tokens: dict[str, Any], kind: str) -> None:
    head, payload, signature = tokens["access_token"].split(".")
    header, claims = (json.loads(base64url.decode(each.encode())) for each in (head, payload))
    published = provider.get(f"{provider.issuer}/jwks").json["keys"]
    forged = {
        "none": lambda: unsigned({"alg": "none"}, claims),
        "own key": lambda: sign_compact(claims, SigningKey.generate("RS256", kid="mine")),
        "own key under its kid": lambda: sign_compact(claims, SigningKey.generate("RS256", kid=header["kid"])),
        "hmac of its key": lambda: sign_compact(
            claims, SigningKey.from_secret(json.dumps(published[0]).encode(), "HS256", kid=header["kid"])
        ),
        "changed": lambda: f"{head}.{unsigned({}, {**claims, 'sub': str(uuid4())}).split('.')[1]}.{signature}",
    }[kind]()
    assert userinfo(provider, forged) == 401
    assert platform(provider, forged) == 401


# ── Other environments ──


@pytest.fixture(scope="module")
def elsewhere(provider: World) -> World:
    """Another environment of the same provider, and its worker."""
    organization = provider.api("GET", "").json["organization"]["id"]
    token = {"authorization": f"Bearer {provider.worker_token()}", "content-type": "application/json"}
    sent = {"name": f"Elsewhere {uuid4()}", "region": "EU", "type": "SANDBOX", "organization": {"id": organization}}
    body = json.dumps(sent).encode()
    reply = provider.send("POST", f"{provider.url}/v1/environments", token, body, "192.0.2.2")
    assert reply.status == 201, reply.text
    other = World(provider.send, provider.url, reply.json["id"], provider.worker_id, provider.worker_secret)
    other._token = (provider.worker_token(), provider.time() + 100_000)
    return other


def test_nothing_of_one_environment_counts_in_another(
    provider: World, elsewhere: World, client: Client, browser: Browser, user: User, tokens: dict[str, Any]
) -> None:
    assert userinfo(elsewhere, tokens["access_token"]) == 401
    there = elsewhere.client()
    assert not there.active(tokens["access_token"])

    # The same application and secret mean nothing there, nor do its code and its refresh token.
    abroad = Client(elsewhere, client.id, client.secret, client.method)
    code = browser.sign_on(client, user)["code"]
    assert abroad.redeem(code).status == 401
    assert there.redeem(code).json["error"] == "invalid_grant"
    assert there.token("refresh_token", refresh_token=tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert client.redeem(code).status == 200

    # The browser's session and the flows stay where they are.
    [cookie] = browser.cookies.values()
    stranger = elsewhere.browser()
    stranger.cookies[(f"/{elsewhere.environment_id}", "ST")] = cookie
    assert stranger.authorize(there, prompt="none").parameters["error"] == "login_required"
    flow_id = browser.authorize(client, prompt="login").parameters["flowId"]
    assert stranger.act(flow_id, "usernamePassword.check", username=user.username, password=user.password).status == 404

    # Users sign on in their own environment alone.
    begun = stranger.authorize(there).parameters["flowId"]
    reply = stranger.act(begun, "usernamePassword.check", username=user.username, password=user.password)
    assert reply.json["details"][0]["code"] == "INVALID_CREDENTIALS"


def test_things_of_another_environment_are_not_there(provider: World, elsewhere: World, client: Client) -> None:
    for path in (
        f"/applications/{client.id}",
        f"/applications/{client.id}/secret",
        f"/applications/{client.id}/grants",
    ):
        assert provider.api("GET", path).status == 200
        assert elsewhere.api("GET", path).status == 404
    for method in ("PUT", "DELETE"):
        assert elsewhere.api(method, f"/applications/{client.id}", {"name": "x"}).status in {400, 404}
    assert provider.api("GET", f"/applications/{client.id}").status == 200
