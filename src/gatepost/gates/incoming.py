"""A request as its server hands it over, read for the policy."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gatepost.gates import request_target
from gatepost.policy.access_request import AccessRequest
from gatepost.verification.client_certificate import ClientCertificate

# Servers put several headers of one name together with commas (RFC 9110 §5.3), which no proof has in it.
_COMMA = re.compile(r"\s*,\s*")
_SCHEMES: Mapping[object, str] = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


class Incoming(NamedTuple):
    """A request at a gate.

    Attributes:
        request: What the policy needs to know of it.
        announced: The method that a CORS preflight announces, or `None` when this is no preflight.
    """

    request: AccessRequest
    announced: str | None = None


class Surroundings(NamedTuple):
    """What only the operator knows of how requests come in.

    Attributes:
        origin: The origin that clients use, such as `https://api.example.com`; `None` for what the request says.
        certificate_header: The header in which a trusted proxy hands the client's certificate over, or `None`.
    """

    origin: str | None = None
    certificate_header: str | None = None

    def from_scope(self, scope: Mapping[str, object]) -> Incoming:
        """Read the scope of an ASGI connection."""
        authorization: list[str] = []
        dpop: list[str] = []
        certificates: list[str] = []
        host, of_page, announced = "", False, None
        header = None if self.certificate_header is None else self.certificate_header.lower().encode()
        headers: Iterable[tuple[bytes, bytes]] = scope["headers"]  # type: ignore[assignment]  # as ASGI has it
        for name, value in headers:
            if name == b"authorization":
                authorization.append(value.decode("latin-1"))
            elif name == b"dpop":
                dpop.append(value.decode("latin-1"))
            elif name == b"host":
                host = value.decode("latin-1")
            elif name == b"origin":
                of_page = True
            elif name == b"access-control-request-method":
                announced = value.decode("latin-1")
            elif name == header:
                certificates.append(value.decode("latin-1"))
        method = str(scope.get("method", "GET"))  # the handshake of a WebSocket is a GET
        path = request_target.of_scope(scope)
        origin = self.origin or f"{_SCHEMES.get(scope.get('scheme'), 'http')}://{host}"
        request = AccessRequest(
            method,
            path,
            authorization=authorization,
            dpop=dpop,
            url=f"{origin}{path}",
            certificate=self._handed_over(certificates) if header is not None else _from_tls(scope),
        )
        return Incoming(request, announced if of_page and method == "OPTIONS" else None)

    def from_environ(self, environ: Mapping[str, object]) -> Incoming:
        """Read the environment of a WSGI request."""
        method, path = str(environ.get("REQUEST_METHOD", "GET")), request_target.of_environ(environ)
        host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
        origin = self.origin or f"{environ.get('wsgi.url_scheme', 'http')}://{host}"
        header = self.certificate_header
        values = () if header is None else _values(environ, f"HTTP_{header.upper().replace('-', '_')}")
        request = AccessRequest(
            method,
            path,
            authorization=_values(environ, "HTTP_AUTHORIZATION"),
            dpop=[part for value in _values(environ, "HTTP_DPOP") for part in _COMMA.split(value)],
            url=f"{origin}{path}",
            certificate=self._handed_over(values) if header is not None else _from_pem(environ.get("SSL_CLIENT_CERT")),
        )
        announced = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD")
        preflight = method == "OPTIONS" and "HTTP_ORIGIN" in environ and announced is not None
        return Incoming(request, str(announced) if preflight else None)

    def _handed_over(self, values: Iterable[str]) -> ClientCertificate | None:
        header = self.certificate_header
        if header is None:
            return None
        if header.lower() != "x-forwarded-client-cert":  # which is a list by itself
            values = [part for value in values for part in _COMMA.split(value)]
        return ClientCertificate.from_headers([(header, value) for value in values], header)


def _values(environ: Mapping[str, object], key: str) -> tuple[str, ...]:
    return (str(environ[key]),) if key in environ else ()


def _from_pem(pem: object) -> ClientCertificate | None:
    return ClientCertificate.from_pem(pem) if isinstance(pem, str) and pem else None


def _from_tls(scope: Mapping[str, object]) -> ClientCertificate | None:
    """Return the certificate of the ASGI TLS extension."""
    extensions = scope.get("extensions")
    tls = extensions.get("tls") if isinstance(extensions, Mapping) else None
    chain = tls.get("client_cert_chain") if isinstance(tls, Mapping) else None
    return _from_pem(next(iter(chain), None)) if isinstance(chain, Iterable) else None
