"""Okta, a custom authorization server.

Source: Okta developer documentation, "OpenID Connect & OAuth 2.0 API" and "Validate access tokens".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar
from uuid import uuid4

from gatepost.testing.problem import ErrorAnswer, Problem, TokenRequestRefused
from gatepost.testing.shapes.shape import Claims, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions


class Okta(Shape):
    """No `typ`; the client is in `cid`, the scopes in `scp`, an array."""

    tenant = "default"
    client_id = "0oa1b2c3d4E5f6G7h8i9"
    subject = "user@example.com"
    typ: ClassVar = {"access": None, "client_credentials": None, "id": None}
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: ErrorAnswer(401, "invalid_client", "Client authentication failed."),
        Problem.UNKNOWN_CLIENT: ErrorAnswer(401, "invalid_client", "Invalid value for 'client_id' parameter."),
        Problem.WRONG_SECRET: ErrorAnswer(
            401, "invalid_client", "The client secret supplied for a confidential client is invalid."
        ),
        Problem.NO_GRANT_TYPE: ErrorAnswer(400, "invalid_request", "The token request must specify a 'grant_type'."),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(
            400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server."
        ),
        Problem.NO_SCOPE: ErrorAnswer(
            400,
            "invalid_scope",
            "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
        ),
        Problem.UNKNOWN_SCOPE: ErrorAnswer(
            400, "invalid_scope", "One or more scopes are not configured for the authorization server resource."
        ),
    }

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return the audience of the authorization server `default`."""
        return "api://default"

    @property
    def identifier(self) -> str:
        """`<base>/oauth2/<authorization server>`."""
        return f"{self.site.base}/oauth2/{self.site.tenant}"

    @property
    def jwks_uri(self) -> str:
        """`<issuer>/v1/keys`."""
        return f"{self.identifier}/v1/keys"

    @property
    def token_endpoint(self) -> str:
        """`<issuer>/v1/token`."""
        return f"{self.identifier}/v1/token"

    @property
    def authorization_endpoint(self) -> str:
        """`<issuer>/v1/authorize`."""
        return f"{self.identifier}/v1/authorize"

    @property
    def other_discovery_urls(self) -> tuple[str, ...]:
        """RFC 8414's name of the document, where Okta has it: behind the issuer."""
        return (f"{self.identifier}/.well-known/oauth-authorization-server",)

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a client's token."""
        return {
            "ver": 1,
            "jti": f"AT.{uuid4().hex}",
            "iss": self.identifier,
            "aud": self.audience_claim(),
            "iat": now,
            "exp": now + self.site.lifetime,
            "cid": self.site.client_id,
            "scp": list(scope),
            "sub": self.site.client_id,
        }

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token."""
        return self.client_claims(now, scope) | {
            "uid": "00u1a2b3c4D5e6F7g8h9",
            "auth_time": now,
            "sub": self.subject,
        }

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return {
            **self.times(now),
            "sub": "00u1a2b3c4D5e6F7g8h9",
            "ver": 1,
            "aud": self.site.client_id,
            "jti": f"ID.{uuid4().hex}",
            "amr": ["pwd"],
            "idp": "00o1a2b3c4D5e6F7g8h9",
            "auth_time": now,
            "preferred_username": self.subject,
        }

    def granted_scopes(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """Return the scopes, which a request has to name."""
        if not parameters.get("scope", "").split():
            raise TokenRequestRefused(Problem.NO_SCOPE)
        return super().granted_scopes(parameters)

    def token_answer(self, access_token: str, scope: Sequence[str]) -> Claims:
        """Return the body of a successful answer."""
        return {
            "token_type": "Bearer",
            "expires_in": self.site.lifetime,
            "access_token": access_token,
            "scope": " ".join(scope),
        }

    def error_body(self, problem: Problem, answer: ErrorAnswer, description: str | None, now: int) -> Claims:
        """Return the body, which for an unknown client is one of Okta's own API."""
        if problem is not Problem.UNKNOWN_CLIENT:
            return super().error_body(problem, answer, description, now)
        return {
            "errorCode": answer.error,
            "errorSummary": description,
            "errorLink": answer.error,
            "errorId": f"oae{uuid4().hex}",
            "errorCauses": [],
        }

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the issuer of the authorization server at this address."""
        from gatepost.trust.vendors import okta

        return okta(self.site.base, self.site.tenant, audience=audience, **options)
