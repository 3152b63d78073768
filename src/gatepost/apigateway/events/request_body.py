"""The body of a request, as a text that stands in an event."""

from binascii import b2a_base64

from gatepost.apigateway.events.media_type import is_binary, is_text, media_type
from gatepost.apigateway.exchange import Exchange


def event_body(exchange: Exchange) -> tuple[str | None, bool]:
    """Return the body, `None` for an empty one, and whether it is base64.

    A REST API goes by its binary media types, an HTTP API by the content type alone. A text that is no UTF-8 loses
    the octets that make it none.
    """
    request = exchange.request
    if not request.body:
        return None, False
    content_type = request.header("content-type")
    if exchange.api.kind == "REST":
        binary = is_binary(media_type(content_type), exchange.api.binary_media_types)
    else:
        binary = not is_text(content_type)
    if binary:
        return b2a_base64(request.body, newline=False).decode("ascii"), True
    return request.body.decode("utf-8", "replace"), False
