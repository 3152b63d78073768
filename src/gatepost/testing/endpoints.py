"""What a local issuer answers at each of its URLs, and what it answers while a fault is switched on."""

import json
from collections.abc import Callable, Mapping

from gatepost.testing.fault import Endpoint, Fault, Faults
from gatepost.testing.http_server import Answer, Delivery, Request, json_answer
from gatepost.testing.key_ring import KeyRing
from gatepost.testing.request_log import RequestLog, ServedRequest
from gatepost.testing.shapes.shape import Shape
from gatepost.testing.token_endpoint import TokenEndpoint

_IMPOSTOR = "https://impostor.example.com"
_JSON = {"Content-Type": "application/json"}
_MOVED = "moved=1"  # the query that the place a redirect leads to is told by
_TOO_LARGE = 1_000_000  # octets; discovery and key sets are accepted up to 150,000


class Endpoints:
    """Discovery, JWKS and the token endpoint of one issuer."""

    def __init__(
        self,
        *,
        shape: Shape,
        keys: KeyRing,
        token_endpoint: TokenEndpoint,
        faults: Faults,
        log: RequestLog,
        jwks_headers: Callable[[bytes], Mapping[str, str]],
    ) -> None:
        """Lay the endpoints out.

        Args:
            shape: The vendor's shape, which says where they are.
            keys: The keys to publish.
            token_endpoint: Who answers token requests.
            faults: The faults to meet.
            log: Where to enter what was asked.
            jwks_headers: Returns the caching headers of a JWKS document.
        """
        self._shape = shape
        self._keys = keys
        self._token_endpoint = token_endpoint
        self._faults = faults
        self._log = log
        self._jwks_headers = jwks_headers
        places = {shape.discovery_url: Endpoint.DISCOVERY, shape.jwks_uri: Endpoint.JWKS}
        places |= dict.fromkeys(shape.other_discovery_urls, Endpoint.DISCOVERY)
        places |= {shape.token_endpoint: Endpoint.TOKEN}
        self._endpoints = {url.removeprefix(shape.site.base): endpoint for url, endpoint in places.items()}

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request, or what a fault makes of it."""
        endpoint = self._endpoints.get(request.path)
        self._log.add(ServedRequest(request.method, request.path, endpoint))
        if endpoint is None:
            return json_answer(404, {"error": "not_found"})
        fault = None if request.query == _MOVED else self._faults.meet(endpoint)
        match fault:
            case Fault.SERVER_ERROR:
                return json_answer(500, {"error": "server_error"})
            case Fault.NOT_FOUND:
                return json_answer(404, {"error": "not_found"})
            case Fault.GARBAGE:
                return Answer(200, b"\xff<!doctype html>", _JSON)
            case Fault.REDIRECT:
                return Answer(302, b"", {"Location": f"{self._shape.site.base}{request.path}?{_MOVED}"})
            case Fault.TOO_LARGE:
                body = self._right_answer(endpoint, request).body
                filler = b'{"filler": "' + b"x" * _TOO_LARGE + b'"'
                return Answer(200, filler + b", " + body[1:] if body else filler + b"}", _JSON, Delivery.UNANNOUNCED)
            case Fault.CUT_OFF:
                return self._right_answer(endpoint, request)._replace(delivery=Delivery.CUT_OFF)
            case Fault.WRONG_ISSUER if endpoint is Endpoint.DISCOVERY:
                return self._document(request, json.dumps(self._shape.metadata() | {"issuer": _IMPOSTOR}).encode(), {})
            case _:
                return self._right_answer(endpoint, request)

    def _right_answer(self, endpoint: Endpoint, request: Request) -> Answer:
        if endpoint is Endpoint.TOKEN:
            return self._token_endpoint.answer(request)
        if endpoint is Endpoint.DISCOVERY:
            return self._document(request, json.dumps(self._shape.metadata()).encode(), {})
        jwks = self._keys.jwks(self._shape)
        return self._document(request, jwks, self._jwks_headers(jwks))

    def _document(self, request: Request, body: bytes, headers: Mapping[str, str]) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            return json_answer(405, {"error": "method_not_allowed"}, {"Allow": "GET, HEAD"})
        known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
        if "ETag" in headers and not known.isdisjoint({"*", headers["ETag"]}):
            return Answer(304, b"", headers)  # RFC 9110 §13.1.2
        return Answer(200, body, {**_JSON, **headers})
