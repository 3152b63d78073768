"""PingOne.

Source: PingOne Platform API, "Token claims" and "Token", and real tokens. The text of errors is known only where the
documentation shows it; elsewhere it is RFC 6749's.
"""

from collections.abc import Sequence
from typing import ClassVar
from uuid import uuid4

from gatepost.testing.problem import ErrorAnswer, Problem
from gatepost.testing.shapes.shape import Claims, Shape

_ORGANIZATION = "5f3c1c1e-6f4a-4b0a-9a53-0c9b7de9c1aa"
_DENIED = ErrorAnswer(401, "invalid_client", "Request denied: Unsupported authentication method")


class PingOne(Shape):
    """`aud` is an array, `scope` a string; a client's own token has no `sub`; access tokens say `at+jwt`."""

    tenant = "2c1e3a54-8f0b-4f7d-9d5c-1a2b3c4d5e6f"
    client_id = "6a7b8c9d-0e1f-4a2b-8c3d-4e5f6a7b8c9d"
    typ: ClassVar = {"access": "at+jwt", "client_credentials": "at+jwt", "id": None}
    publishes_certificates = True
    realm = "PingOne"
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: _DENIED,
        Problem.UNKNOWN_CLIENT: _DENIED,
        Problem.WRONG_SECRET: _DENIED,
        Problem.UNKNOWN_SCOPE: ErrorAnswer(400, "invalid_scope", "At least one scope must be granted"),
    }

    @property
    def identifier(self) -> str:
        """`<base>/<environment>/as`."""
        return f"{self.site.base}/{self.site.tenant}/as"

    @property
    def other_discovery_urls(self) -> tuple[str, ...]:
        """None."""
        return ()

    def metadata(self) -> Claims:
        """Return the discovery document with PingOne's members."""
        return super().metadata() | {
            "pushed_authorization_request_endpoint": f"{self.identifier}/par",
            "userinfo_endpoint": f"{self.identifier}/userinfo",
            "end_session_endpoint": f"{self.identifier}/signoff",
            "introspection_endpoint": f"{self.identifier}/introspect",
            "revocation_endpoint": f"{self.identifier}/revoke",
            "device_authorization_endpoint": f"{self.identifier}/device_authorization",
            "claims_parameter_supported": False,
            "request_parameter_supported": True,
            "request_uri_parameter_supported": False,
            "require_pushed_authorization_requests": False,
            "scopes_supported": ["openid", "profile", "email", "address", "phone"],
            "response_types_supported": [
                "code",
                "id_token",
                "token id_token",
                "code id_token",
                "code token",
                "code token id_token",
            ],
            "response_modes_supported": ["pi.flow", "query", "fragment", "form_post"],
            "grant_types_supported": [
                "authorization_code",
                "implicit",
                "client_credentials",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
        }

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a client's token."""
        jti = str(uuid4())
        return {
            "client_id": self.site.client_id,
            "iss": self.identifier,
            "jti": jti,
            "iat": now,
            "exp": now + self.site.lifetime,
            "aud": list(self.site.audience),
            "scope": " ".join(scope),
            "env": self.site.tenant,
            "org": _ORGANIZATION,
            "p1.rid": jti,
        }

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token."""
        return self.client_claims(now, scope) | {
            "sub": self.subject,
            "sid": str(uuid4()),
            "acr": "Single_Factor",
            "auth_time": now,
        }

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return super().id_claims(now) | {
            "acr": "Single_Factor",
            "sid": str(uuid4()),
            "env": self.site.tenant,
            "org": _ORGANIZATION,
        }

    def error_body(self, problem: Problem, answer: ErrorAnswer, description: str | None, now: int) -> Claims:
        """Return the body, whose description ends with a correlation id."""
        return {"error": answer.error, "error_description": f"{description} (Correlation ID: {uuid4()})"}
