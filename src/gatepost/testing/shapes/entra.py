"""Microsoft Entra ID, version 2 tokens.

Source: Microsoft identity platform, "Access token claims reference", "Client credentials flow" and "Microsoft Entra
authentication and authorization error codes".
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar
from uuid import uuid4

from gatepost.testing.problem import ErrorAnswer, Problem, TokenRequestRefused
from gatepost.testing.shapes.shape import Claims, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions

_API = "0d4c7e2a-93b5-4c1f-8a6d-7e5f4b3c2a19"


class Entra(Shape):
    """`aud` is a bare UUID, `scp` a string, `roles` an array; keys have no `alg`."""

    tenant = "7f58f645-c190-4ce5-9de4-e2b7acd2a6ab"
    client_id = "3b2a1908-7f6e-4d5c-9b8a-716253445566"
    lifetime = 3599
    typ: ClassVar = {"access": "JWT", "client_credentials": "JWT", "id": "JWT"}
    publishes_certificates = True
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: ErrorAnswer(
            401,
            "invalid_client",
            "AADSTS7000218: The request body must contain the following parameter: "
            "'client_assertion' or 'client_secret'.",
        ),
        Problem.UNKNOWN_CLIENT: ErrorAnswer(
            400,
            "unauthorized_client",
            "AADSTS700016: Application with identifier '{value}' was not found in the directory.",
        ),
        Problem.WRONG_SECRET: ErrorAnswer(401, "invalid_client", "AADSTS7000215: Invalid client secret provided."),
        Problem.NO_GRANT_TYPE: ErrorAnswer(
            400,
            "invalid_request",
            "AADSTS900144: The request body must contain the following parameter: 'grant_type'.",
        ),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(
            400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type '{value}'."
        ),
        Problem.NO_SCOPE: ErrorAnswer(
            400, "invalid_request", "AADSTS900144: The request body must contain the following parameter: 'scope'."
        ),
        Problem.UNKNOWN_SCOPE: ErrorAnswer(
            400,
            "invalid_scope",
            "AADSTS1002012: The provided value for scope {value} is not valid. Client credential flows must have a "
            "scope value with /.default suffixed to the resource identifier (application ID URI).",
        ),
        Problem.UNKNOWN_AUDIENCE: ErrorAnswer(
            400, "invalid_resource", "AADSTS500011: The resource principal named {value} was not found in the tenant."
        ),
    }

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return the API's application id."""
        return _API

    @property
    def identifier(self) -> str:
        """`<authority>/<tenant>/v2.0`."""
        return f"{self.site.base}/{self.site.tenant}/v2.0"

    @property
    def jwks_uri(self) -> str:
        """`<authority>/<tenant>/discovery/v2.0/keys`."""
        return f"{self.site.base}/{self.site.tenant}/discovery/v2.0/keys"

    @property
    def token_endpoint(self) -> str:
        """`<authority>/<tenant>/oauth2/v2.0/token`."""
        return f"{self.site.base}/{self.site.tenant}/oauth2/v2.0/token"

    @property
    def authorization_endpoint(self) -> str:
        """`<authority>/<tenant>/oauth2/v2.0/authorize`."""
        return f"{self.site.base}/{self.site.tenant}/oauth2/v2.0/authorize"

    @property
    def other_discovery_urls(self) -> tuple[str, ...]:
        """None."""
        return ()

    def metadata(self) -> Claims:
        """Return the discovery document with Entra's members."""
        return super().metadata() | {
            "subject_types_supported": ["pairwise"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
        }

    def jwks_entries(self, jwk: Mapping[str, object]) -> list[Claims]:
        """Return the key without `alg`, and with the issuer it signs for as Entra writes it."""
        named = {name: value for name, value in jwk.items() if name != "alg"}
        return [{**named, "issuer": f"{self.site.base}/{{tenantid}}/v2.0"}]

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a client's token: application permissions are roles."""
        return self._access_claims(now) | {"idtyp": "app", "oid": self.site.client_id, "roles": list(scope)}

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token: delegated permissions are in `scp`."""
        return self._access_claims(now) | {
            "name": "A user",
            "oid": self.subject,
            "preferred_username": "user@example.com",
            "scp": " ".join(scope),
            "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
        }

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return {
            **self.times(now),
            "ver": "2.0",
            "nbf": now,
            "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
            "aud": self.site.client_id,
            "name": "A user",
            "preferred_username": "user@example.com",
            "oid": self.subject,
            "tid": self.site.tenant,
            "uti": uuid4().hex,
        }

    def granted_scopes(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """Return all permissions of the one resource that `scope` names as `<resource>/.default`."""
        asked = parameters.get("scope", "").split()
        if not asked:
            raise TokenRequestRefused(Problem.NO_SCOPE)
        resource, slash, default = asked[0].rpartition("/")
        if len(asked) > 1 or not slash or default != ".default":
            raise TokenRequestRefused(Problem.UNKNOWN_SCOPE, " ".join(asked))
        if resource not in {name for audience in self.site.audience for name in (audience, f"api://{audience}")}:
            raise TokenRequestRefused(Problem.UNKNOWN_AUDIENCE, resource)
        return self.site.scopes

    def token_answer(self, access_token: str, scope: Sequence[str]) -> Claims:
        """Return the body of a successful answer."""
        lifetime = self.site.lifetime
        return {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": access_token,
        }

    def error_body(self, problem: Problem, answer: ErrorAnswer, description: str | None, now: int) -> Claims:
        """Return the body with Entra's code, identifiers and time."""
        told = description or ""
        head, _, _ = told.partition(":")
        code = int(head.removeprefix("AADSTS")) if head.startswith("AADSTS") else 900144
        trace, correlation = str(uuid4()), str(uuid4())
        timestamp = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S}Z"
        return {
            "error": answer.error,
            "error_description": f"{told} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
            "error_codes": [code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{self.site.base}/error?code={code}",
        }

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the issuer of the tenant, with this address as its authority."""
        from gatepost.trust.vendors import entra

        return entra(self.site.tenant, audience=audience, authority=self.site.base, **options)

    def _access_claims(self, now: int) -> Claims:
        return {
            "aud": self.audience_claim(),
            "iss": self.identifier,
            "iat": now,
            "nbf": now,
            "exp": now + self.site.lifetime,
            "azp": self.site.client_id,
            "azpacr": "1",
            "rh": "0.AAAA",
            "sub": self.site.client_id,
            "tid": self.site.tenant,
            "uti": uuid4().hex,
            "ver": "2.0",
        }
