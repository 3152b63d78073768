"""Input that is too large, or means something to who reads it next: SQL, headers, logs."""

import json
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote, urlencode

import pytest

from tests.provider.world import CALLBACK, FORM, Browser, Client, User, World, over_http

LARGE = "x" * 100_000


def large_things(provider: World) -> list[tuple[str, str, dict[str, str], bytes]]:
    """A large thing in each place of each kind of request."""
    issuer, api = provider.issuer, provider.api_url
    bearer = {"authorization": f"Bearer {provider.worker_token()}"}
    as_json = {**bearer, "content-type": "application/json"}
    found: list[tuple[str, str, dict[str, str], bytes]] = [
        ("GET", f"{issuer}/userinfo", {"authorization": f"Bearer {LARGE}"}, b""),
        ("GET", f"{issuer}/userinfo", {"authorization": f"DPoP {LARGE}", "dpop": LARGE}, b""),
        ("GET", f"{api}/users", {"authorization": f"Bearer {LARGE}"}, b""),
        ("GET", f"{api}/users?filter={LARGE}", bearer, b""),
        ("GET", f"{api}/users?cursor={LARGE}", bearer, b""),
        ("GET", f"{api}/users?limit={LARGE}", bearer, b""),
        ("GET", f"{api}/users/{LARGE}", bearer, b""),
        ("GET", f"{provider.url}/{LARGE}/as/jwks", {}, b""),
        ("GET", f"{issuer}/authorize", {"cookie": f"ST={LARGE}"}, b""),
        ("GET", f"{provider.url}/{provider.environment_id}/flows/{LARGE}", {}, b""),
        ("GET", f"{provider.url}/{provider.environment_id}/signon/?flowId={LARGE}", {"cookie": "ST=x"}, b""),
        ("POST", f"{issuer}/token", {"content-type": FORM}, b"&".join(b"a%d=b" % at for at in range(2000))),
        ("POST", f"{issuer}/token", {"content-type": FORM, "authorization": f"Basic {LARGE}"}, b"grant_type=x"),
    ]
    asked = ("client_id", "redirect_uri", "scope", "state", "nonce", "request", "id_token_hint", "acr_values")
    found += [("GET", f"{issuer}/authorize?{urlencode({name: LARGE})}", {}, b"") for name in asked]
    sent = ("grant_type", "code", "refresh_token", "client_assertion", "code_verifier", "scope", "token")
    endpoints = ("token", "introspect", "revoke", "par", "device_authorization")
    found += [
        ("POST", f"{issuer}/{place}", {"content-type": FORM}, urlencode({name: LARGE}).encode())
        for name, place in product(sent, endpoints)
    ]
    bodies = ({"name": LARGE}, {"username": LARGE}, {"x": LARGE}, [LARGE], LARGE)
    collections = ("users", "applications", "populations", "groups", "resources", "signOnPolicies")
    found += [
        ("POST", f"{api}/{place}", as_json, json.dumps(body).encode()) for body, place in product(bodies, collections)
    ]
    deep = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    found.append(("POST", f"{api}/users", as_json, deep))
    found.append(("POST", f"{api}/users", as_json, b"[" * 100_000))
    found.append(("POST", f"{api}/users", as_json, b'{"username":' + b"9" * 50_000 + b"}"))
    return found


def test_what_is_too_large_is_refused_and_nothing_breaks(provider: World) -> None:
    for method, url, headers, body in large_things(provider):
        reply = provider.send(method, url, headers, body, "192.0.2.1")
        assert 400 <= reply.status < 500 or reply.status in {200, 302}, (reply.status, url[:200], body[:60])
        if reply.status == 200:  # RFC 7009 §2.2 and RFC 7662 §2.2 say so of tokens that are none
            assert "active" in reply.text or not reply.body or "limit" in url, url[:200]
        assert len(reply.body) < 20_000
        assert LARGE not in str(reply.fields)


@pytest.mark.parametrize("password", [LARGE, "x" * 4097, "ü" * 3000, "\x00" * 300])
def test_a_large_password_is_not_hashed(client: Client, browser: Browser, user: User, password: str) -> None:
    flow_id = browser.authorize(client).parameters["flowId"]
    reply = browser.act(flow_id, "usernamePassword.check", username=user.username, password=password)
    assert reply.status == 400


# ── SQL ──

INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    "') UNION SELECT document FROM keys --",
    '" OR ""="',
    "\\' OR 1=1 --",
    "%' AND 1=(SELECT 1) AND '%'='",
    "x' || (SELECT value FROM secrets) || '",
    "1; ATTACH DATABASE '/tmp/x' AS y",
    "${1+1}",
    "%",
    "_",
    "*",
)
FILTERED = {
    "users": ("username", "email", "name.family", "name.given", "externalId", "population.id", "id"),
    "groups": ("name", "id"),
    "populations": ("name", "id"),
}


