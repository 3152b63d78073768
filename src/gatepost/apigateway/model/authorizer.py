"""What decides who may use a route of an API."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from gatepost.apigateway.model.place import NOWHERE, Place

Payload: TypeAlias = Literal["1.0", "2.0"]


@dataclass(frozen=True, slots=True)
class JwtAuthorizer:
    """An HTTP API's JWT authorizer, or a REST API's Cognito one, which is taken as a JWT authorizer of its issuer.

    Attributes:
        name: Its name in the API.
        issuer: The issuer, to the letter.
        audience: The audiences, one of which a token has to name; empty for Cognito, whose tokens are not asked.
        identity_source: `$request.header.NAME` or `$request.querystring.NAME`.
        cognito: Whether it is a REST API's `COGNITO_USER_POOLS`, which answers in a REST API's own way.
        place: Where it stands in the template.
    """

    name: str
    issuer: str
    audience: tuple[str, ...]
    identity_source: str = "$request.header.Authorization"
    cognito: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class LambdaAuthorizer:
    """A function that decides.

    Attributes:
        name: Its name in the API.
        authorizer_id: Its id in the ARN that has to be permitted to invoke the function.
        function: The logical id of the function.
        kind: `TOKEN` (REST APIs alone) or `REQUEST`.
        payload: The format of its event; REST APIs know `1.0` alone.
        identity_sources: As the template writes them, each as one entry: `method.request.header.X` and the like for
            a REST API, `$request.header.X` and the like for an HTTP API. One header for `TOKEN`.
        validation: The expression that the token of a `TOKEN` authorizer has to match, or `None`.
        ttl: Seconds that its answers are kept; `None` where the template says nothing.
        simple: Whether it answers `{"isAuthorized": ...}` (HTTP APIs with payload 2.0).
        credentials: The role that the API assumes to invoke it, or `None` when the function has to permit it.
        place: Where it stands in the template.
    """

    name: str
    authorizer_id: str
    function: str
    kind: Literal["TOKEN", "REQUEST"]
    payload: Payload = "1.0"
    identity_sources: tuple[str, ...] = ()
    validation: str | None = None
    ttl: float | None = None
    simple: bool = False
    credentials: str | None = None
    place: Place = NOWHERE


Authorizer: TypeAlias = JwtAuthorizer | LambdaAuthorizer
