"""WSO2 Identity Server.

Source: WSO2 Identity Server documentation; JWTTokenIssuer.java, JwksEndpoint.java; product-is issues #22336, #6320.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar
from uuid import uuid4

from gatepost.testing.problem import ErrorAnswer, Problem
from gatepost.testing.shapes.shape import Claims, Kind, Shape
from gatepost.trust.issuer import Issuer, IssuerOptions

_CLIENT = ErrorAnswer(401, "invalid_client", "Client credentials are invalid.")


class Wso2(Shape):
    """`aud` is the client id, `nbf` the moment of issue; the JWKS lists one key once for each algorithm."""

    client_id = "w_sNIcatiDplDKRibkIWgSH8w00a"
    publishes_certificates = True
    realm = "Realm Name"
    errors: ClassVar = {
        Problem.NO_CREDENTIALS: ErrorAnswer(401, "invalid_client", "Unsupported Client Authentication Method!"),
        Problem.UNKNOWN_CLIENT: _CLIENT,
        Problem.WRONG_SECRET: _CLIENT,
        Problem.NO_GRANT_TYPE: ErrorAnswer(400, "invalid_request", "Missing grant_type parameter value"),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(400, "unsupported_grant_type", "Unsupported grant_type value"),
    }

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return the client id."""
        return client_id

    @classmethod
    def new_kid(cls, algorithm: str) -> str:
        """Return an id that ends with the algorithm, as WSO2's do."""
        return f"{uuid4().hex}_{algorithm}"

    @property
    def identifier(self) -> str:
        """`<base>/oauth2/token`, or `<base>/t/<tenant>/oauth2/token`."""
        return self.token_endpoint

    @property
    def jwks_uri(self) -> str:
        """`<base>/oauth2/jwks`, or `<base>/t/<tenant>/oauth2/jwks`."""
        return f"{self._root}/oauth2/jwks"

    @property
    def token_endpoint(self) -> str:
        """The issuer's identifier itself."""
        return f"{self._root}/oauth2/token"

    @property
    def authorization_endpoint(self) -> str:
        """`<base>/oauth2/authorize`."""
        return f"{self._root}/oauth2/authorize"

    @property
    def other_discovery_urls(self) -> tuple[str, ...]:
        """The same document, also without the issuer in its path."""
        return (f"{self._root}/.well-known/openid-configuration",)

    def metadata(self) -> Claims:
        """Return the discovery document with WSO2's members."""
        return super().metadata() | {
            "userinfo_endpoint": f"{self._root}/oauth2/userinfo",
            "introspection_endpoint": f"{self._root}/oauth2/introspect",
            "revocation_endpoint": f"{self._root}/oauth2/revoke",
            "end_session_endpoint": f"{self._root}/oidc/logout",
            "check_session_iframe": f"{self._root}/oidc/checksession",
        }

    def jwks_entries(self, jwk: Mapping[str, object]) -> list[Claims]:
        """Return the key under one id for each algorithm that WSO2 signs with."""
        if jwk["kty"] != "RSA":
            return [dict(jwk)]
        name = str(jwk["kid"]).rpartition("_")[0]
        others = [alg for alg in ("RS256", "RS384", "RS512", "PS256") if alg != jwk["alg"]]
        return [dict(jwk), *({**jwk, "kid": f"{name}_{alg}", "alg": alg} for alg in others)]

    def header(self, kind: Kind, certificate: Mapping[str, object]) -> Claims:
        """Return the header parameters, with the certificate's thumbprint among them."""
        return super().header(kind, certificate) | {name: certificate[name] for name in ("x5t",) if name in certificate}

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a client's token."""
        return {
            "sub": self.site.client_id,
            "aut": "APPLICATION",
            **self.times(now),
            "client_id": self.site.client_id,
            "aud": self.audience_claim(),
            "nbf": now,
            "azp": self.site.client_id,
            "scope": " ".join(scope),
            "jti": str(uuid4()),
            "org_id": "10084a8d-113f-4211-a0d5-efe36b082211",
            "org_name": "Super",
            "org_handle": self.site.tenant or "carbon.super",
        }

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a user's token."""
        return self.client_claims(now, scope) | {"sub": self.subject, "aut": "APPLICATION_USER"}

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token."""
        return super().id_claims(now) | {
            "azp": self.site.client_id,
            "amr": ["BasicAuthenticator"],
            "nbf": now,
            "jti": str(uuid4()),
            "sid": str(uuid4()),
        }

    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the issuer of WSO2 at this address."""
        from gatepost.trust.vendors import wso2

        return wso2(self.site.base, self.site.tenant or None, audience=audience, **options)

    @property
    def _root(self) -> str:
        return f"{self.site.base}/t/{self.site.tenant}" if self.site.tenant else self.site.base
