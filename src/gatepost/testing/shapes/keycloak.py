"""Keycloak.

Source: Keycloak documentation, "Securing applications"; TokenEndpoint and AuthenticationProcessor sources.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar
from uuid import uuid4

from gatepost.testing.problem import ErrorAnswer, Problem
from gatepost.testing.shapes.shape import Claims, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions

_CLIENT = ErrorAnswer(401, "invalid_client", "Invalid client or Invalid client credentials")


class Keycloak(Shape):
    """The header's `typ` is always `JWT`, the claim `typ` tells the kinds apart; the JWKS has an encryption key."""

    tenant = "demo"
    lifetime = 300
    typ: ClassVar = {"access": "JWT", "client_credentials": "JWT", "id": "JWT"}
    publishes_certificates = True
    publishes_encryption_key = True
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: _CLIENT,
        Problem.UNKNOWN_CLIENT: _CLIENT,
        Problem.WRONG_SECRET: ErrorAnswer(401, "unauthorized_client", "Invalid client or Invalid client credentials"),
        Problem.REPEATED_PARAMETER: ErrorAnswer(400, "invalid_request", "duplicated parameter"),
        Problem.NO_GRANT_TYPE: ErrorAnswer(400, "invalid_request", "Missing form parameter: grant_type"),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(400, "unsupported_grant_type", "Unsupported grant_type"),
        Problem.UNKNOWN_SCOPE: ErrorAnswer(400, "invalid_scope", "Invalid scopes: {value}"),
    }

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return what Keycloak writes without an audience mapper."""
        return "account"

    @property
    def identifier(self) -> str:
        """`<base>/realms/<realm>`."""
        return f"{self.site.base}/realms/{self.site.tenant}"

    @property
    def jwks_uri(self) -> str:
        """`<issuer>/protocol/openid-connect/certs`."""
        return f"{self._protocol}/certs"

    @property
    def token_endpoint(self) -> str:
        """`<issuer>/protocol/openid-connect/token`."""
        return f"{self._protocol}/token"

    @property
    def authorization_endpoint(self) -> str:
        """`<issuer>/protocol/openid-connect/auth`."""
        return f"{self._protocol}/auth"

    def metadata(self) -> Claims:
        """Return the discovery document with Keycloak's members."""
        return super().metadata() | {
            "introspection_endpoint": f"{self._protocol}/token/introspect",
            "userinfo_endpoint": f"{self._protocol}/userinfo",
            "end_session_endpoint": f"{self._protocol}/logout",
            "check_session_iframe": f"{self._protocol}/login-status-iframe.html",
            "revocation_endpoint": f"{self._protocol}/revoke",
            "device_authorization_endpoint": f"{self.identifier}/protocol/openid-connect/auth/device",
        }

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a service account's token."""
        return self._access_claims(now, scope) | {
            "sub": "d1f0a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b",
            "client_id": self.site.client_id,
            "clientHost": "127.0.0.1",
            "clientAddress": "127.0.0.1",
            "preferred_username": f"service-account-{self.site.client_id}",
        }

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token."""
        return self._access_claims(now, scope) | {
            "sub": self.subject,
            "auth_time": now,
            "sid": str(uuid4()),
            "name": "A user",
            "preferred_username": "user",
            "email_verified": True,
            "email": "user@example.com",
        }

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return {
            **self.times(now),
            "auth_time": now,
            "jti": str(uuid4()),
            "aud": self.site.client_id,
            "sub": self.subject,
            "typ": "ID",
            "azp": self.site.client_id,
            "sid": str(uuid4()),
            "acr": "1",
            "email_verified": True,
            "preferred_username": "user",
        }

    def token_answer(self, access_token: str, scope: Sequence[str]) -> Claims:
        """Return the body of a successful answer."""
        return {
            "access_token": access_token,
            "expires_in": self.site.lifetime,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": " ".join(scope),
        }

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the issuer of the realm at this address."""
        from gatepost.trust.vendors import keycloak

        return keycloak(self.site.base, self.site.tenant, audience=audience, **options)

    @property
    def _protocol(self) -> str:
        return f"{self.identifier}/protocol/openid-connect"

    def _access_claims(self, now: int, scope: Sequence[str]) -> Claims:
        return {
            **self.times(now),
            "jti": str(uuid4()),
            "aud": self.audience_claim(),
            "typ": "Bearer",
            "azp": self.site.client_id,
            "acr": "1",
            "realm_access": {"roles": ["offline_access", f"default-roles-{self.site.tenant}", "uma_authorization"]},
            "resource_access": {"account": {"roles": ["manage-account", "view-profile"]}},
            "scope": " ".join(scope),
        }
