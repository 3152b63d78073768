"""What an HTTP proxy integration sends."""

from collections.abc import Mapping

import pytest

from gatepost.apigateway.answers.integration_failed import IntegrationFailed
from gatepost.apigateway.answers.outgoing_request import OutgoingRequest, outgoing_request
from gatepost.apigateway.answers.parameter_mapping import unsupported_mapping
from gatepost.apigateway.exchange import Request
from gatepost.apigateway.model.api import Api, Route
from gatepost.apigateway.model.integration import HttpProxy
from tests.apigateway.answers.exchanges import api, exchange, request

URL = "http://127.0.0.1:9/base"


def _sent(
    url: str = URL,
    mapped: Mapping[str, str] | None = None,
    *,
    the_api: Api | None = None,
    asked: Request | None = None,
    path: str = "/pets/{id}",
    parameters: Mapping[str, str] | None = None,
) -> OutgoingRequest:
    integration = HttpProxy(url, "ANY", 1, mapped or {})
    made = exchange(the_api, asked, route=Route("ANY", path, integration), parameters=parameters)
    return outgoing_request(made, integration)


@pytest.mark.parametrize(
    ("path", "value", "url"),
    [
        ("/{proxy+}", "a/b", "/a/b"),
        ("/{proxy+}", "a b/ü?#%", "/a%20b/%C3%BC%3F%23%25"),
        ("/{proxy}", "a/b", "/a%2Fb"),
        ("/{proxy}", "x@y:z", "/x@y:z"),
        ("/{proxy+}", "\\..\\", "/%5C..%5C"),
    ],
)
def test_a_path_parameter_is_encoded(path: str, value: str, url: str) -> None:
    sent = _sent(f"{URL}/{{proxy}}", path=path, parameters={"proxy": value})

    assert sent.url == URL + url


@pytest.mark.parametrize("value", ["..", "../secret", "a/../../secret", "a/.", "."])
def test_a_path_parameter_cannot_lead_elsewhere(value: str) -> None:
    with pytest.raises(IntegrationFailed, match="dot segment") as raised:
        _sent(f"{URL}/{{proxy}}", path="/{proxy+}", parameters={"proxy": value})

    assert raised.value.failure.kind == "API_CONFIGURATION_ERROR"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com/", "no http or https URL"),
        ("file:///etc/passwd", "no http or https URL"),
        ("example.com", "no http or https URL"),
        ("http:///path", "no host"),
        ("http://user:secret@example.com/", "credentials"),
        ("http://{id}/", "host of the integration's URL"),
        ("http://[::1/", "not well-formed"),
        ("http://example.com/{other}", "nothing gives the parameter"),
    ],
)
def test_a_url_that_cannot_be_asked_is_a_wrong_configuration(url: str, why: str) -> None:
    with pytest.raises(IntegrationFailed, match=why) as raised:
        _sent(url)

    assert raised.value.failure.kind == "API_CONFIGURATION_ERROR"
    assert "secret" not in str(raised.value)


def test_a_rest_api_gives_the_url_only_what_is_mapped() -> None:
    mapped = {"integration.request.path.proxy": "method.request.path.id"}

    assert _sent(f"{URL}/{{proxy}}", mapped, the_api=api("REST")).url == f"{URL}/7"
    with pytest.raises(IntegrationFailed, match=r"nothing gives the parameter \{id\}"):
        _sent(f"{URL}/{{id}}", the_api=api("REST"))


def test_a_stage_variable_may_stand_in_the_url() -> None:
    assert _sent("http://${stageVariables.color}.example/${stageVariables.color}").url == "http://blue.example/blue"


def test_a_rest_api_maps_headers_and_the_query() -> None:
    mapped = {
        "integration.request.header.X-User": "context.authorizer.principalId",
        "integration.request.header.X-Static": "'text'",
        "integration.request.header.X-Body": "method.request.body.name",
        "integration.request.header.X-Q": "method.request.querystring.q",
        "integration.request.querystring.page": "method.request.header.x-page",
    }
    asked = request("POST", query="q=1%0a2&page=9", headers={"X-Page": "3", "x-static": "own"}, body=b'{"name":"Rex"}')

    sent = _sent(mapped=mapped, the_api=api("REST"), asked=asked)

    assert sent.url == f"{URL}?q=1%0A2&page=3"
    headers = dict(sent.headers)
    assert "x-static" not in headers
    assert (headers["X-Static"], headers["X-Body"], headers["X-Q"]) == ("text", "Rex", "1 2")
    assert "X-User" not in headers


def test_an_http_api_maps_headers_the_query_and_the_path() -> None:
    mapped = {
        "overwrite:path": "/v2$request.path",
        "append:querystring.q": "${request.header.x-a}-${request.path.id}",
        "overwrite:querystring.page": "$request.querystring.q",
        "remove:querystring.gone": "''",
        "append:header.x-a": "$context.stage",
        "overwrite:header.x-b": "$stageVariables.color",
        "overwrite:header.x-c": "$request.body.owner.id",
        "remove:header.x-d": "''",
    }
    headers = {"X-A": "a", "X-B": "b", "X-D": "d"}
    asked = request("POST", query="q=1&gone=2", headers=headers, body=b'{"owner":{"id":5}}')

    sent = _sent(mapped=mapped | {"overwrite:path": "/v2/${request.path.id} x"}, asked=asked)

    assert sent.url == "http://127.0.0.1:9/v2/7%20x?q=1&q=a-7&page=1"
    kept = [header for header in sent.headers if header[0].lower().startswith("x-")]
    assert kept == [("X-A", "a"), ("x-a", "prod"), ("x-b", "blue"), ("x-c", "5")]


def test_a_mapped_path_cannot_lead_elsewhere() -> None:
    with pytest.raises(IntegrationFailed, match="dot segment"):
        _sent(mapped={"overwrite:path": "/a/${request.path.id}"}, parameters={"id": "../secret"})


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("overwrite:header.x-a", "$request.header.y", None),
        ("append:querystring.q", "a ${request.querystring.y} ${context.stage}", None),
        ("remove:header.x-a", "''", None),
        ("overwrite:path", "$request.path.id", None),
        ("overwrite:statuscode", "404", None),
        ("overwrite:header.x-a", "$response.body.a[0].b", None),
        ("overwrite:header.x-a", "costs 5", None),
        ("overwrite:body", "x", "not of the form"),
        ("overwrite:header", "x", "not of the form"),
        ("overwrite:path.x", "x", "not of the form"),
        ("append:path", "x", "can only be overwrite:path"),
        ("overwrite:header.Authorization", "x", "reserved"),
        ("overwrite:header.access-control-allow-origin", "x", "reserved"),
        ("overwrite:header.x-a", "$request.cookies.a", "not supported"),
        ("overwrite:header.x-a", "$request.body..a", "neither"),
        ("overwrite:header.x-a", "$request.header.a and more", "neither"),
    ],
)
def test_a_mapping_that_is_not_supported_is_named(key: str, value: str, why: str | None) -> None:
    found = unsupported_mapping(key, value)

    assert found is None if why is None else why in (found or "")
