"""Reference §2.5: what identity sources name in a request."""

import pytest

from gatepost.apigateway.events.identity_source import identity_values
from tests.apigateway.events.exchanges import exchange

SENT = (("Host", "api.example.com"), ("X-Token", "abc"), ("X-Empty", ""), ("X-Two", "1"), ("x-two", "2"))
QUERY = "token=a%20b&two=1&two=2&empty="

HTTP = (
    ("$request.header.x-token", "abc"),
    ("$request.header.X-TOKEN", "abc"),
    ("$request.header.X-Two", "1,2"),
    ("$request.header.X-Empty", ""),
    ("$request.header.Missing", None),
    ("$request.querystring.token", "a b"),
    ("$request.querystring.Token", None),
    ("$request.querystring.two", "1,2"),
    ("$request.querystring.empty", ""),
    ("$stageVariables.table", "users"),
    ("$stageVariables.other", None),
    ("$context.routeKey", "GET /{id}"),
    ("$context.httpMethod", "GET"),
    ("$context.http.method", "GET"),
    ("$context.identity.sourceIp", "68.8.83.18"),
    ("$context.stage", "test"),
    ("$context.timeEpoch", "1584039838390"),
    ("$context.identity", None),
    ("$context.stage.x", None),
    ("$context.unknown", None),
    ("$request.body.token", None),
    ("", None),
)

REST = (
    ("method.request.header.X-Token", "abc"),
    ("method.request.header.x-token", "abc"),
    ("method.request.querystring.token", "a b"),
    ("method.request.querystring.two", "2"),
    ("method.request.querystring.Two", None),
    ("stageVariables.table", "users"),
    ("context.httpMethod", "GET"),
    ("context.resourcePath", "/{id}"),
    ("context.path", "/test/7"),
    ("context.routeKey", None),
    ("method.request.path.id", None),
)


@pytest.mark.parametrize(("source", "value"), HTTP)
def test_an_http_api(source: str, value: str | None) -> None:
    found = exchange(
        key="GET /{id}", path="/test/7", stage="test", headers=SENT, query=QUERY, variables={"table": "users"}
    )
    assert identity_values(found, [source]) == [value]


@pytest.mark.parametrize(("source", "value"), REST)
def test_a_rest_api(source: str, value: str | None) -> None:
    found = exchange(
        "REST", key="GET /{id}", path="/test/7", stage="test", headers=SENT, query=QUERY, variables={"table": "users"}
    )
    assert identity_values(found, [source]) == [value]


def test_the_values_come_in_the_order_of_the_sources() -> None:
    found = exchange(headers=SENT, query=QUERY)
    sources = ("$request.querystring.empty", "$request.header.x-token", "$request.header.no")
    assert identity_values(found, sources) == ["", "abc", None]
