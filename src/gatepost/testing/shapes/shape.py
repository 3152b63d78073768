"""The shape of a vendor's issuer: where its endpoints are, what its tokens say, how it refuses.

`Shape` itself is the issuer of the specifications (RFC 8414, RFC 9068, OpenID Connect); a vendor's shape says where its
vendor differs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias
from uuid import uuid4

from gatepost.testing.problem import RFC_6749, ErrorAnswer, Problem, TokenRequestRefused
from gatepost.trust.issuer import Issuer, IssuerOptions

Kind: TypeAlias = Literal["access", "client_credentials", "id"]
Claims: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a local issuer is, and for whom it issues tokens.

    Attributes:
        base: Its address, such as `http://127.0.0.1:41007`.
        tenant: What the vendor calls environment, realm, tenant, user pool or authorization server.
        audience: The audiences of its access tokens.
        client_id: Its one client.
        scopes: The scopes that the client may have.
        lifetime: Seconds until a token expires.
        algorithm: What tokens are signed with.
    """

    base: str
    tenant: str
    audience: tuple[str, ...]
    client_id: str
    scopes: tuple[str, ...]
    lifetime: int
    algorithm: str


class Shape:
    """An issuer by the specifications, and the base of the vendors' shapes."""

    tenant: ClassVar[str] = ""
    """The default for `Site.tenant`."""
    client_id: ClassVar[str] = "local-client"
    """The default for `Site.client_id`."""
    subject: ClassVar[str] = "8f14e45f-ceea-467f-9b2e-5a1c0d3b7a66"
    """The user that tokens are about."""
    lifetime: ClassVar[int] = 3600
    """The vendor's default lifetime of access tokens, in seconds."""
    kinds: ClassVar[tuple[Kind, ...]] = ("access", "client_credentials", "id")
    """The kinds of token that are JWTs; the first is minted when none is named."""
    typ: ClassVar[Mapping[Kind, str | None]] = {"access": "at+jwt", "client_credentials": "at+jwt", "id": "JWT"}
    """The header's `typ`; `None` where there is none."""
    publishes_certificates: ClassVar[bool] = False
    """Whether the JWKS has `x5c` and `x5t`."""
    publishes_encryption_key: ClassVar[bool] = False
    """Whether the JWKS lists a key for encryption too."""
    accepts_json: ClassVar[bool] = False
    """Whether the token endpoint also takes a JSON body."""
    errors: ClassVar[Mapping[Problem, ErrorAnswer]] = {}
    """The vendor's answers to bad token requests, where they are not those of RFC 6749."""
    realm: ClassVar[str] = "token endpoint"
    """The realm of the `WWW-Authenticate` header."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @classmethod
    def default_audience(cls, base: str, client_id: str) -> str:
        """Return the audience of the vendor's tokens when nothing is configured."""
        return "https://api.example.com"

    @classmethod
    def new_kid(cls, algorithm: str) -> str | None:
        """Return the id of a new key; `None` stands for its thumbprint."""
        return None

    # ── Where ────────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def identifier(self) -> str:
        """The value of `iss`."""
        return self.site.base

    @property
    def jwks_uri(self) -> str:
        """Where the keys are."""
        return f"{self.identifier}/jwks"

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for."""
        return f"{self.identifier}/token"

    @property
    def authorization_endpoint(self) -> str:
        """Where users would sign on; it is named in discovery, and not served."""
        return f"{self.identifier}/authorize"

    @property
    def discovery_url(self) -> str:
        """Where OpenID Connect Discovery §4 puts the document."""
        return f"{self.identifier.removesuffix('/')}/.well-known/openid-configuration"

    @property
    def other_discovery_urls(self) -> tuple[str, ...]:
        """Where else it is."""
        path = self.identifier.removeprefix(self.site.base).rstrip("/")
        return (f"{self.site.base}/.well-known/oauth-authorization-server{path}",)  # RFC 8414 §3.1

    def metadata(self) -> Claims:
        """Return the discovery document."""
        return {
            "issuer": self.identifier,
            "authorization_endpoint": self.authorization_endpoint,
            "token_endpoint": self.token_endpoint,
            "jwks_uri": self.jwks_uri,
            "scopes_supported": ["openid", *self.site.scopes],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.site.algorithm],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def jwks_entries(self, jwk: Mapping[str, object]) -> list[Claims]:
        """Return how one signing key is listed in the JWKS."""
        return [dict(jwk)]

    # ── What tokens say ──────────────────────────────────────────────────────────────────────────────────────────
    def header(self, kind: Kind, certificate: Mapping[str, object]) -> Claims:
        """Return the header parameters beside `alg` and `kid`; `certificate` is the key's, as its JWK lists it."""
        typ = self.typ[kind]
        return {} if typ is None else {"typ": typ}

    def claims(self, kind: Kind, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of a token of `kind`, issued at `now` with `scope`."""
        if kind == "id":
            return self.id_claims(now)
        return self.user_claims(now, scope) if kind == "access" else self.client_claims(now, scope)

    def user_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of an access token that a client got for a user (RFC 9068 §2.2)."""
        return self.client_claims(now, scope) | {"sub": self.subject, "auth_time": now, "acr": "1", "amr": ["pwd"]}

    def client_claims(self, now: int, scope: Sequence[str]) -> Claims:
        """Return the claims of an access token that a client got for itself (RFC 9068 §2.2)."""
        return {
            **self.times(now),
            "aud": self.audience_claim(),
            "sub": self.site.client_id,
            "client_id": self.site.client_id,
            "jti": str(uuid4()),
            "scope": " ".join(scope),
        }

    def id_claims(self, now: int) -> Claims:
        """Return the claims of an ID token (OpenID Connect Core §2)."""
        return {
            **self.times(now),
            "aud": self.site.client_id,
            "sub": self.subject,
            "auth_time": now,
            "acr": "1",
            "amr": ["pwd"],
        }

    def times(self, now: int) -> Claims:
        """Return who issued the token, when, and until when it is good."""
        return {"iss": self.identifier, "iat": now, "exp": now + self.site.lifetime}

    def audience_claim(self) -> str | list[str]:
        """Return `aud` as most vendors write it: a string for one audience, an array for several."""
        audience = self.site.audience
        return audience[0] if len(audience) == 1 else list(audience)

    @property
    def id_audience(self) -> tuple[str, ...]:
        """The audiences of its ID tokens."""
        return (self.site.client_id,)

    # ── What the token endpoint answers ──────────────────────────────────────────────────────────────────────────
    def granted_scopes(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """Return the scopes that a request gets: those it asks for, or all.

        Raises:
            TokenRequestRefused: When it asks for one that the client may not have, or otherwise for what there is not.
        """
        return self.known(parameters.get("scope", "").split(), self.site.scopes)

    def known(self, asked: Iterable[str], scopes: Sequence[str]) -> tuple[str, ...]:
        """Return the scopes that are asked for, in order and each once, or all of `scopes` when none is."""
        asked = tuple(dict.fromkeys(asked))
        unknown = [scope for scope in asked if scope not in scopes]
        if unknown:
            raise TokenRequestRefused(Problem.UNKNOWN_SCOPE, " ".join(unknown))
        return asked or tuple(scopes)

    def token_answer(self, access_token: str, scope: Sequence[str]) -> Claims:
        """Return the body of a successful answer (RFC 6749 §5.1)."""
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": self.site.lifetime,
            "scope": " ".join(scope),
        }

    def error_answer(self, problem: Problem) -> ErrorAnswer:
        """Return how the vendor answers `problem`."""
        return self.errors.get(problem) or RFC_6749[problem]

    def error_body(self, problem: Problem, answer: ErrorAnswer, description: str | None, now: int) -> Claims:
        """Return the body of a refusal (RFC 6749 §5.2)."""
        told: Claims = {"error": answer.error}
        return told if description is None else told | {"error_description": description}

    # ── Who trusts it ────────────────────────────────────────────────────────────────────────────────────────────
    def trust(self, audience: str | Iterable[str] | None, options: IssuerOptions) -> Issuer:
        """Return the `Issuer` that trusts it by the vendor's rules."""
        return Issuer(self.identifier, audience=audience, **options)
