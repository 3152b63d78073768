"""Auth0.

Source: Auth0 documentation, "Access tokens", "Client Credentials Flow" and "JSON Web Key Sets"; answers seen in public
threads.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from gatepost.testing.problem import ErrorAnswer, Problem, TokenRequestRefused
from gatepost.testing.shapes.shape import Claims, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions

_DENIED = ErrorAnswer(401, "access_denied", "Unauthorized")
_NO_SUCH_API = ErrorAnswer(403, "access_denied", "Service not enabled within domain: {value}")


class Auth0(Shape):
    """The identifier ends with a slash; a token request names its audience."""

    client_id = "jH7dKq2mXw9TzB4nRv6YpLs3GcFa8UeQ"
    subject = "auth0|65f1c2d3e4b5a69788776655"
    lifetime = 86400
    typ: ClassVar = {"access": "JWT", "client_credentials": "JWT", "id": "JWT"}
    publishes_certificates = True
    accepts_json = True
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: _DENIED,
        Problem.UNKNOWN_CLIENT: _DENIED,
        Problem.WRONG_SECRET: _DENIED,
        Problem.NO_GRANT_TYPE: ErrorAnswer(400, "invalid_request", "Missing required parameter: grant_type"),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(403, "unsupported_grant_type", "Unsupported grant type: {value}"),
        Problem.NO_AUDIENCE: ErrorAnswer(
            403, "access_denied", "No audience parameter was provided, and no default audience has been configured"
        ),
        Problem.UNKNOWN_AUDIENCE: _NO_SUCH_API,
    }

    @property
    def identifier(self) -> str:
        """`<base>/`."""
        return f"{self.site.base}/"

    @property
    def jwks_uri(self) -> str:
        """`<base>/.well-known/jwks.json`."""
        return f"{self.site.base}/.well-known/jwks.json"

    @property
    def token_endpoint(self) -> str:
        """`<base>/oauth/token`."""
        return f"{self.site.base}/oauth/token"

    @property
    def authorization_endpoint(self) -> str:
        """`<base>/authorize`."""
        return f"{self.site.base}/authorize"

    def metadata(self) -> Claims:
        """Return the discovery document with Auth0's members."""
        return super().metadata() | {
            "userinfo_endpoint": f"{self.site.base}/userinfo",
            "revocation_endpoint": f"{self.site.base}/oauth/revoke",
            "device_authorization_endpoint": f"{self.site.base}/oauth/device/code",
            "mfa_challenge_endpoint": f"{self.site.base}/mfa/challenge",
        }

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a client's token."""
        return {
            "iss": self.identifier,
            "sub": f"{self.site.client_id}@clients",
            "aud": self.audience_claim(),
            "iat": now,
            "exp": now + self.site.lifetime,
            "scope": " ".join(scope),
            "gty": "client-credentials",
            "azp": self.site.client_id,
        }

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token, which is for `/userinfo` too."""
        return {
            "iss": self.identifier,
            "sub": self.subject,
            "aud": [*self.site.audience, f"{self.site.base}/userinfo"],
            "iat": now,
            "exp": now + self.site.lifetime,
            "scope": " ".join(["openid", *scope]),
            "azp": self.site.client_id,
        }

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return {
            **self.times(now),
            "nickname": "user",
            "name": "user@example.com",
            "email": "user@example.com",
            "email_verified": True,
            "aud": self.site.client_id,
            "sub": self.subject,
            "auth_time": now,
            "sid": "zXk3vQ7mP1",
        }

    def granted_scopes(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """Return the scopes, for the API that the request has to name."""
        audience = parameters.get("audience")
        if audience is None:
            raise TokenRequestRefused(Problem.NO_AUDIENCE)
        if audience not in self.site.audience:
            raise TokenRequestRefused(Problem.UNKNOWN_AUDIENCE, audience)
        return super().granted_scopes(parameters)

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the issuer of the tenant at this address."""
        from gatepost.trust.vendors import auth0

        return auth0(self.site.base, audience=audience, **options)
