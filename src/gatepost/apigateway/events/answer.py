"""What the answer of a function behind a Lambda proxy integration means as a response.

Sources: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs" ("Lambda function
response format") and "Output format of a Lambda function for proxy integration"; observations on AWS.
"""

import json
from binascii import Error, a2b_base64
from typing import Any, NoReturn

from gatepost.apigateway.events.bad_answer import BadAnswer
from gatepost.apigateway.events.media_type import accepts_binary
from gatepost.apigateway.events.response_headers import (
    Headers,
    has,
    merged,
    sent_by_http_api,
    sent_by_rest_api,
    text,
)
from gatepost.apigateway.exchange import Exchange, Response
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.integration import LambdaProxy

__all__ = ["BadAnswer", "read_answer"]

_JSON = ("content-type", "application/json")
_JSON_REST = ("Content-Type", "application/json")
_REST_MEMBERS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})
# RFC 9110 §15.3.5, §15.4.5: such a response has no content.
_WITHOUT_BODY = frozenset({204, 304})


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def read_answer(exchange: Exchange, payload: bytes, assumptions: Assumptions) -> Response:
    """Return the response that a function's answer stands for.

    Args:
        exchange: The request, with its route.
        payload: The JSON text that the function returned. That of an error it raised is no answer.
        assumptions: `response_content_type` is the content type of an HTTP API's response that names none.

    Raises:
        BadAnswer: When the API cannot make a response of it.
    """
    answer = _parsed(payload)
    if exchange.api.kind == "REST":
        return _rest(exchange, answer)
    integration = None if exchange.route is None else exchange.route.integration
    if isinstance(integration, LambdaProxy) and integration.payload == "1.0":
        return _http_1_0(answer, assumptions)
    return _http_2_0(answer, payload, assumptions)


def _http_2_0(answer: object, payload: bytes, assumptions: Assumptions) -> Response:
    if not isinstance(answer, dict) or answer.get("statusCode") is None:
        # Without a status the answer is the body: the text itself, and everything else as JSON.
        body = answer.encode("utf-8", "replace") if isinstance(answer, str) else payload
        return Response(200, (_JSON,), body)
    status = _status(answer["statusCode"])
    headers = sent_by_http_api(merged(_members(answer, "headers"), {}, strict=False))
    if not has(headers, "content-type"):
        headers.append(("content-type", assumptions.response_content_type))
    for cookie in _cookies(answer):
        headers.append(("set-cookie", cookie))
    return _response(status, headers, _body(answer, decoded=_is_base64(answer)))


def _http_1_0(answer: object, assumptions: Assumptions) -> Response:
    if not isinstance(answer, dict):
        raise BadAnswer("the answer is no object")
    if answer.get("statusCode") is None:
        raise BadAnswer("statusCode is missing")
    status = _status(answer["statusCode"])
    every = merged(_members(answer, "headers"), _members(answer, "multiValueHeaders"), strict=False)
    headers = sent_by_http_api(every)
    if not has(headers, "content-type"):
        headers.append(("content-type", assumptions.response_content_type))
    return _response(status, headers, _body(answer, decoded=_is_base64(answer)))


def _rest(exchange: Exchange, answer: object) -> Response:
    if not isinstance(answer, dict):
        raise BadAnswer("the answer is no object")
    if not answer.keys() <= _REST_MEMBERS:
        raise BadAnswer(f"the answer has other members than {', '.join(sorted(_REST_MEMBERS))}")
    # Observed on AWS: no member has to be there.
    status = 200 if answer.get("statusCode") is None else _status(answer["statusCode"])
    every = merged(_members(answer, "headers"), _members(answer, "multiValueHeaders"), strict=True)
    headers = sent_by_rest_api(every)
    if not has(headers, "content-type"):
        headers.insert(0, _JSON_REST)
    decoded = _is_base64(answer) and accepts_binary(exchange.request.header("accept"), exchange.api.binary_media_types)
    return _response(status, headers, _body(answer, decoded=decoded))


def _response(status: int, headers: Headers, body: bytes) -> Response:
    return Response(status, tuple(headers), b"" if status in _WITHOUT_BODY else body)


def _parsed(payload: bytes) -> object:
    try:
        return _DECODER.decode(payload.decode())
    except (ValueError, RecursionError):  # also for what is no UTF-8
        raise BadAnswer("the answer is no JSON") from None


def _status(value: object) -> int:
    """Return the status: a number, or a text of digits."""
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        return _status(int(value))
    if isinstance(value, float) and value.is_integer():
        return _status(int(value))
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise BadAnswer("statusCode is no status from 200 to 599")
    return value


def _members(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadAnswer(f"{name} is no object")
    return found


def _cookies(answer: dict[str, Any]) -> list[str]:
    found = answer.get("cookies")
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(cookie, str) for cookie in found):
        raise BadAnswer("cookies is no list of texts")
    return [text(cookie, strict=True) for cookie in found]


def _is_base64(answer: dict[str, Any]) -> bool:
    found = answer.get("isBase64Encoded")
    if found is None:
        return False
    if not isinstance(found, bool):
        raise BadAnswer("isBase64Encoded is neither true nor false")
    return found


def _body(answer: dict[str, Any], *, decoded: bool) -> bytes:
    found = answer.get("body")
    if found is None:
        return b""
    if not isinstance(found, str):
        raise BadAnswer("body is no text")
    if not decoded:
        return found.encode("utf-8", "replace")
    try:
        return a2b_base64(found.encode("ascii"), strict_mode=True)
    except (Error, ValueError):
        raise BadAnswer("body is no base64, though isBase64Encoded says so") from None
