"""A decision, written as the HTTP answer that a proxy understands."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, Protocol

from gatepost.gates.authz.asgi import Headers
from gatepost.policy.decision import Allow, Deny

_EMPTY_BODY = (b"content-length", b"0")
_PROBLEM = (b"content-type", b"application/problem+json")


class Answer(NamedTuple):
    """What to send: a status, headers with names in lower case, and a body."""

    status: int
    headers: Headers
    body: bytes


class Writer(Protocol):
    """Writes answers for one kind of proxy."""

    def allow(self, decision: Allow) -> Answer:
        """Return the answer that lets the request in, with every header that the policy can set."""

    def deny(self, decision: Deny) -> Answer:
        """Return the answer that refuses it."""


class ForwardWriter:
    """For Caddy and Traefik: the answer to a refused request goes to the client as it is.

    A header that the request does not earn comes back empty. Traefik then replaces the incoming copy by an empty one;
    Caddy takes the incoming copy away.
    """

    def allow(self, decision: Allow) -> Answer:
        """Return 200, with every header that the policy can set."""
        headers = [_EMPTY_BODY]
        for name, value in decision.headers.items():
            headers.append((_octets_of(name), value.encode("latin-1")))
        return Answer(200, headers, b"")

    def deny(self, decision: Deny) -> Answer:
        """Return the refusal with its status, challenges and problem document (RFC 9457)."""
        body = json.dumps(decision.problem()).encode()
        headers = [(b"content-length", str(len(body)).encode()), _PROBLEM]
        for name, value in decision.response_headers():
            headers.append((name.lower().encode("ascii"), value.encode("latin-1")))
        return Answer(decision.status, headers, body)


class NginxWriter(ForwardWriter):
    """For nginx `auth_request`, which knows 2xx, 401 and 403, and makes 500 of everything else.

    The status that was meant stands in `X-Gatepost-Status`, for `auth_request_set`: a configuration that cares can
    answer 400 and 503 in place of 403. An empty header and a missing one are the same variable in nginx.
    """

    def deny(self, decision: Deny) -> Answer:
        """Return 401 as it is, and everything else as 403."""
        meant, headers, body = super().deny(decision)
        headers.append((b"x-gatepost-status", str(meant).encode()))
        headers.append((b"x-gatepost-reason", decision.reason.encode()))
        return Answer(401 if meant == 401 else 403, headers, body)


class EnvoyWriter(ForwardWriter):
    """For Envoy's HTTP `ext_authz`, which can be told to take headers out of the request."""

    def allow(self, decision: Allow) -> Answer:
        """Return 200 with the headers that the request earns, and the names of the others."""
        headers = [_EMPTY_BODY]
        removed = []
        for name, value in decision.headers.items():
            if value:
                headers.append((_octets_of(name), value.encode("latin-1")))
            else:
                removed.append(name)
        if removed:
            headers.append((b"x-envoy-auth-headers-to-remove", ",".join(removed).encode("ascii")))
        return Answer(200, headers, b"")


@lru_cache(1024)  # a policy has few names, and each of them is written with every answer
def _octets_of(name: str) -> bytes:
    return name.lower().encode("ascii")


def document(status: int, content: Mapping[str, object], content_type: bytes = b"application/json") -> Answer:
    """Return an answer of Gatepost's own, in JSON."""
    return text(status, json.dumps(content) + "\n", content_type)


def text(status: int, content: str, content_type: bytes = b"text/plain; charset=utf-8") -> Answer:
    """Return an answer of Gatepost's own."""
    body = content.encode()
    return Answer(status, [(b"content-length", str(len(body)).encode()), (b"content-type", content_type)], body)
