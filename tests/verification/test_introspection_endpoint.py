"""Introspection over real HTTP, on loopback."""

import asyncio
from base64 import b64encode
from json import dumps
from typing import Any
from urllib.parse import parse_qs

import pytest

from gatepost.errors import KeysUnavailable, Reason, TokenRejected
from gatepost.jose import verify_compact
from gatepost.trust.http_poster import HttpPoster
from gatepost.verification.client_authentication import ClientAuthentication, ClientSecretBasic, PrivateKeyJwt
from gatepost.verification.introspection import Introspection
from tests.end_to_end.real_parts.loopback_http import Answer, Asked, loopback_http
from tests.jose.keys_at_hand import signing_key
from tests.verification.minting import AUDIENCE, ISSUER, NOW, access_claims

KEY = signing_key("ES256")
BASIC = ClientSecretBasic("client-1", "s3cret")


def api(base_url: str, client: ClientAuthentication = BASIC, **options: Any) -> Introspection:
    settings: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "clock": lambda: NOW, **options}
    return Introspection(f"{base_url}/introspect", client=client, **settings)


def test_the_question_is_a_form_with_the_clients_credentials() -> None:
    asked: list[Asked] = []

    def answer(question: Asked) -> Answer:
        asked.append(question)
        return Answer(200, dumps({"active": True, **access_claims()}).encode())

    with loopback_http(answer) as base_url:
        basic, by_key = api(base_url, cache_size=None), api(base_url, PrivateKeyJwt("client-1", KEY))
        assert basic.verify("opaque+/-1=").subject == "alice"
        assert asyncio.run(basic.verify_async("opaque-2")).subject == "alice"
        assert by_key.verify("opaque-3").subject == "alice"
    assert [(each.method, each.target) for each in asked] == [("POST", "/introspect")] * 3
    assert asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked[0].headers["accept"] == "application/json"
    assert asked[0].headers["authorization"] == f"Basic {b64encode(b'client-1:s3cret').decode()}"
    assert parse_qs(asked[0].body.decode()) == {"token": ["opaque+/-1="], "token_type_hint": ["access_token"]}
    assertion = parse_qs(asked[2].body.decode())["client_assertion"][0]
    assert verify_compact(assertion, KEY.key_set()).key_id == KEY.kid


def test_an_inactive_token_is_refused() -> None:
    with loopback_http(lambda _: Answer(200, b'{"active": false}')) as base_url, pytest.raises(TokenRejected) as caught:
        api(base_url).verify("opaque-1")
    assert caught.value.reason is Reason.INACTIVE


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(500, b'{"active": true}'), "answered with status 500"),
        (Answer(401, b'{"active": true}'), "status 401; it does not accept how the client authenticates"),
        (Answer(307, b"", {"Location": "/elsewhere"}), "redirects, which is not followed"),
        (Answer(304), "answered with status 304"),
        (Answer(200, b'{"active": true}' + b" " * 65_536), "more than 65536 bytes"),
        (Answer(200, b'{"active": true}', {"Content-Encoding": "gzip"}), "compressed"),
        (Answer(200, b"<html>"), "not a strict JSON object"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_answer_says_nothing_about_the_token(answer: Answer, message: str) -> None:
    with loopback_http(lambda _: answer) as base_url, pytest.raises(KeysUnavailable, match=message) as caught:
        api(base_url).verify("opaque-1")
    assert "opaque-1" not in str(caught.value)


def test_an_endpoint_that_is_down_says_nothing_about_the_token() -> None:
    with loopback_http(lambda _: Answer(200)) as base_url:
        pass
    with pytest.raises(KeysUnavailable, match="cannot be reached: connection refused"):
        api(base_url).verify("opaque-1")


def test_an_answer_that_breaks_off_says_nothing_about_the_token() -> None:
    half_a_chunk = Answer(200, b"10\r\nhalf", {"Transfer-Encoding": "chunked", "Connection": "close"})
    with loopback_http(lambda _: half_a_chunk) as base_url, pytest.raises(KeysUnavailable, match="broke off"):
        api(base_url).verify("opaque-1")


def test_connections_are_used_again_and_there_are_enough_of_them() -> None:
    with loopback_http(lambda _: Answer(200, b'{"active": false}')) as base_url:
        poster = HttpPoster()
        for _ in range(2):
            assert poster.post(base_url, {"token": "a"}, {}).body == b'{"active": false}'
        pools = poster._pool_manager()
        assert pools.connection_pool_kw["maxsize"] == 16
        pool = pools.connection_from_url(base_url)
        assert (pool.num_connections, pool.num_requests) == (1, 2)
