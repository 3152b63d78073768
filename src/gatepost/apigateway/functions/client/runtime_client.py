"""The connection to the Runtime API, in place of awslambdaric's compiled module of this name.

The compiled one exists for one version of Python at a time, and asks twice for each event: it posts the result, waits,
and then asks for the next event. Here the result travels together with the question for the next event, which halves
the changes from process to process. Everything else is awslambdaric's own.
"""

from __future__ import annotations  # this runs in every version of Python that Lambda has

import os
import socket

_HOST = os.environ["AWS_LAMBDA_RUNTIME_API"]
_DEADLINE = "Lambda-Runtime-Deadline-Ms"

_connection: socket.socket | None = None
_unsent = b""
_question = b""


def initialize_client(user_agent: str) -> None:
    """Take the name to send along."""
    global _question  # noqa: PLW0603  # the state of a module, as that of the compiled one
    lines = "GET /2018-06-01/runtime/invocation/next HTTP/1.1", f"Host: {_HOST}", f"User-Agent: {user_agent}"
    _question = "\r\n".join((*lines, "", "")).encode("latin-1")


def next() -> tuple[bytes, dict[str, object]]:  # noqa: A001  # awslambdaric's name for it
    """Send the last result, wait for an event and return its body and headers."""
    global _connection, _unsent  # noqa: PLW0603
    if _connection is None:
        host, _, port = _HOST.rpartition(":")
        _connection = socket.create_connection((host, int(port)))
        _connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    result, _unsent = _unsent, b""
    _connection.sendall(result + _question)
    received = b""
    if result:
        status, _headers, body, received = _answer(_connection, received)
        if status != 202:
            reason = body.decode("utf-8", "replace").strip()
            raise RuntimeError(f"Failed to post handler response. Http response code: {status}. {reason}")
    status, headers, body, received = _answer(_connection, received)
    if status != 200:
        raise RuntimeError("Failed to get next")
    return body, {**headers, _DEADLINE: int(headers[_DEADLINE])}


def post_invocation_result(invoke_id: str, result: bytes, content_type: str, invocation_id: str | None = None) -> None:
    """Keep the result of a call; it is sent by `next`, which awslambdaric calls right after."""
    _keep(f"{invoke_id}/response", f"Content-Type: {content_type}", result)


def post_error(invoke_id: str, error: str, xray_fault: str, invocation_id: str | None = None) -> None:
    """Keep the error of a call; it is sent by `next`."""
    _keep(f"{invoke_id}/error", "Content-Type: application/json", error.encode())


def _keep(path: str, header: str, body: bytes) -> None:
    global _unsent  # noqa: PLW0603
    lines = (
        f"POST /2018-06-01/runtime/invocation/{path} HTTP/1.1",
        f"Host: {_HOST}",
        header,
        f"Content-Length: {len(body)}",
    )
    _unsent = "\r\n".join((*lines, "", "")).encode("latin-1") + body


def _answer(connection: socket.socket, received: bytes) -> tuple[int, dict[str, str], bytes, bytes]:
    """Return status, headers and body of the answer, and what was received beyond it."""
    head, complete, rest = received.partition(b"\r\n\r\n")
    while not complete:
        received += _receive(connection)
        head, complete, rest = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    length = int(headers["Content-Length"])
    parts = [rest]
    missing = length - len(rest)
    while missing > 0:
        parts.append(_receive(connection))
        missing -= len(parts[-1])
    rest = b"".join(parts)
    return int(status_line[9:12]), headers, rest[:length], rest[length:]


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 18)
    if not data:
        raise RuntimeError("Failed to get next")
    return data
