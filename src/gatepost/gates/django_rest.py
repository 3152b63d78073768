"""Authentication for Django REST framework.

```python
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["gatepost.gates.django_rest.GatepostAuthentication"]}
GATEPOST = {"verifier": verifier}
```
"""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from gatepost.gates import django as gate
from gatepost.gates.django_settings import gatekeeper
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Deny
from gatepost.policy.requirement import Requirement
from gatepost.verification import VerifiedToken

_GOOD_TOKEN = Requirement()


class TokenUser:
    """Whoever a token speaks of, as `request.user`.

    Attributes:
        token: The verified token.
        pk: Its subject, or its client where it has none.
    """

    is_authenticated = True
    is_anonymous = False
    is_active = True

    def __init__(self, token: VerifiedToken) -> None:
        self.token = token
        self.pk = token.subject or token.client_id

    def __str__(self) -> str:
        """Return the subject."""
        return self.pk or ""


class Refused(APIException):
    """The request's token is not good, or nothing can be said of it.

    Attributes:
        deny: The decision.
    """

    def __init__(self, deny: Deny) -> None:
        super().__init__({"detail": deny.detail, "reason": deny.reason}, deny.reason)
        self.deny = deny
        self.status_code = deny.status
        # What the framework's exception handler puts into headers.
        if deny.challenges:
            self.auth_header = ", ".join(deny.challenges)
        if deny.retry_after is not None:
            self.wait = max(1, round(deny.retry_after))


class GatepostAuthentication(BaseAuthentication):
    """Authenticates by the request's token: `request.user` is a `TokenUser`, `request.auth` the verified token.

    A request without a token is anonymous, and up to the view's permissions. Override `user` to return your own.
    """

    def authenticate(self, request: Request) -> tuple[object, VerifiedToken] | None:
        """Return the user and the token, or `None` for a request without one.

        Raises:
            Refused: When the token is not good, or the keys cannot be had.
        """
        token = gate.known(request._request)
        if token is None:
            demand = gatekeeper().demand(_GOOD_TOKEN)
            decision = demand.check(gate.read(request._request).request)
            if isinstance(decision, Deny):
                if decision.reason == "missing_token":
                    return None
                raise Refused(decision)
            token = decision.identity
            assert token is not None  # noqa: S101  # the requirement is not public
            request._request.gatepost_token = token  # as the middleware does
        return self.user(token), token

    def user(self, token: VerifiedToken) -> object:
        """Return who is `request.user`."""
        return TokenUser(token)

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge to a request without a token, which the framework needs to answer 401."""
        missing = gatekeeper().demand(_GOOD_TOKEN).check(AccessRequest("GET", "/"))
        answer = gatekeeper().refusal(missing) if isinstance(missing, Deny) else None
        return ", ".join(value for name, value in answer.headers if name == "WWW-Authenticate") if answer else "Bearer"
