"""A proxy's question: which endpoint it comes to, how the original request is read there, and how the answer is put."""

import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeAlias

from gatepost.gates.authz import original_request
from gatepost.gates.authz.answer import (
    Answer,
    EnvoyWriter,
    ForwardWriter,
    NginxWriter,
    Writer,
    checked,
    document,
    octets,
)
from gatepost.gates.authz.asgi import Headers
from gatepost.gates.authz.deciding import Decided, Deciding
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision
from gatepost.verification.client_certificate import ClientCertificate

_logger = logging.getLogger("gatepost.authz")

_DEFECT = "a decision could not be written"
_NOT_WRITTEN = document(403, {"title": "Forbidden", "detail": "The decision could not be written."})

# Returns the client's certificate, from the header in which the proxy hands it on.
ReadCertificate: TypeAlias = Callable[[Headers], ClientCertificate | None]


class Endpoint(NamedTuple):
    """An endpoint.

    Attributes:
        name: What it is called in logs and metrics.
        read: Returns the original request from method, target and headers.
        writer: Writes the answer.
    """

    name: str
    read: Callable[[str, bytes, Headers, ClientCertificate | None], AccessRequest]
    writer: Writer


_ENDPOINTS = {
    b"/nginx": Endpoint("nginx", original_request.from_nginx, NginxWriter()),
    b"/forward": Endpoint("forward", original_request.from_forward, ForwardWriter()),
}
_ENVOY = Endpoint("envoy", original_request.from_envoy, EnvoyWriter())
_UNDER_ENVOY = original_request.ENVOY_PREFIX + b"/"


def endpoint_of(target: bytes) -> Endpoint | None:
    """Return the endpoint that a request target names, or `None` when it is none of a proxy's."""
    endpoint = _ENDPOINTS.get(target)
    if endpoint is not None:
        return endpoint
    if target.startswith(_UNDER_ENVOY):
        return _ENVOY
    return _ENDPOINTS.get(target.partition(b"?")[0])


class Asking:
    """Puts proxies' questions to the policy."""

    __slots__ = ("_deciding", "_read_certificate")

    def __init__(self, deciding: Deciding, read_certificate: ReadCertificate | None = None) -> None:
        """Ask `deciding`.

        Args:
            deciding: What decides.
            read_certificate: What reads the client's certificate, or `None` when no proxy hands one on.
        """
        self._deciding = deciding
        self._read_certificate = read_certificate

    async def answer(
        self, endpoint: Endpoint, peer: str | None, method: str, target: bytes, headers: Headers
    ) -> Answer:
        """Return the answer to the question that came to `endpoint`.

        Args:
            endpoint: The endpoint.
            peer: The address of who asks, or `None` over a Unix socket.
            method: The question's own method.
            target: The question's own target, as it was sent.
            headers: Its headers.
        """
        read = partial(self._request, endpoint, method, target, headers)
        return answer_to(endpoint, await self._deciding.decide(endpoint.name, peer, read, partial(_carrier, headers)))

    def decide_at_hand(
        self, endpoint: Endpoint, peer: str | None, method: str, target: bytes, headers: Headers
    ) -> Decided | None:
        """Return the decision on what the question is about, or `None` when it takes waiting: then ask `answer`.

        The arguments are those of `answer`.
        """
        read = partial(self._request, endpoint, method, target, headers)
        return self._deciding.decide_at_hand(endpoint.name, peer, read)

    def _request(self, endpoint: Endpoint, method: str, target: bytes, headers: Headers) -> AccessRequest:
        certificate = None if self._read_certificate is None else self._read_certificate(headers)
        return endpoint.read(method, target, headers, certificate)


def answer_to(endpoint: Endpoint, decision: Decision) -> Answer:
    """Return the answer to a question that came to `endpoint`."""
    try:
        writer = endpoint.writer
        return checked(writer.allow(decision) if isinstance(decision, Allow) else writer.deny(decision))
    except Exception:
        # The outer border: a decision that cannot be written lets nobody in, and no proxy gets a 500.
        _logger.exception(_DEFECT)
        return _NOT_WRITTEN


def octets_to(endpoint: Endpoint, decision: Decision, *, with_body: bool, stays: bool) -> bytes:
    """Return the same answer as octets, with the arguments of `octets`."""
    if stays and isinstance(decision, Allow):
        try:
            return endpoint.writer.allow_octets(decision)
        except Exception:
            _logger.exception(_DEFECT)
            return octets(_NOT_WRITTEN, with_body=with_body, stays=stays)
    return octets(answer_to(endpoint, decision), with_body=with_body, stays=stays)


def certificate_in(header: str) -> ReadCertificate:
    """Return what reads the client's certificate from the header of that name; the proxy has to set it always."""

    def read(headers: Headers) -> ClientCertificate | None:
        return ClientCertificate.from_headers(_texts(headers), header=header)

    return read


def _carrier(headers: Headers) -> dict[str, str]:
    return dict(_texts(headers))


def _texts(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
