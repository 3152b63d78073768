"""Reference §3: what a function's answer means, and what is none."""

import json
from typing import Any

import pytest

from gatepost.apigateway.events.answer import BadAnswer, read_answer
from gatepost.apigateway.exchange import Exchange, Response
from gatepost.apigateway.model.assumptions import Assumptions
from tests.apigateway.events.exchanges import exchange

ASSUMED = Assumptions()
PLAIN = ("content-type", "text/plain; charset=utf-8")
JSON = ("content-type", "application/json")
REST_JSON = ("Content-Type", "application/json")


def _http(payload: str = "2.0") -> Exchange:
    return exchange(payload="1.0" if payload == "1.0" else "2.0")


def _rest(accept: str | None = None, binary: tuple[str, ...] = ()) -> Exchange:
    headers = () if accept is None else (("Accept", accept),)
    return exchange("REST", key="GET /a", path="/s/a", stage="s", headers=headers, binary=binary)


def _read(found: Exchange, answer: Any) -> Response:
    return read_answer(found, json.dumps(answer).encode(), ASSUMED)


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        (b'"Hello from Lambda!"', b"Hello from Lambda!"),
        (b'{ "message": "Hello" }', b'{ "message": "Hello" }'),
        (b'{"body": "x", "headers": {"a": "b"}}', b'{"body": "x", "headers": {"a": "b"}}'),
        (b'{"statusCode": null}', b'{"statusCode": null}'),
        (b"[1, 2]", b"[1, 2]"),
        (b"42", b"42"),
        (b"null", b"null"),
        (b"true", b"true"),
        (b'""', b""),
        ('"é"'.encode(), "é".encode()),
        (b'"\\u00e9"', "é".encode()),
    ],
)
def test_payload_2_0_takes_an_answer_without_a_status_for_the_body(payload: bytes, body: bytes) -> None:
    assert read_answer(_http(), payload, ASSUMED) == Response(200, (JSON,), body)


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ({"statusCode": 201}, Response(201, (PLAIN,), b"")),
        ({"statusCode": "404", "body": "no"}, Response(404, (PLAIN,), b"no")),
        ({"statusCode": 200.0, "body": "é"}, Response(200, (PLAIN,), "é".encode())),
        (
            {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>"},
            Response(200, (("Content-Type", "text/html"),), b"<p>"),
        ),
        (
            {"statusCode": 200, "headers": {"X-N": 1, "X-B": True, "content-type": "a/b"}, "other": 1},
            Response(200, (("X-N", "1"), ("X-B", "true"), ("content-type", "a/b")), b""),
        ),
        (
            {"statusCode": 302, "cookies": ["a=1; Secure", "b=2"], "headers": {"Location": "/x"}},
            Response(302, (("Location", "/x"), PLAIN, ("set-cookie", "a=1; Secure"), ("set-cookie", "b=2")), b""),
        ),
        ({"statusCode": 200, "isBase64Encoded": True, "body": "AP8="}, Response(200, (PLAIN,), b"\x00\xff")),
        ({"statusCode": 200, "isBase64Encoded": False, "body": "AP8="}, Response(200, (PLAIN,), b"AP8=")),
        (
            {"statusCode": 200, "multiValueHeaders": {"x": ["1"]}, "headers": None, "body": None},
            Response(200, (PLAIN,), b""),
        ),
        ({"statusCode": 204, "body": "nothing may stand here"}, Response(204, (PLAIN,), b"")),
        (
            {
                "statusCode": 200,
                "headers": {"WWW-Authenticate": "Bearer", "Content-Length": "9", "Connection": "close"},
            },
            Response(200, (("WWW-Authenticate", "Bearer"), PLAIN), b""),
        ),
    ],
    ids=str,
)
def test_payload_2_0_with_a_status(answer: Any, response: Response) -> None:
    assert _read(_http(), answer) == response