@pytest.mark.parametrize("injection", INJECTIONS)
def test_a_value_in_a_filter_is_a_value(provider: World, user: User, injection: str) -> None:
    for collection, attributes in FILTERED.items():
        for attribute in attributes:
            for operator in ("eq", "sw", "co"):
                value = injection.replace("\\", "\\\\").replace('"', '\\"')
                text = quote(f'{attribute} {operator} "{value}"')
                reply = provider.api("GET", f"/{collection}?filter={text}")
                assert reply.status in {200, 400}, (attribute, operator, reply.text)
                if reply.status == 200:
                    assert reply.json["_embedded"][collection] == [], (attribute, operator)
    assert provider.api("GET", f"/users/{user.id}").status == 200


@pytest.mark.parametrize("injection", INJECTIONS)
def test_sql_where_a_filter_says_something_else(provider: World, injection: str) -> None:
    for text in (injection, f"username {injection}", f'{injection} eq "x"', f'username eq "x" {injection}'):
        for collection in FILTERED:
            assert provider.api("GET", f"/{collection}?filter={quote(text)}").status == 400, text


@pytest.mark.parametrize("injection", INJECTIONS)
def test_sql_in_every_other_place(provider: World, client: Client, browser: Browser, injection: str) -> None:
    text = quote(injection, safe="")
    for place in ("users", "applications", "groups", "populations", "resources", "keys", "signOnPolicies"):
        assert provider.api("GET", f"/{place}/{text}").status == 404
        assert provider.api("GET", f"/{place}?cursor={text}").status == 400
        assert provider.api("GET", f"/{place}?limit={text}").status == 400
    assert provider.get(f"{provider.url}/{text}/as/jwks").status == 404
    assert browser.authorize(injection).status == 400
    assert client.redeem(injection).json["error"] == "invalid_grant"
    assert client.token("refresh_token", refresh_token=injection).json["error"] == "invalid_grant"
    assert not client.active(injection)
    flow_id = browser.authorize(client).parameters["flowId"]
    reply = browser.act(flow_id, "usernamePassword.check", username=injection, password=injection)
    assert reply.json["details"][0]["code"] == "INVALID_CREDENTIALS"


# ── Headers ──

LINES = "x\r\nSet-Cookie: ST=planted\r\n\r\n<html>"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A provider behind a socket."""
    with over_http(tmp_path_factory.mktemp("headers")) as world:
        yield world


def test_no_value_becomes_a_header(served: World) -> None:
    client, browser = served.client(), served.browser()
    user = served.user()
    for name in ("state", "nonce", "login_hint", "acr_values", "ui_locales", "scope", "display"):
        reply = browser.authorize(client, prompt="none", **{name: LINES})
        assert "planted" not in str([value for key, value in reply.fields if key == "set-cookie"])
        assert "\n" not in "".join(value for _, value in reply.fields)
    answer = browser.sign_on(client, user, state=LINES)
    assert answer["state"] == LINES
    shown = browser.get(f"{served.issuer}/signoff?{urlencode({'client_id': client.id, 'state': LINES})}")
    assert "planted" not in str(shown.fields)
    reply = served.get(f"{served.url}/v1/{quote(LINES)}", {"origin": "https://x.example"})
    assert reply.status in {401, 404}
    assert "planted" not in str(reply.fields)


def test_a_correlation_id_of_the_client_is_not_repeated_as_it_is(served: World) -> None:
    reply = served.get(f"{served.issuer}/jwks", {"correlation-id": "x" * 5000})
    assert len(reply.headers["correlation-id"]) < 100


def test_a_body_without_end_is_cut_off(served: World) -> None:
    body = b"x" * 1_100_000
    reply = served.send("POST", f"{served.issuer}/token", {"content-type": FORM}, body, "")
    assert reply.status == 413
    assert served.get(f"{served.issuer}/jwks").status == 200


def test_a_host_that_somebody_makes_up_goes_nowhere(served: World) -> None:
    headers = {"host": "attacker.example", "x-forwarded-host": "attacker.example", "forwarded": "host=attacker.example"}
    reply = served.get(f"{served.issuer}/.well-known/openid-configuration", headers)
    assert "attacker" not in reply.text
    client, browser = served.client(), served.browser()
    asked = {"client_id": client.id, "response_type": "code", "redirect_uri": CALLBACK, "scope": "openid"}
    reply = browser.get(f"{served.issuer}/authorize?{urlencode(asked)}", **headers)
    assert reply.headers["location"].startswith(served.url)
