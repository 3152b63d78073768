"""A response as octets, as HTTP/1.1 frames it."""

from http import HTTPStatus

from gatepost.apigateway.exchange import Response

# What only the server itself says, whatever a function wants to say there (RFC 9112 §6, RFC 9110 §7.6.1).
_OWN = frozenset({"connection", "content-length", "date", "keep-alive", "proxy-connection", "transfer-encoding"})
_BODILESS = frozenset({204, 304})

_STATUS_LINES = {
    status: f"HTTP/1.1 {status} {HTTPStatus(status).phrase if status in set(HTTPStatus) else ''}\r\n".encode()
    for status in range(100, 1000)
}

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def octets(response: Response, *, date: str, head_only: bool, stays: bool) -> bytes:
    """Return a response as it is sent.

    Args:
        response: The response; its headers hold no line breaks.
        date: The value of the `date` header.
        head_only: Whether the body is left out, as for `HEAD`.
        stays: Whether the connection stays open after it.
    """
    lines = [f"date: {date}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in response.headers if name.lower() not in _OWN]
    if response.status not in _BODILESS:
        lines.append(f"content-length: {len(response.body)}\r\n")
        body = b"" if head_only else response.body
    else:
        body = b""
    lines.append("\r\n" if stays else "connection: close\r\n\r\n")
    return b"".join((_STATUS_LINES[response.status], "".join(lines).encode("latin-1", "replace"), body))
