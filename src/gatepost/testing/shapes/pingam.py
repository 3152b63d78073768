"""PingAM.

Source: PingAM documentation, "Client-based tokens" and "OAuth 2.0 endpoints"; real tokens. `sub` is written without
the `(usr!…)` that some releases put around it.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar
from uuid import uuid4

from gatepost.testing.problem import ErrorAnswer, Problem
from gatepost.testing.shapes.shape import Claims, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions

_CLIENT = ErrorAnswer(401, "invalid_client", "Client authentication failed")


class PingAm(Shape):
    """`aud` is the client id, `scope` an array, `nbf` the moment of issue."""

    tenant = "alpha"
    typ: ClassVar = {"access": "JWT", "client_credentials": "JWT", "id": "JWT"}
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: _CLIENT,
        Problem.UNKNOWN_CLIENT: _CLIENT,
        Problem.WRONG_SECRET: _CLIENT,
        Problem.NO_GRANT_TYPE: ErrorAnswer(400, "invalid_request", "Grant type is not set"),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(
            400, "unsupported_grant_type", "Grant type is not supported: {value}"
        ),
        Problem.UNKNOWN_SCOPE: ErrorAnswer(400, "invalid_scope", "Unknown/invalid scope(s): [{value}]"),
    }

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return the client id."""
        return client_id

    @property
    def identifier(self) -> str:
        """`<base>/am/oauth2/realms/root/realms/<realm>`, or `<base>/am/oauth2` for the realm `/`."""
        realms = "".join(f"/realms/{part}" for part in self.site.tenant.split("/") if part)
        return f"{self.site.base}/am/oauth2" + (f"/realms/root{realms}" if realms else "")

    @property
    def jwks_uri(self) -> str:
        """`<issuer>/connect/jwk_uri`."""
        return f"{self.identifier}/connect/jwk_uri"

    @property
    def token_endpoint(self) -> str:
        """`<issuer>/access_token`."""
        return f"{self.identifier}/access_token"

    @property
    def other_discovery_urls(self) -> tuple[str, ...]:
        """None."""
        return ()

    def metadata(self) -> Claims:
        """Return the discovery document with AM's members."""
        return super().metadata() | {
            "userinfo_endpoint": f"{self.identifier}/userinfo",
            "introspection_endpoint": f"{self.identifier}/introspect",
            "revocation_endpoint": f"{self.identifier}/token/revoke",
            "end_session_endpoint": f"{self.identifier}/connect/endSession",
            "check_session_iframe": f"{self.identifier}/connect/checkSession",
            "registration_endpoint": f"{self.identifier}/register",
            "claims_parameter_supported": False,
            "version": "3.0",
        }

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a client's token."""
        return self._access_claims(now, scope, self.site.client_id, "client_credentials")

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token."""
        return self._access_claims(now, scope, self.subject, "authorization_code") | {"auth_level": 0}

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return super().id_claims(now) | {
            "auditTrackingId": f"{uuid4()}-42",
            "subname": self.subject,
            "tokenName": "id_token",
            "azp": self.site.client_id,
            "realm": self._realm,
            "tokenType": "JWTToken",
            "acr": "0",
        }

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the issuer of AM at this address."""
        from gatepost.trust.vendors import pingam

        return pingam(f"{self.site.base}/am", self.site.tenant, audience=audience, **options)

    @property
    def _realm(self) -> str:
        return "/" + self.site.tenant.strip("/")

    def _access_claims(self, now: int, scope: Sequence[str], subject: str, grant_type: str) -> Claims:
        return {
            "sub": subject,
            "cts": "OAUTH2_STATELESS_GRANT",
            "auditTrackingId": f"{uuid4()}-42",
            "subname": subject,
            "iss": self.identifier,
            "tokenName": "access_token",
            "token_type": "Bearer",
            "authGrantId": uuid4().hex,
            "client_id": self.site.client_id,
            "aud": self.audience_claim(),
            "nbf": now,
            "grant_type": grant_type,
            "scope": list(scope),
            "auth_time": now,
            "realm": self._realm,
            "exp": now + self.site.lifetime,
            "iat": now,
            "expires_in": self.site.lifetime,
            "jti": uuid4().hex,
        }
