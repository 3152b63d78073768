"""A proxy's question: which endpoint it comes to, how the original request is read there, and how the answer is put."""

import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeAlias

from gatepost.gates.authz import original_request
from gatepost.gates.authz.answer import Answer, EnvoyWriter, ForwardWriter, NginxWriter, Writer, document
from gatepost.gates.authz.asgi import Headers
from gatepost.gates.authz.deciding import Deciding
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow
from gatepost.verification.client_certificate import ClientCertificate

_logger = logging.getLogger("gatepost.authz")

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
        certificate = None if self._read_certificate is None else self._read_certificate(headers)
        read = partial(endpoint.read, method, target, headers, certificate)
        decision = await self._deciding.decide(endpoint.name, peer, read, partial(_carrier, headers))
        try:
            writer = endpoint.writer
            return _checked(writer.allow(decision) if isinstance(decision, Allow) else writer.deny(decision))
        except Exception:
            # The outer border: a decision that cannot be written lets nobody in, and no proxy gets a 500.
            _logger.exception("a decision could not be written")
            return _NOT_WRITTEN


def _checked(answer: Answer) -> Answer:
    """Return the answer, if none of its headers could begin another one."""
    for _, value in answer.headers:
        if b"\n" in value or b"\r" in value:
            raise ValueError("a header's value has a line break")
    return answer


def certificate_in(header: str) -> ReadCertificate:
    """Return what reads the client's certificate from the header of that name; the proxy has to set it always."""

    def read(headers: Headers) -> ClientCertificate | None:
        return ClientCertificate.from_headers(_texts(headers), header=header)

    return read


def _carrier(headers: Headers) -> dict[str, str]:
    return dict(_texts(headers))


def _texts(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
