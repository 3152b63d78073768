"""Whatever a client sends there is an event, and whatever a function returns there is a response or a bad answer."""

import json
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.apigateway.events.answer import BadAnswer, read_answer
from gatepost.apigateway.events.authorizer import authorizer_event
from gatepost.apigateway.events.encoding import encoded
from gatepost.apigateway.events.proxy import proxy_event
from gatepost.apigateway.exchange import Exchange, LambdaIdentity
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import LambdaAuthorizer
from gatepost.apigateway.routing.router import Router
from tests.apigateway.events.exchanges import exchange

Kind = Literal["2.0", "1.0", "REST"]
KINDS = st.sampled_from(["2.0", "1.0", "REST"])
# A server reads octets as latin-1.
OCTETS = st.binary(max_size=30).map(lambda octets: octets.decode("latin-1"))
ESCAPED = st.lists(
    st.one_of(st.sampled_from(["a", "%", "%2F", "%25", "%3F", "/", "+", "%FF", "%e9", ".", "&", "=", ";"]), OCTETS),
    max_size=6,
).map("".join)
HEADERS = st.lists(
    st.tuples(st.sampled_from(["a", "A", "Cookie", "host", "User-Agent", "content-type", "X-Forwarded-For"]), OCTETS),
    max_size=6,
)


def _exchange(kind: Kind, path: str = "/s/a", **more: Any) -> Exchange:
    if kind == "REST":
        found = exchange("REST", key="ANY /{proxy+}", path="/s/a", stage="s", **more)
    else:
        found = exchange(payload=kind, path="/s/a", stage="s", **more)
    match = Router(found.api).find("GET", path)
    found.request = found.request._replace(path=path)
    if match is not None:
        found.path, found.route, found.path_parameters = match.path, match.route, match.parameters
    return found


@given(KINDS, ESCAPED, ESCAPED, HEADERS, st.binary(max_size=30))
def test_every_request_has_an_event_that_is_json(
    kind: Kind, path: str, query: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    found = _exchange(kind, f"/s/{path}", query=query, headers=headers, body=body)
    event = proxy_event(found)
    assert json.loads(encoded(event)) == event
    sources = ("$request.header.a", "$context.stage", "$request.querystring.a")
    for payload in ("1.0", "2.0"):
        authorizer = LambdaAuthorizer("A", "a", "F", "REQUEST", "1.0" if payload == "1.0" else "2.0", sources)
        decided = authorizer_event(found, authorizer)
        assert json.loads(encoded(decided)) == decided


@pytest.mark.parametrize("context", [{"x": "\ud800"}, {"x": 10**40}, {"x": [None, 1.5, {"y": True}]}], ids=ascii)
def test_every_context_is_json(context: dict[str, Any]) -> None:
    found = exchange(identity=LambdaIdentity("p", context))
    assert json.loads(encoded(proxy_event(found)))["requestContext"]["authorizer"] == {"lambda": context}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ANSWERS = JSON_VALUES | st.fixed_dictionaries(
    {},
    optional={
        "statusCode": JSON_VALUES | st.just(200),
        "headers": JSON_VALUES | st.dictionaries(st.text(max_size=5), st.text(max_size=8), max_size=3),
        "multiValueHeaders": JSON_VALUES | st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=8))),
        "body": JSON_VALUES,
        "cookies": JSON_VALUES | st.lists(st.text(max_size=8)),
        "isBase64Encoded": JSON_VALUES | st.booleans(),
    },
)


def _check(found: Exchange, payload: bytes) -> None:
    try:
        response = read_answer(found, payload, Assumptions())
    except BadAnswer:
        return
    assert 200 <= response.status <= 599
    assert isinstance(response.body, bytes)
    for name, value in response.headers:
        line = f"{name}: {value}".encode("latin-1")
        assert name.isascii()
        assert not {13, 10, 0} & set(line)


@given(KINDS, ANSWERS)
def test_every_json_answer_is_a_response_or_bad(kind: Kind, answer: Any) -> None:
    _check(_exchange(kind), json.dumps(answer).encode())


@given(KINDS, st.binary(max_size=60))
def test_every_payload_is_a_response_or_bad(kind: Kind, payload: bytes) -> None:
    _check(_exchange(kind), payload)
