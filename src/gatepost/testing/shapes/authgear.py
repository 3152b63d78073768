"""Authgear.

Source: Authgear documentation, "Validate JWT in your application server" and "Machine-to-machine"; token_encoding.go.
"""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from gatepost.testing.shapes.shape import Claims, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions


class Authgear(Shape):
    """A user's token is for the endpoint itself; there is no `nbf`."""

    client_id = "9f1d3b7c5a2e4806"
    lifetime = 1800

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return the endpoint."""
        return base

    @property
    def jwks_uri(self) -> str:
        """`<endpoint>/oauth2/jwks`."""
        return f"{self.site.base}/oauth2/jwks"

    @property
    def token_endpoint(self) -> str:
        """`<endpoint>/oauth2/token`."""
        return f"{self.site.base}/oauth2/token"

    @property
    def authorization_endpoint(self) -> str:
        """`<endpoint>/oauth2/authorize`."""
        return f"{self.site.base}/oauth2/authorize"

    def metadata(self) -> Claims:
        """Return the discovery document with Authgear's members."""
        return super().metadata() | {
            "userinfo_endpoint": f"{self.site.base}/oauth2/userinfo",
            "revocation_endpoint": f"{self.site.base}/oauth2/revoke",
            "end_session_endpoint": f"{self.site.base}/oauth2/end_session",
            "code_challenge_methods_supported": ["S256"],
        }

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a client's token."""
        return {
            **self.times(now),
            "aud": list(self.site.audience),
            "sub": f"client_id_{self.site.client_id}",
            "client_id": self.site.client_id,
            "scope": " ".join(scope),
            "jti": uuid4().hex,
        }

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token."""
        return self.client_claims(now, scope) | {"sub": self.subject} | self._of_the_user(now)

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return super().id_claims(now) | self._of_the_user(now) | {"sid": uuid4().hex}

    def token_answer(self, access_token: str, scope: Sequence[str]) -> Claims:
        """Return the body of a successful answer."""
        return {"token_type": "Bearer", "access_token": access_token, "expires_in": self.site.lifetime}

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the issuer of the Authgear project at this address."""
        from gatepost.trust.vendors import authgear

        return authgear(self.site.base, audience=audience, **options)

    def _of_the_user(self, now: int) -> Claims:
        return {
            "auth_time": now,
            "amr": ["pwd"],
            "https://authgear.com/claims/user/is_anonymous": False,
            "https://authgear.com/claims/user/is_verified": True,
            "https://authgear.com/claims/user/can_reauthenticate": True,
        }
