"""Addresses that somebody has the provider fetch (server-side request forgery)."""

import socket
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from gatepost.jose import SigningKey, sign_compact
from tests.provider.world import JWT_BEARER, Browser, Client, World


class Listener:
    """Somebody on a port of this machine, who notes what is sent to them."""

    def __init__(self, listening: socket.socket) -> None:
        self.port: int = listening.getsockname()[1]
        self.heard: list[bytes] = []
        self._listening = listening

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.heard.append(connection.recv(100))


@pytest.fixture
def listener() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Listener(listening)
        thread = Thread(target=found.run)
        thread.start()
        yield found
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate("RS256", kid="of-the-application")


def assertion_is_tried(provider: World, url: str, key: SigningKey) -> int:
    """Let an application whose keys are at a URL ask for a token; the status."""
    asking = provider.client(tokenEndpointAuthMethod="PRIVATE_KEY_JWT", jwksUrl=url)
    claims = Client(provider, asking.id, "", "PRIVATE_KEY_JWT", key).claims(f"{provider.issuer}/token")
    fields = {
        "grant_type": "authorization_code",
        "code": "x",
        "client_assertion": sign_compact(claims, key),
        "client_assertion_type": JWT_BEARER,
    }
    return provider.post(f"{provider.issuer}/token", fields).status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_keys_are_not_fetched_from_this_machine(
    provider: World, listener: Listener, key: SigningKey, host: str
) -> None:
    asked = {"name": "x", "enabled": True, "type": "WEB_APP", "protocol": "OPENID_CONNECT"}
    url = f"https://{host}:{listener.port}/jwks"
    sent = {
        **asked,
        "tokenEndpointAuthMethod": "PRIVATE_KEY_JWT",
        "redirectUris": ["https://a.example"],
        "jwksUrl": url,
    }
    reply = provider.api("POST", "/applications", sent)
    if reply.status == 201:
        provider.api("DELETE", f"/applications/{reply.json['id']}")
        assert assertion_is_tried(provider, url, key) == 503
    assert [each for each in listener.heard if each] == []


def test_a_name_that_changes_its_address(
    provider: World, listener: Listener, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    # DNS rebinding: whoever looks first sees a public address, whoever connects gets this machine's.
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, port: int, *arguments: Any, **options: Any) -> list[Any]:
        if host != "keys.attacker.example":
            return real(host, port, *arguments, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert assertion_is_tried(provider, f"https://keys.attacker.example:{listener.port}/jwks", key) == 503
    assert asked
    assert [each for each in listener.heard if each] == []


@pytest.mark.parametrize("scheme", ["http", "file", "ftp", "gopher", "data"])
def test_keys_come_by_https_alone(provider: World, scheme: str) -> None:
    sent = {
        "name": "Refused",
        "enabled": True,
        "type": "WEB_APP",
        "protocol": "OPENID_CONNECT",
        "tokenEndpointAuthMethod": "PRIVATE_KEY_JWT",
        "redirectUris": ["https://app.example.com"],
        "jwksUrl": f"{scheme}://keys.example.com/jwks",
    }
    assert provider.api("POST", "/applications", sent).status == 400


def test_a_request_uri_is_never_fetched(provider: World, client: Client, browser: Browser, listener: Listener) -> None:
    for host in ("127.0.0.1", "localhost"):
        for scheme in ("http", "https"):
            url = f"{scheme}://{host}:{listener.port}/request.jwt"
            assert browser.authorize(client, request_uri=url).parameters["error"] == "request_uri_not_supported"
            pushed = client.post("par", request_uri=url, response_type="code", redirect_uri="https://x.example")
            assert pushed.status == 400
    assert listener.heard == []


def test_an_initiate_login_or_home_page_is_never_fetched(provider: World, listener: Listener) -> None:
    place = f"https://localhost:{listener.port}/"
    provider.client(homePageUrl=place, initiateLoginUri=place, loginPageUrl=place, targetLinkUri=place)
    assert listener.heard == []
