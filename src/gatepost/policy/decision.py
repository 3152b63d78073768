"""The answer to a request: let in, or not, with everything that a gate has to say about it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from gatepost.frozen import Frozen
from gatepost.verification import VerifiedToken


class Check(NamedTuple):
    """One check that was made on the way to a decision.

    Attributes:
        name: What was checked, such as `scopes`.
        passed: Whether it passed.
        detail: What was demanded or found, with nothing secret and no claim's value in it.
    """

    name: str
    passed: bool
    detail: str = ""


Trace: TypeAlias = tuple[Check, ...]


class Allow(NamedTuple):
    """The request is let in.

    Attributes:
        identity: The verified token, or `None` on a public route.
        headers: Every header that the policy can set for an upstream: its value, or an empty string where this request
            does not earn it and a copy that came in has to go.
        route: The text of the route that let it in.
        trace: The checks made.
    """

    identity: VerifiedToken | None
    headers: Mapping[str, str]
    route: str
    trace: Trace = ()

    @property
    def allowed(self) -> bool:
        """Tell that it is let in."""
        return True


class Deny(Frozen):
    """The request is not let in.

    Attributes:
        status: The HTTP status: 400, 401, 403 or 503.
        reason: A stable name: one of `Reason`, or `missing_token`, `unclear_path`, `no_route`, `bad_request`,
            `keys_unavailable`.
        detail: One sentence for the caller.
        challenges: The values of `WWW-Authenticate`.
        retry_after: Seconds for `Retry-After`, or `None`.
        headers: More response headers, such as `DPoP-Nonce`.
        route: The text of the route that demanded it, or an empty string when there is none.
        trace: The checks made.
    """

    __slots__ = ("challenges", "detail", "headers", "reason", "retry_after", "route", "status", "trace")

    status: int
    reason: str
    detail: str
    challenges: tuple[str, ...]
    retry_after: float | None
    headers: Mapping[str, str]
    route: str
    trace: Trace

    def __init__(
        self,
        status: int,
        reason: str,
        detail: str,
        *,
        challenges: tuple[str, ...] = (),
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
        route: str = "",
        trace: Trace = (),
    ) -> None:
        self._set(
            status=status,
            reason=reason,
            detail=detail,
            challenges=challenges,
            retry_after=retry_after,
            headers=MappingProxyType(dict(headers or {})),
            route=route,
            trace=trace,
        )

    @property
    def allowed(self) -> bool:
        """Tell that it is not let in."""
        return False

    def response_headers(self) -> list[tuple[str, str]]:
        """Return the headers of the refusal, `WWW-Authenticate` once for each challenge."""
        found = [("WWW-Authenticate", challenge) for challenge in self.challenges]
        if self.retry_after is not None:
            found.append(("Retry-After", f"{max(1, round(self.retry_after))}"))
        return [*found, *self.headers.items()]

    def problem(self) -> dict[str, object]:
        """Return the members of a problem document (RFC 9457) about the refusal."""
        return {
            "type": "about:blank",
            "title": _TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
            "reason": self.reason,
        }


Decision: TypeAlias = Allow | Deny

_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable"}
