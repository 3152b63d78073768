"""Traefik's ForwardAuth, by its documented protocol: the requests it sends, and what it makes of the answers.

Traefik is no program that a package index has, so the requests here are written as its documentation and its source
(`pkg/middlewares/auth/forward.go`) say: with the headers of the client, less those of the connection, and its own
`X-Forwarded-*`. Of the answer, each header in `authResponseHeaders` is first taken out of the request and then copied.
"""

from collections.abc import Sequence

import pytest

from tests.gates.authz.in_process import InProcess, bearer, token
from tests.gates.authz.world import EXAMPLES, Got, Headers

AUTH_RESPONSE_HEADERS = ("X-User", "X-Scopes", "X-Role")


def question(method: str, uri: str, client: Headers) -> list[tuple[str, str]]:
    own = {
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Method": method,
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "app.example",
        "X-Forwarded-Port": "8080",
        "X-Forwarded-Server": "traefik",
        "X-Forwarded-Uri": uri,
        "X-Real-Ip": "192.0.2.7",
        "User-Agent": "Go-http-client/1.1",
        "Accept-Encoding": "gzip",
    }
    # With trustForwardHeader: false its own replace those of the client.
    return [*((name, value) for name, value in client if name not in own), *own.items()]


def handed_on(client: Headers, answer: Got, names: Sequence[str] = AUTH_RESPONSE_HEADERS) -> dict[str, str]:
    found = {name: value for name, value in client if name not in names}
    for name in names:
        if name.lower() in {each.lower() for each, _ in answer.headers}:
            found[name] = answer.value(name)
    return found


SPOOFED = [("X-User", "mallory"), ("X-Role", "root"), ("X-Forwarded-Uri", "/health"), ("X-Forwarded-Method", "GET")]


def test_what_the_request_earns_replaces_what_the_client_sent() -> None:
    client = [bearer(token()), *SPOOFED]
    answer = InProcess().ask("/forward", question("GET", "/user?a=b", client))
    assert answer.status == 200
    upstream = handed_on(client, answer)
    assert (upstream["X-User"], upstream["X-Scopes"], upstream["X-Role"]) == ("alice", "read", "")


def test_on_a_public_route_the_clients_copies_are_gone() -> None:
    answer = InProcess().ask("/forward", question("GET", "/health", SPOOFED))
    upstream = handed_on(SPOOFED, answer)
    assert (upstream["X-User"], upstream["X-Role"]) == ("", "")


@pytest.mark.parametrize(
    ("method", "uri", "status"),
    [("GET", "/user", 401), ("DELETE", "/user", 403), ("GET", "/a/../user", 400), ("GET", "/user%2f..", 400)],
)
def test_a_refusal_goes_to_the_client_with_its_status(method: str, uri: str, status: int) -> None:
    assert InProcess().ask("/forward", question(method, uri, SPOOFED)).status == status


def test_the_example_names_every_header_that_its_policy_can_set() -> None:
    text = (EXAMPLES / "traefik/dynamic.yaml").read_text()
    assert "authResponseHeaders: [X-User, X-Scopes, X-Role]" in text
    assert "trustForwardHeader: false" in text
