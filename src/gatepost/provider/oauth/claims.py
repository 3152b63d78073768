"""The claims of access tokens and ID tokens, in the order in which PingOne writes them."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from gatepost.identity.ids import new_id
from gatepost.jose import base64url
from gatepost.provider.oauth.scopes import Allowed
from gatepost.provider.oauth.sign_on import SignOn

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

ID_TOKEN_LIFETIME = 3600


class Planned(NamedTuple):
    """An access token that is about to be made: what the store has to know of it.

    Attributes:
        jti: Its identifier.
        issued_at: When it is issued, in seconds since 1970.
        lifetime: How long it is good, in seconds.
    """

    jti: str
    issued_at: int
    lifetime: int

    @property
    def noted(self) -> tuple[str, int]:
        """What the store notes of it: its identifier, and its end in milliseconds since 1970."""
        return self.jti, (self.issued_at + self.lifetime) * 1000


def plan(configuration: "Configuration", allowed: Allowed, now: int, most: int | None = None) -> Planned:
    """Return the plan of an access token, issued `now` (in milliseconds), for at most so many seconds."""
    lifetime = allowed.lifetime(configuration)
    return Planned(new_id(), now // 1000, lifetime if most is None else min(lifetime, most))


def access_token(
    configuration: "Configuration",
    *,
    issuer: str,
    client_id: str,
    allowed: Allowed,
    planned: Planned,
    mapped: Mapping[str, Any],
    sign_on: SignOn | None = None,
    jkt: str | None = None,
    act: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the claims of an access token.

    Args:
        configuration: The environment's configuration.
        issuer: The issuer.
        client_id: The application.
        allowed: What it may.
        planned: The plan of it.
        mapped: What mappings made.
        sign_on: How the user signed on, or `None` when the application speaks for itself.
        jkt: The thumbprint of the key that it is bound to, or `None`.
        act: Who acts for its subject (RFC 8693 §4.1), or `None`.
    """
    claims: dict[str, Any] = {
        "client_id": client_id,
        "iss": issuer,
        "jti": planned.jti,
        "iat": planned.issued_at,
        "exp": planned.issued_at + planned.lifetime,
        "aud": allowed.audience,
    }
    if allowed.scopes:
        claims["scope"] = " ".join(allowed.scopes)
    if sign_on is not None:
        claims["sub"] = sign_on.user_id
        claims |= _session(sign_on)
    _add(claims, mapped)
    claims["env"] = configuration.environment.id
    claims["org"] = configuration.organization_id
    if sign_on is not None:
        claims["p1.userId"] = sign_on.user_id
    claims["p1.rid"] = planned.jti
    if jkt is not None:
        claims["cnf"] = {"jkt": jkt}
    if act is not None:
        claims["act"] = act
    return claims


def id_token(
    configuration: "Configuration",
    *,
    issuer: str,
    client_id: str,
    sign_on: SignOn,
    issued_at: int,
    mapped: Mapping[str, Any],
    nonce: str | None = None,
    access_token: str | None = None,
    code: str | None = None,
) -> dict[str, Any]:
    """Return the claims of an ID token (OpenID Connect Core 1.0 §2, §3.1.3.6, §3.3.2.11).

    Args:
        configuration: The environment's configuration.
        issuer: The issuer.
        client_id: The application.
        sign_on: How the user signed on.
        issued_at: When it is issued, in seconds since 1970.
        mapped: What mappings made.
        nonce: What the request said, or `None`.
        access_token: The access token that comes with it, or `None`.
        code: The code that comes with it, or `None`.
    """
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": sign_on.user_id,
        "aud": client_id,
        "iat": issued_at,
        "exp": issued_at + ID_TOKEN_LIFETIME,
        "amr": list(sign_on.amr),
        **_session(sign_on),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    if access_token is not None:
        claims["at_hash"] = half_hash(access_token)
    if code is not None:
        claims["c_hash"] = half_hash(code)
    _add(claims, mapped)
    claims["env"] = configuration.environment.id
    claims["org"] = configuration.organization_id
    return claims


def _add(claims: dict[str, Any], mapped: Mapping[str, Any]) -> None:
    """Add what mappings made; of what a token says of itself they make the subject alone."""
    for name, value in mapped.items():
        if name == "sub" or name not in claims:
            claims[name] = value


def half_hash(text: str) -> str:
    """Return the left half of a hash; every algorithm that signs here has SHA-256."""
    return base64url.encode(sha256(text.encode()).digest()[:16]).decode()


def _session(sign_on: SignOn) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    if sign_on.session_id is not None:
        claims["sid"] = sign_on.session_id
    if sign_on.acr:
        claims["acr"] = sign_on.acr
    claims["auth_time"] = sign_on.auth_time
    return claims
