"""A client's assertion (RFC 7523 §3): what it has to say, and how often it counts."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatepost.errors import Reason, TokenRejected
from gatepost.jose import base64url
from gatepost.jose.compact import Jws, take_apart
from gatepost.jose.header import Header
from gatepost.jose.strict_json import load_object, sealed

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

MOST_AHEAD = 3600  # seconds that `exp` may lie ahead
_LEEWAY = 5  # seconds that a client's clock may be ahead of ours
_MOST_JTI = 1024
_TYPES = frozenset({None, "jwt", "client-authentication+jwt"})


class Assertion(NamedTuple):
    """An assertion that was found good.

    Attributes:
        header: Its header.
        claims: Its claims.
        jti: Its identifier, or `None` when it has none and may be repeated.
        expires_at: Its end, in seconds since 1970.
    """

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    jti: str | None
    expires_at: float


def claimed_client(token: str) -> str:
    """Return the client that an assertion says it is of; nothing of it is believed yet.

    Raises:
        TokenRejected: When it cannot be read.
    """
    subject = load_object(base64url.decode(take_apart(token)[1])).get("sub")
    if not isinstance(subject, str):
        raise TokenRejected(Reason.MISSING_CLAIM, claim="sub")
    return subject


def check(jws: Jws, *, client_id: str, audiences: frozenset[str], now: float) -> Assertion:
    """Return what an assertion says whose signature was found good.

    Args:
        jws: What the client signed.
        client_id: The client.
        audiences: What `aud` may be: the token endpoint, the issuer, the endpoint that is called.
        now: The time, in seconds since 1970.

    Raises:
        TokenRejected: With the first rule that does not hold.
    """
    if Header(jws.header).typ not in _TYPES:
        raise TokenRejected(Reason.WRONG_TYPE, claim="typ")
    claims = sealed(load_object(jws.payload))
    if claims.get("iss") != client_id:
        raise TokenRejected(Reason.WRONG_ISSUER, claim="iss")
    if claims.get("sub") != client_id:
        raise TokenRejected(Reason.BAD_CLAIM, claim="sub")
    _check_audience(claims.get("aud"), audiences)
    expires_at = _number(claims, "exp")
    if now >= expires_at:
        raise TokenRejected(Reason.EXPIRED, claim="exp")
    if expires_at > now + MOST_AHEAD + _LEEWAY:
        raise TokenRejected(Reason.BAD_CLAIM, claim="exp")
    if "nbf" in claims and now + _LEEWAY < _number(claims, "nbf"):
        raise TokenRejected(Reason.NOT_YET_VALID, claim="nbf")
    jti = claims.get("jti")
    if "jti" in claims and not (isinstance(jti, str) and 0 < len(jti) <= _MOST_JTI):
        raise TokenRejected(Reason.BAD_CLAIM, claim="jti")
    return Assertion(jws.header, claims, jti, expires_at)


def _check_audience(aud: object, audiences: frozenset[str]) -> None:
    named = [aud] if isinstance(aud, str) else aud
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise TokenRejected(Reason.BAD_CLAIM, claim="aud")
    if audiences.isdisjoint(named):
        raise TokenRejected(Reason.WRONG_AUDIENCE, claim="aud")


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if type(value) is int or type(value) is float:
        return value
    raise TokenRejected(Reason.BAD_CLAIM if name in claims else Reason.MISSING_CLAIM, claim=name)
