"""What was found out about a request, before it is put into the form that the API expects."""

from typing import TYPE_CHECKING, NoReturn

from gatepost.errors import ConfigurationError, KeysUnavailable
from gatepost.frozen import Frozen
from gatepost.gates.aws_lambda.answer import MAX_RESOURCE, Grant
from gatepost.gates.aws_lambda.event import AuthorizerEvent
from gatepost.verification import VerifiedToken

if TYPE_CHECKING:
    from gatepost.policy.access_request import AccessRequest
    from gatepost.policy.decision import Deny


class Unauthorized(Exception):
    """There is no good token; API Gateway answers 401 to an error with exactly this text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class Finding(Frozen):
    """What a token may do.

    Attributes:
        token: The token, or `None` where none is needed.
        allowed: Whether it may do what this request wants.
        grants: What it may do.
        denials: The ARNs of what it may not do, whatever it may.
        at: When that was found out.
    """

    __slots__ = ("allowed", "at", "denials", "grants", "token")

    token: VerifiedToken | None
    allowed: bool
    grants: tuple[Grant, ...]
    denials: tuple[str, ...]
    at: float

    def __init__(
        self,
        token: VerifiedToken | None,
        *,
        at: float,
        allowed: bool,
        grants: tuple[Grant, ...] = (),
        denials: tuple[str, ...] = (),
    ) -> None:
        self._set(token=token, allowed=allowed, grants=grants, denials=denials, at=at)


def whole_stage(event: AuthorizerEvent) -> str:
    """Return the ARN of everything in the API's stage."""
    return f"{event.stage}/*/*"


def allowable(event: AuthorizerEvent) -> str | None:
    """Return an ARN that allows this request and nothing else, or `None` when there is none.

    A path may hold a `*`, which would be a wildcard; and an API may name its route's template in place of the path.
    """
    below = event.arn.removeprefix(event.stage)  # the stage may be `$default`
    return None if len(event.arn) > MAX_RESOURCE or any(sign in below for sign in "*?${}") else event.arn


def deniable(event: AuthorizerEvent) -> str:
    """Return an ARN that denies this request, if need be with others."""
    return event.arn if len(event.arn) <= MAX_RESOURCE else f"{event.arn[: MAX_RESOURCE - 1]}*"


def refuse(deny: "Deny") -> NoReturn:
    """Refuse a request for which no policy can be answered.

    Raises:
        KeysUnavailable: When nothing can be said about its token.
        Unauthorized: When it has no good one.
    """
    if deny.status == 503:
        raise KeysUnavailable(deny.trace[-1].detail, retry_after=deny.retry_after or 30.0)
    say_why(deny.reason)
    raise Unauthorized


def refuse_kept(token: VerifiedToken | None) -> None:
    """Refuse a token that every request has to prove anew, where API Gateway would keep the answer for the next one.

    Raises:
        ConfigurationError: When `token` is bound to its sender.
    """
    if token is not None and "cnf" in token.claims:
        raise ConfigurationError(
            "a token that is bound to its sender (cnf) has to be checked with every request; let API Gateway keep no "
            "answers (a time to live of 0), and say so: authorizer(..., kept=False)"
        )


def request_of(event: AuthorizerEvent) -> "AccessRequest":
    """Return the request as a policy sees it."""
    from gatepost.policy.access_request import AccessRequest
    from gatepost.verification.client_certificate import ClientCertificate

    return AccessRequest(
        event.method,
        event.path,
        authorization=event.authorization,
        dpop=event.dpop,
        url=event.url,
        certificate=None if event.certificate is None else ClientCertificate.from_pem(event.certificate),
    )


def say_why(reason: object) -> None:
    """Write to the log why a request was refused; nothing of the token."""
    from logging import getLogger

    getLogger("gatepost.gates.aws_lambda").info("refused: %s", reason)
