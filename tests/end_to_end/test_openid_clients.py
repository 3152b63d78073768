"""Clients that others wrote work against the provider as they are: openid-client, Ping's SDK, Authlib."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from playwright.sync_api import Browser, Page, expect

from gatepost.jose import SigningKey
from gatepost.testing.certificate import for_tls
from tests.end_to_end.conftest import Serve, Start
from tests.end_to_end.real_parts.loopback_http import Answer
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.end_to_end.real_parts.npm_packages import installed
from tests.end_to_end.real_parts.provider import provider
from tests.provider.world import CALLBACK, Client, User, World, of_process, pkce

JAVASCRIPT = Path(__file__).parent / "openid_clients"
PING = "node_modules/@pingidentity-developers-experience/ping-oidc-client-sdk/lib/ping-oidc.js"
CODES: dict[str, Any] = {"grantTypes": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"], "responseTypes": ["CODE"]}
SCOPES = "openid profile email offline_access"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running `gatepost provider`."""
    with provider(tmp_path_factory.mktemp("clients")) as running:
        yield of_process(running)


@pytest.fixture(scope="module")
def user(world: World) -> User:
    return world.user()


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate("RS256", kid="of-the-application")


def test_openid_client(world: World, user: User, key: SigningKey, tmp_path: Path) -> None:
    resource = world.resource("orders:read")
    clients: dict[str, Client] = {
        "basic": world.client(),
        "post": world.client(tokenEndpointAuthMethod="CLIENT_SECRET_POST"),
        "secretJwt": world.client(tokenEndpointAuthMethod="CLIENT_SECRET_JWT"),
        "privateJwt": world.client(tokenEndpointAuthMethod="PRIVATE_KEY_JWT", key=key),
        "open": world.client(type="NATIVE_APP", tokenEndpointAuthMethod="NONE", pkceEnforcement="S256_REQUIRED"),
        "service": world.service(resource),
        "device": world.client(
            type="NATIVE_APP",
            tokenEndpointAuthMethod="NONE",
            grantTypes=["DEVICE_CODE"],
            responseTypes=[],
            redirectUris=[],
            devicePollingInterval=1,
        ),
    }
    given = tmp_path / "given.json"
    given.write_text(
        json.dumps(
            {
                "issuer": world.issuer,
                "flows": f"{world.url}/{world.environment_id}/flows",
                "redirectUri": CALLBACK,
                "scope": "orders:read",
                "user": {"username": user.username, "password": user.password},
                "key": key.to_private_jwk(),
                "clients": {name: {"id": each.id, "secret": each.secret} for name, each in clients.items()},
            }
        )
    )
    done = json.loads(installed(JAVASCRIPT).run("everything.mjs", str(given)))
    lived = {
        "sub": user.id,
        "email": f"{user.username}@example.com",
        "active": True,
        "rotated": True,
        "same": True,
        "afterwards": False,
    }
    assert done == {
        "basic": lived,
        "post": lived,
        "secretJwt": lived,
        "privateJwt": lived,
        "pushed": "bearer",
        "open": {"type": "dpop", "sub": user.id},
        "service": {"scope": "orders:read", "active": True},
        "device": {"sub": user.id},
        "wrong": 401,
        "mixedUp": "OAUTH_INVALID_RESPONSE",
    }


@pytest.fixture
def behind_tls(started: ExitStack, nginx: Start, tmp_path: Path) -> World:
    """A running `gatepost provider` behind nginx, which speaks TLS for it: Ping's SDK takes no other."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    for path, text in zip((certificate, key), for_tls(), strict=True):
        path.write_bytes(text)
    port, own = free_port(), free_port()
    options = (f"--public-url=https://localhost:{port}", "--trusted-proxy=127.0.0.1")
    (tmp_path / "provider").mkdir()
    running = started.enter_context(provider(tmp_path / "provider", *options, port=own))
    nginx(
        f"""server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location / {{
            proxy_pass http://127.0.0.1:{own};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
        }} }}""",
        port,
    )
    return of_process(running)


@pytest.fixture
def trusting_page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile that takes the certificate which nginx shows."""
    with browser.new_context(ignore_https_errors=True) as context:
        yield context.new_page()


