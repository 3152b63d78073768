"""What is not known about API Gateway: each point is a setting, with what seems likeliest as its default."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What to assume where AWS's behaviour is neither documented nor observed.

    Attributes:
        leeway: Seconds of clock difference that a JWT authorizer forgives.
        require_exp: Whether a JWT authorizer refuses a token without `exp`.
        rsa_pss: Whether a JWT authorizer takes PS256, PS384 and PS512 for RSA-based algorithms.
        refetch_unknown_key: Whether a token with an unknown `kid` has the keys fetched again within the two hours.
        cors_on_errors: Whether an HTTP API's own errors carry the CORS headers.
        insufficient_scope_header: Whether a 403 for scopes of an HTTP API carries `www-authenticate`.
        route_arn: Whether an HTTP API's `routeArn` ends in the path of the request or of the route.
        http_ttl: Seconds that an HTTP API keeps a function's answer when the template says nothing.
        unauthorized_is_401: Whether `Unauthorized` raised by an HTTP API's authorizer function is a 401, not a 500.
        principal_in_lambda: Whether `principalId` stands in `requestContext.authorizer.lambda`.
        response_content_type: The content type of a payload 2.0 response with a status and no content type.
        access_denied_member: The member that holds the text of a REST API's 403 by a policy.
        full_validation: Whether the validation expression has to match the whole token, not only its beginning.
        preflight_status: The status of a preflight whose origin is not allowed.
    """

    leeway: float = 0
    require_exp: bool = True
    rsa_pss: bool = False
    refetch_unknown_key: bool = True
    cors_on_errors: bool = True
    insufficient_scope_header: bool = False
    route_arn: Literal["request", "route"] = "request"
    http_ttl: float = 0
    unauthorized_is_401: bool = True
    principal_in_lambda: bool = False
    response_content_type: str = "text/plain; charset=utf-8"
    access_denied_member: Literal["Message", "message"] = "Message"
    full_validation: bool = True
    preflight_status: int = 204
