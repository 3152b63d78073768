"""A decision, written as the HTTP answer that a proxy understands."""

import json
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
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

    def allow_octets(self, decision: Allow) -> bytes:
        """Return what `octets` returns for that answer, on a connection that stays.

        Raises:
            ValueError: When a header's value has a line break.
        """

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

    def allow_octets(self, decision: Allow) -> bytes:
        """Return the same as octets, in one step for all headers."""
        form, breaks = _form(tuple(decision.headers))
        text = form % tuple(decision.headers.values())
        if text.count("\n") != breaks or text.count("\r") != breaks:
            raise ValueError("a header's value has a line break")
        return text.encode("latin-1")

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

    def allow_octets(self, decision: Allow) -> bytes:
        """Return the same as octets."""
        return octets(checked(self.allow(decision)), with_body=False, stays=True)


@lru_cache(1024)  # a policy has few names, and each of them is written with every answer
def _octets_of(name: str) -> bytes:
    return name.lower().encode("ascii")


@lru_cache(64)  # one for each policy
def _form(names: tuple[str, ...]) -> tuple[str, int]:
    """Return the answer that lets in, with a place for each header's value, and how many lines it has."""
    headers = "".join(f"{name.lower().replace('%', '%%')}: %s\r\n" for name in names)
    form = f"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{headers}\r\n"
    return form, form.count("\n")


def checked(answer: Answer) -> Answer:
    """Return the answer, if none of its headers could begin another one.

    Raises:
        ValueError: When one could.
    """
    for _, value in answer.headers:
        if b"\n" in value or b"\r" in value:
            raise ValueError("a header's value has a line break")
    return answer


def octets(answer: Answer, *, with_body: bool, stays: bool) -> bytes:
    """Return the answer as HTTP/1.1 sends it.

    Args:
        answer: The answer.
        with_body: Whether its body is sent, which it is not in answer to HEAD.
        stays: Whether the connection stays open after it.
    """
    parts = [_status_line(answer.status)]
    for name, value in answer.headers:
        parts += (name, b": ", value, b"\r\n")
    if not stays:
        parts.append(b"connection: close\r\n")
    parts.append(b"\r\n")
    if with_body:
        parts.append(answer.body)
    return b"".join(parts)


@lru_cache(64)
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode("ascii")


def document(status: int, content: Mapping[str, object], content_type: bytes = b"application/json") -> Answer:
    """Return an answer of Gatepost's own, in JSON."""
    return text(status, json.dumps(content) + "\n", content_type)


def text(status: int, content: str, content_type: bytes = b"text/plain; charset=utf-8") -> Answer:
    """Return an answer of Gatepost's own."""
    body = content.encode()
    return Answer(status, [(b"content-length", str(len(body)).encode()), (b"content-type", content_type)], body)
