"""The API of the demo: one protected route, served over real HTTP on this machine alone."""

import json
import socket
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Self

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from gatepost.cli.loopback import cannot_use
from gatepost.errors import KeysUnavailable, TokenRejected
from gatepost.verification import Verifier

_HOST = "127.0.0.1"


def create_api(verifier: Verifier, clock: Callable[[], float]) -> Flask:
    """Return the application, which answers `GET /user` to whoever has a good token."""
    api = Flask(__name__)

    @api.get("/user")
    def user() -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            # RFC 6750 §3.1: who sent no token made no error, and gets no error code.
            return _problem(401, "Send an access token: Authorization: Bearer <token>", challenge="Bearer")
        try:
            verified = verifier.verify(token.strip())
        except TokenRejected as refusal:
            reason = refusal.reason
            return _problem(reason.status, str(refusal), code=refusal.code, challenge=refusal.challenge())
        except KeysUnavailable as error:
            # What the fetch met is for the operator's log, not for whoever asks.
            detail = "The issuer's keys cannot be had right now; try again later."
            return _problem(503, detail, code=error.code, retry_after=error.retry_after)
        body = {
            "success": True,
            "message": "JWT verification successful",
            "user": verified.subject or verified.client_id,
            "scope": " ".join(sorted(verified.scopes)),
            "timestamp": int(clock()),
        }
        return Response(json.dumps(body) + "\n", content_type="application/json")

    return api


def _problem(
    status: int,
    detail: str,
    *,
    code: str | None = None,
    challenge: str | None = None,
    retry_after: float | None = None,
) -> Response:
    """Return a refusal as RFC 9457 has it, with the stable name of the reason as `reason`."""
    titles = {401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable"}
    body: dict[str, object] = {"title": titles[status], "status": status, "detail": detail}
    if code is not None:
        body["reason"] = code
    response = Response(json.dumps(body) + "\n", status, content_type="application/problem+json")
    if challenge is not None:
        response.headers["WWW-Authenticate"] = challenge
    if retry_after is not None:
        response.headers["Retry-After"] = f"{retry_after:.0f}"
    return response


class Serving:
    """An application on a loopback port, in a thread of its own, until the `with` block ends."""

    def __init__(self, api: Flask, port: int) -> None:
        """Listen on `port`, or on a free one if it is 0.

        Raises:
            Failure: When the port is taken or may not be used.
        """
        try:
            # Werkzeug would end the process where a port is taken; it gets one that is bound already.
            with socket.create_server((_HOST, port)) as listener:
                self._server = make_server(
                    _HOST, port, api, threaded=True, request_handler=_Quiet, fd=listener.fileno()
                )
        except OSError as error:
            raise cannot_use(port, error, "--port") from None
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.url = f"http://{_HOST}:{self._server.port}"

    def __enter__(self) -> Self:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Quiet(WSGIRequestHandler):
    """Answers without a line in the log for each request: the demo's table says it."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Write nothing."""
