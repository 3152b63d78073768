"""The sizes that API Gateway allows."""

import pytest

from gatepost.apigateway.answers.limits import answer_over_limit, arn_over_limit, over_limit
from gatepost.apigateway.exchange import Failure, Request, Response
from tests.apigateway.answers.exchanges import api, request


def _with_header(size: int, path: str = "/") -> Request:
    """Return a request whose only header takes `size` bytes with its name, its separator and its end of line."""
    return request("GET", path, headers={"x-a": "b" * (size - 7)})


@pytest.mark.parametrize("size", [10_239, 10_240, 10_241])
def test_a_rest_api_counts_the_headers(size: int) -> None:
    failure = over_limit(api("REST"), _with_header(size))

    assert failure == (Failure("HEADERS_TOO_LARGE") if size > 10_240 else None)


@pytest.mark.parametrize("more", [0, 1])
def test_an_http_api_counts_the_request_line_too(more: int) -> None:
    line = len("GET /path? HTTP/1.1\r\n") - 1
    failure = over_limit(api("HTTP"), _with_header(10_240 - line + more, "/path"))

    assert (failure is not None) is bool(more)


@pytest.mark.parametrize("kind", ["HTTP", "REST"])
@pytest.mark.parametrize("more", [0, 1])
def test_a_body_may_have_ten_megabytes(kind: str, more: int) -> None:
    the_api = api("HTTP") if kind == "HTTP" else api("REST")
    failure = over_limit(the_api, request("POST", body=bytes(10_485_760 + more)))

    assert failure == (Failure("REQUEST_TOO_LARGE") if more else None)
    assert answer_over_limit(Response(200, (), bytes(10_485_760 + more))) is bool(more)


@pytest.mark.parametrize("more", [0, 1])
def test_a_method_arn_may_have_1600_bytes(more: int) -> None:
    assert arn_over_limit("a" * (1600 + more)) == (Failure("URI_TOO_LONG") if more else None)
