"""`CheckRequest` and `CheckResponse` of Envoy's `envoy.service.auth.v3`, less the fields that this gate has no use for.

Source: envoy/service/auth/v3/external_auth.proto and attribute_context.proto, envoy/config/core/v3/base.proto,
google/rpc/status.proto; the field numbers are those of these files.
"""

import json

from gatepost.gates.authz.original_request import NoOriginal, access_request
from gatepost.gates.authz.protobuf_wire import (
    BadMessage,
    bytes_field,
    fields,
    last_text,
    merged,
    texts,
    varint_field,
)
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision, Deny
from gatepost.verification.client_certificate import ClientCertificate

_ATTRIBUTES, _SOURCE, _REQUEST, _HTTP = 1, 1, 4, 2
_CERTIFICATE = 5
_METHOD, _HEADERS, _PATH, _HOST, _SCHEME, _HEADER_MAP = 2, 3, 4, 5, 6, 13

# google.rpc.Code
_OK, _PERMISSION_DENIED, _UNAVAILABLE, _UNAUTHENTICATED = 0, 7, 14, 16
_CODES = {401: _UNAUTHENTICATED, 503: _UNAVAILABLE}

# HeaderValueOption.HeaderAppendAction
_OVERWRITE = 2


def read_check_request(message: bytes) -> AccessRequest:
    """Return the request that a `CheckRequest` asks about.

    Raises:
        NoOriginal: When it is no such message, or tells no method or path.
    """
    try:
        attributes = merged(message, _ATTRIBUTES)
        http = merged(attributes, _REQUEST, _HTTP)
        headers = _headers(http)
        certificate = last_text(merged(attributes, _SOURCE), _CERTIFICATE)
        method, path = last_text(http, _METHOD), last_text(http, _PATH)
        scheme, host = last_text(http, _SCHEME), last_text(http, _HOST)
    except BadMessage as error:
        raise NoOriginal(f"the message is no CheckRequest, {error}") from None
    if not path:
        raise NoOriginal("the CheckRequest has no HTTP path")
    return access_request(
        method, path, scheme, host, headers, ClientCertificate.from_escaped_pem(certificate) if certificate else None
    )


def header_values(message: bytes) -> dict[str, str]:
    """Return the headers of the request that a `CheckRequest` asks about, for a trace that is handed on."""
    try:
        http = merged(message, _ATTRIBUTES, _REQUEST, _HTTP)
        return {name.decode("latin-1"): values[-1] for name, values in _headers(http).items()}
    except BadMessage:
        return {}


def write_check_response(decision: Decision) -> bytes:
    """Return the decision as a `CheckResponse`."""
    return _allowed(decision) if isinstance(decision, Allow) else _denied(decision)


def _headers(http: bytes) -> dict[bytes, list[str]]:
    """Return the headers from the map, in which Envoy joins copies by a comma, and from the list of raw ones."""
    found: dict[bytes, list[str]] = {}
    entries = [(entry, 2) for entry in texts(fields(http), _HEADERS)]
    for raw in texts(fields(http), _HEADER_MAP):
        entries += [(entry, 3) for entry in texts(fields(raw), 1)]
    for entry, value in entries:
        found.setdefault(last_text(entry, 1).lower().encode("latin-1"), []).append(last_text(entry, value))
    return found


def _allowed(decision: Allow) -> bytes:
    ok = b""
    for name, value in decision.headers.items():
        ok += bytes_field(2, _header(name, value)) if value else bytes_field(5, name.lower().encode("ascii"))
    return bytes_field(1, b"") + bytes_field(3, ok)


def _denied(decision: Deny) -> bytes:
    status = varint_field(1, _CODES.get(decision.status, _PERMISSION_DENIED))
    denied = bytes_field(1, varint_field(1, decision.status))
    for name, value in (("Content-Type", "application/problem+json"), *decision.response_headers()):
        denied += bytes_field(2, _header(name, value))
    denied += bytes_field(3, json.dumps(decision.problem()).encode())
    return bytes_field(1, status) + bytes_field(2, denied)


def _header(name: str, value: str) -> bytes:
    """Return a `HeaderValueOption` that replaces whatever came in under this name."""
    header = bytes_field(1, name.encode("ascii")) + bytes_field(2, value.encode("utf-8"))
    return bytes_field(1, header) + varint_field(3, _OVERWRITE)
