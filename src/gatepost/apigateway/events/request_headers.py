"""The headers of a request, as each format of an event shows them, with those that API Gateway sets itself.

`x-forwarded-proto` is `https` and `x-forwarded-port` is `443` as on AWS, so that a function goes the way it goes there.
"""

from gatepost.apigateway.exchange import Exchange

# What concerns the connection alone (RFC 9110 §7.6.1) reaches no function, and what the gateway sets is set anew.
_CONNECTION = frozenset(
    {"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)
_SET = frozenset({"host", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"})
_NOT_2_0 = _CONNECTION | _SET | {"content-length", "cookie"}
_NOT_1_0 = _CONNECTION | _SET | {"content-length"}
# "Amazon API Gateway important notes", the table of headers, in its column for Lambda. The length is not in events.
_NOT_REST = _NOT_1_0 | {"content-md5", "max-forwards", "server", "www-authenticate"}


def headers_2_0(exchange: Exchange) -> tuple[dict[str, str], list[str]]:
    """Return the headers in lower case, several of a name joined by commas, and the cookies."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    forwarded = host = trace = ""
    for sent, value in exchange.request.headers:
        name = sent.lower()
        if name not in _NOT_2_0:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        elif name == "host":
            host = value
        elif name == "cookie":
            cookies += [cookie for part in value.split(";") if (cookie := part.strip())]
        elif name == "x-forwarded-for":
            forwarded = f"{forwarded}, {value}" if forwarded else value
        elif name == "x-amzn-trace-id":
            trace = value
    request = exchange.request
    headers["content-length"] = str(len(request.body))
    headers["host"] = host or exchange.host
    headers["x-amzn-trace-id"] = trace or trace_id(exchange)
    headers["x-forwarded-for"] = f"{forwarded}, {request.source_ip}" if forwarded else request.source_ip
    headers["x-forwarded-port"] = "443"
    headers["x-forwarded-proto"] = "https"
    return headers, cookies


def headers_1_0(exchange: Exchange) -> dict[str, list[str]]:
    """Return the headers of format 1.0, each name with its values.

    Names stay as they were sent, but for `User-Agent` and those that API Gateway sets. A name that comes in two
    spellings is one header.
    """
    rest = exchange.api.kind == "REST"
    left_out = _NOT_REST if rest else _NOT_1_0
    headers: dict[str, list[str]] = {}
    spelt: dict[str, str] = {"user-agent": "User-Agent"}
    forwarded = host = trace = ""
    for name, value in exchange.request.headers:
        lower = name.lower()
        if lower not in left_out:
            headers.setdefault(spelt.setdefault(lower, name), []).append(value)
        elif lower == "host":
            host = value
        elif lower == "x-forwarded-for":
            forwarded = f"{forwarded}, {value}" if forwarded else value
        elif lower == "x-amzn-trace-id":
            trace = value
    request = exchange.request
    if not rest:
        headers["Content-Length"] = [str(len(request.body))]
    headers["Host"] = [host or exchange.host]
    headers["X-Amzn-Trace-Id"] = [trace or trace_id(exchange)]
    headers["X-Forwarded-For"] = [f"{forwarded}, {request.source_ip}" if forwarded else request.source_ip]
    headers["X-Forwarded-Port"] = ["443"]
    headers["X-Forwarded-Proto"] = ["https"]
    return headers


def trace_id(exchange: Exchange) -> str:
    """Return the X-Ray trace id of a request, the same for the authorizer and the integration."""
    unique = exchange.request_id.encode(errors="replace").hex()[-24:].rjust(24, "0")
    return f"Root=1-{int(exchange.request.time) & 0xFFFFFFFF:08x}-{unique}"