def test_the_content_type_of_a_response_that_names_none_is_an_assumption() -> None:
    assumed = Assumptions(response_content_type="application/json")
    assert read_answer(_http(), b'{"statusCode": 200}', assumed).headers == (JSON,)


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ({"statusCode": 200, "body": "x", "unknown": 1}, Response(200, (PLAIN,), b"x")),
        (
            {"statusCode": 200, "multiValueHeaders": {"Content-Type": ["a/b"]}},
            Response(200, (("Content-Type", "a/b"),), b""),
        ),
        (
            {"statusCode": 200, "headers": {"A": "1", "B": "2"}, "multiValueHeaders": {"a": ["3", "4"]}},
            Response(200, (("B", "2"), ("a", "3"), ("a", "4"), PLAIN), b""),
        ),
        ({"statusCode": 200, "isBase64Encoded": True, "body": "AP8="}, Response(200, (PLAIN,), b"\x00\xff")),
    ],
    ids=str,
)
def test_payload_1_0_of_an_http_api(answer: Any, response: Response) -> None:
    assert _read(_http("1.0"), answer) == response


@pytest.mark.parametrize(
    "answer", [{}, "text", {"message": "x"}, {"body": "x"}, None, [1], {"statusCode": None}], ids=str
)
def test_payload_1_0_of_an_http_api_wants_a_status(answer: Any) -> None:
    with pytest.raises(BadAnswer):
        _read(_http("1.0"), answer)


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ({}, Response(200, (REST_JSON,), b"")),
        ({"statusCode": "201", "body": "x"}, Response(201, (REST_JSON,), b"x")),
        ({"statusCode": 200, "headers": {"x": False}}, Response(200, (REST_JSON, ("x", "false")), b"")),
        (
            {"statusCode": 200, "headers": {"content-type": "a/b", "X": "1"}, "multiValueHeaders": {"X": ["2", "3"]}},
            Response(200, (("content-type", "a/b"), ("X", "2"), ("X", "3")), b""),
        ),
        ({"statusCode": 200, "body": None, "headers": None}, Response(200, (REST_JSON,), b"")),
    ],
    ids=str,
)
def test_a_rest_api(answer: Any, response: Response) -> None:
    assert _read(_rest(), answer) == response


@pytest.mark.parametrize(
    "answer",
    [
        {"message": "x"},
        {"statusCode": 200, "cookies": ["a=1"]},
        {"errorMessage": "x", "errorType": "Error"},
        {"statusCode": 200, "headers": {"x": 1}},
        {"statusCode": 200, "headers": {"x": None}},
        "text",
        None,
        [1],
    ],
    ids=str,
)
def test_a_rest_api_is_strict(answer: Any) -> None:
    with pytest.raises(BadAnswer):
        _read(_rest(), answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "abc"},
        {"statusCode": 99},
        {"statusCode": 100},
        {"statusCode": 600},
        {"statusCode": True},
        {"statusCode": 200.5},
        {"statusCode": []},
        {"statusCode": "²00"},
        {"statusCode": 200, "headers": []},
        {"statusCode": 200, "headers": {"x": {}}},
        {"statusCode": 200, "headers": {"x": "a\r\nb: c"}},
        {"statusCode": 200, "headers": {"x": "a\x00"}},
        {"statusCode": 200, "headers": {"a b": "c"}},
        {"statusCode": 200, "headers": {"a:": "c"}},
        {"statusCode": 200, "headers": {"": "c"}},
        {"statusCode": 200, "headers": {"x": []}},
        {"statusCode": 200, "body": {}},
        {"statusCode": 200, "body": 1},
        {"statusCode": 200, "isBase64Encoded": "true"},
    ],
    ids=str,
)
@pytest.mark.parametrize("found", [_http(), _http("1.0"), _rest()], ids=["2.0", "1.0", "rest"])
def test_what_cannot_be_sent_is_a_bad_answer_everywhere(found: Exchange, answer: Any) -> None:
    with pytest.raises(BadAnswer) as caught:
        _read(found, answer)
    assert "\n" not in caught.value.why


@pytest.mark.parametrize("several", [{"x": "1"}, {"x": [{}]}, {"x": {}}, {"x": None}, []], ids=str)
@pytest.mark.parametrize("found", [_http("1.0"), _rest()], ids=["1.0", "rest"])
def test_multi_value_headers_are_lists_of_texts(found: Exchange, several: Any) -> None:
    with pytest.raises(BadAnswer):
        _read(found, {"statusCode": 200, "multiValueHeaders": several})


