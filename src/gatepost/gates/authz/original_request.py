"""What was asked of the proxy, read from the headers in which each proxy says it.

A request that leaves out one of them, or has it twice, was not made by a proxy that is set up for this, or carries a
copy that a client sent: it is refused.
"""

import re
from typing import TYPE_CHECKING

from gatepost.policy.access_request import AccessRequest
from gatepost.verification.client_certificate import ClientCertificate

if TYPE_CHECKING:
    from gatepost.gates.authz.asgi import Headers

# RFC 9110 §5.6.2
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_ALWAYS = (b"authorization", b"dpop", b"x-forwarded-proto")
_NGINX = frozenset({b"x-original-method", b"x-original-uri", b"x-forwarded-host", *_ALWAYS})
_FORWARD = frozenset({b"x-forwarded-method", b"x-forwarded-uri", b"x-forwarded-host", *_ALWAYS})
_ENVOY = frozenset({b"host", *_ALWAYS})

_MISSING = ("",)

ENVOY_PREFIX = b"/envoy"


class NoOriginal(Exception):
    """The original request cannot be read in one way; the message says why."""


def from_nginx(_: str, __: bytes, headers: "Headers", certificate: ClientCertificate | None) -> AccessRequest:
    """Return the request that nginx asks about with `auth_request`: `X-Original-Method` and `X-Original-URI`."""
    found = _collect(headers, _NGINX)
    try:
        (method,), (target,) = found[b"x-original-method"], found[b"x-original-uri"]
        (scheme,), (host,) = found.get(b"x-forwarded-proto", _MISSING), found.get(b"x-forwarded-host", _MISSING)
    except (KeyError, ValueError):
        raise _unclear(found, b"x-original-method", b"x-original-uri") from None
    return access_request(method, target, scheme, host, found, certificate)


def from_forward(_: str, __: bytes, headers: "Headers", certificate: ClientCertificate | None) -> AccessRequest:
    """Return the request that Caddy or Traefik ask about: `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`."""
    found = _collect(headers, _FORWARD)
    try:
        (method,), (target,) = found[b"x-forwarded-method"], found[b"x-forwarded-uri"]
        (scheme,), (host,) = found.get(b"x-forwarded-proto", _MISSING), found.get(b"x-forwarded-host", _MISSING)
    except (KeyError, ValueError):
        raise _unclear(found, b"x-forwarded-method", b"x-forwarded-uri") from None
    return access_request(method, target, scheme, host, found, certificate)


def from_envoy(method: str, target: bytes, headers: "Headers", certificate: ClientCertificate | None) -> AccessRequest:
    """Return the request that Envoy asks about over HTTP: its own, with a prefix before the path."""
    found = _collect(headers, _ENVOY)
    try:
        (scheme,), (host,) = found.get(b"x-forwarded-proto", _MISSING), found.get(b"host", _MISSING)
    except ValueError:
        raise _unclear(found) from None
    original = target[len(ENVOY_PREFIX) :].decode("latin-1")
    return access_request(method, original, scheme, host, found, certificate)


def access_request(
    method: str,
    target: str,
    scheme: str,
    host: str,
    found: dict[bytes, list[str]],
    certificate: ClientCertificate | None,
) -> AccessRequest:
    """Return the request with these parts.

    Raises:
        NoOriginal: When the method is none.
    """
    if method not in _METHODS and not _METHOD.fullmatch(method):
        raise NoOriginal("the original method is not a method")
    return AccessRequest(
        method,
        target,
        authorization=found.get(b"authorization", ()),
        dpop=found.get(b"dpop", ()),
        url=f"{scheme}://{host}{target.partition('?')[0]}" if scheme and host else "",
        certificate=certificate,
    )


def _collect(headers: "Headers", wanted: frozenset[bytes]) -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    for name, value in headers:
        if name in wanted:
            if name in found:
                found[name].append(value.decode("latin-1"))
            else:
                found[name] = [value.decode("latin-1")]
    return found


def _unclear(found: dict[bytes, list[str]], *needed: bytes) -> NoOriginal:
    missing = [name.decode() for name in needed if name not in found]
    if missing:
        return NoOriginal(f"the proxy did not send {' and '.join(missing)}")
    return NoOriginal("a header of the proxy came twice")
