"""A response of the provider."""

import json
import re
from typing import Any, NamedTuple

# Whatever a page or a token endpoint answers: nobody on the way keeps it, and nobody frames it.
NO_STORE = (("cache-control", "no-store"), ("pragma", "no-cache"))

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Response(NamedTuple):
    """A response.

    Attributes:
        status: The status.
        headers: Names in lower case, and values.
        body: The body.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def adding(self, *headers: tuple[str, str]) -> "Response":
        """Return it with more headers."""
        return self._replace(headers=(*self.headers, *headers))


def json_response(
    value: Any,  # noqa: ANN401 - JSON
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    media_type: str = "application/json",
) -> Response:
    """Return a response with a JSON body."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, (("content-type", media_type), *headers), body)


def redirect(location: str, status: int = 302) -> Response:
    """Return a response that sends the browser to `location`.

    Raises:
        ValueError: When it holds what would end the header.
    """
    if _CONTROL.search(location):
        raise ValueError("a location holds no control characters")
    return Response(status, (("location", location), *NO_STORE))