def test_ping_oidc_client_sdk_in_a_browser(behind_tls: World, trusting_page: Page, serve: Serve) -> None:
    world, page, user = behind_tls, trusting_page, behind_tls.user()
    script = (installed(JAVASCRIPT).folder / PING).read_bytes()
    settings: dict[str, str] = {}
    files: Mapping[str, tuple[str, Any]] = {
        "/": ("text/html", (JAVASCRIPT / "single_page.html").read_bytes),
        "/ping-oidc.js": ("text/javascript", lambda: script),
        "/settings.json": ("application/json", lambda: json.dumps(settings).encode()),
    }

    def answer(target: str) -> Answer:
        kind, read = files[urlsplit(target).path]
        return Answer(200, read(), {"Content-Type": kind})

    here = serve(lambda asked: answer(asked.target))
    single_page = world.client(
        type="SINGLE_PAGE_APP",
        tokenEndpointAuthMethod="NONE",
        pkceEnforcement="S256_REQUIRED",
        redirectUris=[f"{here}/"],
        postLogoutRedirectUris=[f"{here}/"],
        **CODES,
    )
    settings.update(issuer=world.issuer, clientId=single_page.id)

    page.goto(here)
    expect(page).to_have_title("signed off")
    page.evaluate("void client.authorize()")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password", exact=True).fill(user.password)
    page.get_by_role("button", name="Sign on").click()
    expect(page).to_have_title("signed on")
    assert "code=" not in urlsplit(page.url).query  # the code is gone from the address

    assert page.evaluate("client.fetchUserInfo()")["email"] == f"{user.username}@example.com"
    first = page.evaluate("client.getToken()")
    assert world.verified(first["id_token"])["sub"] == user.id
    page.evaluate("client.refreshToken()")
    second = page.evaluate("client.getToken()")
    assert second["access_token"] != first["access_token"]
    page.evaluate("client.revokeToken()")
    assert not single_page.active(second["access_token"])

    # A new sign-on without a password, and then the end of the session.
    page.goto(here)
    expect(page).to_have_title("signed off")
    page.evaluate("void client.authorize()")
    expect(page).to_have_title("signed on")
    page.evaluate(f"void client.endSession('{here}/')")
    expect(page).to_have_title("signed off")
    assert page.url == f"{here}/"
    page.evaluate("void client.authorize()")
    expect(page.get_by_label("Username")).to_be_visible()


@pytest.fixture
def insecure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Authlib talks to providers without TLS only when it is told to."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


METHODS: dict[str, Any] = {
    "client_secret_basic": lambda *_: None,
    "client_secret_post": lambda *_: None,
    "client_secret_jwt": lambda token_endpoint, _: ClientSecretJWT(token_endpoint),
    "private_key_jwt": lambda token_endpoint, key: PrivateKeyJWT(token_endpoint, headers={"kid": key.kid}),
    "none": lambda *_: None,
}


@pytest.mark.usefixtures("insecure")
@pytest.mark.parametrize("method", METHODS)
def test_authlib(world: World, user: User, key: SigningKey, method: str) -> None:
    metadata = world.get(f"{world.issuer}/.well-known/openid-configuration").json
    members: dict[str, Any] = {"key": key} if method == "private_key_jwt" else {}
    if method == "none":
        members = {"type": "NATIVE_APP", "pkceEnforcement": "S256_REQUIRED"}
    registered = world.client(tokenEndpointAuthMethod=method.upper(), **members)
    authentication = METHODS[method](metadata["token_endpoint"], key)
    with OAuth2Session(
        registered.id,
        key.to_private_pem() if method == "private_key_jwt" else registered.secret,
        scope=SCOPES,
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method=authentication.name if authentication else method,
        revocation_endpoint_auth_method=authentication.name if authentication else method,
        token_endpoint=metadata["token_endpoint"],
    ) as session:
        if authentication is not None:
            session.register_client_auth_method(authentication)
        verifier, _ = pkce()
        url, state = session.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier, nonce="a-nonce"
        )
        browser = world.browser()
        came = browser.enter(browser.follow(browser.get(url)), user).location
        tokens = session.fetch_token(authorization_response=came, state=state, code_verifier=verifier)

        keys = KeySet.import_key_set(world.get(metadata["jwks_uri"]).json)
        decoded = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
        expected = {
            "iss": {"essential": True, "value": world.issuer},
            "aud": {"essential": True, "value": registered.id},
        }
        given = {"nonce": "a-nonce", "client_id": registered.id, "access_token": tokens["access_token"]}
        claims = CodeIDToken(decoded.claims, decoded.header, expected, given)
        claims.validate(now=int(time.time()))
        assert claims["sub"] == user.id

        assert session.get(metadata["userinfo_endpoint"]).json()["email"] == f"{user.username}@example.com"
        refreshed = session.refresh_token(metadata["token_endpoint"])
        assert refreshed["access_token"] != tokens["access_token"]
        token = refreshed["access_token"]
        looked = session.introspect_token(metadata["introspection_endpoint"], token=token).json()
        assert (looked["active"], looked["sub"]) == (True, user.id)
        assert session.revoke_token(metadata["revocation_endpoint"], token=token).status_code == 200
        looked = session.introspect_token(metadata["introspection_endpoint"], token=token).json()
        assert looked["active"] is False


@pytest.mark.usefixtures("insecure")
def test_authlib_in_its_own_name(world: World) -> None:
    service = world.service(world.resource("orders:read", "orders:write"))
    endpoint = f"{world.issuer}/token"
    with OAuth2Session(service.id, service.secret, scope="orders:read") as session:
        token = session.fetch_token(endpoint, grant_type="client_credentials")
    assert token["scope"] == "orders:read"
    assert service.active(token["access_token"])
