"""Nobody is sent anywhere that the application did not register (RFC 9700 §4.1, §4.11)."""

from urllib.parse import urlencode

import pytest

from tests.provider.world import AFTER, CALLBACK, Browser, Client, Reply, World

# Each looks to some parser like https://app.example.com/callback, and leads elsewhere or is not it.
VARIATIONS = {
    "another host": "https://attacker.example/callback",
    "another scheme": "http://app.example.com/callback",
    "a script": "javascript:alert(1)//app.example.com/callback",
    "data": "data:text/html,app.example.com/callback",
    "a path below": f"{CALLBACK}/more",
    "a path beside": "https://app.example.com/callback2",
    "a path above": f"{CALLBACK}/../other",
    "dots encoded": f"{CALLBACK}/%2e%2e/other",
    "a slash behind": f"{CALLBACK}/",
    "a query": f"{CALLBACK}?next=https://attacker.example",
    "an empty query": f"{CALLBACK}?",
    "a fragment": f"{CALLBACK}#@attacker.example",
    "an empty fragment": f"{CALLBACK}#",
    "a host behind": "https://app.example.com.attacker.example/callback",
    "a host before": "https://attackerapp.example.com/callback",
    "a user": "https://app.example.com@attacker.example/callback",
    "a user of it": "https://attacker@app.example.com/callback",
    "a port": "https://app.example.com:444/callback",
    "its own port": "https://app.example.com:443/callback",
    "a backslash": "https://attacker.example\\@app.example.com/callback",
    "backslashes": "https:\\\\app.example.com\\callback",
    "three slashes": "https:///app.example.com/callback",
    "no scheme": "//app.example.com/callback",
    "a path alone": "/callback",
    "large letters": "https://APP.example.com/callback",
    "large letters in the path": "https://app.example.com/CALLBACK",
    "a dot behind the host": "https://app.example.com./callback",
    "encoded": "https://app.example.com/%63allback",
    "a blank behind": f"{CALLBACK} ",
    "a blank before": f" {CALLBACK}",
    "a line": f"{CALLBACK}\r\nSet-Cookie: ST=planted",
    "a tabulator": "https://app.example\t.com/callback",
    "a null": f"{CALLBACK}\x00",
    "another alphabet": "https://\u0430pp.example.com/callback",
    "a full-width slash": "https://attacker.example\uff0f@app.example.com/callback",
    "a star": "https://*.example.com/callback",
    "an address in brackets": "https://[::1]@app.example.com/callback",
}


def is_shown(reply: Reply, uri: str) -> None:
    assert reply.status == 400
    assert "location" not in reply.headers
    assert "refresh" not in reply.headers
    assert reply.headers["content-type"].startswith("text/html")
    assert f'href="{uri}' not in reply.text
    assert "planted" not in str(reply.fields)


@pytest.mark.parametrize("uri", VARIATIONS.values(), ids=VARIATIONS.keys())
@pytest.mark.parametrize("parameters", [{}, {"prompt": "none"}, {"response_type": "nonsense"}, {"scope": "\x00"}])
def test_redirect_uri(client: Client, browser: Browser, uri: str, parameters: dict[str, str]) -> None:
    is_shown(browser.authorize(client, redirect_uri=uri, **parameters), uri)


@pytest.mark.parametrize("uri", VARIATIONS.values(), ids=VARIATIONS.keys())
def test_post_logout_redirect_uri(provider: World, client: Client, browser: Browser, uri: str) -> None:
    target = uri.replace("callback", "signed-off")
    assert target != AFTER
    asked = urlencode({"client_id": client.id, "post_logout_redirect_uri": target})
    is_shown(browser.get(f"{provider.issuer}/signoff?{asked}"), target)


def test_a_redirect_uri_twice(provider: World, client: Client, browser: Browser) -> None:
    pairs = [("client_id", client.id), ("response_type", "code"), ("scope", "openid")]
    for order in ([CALLBACK, "https://attacker.example"], ["https://attacker.example", CALLBACK]):
        asked = urlencode([*pairs, *(("redirect_uri", each) for each in order)])
        is_shown(browser.get(f"{provider.issuer}/authorize?{asked}"), "https://attacker.example")


@pytest.mark.parametrize(
    "uri",
    [
        "https://.shop.example.com/callback",
        "https://attacker.example/.example.com/callback",
        "https://a.b.shop.example.com/callback",
        "https://attacker.example#.shop.example.com/callback",
        "https://attacker.example?.shop.example.com/callback",
        "https://attacker.example@x.shop.example.com/callback",
        "https://attacker.example\\.shop.example.com/callback",
        "https://x.shop.example.com.attacker.example/callback",
        "https://x.shop.example.com:8443/callback",
        "https://%61ttacker.example%2F.shop.example.com/callback",
    ],
)
def test_a_wildcard_stands_for_one_label(provider: World, browser: Browser, uri: str) -> None:
    wild = provider.client(redirectUris=["https://*.shop.example.com/callback"], allowWildcardInRedirectUris=True)
    assert "flowId" in browser.authorize(wild, redirect_uri="https://x.shop.example.com/callback").parameters
    is_shown(browser.authorize(wild, redirect_uri=uri), uri)


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:4444/callback",
        "http://127.0.0.2:4444/callback",
        "http://127.0.0.1:4444/callback/",
        "http://127.0.0.1:4444/callback?x",
        "http://127.0.0.1:4444/callback#x",
        "http://user@127.0.0.1:4444/callback",
        "http://127.0.0.1:4444@attacker.example/callback",
        "http://attacker.example\\@127.0.0.1:4444/callback",
        "http://attacker.example/@127.0.0.1/callback",
        "http://127.0.0.1:x/callback",
        "http://127.0.0.1:99999/callback",
        "https://127.0.0.1:4444/callback",
        "http://2130706433:4444/callback",
    ],
)
def test_any_port_of_loopback_is_no_more_than_that(provider: World, browser: Browser, uri: str) -> None:
    native = provider.client(
        type="NATIVE_APP", tokenEndpointAuthMethod="NONE", redirectUris=["http://127.0.0.1/callback"]
    )
    assert "flowId" in browser.authorize(native, redirect_uri="http://127.0.0.1:4444/callback").parameters
    is_shown(browser.authorize(native, redirect_uri=uri), uri)


@pytest.mark.parametrize(
    "uri",
    ["javascript:alert(1)", "data:text/html,x", "https://user:password@app.example.com/", "http://app.example.com/"],
)
@pytest.mark.parametrize("member", ["redirectUris", "postLogoutRedirectUris"])
def test_what_cannot_be_registered(provider: World, member: str, uri: str) -> None:
    sent = {
        "name": "Refused",
        "enabled": True,
        "type": "WEB_APP",
        "protocol": "OPENID_CONNECT",
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "redirectUris": [CALLBACK],
        member: [uri],
    }
    assert provider.api("POST", "/applications", sent).status == 400
