"""Amazon Cognito user pools.

Source: Amazon Cognito Developer Guide, "Understanding user pool JSON web tokens" and "Token endpoint".
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar
from uuid import uuid4

from gatepost.testing.problem import ErrorAnswer, Problem
from gatepost.testing.shapes.shape import Claims, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions

_CLIENT = ErrorAnswer(400, "invalid_client")


class Cognito(Shape):
    """No `typ`; access tokens have no `aud` but `client_id`, and `token_use` tells the kinds apart."""

    tenant = "eu-west-1_AbCd12345"
    client_id = "1h57kf5cpq17m0eml12EXAMPLE"
    typ: ClassVar = {"access": None, "client_credentials": None, "id": None}
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: _CLIENT,
        Problem.UNKNOWN_CLIENT: _CLIENT,
        Problem.WRONG_SECRET: _CLIENT,
        Problem.TWO_METHODS: ErrorAnswer(400, "invalid_request"),
        Problem.MALFORMED: ErrorAnswer(400, "invalid_request"),
        Problem.REPEATED_PARAMETER: ErrorAnswer(400, "invalid_request"),
        Problem.NO_GRANT_TYPE: ErrorAnswer(400, "invalid_request"),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(400, "unsupported_grant_type"),
        Problem.UNKNOWN_SCOPE: ErrorAnswer(400, "invalid_scope"),
    }

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return the client id, which stands in for `aud`."""
        return client_id

    @property
    def identifier(self) -> str:
        """`<base>/<user pool>`, as emulators have it."""
        return f"{self.site.base}/{self.site.tenant}"

    @property
    def jwks_uri(self) -> str:
        """`<issuer>/.well-known/jwks.json`."""
        return f"{self.identifier}/.well-known/jwks.json"

    @property
    def token_endpoint(self) -> str:
        """`/oauth2/token`, which Cognito has on the pool's own domain."""
        return f"{self.site.base}/oauth2/token"

    @property
    def authorization_endpoint(self) -> str:
        """`/oauth2/authorize`, likewise."""
        return f"{self.site.base}/oauth2/authorize"

    @property
    def other_discovery_urls(self) -> tuple[str, ...]:
        """None."""
        return ()

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a client's token; `aud` is there only when an audience was configured."""
        bound = {} if self.site.audience == (self.site.client_id,) else {"aud": self.audience_claim()}
        return {
            "sub": self.site.client_id,
            "token_use": "access",
            "scope": " ".join(scope),
            "auth_time": now,
            **self.times(now),
            **bound,
            "version": 2,
            "jti": str(uuid4()),
            "client_id": self.site.client_id,
        }

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token."""
        return self.client_claims(now, scope) | {
            "sub": self.subject,
            "username": self.subject,
            "cognito:groups": ["readers"],
            "event_id": str(uuid4()),
            "origin_jti": str(uuid4()),
        }

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return {
            **self.times(now),
            "sub": self.subject,
            "aud": self.site.client_id,
            "token_use": "id",
            "auth_time": now,
            "cognito:username": self.subject,
            "cognito:groups": ["readers"],
            "event_id": str(uuid4()),
            "origin_jti": str(uuid4()),
            "jti": str(uuid4()),
            "email": "user@example.com",
            "email_verified": True,
        }

    def token_answer(self, access_token: str, scope: Sequence[str]) -> Claims:
        """Return the body of a successful answer."""
        return {"access_token": access_token, "expires_in": self.site.lifetime, "token_type": "Bearer"}

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the issuer of the user pool at this address."""
        from gatepost.trust.vendors import cognito

        return cognito(self.site.tenant, audience=audience, endpoint=self.site.base, **options)
