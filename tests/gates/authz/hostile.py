"""What a hostile client sends, octet by octet; none of it may reach the upstream of a protected path."""

from tests.gates.authz.world import World, ask, send

_GET = b"GET /user HTTP/1.1\r\nHost: a\r\n"
_POST = b"POST /user HTTP/1.1\r\nHost: a\r\n"
_END = b"Connection: close\r\n\r\n"

HOSTILE = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
    "no target": b"GET\r\n\r\n",
    "HTTP/0.9": b"GET /user\r\n\r\n",
    "a version that is none": b"GET /user HTTP/9.9\r\nHost: a\r\n" + _END,
    "no host": b"GET /user HTTP/1.1\r\n" + _END,
    "two hosts": _GET + b"Host: b\r\n" + _END,
    "a header of 300 KB": _GET + b"X: " + b"a" * 300_000 + b"\r\n" + _END,
    "a target of 300 KB": b"GET /user?" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: a\r\n" + _END,
    "5,000 headers": _GET + b"X: a\r\n" * 5000 + _END,
    "a token of 20 KB": _GET + b"Authorization: Bearer " + b"a" * 20_000 + b"\r\n" + _END,
    "a token in UTF-8": _GET + b"Authorization: Bearer \xc3\xa9.\xc3\xa9.\xc3\xa9\r\n" + _END,
    "NUL in a header": _GET + b"Authorization: Bearer a\x00b\r\n" + _END,
    "a folded header": _GET + b"Authorization: Bearer\r\n a.b.c\r\n" + _END,
    "a space before the colon": _GET + b"Authorization : Bearer a.b.c\r\n" + _END,
    "a bare CR": b"GET /user HTTP/1.1\r\nHost: a\rX-Original-URI: /health\r\n" + _END,
    "both lengths": _POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": _POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a chunk that is none": _POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "a request in the body": _POST + b"Content-Length: 40\r\n\r\nGET /user HTTP/1.1\r\nHost: a\r\n\r\n" + b"x" * 9,
    "a method that is none": b"G(T /user HTTP/1.1\r\nHost: a\r\n" + _END,
    "CONNECT": b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n" + _END,
    "TRACE": b"TRACE /user HTTP/1.1\r\nHost: a\r\n" + _END,
    "octets in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n" + _END,
    "NUL in the path": b"GET /us\x00er HTTP/1.1\r\nHost: a\r\n" + _END,
    "a blank in the path": b"GET /health /../user HTTP/1.1\r\nHost: a\r\n" + _END,
    "an upgrade": _GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "h2c": _GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    "hop-by-hop": _GET + b"Connection: close, X-Forwarded-Uri, X-Original-URI, X-User\r\n\r\n",
    "pipelined": b"GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /user HTTP/1.1\r\nHost: a\r\n" + _END,
}


def failures(world: World) -> list[str]:
    """Return what went wrong, one line for each of `HOSTILE` that got anything but a clean refusal."""
    wrong = []
    for name, octets in HOSTILE.items():
        world.reached.clear()
        got = send(world.port, octets, patience=2)
        let_in = [each for each in world.reached if each.target != "/health"]
        clean = got.status == 0 or 400 <= got.status < 500 or got.status in {501, 505}
        if let_in or not (clean or name == "pipelined"):
            wrong.append(f"{name}: status {got.status}, let in {let_in}")
    if ask(world.port, "GET", "/health").status != 200:
        wrong.append("it does not answer any more")
    return wrong