@pytest.mark.parametrize("cookies", ["a=1", [1], ["a\nb"], {}], ids=str)
def test_cookies_are_a_list_of_texts(cookies: Any) -> None:
    with pytest.raises(BadAnswer):
        _read(_http(), {"statusCode": 200, "cookies": cookies})


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"NaN", b"\xff", b'{"statusCode": 200} x', b"[" * 100_000],
    ids=lambda payload: repr(payload[:9]),
)
@pytest.mark.parametrize("found", [_http(), _http("1.0"), _rest()], ids=["2.0", "1.0", "rest"])
def test_what_is_no_json_is_a_bad_answer(found: Exchange, payload: bytes) -> None:
    with pytest.raises(BadAnswer, match="the answer is no JSON"):
        read_answer(found, payload, ASSUMED)


@pytest.mark.parametrize("body", ["AP8", "A P 8 =", "é", "AP8=="])
@pytest.mark.parametrize("found", [_http(), _http("1.0"), _rest("*/*", ("*/*",))], ids=["2.0", "1.0", "rest"])
def test_what_is_no_base64_is_a_bad_answer(found: Exchange, body: str) -> None:
    with pytest.raises(BadAnswer, match="no base64"):
        _read(found, {"statusCode": 200, "isBase64Encoded": True, "body": body})


@pytest.mark.parametrize(
    ("accept", "binary", "decoded"),
    [
        ("image/png", ("image/png",), True),
        ("image/webp,image/png", ("image/png",), False),
        ("image/webp,image/png", ("image/webp",), True),
        ("image/png;q=0.5", ("image/*",), True),
        ("*/*", ("image/png",), False),
        ("*/*", ("*/*",), True),
        (None, ("*/*",), True),
        (None, ("image/png",), False),
        ("image/png", (), False),
    ],
)
def test_a_rest_api_decodes_what_the_first_accepted_type_asks_for(
    accept: str | None, binary: tuple[str, ...], decoded: bool
) -> None:
    response = _read(_rest(accept, binary), {"statusCode": 200, "isBase64Encoded": True, "body": "AP8="})
    assert response.body == (b"\x00\xff" if decoded else b"AP8=")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("WWW-Authenticate", "x-amzn-Remapped-WWW-Authenticate"),
        ("www-authenticate", "x-amzn-Remapped-www-authenticate"),
        ("Authorization", "x-amzn-Remapped-Authorization"),
        ("Connection", "x-amzn-Remapped-Connection"),
        ("Content-Length", "x-amzn-Remapped-Content-Length"),
        ("Content-MD5", "x-amzn-Remapped-Content-MD5"),
        ("Date", "x-amzn-Remapped-Date"),
        ("Max-Forwards", "x-amzn-Remapped-Max-Forwards"),
        ("Server", "x-amzn-Remapped-Server"),
        ("User-Agent", "x-amzn-Remapped-User-Agent"),
        ("x-amzn-RequestId", "x-amzn-Remapped-x-amzn-RequestId"),
        ("Age", "Age"),
        ("Content-Encoding", "Content-Encoding"),
        ("Location", "Location"),
        ("Set-Cookie", "Set-Cookie"),
        ("Expect", None),
        ("Host", None),
        ("Proxy-Authenticate", None),
        ("TE", None),
        ("Trailer", None),
        ("Transfer-Encoding", None),
        ("Upgrade", None),
        ("Via", None),
    ],
)
def test_a_rest_api_renames_or_drops_some_headers(name: str, sent: str | None) -> None:
    response = _read(_rest(), {"statusCode": 200, "headers": {name: "x"}})
    assert response.headers == ((REST_JSON,) if sent is None else (REST_JSON, (sent, "x")))


def test_a_header_beyond_ascii_goes_out_as_utf_8() -> None:
    response = _read(_http(), {"statusCode": 200, "headers": {"x": "é"}})
    assert response.headers[0][1].encode("latin-1") == "é".encode()
