"""The right side of a REST API's parameter mappings."""

import pytest

from gatepost.apigateway.answers.mapping_value import mapping_value, supported
from gatepost.apigateway.exchange import Response
from tests.apigateway.answers.exchanges import REST_ID, api, exchange, request

RESPONSE = Response(200, (("X-A", "1"), ("x-a", "2")), b'{"list": [{"a": true}], "text": "t"}')


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a text'", "a text"),
        ("''", ""),
        ("method.request.header.Origin", "https://app.example"),
        ("method.request.multivalueheader.origin", "https://app.example"),
        ("method.request.querystring.q", "2"),
        ("method.request.path.id", "7"),
        ("method.request.body", '{"a": {"b": 1.5}}'),
        ("method.request.body.a.b", "1.5"),
        ("method.request.body.a", '{"b":1.5}'),
        ("method.request.body.none", None),
        ("method.request.header.none", None),
        ("integration.response.header.x-a", "1,2"),
        ("integration.response.body.list[0].a", "true"),
        ("integration.response.body.text", "t"),
        ("context.requestId", REST_ID),
        ("context.none", None),
        ("stageVariables.color", "blue"),
    ],
)
def test_an_expression_stands_for_a_value(expression: str, value: str | None) -> None:
    asked = request(query="q=1&q=2", headers={"origin": "https://app.example"}, body=b'{"a": {"b": 1.5}}')

    assert supported(expression)
    assert mapping_value(expression, exchange(api("REST"), asked), RESPONSE) == value


@pytest.mark.parametrize("body", [b"", b"no json", b"\xff", b"[" * 100_000])
def test_a_body_that_is_not_json_gives_nothing(body: bytes) -> None:
    assert mapping_value("method.request.body.a", exchange(api("REST"), request(body=body))) is None


@pytest.mark.parametrize(
    "expression",
    ["", "text", "'", "method.request.cookie.a", "method.request.header", "method.request.body.a[*]", "$context.stage"],
)
def test_every_other_form_gives_nothing_and_is_named_as_unsupported(expression: str) -> None:
    assert not supported(expression)
    assert mapping_value(expression, exchange(api("REST"))) is None
