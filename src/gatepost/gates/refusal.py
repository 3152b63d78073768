"""A refusal as an HTTP answer: its status, its challenge, and a problem document (RFC 9457)."""

import json
from http import HTTPStatus
from typing import NamedTuple

from gatepost.policy.decision import Deny


class Answer(NamedTuple):
    """What a gate itself answers.

    Attributes:
        status: The HTTP status.
        headers: The headers, without `Content-Length`.
        body: The body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def status_line(self) -> str:
        """The status with its phrase, such as `401 Unauthorized`."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


def refusal(deny: Deny, resource_metadata: str | None = None) -> Answer:
    """Return the answer to a request that is not let in.

    Args:
        deny: The decision.
        resource_metadata: The URL of the protected resource's metadata, for challenges that do not name one yet
            (RFC 9728 §5.1); or `None`.
    """
    found = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
    for name, value in deny.response_headers():
        if name == "WWW-Authenticate" and resource_metadata is not None:
            found.append((name, naming(value, resource_metadata)))
        elif name.lower() != "cache-control":
            found.append((name, value))
    return Answer(deny.status, tuple(found), json.dumps(deny.problem()).encode())


def naming(challenge: str, resource_metadata: str) -> str:
    """Return a challenge that names the URL of the metadata (RFC 9728 §5.1)."""
    if "resource_metadata=" in challenge:
        return challenge
    return f'{challenge}{"," if " " in challenge else ""} resource_metadata="{resource_metadata}"'
