"""Tokens of this environment that somebody presents: whether they are, and what they say."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from gatepost.errors import Reason, TokenRejected
from gatepost.identity import revoked_tokens, sessions, users
from gatepost.identity.refusals import NotFound
from gatepost.jose.compact import verify_compact
from gatepost.jose.header import Header
from gatepost.jose.strict_json import load_object
from gatepost.provider.oauth.minting import AT_JWT

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

_ACCESS_TYPES = frozenset({None, "jwt", AT_JWT})
_ID_TYPES = frozenset({None, "jwt"})
_MOST_OCTETS = 65_536  # mappings may make 16 KB of claims


def access_token(configuration: "Configuration", issuer: str, token: str, now: float) -> dict[str, Any]:
    """Return the claims of an access token that is good but for revocation; ask `ended` about that.

    Args:
        configuration: The environment's configuration.
        issuer: The environment's issuer.
        token: The token.
        now: The time, in seconds since 1970.

    Raises:
        TokenRejected: When it is none, or has expired.
    """
    typ, claims = _signed(configuration, issuer, token)
    # No mapping makes `client_id`, so no ID token has one.
    if typ not in _ACCESS_TYPES or "client_id" not in claims or not isinstance(claims.get("aud"), list):
        raise TokenRejected(Reason.WRONG_TYPE)
    if now >= claims["exp"]:
        raise TokenRejected(Reason.EXPIRED, claim="exp")
    return claims


def id_token(configuration: "Configuration", issuer: str, token: str, now: float | None) -> dict[str, Any]:
    """Return the claims of an ID token.

    Args:
        configuration: The environment's configuration.
        issuer: The environment's issuer.
        token: The token.
        now: The time, in seconds since 1970, or `None` when it may have expired, as a hint may.

    Raises:
        TokenRejected: When it is none, or has expired.
    """
    typ, claims = _signed(configuration, issuer, token)
    if typ not in _ID_TYPES or "client_id" in claims or not isinstance(claims.get("aud"), str):
        raise TokenRejected(Reason.WRONG_TYPE)
    if now is not None and now >= claims["exp"]:
        raise TokenRejected(Reason.EXPIRED, claim="exp")
    return claims


def ended(connection: Connection, environment_id: str, claims: Mapping[str, Any]) -> bool:
    """Tell whether a token was revoked, or its user may have no tokens any more.

    An ID token says nothing of either, but of its session: it has ended with that.
    """
    if "client_id" not in claims and isinstance(claims.get("sid"), str):
        now = int(claims["iat"]) * 1000  # a session that has expired since has not been ended
        if sessions.get(connection, environment_id, claims["sid"], now=now) is None:
            return True
    if "jti" in claims and revoked_tokens.is_revoked(connection, claims["jti"]):
        return True
    user_id = claims.get("p1.userId")
    if user_id is None:
        return False
    try:
        return not users.get(connection, environment_id, user_id).can_authenticate
    except NotFound:
        return True


def _signed(configuration: "Configuration", issuer: str, token: str) -> tuple[str | None, dict[str, Any]]:
    jws = verify_compact(token, configuration.key_set, max_length=_MOST_OCTETS)
    claims = load_object(jws.payload)
    if claims.get("iss") != issuer:
        raise TokenRejected(Reason.WRONG_ISSUER, claim="iss")
    return Header(jws.header).typ, claims
