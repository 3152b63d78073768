"""Google sign-in.

Google has ID tokens; its access tokens are opaque, and the client-credentials grant is not among its own. The token
endpoint here takes that grant all the same, and answers with an opaque access token and the ID token that is wanted.

Source: Google Identity, "OpenID Connect" and "Verify the Google ID token on your server side".
"""

import base64
import secrets
from collections.abc import Iterable, Sequence
from typing import ClassVar

from gatepost.testing.problem import ErrorAnswer, Problem
from gatepost.testing.shapes.shape import Claims, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions


class Google(Shape):
    """Only ID tokens are JWTs, and `mint` makes them."""

    client_id = "407408718192-example.apps.googleusercontent.com"
    subject = "111730983950574648607"
    kinds = ("id",)
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: ErrorAnswer(400, "invalid_request", "Could not determine client ID from request."),
        Problem.UNKNOWN_CLIENT: ErrorAnswer(401, "invalid_client", "The OAuth client was not found."),
        Problem.WRONG_SECRET: ErrorAnswer(401, "invalid_client", "Unauthorized"),
        Problem.NO_GRANT_TYPE: ErrorAnswer(400, "invalid_request", "Required parameter is missing: grant_type"),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(400, "unsupported_grant_type", "Invalid grant_type: {value}"),
    }

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return the client id."""
        return client_id

    @property
    def jwks_uri(self) -> str:
        """`/oauth2/v3/certs`, which Google has on another host."""
        return f"{self.site.base}/oauth2/v3/certs"

    @property
    def token_endpoint(self) -> str:
        """`/token`, likewise."""
        return f"{self.site.base}/token"

    @property
    def authorization_endpoint(self) -> str:
        """`/o/oauth2/v2/auth`."""
        return f"{self.site.base}/o/oauth2/v2/auth"

    @property
    def other_discovery_urls(self) -> tuple[str, ...]:
        """None."""
        return ()

    def metadata(self) -> Claims:
        """Return the discovery document with Google's members."""
        return super().metadata() | {
            "device_authorization_endpoint": f"{self.site.base}/device/code",
            "userinfo_endpoint": f"{self.site.base}/v1/userinfo",
            "revocation_endpoint": f"{self.site.base}/revoke",
            "scopes_supported": ["openid", "email", "profile"],
        }

    @property
    def id_audience(self) -> tuple[str, ...]:
        """The audiences of its tokens, which are all ID tokens."""
        return self.site.audience

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return {
            **self.times(now),
            "azp": self.site.client_id,
            "aud": self.audience_claim(),
            "sub": self.subject,
            "hd": "example.com",
            "email": "user@example.com",
            "email_verified": True,
            "name": "A user",
        }

    def token_answer(self, access_token: str, scope: Sequence[str]) -> Claims:
        """Return an opaque access token, and the JWT as `id_token`."""
        opaque = base64.urlsafe_b64encode(secrets.token_bytes(48)).decode()
        return {
            "access_token": f"ya29.{opaque}",
            "expires_in": self.site.lifetime - 1,
            "scope": " ".join(scope),
            "token_type": "Bearer",
            "id_token": access_token,
        }

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return an `Issuer` of ID tokens; the vendor's function knows only Google's own host."""
        options.setdefault("token_type", "id")
        return Issuer(self.identifier, audience=audience, **options)
